"""Audit rules about work: each with a history that fires and one that must not."""

from __future__ import annotations

from services.placement import events as placement
from tests.support.books import (
    PROGRAMME,
    REGION,
    Books,
    _databases,
    books,
    completed,
    contract,
    contract_withdrawn,
    left,
    merged,
    ref,
    started,
    visited,
)
from tests.support.findings import findings, found

__all__ = ["_databases", "books"]


def checked(person: str, on: str) -> placement.HealthCheckPassed:
    return placement.HealthCheckPassed(programme=PROGRAMME, region=REGION, person=ref(person), checked_on=on)


def test_a23_overlapping_full_time_spells_and_ends_before_their_starts(books: Books) -> None:
    full = {"kind": "full_time"}
    books.placement.add(started("a", "2025-04-01", "E1", **full))  # 0: goes on
    books.placement.add(started("a", "2025-05-01", "E2", **full))  # 1
    books.placement.add(started("b", "2025-04-01", "E1", **full))  # 2
    books.placement.add(left("b", "2025-05-01", "2025-04-01", "E1"))
    books.placement.add(started("b", "2025-05-01", "E2", **full))  # 4: the day the other ended
    books.placement.add(started("c", "2025-04-01", "E1", **full))  # 5
    books.placement.add(started("c", "2025-05-01", "E2", kind="flexible"))
    books.placement.add(started("d", "2025-04-01"))  # 7
    books.placement.add(left("d", "2025-03-31"))  # 8
    books.placement.add(started("e", "2025-04-01"))  # 9
    books.placement.add(left("e", "2025-04-01"))  # 10
    assert found(books, "A23") == [
        "a/E2/2025-05-01#overlap placement@1 ~ placement@0",
        "d/E1/2025-04-01#ended_before placement@8 ~ placement@7",
        "e/E1/2025-04-01#same_day placement@10 ~ placement@9",
    ]
    assert [one.severity for one in findings(books, "A23")] == ["E", "E", "W"]


def test_a23_one_start_stated_by_two_agencies_does_not_overlap_itself(books: Books) -> None:
    full = {"kind": "full_time"}
    books.placement.add(started("a", **full))
    books.placement.add(started("a", **full), agency="other-hrss")
    books.placement.add(left("a", "2025-05-01"), agency="other-hrss")
    books.placement.add(started("a", "2025-06-01", "E2", **full))
    assert found(books, "A23") == []


def test_a28_a_start_without_training_or_check(books: Books) -> None:
    for person, trained_on in (("a", "2025-03-31"), ("b", "2025-04-01"), ("c", "2025-04-02")):
        books.training.add(completed(person, on=trained_on))
    books.training.add(completed("d", result="failed"))
    books.training.add(completed("e", programme="another"))
    for person, checked_on in (("a", "2024-04-01"), ("b", "2024-03-31"), ("c", "2025-04-01"), ("d", "2025-03-01")):
        books.placement.add(checked(person, checked_on))  # 0 to 3; 2024-04-01 is 365 days before the start
    for person in ("a", "b", "c", "d", "e"):
        books.placement.add(started(person))  # 4 to 8
    books.placement.add(started("f", kind="internship"))
    assert found(books, "A28") == [
        "b/E1/2025-04-01#no_check placement@5",
        "c/E1/2025-04-01#no_training placement@6",
        "d/E1/2025-04-01#no_training placement@7",
        "e/E1/2025-04-01#neither placement@8",
    ]


def test_a34_reported_at_work_after_leaving(books: Books) -> None:
    for person in ("a", "b", "c", "d"):
        books.placement.add(started(person))
        books.placement.add(left(person, "2025-05-01"))  # 1, 3, 5, 7
    books.placement.add(started("b", "2025-06-01", "E2"))  # back at work
    books.followup.add(visited("a", "2025-06-10"))  # 0
    books.followup.add(visited("b", "2025-06-10"))
    books.followup.add(visited("c", "2025-05-01"))  # on the last day
    books.followup.add(visited("d", "2025-06-10", "left"))
    assert found(books, "A34") == ["a/2025-06-10/phone#after_leaving followup@0 ~ placement@1"]
    [one] = findings(books, "A34")
    assert one.zh == "2025-06-10 回访记为“在岗”，但此人已于 2025-05-01 从 E1 离岗，此后无在岗记录"


def test_a34_names_the_last_end_and_is_silent_where_another_programme_has_work_that_goes_on(books: Books) -> None:
    books.placement.add(started("a", "2025-01-01"))
    books.placement.add(left("a", "2025-02-01", "2025-01-01"))
    books.placement.add(started("a", "2025-03-01"))
    books.placement.add(left("a", "2025-04-01", "2025-03-01"))  # 3
    books.placement.add(started("b"))
    books.placement.add(left("b", "2025-04-02"))
    books.placement.add(started("b", "2025-04-03", "E2", programme="another"))
    books.followup.add(visited("a", "2025-06-10"))
    books.followup.add(visited("b", "2025-06-10"))
    assert found(books, "A34") == ["a/2025-06-10/phone#after_leaving followup@0 ~ placement@3"]


def test_a44_a_full_time_start_without_a_contract_in_time(books: Books) -> None:
    for person in ("a", "b", "c", "d", "e"):
        books.placement.add(started(person, kind="full_time"))  # 0 to 4, on 2025-04-01
    books.placement.add(started("f"))  # kind unknown: unknown is never "no"
    books.placement.add(started("g", "2025-12-20", kind="full_time"))  # its days have not run out
    books.placement.add(contract("H-b", "b", "2025-05-01"))  # 7: the thirtieth day
    books.placement.add(contract("H-c", "c", "2025-05-02"))  # 8
    books.placement.add(contract("H-d", "d", "2025-03-25"))
    books.placement.add(contract_withdrawn("H-d", "d", "2025-03-28"))
    books.placement.add(contract("H-e", "e", employer="E2"))
    assert found(books, "A44") == [
        "a/E1/2025-04-01#none placement@0",
        "c/E1/2025-04-01#late placement@2 ~ placement@8",
        "d/E1/2025-04-01#none placement@3",
        "e/E1/2025-04-01#none placement@4",
    ]
    assert [one.severity for one in findings(books, "A44")] == ["E", "W", "E", "E"]


def test_a44_a_contract_may_call_the_employer_by_its_name(books: Books) -> None:
    books.placement.add(started("a", employer_name="某护理院", kind="full_time"))
    books.placement.add(contract("H-a", "a", employer="某护理院"))
    books.placement.add(started("b", employer_name="某护理院", kind="full_time"))
    books.placement.add(contract("H-b", "b", employer="91E1", employer_name="某护理院"))
    assert found(books, "A44") == []


def test_findings_are_asked_for_by_severity_programme_region_person_and_key(books: Books) -> None:
    books.placement.add(started("a", kind="full_time"))
    books.placement.add(started("b", kind="full_time", region="371581", programme="linqing"))
    books.placement.add(started("c", kind="full_time"))
    books.placement.add(contract("H-c", "c", "2025-06-02"))
    books.registry.add(merged("d", "a"))
    a, c, b = findings(books, "A44")
    assert [one.person for one in (a, b, c)] == [ref("a"), ref("b"), ref("c")]
    assert findings(books, "A44", severity="W") == [c]
    assert findings(books, "A44", programme="linqing") == [b]
    assert findings(books, "A44", region="37") == [b]
    assert findings(books, "A44", person=ref("d")) == [a]  # by a reference that was merged into another
    assert findings(books, "A44", key=c.key) == [c]
    assert findings(books, "A44", state="open") == [a, c, b]
    assert findings(books, "A44", state="closed") == []
