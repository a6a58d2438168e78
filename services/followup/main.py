"""The followup process, composed."""

from __future__ import annotations

from pathlib import Path

from ledger.runtime.following import reacting
from ledger.runtime.process import Process, run
from ledger.runtime.settings import ServiceSettings
from ledger.runtime.write_service import open_log, serve_until_stopped
from services.followup.reacts import VisitPlanner
from services.followup.service import RULES, SERVICE, behaviours

MIGRATIONS = Path(__file__).parent / "migrations"


async def serve(settings: ServiceSettings, process: Process) -> None:
    """Take commands and react to placement's log until told to stop."""
    async with open_log(settings, RULES, [MIGRATIONS]) as log:
        followers = reacting(log, VisitPlanner(), settings.peers, ["placement"])
        background = [*log.background(), *(follower.run for follower in followers)]
        await serve_until_stopped(settings, process, [(SERVICE, behaviours(log))], background)


def main() -> None:
    """Entry point of the process."""
    run("followup", serve)
