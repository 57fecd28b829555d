"""Where tests find programs of the machine."""

import os
import shutil

_FOLDERS = ("/usr/bin", "/usr/local/bin", "/snap/bin", "/opt/homebrew/bin")
"""Looked through besides PATH, which is short where Pants runs a test."""


def installed(*names: str) -> str | None:
    """The path of the first of these that there is; an empty name is none."""
    path = os.pathsep.join([os.environ.get("PATH", ""), *_FOLDERS])
    return next(filter(None, (shutil.which(name, path=path) for name in names if name)), None)
