"""The placement process, composed."""

from __future__ import annotations

from pathlib import Path

from ledger.runtime.following import reacting
from ledger.runtime.process import Process, run
from ledger.runtime.settings import ServiceSettings
from ledger.runtime.write_service import open_log, serve_until_stopped
from services.placement.reacts import CandidatePool
from services.placement.service import RULES, SERVICE, behaviours

MIGRATIONS = Path(__file__).parent / "migrations"


async def serve(settings: ServiceSettings, process: Process) -> None:
    """Take commands and react to training's log until told to stop."""
    async with open_log(settings, RULES, [MIGRATIONS]) as log:
        followers = reacting(log, CandidatePool(), settings.peers, ["training"])
        background = [*log.background(), *(follower.run for follower in followers)]
        await serve_until_stopped(settings, process, [(SERVICE, behaviours(log))], background)


def main() -> None:
    """Entry point of the process."""
    run("placement", serve)
