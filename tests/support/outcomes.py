"""Feeding an outcomes database in tests, and reading all of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from services.outcomes.projector import Outcomes
from services.outcomes.tables import METADATA
from tests.support.logs import LogBuilder


def apply_all(outcomes: Outcomes, *logs: LogBuilder) -> None:
    """Apply what each log has beyond the position, in one batch a log, and drain."""
    for log in logs:
        start = outcomes.position(log.origin).next_index
        if start < len(log):
            outcomes.apply(log.origin, log.verified(start), log.frontier_at(len(log)))
    drain(outcomes)


def drain(outcomes: Outcomes) -> None:
    while outcomes.drain():
        pass


def dump(outcomes: Outcomes) -> Mapping[str, list[tuple[Any, ...]]]:
    """Every row of every table, ordered."""
    with outcomes.database.read() as connection:
        return {
            table.name: [
                tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
                for row in connection.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in METADATA.sorted_tables
        }


def empty(outcomes: Outcomes) -> None:
    """Remove every row, so that one database serves many examples."""
    with outcomes.database.write() as connection:
        for table in METADATA.sorted_tables:
            if table.name != "schema_version":
                connection.execute(table.delete())
