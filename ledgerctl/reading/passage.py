"""An article while it is mended: what is read, what was printed, and where something was taken out."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Passage:
    """`text` is simplified and is what the rules read; `printed` is the same, character for character, in
    the article's own script; `lines` is the line of the file each character stands on, from 1. `scars` are
    places: something was taken out before that character.
    """

    text: str
    printed: str
    lines: tuple[int, ...]
    scars: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        assert len(self.text) == len(self.printed) == len(self.lines), "all stand character for character"

    def without(self, spans: Iterable[Span], *, scar: bool) -> Passage:
        """The same passage with these spans taken out; `scar`: the places are remembered."""
        gone = sorted(spans)
        if not gone:
            return self
        kept: list[int] = []
        marks: set[int] = set()
        at = 0
        for start, end in gone:
            kept.extend(range(at, start))
            at = max(at, end)
            if scar:
                marks.add(len(kept))
        kept.extend(range(at, len(self.text)))
        # an old scar moves along; one that is taken out stays where the gap closes
        marks.update(bisect_left(kept, old) for old in self.scars)
        return Passage(
            "".join(self.text[one] for one in kept),
            "".join(self.printed[one] for one in kept),
            tuple(self.lines[one] for one in kept),
            frozenset(marks),
        )

    def torn(self, start: int, end: int) -> bool:
        """Whether something was taken out strictly inside [start, end)."""
        return any(start < scar < end for scar in self.scars)
