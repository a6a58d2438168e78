"""outcome_ladder: one cohort, every rung on one day."""

from __future__ import annotations

from typing import Any

from ledgerctl.ladder.rungs import Ladder, ladder_of
from tests.support.books import (
    Books,
    _databases,
    books,
    completed,
    contract,
    left,
    merged,
    paid,
    signed,
    started,
    visited,
    withdrawn,
)

__all__ = ["_databases", "books"]

END = "2025-12-31"


def ladder(books: Books, **asked: Any) -> Ladder:
    answer = books.figure("outcome_ladder", **{"end": END, **asked})
    return ladder_of({"counted": answer.counted, "splits": answer.splits})


def steps(books: Books, **asked: Any) -> dict[str, tuple[int, int, int]]:
    return {one.id: (one.yes, one.not_yet_known, one.unknown) for one in ladder(books, **asked).rungs}


def test_each_person_of_the_cohort_stands_on_their_own_rung(books: Books) -> None:
    for person in "abcdef":
        books.training.add(completed(person, on="2025-03-10"))
    books.training.add(completed("g", on="2025-03-10", result="failed"))
    for person in "abc":
        books.placement.add(signed(f"YX-{person}", person))
    books.placement.add(contract("LD-a", "a"))
    books.placement.add(contract("LD-e", "e"))  # without an agreement
    books.placement.add(started("a", "2025-04-01"))
    books.followup.add(visited("a", "2025-10-15"))
    books.followup.add(paid("a", "2025-05", 400_000))
    books.placement.add(started("b", "2025-04-01"))
    books.placement.add(left("b", "2025-06-15"))  # 75 days
    books.placement.add(started("e", "2025-04-01"))  # nothing was heard of them
    books.placement.add(started("f", "2025-02-01"))  # before they completed
    assert steps(books) == {
        "completed": (6, 0, 0),
        "agreement": (3, 0, 0),
        "contract": (2, 0, 0),
        "started": (3, 0, 0),
        "d30": (2, 0, 1),
        "d90": (1, 0, 1),
        "d180": (1, 0, 1),
        "wage_proven": (1, 0, 0),
    }
    found = ladder(books)
    assert (found.persons, found.contract_without_agreement, found.started_before) == (6, 1, 1)
    assert books.figure("outcome_ladder", end=END).excluded == {"failed": 1}


def test_not_yet_known_is_neither_yes_nor_no_and_becomes_unknown_after_sixty_days(books: Books) -> None:
    books.training.add(completed("a", on="2025-03-10"))
    books.placement.add(started("a", "2025-04-01"))  # day 30: 1 May; sixty days on: 30 June
    assert steps(books, end="2025-04-15")["d30"] == (0, 1, 0)
    assert steps(books, end="2025-06-30")["d30"] == (0, 1, 0)
    assert steps(books, end="2025-07-01")["d30"] == (0, 0, 1)
    assert steps(books, end="2025-07-01")["d90"] == (0, 1, 0)
    books.followup.add(visited("a", "2025-05-01"))
    assert steps(books, end="2025-07-01")["d30"] == (1, 0, 0)


def test_a_visit_in_later_work_says_nothing_of_the_first(books: Books) -> None:
    books.training.add(completed("a", on="2025-03-10"))
    books.placement.add(started("a", "2025-04-01", "E1"))
    books.placement.add(started("a", "2025-06-01", "E2"))
    books.followup.add(visited("a", "2025-07-15"))
    assert steps(books)["d30"] == (0, 0, 1)
    books.followup.add(visited("a", "2025-05-20"))
    assert steps(books)["d30"] == (1, 0, 0)


def test_the_window_and_the_region_are_those_of_the_completion(books: Books) -> None:
    books.training.add(completed("a", on="2025-03-10"))
    books.training.add(completed("b", on="2025-05-10"))
    books.placement.add(signed("YX-1", "a", on="2025-02-01", region="371581"))
    books.placement.add(started("a", "2025-04-01", region="371581"))
    window = {"start": "2025-03-01", "end": "2025-04-30", "region": "63"}
    found = steps(books, **window)
    assert (found["completed"][0], found["agreement"][0], found["started"][0]) == (1, 1, 1)


def test_what_was_withdrawn_or_retracted_holds_nobody_up(books: Books) -> None:
    books.training.add(completed("a", on="2025-03-10"))
    books.placement.add(signed("YX-1", "a"))
    start = books.placement.add(started("a", "2025-04-01"))
    books.placement.add(left("a", "2025-11-30"))
    wage = books.followup.add(paid("a", "2025-05", 400_000))
    assert steps(books)["wage_proven"] == (1, 0, 0)
    books.followup.retract(wage)
    books.followup.add(paid("a", "2025-05", 400_000, proof="self_report"))
    assert steps(books)["wage_proven"] == (0, 0, 0)
    assert steps(books)["d180"] == (1, 0, 0)
    books.placement.add(withdrawn("YX-1", "a", "2025-06-01"))
    assert steps(books)["agreement"] == (0, 0, 0)
    books.placement.retract(start)
    assert steps(books)["started"] == (0, 0, 0)
    assert steps(books)["d30"] == (0, 0, 0)


def test_two_references_of_one_person_are_one_person_on_the_ladder(books: Books) -> None:
    books.training.add(completed("a", on="2025-03-10"))
    books.placement.add(started("b", "2025-04-01"))
    books.followup.add(visited("b", "2025-05-10"))
    assert steps(books)["started"] == (0, 0, 0)
    books.registry.add(merged("b", "a"))
    assert steps(books)["started"] == (1, 0, 0)
    assert steps(books)["d30"] == (1, 0, 0)


def test_the_kept_rungs_are_nested(books: Books) -> None:
    for number, (person, days) in enumerate([("a", 20), ("b", 50), ("c", 120), ("d", 200)]):
        books.training.add(completed(person, on="2025-01-10"))
        books.placement.add(started(person, "2025-02-01", f"E{number}"))
        ended = {20: "2025-02-21", 50: "2025-03-23", 120: "2025-06-01", 200: "2025-08-20"}[days]
        books.placement.add(left(person, ended, since="2025-02-01", employer=f"E{number}"))
    found = steps(books)
    assert [found[f"d{days}"][0] for days in (30, 90, 180)] == [3, 2, 1]
