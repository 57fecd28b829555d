"""Names as Python has them, and as JSON and documents do."""

from functools import cache


@cache
def camel(name: str) -> str:
    """A name of ours as it is in JSON and in documents."""
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))
