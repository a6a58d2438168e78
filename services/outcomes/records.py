"""The outcome record: what became of one person in one programme, and the entries that say so. Pure.

A record is folded from the person's live facts (retracted and superseded ones left out) in canonical
order: day, type, log, index. It holds facts with their dates and no answer that depends on today, so
it changes only when an entry arrives; `services.outcomes.standing` answers for a given day.

Of several references merged into one person, the facts are folded together, under the reference that
the others were merged into. A withdrawal, revocation or end counts for the person it names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple, TypeVar

import msgspec

from ledger.event import Event
from services.followup.events import VisitAttempted, VisitCompleted, WageObserved
from services.outcomes.days import day_number, iso_date
from services.placement.events import (
    ContractSigned,
    ContractWithdrawn,
    EmploymentEnded,
    EmploymentStarted,
    IntentAgreementSigned,
    IntentAgreementWithdrawn,
)
from services.training.events import CertificateIssued, CertificateRevoked, Enrolled, TrainingEnded

#: The types a record is folded from; their place here is the second key of the canonical order.
FOLDED: Final[tuple[type[Event], ...]] = (
    Enrolled,
    TrainingEnded,
    CertificateIssued,
    CertificateRevoked,
    IntentAgreementSigned,
    IntentAgreementWithdrawn,
    ContractSigned,
    ContractWithdrawn,
    EmploymentStarted,
    EmploymentEnded,
    VisitCompleted,
    VisitAttempted,
    WageObserved,
)
RETENTION_DAYS: Final = (30, 90, 180)
#: How long an answer may still come in after the day it is asked for.
ANSWER_DAYS: Final = 60

E = TypeVar("E", bound=Event)


class Fact(NamedTuple):
    """A live event of one person. Sorts canonically: `day` is days since 1970, `rank` its place in FOLDED."""

    day: int
    rank: int
    log: str
    index: int  # type: ignore[assignment]  # rather this name than tuple.index
    subject: str
    agency: str
    event: Event


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Unknown is absent, never a guess."""


class Dated(_Part, frozen=True, kw_only=True):
    """Something that happened on a day, and the entry that states it."""

    on: str
    log: str
    index: int


class Training(_Part, frozen=True, kw_only=True):
    """One class of this person, as one agency states it. `result`: passed, failed, withdrawn."""

    agency: str
    class_no: str
    enrolled: Dated | None = None
    ended: Dated | None = None
    result: str | None = None
    certified: Dated | None = None
    certificate: str | None = None
    revoked: Dated | None = None


class Agreement(_Part, frozen=True, kw_only=True):
    """An intent agreement, or a contract of `kind` labour or service."""

    agency: str
    agreement: str
    employer: str
    signed: Dated
    kind: str | None = None
    withdrawn: Dated | None = None


class Kept(_Part, frozen=True, kw_only=True):
    """Whether a spell lasted `days` days (rows retained_d30/_d90/_d180 of the figure catalogue).

    Asked from `due_on` on. `yes`: what first shows that it did: an end after `due_on`, or a visit on
    or after it that found the person at work before any later spell (of whatever kind) began.
    `no`: an end by `due_on`. The answer on a day before `due_on`: not yet known; else yes, if `yes`
    is dated by then; else no, likewise; else not yet known up to `open_until_on`, then unknown.
    """

    days: int
    due_on: str
    open_until_on: str
    yes: Dated | None = None
    no: Dated | None = None


class Spell(_Part, frozen=True, kw_only=True):
    """A spell of work. An internship (`kind`) is never asked how long it lasted."""

    agency: str
    employer: str
    started: Dated
    kind: str | None = None
    work_region: str | None = None
    ended: Dated | None = None
    end_reason: str | None = None
    kept: tuple[Kept, ...] = ()


class Visit(_Part, frozen=True, kw_only=True):
    """A visit; `state` is what it found: working, left, or no_contact (nobody could be reached)."""

    agency: str
    state: str
    visited: Dated
    method: str | None = None


class Wage(_Part, frozen=True, kw_only=True):
    """A wage seen for a month. No `proof`: none was given."""

    agency: str
    month: str
    wage_fen: int
    observed: Dated
    proof: str | None = None


class OutcomeRecord(_Part, frozen=True, kw_only=True):
    """One person in one programme. Lists are in canonical order (of the first fact of their stream)."""

    person: str
    programme: str
    #: other references to the same person, sorted
    merged: tuple[str, ...] = ()
    erased: Dated | None = None
    trainings: tuple[Training, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    contracts: tuple[Agreement, ...] = ()
    spells: tuple[Spell, ...] = ()
    visits: tuple[Visit, ...] = ()
    wages: tuple[Wage, ...] = ()


_encoder: Final = msgspec.json.Encoder(order="sorted")
_decoder: Final = msgspec.json.Decoder(OutcomeRecord)


def encode(record: OutcomeRecord) -> bytes:
    """The canonical bytes of a record: sorted keys, nothing absent written."""
    return _encoder.encode(record)


def decode(data: bytes | str) -> OutcomeRecord:
    """The record that `encode` wrote. Raises msgspec.DecodeError."""
    return _decoder.decode(data)


def fold(
    person: str, programme: str, facts: Iterable[Fact], merged: Iterable[str] = (), erased: Fact | None = None
) -> OutcomeRecord:
    """The record of a person from the live facts about them in one programme, in any order."""
    ordered = sorted(facts)
    streams: dict[tuple[str, str], dict[type[Event], Fact]] = {}
    for fact in ordered:
        streams.setdefault((fact.log, fact.subject), {})[type(fact.event)] = fact
    trainings: list[Training] = []
    agreements: list[Agreement] = []
    contracts: list[Agreement] = []
    spells: list[Spell] = []
    for live in streams.values():
        if Enrolled in live or TrainingEnded in live or CertificateIssued in live:
            trainings.append(_training(live))
        if IntentAgreementSigned in live:
            agreements.append(_agreement(live, IntentAgreementSigned, IntentAgreementWithdrawn))
        if ContractSigned in live:
            contracts.append(_agreement(live, ContractSigned, ContractWithdrawn))
        if EmploymentStarted in live:
            spells.append(_spell(live))
    visits = [visit for fact in ordered if (visit := _visit(fact)) is not None]
    wages = [wage for fact in ordered if (wage := _wage(fact)) is not None]
    return OutcomeRecord(
        person=person,
        programme=programme,
        merged=tuple(sorted(merged)),
        erased=_dated(erased),
        trainings=tuple(trainings),
        agreements=tuple(agreements),
        contracts=tuple(contracts),
        spells=_with_kept(spells, visits),
        visits=tuple(visits),
        wages=tuple(wages),
    )


def same_person(persons: Iterable[str], merges: Mapping[str, str]) -> dict[str, str]:
    """Each reference → the one its person is counted under. `merges`: live merges, person → into.

    Merges are followed to the end of the chain. Should they ever run in a circle, the person goes
    by the least reference of the circle.
    """
    roots: dict[str, str] = {}
    for person in persons:
        path = [person]
        at = person
        while at not in roots and at in merges and merges[at] not in path:
            at = merges[at]
            path.append(at)
        if at in roots:
            root = roots[at]
        elif at in merges:
            root = min(path[path.index(merges[at]) :])
        else:
            root = at
        for passed in path:
            roots[passed] = root
    return roots


def _dated(fact: Fact | None) -> Dated | None:
    return _on(fact) if fact is not None else None


def _on(fact: Fact) -> Dated:
    return Dated(on=iso_date(fact.day), log=fact.log, index=fact.index)


def _event(live: Mapping[type[Event], Fact], kind: type[E]) -> E | None:
    fact = live.get(kind)
    return fact.event if fact is not None else None  # type: ignore[return-value]  # keyed by its type


def _training(live: Mapping[type[Event], Fact]) -> Training:
    ended = _event(live, TrainingEnded)
    certified = _event(live, CertificateIssued)
    any_fact = next(fact for kind, fact in live.items() if kind in (Enrolled, TrainingEnded, CertificateIssued))
    return Training(
        agency=any_fact.agency,
        class_no=any_fact.event.class_no,  # type: ignore[attr-defined]  # all three name the class
        enrolled=_dated(live.get(Enrolled)),
        ended=_dated(live.get(TrainingEnded)),
        result=ended.result if ended else None,
        certified=_dated(live.get(CertificateIssued)),
        certificate=certified.certificate if certified else None,
        revoked=_dated(live.get(CertificateRevoked)),
    )


def _agreement(
    live: Mapping[type[Event], Fact],
    signed: type[IntentAgreementSigned] | type[ContractSigned],
    withdrawn: type[Event],
) -> Agreement:
    fact = live[signed]
    event = fact.event
    assert isinstance(event, (IntentAgreementSigned, ContractSigned))
    return Agreement(
        agency=fact.agency,
        agreement=event.agreement,
        employer=event.employer,
        kind=event.kind if isinstance(event, ContractSigned) else None,
        signed=_on(fact),
        withdrawn=_dated(live.get(withdrawn)),
    )


def _spell(live: Mapping[type[Event], Fact]) -> Spell:
    fact = live[EmploymentStarted]
    event = fact.event
    assert isinstance(event, EmploymentStarted)
    ended = _event(live, EmploymentEnded)
    return Spell(
        agency=fact.agency,
        employer=event.employer,
        kind=event.kind,
        work_region=event.work_region,
        started=_on(fact),
        ended=_dated(live.get(EmploymentEnded)),
        end_reason=ended.reason if ended else None,
    )


def _visit(fact: Fact) -> Visit | None:
    event = fact.event
    if isinstance(event, VisitCompleted):
        return Visit(agency=fact.agency, state=event.state, method=event.method, visited=_on(fact))
    if isinstance(event, VisitAttempted):
        return Visit(agency=fact.agency, state="no_contact", method=event.method, visited=_on(fact))
    return None


def _wage(fact: Fact) -> Wage | None:
    event = fact.event
    if not isinstance(event, WageObserved):
        return None
    return Wage(agency=fact.agency, month=event.month, wage_fen=event.wage_fen, proof=event.proof, observed=_on(fact))


def _with_kept(spells: Sequence[Spell], visits: Sequence[Visit]) -> tuple[Spell, ...]:
    """The spells, each with what shows how long it lasted. ISO dates sort as days do."""
    starts = sorted({spell.started.on for spell in spells})
    at_work = [visit.visited for visit in visits if visit.state == "working"]
    out = []
    for spell in spells:
        if spell.kind == "internship":
            out.append(spell)
            continue
        started = day_number(spell.started.on)
        later = next((start for start in starts if start > spell.started.on), None)
        kept = tuple(_kept(spell.ended, started, days, at_work, later) for days in RETENTION_DAYS)
        out.append(msgspec.structs.replace(spell, kept=kept))
    return tuple(out)


def _kept(ended: Dated | None, started: int, days: int, at_work: Iterable[Dated], later: str | None) -> Kept:
    due = iso_date(started + days)
    # visits are in canonical order, so the first that fits is the earliest
    seen = next((visit for visit in at_work if visit.on >= due and (later is None or visit.on < later)), None)
    lasted = ended if ended is not None and ended.on > due else None
    if lasted is not None and (seen is None or lasted.on <= seen.on):
        seen = lasted
    return Kept(
        days=days,
        due_on=due,
        open_until_on=iso_date(started + days + ANSWER_DAYS),
        yes=seen,
        no=ended if ended is not None and ended.on <= due else None,
    )
