"""Brings a log's database to the current schema.

Services with tables of their own pass their version folder beside the kernel's; each folder is a
branch of its own, so neither knows the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

HERE = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, folders: Sequence[Path] = ()) -> None:
    """Run what has not been run yet, in one transaction. Safe to call at every start."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", ":".join(str(folder) for folder in (HERE / "versions", *folders)))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "heads")
