"""All audit rules over 10^6 entries on SQLite: every rule once, its findings counted, none remembered."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Final, NamedTuple

from bench.ledgerful import PROFILES, Profile, build, entries
from bench.outcome import Outcome
from services.audit.database import open_reader
from services.audit.findings import FindingQueries
from services.outcomes.rulebook import load

#: entries of the profile, about
WHOLE: Final = 1_000_000
#: of them for a quick look
QUICK_PART: Final = 0.2
#: seconds for all rules over a million entries
LIMIT_SECONDS: Final = 60.0
#: rules named in the notes
SLOWEST: Final = 5


class Timing(NamedTuple):
    """Seconds a rule took, and what it found."""

    id: str
    seconds: float
    findings: int


def measure(folder: Path, *, quick: bool) -> list[Outcome]:
    """Seconds of all rules together, for as many entries as there are a limit in proportion."""
    file = folder / "outcomes.sqlite"
    build(file, smaller(PROFILES["mixed"], QUICK_PART) if quick else PROFILES["mixed"])
    held = sum(size for _, size in entries(file))
    timings = time_rules(f"sqlite:///{file}")
    total, limit = sum(one.seconds for one in timings), LIMIT_SECONDS * held / WHOLE
    found = sum(one.findings for one in timings)
    slowest = sorted(timings, key=lambda one: one.seconds, reverse=True)[:SLOWEST]
    return [
        Outcome(
            path="findings",
            what=f"all {len(timings)} audit rules over {held:,} entries, {found:,} findings",
            unit="s",
            ours=total,
            floor=f"under {limit:.0f} s",
            met=total <= limit,
            notes=[f"{one.id} {one.seconds:.1f} s, {one.findings:,} findings" for one in slowest],
        )
    ]


def smaller(profile: Profile, part: float) -> Profile:
    """The same proportions with fewer entries."""
    counts: dict[str, Any] = {
        name: int(value * part)
        for name, value in profile._asdict().items()
        if isinstance(value, int) and name != "retracted"
    }
    return profile._replace(**counts)


def time_rules(url: str) -> list[Timing]:
    """Every rule once."""
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
