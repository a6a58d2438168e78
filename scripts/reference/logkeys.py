"""The keys a log line may have, from ledger/runtime/logs.py."""

from __future__ import annotations

from ledger.runtime.logs import KEYS
from scripts.reference.markdown import code, table


def page() -> str:
    """docs/reference/log-keys.md."""
    return (
        "# Keys of log lines\n\n"
        "Every process writes one JSON object a line to standard error (an embedded ledger: `var/log/<process>.log`).\n"
        "A key that is not listed here is left out and named in `dropped`: no personal data reaches a log file.\n\n"
        f"{table(('key', 'meaning'), ((code(key), meaning) for key, meaning in KEYS.items()))}"
    )
