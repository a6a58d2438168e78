"""employers, employers_by_mode, persons_employed_by_mode, cooperations, vacancies."""

from __future__ import annotations

import pytest

from ledger.errors import Refused
from tests.support.books import Books, _databases, books, left, missed, started
from tests.support.facts import cooperation, employer, employer_closed, vacancy

__all__ = ["_databases", "books"]


def test_an_employer_counts_once_until_it_is_closed(books: Books) -> None:
    books.placement.add(employer("E1"))
    books.placement.add(employer("E1"), agency="linqing-hrss")  # the same firm, stated by another agency
    books.placement.add(employer("E2"))
    books.placement.add(employer_closed("E2", "2025-06-20"))
    books.placement.retract(books.placement.add(employer("E3")))  # 4, 5
    books.placement.add(employer("E4", on="2025-06-21"))
    assert books.members("employers", end="2025-06-20") == [
        "E1 counted placement@0",
        "E2 closed placement@2",
        "E3 voided placement@4",
    ]
    assert books.figure("employers", end="2025-06-19").value == 2
    assert books.figure("employers", end="2025-06-21").value == 2


def test_one_open_registration_keeps_an_employer_open(books: Books) -> None:
    books.placement.add(employer("E1"))
    books.placement.add(employer("E1"), agency="linqing-hrss")
    closing = books.placement.add(employer_closed("E1", "2025-03-01"))
    assert books.members("employers") == ["E1 counted placement@1"]
    books.placement.add(employer_closed("E1", "2025-03-01"), agency="linqing-hrss")
    assert books.figure("employers").excluded == {"closed": 1}
    books.placement.retract(closing)
    assert books.members("employers") == ["E1 counted placement@0"]


def test_a_correction_is_a_version_and_the_region_is_that_of_the_registration(books: Books) -> None:
    books.placement.correct(books.placement.add(employer("E1")), employer("E1", "agency"))
    books.placement.add(employer("E2", region="371581"))
    assert books.members("employers") == ["E1 counted placement@2", "E2 counted placement@3"]
    assert books.figure("employers", region="63").value == 1
    assert books.figure("employers", programme="other").matched == 0


def test_employers_are_shown_by_how_they_do_business(books: Books) -> None:
    for name, mode in (("E1", "employee"), ("E2", "agency"), ("E3", "other"), ("E4", None), ("E5", "employee")):
        books.placement.add(employer(name, mode))
    books.placement.add(employer_closed("E5", "2025-03-01"))
    assert books.members("employers_by_mode") == [
        "E1 counted placement@0",
        "E2 counted placement@1",
        "E3 other_mode placement@2",
        "E4 unknown_mode placement@3",
        "E5 closed placement@4",
    ]
    answer = books.figure("employers_by_mode")
    assert (answer.value, answer.splits) == (2, {"mode": {"employee": 1, "agency": 1}})
    one = books.figure("employers_by_mode", extra={"mode": "员工制"})
    assert (one.value, one.excluded) == (1, {"closed": 1, "other_mode": 2, "unknown_mode": 1})
    with pytest.raises(Refused, match="员工制"):
        books.figure("employers_by_mode", extra={"mode": "合伙制"})


def test_of_two_modes_the_first_recorded_counts_and_a_retracted_one_does_not(books: Books) -> None:
    books.placement.add(employer("E1"))  # says nothing of its mode
    agency = books.placement.add(employer("E1", "agency"), agency="linqing-hrss")
    books.placement.add(employer("E1", "employee"), agency="maoming-hrss")
    assert books.figure("employers_by_mode").splits["mode"] == {"employee": 0, "agency": 1}
    books.placement.retract(agency)
    assert books.members("employers_by_mode") == ["E1 counted placement@0"]
    assert books.figure("employers_by_mode").splits["mode"] == {"employee": 1, "agency": 0}


def test_persons_at_work_are_shown_by_the_mode_of_their_employer(books: Books) -> None:
    books.placement.add(employer("E1", "employee"))
    books.placement.add(employer("E2", "agency"))
    books.placement.add(employer("E3", "other"))
    books.placement.add(started("a", employer="E1"))
    books.placement.add(started("b", employer="E2"))
    books.placement.add(started("c", employer="E3"))
    books.placement.add(started("d", employer="E9"))
    books.placement.add(started("e", employer="E1"))
    books.placement.add(left("e", "2025-05-01", employer="E1"))
    books.placement.add(started("f", employer="E1", kind="internship"))
    books.placement.add(started("g", employer="E1"))
    books.followup.add(missed("g", "2025-05-01"))
    assert books.members("persons_employed_by_mode") == [
        "a counted placement@3",
        "b counted placement@4",
        "c other_mode placement@5",
        "d unknown_mode placement@6",
        "e ended placement@7",
        "g lost_contact placement@10",
    ]
    answer = books.figure("persons_employed_by_mode")
    assert (answer.value, answer.persons) == (2, 2)
    assert answer.splits == {"mode": {"employee": 1, "agency": 1}}
    assert books.figure("persons_employed").value == 4
    assert books.figure("persons_employed_by_mode", extra={"mode": "agency"}).value == 1


def test_who_works_for_both_kinds_is_one_person(books: Books) -> None:
    books.placement.add(employer("E1", "employee"))
    books.placement.add(employer("E2", "agency"))
    books.placement.add(started("a", employer="E2"))
    books.placement.add(started("a", "2025-05-01", employer="E1"))
    assert books.members("persons_employed_by_mode") == ["a counted placement@3"]
    books.placement.retract(3)
    assert books.figure("persons_employed_by_mode").splits == {"mode": {"employee": 0, "agency": 1}}


def test_cooperations_are_of_employers_that_are_not_closed(books: Books) -> None:
    books.placement.add(cooperation("E1"))
    books.placement.add(cooperation("E1", "2025-03-01"))  # signed anew: the same employer
    books.placement.add(cooperation("E2"))
    books.placement.add(employer("E2"))
    books.placement.add(employer_closed("E2", "2025-05-01"))
    books.placement.retract(books.placement.add(cooperation("E3")))  # 5, 6
    books.placement.add(cooperation("E4", "2025-07-01"))
    assert books.members("cooperations", end="2025-06-30") == [
        "E1 counted placement@0",
        "E2 closed placement@2",
        "E3 voided placement@5",
    ]
    assert books.figure("cooperations", end="2025-04-30").value == 2
    # another agency still has it open
    books.placement.add(employer("E2"), agency="linqing-hrss")
    assert books.figure("cooperations", end="2025-06-30").value == 2


def test_vacancies_are_summed_in_the_window(books: Books) -> None:
    books.placement.add(vacancy("E1", 30))
    books.placement.add(vacancy("E1", 5, "2025-03-01"))
    books.placement.add(vacancy("E2", 7, "2025-05-01"))
    books.placement.retract(books.placement.add(vacancy("E3", 9)))  # 3, 4
    books.placement.correct(books.placement.add(vacancy("E4", 2)), vacancy("E4", 1))  # 5, 6, 7
    assert books.members("vacancies", end="2025-04-30") == [
        "E1/2025-02-01/none counted = 30 placement@0",
        "E1/2025-03-01/none counted = 5 placement@1",
        "E3/2025-02-01/none voided = 9 placement@3",
        "E4/2025-02-01/none counted = 1 placement@7",
    ]
    answer = books.figure("vacancies", end="2025-04-30")
    assert (answer.value, answer.counted, answer.unit) == (36, 3, "个")
    assert books.figure("vacancies", start="2025-03-01").value == 12
    assert books.figure("vacancies", programme="other").value == 0
