"""One running platform per test module."""

import sys
from collections.abc import Iterator

import pytest

from ticketing.local.tests.running import Platform


@pytest.fixture(scope="module")
def platform(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Platform]:
    """Started with the module's OPTIONS."""
    failed_before = request.session.testsfailed
    platform = Platform(tmp_path_factory.mktemp("platform"))
    try:
        platform.start(*getattr(request.module, "OPTIONS", ()))
        yield platform
        assert platform.stop() == 0
    finally:
        platform.kill_if_running()
        if request.session.testsfailed > failed_before:
            sys.stderr.write(platform.tail())
