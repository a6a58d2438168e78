"""Training on the wire: its commands and its log, and nothing else."""

from __future__ import annotations

from typing import get_args

from ledger.append import Rules
from ledger.decider import Command
from ledger.rpc.server import Behaviour
from ledger.runtime.write_service import OpenLog
from ledger_api.training.v1 import training_pb2
from services.training.commands import TrainingCommand
from services.training.decider import decide
from services.training.events import CATALOGUE

SERVICE = training_pb2.DESCRIPTOR.services_by_name["TrainingService"]
COMMANDS: tuple[type[Command], ...] = get_args(TrainingCommand)
RULES = Rules(CATALOGUE, decide)


def behaviours(log: OpenLog) -> dict[str, Behaviour]:
    """One for each method of TrainingService."""
    return log.behaviours(SERVICE, COMMANDS)
