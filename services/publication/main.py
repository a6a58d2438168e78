"""The publication process, composed: its log, and the audit service it asks."""

from __future__ import annotations

from pathlib import Path

from ledger.runtime.process import Process, run
from ledger.runtime.settings import ServiceSettings
from ledger.runtime.signing_key import open_signing_key
from ledger.runtime.write_service import open_log, serve_until_stopped
from services.publication.auditor import Auditor
from services.publication.service import RULES, SERVICE, behaviours

MIGRATIONS = Path(__file__).parent / "migrations"


async def serve(settings: ServiceSettings, process: Process) -> None:
    """Publish what audit counts until told to stop."""
    async with (
        open_log(settings, RULES, [MIGRATIONS]) as log,
        Auditor(settings.audit_address, settings.peers) as auditor,
    ):
        # the log has made its key when it was opened; it signs statements as well as checkpoints
        key = open_signing_key(settings.key_dir, settings.origin, in_use=True)
        await serve_until_stopped(settings, process, [(SERVICE, behaviours(log, auditor, key))], log.background())


def main() -> None:
    """Entry point of the process."""
    run("publication", serve)
