"""Audit rules about visits, wages and issues: each with a history that fires and one that must not."""

from __future__ import annotations

from services.followup import events as followup
from tests.support.books import (
    PROGRAMME,
    REGION,
    Books,
    _databases,
    books,
    contract,
    contract_withdrawn,
    issue,
    left,
    merged,
    missed,
    paid,
    ref,
    resolved,
    signed,
    started,
    visited,
)
from tests.support.findings import findings, found

__all__ = ["_databases", "books"]


def planned(person: str, d30: str, d90: str, d180: str, since: str = "2025-04-01") -> followup.VisitsPlanned:
    return followup.VisitsPlanned(
        programme=PROGRAMME,
        region=REGION,
        person=ref(person),
        employer="E1",
        started_on=since,
        d30_on=d30,
        d90_on=d90,
        d180_on=d180,
    )


def test_a29_wages_of_nothing_too_low_and_too_high(books: Books) -> None:
    books.followup.add(paid("a", "2025-05", 0))
    books.followup.add(paid("b", "2025-05", 99_999))
    books.followup.add(paid("c", "2025-05", 100_000))
    books.followup.add(paid("d", "2025-05", 5_000_000))
    books.followup.add(paid("e", "2025-05", 5_000_001))
    assert found(books, "A29") == [
        "a/2025-05/payslip#zero followup@0",
        "b/2025-05/payslip#too_low followup@1",
        "e/2025-05/payslip#too_high followup@4",
    ]
    assert findings(books, "A29")[1].zh == "2025-05 工资 999.99 元，低于最低标准"
    assert len(found(books, "A29", lowest_fen=212_000)) == 4


def test_a29_wages_equal_to_the_fen_for_four_fifths_of_an_employers_people(books: Books) -> None:
    for person, fen in zip("abcde", (400_000, 400_000, 400_000, 400_000, 400_001), strict=True):
        books.followup.add(paid(person, "2025-05", fen, employer="E1"))
    for person, fen in zip("abcde", (400_000, 400_000, 400_000, 400_002, 400_001), strict=True):
        books.followup.add(paid(person, "2025-06", fen, employer="E1"))
    for person in "fghi":  # four persons are too few to say
        books.followup.add(paid(person, "2025-05", 400_000, employer="E2"))
    for person in "jklmn":  # they name no employer, and nothing says where they work
        books.followup.add(paid(person, "2025-05", 400_000))
    assert found(books, "A29") == ["wages/datong-hugong/E1/2025-05#identical followup@0"]
    [one] = findings(books, "A29")
    assert (one.person, one.facts["persons"], one.facts["same"]) == (None, 5, 4)


def test_a29_a_wage_that_names_no_employer_belongs_to_the_work_of_its_day(books: Books) -> None:
    for person in "abcde":
        books.placement.add(started(person))
        books.placement.add(started(person, "2025-06-01", "E2"))
        books.followup.add(paid(person, "2025-05", 400_000, on="2025-05-31"))
    assert found(books, "A29") == ["wages/datong-hugong/E1/2025-05#identical followup@0"]


def test_a29_far_below_the_agreed_and_slips_above_the_banks_credit(books: Books) -> None:
    books.placement.add(signed("Y-a", "a", expected_wage_fen=900_000))
    books.placement.add(contract("H-a", "a", expected_wage_fen=500_000))  # 1: a contract says more than an intent
    books.followup.add(paid("a", "2025-05", 350_000, employer="E1"))
    books.followup.add(paid("a", "2025-06", 349_999, employer="E1"))  # 1
    books.followup.add(paid("b", "2025-05", 400_000, "bank"))  # 2
    books.followup.add(paid("b", "2025-05", 400_001))  # 3
    books.followup.add(paid("b", "2025-06", 400_000, "bank"))
    books.followup.add(paid("b", "2025-06", 400_000))
    assert found(books, "A29") == [
        "a/2025-06/payslip#below_agreed followup@1 ~ placement@1",
        "b/2025-05/payslip#above_bank followup@3 ~ followup@2",
    ]


def test_a30_proof_of_pay_from_an_employer_the_person_did_not_work_for_in_that_month(books: Books) -> None:
    books.placement.add(started("a"))  # E1
    books.placement.add(started("b"))
    books.placement.add(started("b", "2025-05-20", "E2"))
    books.followup.add(paid("a", "2025-05", 400_000, employer="E2"))
    books.followup.add(paid("b", "2025-05", 400_000, employer="E2"))
    books.followup.add(paid("a", "2025-06", 400_000, "self_report", employer="E2"))
    books.followup.add(paid("c", "2025-05", 400_000, employer="E2"))  # no work of theirs is known
    assert found(books, "A30") == ["a/2025-05/payslip#other_employer followup@0 ~ placement@0"]


def test_a31_work_without_any_proof_of_pay_once_its_days_are_over(books: Books) -> None:
    for person in ("a", "b", "c", "d"):
        books.placement.add(started(person))  # 2025-04-01; day 180 is 2025-09-28
    books.placement.add(left("c", "2025-04-30"))
    books.placement.add(started("e", "2025-08-01"))  # not yet
    books.followup.add(paid("a", "2025-05", 400_000, "employer_letter"))
    books.followup.add(paid("b", "2025-05", 400_000, on="2025-09-28"))
    books.followup.add(paid("d", "2025-05", 400_000, on="2025-09-29"))
    assert found(books, "A31") == [
        "a/E1/2025-04-01#unproven placement@0",
        "d/E1/2025-04-01#unproven placement@3",
    ]


def test_a32_social_insurance_that_stops_and_goes_on_within_one_spell(books: Books) -> None:
    for person in ("a", "b", "c"):
        books.placement.add(started(person))
    books.placement.add(left("c", "2025-06-30"))
    books.placement.add(started("c", "2025-07-01"))
    for person in ("a", "c"):
        for month in ("2025-04", "2025-05", "2025-07", "2025-08"):
            books.followup.add(paid(person, month, 400_000, "social_insurance", employer="E1"))
    for month in ("2025-04", "2025-06", "2025-07", "2025-09"):  # seen now and then, as visits see it
        books.followup.add(paid("b", month, 400_000, "social_insurance", employer="E1"))
    assert found(books, "A32") == ["insurance/a/E1/2025-07#gap followup@2 ~ followup@1"]


def test_a33_visits_that_were_due_and_not_made(books: Books) -> None:
    days = ("2025-05-01", "2025-06-30", "2025-09-28")
    for person in ("a", "b", "c"):
        books.placement.add(started(person))
        books.followup.add(planned(person, *days))  # 0, 1, 2
    books.placement.add(left("c", "2025-04-30"))
    books.followup.add(visited("a", "2025-05-11"))
    books.followup.add(visited("a", "2025-06-20", "left"))
    books.followup.add(visited("a", "2025-10-08"))
    books.followup.add(visited("b", "2025-05-12"))  # a day late
    books.followup.add(missed("b", "2025-06-30"))
    books.followup.add(visited("b", "2025-09-28"))
    assert found(books, "A33") == [
        "b/E1/2025-04-01/30#not_visited followup@1",
        "b/E1/2025-04-01/90#not_reached followup@1",
    ]
    assert found(books, "A33", tolerance_days=11) == ["b/E1/2025-04-01/90#not_reached followup@1"]


def test_a33_is_silent_until_the_tolerance_is_over(books: Books) -> None:
    books.placement.add(started("a", "2025-11-22"))
    books.followup.add(planned("a", "2025-12-22", "2026-02-20", "2026-05-21", since="2025-11-22"))
    assert found(books, "A33") == []  # the newest entry is of 2026-01-01
    assert found(books, "A33", tolerance_days=9) == ["a/E1/2025-11-22/30#not_visited followup@0"]


def test_a35_more_visits_than_a_day_holds(books: Books) -> None:
    one, other = "st_" + "1" * 32, "st_" + "2" * 32
    for person in "abcd":
        books.followup.add(visited(person, "2025-05-01", method="home", visitor=one))
        books.followup.add(visited(person, "2025-05-01", method="phone", visitor=other))
        books.followup.add(visited(person, "2025-05-02", method="home"))
    asked = {"daily_homes": 3, "daily_calls": 4}
    assert found(books, "A35", **asked) == [f"visitor/datong-hugong/{one}/2025-05-01#homes followup@0"]
    assert found(books, "A35", daily_calls=3) == [f"visitor/datong-hugong/{other}/2025-05-01#calls followup@1"]
    assert found(books, "A35") == []


def test_a36_issues_open_too_long_settled_late_or_before_they_were_opened(books: Books) -> None:
    subjects = []
    for number, (person, on) in enumerate(
        (("a", "2025-11-01"), ("b", "2025-11-01"), ("c", "2025-11-01"), ("d", "2025-11-01"), ("e", "2025-12-02"))
    ):
        index = books.followup.add(issue(str(number), person, on))
        subjects.append(books.followup.entries[index].entry.subject)
    books.followup.add(resolved("b", "2025-12-02"), subject=subjects[1])  # 5: after 31 days
    books.followup.add(resolved("c", "2025-10-31"), subject=subjects[2])  # 6
    books.followup.add(resolved("d", "2025-12-01"), subject=subjects[3])
    assert found(books, "A36") == [
        "0#unresolved followup@0",
        "1#late followup@1 ~ followup@5",
        "2#before_opened followup@2 ~ followup@6",
    ]
    assert [one.severity for one in findings(books, "A36")] == ["W", "W", "E"]
    assert findings(books, "A36")[0].facts["days"] == 61


def test_a37_word_of_mouth_against_records(books: Books) -> None:
    books.followup.add(paid("a", "2025-05", 500_000, "bank"))  # 0
    books.followup.add(paid("a", "2025-05", 600_000, "self_report"))
    books.followup.add(paid("b", "2025-05", 500_000, "bank"))  # 2
    books.followup.add(paid("b", "2025-05", 600_001, "self_report"))
    books.placement.add(started("c", employer_name="某公司"))
    books.placement.add(started("d"))
    books.followup.add(visited("c", "2025-05-01", employer="某公司"))
    books.followup.add(visited("d", "2025-05-01", employer="E2"))  # 5
    books.followup.add(visited("d", "2025-05-02"))
    assert found(books, "A37") == [
        "d/2025-05-01/phone#employer followup@5 ~ placement@1",
        "b/2025-05/self_report#wage followup@3 ~ followup@2",
    ]


def test_a22_pay_after_the_end_and_work_that_outlives_its_contract(books: Books) -> None:
    for person in ("a", "b", "c", "d", "e"):
        books.placement.add(started(person))  # 0 to 4
    books.placement.add(left("a", "2025-05-10"))  # 5
    books.placement.add(left("b", "2025-05-10"))
    books.followup.add(paid("a", "2025-05", 400_000, employer="E1"))
    books.followup.add(paid("a", "2025-06", 400_000, employer="E1"))  # 1
    books.followup.add(paid("b", "2025-06", 400_000, employer="E2"))
    for person in ("c", "d"):
        books.placement.add(contract(f"H-{person}", person))
        books.placement.add(contract_withdrawn(f"H-{person}", person, "2025-06-01"))  # 8, 10
    books.placement.add(contract("H2-d", "d", "2025-06-01"))
    assert found(books, "A22") == [
        "c/E1/2025-04-01#contract_gone placement@2 ~ placement@7",
        "a/2025-06/payslip#paid_after followup@1 ~ placement@5",
    ]


def test_a34_and_a36_look_through_merges(books: Books) -> None:
    books.placement.add(started("a"))
    books.placement.add(left("a", "2025-05-01"))
    books.followup.add(visited("b", "2025-06-10"))
    assert found(books, "A34") == []
    books.registry.add(merged("b", "a"))
    assert found(books, "A34") == ["b/2025-06-10/phone#after_leaving followup@0 ~ placement@1"]
    assert findings(books, "A34")[0].person == ref("a")
