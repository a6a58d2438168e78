"""The rungs of a ladder, from the figure `outcome_ladder`. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

FIGURE: Final = "outcome_ladder"


class Rung(NamedTuple):
    """One step: how many of the cohort took it, of how many it is not known yet, or not at all; the rest did not.

    `nested`: whoever took it took the one before, too.
    """

    id: str
    zh: str
    en: str
    yes: int
    not_yet_known: int = 0
    unknown: int = 0
    nested: bool = True


class Ladder(NamedTuple):
    """The rungs of a cohort of `persons`, and the sets that stand beside them."""

    persons: int
    rungs: tuple[Rung, ...]
    #: contracts of persons without a live intent agreement
    contract_without_agreement: int
    #: persons who had begun work before they completed, and not since
    started_before: int

    def to_json(self) -> dict[str, Any]:
        """As it is printed."""
        return {
            "persons": self.persons,
            "rungs": [rung._asdict() for rung in self.rungs],
            "contract_without_agreement": self.contract_without_agreement,
            "started_before": self.started_before,
        }


def ladder_of(figure: Mapping[str, Any]) -> Ladder:
    """The ladder that a figure's answer describes."""
    splits: Mapping[str, Mapping[str, int]] = figure["splits"]
    contract, started = splits["contract"], splits["started"]
    rungs = (
        Rung("completed", "结业合格", "completed", figure["counted"]),
        Rung("agreement", "签意向协议", "intent agreement", splits["agreement"]["yes"], nested=False),
        Rung(
            "contract",
            "签合同",
            "contract",
            contract["with_agreement"] + contract["without_agreement"],
            nested=False,
        ),
        Rung("started", "上岗", "started work", started["yes"], nested=False),
        *(_kept(days, splits[f"d{days}"]) for days in (30, 90, 180)),
        Rung("wage_proven", "满180天且工资有凭证", "180 days, wage proven", splits["wage_proven"]["yes"]),
    )
    return Ladder(figure["counted"], rungs, contract["without_agreement"], started["before"])


def _kept(days: int, split: Mapping[str, int]) -> Rung:
    zh, en = f"在岗满{days}天", f"kept {days} days"
    return Rung(f"d{days}", zh, en, split["yes"], split["not_yet_known"], split["unknown"])
