"""Placement: employers, matching events, agreements, health checks and spells of work."""

from __future__ import annotations

import pytest

from ledger.decider import Command, Correct, Retract
from services.placement import commands as ask_for
from services.placement import events as happened
from tests.support.given import AGENCY, Ledger, recorded, refused
from tests.support.samples import OTHER_PERSON, PERSON, sample

INTENT = sample(happened.IntentAgreementSigned)
INTENT_WITHDRAWN = sample(happened.IntentAgreementWithdrawn)
CONTRACT = sample(happened.ContractSigned)
CONTRACT_WITHDRAWN = sample(happened.ContractWithdrawn)
STARTED = sample(happened.EmploymentStarted)
CHECKED = sample(happened.HealthCheckPassed)
ENDED = sample(happened.EmploymentEnded)
EMPLOYER = sample(happened.EmployerRegistered)
CLOSED = sample(happened.EmployerClosed)
COOPERATION = sample(happened.CooperationSigned)
SURVEYED = sample(happened.EmployerSurveyed)
VACANCIES = sample(happened.VacancyPosted)
PAID = sample(happened.SubsidyPaid)
CLAWED_BACK = sample(happened.SubsidyClawedBack)
BASE = f"{AGENCY}/datong-hugong"

UPSERTS = [
    (
        ask_for.RegisterEmployer(registered=sample(happened.EmployerRegistered)),
        ask_for.RegisterEmployer(registered=sample(happened.EmployerRegistered, mode="agency")),
        f"employer/{BASE}/91320100MA1XYZ",
    ),
    (
        ask_for.HoldMatchingEvent(held=sample(happened.MatchingEventHeld)),
        ask_for.HoldMatchingEvent(held=sample(happened.MatchingEventHeld, attendees=300)),
        f"matching/{BASE}/event_no-1",
    ),
    (
        ask_for.SignIntentAgreement(signed=INTENT),
        ask_for.SignIntentAgreement(signed=sample(happened.IntentAgreementSigned, signed_on="2025-03-06")),
        f"agreement/{BASE}/intent/AG-2025-0001",
    ),
    (
        ask_for.SignContract(signed=CONTRACT),
        ask_for.SignContract(signed=sample(happened.ContractSigned, signed_on="2025-03-06")),
        f"agreement/{BASE}/labour/AG-2025-0001",
    ),
    (
        ask_for.SignContract(signed=sample(happened.ContractSigned, kind="service")),
        ask_for.SignContract(signed=sample(happened.ContractSigned, kind="service", template="other")),
        f"agreement/{BASE}/service/AG-2025-0001",
    ),
    (
        ask_for.StartEmployment(started=STARTED),
        ask_for.StartEmployment(started=sample(happened.EmploymentStarted, kind="dispatch")),
        f"employment/{BASE}/{PERSON}/91320100MA1XYZ/2025-03-20",
    ),
    (
        ask_for.SignCooperation(cooperation=COOPERATION),
        ask_for.SignCooperation(cooperation=sample(happened.CooperationSigned, employer_name="好苏嫂")),
        f"cooperation/{BASE}/91320100MA1XYZ/2025-03-05",
    ),
    (
        ask_for.SurveyEmployer(surveyed=SURVEYED),
        ask_for.SurveyEmployer(surveyed=sample(happened.EmployerSurveyed, employer_name="好苏嫂")),
        f"survey/{BASE}/91320100MA1XYZ/2025-03-05",
    ),
    (
        ask_for.PostVacancies(vacancies=VACANCIES),
        ask_for.PostVacancies(vacancies=sample(happened.VacancyPosted, vacancies=3)),
        f"vacancy/{BASE}/91320100MA1XYZ/2025-03-05/none",
    ),
    (
        ask_for.MakeReferral(referred=sample(happened.ReferralMade, employer="91320100MA1XYZ")),
        ask_for.MakeReferral(referred=sample(happened.ReferralMade, employer="91320100MA1XYZ", result="hired")),
        f"referral/{BASE}/{PERSON}/2025-03-05/91320100MA1XYZ",
    ),
    (
        ask_for.PaySubsidy(paid=PAID),
        ask_for.PaySubsidy(paid=sample(happened.SubsidyPaid, amount_fen=1)),
        f"subsidy/{BASE}/subsidy-1",
    ),
]
#: a step, what it needs, and what must be recorded before
STEPS = [
    (
        ask_for.CloseEmployer(closed=sample(happened.EmployerClosed)),
        "registered",
        ask_for.RegisterEmployer(registered=sample(happened.EmployerRegistered)),
    ),
    (
        ask_for.WithdrawIntentAgreement(withdrawn=INTENT_WITHDRAWN),
        "signed",
        ask_for.SignIntentAgreement(signed=INTENT),
    ),
    (ask_for.WithdrawContract(withdrawn=CONTRACT_WITHDRAWN), "signed", ask_for.SignContract(signed=CONTRACT)),
    (ask_for.EndEmployment(ended=ENDED), "started", ask_for.StartEmployment(started=STARTED)),
    (ask_for.ClawBackSubsidy(clawed_back=CLAWED_BACK), "paid", ask_for.PaySubsidy(paid=PAID)),
]


@pytest.mark.parametrize(("a", "b", "subject"), UPSERTS, ids=lambda one: type(one).__name__)
def test_a_fact_is_an_upsert_in_its_stream(a: Command, b: Command, subject: str) -> None:
    ledger = Ledger("placement")
    [first] = ledger.given(a)
    assert (first.subject, first.duplicate) == (subject, False)
    assert recorded(ledger.when(a)).duplicate
    ledger.given(b, a)
    [fact] = a.facts()
    assert ledger.live(subject) == {fact.slot: fact}


def test_a_health_check_is_the_same_on_the_same_day_only() -> None:
    ledger = Ledger("placement")
    [first] = ledger.given(ask_for.PassHealthCheck(checked=CHECKED))
    assert first.subject == f"health/{BASE}/{PERSON}/2025-03-15"
    assert recorded(ledger.when(ask_for.PassHealthCheck(checked=CHECKED))).duplicate
    later = sample(happened.HealthCheckPassed, checked_on="2026-03-15")
    assert not recorded(ledger.when(ask_for.PassHealthCheck(checked=later))).duplicate


@pytest.mark.parametrize(("step", "needs", "before"), STEPS, ids=lambda one: type(one).__name__)
def test_a_step_is_taken_once_and_after_what_it_needs(step: Command, needs: str, before: Command) -> None:
    ledger = Ledger("placement")
    refused(ledger.when(step), f"needs_{needs}")
    [first, second] = ledger.given(before, step)
    assert first.subject == second.subject
    [fact] = step.facts()
    refused(ledger.when(step), f"already_{fact.slot}")
    assert ledger.size() == 2


def test_agreements_of_two_kinds_may_have_one_number() -> None:
    ledger = Ledger("placement")
    receipts = ledger.given(
        ask_for.SignIntentAgreement(signed=INTENT),
        ask_for.SignContract(signed=CONTRACT),
        ask_for.SignContract(signed=sample(happened.ContractSigned, kind="service")),
    )
    assert len({receipt.subject for receipt in receipts}) == 3
    ledger.given(ask_for.WithdrawContract(withdrawn=CONTRACT_WITHDRAWN))
    assert set(ledger.live(receipts[0].subject)) == {"signed"}
    assert set(ledger.live(receipts[2].subject)) == {"signed"}


def test_two_starts_at_one_employer_are_two_spells() -> None:
    ledger = Ledger("placement")
    first, second = ledger.given(
        ask_for.StartEmployment(started=STARTED),
        ask_for.StartEmployment(started=sample(happened.EmploymentStarted, started_on="2026-01-05")),
    )
    assert first.subject != second.subject
    ledger.given(ask_for.EndEmployment(ended=ENDED))
    assert set(ledger.live(second.subject)) == {"started"}


def test_an_end_before_its_start_is_recorded_as_stated() -> None:
    ledger = Ledger("placement")
    ledger.given(
        ask_for.StartEmployment(started=STARTED),
        ask_for.EndEmployment(ended=sample(happened.EmploymentEnded, ended_on="2020-01-01")),
    )
    assert ledger.entries()[1].time == "2020-01-01T00:00:00+08:00"


@pytest.mark.parametrize(
    ("with_step", "without"),
    [
        (
            ask_for.RecordIntentAgreement(signed=INTENT, withdrawn=INTENT_WITHDRAWN),
            ask_for.RecordIntentAgreement(signed=INTENT),
        ),
        (
            ask_for.RecordContract(signed=CONTRACT, withdrawn=CONTRACT_WITHDRAWN),
            ask_for.RecordContract(signed=CONTRACT),
        ),
        (
            ask_for.RecordEmployment(started=STARTED, checked=CHECKED, ended=ENDED),
            ask_for.RecordEmployment(started=STARTED),
        ),
        (
            ask_for.RecordEmployer(
                registered=EMPLOYER, closed=CLOSED, cooperation=COOPERATION, surveyed=SURVEYED, vacancies=VACANCIES
            ),
            ask_for.RecordEmployer(registered=EMPLOYER, vacancies=VACANCIES),
        ),
        (ask_for.RecordSubsidy(paid=PAID, clawed_back=CLAWED_BACK), ask_for.RecordSubsidy(paid=PAID)),
    ],
    ids=lambda one: type(one).__name__,
)
def test_a_row_of_the_register_speaks_for_its_whole_aggregate(with_step: Command, without: Command) -> None:
    ledger = Ledger("placement")
    [receipt] = ledger.given(with_step)
    assert ledger.events() == with_step.facts()
    ledger.given(without)
    assert list(ledger.live(receipt.subject).values()) == without.facts()
    ledger.given(with_step)
    assert ledger.live(receipt.subject) == {fact.slot: fact for fact in with_step.facts()}
    assert recorded(ledger.when(with_step)).duplicate


def test_the_withdrawal_in_a_row_is_of_the_person_who_signed() -> None:
    ledger = Ledger("placement")
    other = sample(happened.IntentAgreementWithdrawn, person=OTHER_PERSON)
    row = ask_for.RecordIntentAgreement(signed=INTENT, withdrawn=other)
    assert refused(ledger.when(row), "facts_disagree").details == {"field": "person"}


def test_a_household_may_employ() -> None:
    ledger = Ledger("placement")
    at_home = sample(happened.EmploymentStarted, employer="hh_" + "0a" * 16)
    [receipt] = ledger.given(ask_for.StartEmployment(started=at_home))
    assert receipt.subject.split("/")[4] == "hh_" + "0a" * 16


def test_a_payment_taken_back_cannot_be_retracted_while_the_taking_back_stands() -> None:
    ledger = Ledger("placement")
    [receipt] = ledger.given(ask_for.RecordSubsidy(paid=PAID, clawed_back=CLAWED_BACK))
    refused(ledger.when(Retract(entry=receipt.index, reason="clerical")), "later_entries_depend")
    ledger.given(Retract(entry=receipt.index + 1, reason="clerical"), Retract(entry=receipt.index, reason="clerical"))
    assert ledger.live(receipt.subject) == {}


def test_a_correction_may_change_what_was_paid_but_not_which_payment_it_was() -> None:
    ledger = Ledger("placement")
    [receipt] = ledger.given(ask_for.PaySubsidy(paid=PAID))
    less = sample(happened.SubsidyPaid, amount_fen=1)
    ledger.given(Correct(entry=receipt.index, reason="clerical", fact=less))
    assert ledger.live(receipt.subject) == {"paid": less}
    other = sample(happened.SubsidyPaid, subsidy="BT-2")
    refused(ledger.when(Correct(entry=2, reason="clerical", fact=other)), "other_identity")


def test_referrals_of_one_day_to_two_employers_are_two() -> None:
    ledger = Ledger("placement")
    receipts = ledger.given(
        *(ask_for.MakeReferral(referred=sample(happened.ReferralMade, employer=one)) for one in (None, "E1", "E2"))
    )
    assert len({receipt.subject for receipt in receipts}) == 3
