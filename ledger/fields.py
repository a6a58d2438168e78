"""Several attributes of one object, in one go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any


def getter(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """object → the values of these attributes, a tuple even of one or none."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda whole: tuple(getattr(whole, name) for name in names)
