"""What buyers and sellers choose: all of it is drawn from the seed, for each visit anew."""

from dataclasses import dataclass
from random import Random

GOOD = ("tok_visa", "pm_card_visa", "tok_mastercard")
DECLINED = ("tok_chargeDeclined", "pm_card_visa_chargeDeclinedInsufficientFunds")
ASKS_BUYER = ("tok_threeDSecureRequired", "tok_threeDSecure2Required")


@dataclass(frozen=True, kw_only=True)
class Purchase:
    """A visit of a buyer.

    `look`, from 0 to 1, is where on the list of tickets the choice falls. Times are in seconds,
    many of them about those after which a hold of six runs out.
    With `keyed`, posts carry an Idempotency-Key; `repeats` are further posts of the same at once.
    `answer` is what a buyer does whom the bank asks: `succeed`, `fail` or, walking away, nothing.
    """

    look: float
    keyed: bool
    repeats: int
    hesitation: float
    cancels: bool
    cards: tuple[str, ...]
    thinking: float
    answer: str | None
    comes_back: bool
    pause: float


@dataclass(frozen=True, kw_only=True)
class Sale:
    """A visit of a seller, who puts a ticket on sale and may change and withdraw it.

    Prices are in dollars; `new_price` is None where the ticket stays as it is.
    """

    price: float
    keyed: bool
    repeats: int
    new_price: float | None
    withdraws: bool
    relists: bool
    patience: float
    pause: float


def purchase(seed: int, buyer: int, visit: int) -> Purchase:
    """The same for the same arguments, whatever happened before."""
    rng = Random(f"buyer {seed} {buyer} {visit}")  # nosec B311  # a plan, no secret
    late = rng.random() < 0.3
    return Purchase(
        look=rng.random() ** 2,  # most look at what is newest
        keyed=rng.random() < 0.7,
        repeats=rng.choices((0, 1, 2), weights=(7, 2, 1))[0],
        hesitation=rng.uniform(4.0, 7.5) if late else rng.uniform(0.0, 0.8),
        cancels=rng.random() < 0.12,
        cards=_cards(rng),
        thinking=rng.uniform(4.5, 7.5) if rng.random() < 0.4 else rng.uniform(0.0, 1.0),
        answer=rng.choices(("succeed", "fail", None), weights=(6, 1, 3))[0],
        comes_back=rng.random() < 0.6,
        pause=rng.uniform(0.0, 1.5),
    )


def sale(seed: int, seller: int, visit: int) -> Sale:
    """The same for the same arguments, whatever happened before."""
    rng = Random(f"seller {seed} {seller} {visit}")  # nosec B311  # a plan, no secret
    withdraws = rng.random() < 0.15
    return Sale(
        price=_price(rng),
        keyed=rng.random() < 0.7,
        repeats=rng.choices((0, 1, 2), weights=(7, 2, 1))[0],
        new_price=_price(rng) if rng.random() < 0.3 else None,
        withdraws=withdraws,
        relists=withdraws and rng.random() < 0.7,
        patience=rng.uniform(0.0, 2.0),
        pause=rng.uniform(0.2, 2.0),
    )


def _cards(rng: Random) -> tuple[str, ...]:
    """The cards in the order in which they are tried."""
    first = rng.choices((GOOD, DECLINED, ASKS_BUYER), weights=(5, 2, 4))[0]
    cards = [rng.choice(first)]
    if first is DECLINED and rng.random() < 0.7:
        cards.append(rng.choice(GOOD + ASKS_BUYER))
    return tuple(cards)


def _price(rng: Random) -> float:
    return rng.randint(50, 99_999) / 100
