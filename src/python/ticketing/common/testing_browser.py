"""Where tests find a Chromium to drive."""

import os
import shutil

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FOLDERS = ("/usr/bin", "/usr/local/bin", "/snap/bin")
"""Looked through besides PATH, which is short where Pants runs a test."""


def chromium() -> str:
    """The path of the Chromium that CHROMIUM names, or of an installed one; else a skip."""
    path = os.pathsep.join([os.environ.get("PATH", ""), *_FOLDERS])
    for name in (os.environ.get("CHROMIUM", ""), *_NAMES):
        found = shutil.which(name, path=path) if name else None
        if found:
            return found
    pytest.skip("Chromium is missing: apt-get install chromium")
