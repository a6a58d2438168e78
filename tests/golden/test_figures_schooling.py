"""training_hours, occupations, persons_by_category, skill_files, subsidies_paid, referral_rate, days_to_referral."""

from __future__ import annotations

from services.audit.answers import Rate
from tests.support.books import Books, _databases, books, class_opened, completed, enrolled, merged
from tests.support.facts import clawed_back, referral, skill_file, subsidy

__all__ = ["_databases", "books"]


def test_hours_are_those_of_counted_completions_theory_and_practice_apart(books: Books) -> None:
    books.training.add(
        completed("a", hours_tenths=1_205, theory_hours_tenths=400, practice_hours_tenths=805)
    )  # 120.5 hours
    books.training.add(completed("b", theory_hours_tenths=300, practice_hours_tenths=500))
    books.training.add(completed("c", hours_tenths=400))
    books.training.add(completed("d"))
    books.training.add(completed("e", result="failed", hours_tenths=999))
    books.training.retract(books.training.add(completed("f", hours_tenths=999)))
    assert books.members("training_hours") == [
        "C1/a counted = 1205 training@0",
        "C1/b counted = 800 training@1",
        "C1/c counted = 400 training@2",
        "C1/d unknown_hours training@3",
    ]
    answer = books.figure("training_hours")
    assert (answer.value, answer.unit, answer.persons) == (240.5, "学时", 3)
    assert answer.beside == {"理论学时": 70, "实操学时": 130.5}


def test_whole_hours_are_whole_and_a_corrected_row_counts_once(books: Books) -> None:
    books.training.correct(books.training.add(completed("a", hours_tenths=405)), completed("a", hours_tenths=400))
    answer = books.figure("training_hours")
    assert (answer.value, answer.counted) == (40, 1)
    assert isinstance(answer.value, int)
    assert books.figure("training_hours", end="2025-01-01").value == 0


def test_an_occupation_counts_once_however_many_classes_it_had(books: Books) -> None:
    books.training.add(class_opened("C1", occupation="护工"))
    books.training.add(class_opened("C2", occupation="护工"))
    books.training.add(class_opened("C3", occupation="月嫂"))
    books.training.retract(books.training.add(class_opened("C4", occupation="育婴员")))  # 3, 4
    books.training.add(class_opened("C5", "2025-07-01", occupation="收纳师"))
    assert books.members("occupations", end="2025-06-30") == [
        "护工 counted training@0",
        "月嫂 counted training@2",
        "育婴员 voided training@3",
    ]
    answer = books.figure("occupations", end="2025-06-30")
    assert (answer.value, answer.unit, answer.beside) == (2, "种", {"期": 3})
    books.training.retract(0)
    assert "护工 counted training@1" in books.members("occupations", end="2025-06-30")


def test_persons_are_counted_in_each_category_they_held(books: Books) -> None:
    books.training.add(enrolled("a", "C1", category="脱贫人口"))
    books.training.add(enrolled("a", "C2", category="脱贫人口"))
    books.training.add(enrolled("a", "C3", category="残疾人"))
    books.training.add(enrolled("b", "C1", category="残疾人"))
    books.training.add(enrolled("c", "C1"))
    books.training.retract(books.training.add(enrolled("d", "C1", category="残疾人")))
    assert books.members("persons_by_category") == [
        "a/残疾人 counted training@2",
        "a/脱贫人口 counted training@0",
        "b/残疾人 counted training@3",
        "d/残疾人 voided training@5",
    ]
    answer = books.figure("persons_by_category")
    assert (answer.value, answer.persons, answer.beside) == (3, 2, {"人次": 4})
    assert books.figure("persons_by_category", extra={"category": "残疾人"}).value == 2
    assert books.figure("persons_by_category", start="2025-02-11").matched == 0
    books.registry.add(merged("b", "a"))
    assert books.figure("persons_by_category", extra={"category": "残疾人"}).value == 1


def test_skill_files_are_a_stock(books: Books) -> None:
    books.training.add(skill_file("a"))
    books.training.add(skill_file("b", on="2025-06-21"))
    books.training.retract(books.training.add(skill_file("c")))  # 2, 3
    books.training.correct(books.training.add(skill_file("d")), skill_file("d", skill_file="F-2"))  # 4, 5, 6
    assert books.members("skill_files", end="2025-06-20") == [
        "C1/a counted training@0",
        "C1/c voided training@2",
        "C1/d counted training@6",
    ]
    assert books.figure("skill_files", start="2025-06-01", end="2025-06-21").value == 3
    assert books.figure("skill_files", end="2025-03-09").matched == 0


def test_subsidies_are_summed_in_fen_once_a_person_kind_and_year(books: Books) -> None:
    books.placement.add(subsidy("1", "a", 120_000, "2025-04-10"))
    books.placement.add(subsidy("2", "a", 80_000, "2025-03-10"))  # the first of the year
    books.placement.add(subsidy("3", "a", 50_000, "2025-04-10", "社保补贴"))
    books.placement.add(subsidy("4", "a", 70_000, "2026-01-01"))
    books.placement.add(subsidy("5", "b", 60_000))
    books.placement.add(clawed_back("5", "b", "2025-06-20"))
    books.placement.retract(books.placement.add(subsidy("6", "c", 1)))  # 6, 7
    assert books.members("subsidies_paid") == [
        "1 second_same_kind_same_year = 120000 placement@0",
        "2 counted = 80000 placement@1",
        "3 counted = 50000 placement@2",
        "4 counted = 70000 placement@3",
        "5 clawed_back = 60000 placement@4",
        "6 voided = 1 placement@6",
    ]
    answer = books.figure("subsidies_paid")
    assert (answer.value, answer.unit, answer.persons, answer.counted) == (200_000, "fen", 1, 3)
    assert books.figure("subsidies_paid", end="2025-06-19").value == 190_000
    assert books.figure("subsidies_paid", extra={"subsidy_kind": "社保补贴"}).value == 50_000


def test_a_payment_before_the_window_makes_the_next_one_the_second_and_one_taken_back_does_not(books: Books) -> None:
    books.placement.add(subsidy("1", "a", 100, "2025-02-10"))
    books.placement.add(subsidy("2", "a", 200, "2025-04-10"))
    assert books.figure("subsidies_paid", start="2025-03-01").excluded == {"second_same_kind_same_year": 1}
    back = books.placement.add(clawed_back("1", "a", "2025-05-01"))
    assert books.figure("subsidies_paid", start="2025-03-01").value == 200
    books.placement.retract(back)
    assert books.figure("subsidies_paid", start="2025-03-01").value == 0
    # another programme pays by its own rule
    books.placement.add(subsidy("3", "a", 300, "2025-04-10", programme="other"))
    assert books.figure("subsidies_paid", programme=None, start="2025-03-01").value == 300


def test_two_references_of_one_person_are_paid_once(books: Books) -> None:
    books.placement.add(subsidy("1", "a", 100, "2025-02-10"))
    books.placement.add(subsidy("2", "b", 200, "2025-04-10"))
    assert books.figure("subsidies_paid").value == 300
    books.registry.add(merged("b", "a"))
    assert books.figure("subsidies_paid").value == 100


def test_a_referral_within_sixty_days_follows_a_completion(books: Books) -> None:
    books.training.add(completed("a", on="2025-03-10"))
    books.training.add(completed("b", on="2025-03-10"))
    books.training.add(completed("c", on="2025-03-10"))
    books.training.add(completed("d", on="2025-03-10"))
    books.training.add(completed("e", on="2025-03-10", result="failed"))
    books.placement.add(referral("a", "2025-05-09"))  # day 60
    books.placement.add(referral("a", "2025-03-20"))  # the first: day 10
    books.placement.add(referral("b", "2025-05-10"))  # day 61
    books.placement.add(referral("c", "2025-03-09"))  # before
    books.placement.add(referral("d", "2025-03-10", None))  # the very day
    books.placement.add(referral("e", "2025-03-20"))
    assert books.members("referral_rate") == [
        "C1/a counted training@0",
        "C1/b not_referred training@1",
        "C1/c not_referred training@2",
        "C1/d counted training@3",
    ]
    assert books.figure("referral_rate").value == Rate(2, 4)
    assert books.members("days_to_referral") == [
        "C1/a counted = 10 training@0",
        "C1/b not_referred training@1",
        "C1/c not_referred training@2",
        "C1/d counted = 0 training@3",
    ]
    answer = books.figure("days_to_referral")
    assert answer.distribution is not None
    assert (answer.value, answer.unit, answer.distribution.n, answer.distribution.mean) == (5, "天", 2, 5)


def test_a_retracted_or_later_referral_is_none_and_merged_references_share_theirs(books: Books) -> None:
    books.training.add(completed("a", on="2025-03-10"))
    gone = books.placement.add(referral("a", "2025-03-20"))
    books.placement.add(referral("a", "2025-04-20", "E2"))
    assert books.figure("days_to_referral").value == 10
    books.placement.retract(gone)
    assert books.figure("days_to_referral").value == 41
    assert books.figure("days_to_referral", end="2025-04-19").value is None
    assert books.figure("referral_rate", end="2025-04-19").value == Rate(0, 1)
    books.placement.add(referral("b", "2025-03-15"))
    books.registry.add(merged("b", "a"))
    assert books.figure("days_to_referral").value == 5
    assert books.figure("referral_rate", start="2025-03-11").value == Rate(0, 0)
