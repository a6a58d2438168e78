"""What follow-up does when a log says something: it plans visits and knows which are due.

A start in placement's log plans the visits of days 30, 90 and 180; a corrected start plans them
anew; a retracted one, or one that turns out to be an internship, cancels them. Entries are read into
structs of this page's own (docs/reference/format.md), so that placement stays free to change.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select

from ledger.append import Ask
from ledger.decider import unescape
from ledger.entry import Entry
from ledger.feed.reactor import request_id
from ledger.feed.rows import RowsByEntry
from services.followup.commands import CancelVisits, PlanVisits
from services.followup.events import VisitsPlanned
from services.followup.tables import PLANNED, SPELL_ENDS, VISITED

ACTOR: Final = "sv_followup"
MILESTONES_DAYS: Final = (30, 90, 180)
#: a visit this early counts for its milestone (figure visit_coverage)
EARLY_DAYS: Final = 10


class Started(msgspec.Struct, frozen=True):
    """placement.EmploymentStarted.v1, as far as it matters here."""

    programme: str
    region: str
    person: str
    employer: str
    started_on: str
    kind: str | None = None


class Ended(msgspec.Struct, frozen=True):
    """placement.EmploymentEnded.v1, as far as it matters here."""

    ended_on: str


class Retracted(msgspec.Struct, frozen=True):
    """…EntryRetracted.v1, as far as it matters here."""

    entry: int
    entry_type: str
    superseded: bool = False


class Visited(msgspec.Struct, frozen=True):
    """followup.VisitCompleted.v1, as far as it matters here."""

    person: str
    programme: str
    visited_on: str


class VisitPlanner:
    """Reacts to placement's log and to the own one."""

    def asks(self, entry: Entry) -> Sequence[Ask]:
        """Plans and cancellations that an entry of placement's log calls for."""
        match entry.type:
            case "placement.EmploymentStarted.v1":
                fact = msgspec.json.decode(entry.data, type=Started)
                if fact.kind == "internship":
                    return [_cancel(entry, fact.programme, fact.person, fact.employer, fact.started_on)]
                return [Ask(PlanVisits(planned=_plan(fact)), entry.agency, ACTOR, request_id(entry))]
            case "placement.EntryRetracted.v1":
                gone = msgspec.json.decode(entry.data, type=Retracted)
                if gone.entry_type == "EmploymentStarted" and not gone.superseded:
                    _, _, programme, person, employer, started_on = entry.subject.split("/")
                    return [_cancel(entry, programme, unescape(person), unescape(employer), started_on)]
        return ()

    def project(self, connection: Connection, log: str, entries: Sequence[Entry]) -> None:
        """Rows for ListDueVisits: a few statements a batch."""
        ends = RowsByEntry(SPELL_ENDS, SPELL_ENDS.c.idx)
        plans = RowsByEntry(PLANNED, PLANNED.c.idx)
        visits = RowsByEntry(VISITED, VISITED.c.idx)
        for entry in entries:
            match entry.type:
                case "placement.EmploymentEnded.v1":
                    ended = msgspec.json.decode(entry.data, type=Ended)
                    row = {"log": log, "idx": entry.index, "spell": _spell(entry.subject), "ended_on": ended.ended_on}
                    ends.add(entry.index, row)
                case "placement.EntryRetracted.v1":
                    gone = msgspec.json.decode(entry.data, type=Retracted)
                    if gone.entry_type == "EmploymentEnded":
                        ends.remove(gone.entry)
                case "followup.VisitsPlanned.v1":
                    plans.add(entry.index, *_planned(entry, msgspec.json.decode(entry.data, type=VisitsPlanned)))
                case "followup.VisitCompleted.v1":
                    visit = msgspec.json.decode(entry.data, type=Visited)
                    visits.add(entry.index, {"idx": entry.index, **msgspec.structs.asdict(visit)})
                case "followup.EntryRetracted.v1":
                    gone = msgspec.json.decode(entry.data, type=Retracted)
                    if gone.entry_type == "VisitsPlanned":
                        plans.remove(gone.entry)
                    elif gone.entry_type == "VisitCompleted":
                        visits.remove(gone.entry)
        ends.write(connection, log=log)
        plans.write(connection)
        visits.write(connection)


def _plan(fact: Started) -> VisitsPlanned:
    start = date.fromisoformat(fact.started_on)
    d30, d90, d180 = ((start + timedelta(days)).isoformat() for days in MILESTONES_DAYS)
    return VisitsPlanned(
        programme=fact.programme,
        region=fact.region,
        person=fact.person,
        employer=fact.employer,
        started_on=fact.started_on,
        d30_on=d30,
        d90_on=d90,
        d180_on=d180,
    )


def _cancel(entry: Entry, programme: str, person: str, employer: str, started_on: str) -> Ask:
    command = CancelVisits(programme=programme, person=person, employer=employer, started_on=started_on)
    return Ask(command, entry.agency, ACTOR, request_id(entry))


def _spell(subject: str) -> str:
    """`employment/a/p/…` and `plan/a/p/…` name one spell: all but the first part."""
    return subject.partition("/")[2]


def _planned(entry: Entry, plan: VisitsPlanned) -> list[dict[str, Any]]:
    due = dict(zip(MILESTONES_DAYS, (plan.d30_on, plan.d90_on, plan.d180_on), strict=True))
    return [
        {
            "idx": entry.index,
            "milestone_days": days,
            "spell": _spell(entry.subject),
            "person": plan.person,
            "programme": plan.programme,
            "region": plan.region,
            "employer": plan.employer,
            "started_on": plan.started_on,
            "due_on": due_on,
            "from_on": (date.fromisoformat(due_on) - timedelta(EARLY_DAYS)).isoformat(),
        }
        for days, due_on in due.items()
    ]


class Due(msgspec.Struct, frozen=True):
    """One visit that is due."""

    due_on: str
    index: int
    milestone_days: int
    person: str
    programme: str
    region: str
    employer: str
    started_on: str


def due_visits(
    connection: Connection, programme: str, on: str, after: tuple[str, int, int] | None, limit: int
) -> list[Due]:
    """Visits due on or before `on`, of spells not ended before, with no completed visit since they could be made."""
    p = PLANNED.c
    done = select(VISITED.c.idx).where(
        VISITED.c.person == p.person, VISITED.c.programme == p.programme, VISITED.c.visited_on >= p.from_on
    )
    over = select(SPELL_ENDS.c.idx).where(SPELL_ENDS.c.spell == p.spell, SPELL_ENDS.c.ended_on <= p.due_on)
    query = select(p.due_on, p.idx, p.milestone_days, p.person, p.programme, p.region, p.employer, p.started_on).where(
        p.due_on <= on, ~done.exists(), ~over.exists()
    )
    if programme:
        query = query.where(p.programme == programme)
    if after:
        query = query.where(
            (p.due_on > after[0])
            | ((p.due_on == after[0]) & (p.idx > after[1]))
            | ((p.due_on == after[0]) & (p.idx == after[1]) & (p.milestone_days > after[2]))
        )
    rows = connection.execute(query.order_by(p.due_on, p.idx, p.milestone_days).limit(limit))
    return [Due(*row) for row in rows]
