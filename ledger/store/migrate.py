"""Brings a log's database to the current schema.

Services with tables of their own pass their version folder beside the kernel's; each folder is a
branch of its own, so neither knows the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

HERE = Path(__file__).parent / "migrations"
#: an advisory lock of PostgreSQL: the number means nothing, but nothing else may use it
SETUP_LOCK = 0x1ED6E5


def upgrade(engine: Engine, folders: Sequence[Path] = ()) -> None:
    """Run what has not been run yet, in one transaction. Safe to call at every start."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", ":".join(str(folder) for folder in (HERE / "versions", *folders)))
    with engine.begin() as connection:
        one_at_a_time(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "heads")


def one_at_a_time(connection: Connection) -> None:
    """Hold back other processes that set up the same database, until the transaction ends.

    On SQLite the transaction has the write lock already (BEGIN IMMEDIATE).
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SETUP_LOCK})
