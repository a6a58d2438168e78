"""What may be asked of training. A command states facts; its fields are the slots they fill."""

from __future__ import annotations

from ledger.decider import Command
from services.training.events import (
    ActivityHeld,
    AssessmentTaken,
    CertificateIssued,
    CertificateRevoked,
    ClassOpened,
    Enrolled,
    FacilityClosed,
    FacilityRecognised,
    SkillFileOpened,
    StatisticAttested,
    TrainingEnded,
)

EnrolmentFact = Enrolled | AssessmentTaken | TrainingEnded | CertificateIssued | CertificateRevoked | SkillFileOpened


def enrolment_key(fact: EnrolmentFact) -> tuple[str, ...]:
    """One person in one class is one aggregate."""
    return "enrolment", fact.programme, fact.class_no, fact.person


def facility_key(fact: FacilityRecognised | FacilityClosed) -> tuple[str, ...]:
    """One numbered site."""
    return "facility", fact.programme, fact.facility


class OpenClass(Command, frozen=True, kw_only=True):
    """A class began."""

    opened: ClassOpened

    def key(self) -> tuple[str, ...]:
        return "class", self.opened.programme, self.opened.class_no


class Enrol(Command, frozen=True, kw_only=True):
    """A person joined a class. The class itself may be unknown here, or known to another agency."""

    enrolled: Enrolled

    def key(self) -> tuple[str, ...]:
        return enrolment_key(self.enrolled)


class AssessTrainee(Command, frozen=True, kw_only=True):
    """Scores of a trainee."""

    assessed: AssessmentTaken

    def key(self) -> tuple[str, ...]:
        return enrolment_key(self.assessed)


class EndTraining(Command, frozen=True, kw_only=True):
    """Passed, failed or dropped out."""

    ended: TrainingEnded

    def key(self) -> tuple[str, ...]:
        return enrolment_key(self.ended)


class IssueCertificate(Command, frozen=True, kw_only=True):
    """A certificate for a trainee."""

    certified: CertificateIssued

    def key(self) -> tuple[str, ...]:
        return enrolment_key(self.certified)


class RevokeCertificate(Command, frozen=True, kw_only=True):
    """The certificate is void from a date on."""

    revoked: CertificateRevoked

    def key(self) -> tuple[str, ...]:
        return enrolment_key(self.revoked)


class OpenSkillFile(Command, frozen=True, kw_only=True):
    """A skill file for a trainee."""

    skill_file: SkillFileOpened

    def key(self) -> tuple[str, ...]:
        return enrolment_key(self.skill_file)


class RecordEnrolment(Command, frozen=True, kw_only=True):
    """Everything a register row says of one person in one class; what it leaves out is not so."""

    enrolled: Enrolled
    assessed: AssessmentTaken | None = None
    ended: TrainingEnded | None = None
    certified: CertificateIssued | None = None
    revoked: CertificateRevoked | None = None
    skill_file: SkillFileOpened | None = None

    def key(self) -> tuple[str, ...]:
        return enrolment_key(self.enrolled)


class HoldActivity(Command, frozen=True, kw_only=True):
    """A competition, outreach or other activity."""

    held: ActivityHeld

    def key(self) -> tuple[str, ...]:
        return "activity", self.held.programme, self.held.activity


class AttestStatistic(Command, frozen=True, kw_only=True):
    """A number that a source states and no entry backs."""

    attested: StatisticAttested

    def key(self) -> tuple[str, ...]:
        fact = self.attested
        return "statistic", fact.programme, fact.indicator, fact.as_of_on, fact.source


class RecogniseFacility(Command, frozen=True, kw_only=True):
    """A site was recognised."""

    recognised: FacilityRecognised

    def key(self) -> tuple[str, ...]:
        return facility_key(self.recognised)


class CloseFacility(Command, frozen=True, kw_only=True):
    """A site was closed."""

    closed: FacilityClosed

    def key(self) -> tuple[str, ...]:
        return facility_key(self.closed)


class RecordFacility(Command, frozen=True, kw_only=True):
    """Everything a register row says of one site; what it leaves out is not so."""

    recognised: FacilityRecognised
    closed: FacilityClosed | None = None

    def key(self) -> tuple[str, ...]:
        return facility_key(self.recognised)


TrainingCommand = (
    OpenClass
    | Enrol
    | AssessTrainee
    | EndTraining
    | IssueCertificate
    | RevokeCertificate
    | OpenSkillFile
    | RecordEnrolment
    | HoldActivity
    | AttestStatistic
    | RecogniseFacility
    | CloseFacility
    | RecordFacility
)
