"""Upserts, steps and whole rows: what is recorded when something is stated again, or otherwise."""

from __future__ import annotations

from ledger.errors import Kind
from ledger.event import EntryRetracted
from services.placement.commands import (
    EndEmployment,
    PassHealthCheck,
    RecordEmployment,
    RecordIntentAgreement,
    SignIntentAgreement,
    StartEmployment,
    WithdrawIntentAgreement,
)
from services.placement.events import (
    EmploymentEnded,
    EmploymentStarted,
    HealthCheckPassed,
    IntentAgreementSigned,
    IntentAgreementWithdrawn,
)
from tests.support.given import AGENCY, Ledger, recorded, refused
from tests.support.samples import sample

SIGNED = sample(IntentAgreementSigned)
OTHERWISE = sample(IntentAgreementSigned, expected_wage_fen=500_000, full=True)
WITHDRAWN = sample(IntentAgreementWithdrawn)
AGREEMENT = f"agreement/{AGENCY}/datong-hugong/intent/AG-2025-0001"

STARTED = sample(EmploymentStarted)
CHECKED = sample(HealthCheckPassed)
ENDED = sample(EmploymentEnded)


# --------------------------------------------------------------------------- one fact under one key


def test_what_is_absent_is_recorded() -> None:
    ledger = Ledger("placement")
    receipt = recorded(ledger.when(SignIntentAgreement(signed=SIGNED)))
    head = ledger.store.head()
    assert (receipt.log, receipt.index, receipt.duplicate) == ("ledger.local/placement", 0, False)
    assert (receipt.subject, receipt.recorded) == (AGREEMENT, "2025-03-05T08:31:07.000000Z")
    assert head.frontier.root() == receipt.leaf_hash
    assert ledger.events() == [SIGNED]


def test_what_is_stated_again_with_equal_content_is_recorded_already() -> None:
    ledger = Ledger("placement")
    [first] = ledger.given(SignIntentAgreement(signed=SIGNED))
    ledger.now += 60
    again = recorded(ledger.when(SignIntentAgreement(signed=SIGNED)))
    assert again == first._replace(duplicate=True)
    assert ledger.size() == 1


def test_what_is_stated_otherwise_retracts_and_supersedes_in_one_step() -> None:
    ledger = Ledger("placement")
    ledger.given(SignIntentAgreement(signed=SIGNED))
    receipt = recorded(ledger.when(SignIntentAgreement(signed=OTHERWISE)))
    assert (receipt.index, receipt.duplicate) == (2, False)
    assert ledger.events(1) == [
        EntryRetracted(entry=0, entry_type="IntentAgreementSigned", reason="corrected", superseded=True),
        OTHERWISE,
    ]
    assert [entry.revision for entry in ledger.entries()] == [1, 2, 3]
    assert {entry.subject for entry in ledger.entries()} == {AGREEMENT}


def test_a_b_a_ends_at_a() -> None:
    ledger = Ledger("placement")
    ledger.given(*(SignIntentAgreement(signed=fact) for fact in (SIGNED, OTHERWISE, SIGNED)))
    assert ledger.live(AGREEMENT) == {"signed": SIGNED}
    assert [type(event).__name__ for event in ledger.events()].count("IntentAgreementSigned") == 3
    ledger.given(SignIntentAgreement(signed=SIGNED))
    assert ledger.size() == 5


def test_upserts_of_one_transaction_see_each_other() -> None:
    from tests.support.given import ask

    ledger = Ledger("placement")
    results = ledger.batch(*(ask(SignIntentAgreement(signed=fact)) for fact in (SIGNED, SIGNED, OTHERWISE, SIGNED)))
    assert [recorded(result).index for result in results] == [0, 0, 2, 4]
    assert [recorded(result).duplicate for result in results] == [False, True, False, False]
    assert ledger.live(AGREEMENT) == {"signed": SIGNED}


def test_the_same_key_of_another_agency_is_another_aggregate() -> None:
    ledger = Ledger("placement")
    ledger.given(SignIntentAgreement(signed=SIGNED))
    other = recorded(ledger.when(SignIntentAgreement(signed=OTHERWISE), agency="xining-hrss"))
    assert (other.index, other.subject) == (1, "agreement/xining-hrss/datong-hugong/intent/AG-2025-0001")


def test_slashes_and_percent_signs_in_a_key_stay_within_their_part() -> None:
    ledger = Ledger("placement")
    fact = sample(IntentAgreementSigned, agreement="AG/2025%1")
    receipt = recorded(ledger.when(SignIntentAgreement(signed=fact)))
    assert receipt.subject == f"agreement/{AGENCY}/datong-hugong/intent/AG%2F2025%251"


# ------------------------------------------------------------------------------------------- steps


def test_a_step_is_taken_once_and_refused_twice() -> None:
    ledger = Ledger("placement")
    ledger.given(SignIntentAgreement(signed=SIGNED), WithdrawIntentAgreement(withdrawn=WITHDRAWN))
    for again in (WITHDRAWN, sample(IntentAgreementWithdrawn, withdrawn_on="2025-04-01")):
        refusal = refused(ledger.when(WithdrawIntentAgreement(withdrawn=again)), "already_withdrawn")
        assert (refusal.kind, refusal.details) == (Kind.IMPOSSIBLE, {"entry": "1"})
    assert ledger.size() == 2


def test_a_step_is_refused_twice_within_one_transaction_too() -> None:
    from tests.support.given import ask

    ledger = Ledger("placement")
    ledger.given(SignIntentAgreement(signed=SIGNED))
    step = ask(WithdrawIntentAgreement(withdrawn=WITHDRAWN))
    first, second = ledger.batch(step, step)
    assert recorded(first).index == 1
    refused(second, "already_withdrawn")


def test_a_step_needs_what_it_goes_on_from() -> None:
    ledger = Ledger("placement")
    refusal = refused(ledger.when(WithdrawIntentAgreement(withdrawn=WITHDRAWN)), "needs_signed")
    assert (refusal.kind, refusal.details) == (Kind.IMPOSSIBLE, {"needs": "signed"})
    assert ledger.size() == 0


# -------------------------------------------------------------------------------------- whole rows


def test_a_whole_row_records_every_fact_it_states() -> None:
    ledger = Ledger("placement")
    receipt = recorded(ledger.when(RecordEmployment(started=STARTED, checked=CHECKED, ended=ENDED)))
    assert ledger.events() == [STARTED, CHECKED, ENDED]
    assert receipt.index == 0
    ids = [entry.id for entry in ledger.entries()]
    assert len(set(ids)) == 3


def test_a_whole_row_stated_again_is_recorded_already() -> None:
    ledger = Ledger("placement")
    row = RecordEmployment(started=STARTED, checked=CHECKED)
    ledger.given(row)
    assert recorded(ledger.when(row)).duplicate
    assert ledger.size() == 2


def test_a_whole_row_takes_back_what_it_leaves_out() -> None:
    ledger = Ledger("placement")
    ledger.given(RecordEmployment(started=STARTED, checked=CHECKED, ended=ENDED))
    receipt = recorded(ledger.when(RecordEmployment(started=STARTED)))
    assert ledger.events(3) == [
        EntryRetracted(entry=2, entry_type="EmploymentEnded", reason="no_longer_stated"),
        EntryRetracted(entry=1, entry_type="HealthCheckPassed", reason="no_longer_stated"),
    ]
    assert ledger.live(receipt.subject) == {"started": STARTED}
    assert not receipt.duplicate


def test_whole_rows_converge_whatever_order_files_arrive_in() -> None:
    a = RecordIntentAgreement(signed=SIGNED, withdrawn=WITHDRAWN)
    b = RecordIntentAgreement(signed=OTHERWISE)
    for order in ((a, b, a), (b, a), (a, a, b, b, a)):
        ledger = Ledger("placement")
        ledger.given(*order)
        assert ledger.live(AGREEMENT) == {"signed": SIGNED, "withdrawn": WITHDRAWN}
        before = ledger.size()
        ledger.given(a)
        assert ledger.size() == before


def test_a_whole_row_and_single_commands_meet_in_one_stream() -> None:
    ledger = Ledger("placement")
    ledger.given(StartEmployment(started=STARTED), EndEmployment(ended=ENDED))
    assert recorded(ledger.when(RecordEmployment(started=STARTED, ended=ENDED))).duplicate
    ledger.given(RecordEmployment(started=STARTED))
    ledger.given(EndEmployment(ended=ENDED))
    assert list(ledger.live(ledger.entries()[0].subject)) == ["started", "ended"]


def test_a_correction_of_what_others_rest_on_leaves_them_standing() -> None:
    ledger = Ledger("placement")
    ledger.given(RecordIntentAgreement(signed=SIGNED, withdrawn=WITHDRAWN))
    ledger.given(RecordIntentAgreement(signed=OTHERWISE, withdrawn=WITHDRAWN))
    assert ledger.live(AGREEMENT) == {"withdrawn": WITHDRAWN, "signed": OTHERWISE}
    assert ledger.size() == 4


def test_facts_of_one_row_must_agree_on_what_they_share() -> None:
    ledger = Ledger("placement")
    checked = sample(HealthCheckPassed, region="371581")
    refusal = refused(ledger.when(RecordEmployment(started=STARTED, checked=checked)), "facts_disagree")
    assert (refusal.kind, refusal.details) == (Kind.MALFORMED, {"field": "region"})
    assert ledger.size() == 0


def test_a_health_check_alone_and_one_with_a_start_are_two_streams() -> None:
    ledger = Ledger("placement")
    alone, with_start = ledger.given(
        PassHealthCheck(checked=CHECKED), RecordEmployment(started=STARTED, checked=CHECKED)
    )
    assert alone.subject.startswith("health/")
    assert with_start.subject.startswith("employment/")
    assert ledger.size() == 3
