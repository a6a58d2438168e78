"""The training process, composed."""

from __future__ import annotations

from ledger.runtime.process import Process, run
from ledger.runtime.settings import ServiceSettings
from ledger.runtime.write_service import open_log, serve_until_stopped
from services.training.service import RULES, SERVICE, behaviours


async def serve(settings: ServiceSettings, process: Process) -> None:
    """Take commands until told to stop."""
    async with open_log(settings, RULES) as log:
        await serve_until_stopped(settings, process, [(SERVICE, behaviours(log))], log.background())


def main() -> None:
    """Entry point of the process."""
    run("training", serve)
