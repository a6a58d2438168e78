"""The audit process, composed: it reads the outcomes database and nothing else."""

from __future__ import annotations

from ledger.runtime.process import Process, run
from ledger.runtime.settings import ServiceSettings
from ledger.runtime.write_service import serve_until_stopped
from services.audit.database import open_reader
from services.audit.queries import AuditQueries
from services.audit.service import SERVICE, AuditService
from services.outcomes.catalogue import load
from services.outcomes.projector import Outcomes
from services.outcomes.rulebook import load as load_rules


async def serve(settings: ServiceSettings, process: Process) -> None:
    """Answer until told to stop."""
    load()  # a figure or a rule that contradicts itself is found now, not when somebody asks for it
    load_rules()
    engine = open_reader(settings.database_url)
    outcomes = Outcomes.reading(settings.database_url)
    try:
        service = AuditService(AuditQueries(engine), outcomes)
        await serve_until_stopped(settings, process, [(SERVICE, service.behaviours())])
    finally:
        outcomes.close()
        engine.dispose()


def main() -> None:
    """Entry point of the process."""
    run("audit", serve)
