"""What a change takes away from those who use the interfaces, one line for each thing."""

from collections.abc import Iterator
from typing import Any

from ticketing.documents.shapes import at, given, shape, taken, unfilled

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
    yield from _parameters(name, old, was, new, now)
    for status, answer in was["responses"].items():
        if status not in now["responses"]:
            yield f"{name}: status {status} is gone"
            continue
        other = at(new, now["responses"][status])
        yield from _headers(f"{name}: {status}", at(old, answer), other)
        for code in sorted(_codes(at(old, answer)) - _codes(other)):
            yield f"{name}: {status} error {code} is gone"
        was_told, is_told = shape(old, _body(at(old, answer))), shape(new, _body(other))
        yield from given(f"{name}: {status} body", was_told, is_told)
    before, after = was.get("requestBody", {}), now.get("requestBody", {})
    if after and not before:
        yield f"{name}: a body is now required"
    if before and after:
        yield from taken(f"{name}: body", shape(old, _body(before)), shape(new, _body(after)))
    elif before:
        yield f"{name}: the body is gone"


def _parameters(name: str, old: Json, was: Json, new: Json, now: Json) -> Iterator[str]:
    before, after = ({(one["in"], one["name"]): one for one in x["parameters"]} for x in (was, now))
    for place, parameter in before.items():
        label = f"{name}: {' '.join(place)}"
        if place not in after:
            yield f"{label} is gone"
        else:
            before_it, after_it = parameter["schema"], after[place]["schema"]
            yield from taken(label, shape(old, before_it), shape(new, after_it))
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
        was, now = shape(old, _payload(old, subject)), shape(new, _payload(new, subject))
        yield from given(subject, was, now)
        yield from unfilled(subject, was, now)
    for name in old["operations"]:
        if ".send." in name and name not in new["operations"]:
            yield f"{name}: nobody tells this any more"


def _body(holder: Json) -> Json:
    found: Json = holder.get("content", {}).get("application/json", {}).get("schema", {})
    return found


def _codes(answer: Json) -> set[str]:
    """What the errors of an answer may be; new ones may come at any time."""
    told = _body(answer).get("properties", {}).get("errors", {}).get("items", {})
    return set(told.get("properties", {}).get("code", {}).get("enum", []))


def _payload(document: Json, subject: str) -> Json:
    [message] = document["channels"][subject]["messages"].values()
    found: Json = at(document, message)["payload"]
    return found
