"""What may be asked of placement. A command states facts; its fields are the slots they fill."""

from __future__ import annotations

from ledger.decider import Command
from services.placement.events import (
    ContractSigned,
    ContractWithdrawn,
    CooperationSigned,
    EmployerClosed,
    EmployerRegistered,
    EmployerSurveyed,
    EmploymentEnded,
    EmploymentStarted,
    HealthCheckPassed,
    IntentAgreementSigned,
    IntentAgreementWithdrawn,
    MatchingEventHeld,
    ReferralMade,
    SubsidyClawedBack,
    SubsidyPaid,
    VacancyPosted,
)


def employer_key(fact: EmployerRegistered | EmployerClosed) -> tuple[str, ...]:
    """One employer in one programme."""
    return "employer", fact.programme, fact.employer


def subsidy_key(fact: SubsidyPaid | SubsidyClawedBack) -> tuple[str, ...]:
    """One numbered payment."""
    return "subsidy", fact.programme, fact.subsidy


def intent_key(fact: IntentAgreementSigned | IntentAgreementWithdrawn) -> tuple[str, ...]:
    """One numbered intent agreement."""
    return "agreement", fact.programme, "intent", fact.agreement


def contract_key(fact: ContractSigned | ContractWithdrawn) -> tuple[str, ...]:
    """One numbered contract of its kind: numbers of the two kinds may coincide."""
    return "agreement", fact.programme, fact.kind, fact.agreement


def employment_key(fact: EmploymentStarted | EmploymentEnded) -> tuple[str, ...]:
    """One spell of work: person, employer and first day."""
    return "employment", fact.programme, fact.person, fact.employer, fact.started_on


class RegisterEmployer(Command, frozen=True, kw_only=True):
    """An employer is known."""

    registered: EmployerRegistered

    def key(self) -> tuple[str, ...]:
        return employer_key(self.registered)


class CloseEmployer(Command, frozen=True, kw_only=True):
    """An employer stopped working."""

    closed: EmployerClosed

    def key(self) -> tuple[str, ...]:
        return employer_key(self.closed)


class SignCooperation(Command, frozen=True, kw_only=True):
    """A cooperation was signed, whether or not the employer is registered here."""

    cooperation: CooperationSigned

    def key(self) -> tuple[str, ...]:
        fact = self.cooperation
        return "cooperation", fact.programme, fact.employer, fact.signed_on


class SurveyEmployer(Command, frozen=True, kw_only=True):
    """An employer was asked what it needs, whether or not it is registered here."""

    surveyed: EmployerSurveyed

    def key(self) -> tuple[str, ...]:
        fact = self.surveyed
        return "survey", fact.programme, fact.employer, fact.surveyed_on


class PostVacancies(Command, frozen=True, kw_only=True):
    """An employer offers posts, whether or not it is registered here: one statement a day and position."""

    vacancies: VacancyPosted

    def key(self) -> tuple[str, ...]:
        fact = self.vacancies
        return "vacancy", fact.programme, fact.employer, fact.posted_on, fact.position or "none"


class RecordEmployer(Command, frozen=True, kw_only=True):
    """Everything a register row says of one employer; what it leaves out is not so."""

    registered: EmployerRegistered
    closed: EmployerClosed | None = None
    cooperation: CooperationSigned | None = None
    surveyed: EmployerSurveyed | None = None
    vacancies: VacancyPosted | None = None

    def key(self) -> tuple[str, ...]:
        return employer_key(self.registered)


class MakeReferral(Command, frozen=True, kw_only=True):
    """A person was referred to work."""

    referred: ReferralMade

    def key(self) -> tuple[str, ...]:
        fact = self.referred
        return "referral", fact.programme, fact.person, fact.referred_on, fact.employer or "none"


class HoldMatchingEvent(Command, frozen=True, kw_only=True):
    """A job fair, signing ceremony or online fair."""

    held: MatchingEventHeld

    def key(self) -> tuple[str, ...]:
        return "matching", self.held.programme, self.held.event_no


class SignIntentAgreement(Command, frozen=True, kw_only=True):
    """An intent agreement was signed."""

    signed: IntentAgreementSigned

    def key(self) -> tuple[str, ...]:
        return intent_key(self.signed)


class WithdrawIntentAgreement(Command, frozen=True, kw_only=True):
    """An intent agreement was withdrawn."""

    withdrawn: IntentAgreementWithdrawn

    def key(self) -> tuple[str, ...]:
        return intent_key(self.withdrawn)


class RecordIntentAgreement(Command, frozen=True, kw_only=True):
    """Everything a register row says of one intent agreement; what it leaves out is not so."""

    signed: IntentAgreementSigned
    withdrawn: IntentAgreementWithdrawn | None = None

    def key(self) -> tuple[str, ...]:
        return intent_key(self.signed)


class SignContract(Command, frozen=True, kw_only=True):
    """A labour or service contract was signed."""

    signed: ContractSigned

    def key(self) -> tuple[str, ...]:
        return contract_key(self.signed)


class WithdrawContract(Command, frozen=True, kw_only=True):
    """A contract was withdrawn."""

    withdrawn: ContractWithdrawn

    def key(self) -> tuple[str, ...]:
        return contract_key(self.withdrawn)


class RecordContract(Command, frozen=True, kw_only=True):
    """Everything a register row says of one contract; what it leaves out is not so."""

    signed: ContractSigned
    withdrawn: ContractWithdrawn | None = None

    def key(self) -> tuple[str, ...]:
        return contract_key(self.signed)


class PassHealthCheck(Command, frozen=True, kw_only=True):
    """A person passed a health check, whether or not work follows."""

    checked: HealthCheckPassed

    def key(self) -> tuple[str, ...]:
        return "health", self.checked.programme, self.checked.person, self.checked.checked_on


class StartEmployment(Command, frozen=True, kw_only=True):
    """A spell of work began."""

    started: EmploymentStarted

    def key(self) -> tuple[str, ...]:
        return employment_key(self.started)


class EndEmployment(Command, frozen=True, kw_only=True):
    """A spell of work ended."""

    ended: EmploymentEnded

    def key(self) -> tuple[str, ...]:
        return employment_key(self.ended)


class RecordEmployment(Command, frozen=True, kw_only=True):
    """Everything a register row says of one spell of work; what it leaves out is not so."""

    started: EmploymentStarted
    checked: HealthCheckPassed | None = None
    ended: EmploymentEnded | None = None

    def key(self) -> tuple[str, ...]:
        return employment_key(self.started)


class PaySubsidy(Command, frozen=True, kw_only=True):
    """A subsidy was paid."""

    paid: SubsidyPaid

    def key(self) -> tuple[str, ...]:
        return subsidy_key(self.paid)


class ClawBackSubsidy(Command, frozen=True, kw_only=True):
    """A subsidy was taken back."""

    clawed_back: SubsidyClawedBack

    def key(self) -> tuple[str, ...]:
        return subsidy_key(self.clawed_back)


class RecordSubsidy(Command, frozen=True, kw_only=True):
    """Everything a register row says of one payment; what it leaves out is not so."""

    paid: SubsidyPaid
    clawed_back: SubsidyClawedBack | None = None

    def key(self) -> tuple[str, ...]:
        return subsidy_key(self.paid)


PlacementCommand = (
    RegisterEmployer
    | CloseEmployer
    | HoldMatchingEvent
    | SignIntentAgreement
    | WithdrawIntentAgreement
    | RecordIntentAgreement
    | SignContract
    | WithdrawContract
    | RecordContract
    | PassHealthCheck
    | StartEmployment
    | EndEmployment
    | RecordEmployment
    | SignCooperation
    | SurveyEmployer
    | PostVacancies
    | RecordEmployer
    | MakeReferral
    | PaySubsidy
    | ClawBackSubsidy
    | RecordSubsidy
)
