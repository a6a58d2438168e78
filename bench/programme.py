"""A programme's four logs in SQLite, as the services would have recorded them. Made up, always the same.

    python -m bench.programme FOLDER PEOPLE

A process of its own: what it takes to make them up must not count for what is measured.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ledger.feed.verify import row_of
from ledger.store import Head
from ledger.store.sql import SqlStore
from tests.support.logs import LogBuilder
from tests.support.programme import LOGS, real_programme

#: entries a person leaves in the log of each service, the few retractions left aside
FOLLOWUP_ENTRIES_A_PERSON: Final = 5
ENTRIES_A_PERSON: Final = 12
ENTRIES_AT_ONCE: Final = 10_000


def write_logs(folder: Path, people: int) -> Mapping[str, str]:
    """Origin → URL of its log, all in `folder`."""
    subprocess.run([sys.executable, "-m", "bench.programme", str(folder), str(people)], check=True)
    return {origin: _url(folder, origin) for origin in LOGS}


def _url(folder: Path, origin: str) -> str:
    return f"sqlite:///{folder}/{origin.rpartition('/')[2]}.sqlite"


def _write(url: str, log: LogBuilder) -> None:
    store = SqlStore.open(url, log.origin)
    try:
        for start in range(0, len(log), ENTRIES_AT_ONCE):
            with store.transaction() as transaction:
                some = log.verified(start, start + ENTRIES_AT_ONCE)
                frontier = transaction.head.frontier.copy()
                frontier.extend(one.leaf_hash for one in some)
                head = Head(log.origin, frontier, some[-1].entry.recorded)
                transaction.append([row_of(one) for one in some], [], head)
    finally:
        store.close()


if __name__ == "__main__":
    for origin, log in real_programme(int(sys.argv[2])).items():
        _write(_url(Path(sys.argv[1]), origin), log)
