"""In which state each process is, without asking it for more than a greeting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from ledgerctl.embedded.home import Home
from ledgerctl.embedded.layout import BROKER, SERVICES, Service, process_names
from ledgerctl.embedded.ready import broker_greets

State = Literal["running", "starting", "dead", "stopped"]


class ProcessState(NamedTuple):
    """A process as found. `dead`: it was started, nobody stopped it, and it is gone."""

    name: str
    pid: int | None
    state: State
    address: str | None


def read_processes(home: Home, services: Sequence[Service] = SERVICES) -> list[ProcessState]:
    """Every process of the layout, the broker first."""
    ports = home.ports
    return [
        ProcessState(name, home.slot(name).pid, _state(home, name), home.address(name) if name in ports else None)
        for name in process_names(services)
    ]


def _state(home: Home, name: str) -> State:
    slot = home.slot(name)
    if slot.alive:
        serves = broker_greets(home.ports[BROKER]) if name == BROKER else slot.ready() is not None
        return "running" if serves else "starting"
    return "dead" if slot.died else "stopped"
