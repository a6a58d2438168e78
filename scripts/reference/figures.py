"""The figure catalogue, from the headers of services/outcomes/figures/*.sql."""

from __future__ import annotations

from scripts.reference.markdown import code, codes, table
from services.outcomes.catalogue import ExtraParameter, FigureRule, load
from services.outcomes.reasons import REASONS

INTRODUCTION = """# Figures 指标

Each figure is one file in `services/outcomes/figures/`, on top of `_prelude.sql`; the file is the rule, this page
repeats its header. Every figure takes `programme`, `region`, `to` and a cut, every flow `from` too. How a figure is
counted, and what *voided* and *version* mean: [format.md](format.md), section 12.

人, 人次, 份, 场次, 件 are never converted into each other; unknown is never "no"; every member that is not counted has
one reason, the first that applies in the order given.

"""


def page() -> str:
    """docs/reference/figures.md."""
    rules = load()
    overview = table(
        ("id", "名称", "name", "unit", "a member is one", "kind", "grade"),
        (
            (f"[`{id}`](#{id})", rule.name_zh, rule.name_en, rule.unit, rule.member, rule.kind, rule.grade)
            for id, rule in rules.items()
        ),
    )
    reasons = table(("reason", "中文", "English"), ((code(name), *wording) for name, wording in REASONS.items()))
    return (
        f"{INTRODUCTION}{overview}\n"
        "Grade: `evidenced` is counted from entries, one by one; `attested` is what a source states, shown with it; "
        "`mixed` is both.\n\n"
        f"## Reasons\n\n{reasons}\n" + "\n".join(map(_figure, rules.values()))
    )


def _figure(rule: FigureRule) -> str:
    about = [
        f"Version {rule.version}, measure `{rule.measure}`. Not counted: {codes(rule.exclusions)}.",
        *([f"In a rate's denominator all the same: {codes(rule.base_reasons)}."] if rule.base_reasons else []),
        *[f"Parameter {_parameter(one)}." for one in rule.extra],
        *[f"Shown apart by `{one.column}`: {codes(one.values)}." for one in rule.splits],
        *[f"Beside it: the same in {one.unit} (`{one.column}`)." for one in rule.beside],
        *([f"Values and what is beside them are in parts of the unit, 1/{rule.scale}."] if rule.scale > 1 else []),
        *([f"Held against the sum of `{rule.over}`."] if rule.over else []),
        *([f"Each member with {codes(rule.details)}."] if rule.details else []),
        *([f"Coverage: members counted of `{rule.coverage}`."] if rule.coverage else []),
    ]
    return (
        f"## {rule.id}\n\n{rule.name_zh} · {rule.name_en} ({rule.unit})\n\n{rule.rule_zh}\n\n{rule.rule_en}\n\n"
        f"{' '.join(about)}\n\n`rule_sha256` {rule.rule_sha256}\n"
    )


def _parameter(extra: ExtraParameter) -> str:
    if extra.prefixes:
        named = "; ".join(f"{name} is {codes.replace(' ', ', ')}" for name, codes in extra.choices.items())
        return f"`{extra.name}`: region codes of 2, 4 or 6 digits, separated by commas ({named}); without: everywhere"
    if not extra.choices:
        return f"`{extra.name}`: any text, absent unless given"
    meanings: dict[str, list[str]] = {}
    for said, stands_for in extra.choices.items():
        meanings.setdefault(stands_for, []).extend([said] if said != stands_for else [])
    told = ", ".join(" ".join((code(value), *others)) for value, others in meanings.items())
    return f"`{extra.name}`: {told}; without: `{extra.default}`"
