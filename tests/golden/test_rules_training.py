"""Audit rules about training: each with a history that fires and one that must not."""

from __future__ import annotations

from tests.support.books import (
    Books,
    _databases,
    books,
    certified,
    class_opened,
    completed,
    enrolled,
    left,
    merged,
    started,
)
from tests.support.findings import findings, found

__all__ = ["_databases", "books"]


def attended(books: Books, person: str, class_no: str, on: str, until: str, **more: object) -> None:
    books.training.add(enrolled(person, class_no, on))
    books.training.add(completed(person, class_no, until, **more))


def test_a10_two_classes_of_one_person_at_once_are_found_and_one_after_the_other_are_not(books: Books) -> None:
    attended(books, "a", "C1", "2025-02-10", "2025-03-10")
    attended(books, "a", "C2", "2025-03-01", "2025-03-05")
    attended(books, "b", "C1", "2025-02-10", "2025-03-10")
    attended(books, "b", "C2", "2025-03-10", "2025-03-20")  # begins on the day the other ends
    assert found(books, "A10") == ["C2/a#overlap training@2 ~ training@0"]
    [one] = findings(books, "A10")
    assert one.severity == "E"
    assert one.zh == "C2 班（2025-03-01 开始）与 C1 班（2025-02-10 至 2025-03-10）时间重叠"
    assert one.en == "class C2, from 2025-03-01, overlaps class C1, 2025-02-10 to 2025-03-10"


def test_a10_looks_through_merges_and_at_the_longest_class_before_and_not_at_copies_or_online_classes(
    books: Books,
) -> None:
    attended(books, "a", "C1", "2025-02-10", "2025-06-10")  # 0, 1
    attended(books, "a", "C2", "2025-02-11", "2025-02-12")  # 2, 3
    attended(books, "b", "C3", "2025-06-01", "2025-06-20")  # 4, 5
    books.registry.add(merged("b", "a"))
    other = {"agency": "other-hrss"}
    books.training.add(enrolled("c"), **other)
    books.training.add(completed("c"), **other)
    attended(books, "c", "C1", "2025-02-10", "2025-03-10")
    books.training.add(class_opened("C9", kind="online"))
    attended(books, "c", "C9", "2025-02-20", "2025-03-01")
    assert found(books, "A10") == [
        "C2/a#overlap training@2 ~ training@0",
        "C3/b#overlap training@4 ~ training@0",
    ]


def test_a10_no_longer_fires_once_the_contradicting_entry_is_retracted_and_fires_at_the_cut_before(
    books: Books,
) -> None:
    attended(books, "a", "C1", "2025-02-10", "2025-03-10")
    attended(books, "a", "C2", "2025-03-01", "2025-03-05")
    books.training.retract(3)
    books.training.retract(2)
    assert found(books, "A10") == []
    assert found(books, "A10", as_of={"ledger.local/training": 4}) == ["C2/a#overlap training@2 ~ training@0"]


def test_a11_hours_beyond_what_the_days_of_the_class_can_hold(books: Books) -> None:
    attended(books, "a", "C1", "2025-03-01", "2025-03-03", hours_tenths=241)  # three days hold 24
    attended(books, "b", "C1", "2025-03-01", "2025-03-03", hours_tenths=240)
    attended(books, "c", "C1", "2025-03-01", "2025-03-03")
    assert found(books, "A11") == ["C1/a#too_many training@1 ~ training@0"]
    assert found(books, "A11", daily_hours=9) == []
    assert len(found(books, "A11", daily_hours=7)) == 2
    assert findings(books, "A11")[0].facts["days"] == 3


def test_a17_a_certificate_on_two_persons_without_a_pass_or_before_the_end(books: Books) -> None:
    attended(books, "a", "C1", "2025-02-10", "2025-03-10")
    books.training.add(certified("a", certificate="Z-1"))  # 2
    attended(books, "b", "C1", "2025-02-10", "2025-03-10")
    books.training.add(certified("b", certificate="Z-1"))  # 5: the number of a
    attended(books, "c", "C1", "2025-02-10", "2025-03-10", result="failed")
    books.training.add(certified("c", certificate="Z-3"))  # 8
    books.training.add(enrolled("d"))
    books.training.add(certified("d", certificate="Z-4"))  # 10: never ended
    attended(books, "e", "C1", "2025-02-10", "2025-03-10")
    books.training.add(certified("e", certificate="Z-5", on="2025-03-09"))  # 13
    attended(books, "f", "C1", "2025-02-10", "2025-03-10")
    books.training.add(certified("f", certificate="Z-6", on="2025-03-10"))
    assert found(books, "A17") == [
        "C1/b#two_persons training@5 ~ training@2",
        "C1/c#no_pass training@8 ~ training@7",
        "C1/d#no_pass training@10",
        "C1/e#too_early training@13 ~ training@12",
    ]


def test_a17_one_person_under_two_references_holds_a_certificate_twice_without_a_finding(books: Books) -> None:
    for person in ("a", "b"):
        attended(books, person, "C1", "2025-02-10", "2025-03-10")
        books.training.add(certified(person, certificate="Z-1"))
    books.registry.add(merged("b", "a"))
    assert found(books, "A17") == []


def test_a08_at_work_on_the_day_a_pre_job_class_is_joined(books: Books) -> None:
    books.training.add(class_opened("C1", kind="pre_job"))
    books.training.add(class_opened("C2", kind="upskilling"))
    for person, class_no in (("a", "C1"), ("b", "C2"), ("c", "C3"), ("d", "C1"), ("e", "C1"), ("f", "C1")):
        books.training.add(enrolled(person, class_no))  # 2 to 7, on 2025-02-10
    books.placement.add(started("a", "2025-01-05"))
    books.placement.add(started("b", "2025-01-05"))
    books.placement.add(started("c", "2025-01-05"))
    books.placement.add(started("d", "2025-01-05"))
    books.placement.add(left("d", "2025-02-10", since="2025-01-05"))
    books.placement.add(started("e", "2025-01-05", kind="flexible"))
    books.placement.add(started("f", "2025-02-10"))
    assert found(books, "A08") == [
        "C1/a#pre_job training@2 ~ placement@0",
        "C3/c#kind_unknown training@4 ~ placement@2",
    ]
    assert found(books, "A08", severity="E") == ["C1/a#pre_job training@2 ~ placement@0"]


def test_a25_back_at_the_employer_of_the_days_before_the_class(books: Books) -> None:
    for person in ("a", "b", "c", "d"):
        attended(books, person, "C1", "2025-04-10", "2025-05-10")
    for person, until, employer in (("a", "2025-01-10", "E1"), ("b", "2025-01-09", "E1"), ("c", "2025-04-01", "E2")):
        books.placement.add(started(person, "2024-06-01", employer))
        books.placement.add(left(person, until, "2024-06-01", employer))
    for person in ("a", "b", "c", "d"):
        books.placement.add(started(person, "2025-05-20"))  # 6 to 9
    # of the last day before the class 90 days back, 2025-01-10, counts and the day before it does not
    assert found(books, "A25") == ["a/E1/2025-05-20#same_employer placement@6 ~ placement@0"]
    assert len(found(books, "A25", before_days=91)) == 2
