"""The demo data as a command of its own."""

from click.testing import CliRunner

from ticketing.common.testing.servers import free_port
from ticketing.local import demo


def test_a_platform_that_does_not_answer_is_said_in_a_line() -> None:
    result = CliRunner().invoke(demo.main, [f"http://127.0.0.1:{free_port()}"])
    assert result.exit_code == 1
    assert result.output.startswith("Error: The demo data could not be made: ")
    assert result.output.count("\n") == 1
