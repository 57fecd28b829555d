"""Whatever is a service has a declaration, and a declaration says what it can."""

from pathlib import Path

import pytest

from ticketing.registry import declarations
from ticketing.registry.declarations import services
from ticketing.registry.programs import built_by

TOOLS = {"documents", "faults", "fuzz", "local", "ops", "registry"}
STAND_INS = {"stripe_fake"}
"""Programs that are no service of the platform."""


def test_every_program_is_declared_but_tools_and_stand_ins() -> None:
    programs = {path.parent.name for path in declarations.TICKETING.glob("*/main.py")}
    assert programs == services().keys() | TOOLS | STAND_INS


def test_every_service_but_that_of_the_pages_is_put_together_by_a_build() -> None:
    assert services().keys() - built_by().keys() == {"client"}


@pytest.mark.parametrize(
    ("folder", "text", "told"),
    [
        ("mail", "[roles.web]", "mail/service.toml: .* missing required field `memory`"),
        ("mail", "paths = []", "mail/service.toml: .* unknown field `paths`"),
        ("mail", "roles = [", "mail/service.toml: "),
        ("e_mail", "", "e_mail/service.toml: Expected `str` matching regex"),
    ],
)
def test_a_declaration_that_is_wrong_is_told_with_its_file(
    folder: str, text: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / folder).mkdir()
    (tmp_path / folder / declarations.FILE).write_text(text)
    monkeypatch.setattr(declarations, "TICKETING", tmp_path)
    with pytest.raises(ValueError, match=told):
        services.__wrapped__()
