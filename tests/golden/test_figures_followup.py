"""visits_completed, issues_opened, issues_resolved, mean_monthly_wage, attested."""

from __future__ import annotations

from tests.support.books import (
    Books,
    _databases,
    attested,
    books,
    issue,
    left,
    merged,
    missed,
    paid,
    resolved,
    started,
    visited,
)

__all__ = ["_databases", "books"]


def test_a_missed_visit_is_attempted_and_not_completed(books: Books) -> None:
    books.followup.add(visited("a", "2025-05-01"))
    books.followup.add(visited("a", "2025-05-01", "left", method="home"))
    books.followup.add(missed("b", "2025-05-01"))
    books.followup.retract(books.followup.add(missed("c", "2025-05-01")))
    turned = books.followup.add(missed("d", "2025-05-01"))
    books.followup.correct(turned, visited("d", "2025-05-01"))  # 6, 7
    books.followup.add(visited("e", "2025-07-01"))
    assert books.members("visits_completed", end="2025-06-30") == [
        "a/2025-05-01/home counted followup@1",
        "a/2025-05-01/phone counted followup@0",
        "b/2025-05-01/phone attempted_no_contact followup@2",
        "c/2025-05-01/phone voided followup@3",
        "d/2025-05-01/phone counted followup@7",
    ]
    answer = books.figure("visits_completed", end="2025-06-30")
    assert (answer.value, answer.persons) == (3, 2)
    assert answer.splits == {"state": {"working": 2, "left": 1}}


def test_a_voided_visit_that_became_a_missed_one_is_a_version(books: Books) -> None:
    books.followup.retract(books.followup.add(visited("a", "2025-05-01")))
    books.followup.add(missed("a", "2025-05-01"))
    assert books.members("visits_completed") == ["a/2025-05-01/phone attempted_no_contact followup@2"]


def test_issues_opened_and_resolved(books: Books) -> None:
    first = books.followup.add(issue("1", "a", "2025-05-01"))
    subject = books.followup.entries[first].entry.subject
    books.followup.add(issue("2", "b", "2025-05-01", "rights"))
    books.followup.add(issue("3", "c", "2025-01-01"))  # opened before the window, resolved in it
    books.followup.retract(books.followup.add(issue("4", "d", "2025-05-01")))
    books.followup.add(resolved("a", "2025-05-11"), subject=subject)  # 5
    books.followup.add(resolved("c", "2025-06-30"), subject=subject.replace("/1", "/3"))
    books.followup.add(resolved("b", "2025-07-01"), subject=subject.replace("/1", "/2"))
    window = {"start": "2025-05-01", "end": "2025-06-30"}
    assert books.members("issues_opened", **window) == [
        "1 counted followup@0",
        "2 counted followup@1",
        "4 voided followup@3",
    ]
    assert books.figure("issues_opened", **window).splits["kind"]["rights"] == 1
    assert books.members("issues_resolved", **window) == ["1 counted followup@0", "3 counted followup@2"]
    assert [member.details["days"] for member in books.raw_members("issues_resolved", **window)] == [10, 180]
    # a resolution that was itself retracted resolves nothing
    books.followup.retract(5)
    assert books.members("issues_resolved", **window) == ["3 counted followup@2"]


def test_the_region_of_an_issue_is_that_where_it_was_opened(books: Books) -> None:
    first = books.followup.add(issue("1", "a", region="371581"))
    subject = books.followup.entries[first].entry.subject
    books.followup.add(resolved("a", "2025-05-11", region="630121"), subject=subject)
    assert books.figure("issues_resolved", region="37").value == 1
    assert books.figure("issues_resolved", region="63").matched == 0


def test_the_mean_is_over_person_months_with_proof(books: Books) -> None:
    books.followup.add(paid("a", "2025-05", 400_000, "payslip"))
    books.followup.add(paid("a", "2025-05", 390_001, "bank"))  # the least of two
    books.followup.add(paid("a", "2025-06", 410_000, "social_insurance"))
    books.followup.add(paid("b", "2025-05", 100_000, "self_report"))
    books.followup.add(paid("b", "2025-05", 420_002, "payslip"))
    books.followup.add(paid("c", "2025-05", 300_000, "employer_letter"))
    books.followup.add(paid("d", "2025-05", 200_000, None))
    books.followup.retract(books.followup.add(paid("e", "2025-05", 1)))
    assert books.members("mean_monthly_wage") == [
        "a/2025-05 counted = 390001 followup@1",
        "a/2025-06 counted = 410000 followup@2",
        "b/2025-05 counted = 420002 followup@4",
        "c/2025-05 weaker_proof = 300000 followup@5",
        "d/2025-05 weaker_proof = 200000 followup@6",
        "e/2025-05 voided = 1 followup@7",
    ]
    answer = books.figure("mean_monthly_wage")
    # 1 220 003 / 3 = 406 667.67
    assert answer.value == 406_668
    assert answer.distribution is not None
    assert answer.distribution[:3] == (3, 406_668, 410_000)
    assert (answer.unit, answer.persons, answer.counted) == ("fen per month", 2, 3)


def test_proof_may_be_asked_for_by_either_name(books: Books) -> None:
    for person, proof in (
        ("a", "social_insurance"),
        ("b", "bank"),
        ("c", "payslip"),
        ("d", "employer_letter"),
        ("e", "self_report"),
        ("f", None),
    ):
        books.followup.add(paid(person, "2025-05", 400_000, proof))
    counted = {
        proof: books.figure("mean_monthly_wage", extra={"min_proof": proof}).counted
        for proof in ("社保", "bank", "工资条", "单位证明", "self_report")
    }
    assert counted == {"社保": 1, "bank": 2, "工资条": 3, "单位证明": 4, "self_report": 5}


def test_half_a_fen_is_rounded_up_and_nothing_has_no_mean(books: Books) -> None:
    nothing = books.figure("mean_monthly_wage")
    assert (nothing.value, nothing.counted) == (None, 0)
    assert nothing.notes
    books.followup.add(paid("a", "2025-05", 400_000))
    books.followup.add(paid("b", "2025-05", 400_001))
    answer = books.figure("mean_monthly_wage")
    assert answer.value == 400_001
    assert answer.distribution is not None
    assert answer.distribution.median == 400_001


def test_a_wage_belongs_to_its_month_and_is_known_from_the_day_it_was_seen(books: Books) -> None:
    books.followup.add(paid("a", "2025-04", 400_000, on="2025-05-02"))
    books.followup.add(paid("a", "2025-05", 410_000, on="2025-06-25"))
    books.followup.add(paid("a", "2025-06", 420_000, on="2025-06-15"))
    assert books.members("mean_monthly_wage", start="2025-05-31", end="2025-06-20") == [
        "a/2025-06 counted = 420000 followup@2"
    ]
    assert books.members("mean_monthly_wage", start="2025-05-31", end="2025-06-25") == [
        "a/2025-05 counted = 410000 followup@1",
        "a/2025-06 counted = 420000 followup@2",
    ]
    assert books.members("mean_monthly_wage", end="2025-05-31") == ["a/2025-04 counted = 400000 followup@0"]


def test_months_spent_in_an_internship_alone_are_left_aside(books: Books) -> None:
    books.placement.add(started("a", "2025-04-10", kind="internship"))
    books.placement.add(left("a", "2025-05-20", since="2025-04-10"))
    books.placement.add(started("a", "2025-05-25", "E2"))
    for month in ("2025-03", "2025-04", "2025-05", "2025-06"):
        books.followup.add(paid("a", month, 400_000))
    books.placement.add(started("b", "2025-04-10", kind="internship", programme="other"))
    books.followup.add(paid("b", "2025-04", 400_000))
    assert books.members("mean_monthly_wage") == [
        "a/2025-03 counted = 400000 followup@0",
        "a/2025-05 counted = 400000 followup@2",
        "a/2025-06 counted = 400000 followup@3",
        "b/2025-04 counted = 400000 followup@4",
    ]


def test_coverage_is_of_person_months_with_an_open_spell(books: Books) -> None:
    books.placement.add(started("a", "2025-03-31"))  # March
    books.placement.add(left("a", "2025-05-01", since="2025-03-31"))  # to May: 3
    books.placement.add(started("a", "2025-05-02", "E2"))  # May to June: 1 more
    books.placement.add(started("b", "2025-06-20"))  # June: 1
    books.placement.add(started("c", "2025-06-21"))  # after `to`
    books.placement.add(started("d", "2025-03-01", kind="internship"))
    books.placement.retract(books.placement.add(started("e", "2025-03-01")))
    books.followup.add(paid("a", "2025-05", 400_000))
    answer = books.figure("mean_monthly_wage", end="2025-06-20")
    assert answer.distribution is not None
    assert answer.distribution.coverage == (1, 5)
    # from May on: a in May and June, b in June
    later = books.figure("mean_monthly_wage", start="2025-05-15", end="2025-06-20")
    assert later.distribution is not None
    assert later.distribution.coverage == (1, 3)
    # 29 February and the turn of a year
    books.placement.add(started("f", "2023-12-31", "E9"))
    books.placement.add(left("f", "2024-02-29", since="2023-12-31", employer="E9"))
    leap = books.figure("mean_monthly_wage", start="2024-01-01", end="2024-02-29")
    assert leap.distribution is not None
    assert leap.distribution.coverage == (0, 2)
    turn = books.figure("mean_monthly_wage", start="2023-12-31", end="2023-12-31")
    assert turn.distribution is not None
    assert turn.distribution.coverage == (0, 1)


def test_merged_references_share_a_person_month(books: Books) -> None:
    books.followup.add(paid("a", "2025-05", 400_000))
    books.followup.add(paid("b", "2025-05", 390_000))
    books.registry.add(merged("a", "b"))
    assert books.members("mean_monthly_wage") == ["b/2025-05 counted = 390000 followup@1"]


def test_a_live_observation_says_more_of_a_month_than_a_voided_one(books: Books) -> None:
    books.followup.retract(books.followup.add(paid("a", "2025-05", 400_000, "bank")))
    books.followup.add(paid("a", "2025-05", 390_000, "self_report"))
    assert books.members("mean_monthly_wage") == ["a/2025-05 weaker_proof = 390000 followup@2"]


def test_the_latest_statement_stands_with_its_source(books: Books) -> None:
    books.training.add(attested("从业人员", 7_800, "2025-03-31"))
    books.training.add(attested("从业人员", 8_200, "2025-06-20", source="人社局"))
    books.training.add(attested("从业人员", 9_000, "2025-07-31"))
    books.training.retract(books.training.add(attested("从业人员", 8_300, "2025-06-20")))
    assert books.members("attested", end="2025-06-30") == [
        "从业人员/2025-03-31/统计局 superseded training@0",
        "从业人员/2025-06-20/人社局 counted training@1",
        "从业人员/2025-06-20/统计局 voided training@3",
    ]
    answer = books.figure("attested", end="2025-06-30")
    assert (answer.value, answer.unit, answer.rule.grade) == (8_200, "人", "attested")
    assert answer.statements[0].source == "人社局"


def test_unlike_statements_have_no_sum(books: Books) -> None:
    books.training.add(attested("从业人员", 8_200, "2025-06-20"))
    books.training.add(attested("产值", 800, "2025-06-20", unit="万元", value_milli=800_500))
    answer = books.figure("attested")
    assert (answer.value, answer.counted, answer.unit) == (None, 2, "as stated")
    assert any("indicator" in note for note in answer.notes)
    one = books.figure("attested", extra={"indicator": "产值"})
    assert (one.value, one.unit, one.matched) == (800.5, "万元", 1)
    other = books.training.add(attested("从业人员", 5, "2025-06-20", programme="other"))
    assert books.figure("attested", programme=None).counted == 3
    assert [m.index for m in books.raw_members("attested", programme="other")] == [other]
