"""What a figure is asked for, normalised: equal questions become equal values. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from services.audit.refusals import bad_parameter, unknown_parameter
from services.outcomes.catalogue import ExtraParameter, FigureRule
from services.outcomes.days import day_number, iso_date

_REGION: Final = re.compile(r"[0-9]{2}|[0-9]{4}|[0-9]{6}")
_BETWEEN: Final = re.compile(r"[\s,，、;；]+")
_DATE: Final = ("a date that exists, such as 2025-06-20", "存在的日期，如 2025-06-20")


@dataclass(frozen=True, slots=True)
class Parameters:
    """`region`: without trailing 00 pairs. Days count from 1970-01-01; `to_day` None: the day of the
    newest entry in the cut. `extra`: the figure's own, with their defaults, in its order.
    `from_dropped`: a beginning was asked of a stock, which has none; no part of the question.
    """

    programme: str | None = None
    region: str | None = None
    from_day: int | None = None
    to_day: int | None = None
    extra: tuple[tuple[str, str | None], ...] = ()
    from_dropped: bool = field(default=False, compare=False)

    def to_json(self) -> dict[str, str | None]:
        """The question as it is printed beside its answer."""
        return {
            "programme": self.programme,
            "region": self.region,
            "from": None if self.from_day is None else iso_date(self.from_day),
            "to": None if self.to_day is None else iso_date(self.to_day),
            **dict(self.extra),
        }


def parameters_for(
    rule: FigureRule,
    *,
    programme: str | None = None,
    region: str | None = None,
    start: date | str | None = None,
    end: date | str | None = None,
    extra: Mapping[str, str] | None = None,
) -> Parameters:
    """The parameters of one figure; empty text is the same as None.

    Raises Refused (bad_parameter, unknown_parameter).
    """
    from_day, to_day = _day("from", start), _day("to", end)
    if from_day is not None and to_day is not None and from_day > to_day:
        raise bad_parameter(
            "from", iso_date(from_day), f"a date not after to ({iso_date(to_day)})", f"不晚于 to（{iso_date(to_day)}）"
        )
    has_start = "from" in rule.parameters
    return Parameters(
        programme=programme or None,
        region=region_code(region),
        from_day=from_day if has_start else None,
        to_day=to_day,
        extra=_extra(rule, extra or {}),
        from_dropped=from_day is not None and not has_start,
    )


def region_code(code: str | None) -> str | None:
    """A GB/T 2260 code without trailing 00 pairs; None: everywhere. Raises Refused (bad_parameter)."""
    if not code:
        return None
    if not _REGION.fullmatch(code):
        raise bad_parameter("region", code, "a GB/T 2260 code of 2, 4 or 6 digits", "2、4 或 6 位行政区划代码")
    return _stripped(code) or None


def _prefixes(parameter: ExtraParameter, said: str | None) -> str | None:
    """Region codes without trailing 00 pairs, each once, ascending, with commas between: `4401,4403,81`."""
    codes: set[str] = set()
    for part in _BETWEEN.split(said or ""):
        for code in parameter.choices.get(part, part).split():
            stripped = _stripped(code) if _REGION.fullmatch(code) else ""
            if not stripped:
                named = ", ".join(parameter.choices)
                raise bad_parameter(
                    parameter.name,
                    part,
                    f"GB/T 2260 codes of 2, 4 or 6 digits separated by commas, or {named}",
                    f"2、4 或 6 位行政区划代码，以逗号分隔，或{named}",
                )
            codes.add(stripped)
    return ",".join(sorted(codes)) or None


def _stripped(code: str) -> str:
    while code.endswith("00"):
        code = code[:-2]
    return code


def _day(name: str, value: date | str | None) -> int | None:
    if not value:
        return None
    try:
        return day_number(value if isinstance(value, str) else value.isoformat())
    except ValueError:
        raise bad_parameter(name, value, *_DATE) from None


def _extra(rule: FigureRule, given: Mapping[str, str]) -> tuple[tuple[str, str | None], ...]:
    known = {parameter.name for parameter in rule.extra}
    for name in given:
        if name not in known:
            raise unknown_parameter(rule.id, name, rule.parameters)
    values: list[tuple[str, str | None]] = []
    for parameter in rule.extra:
        value = given.get(parameter.name) or parameter.default
        if parameter.prefixes:
            value = _prefixes(parameter, value)
        elif value is not None and parameter.choices:
            if value not in parameter.choices:
                one_of = ", ".join(parameter.choices)
                raise bad_parameter(parameter.name, value, f"one of {one_of}", f"{one_of} 之一")
            value = parameter.choices[value]
        values.append((parameter.name, value))
    return tuple(values)
