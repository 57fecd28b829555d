"""What is printed: nothing cut off, and plain text in a pipe."""

from datetime import UTC, datetime, timedelta

import pytest

from ticketing.ops.tables import age, dollars, moment, table

ID = "6b0370b449ad1210ca7c799a"


def test_a_pipe_gets_every_row_in_one_plain_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    table("Orders", ("id", "why"), [(ID, "a long reason " * 30), (ID[::-1], None)])
    title, header, first, second, end = capsys.readouterr().out.split("\n", 4)
    assert (title, header.split()) == ("Orders", ["id", "why"])
    assert first == f"{ID}  {'a long reason ' * 30}".rstrip()
    assert (second, end) == (ID[::-1], "\n")


def test_a_narrow_screen_folds_what_is_long_and_cuts_nothing_off(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "10")
    table("Orders", ("id",), [(ID,)])
    printed = capsys.readouterr().out
    assert "\x1b[" in printed
    assert "".join(printed.split()).endswith(ID)


def test_ids_and_times_are_whole_on_a_screen_of_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    time = moment(datetime(2026, 1, 31, tzinfo=UTC))
    columns = ("number", "parked (UTC)", "what", "id", "state")
    table("Orders", columns, [(12345, time, "a payment intent", ID, "a long state " * 9)])
    printed = capsys.readouterr().out
    assert all(whole in printed for whole in ("12345", time, ID))


def test_a_title_is_one_line_and_a_table_of_nothing_has_no_header(
    capsys: pytest.CaptureFixture[str],
) -> None:
    title = "A title that is much longer than the table"
    table(title, ("id", "why"), [(1, 2)])
    table(title, ("id", "why"), [])
    assert capsys.readouterr().out == f"{title}\nid  why\n1   2\n\n{title}\nnone\n\n"


def test_what_looks_like_markup_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    table("Reasons", ("why",), [("KeyError: [red] :smile:",)])
    assert "KeyError: [red] :smile:\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        *((-1, "0.0 s"), (0.25, "0.2 s"), (59, "59 s"), (119, "119 s"), (121, "2 min")),
        *((7300, "2 h"), (86_400 * 9, "9 d")),
    ],
)
def test_an_age_has_the_unit_that_fits(seconds: float, shown: str) -> None:
    assert age(timedelta(seconds=seconds)) == shown


def test_times_and_amounts() -> None:
    assert moment(datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)) == "2026-01-31 12:00:00.123"
    assert moment(None) == ""
    assert (dollars(2005), dollars(0)) == ("$20.05", "$0.00")
