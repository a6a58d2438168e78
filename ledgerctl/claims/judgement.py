"""What became of a claim: the verdict and everything it rests on."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, NotRequired, TypedDict

from ledgerctl.claims.band import Band, number_text
from ledgerctl.claims.claim import Claim
from ledgerctl.claims.stated import Stated
from ledgerctl.claims.units import Measure

Verdict = Literal["supported", "contradicted", "unit_differs", "attested_only", "not_evidenced", "malformed"]


class Rate(TypedDict):
    """A rate as counted; the numerator is part of the denominator."""

    numerator: int
    denominator: int


class Statement(TypedDict):
    """A number somebody stated, and the entry that holds it."""

    indicator: str
    value: int | float
    unit: str
    kind: str
    as_of_on: str
    source: str
    log: str
    index: int


class FigureAnswer(TypedDict):
    """One figure as `figures --json` answers it. Money is in fen; an attested number is as its source stated it."""

    id: str
    name_zh: str
    name_en: str
    unit: str
    value: int | float | str | Rate | None
    grade: str
    matched: int
    counted: int
    excluded: Mapping[str, int]
    persons: int | None
    rule_sha256: str
    kind: NotRequired[str]
    median: NotRequired[int | None]
    n: NotRequired[int]
    splits: NotRequired[Mapping[str, Mapping[str, int]]]
    beside: NotRequired[Mapping[str, int | float]]
    statements: NotRequired[Sequence[Statement]]
    reasons: NotRequired[Mapping[str, Mapping[str, str]]]
    recorded_by_to: NotRequired[Mapping[str, int]]
    notes: NotRequired[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Reading:
    """The ledger's number in one unit.

    `amount` is in units of one, 元 or percent; None: there is none. `same_unit`: the claim states this
    unit. `fits`: the number lies in the claim's band. `distance`: to the band, negative below it;
    None where the two cannot be compared.
    """

    figure: str
    unit: str
    measure: Measure
    amount: Fraction | None
    same_unit: bool
    fits: bool
    distance: Fraction | None
    rate: Rate | None = None

    @property
    def text(self) -> str:
        """`862 份`, `3,960.60 元`, `97.27%（356/366）`."""
        if self.amount is None:
            return "—"
        if self.rate is not None:
            return f"{self.amount_text(self.amount)}（{self.rate['numerator']:,}/{self.rate['denominator']:,}）"
        return self.amount_text(self.amount)

    def gap_text(self, points: str) -> str:
        """The distance without its sign; `points` names percentage points."""
        gap = abs(self.distance or Fraction(0))
        return f"{number_text(gap)} {points}" if self.measure == "rate" else self.amount_text(gap)

    def amount_text(self, amount: Fraction) -> str:
        """An amount with this reading's unit."""
        if self.measure == "rate":
            return f"{number_text(amount)}%"
        if self.measure in ("money", "money_mean"):
            return f"{number_text(amount) if amount.denominator == 1 else f'{float(amount):,.2f}'} 元"
        return f"{number_text(amount)} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Judgement:
    """`reading` is the claim's own figure, `others` the same facts in other units; `zh` and `en` say it all.

    `kind`: that of the figure (flow, stock, capacity, statement), or of the statement it quotes; `splits`:
    column → value → counted, of a figure whose members are unlike; `statements`: who attests the number;
    `reasons`: the words of what was excluded; `recorded_by_to`: matched and counted of what had been
    recorded by the day the claim speaks of; `notes`: what audit says beside its answer.
    """

    claim: Claim
    stated: Stated
    verdict: Verdict
    band: Band | None
    reading: Reading
    others: tuple[Reading, ...]
    grade: str
    matched: int
    counted: int
    excluded: Mapping[str, int]
    persons: int | None
    rule_sha256: str
    kind: str = ""
    splits: Mapping[str, Mapping[str, int]] | None = None
    statements: tuple[Statement, ...] = ()
    reasons: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    recorded_by_to: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    zh: str = ""
    en: str = ""

    @property
    def shown(self) -> Reading:
        """The reading the verdict speaks of: one that fits in the claimed unit, else the figure's own."""
        return next((one for one in (self.reading, *self.others) if one.fits and one.same_unit), self.reading)

    @property
    def members_command(self) -> str:
        """What lists the records behind the number, each with its entry; empty where there is no figure."""
        if not self.claim.figure:
            return ""
        words = ["ledgerctl", "members", self.claim.figure]
        for name, value in sorted(self.claim.query().items()):
            own = name not in ("programme", "region", "from", "to")
            words += ["--param", f"{name}={value}"] if own else [f"--{name}", value]
        return shlex.join(words)

    def to_json(self) -> dict[str, Any]:
        """For `--json`. Amounts are decimal text in units of one, 元 or percent."""
        return {
            "id": self.claim.id,
            "sentence": self.claim.sentence,
            "figure": self.claim.figure,
            "aspect": self.claim.aspect,
            "stated": self.claim.stated or self.claim.printed,
            "as_of": self.claim.as_of,
            "params": self.claim.query(),
            "verdict": self.verdict,
            "fault": self.stated.fault,
            "band": str(self.band) if self.band else None,
            **_reading_json(self.reading),
            "others": [{"figure": other.figure, **_reading_json(other)} for other in self.others],
            "grade": self.grade,
            "matched": self.matched,
            "counted": self.counted,
            "excluded": dict(self.excluded),
            "recorded_by_to": dict(self.recorded_by_to) or None,
            "persons": self.persons,
            "rule_sha256": self.rule_sha256,
            "evidence": {"members": self.members_command, "statements": list(self.statements)},
            "notes": list(self.notes),
            "note_zh": self.claim.note_zh,
            "note_en": self.claim.note_en,
            "zh": self.zh,
            "en": self.en,
        }


def _reading_json(reading: Reading) -> dict[str, Any]:
    def plain(amount: Fraction | None) -> str | None:
        return None if amount is None else number_text(amount).replace(",", "")

    return {
        "value": plain(reading.amount),
        "unit": "元" if reading.measure in ("money", "money_mean") else reading.unit,
        "fits": reading.fits,
        "distance": plain(reading.distance),
    }
