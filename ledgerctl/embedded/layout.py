"""Which processes an embedded ledger is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

BROKER: Final = "nats"
#: whom publication asks what to sign
AUDIT: Final = "audit"
#: the foreground `ledgerctl up`, which has a place of its own under run/
SUPERVISOR: Final = "up"


@dataclass(frozen=True)
class Service:
    """A process of ours, started as `python -m <module>`."""

    name: str
    module: str
    owns_log: bool
    """Whether it writes a log the others follow."""
    database: str
    """Whose database it opens: its own, or (audit) that of outcomes."""


SERVICES: Final[Sequence[Service]] = (
    Service("registry", "services.registry", owns_log=True, database="registry"),
    Service("training", "services.training", owns_log=True, database="training"),
    Service("placement", "services.placement", owns_log=True, database="placement"),
    Service("followup", "services.followup", owns_log=True, database="followup"),
    Service("publication", "services.publication", owns_log=True, database="publication"),
    Service("outcomes", "services.outcomes", owns_log=False, database="outcomes"),
    Service("audit", "services.audit", owns_log=False, database="outcomes"),
)


def process_names(services: Sequence[Service] = SERVICES) -> list[str]:
    """Every process, the broker first."""
    return [BROKER, *(service.name for service in services)]
