"""A request's parameters: Stripe's bracketed form fields, read with Stripe's complaints."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ticketing.stripe_fake.errors import invalid_parameter, missing_parameter

MAX_DEPTH = 5
MAX_TEXT = 5_000
MAX_METADATA_KEYS = 50
MAX_METADATA_KEY = 40
MAX_METADATA_VALUE = 500

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_INTEGER = re.compile(r"-?[0-9]{1,18}")

Tree = dict[str, "str | Tree"]


@dataclass(frozen=True)
class Params:
    """`a[b]=c` is a tree; the items of `a[]=x` are numbered in their order."""

    tree: Tree = field(default_factory=dict)
    path: str = ""

    def allow(self, *names: str) -> None:
        unknown = [self._full(name) for name in self.tree if name not in names]
        if unknown:
            plural = "s" if len(unknown) > 1 else ""
            message = f"Received unknown parameter{plural}: {', '.join(unknown)}"
            raise invalid_parameter(message, unknown[0], "parameter_unknown")

    def text(self, name: str) -> str | None:
        value = self.tree.get(name)
        if isinstance(value, dict):
            raise invalid_parameter("Invalid string", self._full(name))
        if value == "":
            raise invalid_parameter(
                _empty(self._full(name)), self._full(name), "parameter_invalid_empty"
            )
        if value is not None and len(value) > MAX_TEXT:
            message = f"Invalid string: must be at most {MAX_TEXT} characters"
            raise invalid_parameter(message, self._full(name), "parameter_invalid_string")
        return value

    def required(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            raise missing_parameter(self._full(name))
        return value

    def integer(self, name: str, at_least: int = 1) -> int | None:
        value = self.text(name)
        if value is None:
            return None
        code = "parameter_invalid_integer"
        if not _INTEGER.fullmatch(value):
            raise invalid_parameter(f"Invalid integer: {value}", self._full(name), code)
        if int(value) < at_least:
            message = f"This value must be greater than or equal to {at_least}."
            raise invalid_parameter(message, self._full(name), code)
        return int(value)

    def boolean(self, name: str) -> bool:
        value = self.text(name) or "false"
        if value not in ("true", "false"):
            raise invalid_parameter(f"Invalid boolean: {value}", self._full(name))
        return value == "true"

    def one_of(self, name: str, *allowed: str) -> str | None:
        value = self.text(name)
        if value is not None and value not in allowed:
            full = self._full(name)
            raise invalid_parameter(f"Invalid {full}: must be one of {', '.join(allowed)}", full)
        return value

    def nested(self, name: str) -> "Params":
        value = self.tree.get(name, {})
        if isinstance(value, str):
            raise invalid_parameter("Invalid object", self._full(name))
        return Params(value, self._full(name))

    def texts(self, name: str) -> list[str]:
        items = self.nested(name)
        return [items.required(index) for index in items.tree]

    def metadata(self) -> dict[str, str]:
        """Empty values are keys to unset, so they are not there."""
        if self.tree.get("metadata") == "":
            return {}
        pairs = self.nested("metadata")
        if len(pairs.tree) > MAX_METADATA_KEYS:
            message = f"You can have at most {MAX_METADATA_KEYS} metadata keys."
            raise invalid_parameter(message, "metadata")
        return {key: pairs._metadata_value(key) for key, value in pairs.tree.items() if value != ""}

    def _metadata_value(self, key: str) -> str:
        value = self.required(key)
        if len(key) > MAX_METADATA_KEY or len(value) > MAX_METADATA_VALUE:
            message = (
                f"Metadata keys can have up to {MAX_METADATA_KEY} characters "
                f"and values up to {MAX_METADATA_VALUE}."
            )
            raise invalid_parameter(message, self._full(key))
        return value

    def _full(self, name: str) -> str:
        return f"{self.path}[{name}]" if self.path else name


def parse(pairs: Iterable[tuple[str, str]]) -> Params:
    tree: Tree = {}
    for name, value in pairs:
        _put(tree, name, value)
    return Params(tree)


def _put(tree: Tree, name: str, value: str) -> None:
    keys = _keys(name)
    for key in keys[:-1]:
        below = tree.setdefault(key, {})
        if isinstance(below, str):
            raise invalid_parameter("Invalid object", name)
        tree = below
    last = keys[-1] or str(len(tree))
    if isinstance(tree.get(last), dict):
        raise invalid_parameter("Invalid object", name)
    tree[last] = value


def _keys(name: str) -> list[str]:
    match = _NAME.fullmatch(name)
    if match is None:
        raise invalid_parameter(f"Invalid parameter name: {name[:100]}", name[:100])
    keys = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
    if len(keys) > MAX_DEPTH or "" in keys[:-1]:
        raise invalid_parameter(f"Invalid parameter name: {name[:100]}", name[:100])
    return keys


def _empty(name: str) -> str:
    return (
        f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset "
        f"a parameter; however '{name}' cannot be unset. You should remove '{name}' from your "
        "request or supply a non-empty value."
    )
