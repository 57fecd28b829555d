"""The chart of sales: a bar per day, in proportion."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from ticketing.client.chart import HEIGHT, WIDTH, sales_chart
from ticketing.client.views import Sales

TODAY = date(2026, 1, 31)


def sales(days_ago: int, amount: str, tickets: int = 1) -> Sales:
    day = TODAY - timedelta(days=days_ago)
    return Sales(day=day, tickets=tickets, amount=Decimal(amount))


def test_there_is_a_bar_for_each_of_thirty_days() -> None:
    chart = sales_chart([], TODAY)
    assert [bar.day for bar in chart.bars] == [TODAY - timedelta(days=d) for d in range(29, -1, -1)]
    assert chart.tickets == 0 == chart.amount


def test_the_best_day_fills_the_height_and_half_of_it_half() -> None:
    chart = sales_chart([sales(3, "50"), sales(0, "100", tickets=2)], TODAY)
    by_day = {bar.day: bar for bar in chart.sold}
    best, half = by_day[TODAY], by_day[TODAY - timedelta(days=3)]
    assert (best.height, best.y) == (HEIGHT, 0)
    assert (half.height, half.y) == (HEIGHT / 2, HEIGHT / 2)


def test_bars_stand_side_by_side_within_the_picture() -> None:
    bars = sales_chart([sales(0, "1")], TODAY).bars
    assert all(a.x + a.width <= b.x for a, b in pairwise(bars))
    assert bars[-1].x + bars[-1].width <= WIDTH


def test_it_adds_up_exactly() -> None:
    chart = sales_chart([sales(1, "0.10"), sales(2, "0.20", tickets=4)], TODAY)
    assert (chart.amount, chart.tickets) == (Decimal("0.30"), 5)


def test_days_before_the_first_bar_do_not_count() -> None:
    assert sales_chart([sales(30, "5")], TODAY).tickets == 0
