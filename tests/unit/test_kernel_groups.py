"""Groups: all of them or none."""

from __future__ import annotations

import pytest

from ledger.errors import Kind
from services.followup.commands import OpenIssue
from services.followup.events import IssueOpened
from services.placement.commands import RegisterEmployer, SignIntentAgreement, WithdrawIntentAgreement
from services.placement.events import EmployerRegistered, IntentAgreementSigned, IntentAgreementWithdrawn
from tests.support.given import Ledger, ask, recorded, refused
from tests.support.samples import sample

WITHDRAW = WithdrawIntentAgreement(withdrawn=sample(IntentAgreementWithdrawn))


def sign(number: int) -> SignIntentAgreement:
    return SignIntentAgreement(signed=sample(IntentAgreementSigned, agreement=f"AG-{number}"))


SIGN = SignIntentAgreement(signed=sample(IntentAgreementSigned))


def test_a_group_that_is_accepted_is_recorded_whole() -> None:
    ledger = Ledger("placement")
    results = ledger.batch(ask(SIGN, group="row-1"), ask(WITHDRAW, group="row-1"))
    assert [recorded(result).index for result in results] == [0, 1]


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (0, 2, 1)])
def test_if_one_of_a_group_is_refused_none_is_recorded(order: tuple[int, ...]) -> None:
    ledger = Ledger("placement")
    asks = [ask(sign(1), group="g"), ask(WITHDRAW, group="g"), ask(sign(2), group="g")]
    results = ledger.batch(*(asks[at] for at in order))
    culprit = order.index(1)
    for at, result in enumerate(results):
        if at == culprit:
            refused(result, "needs_signed")
        else:
            refusal = refused(result, "group_refused")
            assert (refusal.kind, refusal.details) == (Kind.IMPOSSIBLE, {"group": "g", "item": str(culprit)})
    assert ledger.size() == 0
    assert ledger.store.head().last_recorded == ""


def test_a_refused_group_leaves_the_others_alone() -> None:
    ledger = Ledger("placement")
    results = ledger.batch(
        ask(sign(1), group="a"),
        ask(sign(2)),
        ask(sign(3), group="b"),
        ask(WITHDRAW, group="a"),
        ask(sign(4), group="b"),
        ask(sign(5)),
    )
    assert [type(result).__name__ for result in results] == [
        "Refusal",
        "Receipt",
        "Receipt",
        "Refusal",
        "Receipt",
        "Receipt",
    ]
    assert [event.agreement for event in ledger.events()] == ["AG-2", "AG-3", "AG-4", "AG-5"]  # type: ignore[attr-defined]
    assert [entry.index for entry in ledger.entries()] == [0, 1, 2, 3]
    for at in (1, 2, 4, 5):
        receipt = recorded(results[at])
        assert receipt.leaf_hash == next(iter(ledger.store.read(receipt.index, receipt.index + 1))).leaf_hash


def test_what_a_refused_group_did_is_undone_for_those_who_come_later() -> None:
    ledger = Ledger("placement")
    results = ledger.batch(
        ask(SIGN, group="a"),
        ask(WITHDRAW, group="a"),
        ask(WITHDRAW, group="a"),  # a second withdrawal is refused
        ask(WITHDRAW),  # and so is this one: nothing of the group was recorded
        ask(SIGN),
        ask(WITHDRAW),
    )
    refused(results[2], "already_withdrawn")
    refused(results[3], "needs_signed")
    assert [recorded(result).index for result in results[4:]] == [0, 1]


def test_request_ids_of_a_refused_group_are_free_again() -> None:
    ledger = Ledger("placement")
    ledger.batch(ask(sign(1), group="g", request_id="r-1"), ask(WITHDRAW, group="g", request_id="r-2"))
    results = ledger.batch(ask(sign(9), group="g", request_id="r-1"), ask(SIGN, group="g", request_id="r-2"))
    assert [recorded(result).duplicate for result in results] == [False, False]


def test_request_ids_of_a_refused_group_are_free_within_the_same_transaction() -> None:
    ledger = Ledger("placement")
    results = ledger.batch(
        ask(sign(1), group="g", request_id="r-1"),
        ask(WITHDRAW, group="g"),
        ask(sign(2), request_id="r-1"),
        ask(sign(2), request_id="r-1"),
    )
    refused(results[0], "group_refused")
    assert not recorded(results[2]).duplicate
    assert recorded(results[3]).duplicate
    assert ledger.size() == 1


def test_a_repeat_in_a_group_counts_as_accepted() -> None:
    ledger = Ledger("placement")
    first = recorded(ledger.when(sign(1), request_id="r-1"))
    results = ledger.batch(ask(sign(1), group="g", request_id="r-1"), ask(sign(2), group="g", request_id="r-2"))
    assert recorded(results[0]) == first._replace(duplicate=True)
    assert recorded(results[1]).index == 1


def test_a_group_that_was_recorded_is_answered_whole_when_it_is_sent_again() -> None:
    ledger = Ledger("followup")
    asks = [ask(OpenIssue(issue=sample(IssueOpened)), group="g", request_id=f"r-{at}") for at in range(3)]
    first = ledger.batch(*asks)
    assert ledger.batch(*asks) == [recorded(result)._replace(duplicate=True) for result in first]
    assert ledger.size() == 3


def test_a_reused_request_id_refuses_the_whole_group() -> None:
    ledger = Ledger("placement")
    ledger.when(sign(1), request_id="r-1")
    results = ledger.batch(ask(sign(3), group="g", request_id="r-3"), ask(sign(2), group="g", request_id="r-1"))
    refused(results[0], "group_refused")
    refused(results[1], "reused_request_id")
    assert ledger.size() == 1


def test_equal_names_in_two_batches_are_two_groups() -> None:
    ledger = Ledger("placement")
    [refused_batch, accepted_batch] = ledger.commit(
        [ask(sign(1)), ask(sign(2), group="g"), ask(WITHDRAW, group="g")], [ask(sign(3), group="g"), ask(sign(4))]
    )
    refusal = refused(refused_batch[1], "group_refused")
    assert refusal.details["item"] == "2"
    assert [recorded(result).index for result in accepted_batch] == [1, 2]


def test_the_item_that_is_named_is_counted_within_its_own_batch() -> None:
    ledger = Ledger("placement")
    [_, second] = ledger.commit([ask(sign(1)), ask(sign(2))], [ask(sign(3), group="g"), ask(WITHDRAW, group="g")])
    assert refused(second[0], "group_refused").details == {"group": "g", "item": "1"}


@pytest.mark.parametrize("name", ["0", "1", "\x001", "\x000", " "])
def test_no_name_of_a_group_takes_in_those_without_one(name: str) -> None:
    ledger = Ledger("placement")
    results = ledger.batch(ask(sign(1), group=name), ask(sign(2)), ask(WITHDRAW, group=name))
    refused(results[0], "group_refused")
    assert recorded(results[1]).index == 0


def test_a_group_may_speak_of_one_stream_more_than_once() -> None:
    ledger = Ledger("placement")
    known = sample(EmployerRegistered, name="南京康宁")
    ledger.given(RegisterEmployer(registered=known))
    renamed = RegisterEmployer(registered=sample(EmployerRegistered, name="南京康宁二院"))
    ledger.batch(ask(renamed, group="g"), ask(RegisterEmployer(registered=known), group="g"), ask(WITHDRAW, group="g"))
    assert ledger.size() == 1
    ledger.given(RegisterEmployer(registered=known))
    assert ledger.size() == 1
    ledger.given(renamed)
    assert ledger.size() == 3
