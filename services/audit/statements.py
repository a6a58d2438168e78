"""The statements around a figure: the prelude, the figure's own text as `members`, and what is asked of them.

Pure text and parameters. Nothing a caller said is ever part of the text. Placeholders are `:name`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.audit.parameters import Parameters
from services.outcomes.catalogue import COLUMNS, FigureRule
from services.outcomes.rulebook import AuditRule

Bound = dict[str, Any]

_NOTHING: Final = "CAST(0 AS BIGINT)"


def with_members(rule: FigureRule | AuditRule, cut: Mapping[str, int], rest: str) -> str:
    """`rest` over the `members` of a figure or an audit rule and all that its prelude defines."""
    return f"WITH RECURSIVE {_cut(cut)},\n{rule.prelude},\nmembers AS (\n{rule.sql}\n)\n{rest}"


def bound(parameters: Parameters, cut: Mapping[str, int], to_day: int) -> Bound:
    """The parameters of every statement of this module."""
    values: Bound = {
        "programme": parameters.programme,
        "region": parameters.region,
        "from_day": parameters.from_day,
        "to_day": to_day,
        **dict(parameters.extra),
    }
    for at, (log, size) in enumerate(sorted(cut.items())):
        values |= {f"log_{at}": log, f"size_{at}": size}
    return values


def tally(
    rule: FigureRule, cut: Mapping[str, int], distinct: Callable[[str], str], *, late: bool, erasures: bool
) -> str:
    """First a row of numbers: matched, counted, recorded by `to` (matched, counted), persons, erased
    persons, how many members there could be, sum of the counted values, sum of what a growth is held
    against; then one for each exclusion, each value of each split, each column beside. Of a mean or
    median, then a row for each value, ascending: the value, how many counted.

    `late`: some entries of the cut were recorded after `to`, then `by_0`, `by_1`, … are the sizes on
    that day in the order of the cut. `erasures`: somebody's data were erased. `distinct`: SQL that
    counts the different values of an expression.
    """
    known = _recorded_by_to(len(cut)) if late else "1 = 1"
    persons = distinct("CASE WHEN counted = 1 THEN person END")
    erased = distinct("CASE WHEN counted = 1 AND person IN (SELECT erased.person FROM erased) THEN person END")
    wanted = [
        "COUNT(*)",
        _how_many("counted = 1"),
        _how_many(known),
        _how_many(f"counted = 1 AND {known}"),
        _NOTHING if rule.one_a_person else persons,
        erased if erasures else _NOTHING,
        f"(SELECT possible.person_months FROM {rule.coverage} possible)" if rule.coverage else _NOTHING,
        _counted_sum("value") if rule.measure in ("sum", "growth") else _NOTHING,
        _counted_sum(rule.over) if rule.over else _NOTHING,
        *(_how_many(f"reason = '{reason}'") for reason in rule.exclusions),
        *(_how_many(f"counted = 1 AND {split.column} = '{value}'") for split in rule.splits for value in split.values),
        *(_counted_sum(beside.column) for beside in rule.beside),
    ]
    numbers = f"SELECT 0 AS part, {', '.join(f'{one} AS n{at}' for at, one in enumerate(wanted))} FROM members"
    if rule.measure not in ("mean", "median"):
        return with_members(rule, cut, numbers)
    padding = ", ".join([_NOTHING] * (len(wanted) - 2))
    values = f"SELECT 1, value, COUNT(*), {padding} FROM members WHERE counted = 1 GROUP BY value"
    return with_members(rule, cut, f"{numbers}\nUNION ALL\n{values}\nORDER BY part, n0")


def stated(rule: FigureRule, cut: Mapping[str, int]) -> str:
    """The counted statements with their details, by key."""
    columns = ", ".join((*rule.details, "log", "idx"))
    return with_members(rule, cut, f"SELECT {columns} FROM members WHERE counted = 1 ORDER BY key, log, idx")


def page(rule: FigureRule, cut: Mapping[str, int], *, after: bool) -> str:
    """Members by (key, log, idx), at most `:page_size`; `after`: those beyond `:after_key, :after_log, :after_idx`."""
    columns = ", ".join((*COLUMNS, *rule.columns))
    beyond = "WHERE (key, log, idx) > (:after_key, :after_log, :after_idx)" if after else ""
    return with_members(rule, cut, f"SELECT {columns} FROM members {beyond} ORDER BY key, log, idx LIMIT :page_size")


def every(rule: FigureRule, cut: Mapping[str, int]) -> str:
    """All members by (key, log, idx)."""
    return with_members(rule, cut, f"SELECT {', '.join((*COLUMNS, *rule.columns))} FROM members ORDER BY key, log, idx")


def _cut(cut: Mapping[str, int]) -> str:
    if not cut:
        return "cut(log, size) AS (SELECT CAST(NULL AS TEXT), CAST(NULL AS BIGINT) WHERE 1 = 0)"
    rows = ", ".join(f"(CAST(:log_{at} AS TEXT), CAST(:size_{at} AS BIGINT))" for at in range(len(cut)))
    return f"cut(log, size) AS (VALUES {rows})"


def _recorded_by_to(logs: int) -> str:
    return "(" + " OR ".join(f"(log = :log_{at} AND idx < :by_{at})" for at in range(logs)) + ")"


def _how_many(condition: str) -> str:
    return _sum(f"CASE WHEN {condition} THEN 1 ELSE 0 END")


def _counted_sum(column: str) -> str:
    return _sum(f"CASE WHEN counted = 1 THEN {column} ELSE 0 END")


def _sum(expression: str) -> str:
    return f"COALESCE(CAST(SUM({expression}) AS BIGINT), 0)"
