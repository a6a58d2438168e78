"""Time, handed in. Order never comes from a clock; `recorded` only never runs backwards."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], float]
"""Unix seconds."""

system: Clock = time.time


def stamp(unix_seconds: float) -> str:
    """RFC 3339 UTC with microseconds and Z: strings in this form sort as the times do."""
    return datetime.fromtimestamp(unix_seconds, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
