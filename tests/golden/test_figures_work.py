"""employment_starts, persons_started, persons_employed, dispatched_out_of_province."""

from __future__ import annotations

import pytest

from tests.support.books import Books, _databases, books, left, merged, missed, started, visited

__all__ = ["_databases", "books"]


def test_a_start_is_a_spell_and_an_internship_is_none(books: Books) -> None:
    books.placement.add(started("a", "2025-04-01", "E1"))
    books.placement.add(started("a", "2025-05-01", "E2", kind="flexible"))
    books.placement.add(started("b", "2025-04-01", "E1", kind="internship"))
    books.placement.retract(books.placement.add(started("c", "2025-04-01", "E1", kind="internship")))
    books.placement.add(started("d", "2025-08-01"))
    assert books.members("employment_starts", end="2025-06-30") == [
        "a/E1/2025-04-01 counted placement@0",
        "a/E2/2025-05-01 counted placement@1",
        "b/E1/2025-04-01 internship placement@2",
        "c/E1/2025-04-01 voided placement@3",
    ]
    answer = books.figure("employment_starts", end="2025-06-30")
    assert (answer.value, answer.unit, answer.persons) == (2, "人次", 1)
    assert books.members("persons_started", end="2025-06-30") == [
        "a counted placement@0",
        "b all_excluded placement@2",
        "c all_excluded placement@3",
    ]
    assert books.figure("persons_started", end="2025-06-30").beside == {"人次": 2, "参与期": 1}


def test_starts_are_shown_by_their_kind(books: Books) -> None:
    books.placement.add(started("a", "2025-04-01", "E1", kind="full_time"))
    books.placement.add(started("a", "2025-05-01", "E2", kind="flexible"))
    books.placement.add(started("b", "2025-04-01", "E1", kind="internship"))
    books.placement.add(started("c", "2025-04-02", "E1", kind=None))
    books.placement.retract(books.placement.add(started("d", "2025-04-01", "E1", kind="flexible")))
    kinds = books.figure("employment_starts").splits["kind"]
    assert {kind: count for kind, count in kinds.items() if count} == {"full_time": 1, "flexible": 1, "unknown": 1}


def test_a_start_more_than_ninety_days_after_the_one_before_begins_another_period(books: Books) -> None:
    for day in ("2025-01-01", "2025-04-01", "2025-07-01"):  # 90 days, then 91
        books.placement.add(started("a", day, f"E{day[5:7]}"))
    books.placement.add(started("b", "2025-01-01"))
    assert books.figure("persons_started").beside == {"人次": 4, "参与期": 3}
    # what does not count lies between nothing
    books.placement.add(started("b", "2025-03-01", "E2", kind="internship"))
    again = books.placement.add(started("b", "2025-05-01", "E3"))
    assert books.figure("persons_started").beside == {"人次": 5, "参与期": 4}
    books.placement.retract(again)
    assert books.figure("persons_started").beside == {"人次": 4, "参与期": 3}
    # another programme is another participation
    books.placement.add(started("b", "2025-01-15", "E4", programme="other"))
    assert books.figure("persons_started", programme=None).beside == {"人次": 5, "参与期": 4}


@pytest.mark.parametrize(
    ("again", "reason"),
    [("2025-05-10", "rejoined"), ("2025-06-09", "rejoined"), ("2025-06-10", "counted"), ("2025-05-09", "counted")],
)
def test_back_within_thirty_days_is_no_new_start(books: Books, again: str, reason: str) -> None:
    books.placement.add(started("a", "2025-04-01"))
    books.placement.add(left("a", "2025-05-10"))
    books.placement.add(started("a", again))
    assert books.members("employment_starts") == [
        "a/E1/2025-04-01 counted placement@0",
        f"a/E1/{again} {reason} placement@2",
    ]


def test_rejoining_is_the_same_person_employer_and_programme(books: Books) -> None:
    books.placement.add(started("a", "2025-04-01"))
    books.placement.add(left("a", "2025-05-10"))
    books.placement.add(started("a", "2025-05-20", "E2"))
    books.placement.add(started("b", "2025-05-20", "E1"))
    books.placement.add(started("a", "2025-05-20", "E1", programme="other"))
    books.placement.add(started("c", "2025-05-20", "E1", region="371581"), agency="linqing-hrss")
    assert books.figure("employment_starts", programme=None).excluded == {}
    # another reference of the same person, stated by another agency elsewhere
    books.registry.add(merged("c", "a"))
    assert books.figure("employment_starts", programme=None).excluded == {"rejoined": 1}
    assert books.members("employment_starts", region="371581") == ["linqing-hrss/c/E1/2025-05-20 rejoined placement@5"]
    assert books.figure("persons_started").value == 2


def test_only_a_standing_end_of_standing_work_makes_a_return(books: Books) -> None:
    first = books.placement.add(started("a", "2025-04-01"))
    end = books.placement.add(left("a", "2025-05-10"))
    books.placement.add(started("a", "2025-05-20"))
    assert books.figure("employment_starts").excluded == {"rejoined": 1}
    books.placement.retract(end)
    assert books.figure("employment_starts").value == 2
    books.placement.retract(first)
    assert books.figure("employment_starts").excluded == {"voided": 1}


def test_an_internship_that_becomes_work_is_a_start(books: Books) -> None:
    books.placement.add(started("a", "2025-04-01", kind="internship"))
    books.placement.add(left("a", "2025-05-10"))
    books.placement.add(started("a", "2025-05-11"))
    assert books.members("employment_starts") == [
        "a/E1/2025-04-01 internship placement@0",
        "a/E1/2025-05-11 counted placement@2",
    ]


def test_the_previous_work_may_lie_before_the_window(books: Books) -> None:
    books.placement.add(started("a", "2025-04-01"))
    books.placement.add(left("a", "2025-05-10"))
    books.placement.add(started("a", "2025-05-20"))
    assert books.members("employment_starts", start="2025-05-15") == ["a/E1/2025-05-20 rejoined placement@2"]
    assert books.figure("persons_started", start="2025-05-15").excluded == {"all_excluded": 1}


def test_employed_is_who_has_an_open_spell_at_to(books: Books) -> None:
    books.placement.add(started("a", "2025-04-01"))
    books.placement.add(started("b", "2025-04-01"))
    books.placement.add(left("b", "2025-06-20"))
    books.placement.add(started("c", "2025-06-21"))
    books.placement.add(started("d", "2025-04-01", kind="internship"))
    books.placement.retract(books.placement.add(started("e", "2025-04-01")))
    assert books.members("persons_employed", end="2025-06-20") == [
        "a counted placement@0",
        "b ended placement@1",
        "e voided placement@5",
    ]
    assert books.members("persons_employed", end="2025-06-19")[1] == "b counted placement@1"
    assert books.figure("persons_employed", end="2025-06-21").value == 2
    # a stock has no beginning, and says so when asked for one
    with_start = books.figure("persons_employed", start="2025-06-01", end="2025-06-20")
    assert with_start.value == 1
    assert any("时点数" in note for note in with_start.notes)


def test_the_latest_visit_since_the_start_decides(books: Books) -> None:
    for person in "abcdef":
        books.placement.add(started(person, "2025-04-01"))
    books.followup.add(missed("a", "2025-05-01"))
    books.followup.add(visited("b", "2025-05-01", "left"))
    books.followup.add(missed("c", "2025-05-01"))
    books.followup.add(visited("c", "2025-05-02", "working"))
    books.followup.add(missed("d", "2025-03-31"))  # before the start
    books.followup.add(missed("e", "2025-06-21"))  # after `to`
    voided = books.followup.add(missed("f", "2025-05-01"))
    assert books.members("persons_employed", end="2025-06-20") == [
        "a lost_contact placement@0",
        "b reported_left placement@1",
        "c counted placement@2",
        "d counted placement@3",
        "e counted placement@4",
        "f lost_contact placement@5",
    ]
    books.followup.retract(voided)
    assert "f counted placement@5" in books.members("persons_employed", end="2025-06-20")
    # a new start after the visit: nobody has looked since
    books.placement.add(started("a", "2025-05-02", "E2"))
    assert "a counted placement@6" in books.members("persons_employed", end="2025-06-20")


def test_of_two_visits_on_one_day_the_later_recorded_is_the_latest(books: Books) -> None:
    books.placement.add(started("a", "2025-04-01"))
    books.followup.add(missed("a", "2025-05-01", "phone"))
    books.followup.add(visited("a", "2025-05-01", "working", "home"))
    assert books.figure("persons_employed").value == 1
    books.followup.add(missed("a", "2025-05-01", "online"))
    assert books.figure("persons_employed").excluded == {"lost_contact": 1}


def test_one_open_spell_is_enough_and_standing_reasons_come_first(books: Books) -> None:
    books.placement.add(started("a", "2025-04-01", "E1"))
    books.placement.add(left("a", "2025-05-01", employer="E1"))
    books.placement.add(started("a", "2025-05-05", "E2"))
    books.placement.retract(books.placement.add(started("b", "2025-04-01", "E1")))
    books.placement.add(started("b", "2025-04-02", "E1"))  # 5: the date was wrong
    books.placement.add(left("b", "2025-05-01", since="2025-04-02"))
    assert books.members("persons_employed") == ["a counted placement@2", "b ended placement@5"]


def test_visits_of_another_programme_say_nothing_but_of_another_region_do(books: Books) -> None:
    books.placement.add(started("a", "2025-04-01"))
    books.followup.add(visited("a", "2025-05-01", "left", programme="other"))
    assert books.figure("persons_employed").value == 1
    assert books.figure("persons_employed", programme=None).value == 1
    books.followup.add(visited("a", "2025-05-01", "left", region="371581"))
    assert books.figure("persons_employed", region="63").excluded == {"reported_left": 1}
    # at work in the other programme: employed
    books.placement.add(started("a", "2025-05-10", programme="other"))
    assert books.figure("persons_employed", programme=None).value == 1
    assert books.figure("persons_employed", region="37").matched == 0


def test_merged_references_share_spells_and_visits(books: Books) -> None:
    books.placement.add(started("a", "2025-04-01"))
    books.followup.add(missed("b", "2025-05-01"))
    assert books.figure("persons_employed").value == 1
    books.registry.add(merged("b", "a"))
    assert books.members("persons_employed") == ["a lost_contact placement@0"]


def test_dispatched_is_a_counted_start_in_another_province(books: Books) -> None:
    books.placement.add(started("a", work_region="320100"))
    books.placement.add(started("b", work_region="630121"))
    books.placement.add(started("c", work_region="63"))
    books.placement.add(started("d"))
    books.placement.add(started("e", work_region="320100", kind="internship"))
    books.placement.retract(books.placement.add(started("f", work_region="320100")))
    books.placement.add(started("g", work_region="630121", region="371581"))
    assert books.members("dispatched_out_of_province") == [
        "a/E1/2025-04-01 counted placement@0",
        "b/E1/2025-04-01 local placement@1",
        "c/E1/2025-04-01 local placement@2",
        "d/E1/2025-04-01 unknown_place placement@3",
        "g/E1/2025-04-01 counted placement@7",
    ]
    answer = books.figure("dispatched_out_of_province", region="63")
    assert (answer.value, answer.matched) == (1, 4)
    assert books.figure("employment_starts", region="63").counted == answer.matched
