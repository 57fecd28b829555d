"""Evaluates our Tiltfile with stand-ins for Tilt's functions: they note what they are asked."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import starlark

from ticketing.deploy.tests.manifests import Json, render

ROOT = Path(__file__).parents[5]
OVERLAYS = "src/k8s/overlays/"

# The parameters that we use of Tilt's functions, in their order: any other is a mistake.
FUNCTIONS = {
    "custom_build": ("ref", "command", "deps", "ignore", "live_update"),
    "fall_back_on": ("files",),
    "http_get_action": ("port", "host", "scheme", "path"),
    "k8s_resource": ("workload", "new_name", "objects", "labels", "resource_deps"),
    "k8s_yaml": ("yaml",),
    "link": ("url", "name"),
    "local_resource": (
        "name",
        "cmd",
        "serve_cmd",
        "resource_deps",
        "labels",
        "trigger_mode",
        "auto_init",
        "allow_parallel",
        "readiness_probe",
        "links",
    ),
    "probe": ("http_get", "timeout_secs"),
    "run": ("cmd",),
    "sync": ("local_path", "remote_path"),
    "update_settings": ("max_parallel_updates", "k8s_upsert_timeout_secs"),
}
PRELUDE = "shlex = struct(quote=_quote)"


class Tilt:
    """What a Tiltfile asked for: a list of calls, each with its `function` and its arguments."""

    def __init__(self, context: str) -> None:
        self.calls: list[Json] = []
        self._functions: dict[str, Callable[..., Any]] = {
            **{name: self._noting(name) for name in FUNCTIONS},
            "_quote": shlex.quote,
            "decode_yaml_stream": lambda objects: objects,
            "fail": _fail,
            "k8s_context": lambda: context,
            "kustomize": _kustomize,
        }
        self._dialect = starlark.Dialect.extended()
        self._dialect.enable_top_level_stmt = True

    def load(self, path: str) -> starlark.FrozenModule:
        """Raises StarlarkError, as for what the file itself says by `fail`."""
        module = starlark.Module()
        for name, function in self._functions.items():
            module.add_callable(name, function)
        module["TRIGGER_MODE_MANUAL"] = "manual"
        self._evaluate(module, "prelude", PRELUDE)
        self._evaluate(module, path, (ROOT / path).read_text())
        return module.freeze()

    def named(self, function: str) -> list[Json]:
        return [call for call in self.calls if call["function"] == function]

    def _evaluate(self, module: starlark.Module, name: str, text: str) -> None:
        library = [starlark.LibraryExtension.StructType]
        starlark.eval(
            module,
            starlark.parse(name, text, self._dialect),
            starlark.Globals.extended_by(library),
            starlark.FileLoader(self.load),
        )

    def _noting(self, function: str) -> Callable[..., Json]:
        def note(*arguments: Any, **more: Any) -> Json:
            given = dict(zip(FUNCTIONS[function], arguments, strict=False))
            call = {"function": function, **given, **more}
            unknown = call.keys() - {"function", *FUNCTIONS[function]}
            assert not unknown, f"{function} has no {unknown}, or we have not used it yet"
            self.calls.append(call)
            return call

        return note


def _kustomize(path: str) -> list[Json]:
    """Not as text: it would only be read again."""
    assert path.startswith(OVERLAYS)
    return render(path.removeprefix(OVERLAYS))


def _fail(message: str) -> None:
    raise RuntimeError(message)
