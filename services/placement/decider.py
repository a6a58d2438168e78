"""decide(command, state): what placement records, and what it refuses.

Refused is only what is impossible within one agreement, employer or spell of work: withdrawing what
was never signed, or twice; ending what never started; taking back a subsidy nobody paid. An end dated before its
start is recorded as stated: it is a finding, not a refusal.
"""

from __future__ import annotations

from typing import assert_never, cast

from ledger.decider import Command, Decision, State, record, record_whole, step
from services.placement.commands import (
    ClawBackSubsidy,
    CloseEmployer,
    EndEmployment,
    HoldMatchingEvent,
    MakeReferral,
    PassHealthCheck,
    PaySubsidy,
    PlacementCommand,
    PostVacancies,
    RecordContract,
    RecordEmployer,
    RecordEmployment,
    RecordIntentAgreement,
    RecordSubsidy,
    RegisterEmployer,
    SignContract,
    SignCooperation,
    SignIntentAgreement,
    StartEmployment,
    SurveyEmployer,
    WithdrawContract,
    WithdrawIntentAgreement,
)
from services.placement.state import AGREEMENT, EMPLOYER, EMPLOYMENT, SUBSIDY


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
        case SignCooperation():
            return record(state, asked.cooperation)
        case SurveyEmployer():
            return record(state, asked.surveyed)
        case PostVacancies():
            return record(state, asked.vacancies)
        case RecordEmployer():
            return record_whole(
                state,
                asked.registered,
                asked.closed,
                asked.cooperation,
                asked.surveyed,
                asked.vacancies,
                slots=EMPLOYER,
            )
        case MakeReferral():
            return record(state, asked.referred)
        case PaySubsidy():
            return record(state, asked.paid)
        case ClawBackSubsidy():
            return step(state, asked.clawed_back)
        case RecordSubsidy():
            return record_whole(state, asked.paid, asked.clawed_back, slots=SUBSIDY)
        case _:
            assert_never(asked)
