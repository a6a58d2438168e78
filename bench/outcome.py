"""What a measurement says, and how it is printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Final

import msgspec

COLUMN: Final = 44


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One path of the ledger beside what it is compared with, all measured in one run.

    `ours` and `beside` are in `unit`. `floor` says in words what `met` judges. Notes are for whoever
    reads the numbers: the client used, what was left out.
    """

    path: str
    what: str
    unit: str
    ours: float
    floor: str
    met: bool
    #: the bare sketch first, then peers
    beside: Mapping[str, float] = {}
    ratio: float | None = None
    notes: Sequence[str] = ()


def against_sketch(
    path: str,
    what: str,
    unit: str,
    *,
    ours: Sequence[float],
    sketch: tuple[str, Sequence[float]],
    at_least: float,
    peers: Mapping[str, float] | None = None,
    notes: Sequence[str] = (),
) -> Outcome:
    """Speeds measured turn about, A B A B: the ratio is the median of the rounds' ratios.

    Neighbours in time share whatever else the machine is doing, so a round's ratio is steadier than
    either speed.
    """
    name, bare = sketch
    ratio = median(one / other for one, other in zip(ours, bare, strict=True))
    return Outcome(
        path=path,
        what=what,
        unit=unit,
        ours=median(ours),
        beside={name: median(bare), **(peers or {})},
        ratio=ratio,
        floor=f"{at_least:g} of the sketch",
        met=ratio >= at_least,
        notes=notes,
    )


def told(outcome: Outcome) -> str:
    """An outcome as a few lines of text."""
    lines = [f"\n{outcome.path}: {outcome.what}"]
    lines.append(f"  {'ledger':{COLUMN}}{outcome.ours:>14,.1f} {outcome.unit}")
    for name, number in outcome.beside.items():
        lines.append(f"  {name:{COLUMN}}{number:>14,.1f} {outcome.unit}   {outcome.ours / number:.2f}")
    ratio = "" if outcome.ratio is None else f"ratio {outcome.ratio:.2f}, "
    lines.append(f"  {'pass' if outcome.met else 'MISSED'}: {ratio}floor {outcome.floor}")
    lines += [f"  - {note}" for note in outcome.notes]
    return "\n".join(lines)
