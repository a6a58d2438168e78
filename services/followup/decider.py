"""decide(command, state): what follow-up records, and what it refuses.

Refused is only what is impossible within one visit or issue: a referral or resolution of an issue
nobody opened, or a second one; a row that is both a completed and an attempted visit.
"""

from __future__ import annotations

from typing import assert_never, cast

from ledger.decider import Command, Decision, State, record, record_whole, step, withdraw
from ledger.errors import Kind, Refusal
from services.followup.commands import (
    AttemptVisit,
    CancelVisits,
    CompleteVisit,
    FollowupCommand,
    ObserveWage,
    OpenIssue,
    PlanVisits,
    RecordVisit,
    ReferIssue,
    ResolveIssue,
)
from services.followup.state import VISIT


def decide(command: Command, state: State) -> Decision:
    """The events to record, or why not."""
    asked = cast(FollowupCommand, command)
    match asked:
        case PlanVisits():
            return record(state, asked.planned)
        case CancelVisits():
            return withdraw(state, "planned", "start_retracted")
        case CompleteVisit() | AttemptVisit():
            return record(state, asked.visit)
        case ObserveWage():
            return record(state, asked.wage)
        case OpenIssue():
            return record(state, asked.issue)
        case ReferIssue():
            return step(state, asked.referred)
        case ResolveIssue():
            return step(state, asked.resolved)
        case RecordVisit():
            return _record_visit(asked, state)
        case _:
            assert_never(asked)


def _record_visit(row: RecordVisit, state: State) -> Decision:
    if (row.completed is None) == (row.attempted is None):
        return Refusal(
            "one_outcome",
            Kind.MALFORMED,
            "a visit is either completed or attempted: give exactly one of the two",
            "一次回访只能是在岗/离岗或失联之一",
        )
    return record_whole(
        state,
        row.completed or row.attempted,
        row.wage,
        row.issue,
        row.resolved,
        row.promotion,
        row.upskilling,
        slots=VISIT,
    )
