"""How values are shown to people; machines get them as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: in the words of a clerk; what is not here is shown as it is
_COLUMNS = {"kind": "类别", "state": "状态", "proof": "凭证", "title": "名称", "reason": "原因"}


def amount_text(value: int | float | None, unit: str) -> str:
    """`3,950.12 元` for fen, `812` for all else, `–` for nothing."""
    if value is None:
        return "–"
    if unit.startswith(("fen", "分")):
        whole, fen = divmod(int(value), 100)
        return f"{whole:,}.{fen:02d} 元"
    return f"{value:,}"


def value_text(figure: Mapping[str, Any]) -> str:
    """`3,950.12 元` for fen, `812` for counts, `83.3 %` for rates, `–` for no value."""
    value = figure["value"]
    return rate_text(value) if isinstance(value, Mapping) else amount_text(value, str(figure["unit"]))


def rate_text(rate: Mapping[str, int]) -> str:
    """`83.3 %`; `–` of nothing."""
    if not rate["denominator"]:
        return "–"
    return f"{100 * rate['numerator'] / rate['denominator']:.1f} %"


def with_unit(figure: Mapping[str, Any]) -> str:
    """The value and its unit: `862 份`, `3,951.63 元`, `83.3 %`."""
    value, unit = value_text(figure), str(figure["unit"])
    return value if value.endswith(("–", "%", "元")) else f"{value} {unit}"


def reason_text(reason: str, reasons: Mapping[str, Any]) -> str:
    """`已撤回 withdrawn`: the words of the ledger beside the id."""
    worded = reasons.get(reason)
    return f"{worded['zh']} {reason}" if worded else reason


def excluded_text(figure: Mapping[str, Any]) -> str:
    """`已撤回 withdrawn 31, 已作废 voided 2`, or `–`."""
    reasons = figure.get("reasons", {})
    return ", ".join(f"{reason_text(one, reasons)} {count:,}" for one, count in figure["excluded"].items()) or "–"


def also_text(figure: Mapping[str, Any]) -> list[str]:
    """What a value alone does not tell: how a mean is spread, unlike members, the same facts in other units."""
    told = []
    unit = str(figure["unit"])
    if "n" in figure:
        spread = [
            f"n {figure['n']:,}",
            f"均值 mean {amount_text(figure['mean'], unit)}",
            f"中位数 median {amount_text(figure['median'], unit)}",
        ]
        coverage = figure.get("coverage")
        if coverage and coverage["denominator"]:
            spread.append(
                f"覆盖 coverage {coverage['numerator']:,}/{coverage['denominator']:,} ({rate_text(coverage)})"
            )
        told.append(" · ".join(spread))
    elif unit.startswith(("fen", "分")) and figure.get("persons"):
        told.append(f"人数 persons {figure['persons']:,} 人")
    for column, parts in figure.get("splits", {}).items():
        counted = ", ".join(f"{value} {count:,}" for value, count in parts.items() if count)
        if counted:
            told.append(f"{column_text(column)}: {counted}")
    beside = [f"{count:,} {other}" for other, count in figure.get("beside", {}).items()]
    if beside:
        told.append(f"另计 also: {', '.join(beside)}")
    for one in figure.get("statements", []):
        place = f"{one['log']}@{one['index']}"
        told.append(
            f"{one['indicator']} {one['value']:,} {one['unit']}（{one['source']}，截至 {one['as_of_on']}）{place}"
        )
    return told


def found_text(figure: Mapping[str, Any]) -> list[str]:
    """The open findings of the audit rules about a figure's members, if any: `审计发现 findings: A44 12, A23 1`."""
    found = figure.get("findings", {})
    if found is None:
        return ["审计发现尚在统计 · findings are still being looked for: ledgerctl findings"]
    told = ", ".join(f"{rule} {count:,}" for rule, count in found.items())
    return [f"审计发现 findings: {told}"] if told else []


def column_text(column: str) -> str:
    """A column of a figure's own, in Chinese where there is a word for it."""
    return f"{_COLUMNS[column]} {column}" if column in _COLUMNS else column


def asked_text(figures: Sequence[Mapping[str, Any]]) -> str:
    """What was asked, as the ledger understood it: programme, region, dates."""
    if not figures:
        return ""
    asked = figures[0].get("parameters", {})
    starts = {figure.get("parameters", {}).get("from") for figure in figures} - {None}
    programme = asked.get("programme") or "全部 all"
    region = asked.get("region") or "全部 all"
    begin = min(starts, default="起初 the beginning")
    return f"项目 programme {programme} · 地区 region {region} · {begin} … {asked.get('to') or '–'}"
