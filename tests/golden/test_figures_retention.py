"""visit_coverage_d30/_d90/_d180, retained_d30/_d90/_d180: which spells, which days, and what is not yet known."""

from __future__ import annotations

import pytest

from services.audit.answers import Rate
from tests.support.books import Books, _databases, books, left, merged, missed, started, visited

__all__ = ["_databases", "books"]


def test_a_spell_is_covered_by_an_answered_visit_ten_days_around_the_day(books: Books) -> None:
    books.placement.add(started("a", "2025-03-01"))
    books.placement.add(started("b", "2025-03-01"))
    books.placement.add(started("c", "2025-03-01"))
    books.placement.add(started("d", "2025-03-01", kind="internship"))
    books.placement.add(started("e", "2025-03-01"))
    books.placement.retract(books.placement.add(started("f", "2025-03-01")))  # 5, 6
    books.followup.add(visited("a", "2025-03-21"))  # day 20
    books.followup.add(visited("b", "2025-04-10", "left"))  # day 40: left is an answer, too
    books.followup.add(missed("c", "2025-03-31"))
    books.followup.add(visited("e", "2025-03-20"))  # day 19
    books.followup.add(visited("e", "2025-04-11"))  # day 41
    assert books.members("visit_coverage_d30") == [
        "a/E1/2025-03-01 counted placement@0",
        "b/E1/2025-03-01 counted placement@1",
        "c/E1/2025-03-01 not_visited placement@2",
        "e/E1/2025-03-01 not_visited placement@4",
        "f/E1/2025-03-01 voided placement@5",
    ]
    answer = books.figure("visit_coverage_d30")
    assert (answer.value, answer.unit) == (Rate(2, 4), "%")


def test_a_spell_is_due_ten_days_after_the_day_ended_or_not(books: Books) -> None:
    books.placement.add(started("a", "2025-03-01"))
    books.placement.add(left("a", "2025-03-05", since="2025-03-01"))
    books.placement.add(started("b", "2025-03-02"))
    # 2025-03-01 + 40 days is 2025-04-10
    assert books.figure("visit_coverage_d30", end="2025-04-09").matched == 0
    assert books.members("visit_coverage_d30", end="2025-04-10") == ["a/E1/2025-03-01 not_visited placement@0"]
    assert books.figure("visit_coverage_d30", end="2025-04-11").value == Rate(0, 2)
    assert books.figure("visit_coverage_d30", start="2025-03-02", end="2025-04-11").matched == 1


@pytest.mark.parametrize(("days", "visit"), [(90, "2025-05-30"), (180, "2025-08-28")])
def test_the_later_days_have_figures_of_their_own(books: Books, days: int, visit: str) -> None:
    books.placement.add(started("a", "2025-03-01"))
    books.followup.add(visited("a", visit))
    assert books.figure(f"visit_coverage_d{days}").value == Rate(1, 1)
    assert books.figure("visit_coverage_d30").value == Rate(0, 1)


def test_a_visit_after_to_or_of_another_programme_or_retracted_covers_nothing(books: Books) -> None:
    books.placement.add(started("a", "2025-03-01"))
    books.placement.add(started("b", "2025-03-01"))
    books.placement.add(started("c", "2025-03-01"))
    books.followup.add(visited("a", "2025-03-31", programme="other"))
    books.followup.retract(books.followup.add(visited("b", "2025-03-31")))
    books.followup.add(visited("c", "2025-03-31", region="371581"))  # its region is no matter
    assert books.figure("visit_coverage_d30").value == Rate(1, 3)
    assert books.figure("visit_coverage_d30", region="37").matched == 0
    # two references of one person share their visits
    books.followup.add(visited("d", "2025-03-31"))
    books.registry.add(merged("d", "a"))
    assert books.figure("visit_coverage_d30").value == Rate(2, 3)


def test_who_left_after_the_day_was_kept_and_who_left_by_it_was_not(books: Books) -> None:
    for person, end in (("a", "2025-04-01"), ("b", "2025-03-31"), ("c", "2025-03-10")):
        books.placement.add(started(person, "2025-03-01"))
        books.placement.add(left(person, end, since="2025-03-01"))
    # day 30 is 2025-03-31
    assert books.members("retained_d30") == [
        "a/E1/2025-03-01 counted placement@0",
        "b/E1/2025-03-01 no placement@2",
        "c/E1/2025-03-01 no placement@4",
    ]
    assert books.figure("retained_d30").value == Rate(1, 3)
    assert books.figure("retained_d30", end="2025-03-30").matched == 0


def test_unknown_is_never_no(books: Books) -> None:
    books.placement.add(started("a", "2025-03-01"))  # never heard of again
    books.placement.add(started("b", "2025-03-01"))
    books.followup.add(missed("b", "2025-04-05"))
    # day 30 + 60 is 2025-05-30
    waiting = books.figure("retained_d30", end="2025-05-30")
    assert (waiting.value, waiting.excluded) == (Rate(0, 0), {"not_yet_known": 2})
    late = books.figure("retained_d30", end="2025-05-31")
    assert (late.value, late.excluded) == (Rate(0, 2), {"unknown": 2})
    # a late proof changes what was said: a restatement, not an edit
    books.followup.add(visited("a", "2025-06-01"))
    assert books.figure("retained_d30", end="2025-06-01").value == Rate(1, 2)
    assert books.figure("retained_d30", end="2025-05-31").value == Rate(0, 2)


def test_a_visit_shows_work_on_or_after_the_day_and_before_the_next_spell(books: Books) -> None:
    books.placement.add(started("a", "2025-03-01"))
    books.followup.add(visited("a", "2025-03-30"))  # day 29: too early
    books.placement.add(started("b", "2025-03-01"))
    books.followup.add(visited("b", "2025-03-31"))
    books.placement.add(started("c", "2025-03-01"))
    books.placement.add(started("c", "2025-04-10", "E2", kind="internship"))  # any later spell
    books.followup.add(visited("c", "2025-04-10"))
    books.placement.add(started("d", "2025-03-01"))
    books.followup.add(visited("d", "2025-04-05", "left"))
    assert books.members("retained_d30", end="2025-12-31") == [
        "a/E1/2025-03-01 unknown placement@0",
        "b/E1/2025-03-01 counted placement@1",
        "c/E1/2025-03-01 unknown placement@2",
        "d/E1/2025-03-01 unknown placement@4",
    ]


def test_an_end_that_was_retracted_ended_nothing_and_a_voided_spell_is_no_next_one(books: Books) -> None:
    books.placement.add(started("a", "2025-03-01"))
    end = books.placement.add(left("a", "2025-03-10", since="2025-03-01"))
    assert books.figure("retained_d30", end="2025-12-31").excluded == {"no": 1}
    books.placement.retract(end)
    assert books.figure("retained_d30", end="2025-12-31").excluded == {"unknown": 1}
    books.placement.retract(books.placement.add(started("a", "2025-03-20", "E2")))  # 3, 4
    books.followup.add(visited("a", "2025-04-05"))
    assert books.members("retained_d30", end="2025-12-31") == [
        "a/E1/2025-03-01 counted placement@0",
        "a/E2/2025-03-20 voided placement@3",
    ]


@pytest.mark.parametrize(("days", "on"), [(90, "2025-05-30"), (180, "2025-08-28")])
def test_ninety_and_a_hundred_and_eighty_days_are_asked_alike(books: Books, days: int, on: str) -> None:
    books.placement.add(started("a", "2025-03-01"))
    books.followup.add(visited("a", on))
    books.placement.add(started("b", "2025-03-01"))
    books.placement.add(left("b", on, since="2025-03-01"))
    answer = books.figure(f"retained_d{days}", end="2025-12-31")
    assert (answer.value, answer.excluded) == (Rate(1, 2), {"no": 1})
    assert books.figure(f"retained_d{days}", end="2025-05-29").matched == 0
