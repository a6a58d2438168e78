"""What placement does when a log says something: it keeps the candidate pool (结业即推介).

From training it learns who passed; from its own log who began and ceased to work. Entries are read
into structs of this page's own (docs/reference/format.md), so that training stays free to change.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from ledger.append import Ask
from ledger.entry import Entry
from services.placement.tables import COMPLETIONS, SPELLS


class Ended(msgspec.Struct, frozen=True):
    """training.TrainingEnded.v1, as far as it matters here."""

    programme: str
    region: str
    class_no: str
    person: str
    result: str
    ended_on: str


class Started(msgspec.Struct, frozen=True):
    """placement.EmploymentStarted.v1, as far as it matters here."""

    person: str
    kind: str | None = None


class Retracted(msgspec.Struct, frozen=True):
    """…EntryRetracted.v1, as far as it matters here."""

    entry: int
    entry_type: str


class CandidatePool:
    """Keeps `completions` and `spells` in step with the logs followed. Asks for nothing."""

    def asks(self, entry: Entry) -> Sequence[Ask]:
        """The pool is rows, not entries."""
        return ()

    def project(self, connection: Connection, log: str, entries: Sequence[Entry]) -> None:
        """One statement or two an entry: entries arrive at the pace at which people pass and start."""
        for entry in entries:
            match entry.type:
                case "training.TrainingEnded.v1":
                    _ended(connection, log, entry, msgspec.json.decode(entry.data, type=Ended))
                case "training.EntryRetracted.v1":
                    retracted = msgspec.json.decode(entry.data, type=Retracted)
                    gone = (COMPLETIONS.c.log == log) & (COMPLETIONS.c.idx == retracted.entry)
                    connection.execute(delete(COMPLETIONS).where(gone))
                case "placement.EmploymentStarted.v1":
                    _started(connection, entry, msgspec.json.decode(entry.data, type=Started))
                case "placement.EmploymentEnded.v1":
                    _set(connection, entry.subject, ended_idx=entry.index)
                case "placement.EntryRetracted.v1":
                    _spell_retracted(connection, msgspec.json.decode(entry.data, type=Retracted))


def _ended(connection: Connection, log: str, entry: Entry, fact: Ended) -> None:
    if fact.result == "passed":
        connection.execute(
            insert(COMPLETIONS).values(
                log=log,
                idx=entry.index,
                person=fact.person,
                programme=fact.programme,
                region=fact.region,
                class_no=fact.class_no,
                completed_on=fact.ended_on,
            )
        )


def _started(connection: Connection, entry: Entry, fact: Started) -> None:
    # an internship is no job: whoever is an intern can still be proposed
    index = None if fact.kind == "internship" else entry.index
    if not _set(connection, entry.subject, started_idx=index, person=fact.person):
        row = {"subject": entry.subject, "person": fact.person, "started_idx": index, "ended_idx": None}
        connection.execute(insert(SPELLS).values(row))


def _spell_retracted(connection: Connection, retracted: Retracted) -> None:
    if retracted.entry_type == "EmploymentStarted":
        gone = update(SPELLS).where(SPELLS.c.started_idx == retracted.entry).values(started_idx=None)
        connection.execute(gone)
    elif retracted.entry_type == "EmploymentEnded":
        gone = update(SPELLS).where(SPELLS.c.ended_idx == retracted.entry).values(ended_idx=None)
        connection.execute(gone)


def _set(connection: Connection, subject: str, **values: object) -> bool:
    return connection.execute(update(SPELLS).where(SPELLS.c.subject == subject).values(values)).rowcount > 0


class WaitingCandidate(msgspec.Struct, frozen=True):
    """One row of the pool: a person and programme, with the earliest class passed."""

    completed_on: str
    person: str
    programme: str
    region: str
    class_no: str


def candidates(
    connection: Connection, programme: str, after: tuple[str, str, str] | None, limit: int
) -> list[WaitingCandidate]:
    """Who passed and has no open spell, longest waiting first; `after`: the last row of the page before."""
    c = COMPLETIONS.c
    at_work = select(SPELLS.c.person).where(
        SPELLS.c.person == c.person, SPELLS.c.started_idx.is_not(None), SPELLS.c.ended_idx.is_(None)
    )
    earlier = COMPLETIONS.alias()
    first = ~(
        select(earlier.c.idx)
        .where(earlier.c.person == c.person, earlier.c.programme == c.programme)
        .where(
            (earlier.c.completed_on < c.completed_on)
            | ((earlier.c.completed_on == c.completed_on) & (earlier.c.log < c.log))
            | ((earlier.c.completed_on == c.completed_on) & (earlier.c.log == c.log) & (earlier.c.idx < c.idx))
        )
        .exists()
    )
    query = select(c.completed_on, c.person, c.programme, c.region, c.class_no).where(~at_work.exists(), first)
    if programme:
        query = query.where(c.programme == programme)
    if after:
        query = query.where(
            (c.completed_on > after[0])
            | ((c.completed_on == after[0]) & (c.person > after[1]))
            | ((c.completed_on == after[0]) & (c.person == after[1]) & (c.programme > after[2]))
        )
    rows = connection.execute(query.order_by(c.completed_on, c.person, c.programme).limit(limit))
    return [WaitingCandidate(*row) for row in rows]
