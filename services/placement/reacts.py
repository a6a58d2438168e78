"""What placement does when a log says something: it keeps the candidate pool (结业即推介).

From training it learns who passed; from its own log who began and ceased to work. Entries are read
into structs of this page's own (docs/reference/format.md), so that training stays free to change.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, select, text, update

from ledger.append import Ask
from ledger.entry import Entry
from ledger.feed.rows import RowsByEntry
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
        """A few statements a batch."""
        completions = RowsByEntry(COMPLETIONS, COMPLETIONS.c.idx)
        spells = _Spells()
        for entry in entries:
            match entry.type:
                case "training.TrainingEnded.v1":
                    fact = msgspec.json.decode(entry.data, type=Ended)
                    if fact.result == "passed":
                        completions.add(entry.index, _completion(log, entry, fact))
                case "training.EntryRetracted.v1":
                    completions.remove(msgspec.json.decode(entry.data, type=Retracted).entry)
                case "placement.EmploymentStarted.v1":
                    spells.started(entry, msgspec.json.decode(entry.data, type=Started))
                case "placement.EmploymentEnded.v1":
                    spells.ended(entry)
                case "placement.EntryRetracted.v1":
                    spells.retracted(msgspec.json.decode(entry.data, type=Retracted))
        completions.write(connection, log=log)
        spells.write(connection)


def _completion(log: str, entry: Entry, fact: Ended) -> dict[str, Any]:
    return {
        "log": log,
        "idx": entry.index,
        "person": fact.person,
        "programme": fact.programme,
        "region": fact.region,
        "class_no": fact.class_no,
        "completed_on": fact.ended_on,
    }


class _Spells:
    """Changes to `spells` of one batch. Values by subject; a later one of the batch wins."""

    def __init__(self) -> None:
        self._starts: dict[str, tuple[str, int | None]] = {}
        self._ends: dict[str, int | None] = {}
        self._subject_of: dict[int, str] = {}
        self._starts_gone: list[int] = []
        self._ends_gone: list[int] = []

    def started(self, entry: Entry, fact: Started) -> None:
        # an internship is no job: whoever is an intern can still be proposed
        self._starts[entry.subject] = fact.person, None if fact.kind == "internship" else entry.index
        self._subject_of[entry.index] = entry.subject

    def ended(self, entry: Entry) -> None:
        self._ends[entry.subject] = entry.index
        self._subject_of[entry.index] = entry.subject

    def retracted(self, fact: Retracted) -> None:
        subject = self._subject_of.get(fact.entry)
        if fact.entry_type == "EmploymentStarted":
            if subject is None:
                self._starts_gone.append(fact.entry)
            else:
                self._starts[subject] = self._starts[subject][0], None
        elif fact.entry_type == "EmploymentEnded":
            if subject is None:
                self._ends_gone.append(fact.entry)
            else:
                self._ends[subject] = None

    def write(self, connection: Connection) -> None:
        # first what earlier batches put there and this one takes away, then what it puts there
        for column, gone in ((SPELLS.c.started_idx, self._starts_gone), (SPELLS.c.ended_idx, self._ends_gone)):
            if gone:
                cleared = update(SPELLS).where(column == bindparam("gone")).values({column: None})
                connection.execute(cleared, [{"gone": index} for index in gone])
        if self._starts:
            rows = [{"s": s, "p": person, "i": index} for s, (person, index) in self._starts.items()]
            connection.execute(_UPSERT_START, rows)
        if self._ends:
            closed = update(SPELLS).where(SPELLS.c.subject == bindparam("s")).values(ended_idx=bindparam("i"))
            connection.execute(closed, [{"s": subject, "i": index} for subject, index in self._ends.items()])


_UPSERT_START = text(
    "INSERT INTO spells (subject, person, started_idx) VALUES (:s, :p, :i) "
    "ON CONFLICT (subject) DO UPDATE SET person = excluded.person, started_idx = excluded.started_idx"
)


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
