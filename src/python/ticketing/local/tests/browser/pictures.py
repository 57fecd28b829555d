"""Pictures of pages, for people to look at: below dist/test where Pants runs the tests."""

import tempfile
from pathlib import Path

from playwright.sync_api import Page

# Pants makes this folder in the working directory of a test and keeps what is in it.
KEPT = Path("extra-output")


def folder() -> Path:
    """Where pictures go; elsewhere than under Pants, a folder among the temporary files."""
    root = KEPT if KEPT.is_dir() else Path(tempfile.gettempdir()) / "ticketing"
    pictures = root / "screenshots"
    pictures.mkdir(parents=True, exist_ok=True)
    return pictures


def take(page: Page, name: str) -> None:
    page.screenshot(path=folder() / f"{name}.png", full_page=True, animations="disabled")
