"""Retractions and corrections."""

from __future__ import annotations

import pytest

from ledger.decider import Command, Correct, Retract
from ledger.errors import Kind
from ledger.event import EntryRetracted
from services.followup.commands import CompleteVisit, RecordVisit
from services.followup.events import VisitAttempted, VisitCompleted, WageObserved
from services.placement.commands import RecordIntentAgreement, SignIntentAgreement, WithdrawIntentAgreement
from services.placement.events import IntentAgreementSigned, IntentAgreementWithdrawn
from tests.support.given import AGENCY, OTHER_AGENCY, Ledger, ask, recorded, refused
from tests.support.samples import OTHER_PERSON, sample

SIGNED = sample(IntentAgreementSigned)
OTHERWISE = sample(IntentAgreementSigned, employer="91320100MA1OTHER")
WITHDRAWN = sample(IntentAgreementWithdrawn)
AGREEMENT = f"agreement/{AGENCY}/datong-hugong/intent/AG-2025-0001"


@pytest.fixture
def ledger() -> Ledger:
    """An agreement (entry 0) and its withdrawal (entry 1)."""
    ledger = Ledger("placement")
    ledger.given(SignIntentAgreement(signed=SIGNED), WithdrawIntentAgreement(withdrawn=WITHDRAWN))
    return ledger


def retract(entry: int, reason: str = "clerical") -> Command:
    return Retract(entry=entry, reason=reason)


# -------------------------------------------------------------------------------------- retractions


def test_a_retracted_fact_no_longer_stands_and_stays_in_the_log(ledger: Ledger) -> None:
    ledger.given(retract(1, "wrong agreement"))
    assert ledger.events() == [
        SIGNED,
        WITHDRAWN,
        EntryRetracted(entry=1, entry_type="IntentAgreementWithdrawn", reason="wrong agreement"),
    ]
    assert ledger.live(AGREEMENT) == {"signed": SIGNED}


def test_the_receipt_of_a_retraction_is_of_the_entry_that_records_it(ledger: Ledger) -> None:
    receipt = recorded(ledger.when(retract(1)))
    entry = next(iter(ledger.store.read(2, 3)))
    assert (receipt.index, receipt.leaf_hash, receipt.recorded) == (2, entry.leaf_hash, entry.recorded)
    assert (receipt.duplicate, receipt.subject) == (False, AGREEMENT)


def test_the_receipt_of_a_retraction_is_the_same_when_its_request_is_repeated(ledger: Ledger) -> None:
    first = recorded(ledger.when(retract(1), request_id="r-1"))
    assert recorded(ledger.when(retract(1), request_id="r-1")) == first._replace(duplicate=True)
    assert ledger.size() == 3


def test_a_retraction_continues_the_stream_of_its_entry(ledger: Ledger) -> None:
    ledger.given(retract(1))
    last = ledger.entries()[-1]
    assert (last.subject, last.revision, last.type) == (AGREEMENT, 3, "placement.EntryRetracted.v1")
    assert last.time == last.recorded


def test_what_others_rest_on_is_not_retracted_before_them(ledger: Ledger) -> None:
    refusal = refused(ledger.when(retract(0)), "later_entries_depend")
    assert (refusal.kind, refusal.details) == (Kind.IMPOSSIBLE, {"entry": "0", "dependent": "1"})
    assert ledger.size() == 2
    ledger.given(retract(1), retract(0))
    assert ledger.live(AGREEMENT) == {}


def test_what_is_retracted_can_be_stated_again(ledger: Ledger) -> None:
    ledger.given(retract(1), WithdrawIntentAgreement(withdrawn=WITHDRAWN))
    assert ledger.live(AGREEMENT) == {"signed": SIGNED, "withdrawn": WITHDRAWN}


def test_an_entry_is_retracted_once(ledger: Ledger) -> None:
    ledger.given(retract(1))
    for entry in (1, 2):  # the retracted one, and the retraction itself
        refusal = refused(ledger.when(retract(entry)), "not_live")
        assert refusal.kind is Kind.IMPOSSIBLE


def test_of_two_retractions_in_one_transaction_one_is_taken(ledger: Ledger) -> None:
    first, second = ledger.batch(ask(retract(1)), ask(retract(1)))
    recorded(first)
    refused(second, "not_live")


@pytest.mark.parametrize("entry", [2, 99, 2**53 - 1, -1])
def test_an_entry_that_does_not_exist_is_not_retracted(ledger: Ledger, entry: int) -> None:
    refusal = refused(ledger.when(retract(entry)), "no_such_entry")
    assert (refusal.kind, refusal.details) == (Kind.NOT_FOUND, {"entry": str(entry)})
    refused(ledger.when(Correct(entry=entry, reason="clerical", fact=SIGNED)), "no_such_entry")


def test_only_the_agency_that_stated_it_retracts_an_entry(ledger: Ledger) -> None:
    refusal = refused(ledger.when(retract(1), agency=OTHER_AGENCY), "other_agency")
    assert (refusal.kind, refusal.details) == (Kind.FORBIDDEN, {"agency": AGENCY})
    refused(ledger.when(Correct(entry=0, reason="clerical", fact=OTHERWISE), agency=OTHER_AGENCY), "other_agency")
    assert ledger.size() == 2


# --------------------------------------------------------------------------------------- corrections


def test_a_correction_retracts_and_supersedes_in_one_transaction(ledger: Ledger) -> None:
    receipt = recorded(ledger.when(Correct(entry=0, reason="employer mistyped", fact=OTHERWISE)))
    assert ledger.events(2) == [
        EntryRetracted(entry=0, entry_type="IntentAgreementSigned", reason="employer mistyped", superseded=True),
        OTHERWISE,
    ]
    assert (receipt.index, receipt.duplicate) == (3, False)
    assert ledger.live(AGREEMENT) == {"withdrawn": WITHDRAWN, "signed": OTHERWISE}


def test_a_correction_to_what_stands_records_nothing(ledger: Ledger) -> None:
    receipt = recorded(ledger.when(Correct(entry=0, reason="clerical", fact=SIGNED)))
    assert (receipt.index, receipt.duplicate) == (0, True)
    assert ledger.size() == 2


def test_a_superseded_entry_is_not_corrected_again(ledger: Ledger) -> None:
    ledger.given(Correct(entry=0, reason="clerical", fact=OTHERWISE))
    refused(ledger.when(Correct(entry=0, reason="clerical", fact=SIGNED)), "not_live")
    ledger.given(Correct(entry=3, reason="clerical", fact=SIGNED))


@pytest.mark.parametrize(("field", "value"), [("agreement", "AG-2025-0002"), ("programme", "other")])
def test_a_correction_does_not_change_what_identifies_the_fact(ledger: Ledger, field: str, value: str) -> None:
    fact = sample(IntentAgreementSigned, **{field: value})
    refusal = refused(ledger.when(Correct(entry=0, reason="clerical", fact=fact)), "other_identity")
    assert (refusal.kind, refusal.details) == (Kind.IMPOSSIBLE, {"entry": "0", "field": field})


def test_a_correction_states_the_same_slot(ledger: Ledger) -> None:
    refusal = refused(ledger.when(Correct(entry=0, reason="clerical", fact=WITHDRAWN)), "other_fact")
    assert (refusal.kind, refusal.details) == (Kind.MALFORMED, {"entry": "0", "slot": "signed"})


def test_a_fact_may_be_corrected_to_another_type_of_the_same_slot() -> None:
    ledger = Ledger("followup")
    ledger.given(CompleteVisit(visit=sample(VisitCompleted)))
    attempted = sample(VisitAttempted)
    ledger.given(Correct(entry=0, reason="nobody answered", fact=attempted))
    assert ledger.events(2) == [attempted]
    other = sample(VisitCompleted, person=OTHER_PERSON)
    refused(ledger.when(Correct(entry=2, reason="clerical", fact=other)), "other_identity")


def test_a_correction_may_follow_in_the_transaction_that_stated_the_fact(ledger: Ledger) -> None:
    """Nobody can know the index yet, so it is no entry yet; the next transaction knows it."""
    first, second = ledger.batch(
        ask(SignIntentAgreement(signed=sample(IntentAgreementSigned, agreement="AG-2"))), ask(retract(2))
    )
    assert recorded(first).index == 2
    refused(second, "no_such_entry")
    ledger.given(retract(2))


# ------------------------------------------------------------------------------ whole rows and needs


def test_a_row_that_leaves_out_what_it_states_others_rest_on_is_refused() -> None:
    """`withdrawn` stands and is stated again, but `signed` it rests on is left out: cannot be said in
    this command; `revoked` without `certified` can."""
    from services.training.commands import RecordEnrolment
    from services.training.events import CertificateIssued, CertificateRevoked, Enrolled

    ledger = Ledger("training")
    enrolled, certified, revoked = sample(Enrolled), sample(CertificateIssued), sample(CertificateRevoked)
    ledger.given(RecordEnrolment(enrolled=enrolled, certified=certified, revoked=revoked))
    refused(ledger.when(RecordEnrolment(enrolled=enrolled, revoked=revoked)), "needs_certified")
    refused(Ledger("training").when(RecordEnrolment(enrolled=enrolled, revoked=revoked)), "needs_certified")
    assert ledger.size() == 3


def test_a_row_does_not_take_back_what_a_fact_outside_the_row_rests_on() -> None:
    """A referral is not in the register; the issue it is about cannot vanish under it."""
    from services.followup.commands import ReferIssue
    from services.followup.events import IssueOpened, IssueReferred

    ledger = Ledger("followup")
    visit, issue = sample(VisitCompleted), sample(IssueOpened)
    [receipt] = ledger.given(RecordVisit(completed=visit, issue=issue))
    ledger.given(ReferIssue(subject=receipt.subject, referred=sample(IssueReferred)))
    refusal = refused(ledger.when(RecordVisit(completed=visit)), "later_entries_depend")
    assert refusal.details == {"entry": "1", "dependent": "2"}
    assert ledger.size() == 3
    other = sample(IssueOpened, kind="contract")
    ledger.given(RecordVisit(completed=visit, issue=other, wage=sample(WageObserved)))
    assert set(ledger.live(receipt.subject)) == {"visit", "issue", "referred", "wage"}


def test_agreements_of_one_row_are_withdrawn_with_their_signature() -> None:
    ledger = Ledger("placement")
    ledger.given(RecordIntentAgreement(signed=SIGNED, withdrawn=WITHDRAWN))
    ledger.given(RecordIntentAgreement(signed=SIGNED))
    ledger.given(retract(0))
    assert ledger.live(AGREEMENT) == {}
