"""Whether all is well: every part is ready, and somebody can sell and somebody buy."""

import time

from ticketing.faults.client import Person
from ticketing.faults.crowd import PROBE
from ticketing.faults.running import RunningPlatform
from ticketing.faults.tally import Promises, Tally

DEADLINE = 120.0
"""Seconds after which a platform that is not well is taken for broken."""
PATIENCE = (2.0, 3.0)
SETTLES = 10.0
"""Seconds that a purchase may take until all services know of it, before it is tried anew."""


class NotWellError(Exception):
    """The platform did not recover; the text says what is missing."""


class Probe:
    """A seller and a buyer whose requests are not among those of the crowd."""

    def __init__(self, platform: RunningPlatform) -> None:
        self._platform = platform
        self._seller, self._buyer = (
            Person(platform.url, Tally(), Promises(), PATIENCE) for _ in range(2)
        )
        self._last = "the platform was never ready"

    def join(self) -> None:
        """Raises JoinError."""
        self._seller.join()
        self._buyer.join()

    def until_well(self) -> float:
        """The moment (of `time.monotonic`) when all was seen to be well; raises NotWellError."""
        deadline = time.monotonic() + DEADLINE
        while time.monotonic() < deadline:
            missing = self._platform.missing()
            if missing == [] and self._purchase():
                return time.monotonic()
            if missing != []:
                self._last = f"not ready: {missing}"
            time.sleep(0.1)
        raise NotWellError(
            f"not well {DEADLINE:.0f} s after the last fault of a round: {self._last}"
        )

    def _purchase(self) -> bool:
        """A ticket is put on sale, ordered, paid, and the order complete for its buyer."""
        ticket = self._seller.post("sell", "/tickets", {"title": PROBE, "price": 5})
        if ticket is None or not ticket.done:
            return self._failed("no ticket could be sold")
        order = self._buyer.post("order", "/orders", {"ticketId": ticket.json()["id"]})
        if order is None or not order.done:
            return self._failed("the ticket could not be ordered")
        order_id = order.json()["id"]
        paid = self._buyer.post("pay", "/payments", {"orderId": order_id, "token": "tok_visa"})
        if paid is None or paid.status != 201:
            return self._failed("the order could not be paid")
        return self._settles(order_id, ticket.json()["id"])

    def _settles(self, order_id: str, ticket_id: str) -> bool:
        deadline = time.monotonic() + SETTLES
        while time.monotonic() < deadline:
            order = self._buyer.get("order", f"/orders/{order_id}")
            ticket = self._buyer.get("ticket", f"/tickets/{ticket_id}")
            if order and ticket and order["status"] == "complete" and "soldAt" in ticket:
                return True
            time.sleep(0.05)
        return self._failed("a paid order was not complete in time")

    def _failed(self, what: str) -> bool:
        self._last = what
        return False
