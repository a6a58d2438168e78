"""What can have happened in publication."""

from __future__ import annotations

from typing import ClassVar, Literal

from ledger.event import Catalogue, Event

Grade = Literal["evidenced", "attested", "mixed"]


class FigurePublished(Event, frozen=True, kw_only=True):
    """A figure was published: 公布. Everything but `statement` repeats what the statement says.

    `parameters` and `cut` (origin → size) are canonical JSON; `value` is a decimal, `a/b` for a rate
    or `none`; `statement` is the signed note (C2SP), its text as docs/reference/bundle.md has it.
    """

    slot: ClassVar[str] = "published"
    identity: ClassVar[tuple[str, ...]] = ("programme", "figure", "parameters")

    programme: str | None = None
    region: str | None = None
    figure: str
    parameters: str
    rule_sha256: str
    rule_version: int
    unit: str
    grade: Grade
    value: str
    matched: int
    counted: int
    persons: int
    cut: str
    statement: str


class FigureRestated(FigurePublished, frozen=True, kw_only=True):
    """A figure was published anew in place of entry `supersedes` of this log: 更正公布. `reason`: why."""

    supersedes: int
    reason: str


CATALOGUE = Catalogue.of("publication", [FigurePublished, FigureRestated])
