"""Training: what is recorded of a class, an enrolment, an activity and a statistic, and what is refused."""

from __future__ import annotations

import pytest

from ledger.decider import Command
from ledger.event import EntryRetracted
from services.training import commands as ask_for
from services.training import events as happened
from tests.support.given import AGENCY, Ledger, recorded, refused
from tests.support.samples import OTHER_PERSON, PERSON, sample

ENROLLED = sample(happened.Enrolled)
ASSESSED = sample(happened.AssessmentTaken, theory_score_tenths=780)
ENDED = sample(happened.TrainingEnded)
CERTIFIED = sample(happened.CertificateIssued)
REVOKED = sample(happened.CertificateRevoked)
SKILL_FILE = sample(happened.SkillFileOpened)
RECOGNISED = sample(happened.FacilityRecognised)
CLOSED = sample(happened.FacilityClosed)
ENROLMENT = f"enrolment/{AGENCY}/datong-hugong/DT-2025%2F03 期/{PERSON}"

#: command, the same with other content, and the stream it belongs to
UPSERTS = [
    (
        ask_for.OpenClass(opened=sample(happened.ClassOpened)),
        ask_for.OpenClass(opened=sample(happened.ClassOpened, kind="online")),
        f"class/{AGENCY}/datong-hugong/DT-2025%2F03 期",
    ),
    (
        ask_for.Enrol(enrolled=ENROLLED),
        ask_for.Enrol(enrolled=sample(happened.Enrolled, category="低保对象")),
        ENROLMENT,
    ),
    (
        ask_for.AssessTrainee(assessed=ASSESSED),
        ask_for.AssessTrainee(assessed=sample(happened.AssessmentTaken, theory_score_tenths=790)),
        ENROLMENT,
    ),
    (
        ask_for.EndTraining(ended=ENDED),
        ask_for.EndTraining(ended=sample(happened.TrainingEnded, result="failed")),
        ENROLMENT,
    ),
    (
        ask_for.IssueCertificate(certified=CERTIFIED),
        ask_for.IssueCertificate(certified=sample(happened.CertificateIssued, certificate="C-2")),
        ENROLMENT,
    ),
    (
        ask_for.OpenSkillFile(skill_file=SKILL_FILE),
        ask_for.OpenSkillFile(skill_file=sample(happened.SkillFileOpened, skill_file="F-2")),
        ENROLMENT,
    ),
    (
        ask_for.HoldActivity(held=sample(happened.ActivityHeld)),
        ask_for.HoldActivity(held=sample(happened.ActivityHeld, attendances=12)),
        f"activity/{AGENCY}/datong-hugong/activity-1",
    ),
    (
        ask_for.AttestStatistic(attested=sample(happened.StatisticAttested)),
        ask_for.AttestStatistic(attested=sample(happened.StatisticAttested, value_milli=8_000_000)),
        f"statistic/{AGENCY}/datong-hugong/indicator-1/2025-03-05/source-1",
    ),
    (
        ask_for.RecogniseFacility(recognised=RECOGNISED),
        ask_for.RecogniseFacility(recognised=sample(happened.FacilityRecognised, capacity_places=2000)),
        f"facility/{AGENCY}/datong-hugong/facility-1",
    ),
]
BEFORE: dict[type[Command], Command] = {
    asked: ask_for.Enrol(enrolled=ENROLLED)
    for asked in (ask_for.AssessTrainee, ask_for.EndTraining, ask_for.IssueCertificate, ask_for.OpenSkillFile)
}


@pytest.mark.parametrize(("a", "b", "subject"), UPSERTS, ids=lambda one: type(one).__name__)
def test_a_fact_is_an_upsert_in_its_stream(a: Command, b: Command, subject: str) -> None:
    ledger = Ledger("training")
    if type(a) in BEFORE:
        ledger.given(BEFORE[type(a)])
    [first] = ledger.given(a)
    assert (first.subject, first.duplicate) == (subject, False)
    assert recorded(ledger.when(a)).duplicate
    assert not recorded(ledger.when(b)).duplicate
    ledger.given(a)
    [fact] = a.facts()
    assert ledger.live(subject)[fact.slot] == fact
    stated = [event for event in ledger.events() if type(event) is type(fact)]
    assert stated == [fact, b.facts()[0], fact]


@pytest.mark.parametrize("command", [a for a, _, _ in UPSERTS if type(a) in BEFORE], ids=lambda one: type(one).__name__)
def test_nothing_is_recorded_of_somebody_who_never_enrolled(command: Command) -> None:
    ledger = Ledger("training")
    refused(ledger.when(command), "needs_enrolled")
    assert ledger.size() == 0


def test_a_class_nobody_opened_can_be_joined() -> None:
    """It may be another agency's: that the facts of two agencies disagree is a finding."""
    ledger = Ledger("training")
    ledger.given(ask_for.Enrol(enrolled=ENROLLED))


def test_a_certificate_needs_no_pass() -> None:
    """That somebody failed and was certified is stated, not judged, here."""
    ledger = Ledger("training")
    ledger.given(
        ask_for.Enrol(enrolled=ENROLLED),
        ask_for.EndTraining(ended=sample(happened.TrainingEnded, result="failed")),
        ask_for.IssueCertificate(certified=CERTIFIED),
    )


def test_a_certificate_is_revoked_once_and_after_it_was_issued() -> None:
    ledger = Ledger("training")
    revoke = ask_for.RevokeCertificate(revoked=REVOKED)
    refused(ledger.when(revoke), "needs_certified")
    ledger.given(ask_for.Enrol(enrolled=ENROLLED))
    refused(ledger.when(revoke), "needs_certified")
    ledger.given(ask_for.IssueCertificate(certified=CERTIFIED), revoke)
    refused(ledger.when(revoke), "already_revoked")


def test_two_persons_of_a_class_are_two_aggregates() -> None:
    ledger = Ledger("training")
    ledger.given(ask_for.Enrol(enrolled=ENROLLED))
    other = sample(happened.TrainingEnded, person=OTHER_PERSON)
    refused(ledger.when(ask_for.EndTraining(ended=other)), "needs_enrolled")


def test_a_row_of_the_register_states_all_of_an_enrolment() -> None:
    ledger = Ledger("training")
    row = ask_for.RecordEnrolment(
        enrolled=ENROLLED,
        assessed=ASSESSED,
        ended=ENDED,
        certified=CERTIFIED,
        revoked=REVOKED,
        skill_file=SKILL_FILE,
    )
    [receipt] = ledger.given(row)
    assert receipt.subject == ENROLMENT
    assert ledger.events() == [ENROLLED, ASSESSED, ENDED, CERTIFIED, REVOKED, SKILL_FILE]
    assert recorded(ledger.when(row)).duplicate


def test_what_a_row_no_longer_states_is_retracted_last_first() -> None:
    ledger = Ledger("training")
    ledger.given(ask_for.RecordEnrolment(enrolled=ENROLLED, certified=CERTIFIED, revoked=REVOKED))
    ledger.given(ask_for.RecordEnrolment(enrolled=ENROLLED, ended=ENDED))
    assert ledger.events(3) == [
        EntryRetracted(entry=2, entry_type="CertificateRevoked", reason="no_longer_stated"),
        EntryRetracted(entry=1, entry_type="CertificateIssued", reason="no_longer_stated"),
        ENDED,
    ]
    assert ledger.live(ENROLMENT) == {"enrolled": ENROLLED, "ended": ENDED}


@pytest.mark.parametrize(
    ("field", "fact"),
    [
        ("region", sample(happened.TrainingEnded, region="371581")),
        ("person", sample(happened.TrainingEnded, person=OTHER_PERSON)),
        ("class_no", sample(happened.TrainingEnded, class_no="another")),
    ],
)
def test_the_facts_of_a_row_are_of_one_enrolment(field: str, fact: happened.TrainingEnded) -> None:
    ledger = Ledger("training")
    refusal = refused(ledger.when(ask_for.RecordEnrolment(enrolled=ENROLLED, ended=fact)), "facts_disagree")
    assert refusal.details == {"field": field}


def test_the_certificate_revoked_is_the_one_issued() -> None:
    ledger = Ledger("training")
    other = sample(happened.CertificateRevoked, certificate="C-2")
    row = ask_for.RecordEnrolment(enrolled=ENROLLED, certified=CERTIFIED, revoked=other)
    assert refused(ledger.when(row), "facts_disagree").details == {"field": "certificate"}


def test_a_site_is_closed_once_and_after_it_was_recognised() -> None:
    ledger = Ledger("training")
    close = ask_for.CloseFacility(closed=CLOSED)
    refused(ledger.when(close), "needs_recognised")
    ledger.given(ask_for.RecogniseFacility(recognised=RECOGNISED), close)
    refused(ledger.when(close), "already_closed")


def test_a_row_of_sites_opens_again_what_it_no_longer_closes() -> None:
    ledger = Ledger("training")
    [receipt] = ledger.given(ask_for.RecordFacility(recognised=RECOGNISED, closed=CLOSED))
    ledger.given(ask_for.RecordFacility(recognised=RECOGNISED))
    assert ledger.live(receipt.subject) == {"recognised": RECOGNISED}
    assert recorded(ledger.when(ask_for.RecordFacility(recognised=RECOGNISED))).duplicate
