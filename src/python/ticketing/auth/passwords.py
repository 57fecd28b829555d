"""Passwords: which may be chosen, and how they are kept.

argon2id by the OWASP Password Storage Cheat Sheet: 19 MiB of memory, two passes, one lane. Hashes
from before that were made with 64 MiB, which checking them takes, too.
"""

from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError
from argon2.exceptions import VerificationError
from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]

SHORTEST, LONGEST = 8, 128
AT_ONCE = 4
"""Hashes that a process makes or checks at the same time: more would take memory, and no less time.
"""

turns = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="passwords")
"""A few threads of their own: memory that is free again stays with the thread that asked for it."""
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODYS = _hasher.hash("the password of nobody")
_COMMON = frozenset(word for word in FREQUENCY_LISTS["passwords"] if len(word) >= SHORTEST)


def is_common(password: str) -> bool:
    """Whether it is among the thirty thousand that people choose most, in any case of letters."""
    return password.lower() in _COMMON


def hash_password(password: str) -> str:
    """The hash to keep; takes some tens of milliseconds on purpose, and waits for its turn."""
    return turns.submit(_hasher.hash, password).result()


def verify(password_hash: str | None, password: str) -> bool:
    """Whether the password fits; without a hash it is false, in the time that one of today takes.
    Waits for its turn.
    """
    try:
        turns.submit(_hasher.verify, password_hash or _NOBODYS, password).result()
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether it was made with other parameters than hashes are today."""
    return _hasher.check_needs_rehash(password_hash)
