"""The registry process, composed."""

from __future__ import annotations

import asyncio
from pathlib import Path

from ledger.runtime.process import Process, run
from ledger.runtime.settings import ServiceSettings
from ledger.runtime.write_service import open_log, serve_until_stopped
from services.registry.service import RULES, SERVICE, behaviours
from services.registry.vault import Vault

MIGRATIONS = Path(__file__).parent / "migrations"


async def serve(settings: ServiceSettings, process: Process) -> None:
    """Know who is who, and tell nobody, until told to stop."""
    async with open_log(settings, RULES, [MIGRATIONS]) as log:
        vault = await asyncio.to_thread(Vault.open, log.store, settings.key_dir)
        await serve_until_stopped(settings, process, [(SERVICE, behaviours(log, vault))], log.background())


def main() -> None:
    """Entry point of the process."""
    run("registry", serve)
