"""What may be asked of follow-up. A command states facts; its fields are the slots they fill."""

from __future__ import annotations

from ledger.decider import Command, OnSubject
from services.followup.events import (
    IssueOpened,
    IssueReferred,
    IssueResolved,
    PromotionRecorded,
    UpskillingTaken,
    VisitAttempted,
    VisitCompleted,
    VisitsPlanned,
    WageObserved,
)


def visit_key(fact: VisitCompleted | VisitAttempted) -> tuple[str, ...]:
    """One visit: person, day and means."""
    return "visit", fact.programme, fact.person, fact.visited_on, fact.method or "none"


class PlanVisits(Command, frozen=True, kw_only=True):
    """The visits due after a start. Follow-up asks this of itself when placement records a start."""

    planned: VisitsPlanned

    def key(self) -> tuple[str, ...]:
        fact = self.planned
        return "plan", fact.programme, fact.person, fact.employer, fact.started_on


class CancelVisits(Command, frozen=True, kw_only=True):
    """The start they were planned for does not stand: nobody is due a visit."""

    programme: str
    person: str
    employer: str
    started_on: str

    def key(self) -> tuple[str, ...]:
        return "plan", self.programme, self.person, self.employer, self.started_on


class CompleteVisit(Command, frozen=True, kw_only=True):
    """Somebody answered."""

    visit: VisitCompleted

    def key(self) -> tuple[str, ...]:
        return visit_key(self.visit)


class AttemptVisit(Command, frozen=True, kw_only=True):
    """Nobody could be reached."""

    visit: VisitAttempted

    def key(self) -> tuple[str, ...]:
        return visit_key(self.visit)


class ObserveWage(Command, frozen=True, kw_only=True):
    """A wage learned otherwise than on a visit."""

    wage: WageObserved

    def key(self) -> tuple[str, ...]:
        fact = self.wage
        return "wage", fact.programme, fact.person, fact.month, fact.proof or "none"


class OpenIssue(Command, frozen=True, kw_only=True):
    """An issue learned otherwise than on a visit; without a number it gets the entry's id."""

    issue: IssueOpened

    def key(self) -> tuple[str, ...]:
        return "issue", self.issue.programme, self.issue.issue or ""


class ReferIssue(OnSubject, frozen=True, kw_only=True):
    """An issue was handed on. `subject`: where it was opened, a visit or an issue of its own."""

    referred: IssueReferred


class ResolveIssue(OnSubject, frozen=True, kw_only=True):
    """An issue was settled. `subject`: where it was opened, a visit or an issue of its own."""

    resolved: IssueResolved


class RecordVisit(Command, frozen=True, kw_only=True):
    """Everything a register row says of one visit; what it leaves out is not so.

    `completed` or `attempted`, one of the two. A referral is not in the register and stays as it is.
    """

    completed: VisitCompleted | None = None
    attempted: VisitAttempted | None = None
    wage: WageObserved | None = None
    issue: IssueOpened | None = None
    resolved: IssueResolved | None = None
    promotion: PromotionRecorded | None = None
    upskilling: UpskillingTaken | None = None

    def key(self) -> tuple[str, ...]:
        visit = self.completed or self.attempted
        return visit_key(visit) if visit else ("visit", "", "", "", "none")


FollowupCommand = (
    PlanVisits
    | CancelVisits
    | CompleteVisit
    | AttemptVisit
    | ObserveWage
    | OpenIssue
    | ReferIssue
    | ResolveIssue
    | RecordVisit
)
