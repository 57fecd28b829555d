"""The programs of the declared services: what their code says is asked here."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from ticketing.common.runtime.service import Service
from ticketing.registry.declarations import services


def module(name: str) -> str:
    """The module whose commands are this service's roles."""
    return f"ticketing.{name}.main"


def build(name: str, env: Mapping[str, str], *arguments: Any) -> Service[Any]:
    """The service as its own processes put it together; `arguments` follow the environment's.

    Raises KeyError where no service of this name has a `build`.
    """
    made: Service[Any] = built_by()[name](env, *arguments)
    return made


def built_by() -> dict[str, Any]:
    """The `build` functions by service, of all but those that are pages alone."""
    found = {name: getattr(import_module(module(name)), "build", None) for name in services()}
    return {name: build for name, build in found.items() if build is not None}
