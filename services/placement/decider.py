"""decide(command, state): what placement records, and what it refuses.

Refused is only what is impossible within one agreement, employer or spell of work: withdrawing what
was never signed, or twice; ending what never started. An end dated before its start is recorded as
stated: it is a finding, not a refusal.
"""

from __future__ import annotations

from typing import assert_never, cast

from ledger.decider import Command, Decision, State, record, record_whole, step
from services.placement.commands import (
    CloseEmployer,
    EndEmployment,
    HoldMatchingEvent,
    PassHealthCheck,
    PlacementCommand,
    RecordContract,
    RecordEmployment,
    RecordIntentAgreement,
    RegisterEmployer,
    SignContract,
    SignIntentAgreement,
    StartEmployment,
    WithdrawContract,
    WithdrawIntentAgreement,
)
from services.placement.state import AGREEMENT, EMPLOYMENT


def decide(command: Command, state: State) -> Decision:
    """The events to record, or why not."""
    asked = cast(PlacementCommand, command)
    match asked:
        case RegisterEmployer():
            return record(state, asked.registered)
        case CloseEmployer():
            return step(state, asked.closed)
        case HoldMatchingEvent():
            return record(state, asked.held)
        case SignIntentAgreement() | SignContract():
            return record(state, asked.signed)
        case WithdrawIntentAgreement() | WithdrawContract():
            return step(state, asked.withdrawn)
        case RecordIntentAgreement() | RecordContract():
            return record_whole(state, asked.signed, asked.withdrawn, slots=AGREEMENT)
        case PassHealthCheck():
            return record(state, asked.checked)
        case StartEmployment():
            return record(state, asked.started)
        case EndEmployment():
            return step(state, asked.ended)
        case RecordEmployment():
            return record_whole(state, asked.started, asked.checked, asked.ended, slots=EMPLOYMENT)
        case _:
            assert_never(asked)
