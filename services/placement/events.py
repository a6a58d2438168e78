"""What can have happened in placement."""

from __future__ import annotations

from typing import ClassVar, Literal

from ledger.event import Catalogue, Event

EmployerMode = Literal["employee", "agency", "other"]
MatchingKind = Literal["job_fair", "signing_ceremony", "online_fair"]
ContractKind = Literal["labour", "service"]
Template = Literal["standard", "other"]
EmploymentKind = Literal["full_time", "flexible", "self_employed", "internship", "public_post", "dispatch"]
ReferralResult = Literal["hired", "not_hired", "declined", "pending", "other"]
EndReason = Literal[
    "resigned", "dismissed", "contract_ended", "employer_closed", "family", "health", "retired", "other"
]


class EmployerRegistered(Event, frozen=True, kw_only=True):
    """An employer is known. `employer` is its unified credit code, else its normalised name."""

    slot: ClassVar[str] = "registered"
    identity: ClassVar[tuple[str, ...]] = ("programme", "employer")
    occurred: ClassVar[str | None] = "registered_on"

    programme: str
    region: str
    employer: str
    registered_on: str
    name: str | None = None
    mode: EmployerMode | None = None


class EmployerClosed(Event, frozen=True, kw_only=True):
    """An employer stopped working: 停业."""

    slot: ClassVar[str] = "closed"
    identity: ClassVar[tuple[str, ...]] = ("programme", "employer")
    needs: ClassVar[str | None] = "registered"
    occurred: ClassVar[str | None] = "closed_on"

    programme: str
    region: str
    employer: str
    closed_on: str


class CooperationSigned(Event, frozen=True, kw_only=True):
    """A cooperation with an employer was signed: 合作签约. Alone, or in the stream of the employer's row."""

    slot: ClassVar[str] = "cooperation"
    identity: ClassVar[tuple[str, ...]] = ("programme", "employer")
    occurred: ClassVar[str | None] = "signed_on"

    programme: str
    region: str
    employer: str
    signed_on: str
    employer_name: str | None = None


class EmployerSurveyed(Event, frozen=True, kw_only=True):
    """An employer was asked what it needs: 调研. Alone, or in the stream of the employer's row."""

    slot: ClassVar[str] = "surveyed"
    identity: ClassVar[tuple[str, ...]] = ("programme", "employer")
    occurred: ClassVar[str | None] = "surveyed_on"

    programme: str
    region: str
    employer: str
    surveyed_on: str
    employer_name: str | None = None


class VacancyPosted(Event, frozen=True, kw_only=True):
    """An employer offers `vacancies` posts: 岗位数. Alone, or in the stream of the employer's row."""

    slot: ClassVar[str] = "vacancies"
    identity: ClassVar[tuple[str, ...]] = ("programme", "employer")
    occurred: ClassVar[str | None] = "posted_on"

    programme: str
    region: str
    employer: str
    posted_on: str
    vacancies: int
    employer_name: str | None = None
    position: str | None = None


class ReferralMade(Event, frozen=True, kw_only=True):
    """A person was referred to work: 推荐. What came of it is a code here, its words are in the vault."""

    slot: ClassVar[str] = "referred"
    identity: ClassVar[tuple[str, ...]] = ("programme", "person", "referred_on", "employer")
    occurred: ClassVar[str | None] = "referred_on"

    programme: str
    region: str
    person: str
    referred_on: str
    employer: str | None = None
    employer_name: str | None = None
    position: str | None = None
    result: ReferralResult | None = None


class MatchingEventHeld(Event, frozen=True, kw_only=True):
    """A job fair, signing ceremony or online fair. The kinds are unlike: never sum them silently."""

    slot: ClassVar[str] = "held"
    identity: ClassVar[tuple[str, ...]] = ("programme", "event_no")
    occurred: ClassVar[str | None] = "held_on"

    programme: str
    region: str
    event_no: str
    title: str
    kind: MatchingKind
    held_on: str
    place: str | None = None
    attendees: int | None = None
    vacancies: int | None = None


class IntentAgreementSigned(Event, frozen=True, kw_only=True):
    """A document of intent (就业意向协议). Not a contract, not a person, not a job."""

    slot: ClassVar[str] = "signed"
    identity: ClassVar[tuple[str, ...]] = ("programme", "agreement")
    occurred: ClassVar[str | None] = "signed_on"

    programme: str
    region: str
    agreement: str
    person: str
    employer: str
    signed_on: str
    employer_name: str | None = None
    position: str | None = None
    work_region: str | None = None
    expected_wage_fen: int | None = None
    template: Template | None = None


class IntentAgreementWithdrawn(Event, frozen=True, kw_only=True):
    """An intent agreement was withdrawn: 撤回."""

    slot: ClassVar[str] = "withdrawn"
    identity: ClassVar[tuple[str, ...]] = ("programme", "agreement")
    needs: ClassVar[str | None] = "signed"
    occurred: ClassVar[str | None] = "withdrawn_on"

    programme: str
    region: str
    agreement: str
    person: str
    withdrawn_on: str


class ContractSigned(Event, frozen=True, kw_only=True):
    """A labour contract (劳动合同) or service contract (劳务协议)."""

    slot: ClassVar[str] = "signed"
    identity: ClassVar[tuple[str, ...]] = ("programme", "kind", "agreement")
    occurred: ClassVar[str | None] = "signed_on"

    programme: str
    region: str
    kind: ContractKind
    agreement: str
    person: str
    employer: str
    signed_on: str
    employer_name: str | None = None
    position: str | None = None
    work_region: str | None = None
    expected_wage_fen: int | None = None
    template: Template | None = None


class ContractWithdrawn(Event, frozen=True, kw_only=True):
    """A contract was withdrawn: 撤回."""

    slot: ClassVar[str] = "withdrawn"
    identity: ClassVar[tuple[str, ...]] = ("programme", "kind", "agreement")
    needs: ClassVar[str | None] = "signed"
    occurred: ClassVar[str | None] = "withdrawn_on"

    programme: str
    region: str
    kind: ContractKind
    agreement: str
    person: str
    withdrawn_on: str


class HealthCheckPassed(Event, frozen=True, kw_only=True):
    """A person passed a health check: 体检. Alone, or in the stream of the start it precedes."""

    slot: ClassVar[str] = "checked"
    occurred: ClassVar[str | None] = "checked_on"

    programme: str
    region: str
    person: str
    checked_on: str


class EmploymentStarted(Event, frozen=True, kw_only=True):
    """A spell of work began: 上岗. `work_region` is a GB/T 2260 code; absent: unknown."""

    slot: ClassVar[str] = "started"
    identity: ClassVar[tuple[str, ...]] = ("programme", "person", "employer", "started_on")
    occurred: ClassVar[str | None] = "started_on"

    programme: str
    region: str
    person: str
    employer: str
    started_on: str
    employer_name: str | None = None
    position: str | None = None
    work_region: str | None = None
    kind: EmploymentKind | None = None


class EmploymentEnded(Event, frozen=True, kw_only=True):
    """A spell of work ended: 离岗. It may be stated even where its date contradicts the start."""

    slot: ClassVar[str] = "ended"
    identity: ClassVar[tuple[str, ...]] = ("programme", "person", "employer", "started_on")
    needs: ClassVar[str | None] = "started"
    occurred: ClassVar[str | None] = "ended_on"

    programme: str
    region: str
    person: str
    employer: str
    started_on: str
    ended_on: str
    reason: EndReason | None = None


class SubsidyPaid(Event, frozen=True, kw_only=True):
    """A subsidy was paid to a person: 补贴发放. `kind` in the words of its register."""

    slot: ClassVar[str] = "paid"
    identity: ClassVar[tuple[str, ...]] = ("programme", "subsidy")
    occurred: ClassVar[str | None] = "paid_on"

    programme: str
    region: str
    subsidy: str
    person: str
    kind: str
    amount_fen: int
    paid_on: str


class SubsidyClawedBack(Event, frozen=True, kw_only=True):
    """A subsidy was paid without cause, and taken back: 追回."""

    slot: ClassVar[str] = "clawed_back"
    identity: ClassVar[tuple[str, ...]] = ("programme", "subsidy")
    needs: ClassVar[str | None] = "paid"
    occurred: ClassVar[str | None] = "clawed_back_on"

    programme: str
    region: str
    subsidy: str
    person: str
    clawed_back_on: str


CATALOGUE = Catalogue.of(
    "placement",
    [
        EmployerRegistered,
        EmployerClosed,
        MatchingEventHeld,
        IntentAgreementSigned,
        IntentAgreementWithdrawn,
        ContractSigned,
        ContractWithdrawn,
        HealthCheckPassed,
        EmploymentStarted,
        EmploymentEnded,
        CooperationSigned,
        EmployerSurveyed,
        VacancyPosted,
        ReferralMade,
        SubsidyPaid,
        SubsidyClawedBack,
    ],
)
