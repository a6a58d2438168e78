from __future__ import annotations

from typing import Any

import msgspec
import pytest

from ledger.event import Event
from services.followup.events import VisitCompleted
from services.outcomes.ingest import shred, storable_text
from services.outcomes.tables import TABLE_OF
from services.placement.events import EmploymentEnded, EmploymentStarted, MatchingEventHeld
from tests.support.logs import LogBuilder

LOG = "ledger.local/placement"
ABOUT: dict[str, Any] = {"programme": "datong-hugong", "region": "630121", "person": "pr_a"}


def start(on: str = "2025-03-01", employer: str = "甲", **more: Any) -> Event:
    return EmploymentStarted(**ABOUT, employer=employer, started_on=on, **more)


def reasons(log: LogBuilder, parked: dict[str, int] | None = None) -> dict[int, str]:
    return {row[1]: row[3] for row in shred(LOG, log.verified(), parked or {}).parked}


def with_data(log: LogBuilder, **changed: Any) -> None:
    """One more start whose data is not what its type says."""
    template = LogBuilder(LOG)
    template.add(start())
    entry = msgspec.json.decode(template.entries[0].leaf)
    entry["data"] |= changed
    entry["index"] = len(log)
    entry["subject"] = f"employment/{len(log)}"
    log.add_leaf(msgspec.json.encode(entry, order="sorted"))


def test_an_unreadable_entry_parks_the_rest_of_its_stream_and_nothing_else() -> None:
    log = LogBuilder(LOG)
    log.add(start(), type="placement.EmploymentPaused.v1", subject="employment/1")
    log.add(start(employer="乙"), subject="employment/2")
    log.add(
        EmploymentEnded(**ABOUT, employer="甲", started_on="2025-03-01", ended_on="2025-04-01"), subject="employment/1"
    )
    out = shred(LOG, log.verified(), {})
    assert out.parked == [
        (LOG, 0, "employment/1", "unknown type placement.EmploymentPaused.v1"),
        (LOG, 2, "employment/1", "follows parked entry 0"),
    ]
    assert [row[1] for row in out.copies] == [0, 1, 2]
    assert [row[1] for row in out.rows[TABLE_OF[EmploymentStarted]]] == [1]
    assert EmploymentEnded not in {table.event for table in out.rows}


def test_a_stream_parked_by_an_earlier_batch_stays_parked() -> None:
    log = LogBuilder(LOG)
    log.add(start(), subject="employment/1")
    assert reasons(log, {"employment/1": 7}) == {0: "follows parked entry 7"}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"started_on": "2025-02-30"}, "day is out of range"),
        ({"started_on": "20250301"}, "not a date"),
        ({"started_on": 5}, "Expected `str`"),
        ({"person": None}, "Expected `str`"),
        ({"unheard": "of"}, "unknown field"),
        ({"kind": "slavery"}, "Invalid enum value"),
        ({"person": "p" * 601}, "person: over 600 characters"),
        ({"position": "护理\0员"}, "U+0000"),
    ],
)
def test_data_that_does_not_fit_its_type_is_parked_with_the_reason(changed: dict[str, Any], reason: str) -> None:
    log = LogBuilder(LOG)
    with_data(log, **changed)
    with_data(log)
    found = reasons(log)
    assert list(found) == [0]
    assert reason in found[0]


def test_an_integer_that_json_readers_disagree_on_is_parked() -> None:
    log = LogBuilder(LOG)
    held: dict[str, Any] = {
        "programme": "p",
        "region": "63",
        "title": "会",
        "kind": "job_fair",
        "held_on": "2025-01-01",
    }
    log.add(MatchingEventHeld(**held, event_no="1", attendees=2**53))
    log.add(MatchingEventHeld(**held, event_no="2", attendees=2**53 - 1))
    assert reasons(log) == {0: "attendees: integer beyond 2^53 - 1"}


def test_an_escaped_backslash_before_u0000_is_no_nul() -> None:
    log = LogBuilder(LOG)
    log.add(start(position="\\u0000"))
    assert reasons(log) == {}


def test_an_envelope_no_database_holds_is_copied_in_a_form_it_does() -> None:
    log = LogBuilder(LOG)
    log.add(start(), subject="employment/\0")
    log.add(start(), subject="employment/" + "长" * 700)
    out = shred(LOG, log.verified(), {})
    assert [row[2] for row in out.copies] == [verified.leaf for verified in log.entries]
    assert out.copies[0][6] == "employment/\ufffd"
    assert len(out.copies[1][6]) == 600
    assert [row[3] for row in out.parked] == ["U+0000", "subject or recorded over 600 characters"]


def test_two_long_texts_that_differ_at_the_end_stay_different() -> None:
    assert storable_text("x" * 700 + "a") != storable_text("x" * 700 + "b")
    assert len(storable_text("x" * 700)) == 600
    assert storable_text("x" * 600) == "x" * 600


def test_only_what_records_are_folded_from_touches_a_person() -> None:
    log = LogBuilder("ledger.local/followup")
    log.add(VisitCompleted(**ABOUT, visited_on="2025-03-31", method="phone", state="working"))
    index = log.retract(0)
    out = shred(log.origin, log.verified(), {})
    assert (out.persons, out.retracted, index) == ({"pr_a"}, [0], 1)
