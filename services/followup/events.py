"""What can have happened in follow-up."""

from __future__ import annotations

from typing import ClassVar, Literal

from ledger.event import Catalogue, Event

Method = Literal["phone", "home", "online"]
WorkState = Literal["working", "left"]
Proof = Literal["social_insurance", "bank", "payslip", "employer_letter", "self_report"]
IssueKind = Literal["wages", "contract", "rights", "safety", "skills", "health", "family", "housing", "other"]


class VisitsPlanned(Event, frozen=True, kw_only=True):
    """The visits due 30, 90 and 180 days after a start. Follows the start as stated in placement."""

    slot: ClassVar[str] = "planned"
    identity: ClassVar[tuple[str, ...]] = ("programme", "person", "employer", "started_on")
    occurred: ClassVar[str | None] = "started_on"

    programme: str
    region: str
    person: str
    employer: str
    started_on: str
    d30_on: str
    d90_on: str
    d180_on: str


class VisitCompleted(Event, frozen=True, kw_only=True):
    """A person answered: at work, or left. `visitor` is a staff reference."""

    slot: ClassVar[str] = "visit"
    identity: ClassVar[tuple[str, ...]] = ("programme", "person", "visited_on", "method")
    occurred: ClassVar[str | None] = "visited_on"

    programme: str
    region: str
    person: str
    visited_on: str
    state: WorkState
    method: Method | None = None
    employer: str | None = None
    visitor: str | None = None


class VisitAttempted(Event, frozen=True, kw_only=True):
    """Nobody could be reached: 失联. An attempted visit and a lost contact, not a completed visit."""

    slot: ClassVar[str] = "visit"
    identity: ClassVar[tuple[str, ...]] = ("programme", "person", "visited_on", "method")
    occurred: ClassVar[str | None] = "visited_on"

    programme: str
    region: str
    person: str
    visited_on: str
    method: Method | None = None
    employer: str | None = None
    visitor: str | None = None


class WageObserved(Event, frozen=True, kw_only=True):
    """Wage actually paid for a month, and what proves it. No proof: absent, never guessed."""

    slot: ClassVar[str] = "wage"
    occurred: ClassVar[str | None] = "observed_on"

    programme: str
    region: str
    person: str
    month: str
    wage_fen: int
    observed_on: str
    proof: Proof | None = None
    employer: str | None = None


class IssueOpened(Event, frozen=True, kw_only=True):
    """A rights or difficulty issue. What was said is sealed in the vault; here is its kind alone."""

    slot: ClassVar[str] = "issue"
    identity: ClassVar[tuple[str, ...]] = ("programme", "person", "issue")
    occurred: ClassVar[str | None] = "opened_on"

    programme: str
    region: str
    person: str
    kind: IssueKind
    opened_on: str
    issue: str | None = None


class IssueReferred(Event, frozen=True, kw_only=True):
    """An issue was handed to whoever can settle it."""

    slot: ClassVar[str] = "referred"
    needs: ClassVar[str | None] = "issue"
    occurred: ClassVar[str | None] = "referred_on"

    programme: str
    region: str
    person: str
    referred_on: str
    referred_to: str


class IssueResolved(Event, frozen=True, kw_only=True):
    """An issue was settled: 办结."""

    slot: ClassVar[str] = "resolved"
    needs: ClassVar[str | None] = "issue"
    occurred: ClassVar[str | None] = "resolved_on"

    programme: str
    region: str
    person: str
    resolved_on: str


class PromotionRecorded(Event, frozen=True, kw_only=True):
    """A person was promoted, as learned on a visit."""

    slot: ClassVar[str] = "promotion"
    occurred: ClassVar[str | None] = "promoted_on"

    programme: str
    region: str
    person: str
    position: str
    promoted_on: str


class UpskillingTaken(Event, frozen=True, kw_only=True):
    """A working person went to further training: 提升培训."""

    slot: ClassVar[str] = "upskilling"
    occurred: ClassVar[str | None] = "trained_on"

    programme: str
    region: str
    person: str
    trained_on: str


CATALOGUE = Catalogue.of(
    "followup",
    [
        VisitsPlanned,
        VisitCompleted,
        VisitAttempted,
        WageObserved,
        IssueOpened,
        IssueReferred,
        IssueResolved,
        PromotionRecorded,
        UpskillingTaken,
    ],
)
