"""On random ledgers: the SQL counts what the rules say, and matched = counted + excluded."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.audit.answers import FigureAnswer, Member
from services.audit.database import open_reader
from services.audit.parameters import parameters_for
from services.audit.queries import AuditQueries, rule_of
from services.outcomes.catalogue import PRINTED
from services.outcomes.projector import Outcomes
from tests.support.asked import Asked
from tests.support.counting_all import CountingAll
from tests.support.histories import history
from tests.support.lawful import PROGRAMMES, Lawful
from tests.support.logs import LogBuilder
from tests.support.outcomes import apply_all, empty
from tests.support.postgres import new_database

SEEDS = st.integers(0, 2**32 - 1)
SLOW = [HealthCheck.too_slow]
Opened = tuple[Outcomes, AuditQueries]


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    yield from _opened(f"sqlite:///{tmp_path_factory.mktemp('figures') / 'outcomes.db'}")


@pytest.fixture(scope="module")
def on_postgres() -> Iterator[Opened]:
    with new_database() as url:
        yield from _opened(url)


def _opened(url: str) -> Iterator[Opened]:
    outcomes, engine = Outcomes.open(url), open_reader(url)
    yield outcomes, AuditQueries(engine, cached_answers=0)
    engine.dispose()
    outcomes.close()


def asked_for(seed: int, logs: dict[str, LogBuilder]) -> tuple[dict[str, int], Asked]:
    """A cut and parameters."""
    dice = random.Random(seed)
    cut = {origin: len(log) if dice.random() < 0.7 else dice.randint(0, len(log)) for origin, log in logs.items()}
    start = dice.choice((None, None, "2025-01-02", "2025-01-31"))
    return cut, Asked(
        programme=dice.choice((None, *PROGRAMMES)),
        region=dice.choice(("", "", "63", "630121", "37")),
        start=start,
        end=dice.choice((None, None, "2025-03-02", "2025-03-31", "2025-09-30")),
        min_proof=dice.choice(("payslip", "self_report", "bank")),
        indicator=dice.choice((None, "甲")),
        work_region=dice.choice((None, "6301,32", "630100")),
        mode=dice.choice(("any", "employee", "agency")),
        category=dice.choice((None, "残疾人")),
        subsidy_kind=dice.choice((None, "甲")),
        activity_kind=dice.choice(("any", "competition")),
        series=dice.choice((None, "甲")),
        site_kind=dice.choice(("any", "school")),
        title=dice.choice((None, "甲")),
        level=dice.choice((None, "省级")),
    )


def count(audit: AuditQueries, id: str, cut: dict[str, int], asked: Asked) -> tuple[FigureAnswer, list[Member]]:
    rule = rule_of(id)
    extra = {one.name: getattr(asked, one.name) for one in rule.extra if getattr(asked, one.name)}
    parameters = parameters_for(
        rule, programme=asked.programme, region=asked.region, start=asked.start, end=asked.end, extra=extra
    )
    members = [one for page in audit.all_members(rule, parameters, cut) for one in page]
    return audit.figure(rule, parameters, cut), members


def some_of(seed: int, parts: int) -> tuple[str, ...]:
    """One part of the catalogue, another one for another seed: all of it takes too long for one example."""
    return PRINTED[seed % parts :: parts]


def check(opened: Opened, logs: dict[str, LogBuilder], seed: int, parts: int) -> None:
    outcomes, audit = opened
    empty(outcomes)
    apply_all(outcomes, *logs.values())
    cut, asked = asked_for(seed, logs)
    counting = CountingAll(logs, cut, asked)
    for id in some_of(seed, parts):
        answer, members = count(audit, id, cut, asked)
        found = [(m.key, m.person, m.value, m.reason, m.log, m.index) for m in members]
        assert sorted(found, key=str) == sorted(getattr(counting, id)(), key=str), (id, asked, cut)
        law(answer, members)
        if answer.distribution is not None and answer.distribution.coverage is not None:
            assert answer.distribution.coverage == (answer.counted, counting.person_months_at_work()), (asked, cut)


def law(answer: FigureAnswer, members: list[Member]) -> None:
    """What holds for every figure, and between the answer and its members."""
    assert answer.matched == answer.counted + sum(answer.excluded.values()) == len(members)
    assert answer.counted == sum(member.counted for member in members)
    assert all(member.counted == (member.reason is None) for member in members)
    assert set(answer.excluded) == {member.reason for member in members if member.reason}
    assert answer.persons == len({m.person for m in members if m.counted and m.person})
    assert [member.place for member in members] == sorted({member.place for member in members})
    assert answer.recorded_by_to.matched <= answer.matched
    for column, parts in answer.splits.items():
        assert sum(parts.values()) == answer.counted, column


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW, print_blob=True)
@given(seed=SEEDS, length=st.integers(1, 160), question=SEEDS)
def test_sqlite_counts_what_the_rules_say(on_sqlite: Opened, seed: int, length: int, question: int) -> None:
    check(on_sqlite, Lawful(seed).run(length), question, parts=2)


@settings(max_examples=15, deadline=None, suppress_health_check=SLOW, print_blob=True)
@given(seed=SEEDS, length=st.integers(20, 160), question=SEEDS)
def test_postgresql_counts_what_the_rules_say(on_postgres: Opened, seed: int, length: int, question: int) -> None:
    check(on_postgres, Lawful(seed).run(length), question, parts=5)


@settings(max_examples=20, deadline=None, suppress_health_check=SLOW, print_blob=True)
@given(seed=SEEDS, length=st.integers(1, 120), question=SEEDS)
def test_the_laws_hold_over_logs_no_service_would_have_written(
    on_sqlite: Opened, seed: int, length: int, question: int
) -> None:
    outcomes, audit = on_sqlite
    empty(outcomes)
    logs: Any = history(seed, length)
    apply_all(outcomes, *logs.values())
    cut, asked = asked_for(question, logs)
    for id in some_of(question, 2):
        answer, members = count(audit, id, cut, asked)
        assert answer.matched == answer.counted + sum(answer.excluded.values()) == len(members), id


@settings(max_examples=20, deadline=None, suppress_health_check=SLOW, print_blob=True)
@given(seed=SEEDS, length=st.integers(20, 160), question=SEEDS)
def test_persons_never_outnumber_what_they_did(on_sqlite: Opened, seed: int, length: int, question: int) -> None:
    outcomes, audit = on_sqlite
    logs = Lawful(seed).run(length)
    empty(outcomes)
    apply_all(outcomes, *logs.values())
    cut, asked = asked_for(question, logs)
    for persons, facts in (
        ("persons_trained", "training_completions"),
        ("persons_with_agreement", "agreements_signed"),
        ("persons_started", "employment_starts"),
    ):
        of_persons, of_facts = count(audit, persons, cut, asked)[0], count(audit, facts, cut, asked)[0]
        assert of_persons.counted == of_facts.persons <= of_facts.counted
        assert of_persons.beside[of_facts.unit] == of_facts.counted
        if persons != "persons_with_agreement":
            assert of_persons.counted <= of_persons.beside["参与期"] <= of_facts.counted
