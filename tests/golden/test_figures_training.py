"""persons_trained, training_completions, classes_opened, certificates_issued: ledgers small enough to check by hand."""

from __future__ import annotations

from tests.support.books import Books, _databases, books, certified, class_opened, completed, erased, merged, revoked

__all__ = ["_databases", "books"]


def test_a_person_who_passed_once_is_trained_whatever_else_happened(books: Books) -> None:
    books.training.add(completed("a", "C1", "2025-03-10", "failed"))
    books.training.add(completed("a", "C2", "2025-05-10", "passed"))
    books.training.add(completed("a", "C3", "2025-06-10", "passed"))
    books.training.add(completed("b", "C1", "2025-03-10", "withdrawn"))
    books.training.add(completed("b", "C2", "2025-05-10", "failed"))
    books.training.add(completed("c", "C1", "2025-03-10", "withdrawn"))

    assert books.members("persons_trained") == [
        "a counted training@1",
        "b failed training@4",
        "c withdrawn training@5",
    ]
    answer = books.figure("persons_trained")
    assert (answer.value, answer.matched, answer.persons) == (1, 3, 1)
    assert answer.excluded == {"failed": 1, "withdrawn": 1}
    assert answer.beside == {"人次": 2, "参与期": 1}

    assert books.members("training_completions") == [
        "C1/a failed training@0",
        "C1/b withdrawn training@3",
        "C1/c withdrawn training@5",
        "C2/a counted training@1",
        "C2/b failed training@4",
        "C3/a counted training@2",
    ]
    completions = books.figure("training_completions")
    assert (completions.value, completions.unit, completions.persons) == (2, "人次", 1)


def test_a_completion_more_than_ninety_days_after_the_one_before_begins_another_period(books: Books) -> None:
    for class_no, on in (("C1", "2025-01-01"), ("C2", "2025-04-01"), ("C3", "2025-07-01")):  # 90 days, then 91
        books.training.add(completed("a", class_no, on))
    books.training.add(completed("b", "C1", "2025-01-01"))
    # one that was failed does not bridge the gap between two that were passed
    books.training.add(completed("b", "C2", "2025-03-01", "failed"))
    last = books.training.add(completed("b", "C3", "2025-05-01"))
    assert books.figure("persons_trained").beside == {"人次": 5, "参与期": 4}
    assert books.figure("persons_trained", start="2025-04-01").beside == {"人次": 3, "参与期": 3}
    books.training.retract(last)
    assert books.figure("persons_trained").beside == {"人次": 4, "参与期": 3}
    # another programme is another participation
    books.training.add(completed("b", "C9", "2025-01-15", programme="other"))
    assert books.figure("persons_trained", programme=None).beside == {"人次": 5, "参与期": 4}


def test_the_window_holds_its_first_and_its_last_day(books: Books) -> None:
    for class_no, on in (("C1", "2025-02-28"), ("C2", "2025-03-01"), ("C3", "2025-03-31"), ("C4", "2025-04-01")):
        books.training.add(completed("a", class_no, on))
    assert books.members("training_completions", start="2025-03-01", end="2025-03-31") == [
        "C2/a counted training@1",
        "C3/a counted training@2",
    ]
    assert books.figure("persons_trained", end="2025-02-27").matched == 0


def test_a_corrected_completion_is_one_member_and_a_retracted_one_is_voided(books: Books) -> None:
    passed = books.training.add(completed("a"))
    books.training.correct(passed, completed("a", result="failed"))  # 1, 2
    voided = books.training.add(completed("b"))  # 3
    books.training.retract(voided)

    assert books.members("training_completions") == ["C1/a failed training@2", "C1/b voided training@3"]
    assert books.members("persons_trained") == ["a failed training@2", "b voided training@3"]


def test_what_was_voided_and_stated_anew_is_a_version(books: Books) -> None:
    first = books.training.add(completed("a"))
    books.training.retract(first)
    second = books.training.add(completed("a"))  # 2: imported as A, then without the result, then as A
    assert books.members("training_completions") == ["C1/a counted training@2"]

    books.training.retract(second)
    assert books.members("training_completions") == ["C1/a voided training@2"]
    assert books.members("training_completions", as_of={"ledger.local/training": 2}) == ["C1/a voided training@0"]


def test_a_live_fact_says_more_of_a_person_than_a_voided_one(books: Books) -> None:
    books.training.retract(books.training.add(completed("a", "C1")))
    books.training.add(completed("a", "C2", result="failed"))  # 2
    assert books.members("persons_trained") == ["a failed training@2"]


def test_of_one_class_and_person_the_first_statement_counts(books: Books) -> None:
    books.training.add(completed("a"), agency="linqing-hrss", recorded="2025-06-01")
    books.training.add(completed("a"), recorded="2025-06-02")
    books.training.add(completed("b"), recorded="2025-06-03")
    other = books.log("other.example/training")
    other.add(completed("b"), agency="linqing-hrss", recorded="2025-06-02")
    other.add(completed("b", programme="other"), agency="linqing-hrss", recorded="2025-06-02")

    assert books.members("training_completions") == [
        "C1/a duplicate_class training@1",
        "C1/b duplicate_class training@2",
        "linqing-hrss/C1/a counted training@0",
        "linqing-hrss/C1/b counted training@0",
    ]
    assert books.figure("persons_trained").value == 2


def test_the_first_statement_may_be_of_another_region_and_before_the_window_but_must_stand(books: Books) -> None:
    first = books.training.add(completed("a", on="2025-02-01", region="371581"), agency="linqing-hrss")
    books.training.add(completed("a", on="2025-03-10"))  # 1
    assert books.members("training_completions", region="630000") == ["C1/a duplicate_class training@1"]
    assert books.members("training_completions", start="2025-03-01") == ["C1/a duplicate_class training@1"]
    # 人 ≤ 人次: who has no counted completion here is not trained here
    assert books.members("persons_trained", region="630000") == ["a duplicate_class training@1"]

    books.training.retract(first)
    assert books.members("training_completions", region="630000") == ["C1/a counted training@1"]


def test_a_statement_dated_after_the_window_makes_no_duplicate(books: Books) -> None:
    books.training.add(completed("a", on="2025-07-01"), agency="linqing-hrss")
    books.training.add(completed("a", on="2025-03-10"))
    assert books.figure("training_completions", end="2025-06-30").value == 1
    assert books.figure("training_completions", end="2025-07-31").excluded == {"duplicate_class": 1}


def test_references_of_one_person_are_one_person(books: Books) -> None:
    for person, class_no in (("a", "C1"), ("b", "C2"), ("c", "C3"), ("d", "C3")):
        books.training.add(completed(person, class_no))
    assert books.figure("persons_trained").value == 4

    books.registry.add(merged("a", "b"))
    chain = books.registry.add(merged("b", "c"))
    books.registry.add(merged("d", "c"))
    assert books.members("persons_trained") == ["c counted training@0"]
    # one class gives one completion a person
    assert books.figure("training_completions").excluded == {"duplicate_class": 1}
    # a merge is a fact like any other: it stands within its log's cut, and until it is retracted
    assert books.figure("persons_trained", as_of={"ledger.local/training": 4, "ledger.local/registry": 1}).value == 3
    books.registry.retract(chain)
    assert books.members("persons_trained") == ["b counted training@0", "c counted training@2"]


def test_merges_in_a_circle_count_under_the_least_reference(books: Books) -> None:
    for person in "abcd":
        books.training.add(completed(person, f"C{person}"))
    for person, into in (("b", "c"), ("c", "b"), ("a", "b")):
        books.registry.add(merged(person, into))
    assert books.members("persons_trained") == ["b counted training@0", "d counted training@3"]


def test_an_erased_person_stays_counted_and_a_note_says_so(books: Books) -> None:
    books.training.add(completed("a"))
    books.training.add(completed("b", result="failed"))
    books.registry.add(merged("a", "c"))
    books.registry.add(erased("a"))
    books.registry.add(erased("b"))
    answer = books.figure("persons_trained")
    assert answer.value == 1
    assert [note for note in answer.notes if "1 人的个人信息已删除" in note]
    assert books.figure("classes_opened").notes == ()


def test_classes_opened(books: Books) -> None:
    books.training.add(class_opened("C1", "2025-02-10"))
    books.training.retract(books.training.add(class_opened("C2", "2025-02-11")))
    books.training.correct(books.training.add(class_opened("C3", "2025-02-12")), class_opened("C3", "2025-05-12"))
    books.training.add(class_opened("C4", "2025-02-13", region="371581"))
    assert books.members("classes_opened") == [
        "C1 counted training@0",
        "C2 voided training@1",
        "C3 counted training@5",
        "C4 counted training@6",
    ]
    assert books.members("classes_opened", end="2025-02-28", region="63") == [
        "C1 counted training@0",
        "C2 voided training@1",
    ]


def test_certificates_issued(books: Books) -> None:
    books.training.add(certified("a", "C1"))
    books.training.add(certified("b", "C1"))
    books.training.add(revoked("b", "C1", "2025-05-20"))  # 2
    books.training.retract(books.training.add(certified("c", "C1")))  # 3
    books.training.add(certified("d", "C1", "2025-07-01"))  # 5

    assert books.members("certificates_issued", end="2025-06-30") == [
        "C1/a counted training@0",
        "C1/b revoked training@1",
        "C1/c voided training@3",
    ]
    # revoked on the last day; revoked after it
    assert books.figure("certificates_issued", end="2025-05-20").excluded == {"voided": 1, "revoked": 1}
    assert books.figure("certificates_issued", end="2025-05-19").excluded == {"voided": 1}
    # a revocation that was itself retracted does not count
    books.training.retract(2)
    assert books.figure("certificates_issued", end="2025-06-30").value == 2
