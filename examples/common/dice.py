"""Seeded chance that gives the same numbers on every Python version.

Only `random.Random.random` and its seeding are promised never to change; `choice`, `sample` and
`shuffle` are not, so they are built here on `random()` alone.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Chance from one seed; hand one to each part of a generator so that parts do not disturb each other."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed).random

    def below(self, bound: int) -> int:
        """An integer in [0, bound)."""
        return int(self._random() * bound)

    def between(self, low: int, high: int) -> int:
        """An integer in [low, high], both ends included."""
        return low + self.below(high - low + 1)

    def percent(self, chance: float) -> bool:
        """True in `chance` of a hundred cases."""
        return self._random() * 100 < chance

    def pick(self, items: Sequence[T]) -> T:
        return items[self.below(len(items))]

    def weighted(self, weights: Mapping[T, int]) -> T:
        """One key, as often as its weight says."""
        left = self.below(sum(weights.values()))
        for item, weight in weights.items():
            left -= weight
            if left < 0:
                return item
        raise AssertionError("weights are positive")

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """`count` different positions of `items`, in the order drawn."""
        pool = list(items)
        for at in range(count):
            other = at + self.below(len(pool) - at)
            pool[at], pool[other] = pool[other], pool[at]
        return pool[:count]

    def day(self, first: date, last: date) -> date:
        """A day in [first, last]."""
        return first + timedelta(days=self.below((last - first).days + 1))

    def after(self, start: date, low: int, high: int) -> date:
        """A day `low` to `high` days after `start` (before it, where negative)."""
        return start + timedelta(days=self.between(low, high))
