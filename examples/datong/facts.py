"""The programme's published figures, counted from its rows; and that they are what the report says.

Counted here on the rows before they are typed; the tests count again from the workbooks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from examples.common.model import Visit
from examples.common.people import Person
from examples.datong.model import PUBLISHED, Programme

_PROVEN = ("社保", "银行流水", "工资条")
_REJOIN_DAYS = 30


@dataclass(frozen=True, slots=True)
class Facts:
    """`mean_wage_yuan` is over person-months with proof, the least where a month has several."""

    rows: int
    persons_trained: int
    training_completions: int
    matching_events: int
    intent_agreements: int
    agreements_live: int
    persons_with_agreement: int
    contracts_live: int
    spells: int
    rejoined: int
    persons_employed: int
    visits: int
    wage_months: int
    mean_wage_yuan: Fraction
    issues_opened: int
    issues_resolved: int


def count(programme: Programme) -> Facts:
    """Count the programme's rows by the catalogue's rules, as of the day of publication."""
    passed = [row for row in programme.enrolments if row.result == "合格"]
    intents = [row for row in programme.agreements if row.kind == "就业意向协议"]
    live = [row for row in intents if row.live]
    wages = least_wages(programme.visits)
    troubles = [visit.trouble for visit in programme.visits if visit.trouble]
    rows = (programme.enrolments, programme.events, programme.agreements, programme.spells, programme.visits)
    return Facts(
        rows=sum(len(register) for register in rows),
        persons_trained=len({row.person for row in passed}),
        training_completions=len(passed),
        matching_events=len(programme.events),
        intent_agreements=len(intents),
        agreements_live=len(live),
        persons_with_agreement=len({row.person for row in live}),
        contracts_live=sum(row.live for row in programme.agreements) - len(live),
        spells=len(programme.spells),
        rejoined=rejoined(programme),
        persons_employed=len(employed(programme)),
        visits=sum(visit.state != "失联" for visit in programme.visits),
        wage_months=len(wages),
        mean_wage_yuan=Fraction(sum(wages.values()), len(wages)),
        issues_opened=len(troubles),
        issues_resolved=sum(trouble.resolved is not None for trouble in troubles),
    )


def employed(programme: Programme) -> set[Person]:
    """At work on the day of publication: an open spell, and not lost or reported away since it began."""
    latest: dict[Person, Visit] = {visit.person: visit for visit in programme.visits}
    open_spells = [
        spell for spell in programme.spells if spell.kind != "实习" and (spell.ended is None or spell.ended > PUBLISHED)
    ]
    return {
        spell.person
        for spell in open_spells
        if (visit := latest.get(spell.person)) is None or visit.visited < spell.started or visit.state == "在岗"
    }


def rejoined(programme: Programme) -> int:
    """Spells begun within 30 days after the previous end at the same employer: no new start."""
    ends: dict[tuple[Person, str], date] = {}
    back = 0
    for spell in programme.spells:
        end = ends.get((spell.person, spell.employer.name))
        back += end is not None and spell.started - end <= timedelta(days=_REJOIN_DAYS)
        if spell.ended:
            ends[spell.person, spell.employer.name] = spell.ended
    return back


def least_wages(visits: list[Visit]) -> dict[tuple[Person, date], int]:
    """The least proven wage of each person and month."""
    least: dict[tuple[Person, date], int] = {}
    for visit in visits:
        if visit.wage_yuan is not None and visit.proof in _PROVEN:
            key = visit.person, (visit.month or visit.visited).replace(day=1)
            least[key] = min(visit.wage_yuan, least.get(key, visit.wage_yuan))
    return least


def check(facts: Facts) -> None:
    """Raise AssertionError where the registers would no longer bear out the published figures."""
    assert 1000 < facts.persons_trained < 1500, "D1: 1000余人"
    assert facts.persons_trained < facts.training_completions, "a few people complete two classes"
    assert facts.matching_events == 15, "D2: 15场次"
    assert 800 < facts.agreements_live < 900, "D3: 800余份"
    assert facts.persons_with_agreement < facts.agreements_live < facts.intent_agreements, "some twice, some withdrawn"
    assert facts.persons_employed > 8000, "D4: 超过8000人"
    assert 3800 <= facts.mean_wage_yuan < 4000, "D5: 近4000元"
    assert 19_000 <= facts.rows <= 21_000, "about 20,000 rows"
