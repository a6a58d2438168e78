"""Figures counted over 10^6 entries: bench.figures, told as outcomes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from bench.figures import LIMITS, Timing
from bench.figures import measure as time_figures
from bench.ledgerful import PROFILES, build
from bench.outcome import Outcome

PROFILE: Final = "mixed"
ROUNDS: Final = 20
#: six kinds of facts in one statement, where a figure has one or two: judged by itself
LADDER: Final = "outcome_ladder"
LADDER_LIMITS: Final = (0.600, 4.0, 0.010)

_ASKED: Final[tuple[tuple[str, Callable[[Timing], float], Callable[[Timing], int]], ...]] = (
    ("one programme of ten, p95", lambda one: one.some_p95_seconds, lambda one: one.some_members),
    ("the whole database", lambda one: one.all_seconds, lambda one: one.all_members),
    ("the same question again", lambda one: one.repeated_seconds, lambda one: one.all_members),
)


def measure(folder: Path, *, quick: bool) -> list[Outcome]:
    """Milliseconds of the slowest figure, for each of the three ways to ask."""
    file = folder / "outcomes.sqlite"
    build(file, PROFILES[PROFILE])
    timings = time_figures(f"sqlite:///{file}", 5 if quick else ROUNDS)
    figures = [one for one in timings if one.id != LADDER]
    ladder = [one for one in timings if one.id == LADDER]
    return [
        *(_slowest(figures, *asked, limit) for asked, limit in zip(_ASKED, LIMITS, strict=True)),
        *(_slowest(ladder, *asked, limit) for asked, limit in zip(_ASKED, LADDER_LIMITS, strict=True)),
    ]


def _slowest(
    timings: list[Timing], what: str, took: Callable[[Timing], float], members: Callable[[Timing], int], limit: float
) -> Outcome:
    worst = max(timings, key=took)
    of = f"the slowest of {len(timings)} figures, " if len(timings) > 1 else ""
    over = [one.id for one in timings if took(one) > limit]
    return Outcome(
        path="figures",
        what=f"{what}: {of}{worst.id}, {members(worst):,} members",
        unit="ms",
        ours=took(worst) * 1e3,
        floor=f"{limit * 1e3:g} ms",
        met=not over,
        notes=[f"over: {', '.join(over)}"] if over else [],
    )
