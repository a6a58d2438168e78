"""Figures over 10^6 entries on SQLite: one programme of ten, everything, and the same again.

    python -m bench.figures [--profile mixed|agreements|work|all] [--keep FOLDER] [--rounds N]

Prints p95 of one programme's figure (about 10^4 members where the base table is large), the time over
the whole database, and the time of a repeated question. Exit 1 where a limit is missed.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from bench.ledgerful import PROFILES, build
from services.audit.database import open_reader
from services.audit.parameters import Parameters, parameters_for
from services.audit.queries import AuditQueries
from services.outcomes.catalogue import FigureRule, load

PROGRAMME: Final = "programme-3"
#: seconds: p95 of one programme, the whole database, a repeated question
LIMITS: Final = (0.300, 2.0, 0.010)


class Timing(NamedTuple):
    """Seconds, and the members each took."""

    id: str
    some_members: int
    some_p95_seconds: float
    all_members: int
    all_seconds: float
    repeated_seconds: float

    @property
    def missed(self) -> bool:
        return any(
            took > limit
            for took, limit in zip(
                (self.some_p95_seconds, self.all_seconds, self.repeated_seconds), LIMITS, strict=True
            )
        )


def measure(url: str, rounds: int) -> list[Timing]:
    """Every figure of the catalogue. Each round asks for another first day, so that nothing is remembered."""
    engine = open_reader(url)
    try:
        audit = AuditQueries(engine)
        return [_one(audit, rule, rounds) for rule in load().values()]
    finally:
        engine.dispose()


def _one(audit: AuditQueries, rule: FigureRule, rounds: int) -> Timing:
    some, everything = [], []
    audit.figure(rule, parameters_for(rule, programme=PROGRAMME))
    for nth in range(rounds):
        asked = Parameters(PROGRAMME, None, 14_000 - nth, None, parameters_for(rule).extra)
        some.append(_seconds(lambda asked=asked: audit.figure(rule, asked)))  # type: ignore[misc]
    for nth in range(3):
        asked = Parameters(None, None, 14_000 - nth, None, parameters_for(rule).extra)
        everything.append(_seconds(lambda asked=asked: audit.figure(rule, asked)))  # type: ignore[misc]
    again = [_seconds(lambda asked=asked: audit.figure(rule, asked)) for _ in range(20)]  # type: ignore[misc]
    return Timing(
        rule.id,
        audit.figure(rule, parameters_for(rule, programme=PROGRAMME)).matched,
        sorted(some)[int(0.95 * (len(some) - 1) + 0.5)],
        audit.figure(rule, asked).matched,
        sorted(everything)[1],
        sorted(again)[18],
    )


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def report(profile: str, timings: list[Timing]) -> None:
    """A table, the misses marked."""
    print(f"\n{profile}: {PROFILES[profile].what}")
    print(f"{'figure':28}{'members':>9}{'p95 ms':>9}{'members':>10}{'all ms':>9}{'again ms':>10}")
    for one in timings:
        print(
            f"{one.id:28}{one.some_members:>9,}{one.some_p95_seconds * 1e3:>9.0f}{one.all_members:>10,}"
            f"{one.all_seconds * 1e3:>9.0f}{one.repeated_seconds * 1e3:>10.1f}{'  over' if one.missed else ''}"
        )
    print(f"{'limit':28}{'':>9}{LIMITS[0] * 1e3:>9.0f}{'':>10}{LIMITS[1] * 1e3:>9.0f}{LIMITS[2] * 1e3:>10.1f}")


def main() -> int:
    """Build, measure, print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--profile", default="mixed", choices=[*PROFILES, "all"])
    arguments.add_argument("--keep", type=Path, help="folder for the databases; those that are there are used again")
    arguments.add_argument("--rounds", type=int, default=20)
    asked = arguments.parse_args()
    folder = asked.keep or Path(tempfile.mkdtemp(prefix="bench-figures-"))
    folder.mkdir(parents=True, exist_ok=True)
    missed = False
    try:
        for profile in PROFILES if asked.profile == "all" else [asked.profile]:
            file = folder / f"{profile}.sqlite"
            if not file.exists():
                build(file, PROFILES[profile])
            timings = measure(f"sqlite:///{file}", asked.rounds)
            report(profile, timings)
            missed |= any(one.missed for one in timings)
    finally:
        if asked.keep is None:
            shutil.rmtree(folder)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
