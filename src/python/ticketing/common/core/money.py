"""Money: integer cents inside, a JSON number in the currency's main unit at the edges."""


def from_cents(cents: int) -> int | float:
    """The JSON number for an amount: 2050 is 20.5, 2000 is 20."""
    return cents // 100 if cents % 100 == 0 else cents / 100


def to_cents(amount: float) -> int:
    """The cents of an amount that has at most two decimals; exact up to 90 trillion."""
    return round(amount * 100)
