"""Counts of a programme's rows by the catalogue's rules, so that a generator can refuse rows that bear out nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from examples.common.model import Enrolment, Spell
from examples.common.people import Person

_REJOIN_DAYS = 30


def passed(enrolled: Sequence[Enrolment]) -> tuple[int, int]:
    """(persons, completions) of those who passed."""
    rows = [row for row in enrolled if row.result == "合格"]
    return len({row.person for row in rows}), len(rows)


def starts(worked: Sequence[Spell]) -> list[Spell]:
    """Starts that count: no internships, nobody back at the same employer within 30 days. `worked` is by day."""
    ends: dict[tuple[Person, str], date] = {}
    rows = []
    for spell in worked:
        if spell.kind == "实习":
            continue
        end = ends.get((spell.person, spell.employer.name))
        if end is None or spell.started - end > timedelta(days=_REJOIN_DAYS):
            rows.append(spell)
        if spell.ended:
            ends[spell.person, spell.employer.name] = spell.ended
    return rows


def persons(worked: Sequence[Spell]) -> int:
    """Distinct persons."""
    return len({spell.person for spell in worked})


def holds(condition: bool, claim: str) -> None:
    """Raise AssertionError where the registers would no longer bear out a figure as it is meant to be."""
    if not condition:
        raise AssertionError(claim)
