"""The picture of a seller's sales: a bar per day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ticketing.client.views import Sales

DAYS = 30
WIDTH, HEIGHT, GAP = 600, 120, 4
"""In units of the SVG's own system."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One day; `x`, `y`, `width` and `height` place its bar in the picture."""

    day: date
    tickets: int
    amount: Decimal
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Chart:
    """All days, oldest first, those without sales too, and what they come to."""

    bars: Sequence[Bar]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def sold(self) -> Sequence[Bar]:
        return [bar for bar in self.bars if bar.tickets]

    @property
    def tickets(self) -> int:
        return sum(bar.tickets for bar in self.bars)

    @property
    def amount(self) -> Decimal:
        return sum((bar.amount for bar in self.bars), Decimal(0))


def sales_chart(sales: Sequence[Sales], today: date) -> Chart:
    """The chart of the `DAYS` days up to `today`, the highest bar as high as the picture."""
    by_day = {day.day: day for day in sales}
    days = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    highest = max((by_day[day].amount for day in days if day in by_day), default=Decimal(1))
    step = WIDTH / DAYS

    def bar(number: int, day: date) -> Bar:
        found = by_day.get(day) or Sales(day=day, tickets=0, amount=Decimal(0))
        height = round(float(found.amount / highest) * HEIGHT, 1)
        return Bar(
            day=day,
            tickets=found.tickets,
            amount=found.amount,
            x=round(number * step, 1),
            y=HEIGHT - height,
            width=step - GAP,
            height=height,
        )

    return Chart(bars=[bar(number, day) for number, day in enumerate(days)])
