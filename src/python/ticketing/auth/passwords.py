"""Password hashing: argon2id with the parameters that argon2-cffi recommends."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError
from argon2.exceptions import VerificationError

_hasher = PasswordHasher()
_NOBODYS = _hasher.hash("the password of nobody")


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
