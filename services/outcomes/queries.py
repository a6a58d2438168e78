"""What the fold needs to know of persons, read from the event tables in a few set-based statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from sqlalchemy import Connection

from ledger.event import Event
from services.outcomes.database import Database
from services.outcomes.records import FOLDED, Fact, OutcomeRecord, fold, same_person
from services.outcomes.tables import TABLE_OF, TABLES
from services.registry.events import PersonErased, PersonsMerged

#: How many persons are read at once.
PERSONS_PAGE: Final = 500


def within(alias: str, cut: Mapping[str, int] | None) -> str:
    """The condition that a row's entry lies within the cut; None: all that is held."""
    if cut is None:
        return "1 = 1"
    sizes = " ".join(f"WHEN '{quoted(log)}' THEN {int(size)}" for log, size in sorted(cut.items()))
    return f"{alias}.idx < CASE {alias}.log {sizes} ELSE 0 END" if sizes else "1 = 0"


def quoted(text: str) -> str:
    """The inside of an SQL string. Origins of logs hold no quotes; this keeps it so."""
    return text.replace("'", "''")


class Refold(NamedTuple):
    """The records of some persons, computed anew. `references`: all that these persons go by."""

    references: Collection[str]
    records: list[OutcomeRecord]


class PersonQueries:
    """Reads persons' live facts. All methods see what the given connection's transaction sees.

    With a `cut` (origin → size), they see of each log only that many entries.
    """

    def __init__(self, database: Database, cut: Mapping[str, int] | None = None) -> None:
        stands = (
            f"{within('t', cut)} AND NOT EXISTS (SELECT 1 FROM entry_retracted r "
            f"WHERE r.log = t.log AND r.entry = t.idx AND {within('r', cut)})"
        )
        self._many = database.many
        quote = database.quote
        one, listed = database.mark, database.in_many
        self._facts: list[tuple[int, type[Event], tuple[str, ...], str]] = []
        for rank, event in enumerate(FOLDED):
            names = event.__struct_fields__
            columns = ", ".join(f"t.{quote(name)}" for name in names)
            what = f"t.{str(event.occurred)[:-3]}_day, t.log, t.idx, t.subject, t.agency, {columns}"
            live = f"SELECT {what} FROM {TABLE_OF[event].name} t WHERE t.person {listed} AND {stands}"
            self._facts.append((rank, event, names, live))
        into = quote("into")
        merged = f"SELECT t.person, t.{into}, CASE WHEN {stands} THEN 1 ELSE 0 END FROM persons_merged t WHERE"
        # of two live merges of one reference, which no registry records, the later wins
        self._merges = f"{merged} t.person {listed} ORDER BY t.recorded, t.log, t.idx"
        self._merged_into = f"{merged} t.{into} {listed} ORDER BY t.recorded, t.log, t.idx"
        self._erasures = (
            "SELECT t.recorded_day, t.log, t.idx, t.subject, t.agency, t.person "
            f"FROM person_erased t WHERE t.person {listed} AND {stands}"
        )
        self._types = f"SELECT type, idx FROM entries WHERE log = {one} AND idx {listed}"
        of_persons: list[type[Event]] = [*FOLDED, PersonErased]
        self._persons = {
            event: f"SELECT DISTINCT person FROM {TABLE_OF[event].name} WHERE log = {one} AND idx {listed}"
            for event in of_persons
        }
        self._both = f"SELECT person, {into} FROM persons_merged WHERE log = {one} AND idx {listed}"

    def named_in(self, connection: Connection, log: str, indices: Collection[int]) -> set[str]:
        """The references that entries of a log speak of, as far as records are folded from them."""
        by_event: dict[type[Event], list[int]] = {}
        for name, index in connection.exec_driver_sql(self._types, (log, self._many(sorted(set(indices))))):
            if name in TABLES:
                by_event.setdefault(TABLES[name].event, []).append(index)
        found: set[str] = set()
        for event, some in by_event.items():
            statement = self._both if event is PersonsMerged else self._persons.get(event)
            if statement is not None:
                for row in connection.exec_driver_sql(statement, (log, self._many(some))):
                    found.update(row)
        return found

    def roots(self, connection: Connection, persons: Iterable[str]) -> dict[str, str]:
        """Every reference that a merge, live or retracted, ties to these → whom it counts as."""
        known = set(persons)
        if connection.exec_driver_sql("SELECT 1 FROM persons_merged LIMIT 1").first() is None:
            return {person: person for person in known}
        live: dict[str, str] = {}
        new = set(known)
        while new:
            asked = (self._many(sorted(new)),)
            new = set()
            for statement in (self._merges, self._merged_into):
                for person, into, stands in connection.exec_driver_sql(statement, asked):
                    new |= {person, into} - known
                    if stands and statement is self._merges:
                        live[person] = into
            known |= new
        return same_person(sorted(known), live)

    def refold(self, connection: Connection, persons: Iterable[str]) -> Refold:
        """The records of these persons as the event tables have them now, by person and programme."""
        roots = self.roots(connection, persons)
        asked = (self._many(sorted(roots)),)
        facts: dict[tuple[str, str], list[Fact]] = {}
        for person, programme, fact in self._live_facts(connection, asked):
            facts.setdefault((roots[person], programme), []).append(fact)
        erased: dict[str, Fact] = {}
        for *values, person in connection.exec_driver_sql(self._erasures, asked):
            day, log, index, subject, agency = values
            fact = Fact(day, 0, log, index, subject, agency, Event())
            root = roots[person]
            erased[root] = min(fact, erased.get(root, fact))
        merged: dict[str, list[str]] = {}
        for person, root in roots.items():
            if person != root:
                merged.setdefault(root, []).append(person)
        records = [
            fold(person, programme, facts[person, programme], merged.get(person, ()), erased.get(person))
            for person, programme in sorted(facts)
        ]
        return Refold(roots.keys(), records)

    def _live_facts(self, connection: Connection, asked: tuple[object]) -> Iterator[tuple[str, str, Fact]]:
        for rank, event, names, statement in self._facts:
            person_at, programme_at = 5 + names.index("person"), 5 + names.index("programme")
            for row in connection.exec_driver_sql(statement, asked):
                day, log, index, subject, agency, *values = row
                fact = Fact(day, rank, log, index, subject, agency, event(**dict(zip(names, values, strict=True))))
                yield row[person_at], row[programme_at], fact
