"""How a person stands in a programme on a given day, read off their outcome record. Pure.

The steps follow the rows of the figure catalogue that count the same thing; each names the entries
behind it. Facts dated after the day are ignored.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from services.outcomes.records import Dated, Kept, OutcomeRecord, Spell, Visit

Answer = Literal["yes", "no", "not_yet_known", "unknown"]
Work = Literal["working", "ended", "reported_left", "lost_contact"]
#: From the strongest answer to the weakest: a person was kept if any of their spells was.
_STRENGTH: Final[tuple[Answer, ...]] = ("yes", "not_yet_known", "unknown", "no")
#: Proofs that prove a wage (a pay slip or better).
PROVEN_BY: Final = frozenset({"social_insurance", "bank", "payslip"})


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A step was reached on a day; `entries` are (log, index)."""

    on: str
    entries: tuple[tuple[str, int], ...]


class KeptStep(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whether any spell lasted `days` days; `step` is what shows yes or no."""

    days: int
    answer: Answer
    step: Step | None = None


class Standing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The steps of one record on the day `to`; a step not reached is absent.

    `kept` has one answer for each of 30, 90 and 180 days, and is empty before the first start.
    `work` is absent before it; `left` is present when `work` is ended or reported_left.
    """

    person: str
    programme: str
    to: str
    trained: Step | None = None
    certified: Step | None = None
    agreed: Step | None = None
    contracted: Step | None = None
    started: Step | None = None
    kept: tuple[KeptStep, ...] = ()
    wage_proven: Step | None = None
    work: Work | None = None
    left: Step | None = None


def standing(record: OutcomeRecord, to: str) -> Standing:
    """The standing on the ISO date `to`. Of several facts for a step, the earliest is named."""
    spells = [spell for spell in record.spells if spell.kind != "internship" and spell.started.on <= to]
    work, left = _work(spells, record, to)
    return Standing(
        person=record.person,
        programme=record.programme,
        to=to,
        trained=_first([t.ended for t in record.trainings if t.result == "passed"], to),
        certified=_first([t.certified for t in record.trainings if not _by(t.revoked, to)], to),
        agreed=_first([a.signed for a in record.agreements if not _by(a.withdrawn, to)], to),
        contracted=_first([c.signed for c in record.contracts if not _by(c.withdrawn, to)], to),
        started=_first([spell.started for spell in spells], to),
        kept=_kept(spells, to),
        wage_proven=_first([wage.observed for wage in record.wages if wage.proof in PROVEN_BY], to),
        work=work,
        left=left,
    )


def kept_at(kept: Kept, to: str) -> tuple[Answer, Dated | None]:
    """The answer for one spell on the day `to`, and what shows it."""
    if to < kept.due_on:
        return "not_yet_known", None
    if _by(kept.yes, to):
        return "yes", kept.yes
    if _by(kept.no, to):
        return "no", kept.no
    return ("not_yet_known" if to <= kept.open_until_on else "unknown"), None


def _by(fact: Dated | None, to: str) -> bool:
    return fact is not None and fact.on <= to


def _step(fact: Dated) -> Step:
    return Step(on=fact.on, entries=((fact.log, fact.index),))


def _first(facts: list[Dated | None] | list[Dated], to: str) -> Step | None:
    reached = [fact for fact in facts if fact is not None and fact.on <= to]
    return _step(min(reached, key=lambda fact: (fact.on, fact.log, fact.index))) if reached else None


def _kept(spells: list[Spell], to: str) -> tuple[KeptStep, ...]:
    out = []
    for of_spells in zip(*(spell.kept for spell in spells), strict=True):
        answers = [kept_at(kept, to) for kept in of_spells]
        answer, shown = min(answers, key=lambda pair: _STRENGTH.index(pair[0]))
        out.append(KeptStep(days=of_spells[0].days, answer=answer, step=_step(shown) if shown else None))
    return tuple(out)


def _work(spells: list[Spell], record: OutcomeRecord, to: str) -> tuple[Work | None, Step | None]:
    """At work if any spell is open; else as the latest spell stands (row persons_employed)."""
    latest: tuple[Work | None, Step | None] = (None, None)
    for spell in spells:
        latest = _spell_work(spell, record.visits, to)
        if latest[0] == "working":
            return latest
    return latest


def _spell_work(spell: Spell, visits: tuple[Visit, ...], to: str) -> tuple[Work, Step | None]:
    if spell.ended is not None and spell.ended.on <= to:
        return "ended", _step(spell.ended)
    since = [visit for visit in visits if spell.started.on <= visit.visited.on <= to]
    if since and since[-1].state == "left":
        return "reported_left", _step(since[-1].visited)
    if since and since[-1].state == "no_contact":
        return "lost_contact", None
    return "working", None
