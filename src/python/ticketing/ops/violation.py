"""What an audit finds: which rule was broken, how, and by what."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, order=True)
class Violation:
    """`rule` is its number in the contract, 1 to 5; `ids` are those of what broke it."""

    rule: int
    what: str
    ids: tuple[str, ...]

    def __str__(self) -> str:
        return f"rule {self.rule}: {self.what}: {', '.join(self.ids)}"
