"""How SQLite goes about each figure. It has no statistics; a wrong guess turned 0.2 s into 40 s when tried."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from services.audit import statements
from services.audit.database import open_reader, snapshot
from services.audit.parameters import parameters_for
from services.outcomes.catalogue import PRINTED, load
from services.outcomes.projector import Outcomes

CUT = {"ledger.local/placement": 10, "ledger.local/training": 10}
#: a row of a million looked for by walking through all of a list, or of a log
SLOW = (
    re.compile(r"SCAN \S+ LEFT-JOIN"),
    re.compile(r"SCAN later"),
    re.compile(r"SEARCH later .*\(log=\? AND idx"),
    re.compile(r"SEARCH x .*\(log=\? AND idx<\?\)"),
)


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    file: Path = tmp_path_factory.mktemp("plans") / "outcomes.db"
    Outcomes.open(f"sqlite:///{file}").close()
    engine = open_reader(f"sqlite:///{file}")
    with snapshot(engine) as opened:
        yield opened
    engine.dispose()


@pytest.mark.parametrize("id", PRINTED)
def test_no_figure_walks_through_a_list_for_every_row(connection: Connection, id: str) -> None:
    rule = load()[id]
    values = statements.bound(parameters_for(rule), CUT, 20_000) | {"page_size": 10}
    for sql in (
        statements.tally(rule, CUT, "COUNT(DISTINCT {})".format, late=False, erasures=True),
        statements.page(rule, CUT, after=False),
    ):
        plan = [row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {sql}"), values)]
        assert not [step for step in plan if any(slow.search(step) for slow in SLOW)], plan
