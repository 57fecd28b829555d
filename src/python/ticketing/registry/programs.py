"""The code of the declared services, to run it and to ask it for routes and events."""

from collections.abc import Mapping
from importlib import import_module
from inspect import signature
from typing import Any

from ticketing.common.runtime.service import Service
from ticketing.registry.declarations import services

SECRET = "of no use, though long enough for a key"


def module(name: str) -> str:
    """The module whose commands are this service's roles."""
    return f"ticketing.{name}.main"


def build(name: str, env: Mapping[str, str], **parts: Any) -> Service[Any]:
    """The service as its own processes put it together, with those of the parts that it takes: a
    `database`, a `clock`.

    Raises KeyError where no service of this name has a `build`.
    """
    put_together = built_by()[name]
    taken = parts.keys() & signature(put_together).parameters.keys()
    made: Service[Any] = put_together(env, **{part: parts[part] for part in taken})
    return made


def sample(name: str, **parts: Any) -> Service[Any]:
    """The service built with an environment of placeholders, to ask for its routes and events."""
    return build(name, sample_environment(name), **parts)


def sample_environment(name: str) -> dict[str, str]:
    """Placeholders for every variable that the declaration gives the service."""
    service = services()[name]
    places = {"MONGO_URI": "mongodb://nowhere/sample?connect=false", "REDIS_URL": "redis://nowhere"}
    called = {f"{other.upper()}_URL": "http://nowhere" for other in service.calls}
    secrets = {
        variable: SECRET
        for role in service.roles.values()
        for variables in role.secrets.values()
        for variable in variables
    }
    return {"JWT_KEY": SECRET, **places, **called, **secrets, **service.environment}


def built_by() -> dict[str, Any]:
    """The `build` functions by service, of all but those that are pages alone."""
    found = {name: getattr(import_module(module(name)), "build", None) for name in services()}
    return {name: build for name, build in found.items() if build is not None}
