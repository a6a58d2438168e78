"""What a verified sample says of the whole: a share, its exact interval, and the corrected figure. Pure.

Source of the interval: Clopper & Pearson (1934), exact for a binomial. Members are drawn without
putting them back, which only makes the true interval narrower: what is printed is never too narrow.
A member that could not be verified is not confirmed: what cannot be verified is not counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, NamedTuple

CONFIDENCE: Final = 0.95
_HALVINGS: Final = 60


class Results(NamedTuple):
    """How many of the drawn members came out how; `pending`: nothing is recorded of them yet."""

    confirmed: int
    refuted: int
    unreachable: int
    pending: int

    @property
    def verified(self) -> int:
        """Those that something is recorded of."""
        return self.confirmed + self.refuted + self.unreachable


class Estimate(NamedTuple):
    """Members of the whole that stand, in whole members: the corrected figure and its bounds."""

    corrected: int
    least: int
    most: int
    share: float


def estimate(results: Results, population: int, confidence: float = CONFIDENCE) -> Estimate | None:
    """The corrected figure; None: nothing is verified yet."""
    seen = results.verified
    if not seen:
        return None
    share = results.confirmed / seen
    if seen == population:  # nobody was left out: no guessing
        return Estimate(results.confirmed, results.confirmed, results.confirmed, share)
    low, high = interval(results.confirmed, seen, confidence)
    corrected = (2 * population * results.confirmed + seen) // (2 * seen)
    # of those that were looked at, it is known
    least = max(math.floor(low * population), results.confirmed)
    most = min(math.ceil(high * population), population - (seen - results.confirmed))
    return Estimate(corrected, least, most, share)


def interval(hits: int, trials: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Bounds of the share behind `hits` of `trials`, each missed with half of 1 - `confidence`."""
    tail = (1 - confidence) / 2
    low = 0.0 if hits == 0 else _where(lambda share: 1 - _at_most(hits - 1, trials, share) >= tail)
    high = 1.0 if hits == trials else _where(lambda share: _at_most(hits, trials, share) <= tail)
    return low, high


def _where(holds: Callable[[float], bool]) -> float:
    """The share from which on it holds; it holds at 1 and not at 0."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return (low + high) / 2


def _at_most(hits: int, trials: int, share: float) -> float:
    """The chance of at most so many hits, each with the chance `share`."""
    if share <= 0:
        return 1.0
    if share >= 1:
        return 1.0 if hits >= trials else 0.0
    log_hit, log_miss = math.log(share), math.log1p(-share)
    whole = math.lgamma(trials + 1)
    return math.fsum(
        math.exp(whole - math.lgamma(k + 1) - math.lgamma(trials - k + 1) + k * log_hit + (trials - k) * log_miss)
        for k in range(hits + 1)
    )
