"""Free loopback ports, outside the range from which the kernel takes ports for outgoing connections.

From inside that range a port of ours could be taken by anybody's connection while we are stopped.
"""

from __future__ import annotations

import random
import socket
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from typing import Final

LOOPBACK: Final = "127.0.0.1"
FIRST_PORT: Final = 20_000
LAST_PORT: Final = 31_999
TRIES_MAX: Final = 2_000


class NoFreePort(Exception):
    """The whole range is in use."""


def is_free(port: int) -> bool:
    """Whether a process could listen there now."""
    with _socket() as candidate:
        return _bound(candidate, port)


def choose(names: Collection[str], keep: Mapping[str, int]) -> dict[str, int]:
    """A port for each name: the one of `keep` where there is one, a free one for the others."""
    ports = {name: keep[name] for name in names if name in keep}
    with ExitStack() as held:  # until all are chosen, so that no two get the same
        for name in names:
            if name in ports:
                continue
            ports[name] = _take(held, set(keep.values()) | set(ports.values()))
    return ports


def _take(held: ExitStack, taken: Collection[int]) -> int:
    for _ in range(TRIES_MAX):
        port = random.randint(FIRST_PORT, LAST_PORT)  # at random, so that two ledgers rarely meet
        if port in taken:
            continue
        candidate = held.enter_context(_socket())
        if _bound(candidate, port):
            return port
    raise NoFreePort(f"no free port found between {FIRST_PORT} and {LAST_PORT}")


def _socket() -> socket.socket:
    candidate = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # a port whose last connections are only lingering is free, as it will be to whoever listens
    candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return candidate


def _bound(candidate: socket.socket, port: int) -> bool:
    try:
        candidate.bind((LOOPBACK, port))
    except OSError:
        return False
    return True
