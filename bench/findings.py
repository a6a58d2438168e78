"""All audit rules over 10^6 entries on SQLite.

    python -m bench.findings [--entries N] [--keep FOLDER]

Prints the seconds and the findings of each rule, then the seconds of all of them and the memory at the end.
Exit 1 where all of them together take longer than 60 s for 10^6 entries, in proportion for fewer.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final, NamedTuple

from bench.ledgerful import PROFILES, Profile, build, entries
from services.audit.database import open_reader
from services.audit.findings import FindingQueries
from services.outcomes.rulebook import load

#: entries of the profile, about
WHOLE: Final = 1_000_000
#: seconds for all rules over so many
LIMIT_SECONDS: Final = 60.0


class Timing(NamedTuple):
    """Seconds a rule took, and what it found."""

    id: str
    seconds: float
    findings: int


def smaller(profile: Profile, part: float) -> Profile:
    """The same proportions with fewer entries."""
    counts: dict[str, Any] = {
        name: int(value * part)
        for name, value in profile._asdict().items()
        if isinstance(value, int) and name != "retracted"
    }
    return profile._replace(**counts)


def measure(url: str) -> list[Timing]:
    """Every rule once: its findings are counted, none is remembered."""
    engine = open_reader(url)
    try:
        queries = FindingQueries(engine, cached_counts=0)
        timings = []
        for id, rule in load().items():
            began = time.perf_counter()
            groups = queries.counts(rule)
            timings.append(Timing(id, time.perf_counter() - began, sum(group.count for group in groups)))
        return timings
    finally:
        engine.dispose()


def main() -> int:
    """Build, measure, print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--entries", type=int, default=WHOLE)
    arguments.add_argument("--keep", type=Path, help="folder for the database; one that is there is used again")
    asked = arguments.parse_args()
    folder = asked.keep or Path(tempfile.mkdtemp(prefix="bench-findings-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        file = folder / f"findings-{asked.entries}.sqlite"
        if not file.exists():
            build(file, smaller(PROFILES["mixed"], asked.entries / WHOLE))
        held = sum(size for _, size in entries(file))
        timings = measure(f"sqlite:///{file}")
    finally:
        if asked.keep is None:
            shutil.rmtree(folder)
    print(f"{held:,} entries\n{'rule':8}{'ms':>8}{'findings':>12}")
    for one in timings:
        print(f"{one.id:8}{one.seconds * 1e3:>8,.0f}{one.findings:>12,}")
    total, limit = sum(one.seconds for one in timings), LIMIT_SECONDS * held / WHOLE
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"all {total:.1f} s, limit {limit:.1f} s; {memory:,.0f} MB at most, building included")
    return int(total > limit)


if __name__ == "__main__":
    sys.exit(main())
