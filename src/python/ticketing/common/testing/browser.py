"""Where tests find a Chromium to drive."""

import os

import pytest

from ticketing.common.testing.programs import installed


def chromium() -> str:
    """The path of the Chromium that CHROMIUM names, or of an installed one; else a skip."""
    named = os.environ.get("CHROMIUM", "")
    found = installed(named, "chromium", "chromium-browser", "google-chrome")
    return found or pytest.skip("Chromium is missing: apt-get install chromium")
