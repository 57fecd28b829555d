"""Whatever is a service has a declaration, and a declaration says what it can."""

from pathlib import Path

import pytest

from ticketing.registry import declarations
from ticketing.registry.declarations import services
from ticketing.registry.programs import built_by, sample

TOOLS = {"documents", "faults", "fuzz", "local", "ops", "registry"}
MAIL = 'summary = "Tells people what happened"\nroles.worker = {memory = ["96Mi", "192Mi"]}\n'
TWO_AT_ONE_PATH = "".join(
    f'roles.{name} = {{memory = ["96Mi", "192Mi"], path = "/mail"}}\n' for name in ("web", "other")
)
STAND_INS = {"stripe_fake"}
"""Programs that are no service of the platform."""


def test_every_program_is_declared_but_tools_and_stand_ins() -> None:
    programs = {path.parent.name for path in declarations.TICKETING.glob("*/main.py")}
    assert programs == services().keys() | TOOLS | STAND_INS


def test_every_service_but_that_of_the_pages_is_put_together_by_a_build() -> None:
    assert services().keys() - built_by().keys() == {"client"}


@pytest.mark.parametrize("name", sorted(built_by()))
def test_the_gateway_leads_to_where_a_service_answers(name: str) -> None:
    routes = sample(name).routes
    declared = services()[name].roles["web"].path if routes else ""
    assert (str(routes.url_prefix) if routes else "") == declared


@pytest.mark.parametrize(
    ("folder", "text", "told"),
    [
        ("mail", "[roles.web]", "mail/service.toml: .* missing required field `memory`"),
        ("mail", "paths = []", "mail/service.toml: .* unknown field `paths`"),
        ("mail", "roles = [", "mail/service.toml: "),
        ("e_mail", "", "e_mail/service.toml: Expected `str` matching regex"),
        (
            "mail",
            MAIL + 'calls = ["letters"]',
            "mail/service.toml: calls letters, which has no web",
        ),
        ("mail", MAIL + 'calls = ["mail"]', "mail/service.toml: calls mail, which has no web"),
        ("limits", MAIL, "limits/service.toml: the name is reserved"),
        ("mail", f"{MAIL}{TWO_AT_ONE_PATH}", "two processes are to answer at /mail"),
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


def test_a_place_without_declarations_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that was packed without them would else render, and so delete, everything."""
    monkeypatch.setattr(declarations, "TICKETING", tmp_path)
    with pytest.raises(ValueError, match="no service.toml in"):
        services.__wrapped__()


@pytest.mark.parametrize("name", ["orders", "operator"])
def test_a_consumer_cannot_have_the_name_of_another(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services()  # those that there are, read once
    (tmp_path / declarations.CONSUMERS).write_text(f'[{name}]\nhears = ["ticket.created"]\n')
    monkeypatch.setattr(declarations, "TICKETING", tmp_path)
    with pytest.raises(ValueError, match=f"consumers.toml: {name} is the name of another"):
        declarations.consumers.__wrapped__()
