"""Every path of the ledger beside its bare sketch, in one run.

    python -m bench [--only NAME …] [--quick] [--json]

Prints for each path our number, that of a sketch without our work, a peer where there is one, and the
floor. Exit 1 where a floor is missed. What is started is stopped, what is written is removed.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sqlite3
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

import msgspec

from bench import batch, checkpoints, counting, findings, intake, projector, relay, rig, unary, verifying
from bench.outcome import Outcome, told
from ledger.runtime import logs


class Measure(Protocol):
    """Measures one path, in a folder of its own."""

    def __call__(self, folder: Path, *, quick: bool) -> list[Outcome]: ...


PATHS: Final[Mapping[str, Measure]] = {
    "unary": unary.measure,
    "batch": batch.measure,
    "import": intake.measure,
    "relay": relay.measure,
    "projector": projector.measure,
    "figures": counting.measure,
    "findings": findings.measure,
    "checkpoints": checkpoints.measure,
    "verifier": verifying.measure,
}


def main() -> int:
    """Measure and print."""
    arguments = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument(
        "--only", nargs="+", choices=PATHS, default=list(PATHS), metavar="NAME", help=f"of {', '.join(PATHS)}"
    )
    arguments.add_argument("--quick", action="store_true", help="fewer rounds and entries: does it work, not how fast")
    arguments.add_argument("--json", action="store_true", help="one JSON document instead of text")
    asked = arguments.parse_args()
    # whoever stops us with a signal wants our processes stopped, too
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    logs.configure("bench", log_format="json", level="error")
    outcomes: list[Outcome] = []
    if not asked.json:
        print(_machine())
    for name in asked.only:
        with rig.scratch() as folder:
            for outcome in PATHS[name](folder, quick=asked.quick):
                outcomes.append(outcome)
                if not asked.json:
                    print(told(outcome), flush=True)
    missed = [outcome.path for outcome in outcomes if not outcome.met]
    if asked.json:
        print(msgspec.json.format(msgspec.json.encode({"machine": _machine(), "paths": outcomes})).decode())
    else:
        print(f"\n{'missed: ' + ', '.join(missed) if missed else 'every floor is met'}")
    return int(bool(missed))


def _machine() -> str:
    cpus = len(os.sched_getaffinity(0))
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return f"{cpus} cores, load {os.getloadavg()[0]:.1f}; {versions}"


if __name__ == "__main__":
    sys.exit(main())
