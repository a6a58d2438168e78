"""The outcomes database as a sink of verified entries: copies, event tables, records, position.

A batch is one transaction, so position and rows never disagree. Whatever the order of the logs and
however their entries are cut into batches, the tables come out the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from sqlalchemy import Connection, func, insert, select, update

from ledger.entry import decode
from ledger.errors import LedgerError, LogDiverged
from ledger.feed import Position, Verified
from ledger.merkle import Frontier
from services.outcomes import records
from services.outcomes.database import Database
from services.outcomes.ingest import Shredded, shred
from services.outcomes.queries import PERSONS_PAGE, PersonQueries
from services.outcomes.tables import ENTRIES, OUTCOME_RECORDS, PARKED, POSITIONS, STALE_RECORDS

#: Up to here a batch rewrites the records it touches; beyond, the log is far behind and they wait.
INLINE_ENTRIES: Final = 256
#: How many parked entries are tried again in one transaction, plus the rest of the last one's stream.
RETRY_PAGE: Final = 1_000


class PositionMoved(LedgerError):
    """Somebody else applies this log to this database, or the batch does not start where it should."""


class Parked(NamedTuple):
    """An entry without a row: its stream waits for somebody who can read it."""

    log: str
    index: int  # type: ignore[assignment]  # rather this name than tuple.index
    subject: str
    reason: str


class Outcomes:
    """A `ledger.feed.Sink`, and what it holds. One instance writes at a time; any number may read."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._queries = PersonQueries(database)
        many = "SELECT value FROM json_each(?) WHERE true" if database.sqlite else "SELECT unnest(%s::text[])"
        self._make_stale = f"INSERT INTO stale_records (person) {many} ON CONFLICT DO NOTHING"
        self._not_stale = f"DELETE FROM stale_records WHERE person {database.in_many}"
        self._drop_records = f"DELETE FROM outcome_records WHERE person {database.in_many}"
        mark, listed = database.mark, database.in_many
        self._parked_streams = (
            f"SELECT subject, min(idx) FROM parked WHERE log = {mark} AND subject {listed} GROUP BY subject"
        )
        self._unpark = f"DELETE FROM parked WHERE log = {mark} AND subject {listed}"

    @classmethod
    def open(cls, url: str) -> Outcomes:
        """The outcomes database at `url` (sqlite or postgresql+psycopg), created if empty.

        Raises WrongSchema (tables of another version: rebuilt, never migrated) and UnsafeStore.
        """
        outcomes = cls.reading(url)
        try:
            outcomes.database.prepare()
        except BaseException:
            outcomes.close()
            raise
        return outcomes

    @classmethod
    def reading(cls, url: str) -> Outcomes:
        """The same for whoever only reads: nothing is created, and the tables may not be there yet."""
        return cls(Database(url))

    def close(self) -> None:
        """Let go of all connections."""
        self.database.close()

    # ------------------------------------------------------------------------------- the sink

    def position(self, log: str) -> Position:
        """How far a log has been applied, and what stopped it."""
        with self.database.read() as connection:
            return _position(connection, log) or Position(Frontier(), None)

    def leaf_hash_at(self, log: str, index: int) -> bytes | None:
        """The leaf hash of an applied entry; None: not applied yet."""
        where = (ENTRIES.c.log == log, ENTRIES.c.idx == index)
        with self.database.read() as connection:
            found = connection.execute(select(ENTRIES.c.leaf_hash).where(*where)).scalar()
        return None if found is None else bytes(found)

    def apply(self, log: str, batch: Sequence[Verified], after: Frontier) -> None:
        """Commit the batch and the position `after` in one transaction.

        Entries that an earlier call committed without learning of it are left out. Raises
        LogDiverged (the log is stopped, or such an entry had another hash), PositionMoved, and
        `sqlalchemy.exc.OperationalError` (transient: call again).
        """
        if not batch or batch[-1].index + 1 != after.size:
            raise ValueError(f"{log}: the batch does not end where the frontier of {after.size} does")
        with self.database.write() as connection:
            position = _position(connection, log)
            if position is None:
                position = Position(Frontier(), None)
                connection.execute(insert(POSITIONS).values(log=log, next_index=0, frontier=b"", error=None))
            if position.error is not None:
                raise LogDiverged(f"{log} is stopped: {position.error}")
            new = self._not_yet_applied(connection, log, batch, position.next_index)
            if new:
                self._store(connection, log, new)
                _move(connection, log, position.next_index, after)

    def stop(self, log: str, error: str) -> None:
        """The log diverged: nothing more of it is applied until an operator decides."""
        with self.database.write() as connection:
            if _position(connection, log) is None:
                connection.execute(insert(POSITIONS).values(log=log, next_index=0, frontier=b"", error=error))
            else:
                connection.execute(update(POSITIONS).where(POSITIONS.c.log == log).values(error=error))

    def _not_yet_applied(
        self, connection: Connection, log: str, batch: Sequence[Verified], next_index: int
    ) -> Sequence[Verified]:
        if batch[0].index > next_index:
            raise PositionMoved(f"{log}: the batch starts at {batch[0].index}, the position is {next_index}")
        known = batch[: next_index - batch[0].index]
        if known:
            where = (ENTRIES.c.log == log, ENTRIES.c.idx.between(known[0].index, known[-1].index))
            rows = connection.execute(select(ENTRIES.c.leaf_hash).where(*where).order_by(ENTRIES.c.idx)).scalars()
            for entry, applied in zip(known, rows, strict=True):
                if entry.leaf_hash != bytes(applied):
                    raise LogDiverged(f"{log}: entry {entry.index} is not the one applied before")
        return batch[len(known) :]

    def _store(self, connection: Connection, log: str, batch: Sequence[Verified]) -> None:
        subjects = {verified.entry.subject for verified in batch}
        shredded = shred(log, batch, self._parked_among(connection, log, subjects))
        self.database.insert(connection, ENTRIES, shredded.copies)
        touched = self._insert_facts(connection, log, shredded)
        if len(batch) > INLINE_ENTRIES:
            self._mark_stale(connection, touched)
        else:
            self._rewrite(connection, sorted(touched))

    def _insert_facts(self, connection: Connection, log: str, shredded: Shredded) -> set[str]:
        """Insert what a batch comes to besides its copies; returns the persons it touches."""
        for table, rows in shredded.rows.items():
            self.database.insert(connection, table.table, rows)
        self.database.insert(connection, PARKED, shredded.parked)
        if shredded.retracted:
            return shredded.persons | self._queries.named_in(connection, log, shredded.retracted)
        return shredded.persons

    # ----------------------------------------------------------------------------- the records

    def drain(self, limit: int = 4 * PERSONS_PAGE) -> int:
        """Rewrite the records of up to `limit` stale persons; returns how many were still stale.

        Call it when a log has caught up, until it returns 0: then every record is of now.
        """
        with self.database.write() as connection:
            waiting = select(STALE_RECORDS.c.person).order_by(STALE_RECORDS.c.person).limit(limit)
            persons = connection.execute(waiting).scalars().all()
            self._rewrite(connection, persons)
        return len(persons)

    def stale(self) -> int:
        """How many persons wait for `drain`."""
        with self.database.read() as connection:
            return connection.execute(select(func.count()).select_from(STALE_RECORDS)).scalar_one()

    def _mark_stale(self, connection: Connection, persons: Iterable[str]) -> None:
        some = sorted(persons)
        if some:
            connection.exec_driver_sql(self._make_stale, (self.database.many(some),))

    def _rewrite(self, connection: Connection, persons: Sequence[str]) -> None:
        for start in range(0, len(persons), PERSONS_PAGE):
            references, anew = self._queries.refold(connection, persons[start : start + PERSONS_PAGE])
            all_of_them = (self.database.many(sorted(references)),)
            connection.exec_driver_sql(self._drop_records, all_of_them)
            connection.exec_driver_sql(self._not_stale, all_of_them)
            rows = [(record.person, record.programme, records.encode(record).decode()) for record in anew]
            self.database.insert(connection, OUTCOME_RECORDS, rows)

    # ------------------------------------------------------------------------------ the parked

    def parked(self, log: str | None = None, limit: int = 1_000) -> list[Parked]:
        """The first parked entries, of one log or all, by log and index."""
        query = select(PARKED).order_by(PARKED.c.log, PARKED.c.idx).limit(limit)
        if log is not None:
            query = query.where(PARKED.c.log == log)
        with self.database.read() as connection:
            return [Parked(*row) for row in connection.execute(query)]

    def parked_counts(self) -> dict[str, int]:
        """Log → how many of its entries are parked; logs without any are left out."""
        with self.database.read() as connection:
            counted = connection.execute(select(PARKED.c.log, func.count()).group_by(PARKED.c.log))
            return {row[0]: row[1] for row in counted}

    def retry_parked(self) -> int:
        """Shred what can be read by now, stream by stream and in order; returns how many entries.

        What still cannot be read stays parked, with everything after it in its stream. Records it
        touches become stale: drain afterwards.
        """
        freed = 0
        after = ("", "")
        while True:
            with self.database.write() as connection:
                streams = self._parked_page(connection, after)
                for log, some in groupby(streams, key=lambda stream: stream[0]):
                    freed += self._retry(connection, log, [subject for _, subject in some])
            if not streams:
                return freed
            after = streams[-1]

    def _parked_among(self, connection: Connection, log: str, subjects: Iterable[str]) -> dict[str, int]:
        """Of these streams the parked ones, each with the index that began it."""
        any_parked = select(PARKED.c.idx).where(PARKED.c.log == log).limit(1)
        if connection.execute(any_parked).first() is None:
            return {}
        asked = (log, self.database.many(sorted(subjects)))
        return {row[0]: row[1] for row in connection.exec_driver_sql(self._parked_streams, asked)}

    def _parked_page(self, connection: Connection, after: tuple[str, str]) -> list[tuple[str, str]]:
        """The next streams (log, subject) that hold some RETRY_PAGE parked entries together."""
        log, subject = PARKED.c.log, PARKED.c.subject
        later = (log > after[0]) | ((log == after[0]) & (subject > after[1]))
        query = select(log, subject).where(later).order_by(log, subject).limit(RETRY_PAGE)
        return list(dict.fromkeys((row[0], row[1]) for row in connection.execute(query)))

    def _retry(self, connection: Connection, log: str, subjects: Sequence[str]) -> int:
        parked, entries = PARKED.c, ENTRIES.c
        join = PARKED.join(ENTRIES, (parked.log == entries.log) & (parked.idx == entries.idx))
        query = select(entries.idx, entries.leaf, entries.leaf_hash).select_from(join)
        query = query.where(parked.log == log, parked.subject.in_(subjects)).order_by(parked.idx)
        batch = [
            Verified(row[0], bytes(row[1]), bytes(row[2]), decode(bytes(row[1]))) for row in connection.execute(query)
        ]
        connection.exec_driver_sql(self._unpark, (log, self.database.many(subjects)))
        shredded = shred(log, batch, {})
        self._mark_stale(connection, self._insert_facts(connection, log, shredded))
        return len(batch) - len(shredded.parked)

    # ------------------------------------------------------------------------------- questions

    def positions(self) -> dict[str, Position]:
        """Every log that was ever followed → its position. The sizes are the cut of this database."""
        with self.database.read() as connection:
            rows = connection.execute(select(POSITIONS).order_by(POSITIONS.c.log)).all()
        return {row.log: Position(Frontier.unpack(row.next_index, bytes(row.frontier)), row.error) for row in rows}

    def record(self, person: str, programme: str) -> bytes | None:
        """The outcome record of a person in a programme; None: nothing is known."""
        return self.records(person).get(programme)

    def records(self, person: str) -> dict[str, bytes]:
        """Programme → outcome record of a person, by any reference to them.

        Records are of this very position, also while others wait for `drain`.
        """
        with self.database.read() as connection:
            return self.records_within(connection, person)

    def records_within(self, connection: Connection, person: str) -> dict[str, bytes]:
        """The same, as a transaction of the caller's sees them."""
        roots = self._queries.roots(connection, [person])
        stale = select(STALE_RECORDS.c.person).where(STALE_RECORDS.c.person.in_(sorted(roots))).limit(1)
        if connection.execute(stale).first() is not None:
            anew = self._queries.refold(connection, [person]).records
            return {r.programme: records.encode(r) for r in anew if r.person == roots[person]}
        mine = OUTCOME_RECORDS.c.person == roots[person]
        query = select(OUTCOME_RECORDS.c.programme, OUTCOME_RECORDS.c.record).where(mine)
        found = connection.execute(query.order_by(OUTCOME_RECORDS.c.programme)).all()
        return {row.programme: row.record.encode() for row in found}

    def entry(self, log: str, index: int) -> bytes | None:
        """The exact bytes of an entry; None: not applied yet."""
        where = (ENTRIES.c.log == log, ENTRIES.c.idx == index)
        with self.database.read() as connection:
            found = connection.execute(select(ENTRIES.c.leaf).where(*where)).scalar()
        return None if found is None else bytes(found)


def _position(connection: Connection, log: str) -> Position | None:
    row = connection.execute(select(POSITIONS).where(POSITIONS.c.log == log)).one_or_none()
    return None if row is None else Position(Frontier.unpack(row.next_index, bytes(row.frontier)), row.error)


def _move(connection: Connection, log: str, old: int, after: Frontier) -> None:
    here = (POSITIONS.c.log == log, POSITIONS.c.next_index == old, POSITIONS.c.error.is_(None))
    to = {"next_index": after.size, "frontier": after.pack()}
    moved = connection.execute(update(POSITIONS).where(*here).values(to)).rowcount
    if moved != 1:
        raise PositionMoved(f"{log}: the position is no longer {old}; does a second projector run?")
