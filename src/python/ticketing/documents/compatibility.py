"""What a change takes away from those who use the interfaces, one line for each thing."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


def broken(old: Json, new: Json) -> list[str]:
    """What clients of the old document would miss in the new one, both OpenAPI or AsyncAPI."""
    compare = _events if "asyncapi" in old else _routes
    return list(dict.fromkeys(compare(old, new)))


def _routes(old: Json, new: Json) -> Iterator[str]:
    for path, operations in old["paths"].items():
        if path not in new["paths"]:
            yield f"{path}: the route is gone"
            continue
        for method, operation in operations.items():
            name = f"{method.upper()} {path}"
            if method not in new["paths"][path]:
                yield f"{name}: the method is gone"
            else:
                yield from _operation(name, old, operation, new, new["paths"][path][method])


def _operation(name: str, old: Json, was: Json, new: Json, now: Json) -> Iterator[str]:
    if was["operationId"] != now["operationId"]:
        yield f"{name}: {was['operationId']} is now called {now['operationId']}"
    if now["security"] and not was["security"]:
        yield f"{name}: it is no longer for anyone"
    yield from _parameters(name, was, now)
    for status, answer in was["responses"].items():
        if status not in now["responses"]:
            yield f"{name}: status {status} is gone"
            continue
        other = _of(new, now["responses"][status])
        yield from _headers(f"{name}: {status}", _of(old, answer), other)
        was_given, is_given = _body(_of(old, answer)), _body(other)
        yield from _given(f"{name}: {status} body", old, was_given, new, is_given)
    before, after = was.get("requestBody", {}), now.get("requestBody", {})
    if after and not before:
        yield f"{name}: a body is now required"
    yield from _taken(f"{name}: body", old, _body(before), new, _body(after))


def _parameters(name: str, was: Json, now: Json) -> Iterator[str]:
    before, after = ({(one["in"], one["name"]): one for one in x["parameters"]} for x in (was, now))
    for place, parameter in before.items():
        label = f"{name}: {' '.join(place)}"
        if place not in after:
            yield f"{label} is gone"
        else:
            yield from _narrowed(label, parameter["schema"], after[place]["schema"])
    for place, parameter in after.items():
        if parameter.get("required") and not before.get(place, {}).get("required"):
            yield f"{name}: {' '.join(place)} is now required"


def _headers(name: str, was: Json, now: Json) -> Iterator[str]:
    for header in was.get("headers", {}):
        if header not in now.get("headers", {}):
            yield f"{name}: header {header} is gone"


def _events(old: Json, new: Json) -> Iterator[str]:
    for subject in old["channels"]:
        if subject not in new["channels"]:
            yield f"{subject}: the event is gone"
    for subject in [one for one in old["channels"] if one in new["channels"]]:
        was, now = _payload(old, subject), _payload(new, subject)
        yield from _given(subject, old, was, new, now)
        yield from _unfilled(subject, old, was, new, now)
    for name in old["operations"]:
        if ".send." in name and name not in new["operations"]:
            yield f"{name}: nobody tells this any more"


def _given(name: str, old: Json, was: Json, new: Json, now: Json) -> Iterator[str]:
    """What is told: a field must stay, of its type, and where it was always there."""
    was, now = _of(old, was), _of(new, now)
    if _kind(was) != _kind(now):
        yield f"{name}: {_kind(was)} is now {_kind(now)}"
        return
    for field, schema in was.get("properties", {}).items():
        label = f"{name}.{field}"
        if field not in now.get("properties", {}):
            yield f"{label} is gone"
            continue
        if field in was.get("required", []) and field not in now.get("required", []):
            yield f"{label} may now be missing"
        yield from _given(label, old, schema, new, now["properties"][field])
    if "items" in was:
        yield from _given(f"{name}[]", old, was["items"], new, now.get("items", {}))


def _unfilled(name: str, old: Json, was: Json, new: Json, now: Json) -> Iterator[str]:
    """Who reads an event of before must have a default for what it lacks."""
    was, now = _of(old, was), _of(new, now)
    for field, schema in now.get("properties", {}).items():
        if field in was.get("properties", {}):
            yield from _unfilled(f"{name}.{field}", old, was["properties"][field], new, schema)
        elif field in now.get("required", []):
            yield f"{name}.{field} is new, and has no default for events from before"


def _taken(name: str, old: Json, was: Json, new: Json, now: Json) -> Iterator[str]:
    """What is asked for: what was enough must stay so."""
    was, now = _of(old, was), _of(new, now)
    for field, schema in was.get("properties", {}).items():
        if field not in now.get("properties", {}):
            yield f"{name} {field} is gone"
        else:
            yield from _narrowed(f"{name} {field}", schema, now["properties"][field])
    for field in now.get("required", []):
        if field not in was.get("required", []):
            yield f"{name} {field} is now required"


def _narrowed(name: str, was: Json, now: Json) -> Iterator[str]:
    if _kind(was) != _kind(now):
        yield f"{name}: {_kind(was)} is now {_kind(now)}"
    for choice in was.get("enum", []) if "enum" in now else []:
        if choice not in now["enum"]:
            yield f"{name}: {choice} is no choice any more"


def _of(document: Json, thing: Json) -> Json:
    """The thing itself, where this refers to one."""
    if "$ref" not in thing:
        return thing
    for part in thing["$ref"].removeprefix("#/").split("/"):
        document = document[part]
    return document


def _body(holder: Json) -> Json:
    found: Json = holder.get("content", {}).get("application/json", {}).get("schema", {})
    return found


def _payload(document: Json, subject: str) -> Json:
    [message] = document["channels"][subject]["messages"].values()
    found: Json = _of(document, message)["payload"]
    return found


def _kind(schema: Json) -> str:
    if "anyOf" in schema:
        return " or ".join(sorted(_kind(one) for one in schema["anyOf"]))
    return str(schema.get("const", schema.get("type", "object" if "$ref" in schema else "any")))
