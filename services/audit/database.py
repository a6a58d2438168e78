"""The outcomes database as audit sees it: one transaction sees one state, and changes nothing.

What is held of each log, and which cut a point in the past means.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, event, inspect, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from ledger.errors import Unavailable
from ledger.store.engine import open_engine
from services.audit.answers import Cut
from services.audit.parameters import Parameters
from services.audit.refusals import bad_as_of, bad_parameter, cut_ahead, unknown_log
from services.outcomes.days import day_number, iso_date, shanghai_day
from services.outcomes.tables import TABLES

AsOf = date | str | Mapping[str, int] | None
"""A day in Shanghai (ISO text or a date), a cut, or now."""

#: Midnight in Shanghai is this hour of the same day in UTC.
_DAY_ENDS: Final = "T16:00:00"
#: Sorting a million members and the hot pages of the tables stay in memory: 128 MiB, in KiB as SQLite wants it.
_CACHE_KIB: Final = 128 * 1024
#: The name of `_Distinct` in SQL.
_DISTINCT: Final = "count_distinct"
#: As much of the file as can be read without copying.
_MAPPED_BYTES: Final = 4 * 1024**3


class Held(NamedTuple):
    """What is projected: the newest cut, logs that are not followed any further and why, parked entries."""

    cut: Cut
    stopped: Mapping[str, str]
    parked: int


def open_reader(url: str) -> Engine:
    """An engine for `snapshot`; its SQLite connections cannot write. Raises UnsafeStore at connect."""
    engine = open_engine(url, immediate=False)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tune)
    return engine


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A read-only transaction. On PostgreSQL without nested loops: a retention figure ran 60 s with, 0.2 s without.

    Raises Unavailable: the tables are not there.
    """
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            else:
                _driver(connection).create_aggregate(_DISTINCT, 1, _Distinct)
            with connection.begin():
                if engine.dialect.name == "postgresql":
                    connection.exec_driver_sql("SET LOCAL enable_nestloop = off")
                yield connection
    except (OperationalError, ProgrammingError) as error:
        if _is_there(engine):
            raise
        raise Unavailable("nothing has been projected yet; is the outcomes process running?") from error


def distinct(connection: Connection, expression: str) -> str:
    """SQL that counts the different values of an expression, NULL apart.

    SQLite's own takes twice as long over a million texts: it sorts them.
    """
    if connection.dialect.name != "sqlite":
        return f"COUNT(DISTINCT {expression})"
    return f"COALESCE({_DISTINCT}({expression}), 0)"  # NULL where there are no rows


class _Distinct:
    """What SQLite calls for every row, then once for the result."""

    def __init__(self) -> None:
        self._seen: set[object] = set()
        self.step = self._seen.add

    def finalize(self) -> int:
        return len(self._seen - {None})


def _is_there(engine: Engine) -> bool:
    """Whether the projector has made its tables."""
    try:
        return inspect(engine).has_table("positions")
    except OperationalError:
        return False


def held(connection: Connection) -> Held:
    """What the connection's transaction sees."""
    rows = connection.execute(text("SELECT log, next_index, error FROM positions ORDER BY log")).all()
    parked = connection.execute(text("SELECT COUNT(*) FROM parked")).scalar_one()
    return Held({log: size for log, size, _ in rows}, {log: error for log, _, error in rows if error}, parked)


def resolve(connection: Connection, as_of: AsOf) -> Cut:
    """The cut meant. Raises Refused (bad_as_of, bad_parameter, unknown_log, cut_ahead)."""
    now = held(connection).cut
    match as_of:
        case None:
            return now
        case date() | str():
            return recorded_by(connection, now, _day(as_of))
        case Mapping():
            return checked(as_of, now)
        case _:
            raise bad_as_of(as_of)


def checked(asked: Mapping[str, int], now: Cut) -> Cut:
    """A cut by sizes, if that much is held; a log it does not name is not read. Raises Refused."""
    for log, size in asked.items():
        if size < 0:
            raise bad_as_of(dict(asked))
        if log not in now and size > 0:
            raise unknown_log(log, now)
        if size > now.get(log, 0):
            raise cut_ahead(log, size, now[log])
    return {log: asked.get(log, 0) for log in now}


def recorded_by(connection: Connection, cut: Cut, day: int) -> Cut:
    """Of a cut, the entries recorded up to the end of a Shanghai day. `recorded` never falls within a log."""
    limit = iso_date(day) + _DAY_ENDS
    first_later = text("SELECT idx FROM entries WHERE log = :log AND recorded >= :limit ORDER BY recorded, idx LIMIT 1")
    sizes = dict(cut)
    for log, size in cut.items():
        later = connection.execute(first_later, {"log": log, "limit": limit}).scalar()
        if later is not None:
            sizes[log] = min(size, later)
    return sizes


def newest_day(connection: Connection, cut: Cut) -> int:
    """The Shanghai day of the newest entry in the cut, days since 1970-01-01; 0: an empty cut."""
    last = text("SELECT recorded FROM entries WHERE log = :log AND idx = :idx")
    found = [connection.execute(last, {"log": log, "idx": size - 1}).scalar() for log, size in cut.items() if size > 0]
    return max((shanghai_day(recorded) for recorded in found if recorded is not None), default=0)


def parked_within(connection: Connection, cut: Cut) -> int:
    """Entries of the cut that could not be read."""
    count = text("SELECT COUNT(*) FROM parked WHERE log = :log AND idx < :size")
    return sum(connection.execute(count, {"log": log, "size": size}).scalar_one() for log, size in cut.items())


def unheard_of(connection: Connection, parameters: Parameters, cut: Cut) -> list[tuple[str, str]]:
    """Which of programme and region no entry of the cut has, each with its value."""
    asked = {"programme": ("programme = :value", parameters.programme)}
    if parameters.region is not None:
        asked["region"] = (f"substr(region, 1, {len(parameters.region)}) = :value", parameters.region)
    sizes = {f"size_{at}": size for at, size in enumerate(cut.values())}
    logs = {f"log_{at}": log for at, log in enumerate(cut)}
    within = " OR ".join(f"(log = :log_{at} AND idx < :size_{at})" for at in range(len(cut))) or "1 = 0"
    found = []
    for name, (condition, value) in asked.items():
        if value is None:
            continue
        anywhere = " UNION ALL ".join(
            f"SELECT * FROM (SELECT 1 FROM {table} WHERE {condition} AND ({within}) LIMIT 1) {table}_one"
            for table in _of_programmes()
        )
        if connection.execute(text(f"{anywhere} LIMIT 1"), {"value": value, **sizes, **logs}).first() is None:
            found.append((name, value))
    return found


@cache
def _of_programmes() -> tuple[str, ...]:
    """The event tables whose facts each belong to a programme and a region."""
    wanted = ("programme", "region")
    return tuple(
        one.name
        for one in TABLES.values()
        if all(name in one.table.c and not one.table.c[name].nullable for name in wanted)
    )


def _day(value: date | str) -> int:
    try:
        return day_number(str(value))
    except ValueError:
        raise bad_parameter(
            "as_of", value, "a date that exists, such as 2025-06-20", "存在的日期，如 2025-06-20"
        ) from None


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _tune(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    cursor.execute(f"PRAGMA mmap_size = {_MAPPED_BYTES}")
    cursor.execute("PRAGMA temp_store = MEMORY")
    cursor.execute("PRAGMA threads = 2")
    cursor.execute("PRAGMA query_only = ON")
    cursor.close()
