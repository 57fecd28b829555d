"""What a seller sold, day by day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter


@dataclass(frozen=True, kw_only=True)
class Sale:
    """A ticket that was sold; `price` is in cents."""

    at: datetime
    price: int

    @property
    def day(self) -> date:
        return self.at.date()


@dataclass(frozen=True, kw_only=True)
class SalesOfDay:
    """All sales of one UTC day; `amount` is in cents."""

    day: date
    tickets: int
    amount: int


def by_day(sales: Iterable[Sale]) -> list[SalesOfDay]:
    """The days that had sales, oldest first."""
    days = groupby(sorted(sales, key=attrgetter("at")), attrgetter("day"))
    prices = [(day, [sale.price for sale in sales]) for day, sales in days]
    return [SalesOfDay(day=day, tickets=len(paid), amount=sum(paid)) for day, paid in prices]
