"""A user: an e-mail address and the hash of a password."""

from dataclasses import dataclass

from ticketing.common.aggregate import Aggregate


@dataclass(kw_only=True)
class User(Aggregate):
    """`email` is unique, trimmed and in lower case."""

    email: str
    password_hash: str

    @classmethod
    def sign_up(cls, *, id: str, email: str, password_hash: str) -> "User":
        user = cls(id=id, email=email, password_hash=password_hash)
        user.change()
        return user
