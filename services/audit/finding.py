"""A finding as audit answers it: which rule, which entries, and the sentence a clerk reads. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from services.outcomes.days import iso_date
from services.outcomes.rulebook import AuditRule, Case, Severity

State = Literal["open", "explained", "accepted", "closed"]

STATES: Final[tuple[State, ...]] = ("open", "explained", "accepted", "closed")
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
#: what stands in a sentence for a fact that nobody stated
_UNKNOWN: Final = "–"


class Evidence(NamedTuple):
    """An entry: its log and its index."""

    log: str
    index: int  # type: ignore[assignment]  # rather this name than tuple.index


class Word(NamedTuple):
    """Who settled a finding, when and why."""

    kind: str
    reason: str
    agency: str
    recorded: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Facts that contradict each other, or a threshold.

    `key` is its name under its rule and ends in `#<case>`; `person` is NULL where it is about a class, an employer or
    a number. `evidence` is the entry it is about, `other` the one it contradicts. `settled`: the latest word
    somebody gave on this very evidence.
    """

    rule: AuditRule
    case: Case
    key: str
    person: str | None
    programme: str | None
    region: str | None
    evidence: Evidence
    other: Evidence | None
    facts: Mapping[str, Any]
    zh: str
    en: str
    settled: Word | None = None

    @property
    def severity(self) -> Severity:
        """E error, W warning."""
        return self.case.severity

    @property
    def state(self) -> str:
        """`open` until somebody explained, accepted or closed it."""
        return self.settled.kind if self.settled else "open"

    @property
    def place(self) -> tuple[str, str, str, int]:
        """What findings are ordered by; where the next page goes on."""
        return self.rule.id, self.key, *self.evidence


@dataclass(frozen=True, slots=True)
class Asked:
    """Which findings are wanted; an empty text or tuple asks for all of them.

    `region`: without trailing 00 pairs. `thresholds`: those that are not to have their defaults.
    """

    rules: tuple[str, ...] = ()
    severity: str = ""
    programme: str = ""
    region: str = ""
    person: str = ""
    key: str = ""
    state: str = ""
    thresholds: Mapping[str, int] = field(default_factory=dict)


def sentence(template: str, words: Mapping[str, Any]) -> str:
    """The template with its placeholders filled: days as dates, fen as yuan, what is unknown as –."""
    return _PLACEHOLDER.sub(lambda found: _said(found[1], words.get(found[1])), template)


def shown(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as they are handed out: `X_day` as the date `X_on`, unknown ones left out."""
    known = {name: value for name, value in facts.items() if value is not None}
    return {
        (f"{name[:-4]}_on" if name.endswith("_day") else name): iso_date(value) if name.endswith("_day") else value
        for name, value in known.items()
    }


def _said(name: str, value: Any) -> str:
    if value is None:
        return _UNKNOWN
    if name.endswith("_day"):
        return iso_date(value)
    if name.endswith("_fen"):
        yuan, fen = divmod(value, 100)
        return f"{yuan:,}.{fen:02d}" if fen else f"{yuan:,}"
    return str(value)
