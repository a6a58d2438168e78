"""What was answered at a cut is answered at it for ever, whatever is recorded, corrected or retracted later."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from services.audit.answers import Member
from services.audit.database import AsOf, open_reader
from services.audit.parameters import parameters_for
from services.audit.queries import AuditQueries, rule_of
from services.audit.records import records_of
from services.outcomes.catalogue import PRINTED
from services.outcomes.projector import Outcomes
from tests.support import lawful
from tests.support.histories import history
from tests.support.lawful import Lawful
from tests.support.logs import LogBuilder
from tests.support.outcomes import apply_all, drain, empty
from tests.support.postgres import new_database

SEEDS = st.integers(0, 2**32 - 1)
SLOW = [HealthCheck.too_slow]
#: Asked about each example, drawn anew from all there are.
FIGURES = 6
Logs = Mapping[str, LogBuilder]
Sizes = Mapping[str, int]


class World:
    """An outcomes database that is fed, and asked as audit asks it; no answer is remembered."""

    def __init__(self, url: str) -> None:
        self.outcomes = Outcomes.open(url)
        self._engine = open_reader(url)
        self._audit = AuditQueries(self._engine, cached_answers=0)

    def upto(self, logs: Logs, sizes: Sizes) -> None:
        """Apply what is missing of each log up to a size."""
        for origin, size in sizes.items():
            start = self.outcomes.position(origin).next_index
            if start < size:
                self.outcomes.apply(origin, logs[origin].verified(start, size), logs[origin].frontier_at(size))
        drain(self.outcomes)

    def said(self, as_of: AsOf, questions: list[tuple[str, dict[str, Any]]], persons: list[str]) -> dict[str, Any]:
        """Figures with all their members, and every record, at one point."""
        cut = self._audit.resolve_cut(as_of)
        return {
            "cut": {origin: size for origin, size in cut.items() if size},
            "figures": [self._figure(id, asked, cut) for id, asked in questions],
            "records": [dict(records_of(self.outcomes, person, as_of)[1]) for person in persons],
        }

    def _figure(self, id: str, asked: dict[str, Any], cut: Sizes) -> tuple[dict[str, Any], list[Member]]:
        rule = rule_of(id)
        if "from" not in rule.parameters:
            asked = {**asked, "start": None}
        parameters = parameters_for(rule, **asked)
        members = [one for page in self._audit.all_members(rule, parameters, cut) for one in page]
        return self._audit.figure(rule, parameters, cut).to_json(), members

    def close(self) -> None:
        self._engine.dispose()
        self.outcomes.close()


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(f"sqlite:///{tmp_path_factory.mktemp('as-of') / 'outcomes.db'}")
    yield world
    world.close()


@pytest.fixture(scope="module")
def on_postgres() -> Iterator[World]:
    with new_database() as url:
        world = World(url)
        yield world
        world.close()


def persons_of(logs: Logs) -> list[str]:
    """Everybody any entry speaks of."""
    stated = [json.loads(entry.leaf)["data"] for log in logs.values() for entry in log.entries]
    return sorted({data[name] for data in stated for name in ("person", "into") if name in data})


def stays(world: World, logs: Logs, seed: int, as_of: AsOf, first: Sizes) -> None:
    """Ask when only `first` of each log is there, and again while the rest comes: the answers are the same."""
    dice = random.Random(seed)
    empty(world.outcomes)
    asked = {
        "programme": dice.choice((None, *lawful.PROGRAMMES)),
        "region": dice.choice(("", "63", "630121")),
        "start": dice.choice((None, "2025-01-02")),
        "end": dice.choice((None, "2025-03-02")),
    }
    questions = [(id, dice.choice(({"programme": None}, asked))) for id in dice.sample(PRINTED, FIGURES)]
    persons = persons_of(logs)
    world.upto(logs, first)
    before = world.said(as_of, questions, persons)
    sizes = dict(first)
    while sizes != {origin: len(log) for origin, log in logs.items()}:
        for origin, log in logs.items():
            sizes[origin] = min(len(log), sizes[origin] + dice.randint(0, 1 + len(log)))
        world.upto(logs, sizes)
        note(f"asked again at {sizes}")
        assert world.said(as_of, questions, persons) == before


def a_cut(logs: Logs, seed: int) -> Sizes:
    dice = random.Random(seed)
    return {origin: dice.randint(0, len(log)) for origin, log in logs.items()}


@settings(max_examples=15, deadline=None, suppress_health_check=SLOW, print_blob=True)
@given(seed=SEEDS, length=st.integers(1, 120), order=SEEDS)
def test_at_a_cut_no_answer_changes_on_sqlite(on_sqlite: World, seed: int, length: int, order: int) -> None:
    logs = Lawful(seed).run(length)
    cut = a_cut(logs, order)
    stays(on_sqlite, logs, order, {origin: size for origin, size in cut.items() if size}, cut)


@settings(max_examples=6, deadline=None, suppress_health_check=SLOW, print_blob=True)
@given(seed=SEEDS, length=st.integers(1, 90), order=SEEDS)
def test_nor_over_logs_that_no_service_would_have_written(on_sqlite: World, seed: int, length: int, order: int) -> None:
    logs = history(seed, length)
    cut = a_cut(logs, order)
    stays(on_sqlite, logs, order, {origin: size for origin, size in cut.items() if size}, cut)


@settings(max_examples=6, deadline=None, suppress_health_check=SLOW, print_blob=True)
@given(seed=SEEDS, length=st.integers(1, 90), order=SEEDS)
def test_at_a_cut_no_answer_changes_on_postgresql(on_postgres: World, seed: int, length: int, order: int) -> None:
    logs = Lawful(seed).run(length)
    cut = a_cut(logs, order)
    stays(on_postgres, logs, order, {origin: size for origin, size in cut.items() if size}, cut)


@settings(max_examples=15, deadline=None, suppress_health_check=SLOW, print_blob=True)
@given(seed=SEEDS, length=st.integers(5, 120), order=SEEDS)
def test_on_a_day_that_is_over_no_answer_changes(on_sqlite: World, seed: int, length: int, order: int) -> None:
    logs = Lawful(seed).run(length)
    days = sorted({entry.entry.recorded[:10] for log in logs.values() for entry in log.entries})
    day = random.Random(order).choice(days)
    # entries are recorded at noon UTC, the same day in Shanghai
    by_then = {origin: sum(e.entry.recorded[:10] <= day for e in log.entries) for origin, log in logs.items()}
    stays(on_sqlite, logs, order, day, by_then)


def test_a_change_behind_the_cut_is_noticed(tmp_path: Path) -> None:
    """The test above can fail: a row of an entry within the cut that goes changes an answer."""
    world = World(f"sqlite:///{tmp_path / 'outcomes.db'}")
    logs = Lawful(7).run(80)
    apply_all(world.outcomes, *logs.values())
    cut = {origin: len(log) for origin, log in logs.items() if len(log)}
    questions: list[tuple[str, dict[str, Any]]] = [("visits_completed", {"programme": None})]
    before = world.said(cut, questions, persons_of(logs))
    with world.outcomes.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM visit_completed")
    assert world.said(cut, questions, persons_of(logs)) != before
    world.close()


@pytest.mark.nightly
@pytest.mark.timeout(3_600)
@settings(max_examples=500, deadline=None, suppress_health_check=SLOW, print_blob=True)
@given(seed=SEEDS, length=st.integers(1, 250), order=SEEDS)
def test_at_a_cut_no_answer_changes_over_longer_histories(on_sqlite: World, seed: int, length: int, order: int) -> None:
    logs = Lawful(seed).run(length)
    cut = a_cut(logs, order)
    stays(on_sqlite, logs, order, {origin: size for origin, size in cut.items() if size}, cut)
