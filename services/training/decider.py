"""decide(command, state): what training records, and what it refuses.

Refused is only what is impossible within one enrolment or site: an end, a score or a certificate of
somebody who never enrolled, a second revocation, the closing of a site nobody recognised. That
another agency's facts disagree is a finding.
"""

from __future__ import annotations

from typing import assert_never, cast

from ledger.decider import Command, Decision, State, record, record_whole, step
from services.training.commands import (
    AssessTrainee,
    AttestStatistic,
    CloseFacility,
    EndTraining,
    Enrol,
    HoldActivity,
    IssueCertificate,
    OpenClass,
    OpenSkillFile,
    RecogniseFacility,
    RecordEnrolment,
    RecordFacility,
    RevokeCertificate,
    TrainingCommand,
)
from services.training.state import ENROLMENT, FACILITY


def decide(command: Command, state: State) -> Decision:
    """The events to record, or why not."""
    asked = cast(TrainingCommand, command)
    match asked:
        case OpenClass():
            return record(state, asked.opened)
        case Enrol():
            return record(state, asked.enrolled)
        case AssessTrainee():
            return record(state, asked.assessed)
        case EndTraining():
            return record(state, asked.ended)
        case IssueCertificate():
            return record(state, asked.certified)
        case RevokeCertificate():
            return step(state, asked.revoked)
        case OpenSkillFile():
            return record(state, asked.skill_file)
        case RecordEnrolment():
            return record_whole(
                state,
                asked.enrolled,
                asked.assessed,
                asked.ended,
                asked.certified,
                asked.revoked,
                asked.skill_file,
                slots=ENROLMENT,
            )
        case HoldActivity():
            return record(state, asked.held)
        case AttestStatistic():
            return record(state, asked.attested)
        case RecogniseFacility():
            return record(state, asked.recognised)
        case CloseFacility():
            return step(state, asked.closed)
        case RecordFacility():
            return record_whole(state, asked.recognised, asked.closed, slots=FACILITY)
        case _:
            assert_never(asked)
