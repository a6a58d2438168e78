"""agreements_signed, persons_with_agreement, contracts_signed, matching_events_held."""

from __future__ import annotations

from tests.support.books import (
    PROGRAMME,
    Books,
    _databases,
    books,
    contract,
    contract_withdrawn,
    held,
    merged,
    signed,
    withdrawn,
)

__all__ = ["_databases", "books"]


def test_documents_are_not_persons(books: Books) -> None:
    books.placement.add(signed("AG-1", "a"))
    books.placement.add(signed("AG-2", "a"))
    books.placement.add(signed("AG-3", "b"))
    books.placement.add(withdrawn("AG-3", "b", "2025-03-20"))  # 3
    books.placement.add(signed("AG-4", "c"))
    books.placement.add(withdrawn("AG-4", "c", "2025-03-20"))  # 5
    books.placement.add(signed("AG-5", "c"))

    assert books.members("agreements_signed") == [
        "intent/AG-1 counted placement@0",
        "intent/AG-2 counted placement@1",
        "intent/AG-3 withdrawn placement@2",
        "intent/AG-4 withdrawn placement@4",
        "intent/AG-5 counted placement@6",
    ]
    answer = books.figure("agreements_signed")
    assert (answer.value, answer.unit, answer.persons, answer.excluded) == (3, "份", 2, {"withdrawn": 2})

    assert books.members("persons_with_agreement") == [
        "a counted placement@0",
        "b all_excluded placement@2",
        "c counted placement@6",
    ]
    persons = books.figure("persons_with_agreement")
    assert (persons.value, persons.unit, persons.beside) == (2, "人", {"份": 3})


def test_a_withdrawal_counts_from_its_own_day_and_only_while_it_stands(books: Books) -> None:
    books.placement.add(signed("AG-1", "a", "2025-03-05"))
    withdrawal = books.placement.add(withdrawn("AG-1", "a", "2025-03-12"))
    assert books.figure("agreements_signed", end="2025-03-11").value == 1
    assert books.figure("agreements_signed", end="2025-03-12").excluded == {"withdrawn": 1}

    books.placement.correct(withdrawal, withdrawn("AG-1", "a", "2025-04-12"))
    assert books.figure("agreements_signed", end="2025-03-31").value == 1
    books.placement.retract(3)  # the corrected withdrawal
    assert books.figure("agreements_signed").value == 1


def test_voided_comes_before_duplicate_and_that_before_withdrawn(books: Books) -> None:
    voided = books.placement.add(signed("AG-1", "a"), agency="linqing-hrss")
    books.placement.add(signed("AG-1", "b"))  # 1
    books.placement.add(signed("AG-1", "c"), agency="xining-hrss")  # 2
    books.placement.add(withdrawn("AG-1", "c", "2025-03-20"), agency="xining-hrss")  # 3
    assert books.members("agreements_signed") == [
        "intent/AG-1 duplicate_number placement@1",
        "linqing-hrss/intent/AG-1 counted placement@0",
        "xining-hrss/intent/AG-1 duplicate_number placement@2",
    ]
    books.placement.retract(voided)
    assert books.members("agreements_signed") == [
        "intent/AG-1 counted placement@1",
        "linqing-hrss/intent/AG-1 voided placement@0",
        "xining-hrss/intent/AG-1 duplicate_number placement@2",
    ]


def test_the_lowest_recorded_log_and_index_counts(books: Books) -> None:
    books.placement.add(signed("AG-1", "a"), recorded="2025-06-02")
    elsewhere = books.log("other.example/placement")
    elsewhere.add(signed("AG-0", "a"), agency="linqing-hrss", recorded="2025-06-01")
    elsewhere.add(signed("AG-1", "a"), agency="linqing-hrss", recorded="2025-06-01")
    books.log("another.example/placement").add(signed("AG-1", "a"), agency="xining-hrss", recorded="2025-06-01")
    assert [(m.log, m.reason) for m in books.raw_members("agreements_signed") if m.key.endswith("AG-1")] == [
        ("ledger.local/placement", "duplicate_number"),
        ("other.example/placement", "duplicate_number"),
        ("another.example/placement", None),
    ]
    # a correction is recorded when it is made: the other agency's statement is now the first
    books.log("another.example/placement").correct(0, signed("AG-1", "b"), recorded="2025-06-09")
    assert [m.log for m in books.raw_members("agreements_signed") if m.counted and m.key.endswith("AG-1")] == [
        "other.example/placement"
    ]


def test_the_same_number_in_another_programme_or_of_another_kind_is_another_document(books: Books) -> None:
    books.placement.add(signed("1", "a"))
    books.placement.add(signed("1", "a", programme="other"), agency="linqing-hrss")
    books.placement.add(contract("1", "a", kind="labour"), agency="linqing-hrss")
    books.placement.add(contract("1", "a", kind="service"))
    assert books.figure("agreements_signed", programme=None).value == 2
    assert books.figure("agreements_signed", programme=None).persons == 1
    assert books.figure("persons_with_agreement", programme=None).value == 1
    assert books.figure("contracts_signed", programme=None).value == 2
    assert books.figure("agreements_signed", programme="nobody").value == 0


def test_a_correction_moves_an_agreement_out_of_the_window_and_to_another_person(books: Books) -> None:
    first = books.placement.add(signed("AG-1", "a", "2025-03-05"))
    books.placement.correct(first, signed("AG-1", "b", "2025-05-05"))
    assert books.members("agreements_signed", end="2025-03-31") == []
    assert books.members("persons_with_agreement") == ["b counted placement@2"]


def test_a_retraction_inside_the_cut_always_applies_and_one_beyond_it_never(books: Books) -> None:
    first = books.placement.add(signed("AG-1", "a", "2025-03-05"), recorded="2025-03-06")
    books.placement.retract(first, recorded="2025-06-20T15:59:59.999999Z")
    books.placement.add(signed("AG-2", "a", "2025-03-05"), recorded="2025-06-20T16:00:00.000000Z")

    assert books.members("agreements_signed", end="2025-03-31") == [
        "intent/AG-1 voided placement@0",
        "intent/AG-2 counted placement@2",
    ]
    # the day ends at midnight in Shanghai, 16:00 UTC
    assert books.cut("2025-06-20")["ledger.local/placement"] == 2
    assert books.members("agreements_signed", as_of="2025-06-20") == ["intent/AG-1 voided placement@0"]
    assert books.members("agreements_signed", as_of="2025-06-19") == ["intent/AG-1 counted placement@0"]
    assert books.members("agreements_signed", as_of="2025-03-05") == []
    assert books.members("agreements_signed", as_of={"ledger.local/placement": 1}) == [
        "intent/AG-1 counted placement@0"
    ]


def test_without_to_the_day_is_that_of_the_newest_entry_of_the_cut(books: Books) -> None:
    books.placement.add(signed("AG-1", "a", "2025-06-20"), recorded="2025-06-18")
    books.placement.add(signed("AG-2", "a", "2025-06-20"), recorded="2025-06-19T16:00:00.000000Z")
    assert books.members("agreements_signed", as_of={"ledger.local/placement": 1}) == []
    answer = books.figure("agreements_signed")
    assert (answer.value, answer.parameters.to_json()["to"]) == (2, "2025-06-20")


def test_an_answer_says_how_many_had_been_recorded_by_to(books: Books) -> None:
    books.placement.add(signed("AG-1", "a", "2025-03-05"), recorded="2025-03-06")
    books.placement.add(signed("AG-2", "b", "2025-03-05"), recorded="2025-06-06")
    books.placement.retract(books.placement.add(signed("AG-3", "c", "2025-03-05")))
    answer = books.figure("agreements_signed", end="2025-03-31")
    assert (answer.matched, answer.counted) == (3, 2)
    assert answer.recorded_by_to == (1, 1)
    assert books.figure("agreements_signed").recorded_by_to == (3, 2)


def test_contracts_are_shown_by_kind(books: Books) -> None:
    books.placement.add(contract("1", "a", kind="labour"))
    books.placement.add(contract("1", "a", kind="service"))
    books.placement.add(contract("1", "a", kind="service"), agency="linqing-hrss")
    books.placement.add(contract("2", "b", kind="labour"))
    books.placement.add(contract_withdrawn("2", "b", "2025-04-02", kind="labour"))
    books.placement.add(contract_withdrawn("1", "a", "2025-07-02", kind="service"))
    books.placement.retract(books.placement.add(contract("3", "c")))
    assert books.members("contracts_signed", end="2025-06-30") == [
        "labour/1 counted placement@0",
        "labour/2 withdrawn placement@3",
        "labour/3 voided placement@6",
        "linqing-hrss/service/1 duplicate_number placement@2",
        "service/1 counted placement@1",
    ]
    answer = books.figure("contracts_signed", end="2025-06-30")
    assert (answer.value, answer.persons) == (2, 1)
    assert answer.splits == {"kind": {"labour": 1, "service": 1}}


def test_matching_events_are_shown_by_kind_because_they_are_unlike(books: Books) -> None:
    books.placement.add(held("E1", "job_fair"))
    books.placement.add(held("E2", "job_fair", on="2025-07-08"))
    books.placement.add(held("E3", "signing_ceremony"))
    books.placement.retract(books.placement.add(held("E4", "online_fair")))
    assert books.members("matching_events_held", end="2025-06-30") == [
        "E1 counted placement@0",
        "E3 counted placement@2",
        "E4 voided placement@3",
    ]
    answer = books.figure("matching_events_held", end="2025-06-30")
    assert (answer.value, answer.unit, answer.persons) == (2, "场次", 0)
    assert answer.splits == {"kind": {"job_fair": 1, "signing_ceremony": 1, "online_fair": 0}}


def test_merged_references_are_one_signer(books: Books) -> None:
    books.placement.add(signed("AG-1", "a"))
    books.placement.add(signed("AG-2", "b"))
    books.registry.add(merged("b", "a"))
    answer = books.figure("agreements_signed")
    assert (answer.value, answer.persons) == (2, 1)
    assert books.members("persons_with_agreement") == ["a counted placement@0"]


def test_the_key_is_the_stream_and_pages_follow_keys(books: Books) -> None:
    for number in ("AG-10", "AG-2", "AG-1"):
        books.placement.add(signed(number, "a"))
    keys = [member.key for member in books.raw_members("agreements_signed")]
    assert keys == [f"agreement/datong-hrss/{PROGRAMME}/intent/AG-{number}" for number in ("1", "10", "2")]


def test_a_nought_says_where_nothing_was_ever_recorded_of_what_was_asked(books: Books) -> None:
    books.placement.add(signed("AG-1", "a"))
    assert books.figure("classes_opened", programme="datong-hugong", region="630121").notes == ()
    [mistyped] = books.figure("agreements_signed", programme="datong-hugnog").notes
    assert "datong-hugnog" in mistyped
    assert "没有项目" in mistyped
    [elsewhere] = books.figure("agreements_signed", programme="datong-hugong", region="371500").notes
    assert "没有地区 3715 " in elsewhere
    early = {"ledger.local/placement": 0}
    assert books.figure("agreements_signed", as_of=early, programme="datong-hugong").notes
