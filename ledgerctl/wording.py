"""How values are shown to people; machines get them as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def value_text(figure: Mapping[str, Any]) -> str:
    """`3,950.12 元` for fen, `812` for counts, `83.3 %` for rates, `–` for no value."""
    value = figure["value"]
    if value is None:
        return "–"
    if isinstance(value, Mapping):
        if not value["denominator"]:
            return "–"
        return f"{100 * value['numerator'] / value['denominator']:.1f} %"
    if str(figure["unit"]).startswith(("fen", "分")):
        return f"{value // 100:,}.{value % 100:02d} 元"
    return f"{value:,}"


def excluded_text(excluded: Mapping[str, int]) -> str:
    """`withdrawn 31, voided 2`, or `–`."""
    return ", ".join(f"{reason} {count:,}" for reason, count in excluded.items()) or "–"
