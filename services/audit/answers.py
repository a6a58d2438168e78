"""What audit answers, as values; and how a figure's value comes from its members. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from services.audit.parameters import Parameters
from services.outcomes.catalogue import FigureRule
from services.outcomes.reasons import REASONS

Cut = Mapping[str, int]
"""Origin of a log → how many of its entries are read."""


class Rate(NamedTuple):
    """A part of one cohort; of a growth what was gained (or lost) of what there was."""

    numerator: int
    denominator: int

    def to_json(self) -> dict[str, int]:
        return {"numerator": self.numerator, "denominator": self.denominator}


Value = int | float | Rate | None


class Tally(NamedTuple):
    """Members, of them counted."""

    matched: int
    counted: int


@dataclass(frozen=True, slots=True)
class Member:
    """A record the rule looked at, and the entry that states it. `details`: the figure's further columns."""

    key: str
    person: str | None
    value: int | None
    counted: bool
    reason: str | None
    log: str
    index: int
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> tuple[str, str, int]:
        """What members are ordered by; where the next page goes on."""
        return self.key, self.log, self.index


class Statement(NamedTuple):
    """A number somebody stated, with its source and the entry that holds it."""

    indicator: str
    value: int | float
    unit: str
    kind: str
    as_of_on: str
    source: str
    log: str
    index: int  # type: ignore[assignment]  # rather this name than tuple.index


class Distribution(NamedTuple):
    """Of the counted members' values: how many, mean and median (half up), and how many there could
    have been (None: not asked).
    """

    n: int
    mean: int | None
    median: int | None
    coverage: Rate | None


@dataclass(frozen=True, slots=True)
class FigureAnswer:
    """A figure counted at a cut. Law: matched = counted + all excluded.

    `persons`: distinct persons among the counted members. `recorded_by_to`: members whose entry had
    been recorded by the end of the day `to`. `splits`: column → value → counted. `beside`: unit →
    the same facts in that unit. `notes`: what a reader must know, Chinese first. In JSON `reasons` words
    those of `excluded`.
    """

    rule: FigureRule
    parameters: Parameters
    cut: Cut
    value: Value
    unit: str
    matched: int
    counted: int
    excluded: Mapping[str, int]
    persons: int
    recorded_by_to: Tally
    splits: Mapping[str, Mapping[str, int]]
    beside: Mapping[str, int | float]
    distribution: Distribution | None = None
    statements: tuple[Statement, ...] = ()
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As `figures --json` prints it."""
        rule = self.rule
        answer: dict[str, Any] = {
            "id": rule.id,
            "name_zh": rule.name_zh,
            "name_en": rule.name_en,
            "unit": self.unit,
            "kind": rule.kind,
            "value": self.value.to_json() if isinstance(self.value, Rate) else self.value,
            "grade": rule.grade,
            "matched": self.matched,
            "counted": self.counted,
            "excluded": dict(self.excluded),
            "reasons": {reason: REASONS[reason]._asdict() for reason in self.excluded},
            "persons": self.persons,
            "rule_sha256": rule.rule_sha256,
            "version": rule.version,
            "parameters": self.parameters.to_json(),
            "recorded_by_to": self.recorded_by_to._asdict(),
            "splits": {column: dict(values) for column, values in self.splits.items()},
            "beside": dict(self.beside),
            "notes": list(self.notes),
        }
        if self.distribution is not None:
            n, mean, median, coverage = self.distribution
            answer |= {"n": n, "mean": mean, "median": median, "coverage": coverage.to_json() if coverage else None}
        if rule.measure == "statement":
            answer["statements"] = [statement._asdict() for statement in self.statements]
        return answer


def mean_half_up(total: int, n: int) -> int | None:
    """⌊(2Σ+n)/2n⌋; None for none."""
    return (2 * total + n) // (2 * n) if n else None


def distribution(histogram: Sequence[tuple[int, int]], possible: int | None) -> Distribution:
    """From (value, how many) in ascending order of value. `possible`: the denominator of coverage."""
    n = sum(count for _, count in histogram)
    mean = mean_half_up(sum(value * count for value, count in histogram), n)
    coverage = None if possible is None else Rate(n, possible)
    if not n:
        return Distribution(0, None, None, coverage)
    median = mean_half_up(_nth(histogram, (n - 1) // 2) + _nth(histogram, n // 2), 2)
    return Distribution(n, mean, median, coverage)


def _nth(histogram: Sequence[tuple[int, int]], at: int) -> int:
    for value, count in histogram:
        if at < count:
            return value
        at -= count
    raise IndexError(at)


def thousandths(value_milli: int) -> int | float:
    """A stated number: whole where it is whole."""
    return in_unit(value_milli, 1000)


def in_unit(parts: int, scale: int) -> int | float:
    """A number of tenths (`scale` 10), hundredths, … in whole units: whole where it is whole."""
    whole, rest = divmod(parts, scale)
    return parts / scale if rest else whole


def value_of(
    rule: FigureRule,
    counted: int,
    excluded: Mapping[str, int],
    spread: Distribution | None,
    statements: Sequence[Statement],
    total: int = 0,
    base: int = 0,
) -> Value:
    """The figure's value. A mean or median of nothing and several unlike statements have none.

    `total`: sum of the counted values; `base`: of what a growth is held against.
    """
    match rule.measure:
        case "count":
            return counted
        case "sum":
            return in_unit(total, rule.scale)
        case "growth":
            return Rate(total, base)
        case "rate":
            return Rate(counted, counted + sum(excluded.get(reason, 0) for reason in rule.base_reasons))
        case "mean":
            return spread.mean if spread else None
        case "median":
            return spread.median if spread else None
        case "statement":
            return statements[0].value if len(statements) == 1 else None
