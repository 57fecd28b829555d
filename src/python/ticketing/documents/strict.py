"""The same documents, as strict as a proof wants them: nothing may come that they do not name."""

from copy import deepcopy
from typing import Any

Json = dict[str, Any]


def strict(openapi: Json) -> Json:
    """The document, in which answers have no fields but those that it names."""
    made = deepcopy(openapi)
    for schema in made["components"]["schemas"].values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return made
