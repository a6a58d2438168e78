"""Request ids: what a repeat gets, and what stands for one."""

from __future__ import annotations

from ledger.decider import Retract
from ledger.errors import Kind
from services.followup.commands import OpenIssue
from services.followup.events import IssueOpened
from services.placement.commands import RecordIntentAgreement, SignIntentAgreement, WithdrawIntentAgreement
from services.placement.events import IntentAgreementSigned, IntentAgreementWithdrawn
from tests.support.given import OTHER_AGENCY, Ledger, ask, recorded, refused
from tests.support.samples import sample

SIGNED = sample(IntentAgreementSigned)
OTHERWISE = sample(IntentAgreementSigned, employer="91320100MA1OTHER")
WITHDRAWN = sample(IntentAgreementWithdrawn)
ISSUE = OpenIssue(issue=sample(IssueOpened))


def test_a_repeat_gets_the_first_receipt() -> None:
    ledger = Ledger("followup")
    first = recorded(ledger.when(ISSUE, request_id="r-1"))
    ledger.now += 3_600
    again = recorded(ledger.when(ISSUE, request_id="r-1"))
    assert again == first._replace(duplicate=True)
    assert ledger.size() == 1


def test_a_repeat_gets_the_first_receipt_even_after_the_fact_was_superseded() -> None:
    ledger = Ledger("placement")
    first = recorded(ledger.when(SignIntentAgreement(signed=SIGNED), request_id="r-1"))
    ledger.given(SignIntentAgreement(signed=OTHERWISE))
    again = recorded(ledger.when(SignIntentAgreement(signed=SIGNED), request_id="r-1"))
    assert again == first._replace(duplicate=True)
    assert ledger.live(first.subject) == {"signed": OTHERWISE}


def test_a_repeat_within_the_same_transaction_gets_the_same_receipt() -> None:
    ledger = Ledger("followup")
    first, second = ledger.batch(ask(ISSUE, request_id="r-1"), ask(ISSUE, request_id="r-1"))
    assert recorded(second) == recorded(first)._replace(duplicate=True)
    assert ledger.size() == 1


def test_a_repeat_in_another_batch_of_the_same_transaction_gets_the_same_receipt() -> None:
    ledger = Ledger("followup")
    [[first], [second]] = ledger.commit([ask(ISSUE, request_id="r-1")], [ask(ISSUE, request_id="r-1")])
    assert recorded(second) == recorded(first)._replace(duplicate=True)


def test_a_request_id_with_other_content_is_refused() -> None:
    ledger = Ledger("placement")
    ledger.when(SignIntentAgreement(signed=SIGNED), request_id="r-1")
    for other in (
        SignIntentAgreement(signed=OTHERWISE),
        RecordIntentAgreement(signed=SIGNED),  # equal fields, another command
        WithdrawIntentAgreement(withdrawn=WITHDRAWN),
        Retract(entry=0, reason="clerical"),
    ):
        refusal = refused(ledger.when(other, request_id="r-1"), "reused_request_id")
        assert (refusal.kind, refusal.details) == (Kind.REUSED, {"request_id": "r-1"})
    assert ledger.size() == 1


def test_a_request_id_with_other_content_is_refused_within_one_transaction() -> None:
    ledger = Ledger("placement")
    first, second = ledger.batch(
        ask(SignIntentAgreement(signed=SIGNED), request_id="r-1"),
        ask(SignIntentAgreement(signed=OTHERWISE), request_id="r-1"),
    )
    recorded(first)
    refused(second, "reused_request_id")


def test_a_request_that_recorded_nothing_new_stands_for_its_id_too() -> None:
    ledger = Ledger("placement")
    ledger.given(SignIntentAgreement(signed=SIGNED))
    assert recorded(ledger.when(SignIntentAgreement(signed=SIGNED), request_id="r-1")).index == 0
    refused(ledger.when(SignIntentAgreement(signed=OTHERWISE), request_id="r-1"), "reused_request_id")
    assert ledger.size() == 1


def test_the_same_request_id_of_another_agency_is_another_request() -> None:
    ledger = Ledger("followup")
    ledger.when(ISSUE, request_id="r-1")
    assert recorded(ledger.when(ISSUE, request_id="r-1", agency=OTHER_AGENCY)).index == 1


def test_what_was_refused_may_be_tried_again() -> None:
    ledger = Ledger("placement")
    refused(ledger.when(WithdrawIntentAgreement(withdrawn=WITHDRAWN), request_id="r-1"), "needs_signed")
    ledger.given(SignIntentAgreement(signed=SIGNED))
    assert not recorded(ledger.when(WithdrawIntentAgreement(withdrawn=WITHDRAWN), request_id="r-1")).duplicate


def test_an_empty_request_id_gives_no_retry_safety() -> None:
    """Without a natural key and without a request id, the same words twice are two issues."""
    ledger = Ledger("followup")
    first, second = recorded(ledger.when(ISSUE)), recorded(ledger.when(ISSUE))
    assert (first.index, second.index) == (0, 1)
    assert first.subject != second.subject
    assert [entry.request for entry in ledger.entries()] == ["", ""]
    assert [entry.id for entry in ledger.entries()] == [first.subject.split("/")[-1], second.subject.split("/")[-1]]
    with ledger.store.transaction() as transaction:
        assert not transaction.requests([("datong-hrss", "")])


def test_an_issue_without_a_number_is_new_each_time_even_in_one_transaction() -> None:
    ledger = Ledger("followup")
    results = ledger.batch(*[ask(ISSUE, request_id=f"r-{at}") for at in range(3)])
    assert [recorded(result).index for result in results] == [0, 1, 2]
    assert len({recorded(result).subject for result in results}) == 3


def test_the_entry_names_the_request_that_caused_it() -> None:
    ledger = Ledger("placement")
    ledger.when(RecordIntentAgreement(signed=SIGNED, withdrawn=WITHDRAWN), request_id="r:1._-Z")
    assert [entry.request for entry in ledger.entries()] == ["r:1._-Z"] * 2


# ------------------------------------------------------------- which of two refusals wins (errors.py)


def test_a_malformed_request_is_refused_before_it_is_compared_with_a_repeat() -> None:
    ledger = Ledger("placement")
    ledger.when(SignIntentAgreement(signed=SIGNED), request_id="r-1")
    malformed = SignIntentAgreement(signed=sample(IntentAgreementSigned, expected_wage_fen=2**53))
    refused(ledger.when(malformed, request_id="r-1"), "integer_too_large")


def test_a_reused_request_id_is_refused_before_the_revision_is_looked_at() -> None:
    ledger = Ledger("placement")
    ledger.when(SignIntentAgreement(signed=SIGNED), request_id="r-1")
    refused(
        ledger.when(SignIntentAgreement(signed=OTHERWISE), request_id="r-1", expected_revision=9), "reused_request_id"
    )


def test_a_repeat_is_answered_even_if_the_stream_has_moved_on_since() -> None:
    ledger = Ledger("placement")
    first = recorded(ledger.when(SignIntentAgreement(signed=SIGNED), request_id="r-1", expected_revision=0))
    again = recorded(ledger.when(SignIntentAgreement(signed=SIGNED), request_id="r-1", expected_revision=0))
    assert again == first._replace(duplicate=True)


def test_a_wrong_revision_is_refused_before_the_decision_is_made() -> None:
    ledger = Ledger("placement")
    ledger.given(SignIntentAgreement(signed=SIGNED), WithdrawIntentAgreement(withdrawn=WITHDRAWN))
    refusal = refused(ledger.when(WithdrawIntentAgreement(withdrawn=WITHDRAWN), expected_revision=1), "wrong_revision")
    assert (refusal.kind, refusal.details) == (Kind.CONFLICT, {"expected": "1", "actual": "2"})


def test_the_right_revision_is_accepted() -> None:
    ledger = Ledger("placement")
    recorded(ledger.when(SignIntentAgreement(signed=SIGNED), expected_revision=0))
    recorded(ledger.when(WithdrawIntentAgreement(withdrawn=WITHDRAWN), expected_revision=1))
    refused(ledger.when(Retract(entry=1, reason="clerical"), expected_revision=0), "wrong_revision")
    recorded(ledger.when(Retract(entry=1, reason="clerical"), expected_revision=2))


def test_a_thousand_repeats_take_a_handful_of_queries() -> None:
    """An import that is run again asks what it asked before: as set-based as the first time."""
    ledger = Ledger("followup")
    asks = [ask(ISSUE, request_id=f"r-{at}") for at in range(1_000)]
    first = ledger.batch(*asks)
    looked_up = []
    with ledger.store.transaction() as transaction:
        entries = transaction.entries

        def counted(indices):  # type: ignore[no-untyped-def]
            looked_up.append(len(indices))
            return entries(indices)

        transaction.entries = counted  # type: ignore[method-assign]
        [again] = ledger.book.write(transaction, [asks])
    assert again == [recorded(result)._replace(duplicate=True) for result in first]
    assert len(looked_up) <= 2
