"""Settings: a frozen struct read once from the environment, before anything else happens."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, TypeVar

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True, rename="upper"):
    """What every process reads; a field `mongo_uri` is the variable `MONGO_URI`.

    Of the variables in `one_of` exactly one must be set.
    """

    one_of: ClassVar[tuple[str, ...]] = ()
    host: str = "0.0.0.0"  # nosec B104  # in a pod: policies say who gets there
    port: int = 3000
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


S = TypeVar("S", bound=Settings)


def read(kind: type[S], env: Mapping[str, str]) -> S:
    """The settings from `env`; exits with one line that names what is missing or wrong."""
    given = {name: value for name, value in env.items() if value != ""}
    missing = [
        field.encode_name
        for field in msgspec.structs.fields(kind)
        if field.required and field.encode_name not in given
    ]
    alternatives = [name for name in kind.one_of if name in given]
    if kind.one_of and not alternatives:
        missing.append(" or ".join(kind.one_of))
    if missing:
        raise SystemExit(f"missing in the environment: {', '.join(missing)}")
    if len(alternatives) > 1:
        raise SystemExit(f"only one may be in the environment: {', '.join(alternatives)}")
    try:
        return msgspec.convert(given, kind, strict=False, dec_hook=_from_text)
    except msgspec.ValidationError as error:
        raise SystemExit(f"wrong in the environment: {error}") from None


def _from_text(kind: Any, text: str) -> Any:
    """A type that msgspec does not know is made from the variable's text, or raises ValueError."""
    return kind(text)
