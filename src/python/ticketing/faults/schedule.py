"""Which faults happen, one round after the other: all of it is drawn from the seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

WORKER = "-worker"
"""How the name of each service's first worker ends."""


class Kind(StrEnum):
    """What is done to the platform."""

    KILL = "kill"
    FREEZE = "freeze"
    RESTART = "restart"
    BLACKOUT = "kill everything at once"
    FLUSH = "flush Redis"
    STALL = "freeze all workers of a service"
    REPLAY = "publish old events again"
    STRIPE_SLOW = "Stripe is slow"
    STRIPE_FAILING = "Stripe fails"
    STRIPE_SILENT = "Stripe is silent"
    WEBHOOKS_LATE = "webhooks come late"
    WEBHOOKS_DOUBLED = "webhooks are doubled"
    WEBHOOKS_LOST = "webhooks are lost"
    WEBHOOKS_SHUFFLED = "webhooks are shuffled"


OF_A_PROCESS = (Kind.KILL, Kind.FREEZE, Kind.RESTART)
OF_STRIPE = tuple(kind for kind in Kind if kind.name.startswith(("STRIPE", "WEBHOOKS")))


@dataclass(frozen=True, kw_only=True)
class Fault:
    """`target` is a process or, for a stall, a service; it lasts so many `seconds`.

    `strength` is the kind's own: a share of calls, seconds of delay, how many events or deliveries.
    `place`, from 0 to 1, is where in the stream a replay begins.
    """

    kind: Kind
    target: str = ""
    seconds: float = 0.0
    strength: float = 0.0
    place: float = 0.0

    def __str__(self) -> str:
        words = [self.kind.value, self.target]
        if self.strength:
            words.append(f"({self.strength:g})")
        if self.seconds:
            words.append(f"for {self.seconds:.1f} s")
        return " ".join(filter(None, words))


@dataclass(frozen=True, kw_only=True)
class Round:
    """Faults that begin together; once all is well again the next round comes after `pause`."""

    faults: tuple[Fault, ...]
    pause: float


def rounds(seed: int, processes: Sequence[str]) -> Iterator[Round]:
    """Rounds without end: first each kind once, then every kind of every process in turn."""
    rng = Random(f"faults {seed}")  # nosec B311  # a plan, no secret
    deck = _deck(rng, sorted(processes))
    while True:
        size = rng.choices((1, 2, 3), weights=(4, 3, 3))[0]
        faults = tuple(next(deck) for _ in range(size))
        yield Round(faults=faults, pause=rng.uniform(0.0, 1.0))


def _deck(rng: Random, processes: Sequence[str]) -> Iterator[Fault]:
    first = list(Kind)
    rng.shuffle(first)
    for kind in first:
        yield _fault(rng, kind, _target(rng, kind, processes))
    while True:
        everything = list(_everything(processes))
        rng.shuffle(everything)
        for kind, target in everything:
            yield _fault(rng, kind, target)


def _everything(processes: Sequence[str]) -> Iterator[tuple[Kind, str]]:
    yield from ((kind, process) for kind in OF_A_PROCESS for process in processes)
    yield from ((Kind.STALL, service) for service in _services(processes))
    yield from ((kind, "") for kind in (Kind.FLUSH, Kind.REPLAY, *OF_STRIPE) for _ in range(2))
    yield Kind.BLACKOUT, ""


def _target(rng: Random, kind: Kind, processes: Sequence[str]) -> str:
    if kind in OF_A_PROCESS:
        return rng.choice(processes)
    return rng.choice(_services(processes)) if kind is Kind.STALL else ""


def _services(processes: Sequence[str]) -> list[str]:
    """Those that have workers."""
    return [name.removesuffix(WORKER) for name in processes if name.endswith(WORKER)]


def _fault(rng: Random, kind: Kind, target: str) -> Fault:
    """The same draws for every kind, so that one kind's needs do not change what comes after."""
    short, long, share, place = (rng.random() for _ in range(4))
    seconds, strength = 0.0, 0.0
    match kind:
        case Kind.FREEZE:
            # At times for longer than a message in hand is another worker's (10 s).
            seconds = 11 + 3 * long if share > 0.93 else 1 + 4 * short
        case Kind.STALL:
            seconds = 4 + 5 * long
        case Kind.REPLAY:
            strength = round(200 + 1300 * share)
        case Kind.STRIPE_SLOW:
            seconds, strength = 2 + 3 * long, round(0.3 + 3 * share, 2)
        case Kind.STRIPE_FAILING | Kind.STRIPE_SILENT:
            seconds, strength = 2 + 3 * long, round(0.3 + 0.7 * share, 2)
        case Kind.WEBHOOKS_LATE:
            seconds, strength = 2 + 4 * long, round(1 + 7 * share, 1)
        case Kind.WEBHOOKS_DOUBLED:
            seconds, strength = 2 + 4 * long, 1 + round(3 * share)
        case Kind.WEBHOOKS_LOST:
            seconds, strength = 2 + 4 * long, round(0.4 + 0.6 * share, 2)
        case Kind.WEBHOOKS_SHUFFLED:
            seconds = 2 + 4 * long
    return Fault(kind=kind, target=target, seconds=seconds, strength=strength, place=place)
