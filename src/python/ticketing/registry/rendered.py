"""Rendered files: their texts, and whether those of the repository are the same."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

COMMAND = "./pants run src/python/ticketing/registry"
NOTE = f"# Rendered from every service.toml by {COMMAND}\n"

Json = dict[str, Any]


class Rendered:
    """Files by their path under `root`, the repository; in `folder` there are no others."""

    def __init__(self, root: Path, files: Mapping[str, str], folder: str = "") -> None:
        self._root, self._files, self._folder = root, files, folder

    def update(self, command: str, *, check: bool) -> None:
        """Write the files, or exit with the names of those that `command` would change."""
        stale = self.stale()
        if check and stale:
            raise SystemExit(f"not current: {', '.join(stale)}; run {command}")
        if not check:
            self.write()
        print("\n".join([*stale, "current"]))  # noqa: T201  # a command's answer

    def stale(self) -> list[str]:
        """The files that are missing, differ or should not be there."""
        differ = [name for name, text in self._files.items() if self._read(name) != text]
        return sorted([*differ, *self._needless()])

    def write(self) -> None:
        """Write all files, and delete what else is in the folder."""
        for name in self._needless():
            (self._root / name).unlink()
        for name, text in self._files.items():
            path = self._root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def _needless(self) -> list[str]:
        if not self._folder:
            return []
        there = (path for path in (self._root / self._folder).rglob("*") if path.is_file())
        names = [path.relative_to(self._root).as_posix() for path in there]
        return [name for name in names if name not in self._files]

    def _read(self, name: str) -> str | None:
        path = self._root / name
        return path.read_text() if path.exists() else None


class _Dumper(yaml.SafeDumper):
    """YAML that is easy to read: lists indented, no anchors, text of several lines as a block."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent lists in mappings, too."""
        del indentless
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:
        """Write no anchors."""
        del data
        return True


def _text(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", value, style="|" if "\n" in value else None
    )


_Dumper.add_representer(str, _text)


def as_yaml(*objects: object) -> str:
    """The text of a file with these documents."""
    text: str = yaml.dump_all(
        objects, Dumper=_Dumper, sort_keys=False, default_flow_style=None, width=100
    )
    return NOTE + text
