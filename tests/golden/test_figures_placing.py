"""Where people went and how they were prepared, what contracts they have, and how their pay grew."""

from __future__ import annotations

import pytest

from ledger.errors import Refused
from services.audit.answers import Rate
from tests.support.books import (
    Books,
    _databases,
    books,
    completed,
    contract,
    contract_withdrawn,
    issue,
    left,
    merged,
    paid,
    resolved,
    started,
)
from tests.support.facts import checked, promoted, upskilled, visit_stream

__all__ = ["_databases", "books"]


def test_starts_are_counted_within_the_regions_asked_for(books: Books) -> None:
    places = ("440103", "820000", "440000", "450100", None, "440900", "630121")
    for person, place in zip("abcdefg", places, strict=True):
        books.placement.add(started(person, work_region=place, region="440900"))
    books.placement.add(started("h", work_region="440103", kind="internship"))
    books.placement.retract(books.placement.add(started("i", work_region="440103")))
    assert books.members("starts_by_work_region", extra={"work_region": "大湾区"}) == [
        "a/E1/2025-04-01 counted placement@0",
        "b/E1/2025-04-01 counted placement@1",
        "c/E1/2025-04-01 unknown_place placement@2",  # Guangdong: in the Bay Area or not
        "d/E1/2025-04-01 elsewhere placement@3",
        "e/E1/2025-04-01 unknown_place placement@4",
        "f/E1/2025-04-01 elsewhere placement@5",
        "g/E1/2025-04-01 elsewhere placement@6",
    ]
    assert books.figure("starts_by_work_region", extra={"work_region": "大湾区"}).splits == {
        "place": {"same_county": 0, "same_province": 1, "away": 1}
    }


def test_without_regions_all_known_places_count_and_are_shown_by_distance(books: Books) -> None:
    for person, place in zip("abcd", ("630121", "630105", "320100", None), strict=True):
        books.placement.add(started(person, work_region=place))
    answer = books.figure("starts_by_work_region")
    assert (answer.value, answer.excluded) == (3, {"unknown_place": 1})
    assert answer.splits == {"place": {"same_county": 1, "same_province": 1, "away": 1}}
    assert books.figure("starts_by_work_region", start="2025-04-02").matched == 0


def test_regions_may_be_named_and_listed_in_many_ways(books: Books) -> None:
    books.placement.add(started("a", work_region="320100"))
    for said in ("320000", "32", "4401、32", "大湾区, 320100", "320100 320100"):
        assert books.figure("starts_by_work_region", extra={"work_region": said}).value == 1, said
    asked = books.figure("starts_by_work_region", extra={"work_region": "大湾区 320000"}).parameters.to_json()
    assert asked["work_region"] == "32,4401,4403,4404,4406,4407,4412,4413,4419,4420,81,82"
    for wrong in ("珠三角", "3", "44011", "44x1", "000000"):
        with pytest.raises(Refused, match="大湾区"):
            books.figure("starts_by_work_region", extra={"work_region": wrong})


def test_internships_are_counted_apart(books: Books) -> None:
    books.placement.add(started("a", kind="internship"))
    books.placement.add(started("b"))
    books.placement.add(started("c", "2025-05-01", kind="internship"))
    books.placement.retract(books.placement.add(started("d", kind="internship")))
    assert books.members("internships_started", end="2025-04-30") == [
        "a/E1/2025-04-01 counted placement@0",
        "d/E1/2025-04-01 voided placement@3",
    ]
    assert books.figure("internships_started").value == 2
    # corrected into work: no internship any more
    books.placement.correct(0, started("a"))
    assert books.figure("internships_started", end="2025-04-30").value == 0


def test_trained_before_the_start_is_a_pass_by_its_day_whenever_and_wherever(books: Books) -> None:
    for person in "abcdef":
        books.placement.add(started(person, "2025-04-01"))
    books.training.add(completed("a", on="2025-04-01"))
    books.training.add(completed("b", on="2025-04-02"))
    books.training.add(completed("c", on="2023-04-01", region="371581"))
    books.training.add(completed("d", on="2025-03-01", result="failed"))
    books.training.add(completed("e", on="2025-03-01", programme="other"))
    books.training.retract(books.training.add(completed("f", on="2025-03-01")))
    assert books.members("pre_job_training_rate", start="2025-04-01") == [
        "a/E1/2025-04-01 counted placement@0",
        "b/E1/2025-04-01 missing placement@1",
        "c/E1/2025-04-01 counted placement@2",
        "d/E1/2025-04-01 missing placement@3",
        "e/E1/2025-04-01 missing placement@4",
        "f/E1/2025-04-01 missing placement@5",
    ]
    assert books.figure("pre_job_training_rate").value == Rate(2, 6)
    books.registry.add(merged("f", "a"))
    assert books.figure("pre_job_training_rate").value == Rate(3, 6)


def test_starts_that_do_not_count_are_in_no_rate(books: Books) -> None:
    books.placement.add(started("a", kind="internship"))
    books.placement.retract(books.placement.add(started("b")))
    books.placement.add(started("c", "2025-03-01"))
    books.placement.add(left("c", "2025-03-20", since="2025-03-01"))
    books.placement.add(started("c", "2025-04-01"))  # a return
    for figure in ("pre_job_training_rate", "health_check_rate"):
        assert books.figure(figure).value == Rate(0, 1)
        assert books.figure(figure, end="2025-01-01").value == Rate(0, 0)


def test_a_health_check_holds_for_a_year(books: Books) -> None:
    for person in "abcde":
        books.placement.add(started(person, "2025-04-01"))
    books.placement.add(checked("a", "2024-04-01"))  # 365 days before
    books.placement.add(checked("b", "2024-03-31"))
    books.placement.add(checked("c", "2025-04-01"))
    books.placement.add(checked("d", "2025-04-02"))
    books.placement.retract(books.placement.add(checked("e", "2025-03-01")))
    assert books.members("health_check_rate") == [
        "a/E1/2025-04-01 counted placement@0",
        "b/E1/2025-04-01 missing placement@1",
        "c/E1/2025-04-01 counted placement@2",
        "d/E1/2025-04-01 missing placement@3",
        "e/E1/2025-04-01 missing placement@4",
    ]
    assert books.figure("health_check_rate").value == Rate(2, 5)


def test_contracts_are_on_an_approved_template_another_or_who_knows(books: Books) -> None:
    books.placement.add(contract("1", "a", template="standard"))
    books.placement.add(contract("2", "b", template="other"))
    books.placement.add(contract("3", "c", kind="service"))
    books.placement.add(contract("4", "d", template="standard"))
    gone = books.placement.add(contract_withdrawn("4", "d", "2025-05-01"))
    books.placement.retract(books.placement.add(contract("5", "e", template="standard")))
    assert books.members("standard_contract_rate") == [
        "labour/1 counted placement@0",
        "labour/2 other_template placement@1",
        "service/3 unknown_template placement@2",
    ]
    assert books.figure("standard_contract_rate").value == Rate(1, 3)
    assert books.figure("standard_contract_rate", end="2025-04-30").value == Rate(2, 4)
    books.placement.retract(gone)
    assert books.figure("standard_contract_rate").value == Rate(2, 4)


def test_pay_grew_over_persons_with_two_proven_months_apart(books: Books) -> None:
    books.followup.add(paid("a", "2025-01", 400_000))
    books.followup.add(paid("a", "2025-04", 440_000))  # 90 days on
    books.followup.add(paid("b", "2025-02", 400_000))
    books.followup.add(paid("b", "2025-05", 480_000))  # 89 days on
    books.followup.add(paid("c", "2025-01", 400_000))
    books.followup.add(paid("c", "2025-03", 900_000))  # in between: of no matter
    books.followup.add(paid("c", "2025-06", 380_000, "bank"))
    books.followup.add(paid("d", "2025-01", 400_000, "self_report"))
    books.followup.add(paid("d", "2025-06", 500_000))
    assert books.members("wage_growth") == [
        "a counted = 40000 followup@1",
        "b months_too_close = 80000 followup@3",
        "c counted = -20000 followup@6",
        "d months_too_close = 0 followup@8",
    ]
    answer = books.figure("wage_growth")
    assert (answer.value, answer.unit, answer.persons) == (Rate(20_000, 800_000), "%", 2)
    assert answer.to_json()["value"] == {"numerator": 20_000, "denominator": 800_000}
    assert books.figure("wage_growth", extra={"min_proof": "本人口述"}).value == Rate(120_000, 1_200_000)


def test_growth_takes_the_least_of_a_month_and_leaves_out_what_was_retracted(books: Books) -> None:
    books.followup.add(paid("a", "2024-02", 400_000))
    books.followup.add(paid("a", "2024-02", 390_000, "bank"))
    books.followup.add(paid("a", "2024-05", 429_000))  # 2024 is a leap year: 90 days
    late = books.followup.add(paid("a", "2024-08", 900_000))
    assert books.figure("wage_growth").value == Rate(510_000, 390_000)
    books.followup.retract(late)
    assert books.figure("wage_growth").value == Rate(39_000, 390_000)
    assert books.figure("wage_growth", start="2024-03-01").value == Rate(0, 0)
    # an internship's month is none
    books.placement.add(started("a", "2024-02-01", kind="internship"))
    books.placement.add(left("a", "2024-02-28", since="2024-02-01"))
    assert books.members("wage_growth") == ["a months_too_close = 0 followup@2"]


def test_pay_that_fell_shrank(books: Books) -> None:
    books.followup.add(paid("a", "2025-01", 400_000))
    books.followup.add(paid("b", "2025-06", 300_000))
    assert books.figure("wage_growth").value == Rate(0, 0)
    books.registry.add(merged("b", "a"))
    assert books.figure("wage_growth").value == Rate(-100_000, 400_000)


def test_the_days_of_an_issue_are_those_from_opening_to_resolution(books: Books) -> None:
    days = {"1": "2025-05-03", "2": "2025-05-06", "3": "2025-05-31"}
    for (number, on), person in zip(days.items(), "abc", strict=True):
        opened = books.followup.add(issue(number, person, "2025-05-01"))
        books.followup.add(resolved(person, on), subject=books.followup.entries[opened].entry.subject)
    books.followup.add(issue("4", "d", "2025-05-01"))  # still open: in no median
    assert books.members("issue_days_median") == [
        "1 counted = 2 followup@0",
        "2 counted = 5 followup@2",
        "3 counted = 30 followup@4",
    ]
    answer = books.figure("issue_days_median")
    assert answer.distribution is not None
    assert (answer.value, answer.unit, answer.distribution.mean) == (5, "天", 12)
    # two in the window: 3.5 days, half up
    assert books.figure("issue_days_median", end="2025-05-10").value == 4
    assert books.figure("issue_days_median", end="2025-05-02").value is None
    books.followup.retract(3)
    assert books.figure("issue_days_median").value == 16


def test_promotions_and_further_training_are_counted_one_by_one(books: Books) -> None:
    for make, figure in ((promoted, "promotions"), (upskilled, "upskilled")):
        first = len(books.followup)
        books.followup.add(make("a"), subject=visit_stream("a", f"{figure}1"))
        books.followup.add(make("a", "2025-06-10"), subject=visit_stream("a", f"{figure}2"))
        books.followup.add(make("b", "2025-07-01"), subject=visit_stream("b", f"{figure}1"))
        books.followup.retract(books.followup.add(make("c"), subject=visit_stream("c", f"{figure}1")))
        corrected = books.followup.add(make("d"), subject=visit_stream("d", f"{figure}1"))
        books.followup.correct(corrected, make("d", "2025-06-02"))
        counted = [(m.index - first, m.reason) for m in books.raw_members(figure, end="2025-06-30")]
        assert counted == [(0, None), (1, None), (3, "voided"), (7, None)]
        answer = books.figure(figure, end="2025-06-30")
        assert (answer.value, answer.unit, answer.persons) == (3, "人次", 2)
