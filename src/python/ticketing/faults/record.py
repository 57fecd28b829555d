"""What was done to the platform and how long it took to be well again."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from ticketing.faults.schedule import Fault, Kind
from ticketing.faults.tally import Outcome


@dataclass(frozen=True, kw_only=True)
class Struck:
    """A fault that happened, and the seconds from its end until all was well again; where there
    were several `together`, from the end of the last of them.
    """

    fault: Fault
    recovery: float
    together: int


@dataclass
class Record:
    """All the faults of a run; `file` gets a line for every round, for a closer look."""

    file: Path
    struck: list[Struck] = field(default_factory=list)

    def note(
        self, struck: list[Struck], seen: Mapping[tuple[str, Outcome], int], lasted: float
    ) -> None:
        """`seen` is what the crowd's requests came to from the round's beginning to its end."""
        self.struck += struck
        line = {
            "faults": [
                {
                    "kind": each.fault.kind.value,
                    "target": each.fault.target,
                    "seconds": round(each.fault.seconds, 1),
                    "strength": each.fault.strength,
                    "recovery": round(each.recovery, 2),
                }
                for each in struck
            ],
            "lasted": round(lasted, 1),
            "requests": {f"{what}: {outcome}": count for (what, outcome), count in seen.items()},
        }
        with self.file.open("ab") as file:
            file.write(msgspec.json.encode(line) + b"\n")

    def by_kind(self) -> dict[Kind, list[Struck]]:
        groups: dict[Kind, list[Struck]] = defaultdict(list)
        for each in self.struck:
            groups[each.fault.kind].append(each)
        return {kind: groups[kind] for kind in Kind if kind in groups}


def since(
    now: Counter[tuple[str, Outcome]], before: Counter[tuple[str, Outcome]]
) -> dict[tuple[str, Outcome], int]:
    return dict(now - before)
