"""The operator's command against a running platform."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from click.testing import CliRunner, Result

from ticketing.local.tests.running import Platform
from ticketing.local.tests.visitor import Visitor
from ticketing.ops import platform as found
from ticketing.ops.main import main


@dataclass(frozen=True)
class Sale:
    """A ticket that somebody ordered and perhaps paid."""

    buyer: Visitor
    ticket_id: str
    order_id: str
    payment_id: str = ""


class Operator:
    """Runs commands; `do` expects success and returns what was printed."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.access = found.Platform.find(platform.data_dir, {})
        self._seller = Visitor(platform.url).sign_up()

    def run(self, line: str, answer: str = "") -> Result:
        arguments = ["--data-dir", str(self.platform.data_dir), *line.split()]
        return CliRunner().invoke(main, arguments, input=answer)

    def do(self, line: str, answer: str = "") -> str:
        result = self.run(line, answer)
        assert result.exit_code == 0, result.output
        assert "\x1b" not in result.output
        return result.output

    def until(self, line: str, seen: Callable[[str], bool], within: float = 60) -> str:
        """What is printed once the workers have got so far."""
        deadline = time.monotonic() + within
        while not seen(printed := self.do(line)):
            assert time.monotonic() < deadline, printed
            time.sleep(0.2)
        return printed

    def hold(self) -> Sale:
        ticket_id = self._seller.sell()["id"]
        buyer = Visitor(self.platform.url).sign_up()
        return Sale(buyer, ticket_id, buyer.order(ticket_id)["id"])

    def sale(self) -> Sale:
        """Paid, and so far that nothing is on its way."""
        held = self.hold()
        payment_id = held.buyer.pay(held.order_id)["id"]
        self.until(f"order show {held.order_id}", lambda printed: " sold, version" in printed)
        return Sale(held.buyer, held.ticket_id, held.order_id, payment_id)

    def close(self) -> None:
        self._seller.close()
        self.access.close()


def rows(printed: str, title: str) -> list[list[str]]:
    """The cells of the table with this title."""
    table = printed.split(f"{title}\n", 1)[1].split("\n\n", 1)[0]
    return [re.split(r" {2,}", line) for line in table.splitlines()[1:]]
