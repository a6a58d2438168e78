"""What the Datong registers hold, before anyone types it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from examples.common.model import Agreement, Enrolment, MatchingEvent, Spell, Visit

PROGRAMME = "datong-hugong"
FIRST_DAY = date(2024, 1, 2)
PUBLISHED = date(2025, 6, 20)
POSITIONS = ("医疗护理员", "家务服务员", "养老护理员", "育婴员")


@dataclass(frozen=True, slots=True)
class Programme:
    """Everything the registers of the programme state."""

    enrolments: list[Enrolment]
    events: list[MatchingEvent]
    agreements: list[Agreement]
    spells: list[Spell]
    visits: list[Visit]
