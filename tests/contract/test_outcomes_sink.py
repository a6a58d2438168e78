"""The projector as a sink of verified entries, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ledger.entry import EventReader
from ledger.errors import LogDiverged
from ledger.event import Catalogue, Event
from ledger.feed import Sink
from ledger.merkle import Frontier
from services.followup.events import VisitCompleted
from services.outcomes import ingest, projector, records
from services.outcomes.projector import Outcomes, Parked, PositionMoved
from services.outcomes.tables import CATALOGUES
from services.placement.events import EmploymentEnded, EmploymentStarted, IntentAgreementSigned
from services.registry.events import PersonErased, PersonsMerged
from tests.support.histories import history, schedule
from tests.support.logs import LogBuilder
from tests.support.outcomes import apply_all, drain, dump
from tests.support.postgres import new_database

PROGRAMME = "datong-hugong"
LOG = "ledger.local/placement"


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'outcomes.db'}"
    else:
        with new_database() as name:
            yield name


@pytest.fixture
def outcomes(url: str) -> Iterator[Outcomes]:
    opened = Outcomes.open(url)
    yield opened
    opened.close()


def start(person: str = "pr_a", employer: str = "甲", on: str = "2025-03-01") -> Event:
    about: dict[str, Any] = {"programme": PROGRAMME, "region": "630121", "person": person}
    return EmploymentStarted(**about, employer=employer, started_on=on)


def visit(person: str) -> Event:
    about: dict[str, Any] = {"programme": PROGRAMME, "region": "630121", "person": person}
    return VisitCompleted(**about, visited_on="2025-04-01", method="phone", state="working")


def test_a_log_never_seen_is_at_its_beginning(outcomes: Outcomes) -> None:
    sink: Sink = outcomes
    assert sink.position(LOG).next_index == 0
    assert sink.leaf_hash_at(LOG, 0) is None
    assert outcomes.positions() == {}


def test_what_was_applied_is_there_after_reopening_byte_for_byte(outcomes: Outcomes, url: str) -> None:
    log = LogBuilder(LOG)
    for number in range(3):
        log.add(start(person=f"pr_{number}"))
    outcomes.apply(LOG, log.verified(0, 2), log.frontier_at(2))
    outcomes.apply(LOG, log.verified(2), log.frontier_at(3))
    again = Outcomes.open(url)
    assert again.position(LOG).frontier.root() == log.frontier.root()
    assert [again.entry(LOG, index) for index in range(4)] == [*(entry.leaf for entry in log.entries), None]
    assert again.leaf_hash_at(LOG, 2) == log.entries[2].leaf_hash
    assert {name: position.next_index for name, position in again.positions().items()} == {LOG: 3}
    again.close()


def test_a_batch_beyond_the_position_is_refused_and_changes_nothing(outcomes: Outcomes) -> None:
    log = LogBuilder(LOG)
    for number in range(3):
        log.add(start(person=f"pr_{number}"))
    with pytest.raises(PositionMoved):
        outcomes.apply(LOG, log.verified(1), log.frontier_at(3))
    assert outcomes.position(LOG).next_index == 0
    assert dump(outcomes)["entries"] == []


def test_a_batch_that_does_not_end_at_its_frontier_is_refused(outcomes: Outcomes) -> None:
    log = LogBuilder(LOG)
    log.add(start())
    with pytest.raises(ValueError, match="does not end"):
        outcomes.apply(LOG, log.verified(), Frontier())
    with pytest.raises(ValueError, match="does not end"):
        outcomes.apply(LOG, [], Frontier())


def test_a_batch_whose_commit_was_not_heard_of_can_be_given_again_and_longer(outcomes: Outcomes) -> None:
    log = LogBuilder(LOG)
    for number in range(5):
        log.add(start(person=f"pr_{number}"))
    outcomes.apply(LOG, log.verified(0, 3), log.frontier_at(3))
    outcomes.apply(LOG, log.verified(0, 3), log.frontier_at(3))
    outcomes.apply(LOG, log.verified(0, 5), log.frontier_at(5))
    assert outcomes.position(LOG).frontier.root() == log.frontier.root()
    assert len(dump(outcomes)["employment_started"]) == 5


def test_an_entry_given_again_with_other_bytes_is_a_divergence(outcomes: Outcomes) -> None:
    log, other = LogBuilder(LOG), LogBuilder(LOG)
    log.add(start())
    other.add(start(person="pr_b"))
    other.add(start(person="pr_c"))
    outcomes.apply(LOG, log.verified(), log.frontier_at(1))
    with pytest.raises(LogDiverged, match="entry 0"):
        outcomes.apply(LOG, other.verified(), other.frontier_at(2))
    assert outcomes.position(LOG).next_index == 1


def test_a_stopped_log_is_applied_no_further_and_says_why(outcomes: Outcomes) -> None:
    log = LogBuilder(LOG)
    log.add(start())
    log.add(start(person="pr_b"))
    outcomes.apply(LOG, log.verified(0, 1), log.frontier_at(1))
    outcomes.stop(LOG, "entry 1 has another hash")
    with pytest.raises(LogDiverged, match="another hash"):
        outcomes.apply(LOG, log.verified(1), log.frontier_at(2))
    assert (outcomes.position(LOG).next_index, outcomes.position(LOG).error) == (1, "entry 1 has another hash")
    outcomes.stop("ledger.local/unheard", "unreachable root")
    assert outcomes.position("ledger.local/unheard").error == "unreachable root"


def test_two_projectors_at_once_apply_every_entry_once(outcomes: Outcomes, url: str, tmp_path: Path) -> None:
    logs = history(5, 200)
    second = Outcomes.open(url)

    def follow(sink: Outcomes, seed: int) -> None:
        for origin, batch, after in schedule(seed, logs, 15):
            sink.apply(origin, batch, after)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(follow, outcomes, 1), pool.submit(follow, second, 2)]:
            done.result(timeout=60)
    second.close()
    alone = Outcomes.open(f"sqlite:///{tmp_path / 'alone.db'}")
    apply_all(alone, *logs.values())
    assert dump(outcomes) == dump(alone)
    alone.close()


def test_a_batch_that_fails_half_way_leaves_nothing_behind(outcomes: Outcomes, monkeypatch: pytest.MonkeyPatch) -> None:
    log = LogBuilder(LOG)
    log.add(start())
    log.add(start(person="pr_b"), type="placement.Unheard.v1")

    def fail(*_: object) -> None:
        raise PositionMoved("as if a second projector ran")

    before = dump(outcomes)
    with monkeypatch.context() as patch:
        patch.setattr(projector, "_move", fail)
        with pytest.raises(PositionMoved):
            outcomes.apply(LOG, log.verified(), log.frontier_at(2))
    assert dump(outcomes) == before
    outcomes.apply(LOG, log.verified(), log.frontier_at(2))
    assert outcomes.position(LOG).next_index == 2


def test_a_record_is_of_now_even_while_it_waits_for_the_drain(
    outcomes: Outcomes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projector, "INLINE_ENTRIES", 0)
    log = LogBuilder(LOG)
    started = log.add(start())
    outcomes.apply(LOG, log.verified(), log.frontier_at(1))
    assert outcomes.stale() == 1
    before = outcomes.record("pr_a", PROGRAMME)
    assert before is not None
    assert records.decode(before).spells[0].started.index == started
    assert outcomes.drain() == 1
    assert (outcomes.drain(), outcomes.stale()) == (0, 0)
    assert outcomes.record("pr_a", PROGRAMME) == before
    assert outcomes.records("pr_a") == {PROGRAMME: before}
    assert outcomes.record("pr_a", "another") is None
    assert outcomes.record("pr_nobody", PROGRAMME) is None


def test_a_retraction_takes_the_fact_out_of_the_record_and_a_correction_restates_it(outcomes: Outcomes) -> None:
    log = LogBuilder(LOG)
    about: dict[str, Any] = {"programme": PROGRAMME, "region": "630121", "employer": "甲", "signed_on": "2025-03-05"}
    first = log.add(IntentAgreementSigned(**about, agreement="AG-1", person="pr_a"))
    apply_all(outcomes, log)
    assert outcomes.record("pr_a", PROGRAMME) is not None
    second = log.correct(first, IntentAgreementSigned(**about, agreement="AG-1", person="pr_b"))
    apply_all(outcomes, log)
    assert outcomes.record("pr_a", PROGRAMME) is None
    found = outcomes.record("pr_b", PROGRAMME)
    assert found is not None
    assert records.decode(found).agreements[0].signed.index == second
    log.retract(second)
    apply_all(outcomes, log)
    assert outcomes.record("pr_b", PROGRAMME) is None


def test_merged_references_have_one_record_until_the_merge_is_retracted(outcomes: Outcomes) -> None:
    placement, followup, registry = (
        LogBuilder(f"ledger.local/{name}") for name in ("placement", "followup", "registry")
    )
    placement.add(start("pr_a"))
    followup.add(visit("pr_b"))
    registry.add(PersonsMerged(person="pr_b", into="pr_c", reason="same_identity"))
    merge = registry.add(PersonsMerged(person="pr_a", into="pr_b", reason="same_identity"))
    apply_all(outcomes, placement, followup, registry)
    assert [row[0] for row in dump(outcomes)["outcome_records"]] == ["pr_c"]
    for reference in ("pr_a", "pr_b", "pr_c"):
        data = outcomes.record(reference, PROGRAMME)
        assert data is not None
        record = records.decode(data)
        assert (record.person, record.merged) == ("pr_c", ("pr_a", "pr_b"))
        assert record.spells[0].kept[0].yes is not None
    registry.retract(merge)
    apply_all(outcomes, registry)
    assert [row[0] for row in dump(outcomes)["outcome_records"]] == ["pr_a", "pr_c"]
    alone = outcomes.record("pr_a", PROGRAMME)
    assert alone is not None
    assert records.decode(alone).spells[0].kept[0].yes is None


def test_an_erased_person_keeps_a_record_that_says_so(outcomes: Outcomes) -> None:
    placement, registry = LogBuilder(LOG), LogBuilder("ledger.local/registry")
    placement.add(start())
    registry.add(PersonErased(person="pr_a", basis="consent_withdrawn", case="C-1"), recorded="2025-06-01")
    apply_all(outcomes, placement, registry)
    data = outcomes.record("pr_a", PROGRAMME)
    assert data is not None
    erased = records.decode(data).erased
    assert erased is not None
    assert erased.on == "2025-06-01"


@pytest.fixture
def before_an_upgrade(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A projector that does not know how work ends yet; undo the patch and it does."""
    known = [
        Catalogue(c.service, {n: e for n, e in c.types.items() if e is not EmploymentEnded}, c.names)
        for c in CATALOGUES
    ]
    monkeypatch.setattr(ingest, "_READER", EventReader(*known))
    return monkeypatch


def test_what_was_parked_is_shredded_in_order_once_it_can_be_read(
    outcomes: Outcomes, before_an_upgrade: pytest.MonkeyPatch
) -> None:
    log = LogBuilder(LOG)
    about: dict[str, Any] = {"programme": PROGRAMME, "region": "630121", "person": "pr_a", "employer": "甲"}
    started = log.add(start())
    ended = log.add(EmploymentEnded(**about, started_on="2025-03-01", ended_on="2025-03-20"))
    log.retract(ended)
    log.add(start(employer="乙", on="2025-04-01"))
    log.add(start(), type="placement.Unheard.v1", subject="unheard/1")
    log.add(start(on="2025-05-01"), subject="unheard/1")
    subject = log.entries[started].entry.subject
    apply_all(outcomes, log)
    assert outcomes.parked_counts() == {LOG: 4}
    assert outcomes.parked() == [
        Parked(LOG, 1, subject, "unknown type placement.EmploymentEnded.v1"),
        Parked(LOG, 2, subject, "follows parked entry 1"),
        Parked(LOG, 4, "unheard/1", "unknown type placement.Unheard.v1"),
        Parked(LOG, 5, "unheard/1", "follows parked entry 4"),
    ]
    assert outcomes.parked("ledger.local/training") == []
    assert outcomes.retry_parked() == 0

    before_an_upgrade.undo()
    assert outcomes.retry_parked() == 2
    assert [parked.index for parked in outcomes.parked()] == [4, 5]
    drain(outcomes)
    assert len(dump(outcomes)["employment_ended"]) == 1
    data = outcomes.record("pr_a", PROGRAMME)
    assert data is not None
    assert [spell.ended for spell in records.decode(data).spells] == [None, None]


@pytest.mark.parametrize("seed", range(4))
def test_parking_and_retrying_ends_where_reading_all_along_would_have(
    url: str, tmp_path: Path, seed: int, before_an_upgrade: pytest.MonkeyPatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs = history(seed, 150)
    late = Outcomes.open(url)
    apply_all(late, *logs.values())
    parked = len(dump(late)["parked"])
    before_an_upgrade.undo()
    monkeypatch.setattr(projector, "RETRY_PAGE", 2)
    freed = late.retry_parked()
    drain(late)
    found = dump(late)
    late.close()
    expected = Outcomes.open(f"sqlite:///{tmp_path / 'expected.db'}")
    apply_all(expected, *logs.values())
    assert found == dump(expected)
    assert freed == parked - len(found["parked"])
    assert freed > 0
    expected.close()


def test_entries_after_a_retry_find_their_stream_open_again(
    outcomes: Outcomes, before_an_upgrade: pytest.MonkeyPatch
) -> None:
    log = LogBuilder(LOG)
    about: dict[str, Any] = {"programme": PROGRAMME, "region": "630121", "person": "pr_a", "employer": "甲"}
    log.add(start())
    ended = log.add(EmploymentEnded(**about, started_on="2025-03-01", ended_on="2025-03-20"))
    apply_all(outcomes, log)
    before_an_upgrade.undo()
    outcomes.retry_parked()
    log.retract(ended)
    apply_all(outcomes, log)
    assert outcomes.parked_counts() == {}
    assert len(dump(outcomes)["entry_retracted"]) == 1
