"""Passwords: which may be chosen, and how they are kept.

argon2id by the OWASP Password Storage Cheat Sheet: 19 MiB of memory, two passes, one lane.
"""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError
from argon2.exceptions import VerificationError
from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]

SHORTEST, LONGEST = 8, 128

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODYS = _hasher.hash("the password of nobody")
_COMMON = frozenset(word for word in FREQUENCY_LISTS["passwords"] if len(word) >= SHORTEST)


def is_common(password: str) -> bool:
    """Whether it is among the thirty thousand that people choose most, in any case of letters."""
    return password.lower() in _COMMON


def hash_password(password: str) -> str:
    """The hash to keep; takes some tens of milliseconds on purpose."""
    return _hasher.hash(password)


def verify(password_hash: str | None, password: str) -> bool:
    """Whether the password fits; without a hash it is false, in the same time."""
    try:
        _hasher.verify(password_hash or _NOBODYS, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether it was made with other parameters than hashes are today."""
    return _hasher.check_needs_rehash(password_hash)
