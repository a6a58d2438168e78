"""However logs interleave and however they are cut into batches, the tables are the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.entry import Entry
from ledger.event import EntryRetracted
from services.outcomes import projector, records
from services.outcomes.days import day_number, shanghai_day
from services.outcomes.projector import Outcomes
from services.outcomes.records import FOLDED, Fact
from services.registry.events import PersonErased, PersonsMerged
from tests.support.histories import history, schedule
from tests.support.logs import LogBuilder
from tests.support.outcomes import apply_all, drain, dump, empty
from tests.support.postgres import new_database

SEEDS = st.integers(0, 2**32 - 1)
SLOW = [HealthCheck.too_slow]


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcomes]:
    outcomes = Outcomes.open(f"sqlite:///{tmp_path_factory.mktemp('outcomes') / 'outcomes.db'}")
    yield outcomes
    outcomes.close()


@pytest.fixture(scope="module")
def on_postgres() -> Iterator[Outcomes]:
    with new_database() as url:
        outcomes = Outcomes.open(url)
        yield outcomes
        outcomes.close()


def followed(outcomes: Outcomes, logs: dict[str, LogBuilder], seed: int, longest: int, inline: int) -> object:
    """All tables after applying the logs in the seeded way, with drains in between."""
    dice = random.Random(seed)
    empty(outcomes)
    with patch.object(projector, "INLINE_ENTRIES", inline):
        for origin, batch, after in schedule(seed, logs, longest):
            outcomes.apply(origin, batch, after)
            if dice.random() < 0.2:
                outcomes.drain(dice.randint(1, 3))
        drain(outcomes)
    return dump(outcomes)


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW, print_blob=True)
@given(seed=SEEDS, length=st.integers(1, 90), order=SEEDS, longest=st.integers(1, 40), inline=st.integers(0, 40))
def test_any_interleaving_and_any_batches_give_the_same_tables_on_sqlite(
    on_sqlite: Outcomes, seed: int, length: int, order: int, longest: int, inline: int
) -> None:
    logs = history(seed, length)
    assert followed(on_sqlite, logs, order, longest, inline) == dump_of(on_sqlite, logs)


def dump_of(outcomes: Outcomes, logs: dict[str, LogBuilder]) -> object:
    """All tables after applying each log at once, one after the other."""
    empty(outcomes)
    apply_all(outcomes, *logs.values())
    return dump(outcomes)


@settings(max_examples=12, deadline=None, suppress_health_check=SLOW, print_blob=True)
@given(seed=SEEDS, length=st.integers(1, 90), order=SEEDS, longest=st.integers(1, 40), inline=st.integers(0, 40))
def test_any_interleaving_gives_the_tables_of_sqlite_on_postgres(
    on_sqlite: Outcomes, on_postgres: Outcomes, seed: int, length: int, order: int, longest: int, inline: int
) -> None:
    logs = history(seed, length)
    assert followed(on_postgres, logs, order, longest, inline) == dump_of(on_sqlite, logs)


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW, print_blob=True)
@given(seed=SEEDS, length=st.integers(1, 120))
def test_records_are_a_fold_of_the_live_entries(on_sqlite: Outcomes, seed: int, length: int) -> None:
    logs = history(seed, length)
    tables = dump_of(on_sqlite, logs)
    assert isinstance(tables, dict)
    parked = {(log, index) for log, index, *_ in tables["parked"]}
    expected = {(record.person, record.programme): records.encode(record).decode() for record in folded(logs, parked)}
    assert {(row[0], row[1]): row[2] for row in tables["outcome_records"]} == expected


def folded(logs: dict[str, LogBuilder], parked: set[tuple[str, int]]) -> Iterator[records.OutcomeRecord]:
    """The records straight from the entries, in memory and without any table."""
    read: list[tuple[str, Entry, Any]] = [
        (
            log.origin,
            verified.entry,
            msgspec.json.decode(verified.entry.data, type=log.catalogue.types[verified.entry.type]),
        )
        for log in logs.values()
        for verified in log.entries
        if (log.origin, verified.index) not in parked
    ]
    gone = {(origin, event.entry) for origin, _, event in read if isinstance(event, EntryRetracted)}
    live = [(origin, entry, event) for origin, entry, event in read if (origin, entry.index) not in gone]
    merges = {event.person: event.into for _, _, event in live if isinstance(event, PersonsMerged)}
    references = {event.person for _, _, event in live if hasattr(event, "person")} | set(merges.values())
    roots = records.same_person(sorted(references), merges)
    facts: dict[tuple[str, str], list[Fact]] = {}
    erased: dict[str, list[Fact]] = {}
    for origin, entry, event in live:
        place = (origin, entry.index, entry.subject, entry.agency, event)
        if type(event) in FOLDED:
            day = day_number(getattr(event, str(event.occurred)))
            key = roots[event.person], event.programme
            facts.setdefault(key, []).append(Fact(day, FOLDED.index(type(event)), *place))
        elif isinstance(event, PersonErased):
            erased.setdefault(roots[event.person], []).append(Fact(shanghai_day(entry.recorded), 0, *place))
    for (person, programme), of_person in facts.items():
        others = [reference for reference, root in roots.items() if root == person != reference]
        first = min(erased.get(person, ()), default=None)
        yield records.fold(person, programme, of_person, others, first)


def test_the_histories_hold_what_could_make_order_matter(tmp_path: Path) -> None:
    """The generator earns its keep: merges in chains, retractions, parked streams, erasures all occur."""
    outcomes = Outcomes.open(f"sqlite:///{tmp_path / 'outcomes.db'}")
    seen: set[str] = set()
    for seed in range(30):
        tables = dump_of(outcomes, history(seed, 90))
        assert isinstance(tables, dict)
        seen |= {name for name, rows in tables.items() if rows}
        found = [records.decode(row[2]) for row in tables["outcome_records"]]
        seen |= {"merged" for record in found if len(record.merged) > 1}
        seen |= {"kept" for record in found for spell in record.spells for kept in spell.kept if kept.yes}
    outcomes.close()
    assert {"merged", "kept", "parked", "entry_retracted", "person_erased", "persons_merged", "outcome_records"} <= seen
    assert {"employer_registered", "employer_closed", "cooperation_signed", "employer_surveyed"} <= seen
    assert {"vacancy_posted", "referral_made", "subsidy_paid", "subsidy_clawed_back"} <= seen
    assert {"facility_recognised", "facility_closed"} <= seen
    assert "stale_records" not in seen
