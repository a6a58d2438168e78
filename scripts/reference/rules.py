"""The audit rules, from the headers of services/outcomes/rules/*.sql."""

from __future__ import annotations

from scripts.reference.markdown import code, codes, table
from services.outcomes.rulebook import UNDECIDED, AuditRule, load

INTRODUCTION = """# Audit rules 审计规则

Each rule is one file in `services/outcomes/rules/`, on top of the figures' prelude and its own `_prelude.sql`; the
file is the rule, this page repeats its header. A rule refuses nothing: it returns *findings*, facts that contradict
each other or a threshold, each with the entry it is about, the entry it contradicts and a sentence. Rules look at all
programmes and places; `ledgerctl findings --programme` shows those of one. What is retracted or superseded within the
cut is never looked at, so a finding goes when its facts are set right.

Severity: E error, W warning. Thresholds are proposals of this project; `--threshold NAME=N` sets another for one
question. A finding goes by its rule and its key, which ends in `#` and the case; `ledgerctl findings settle` records
who explained, accepted or closed it, and why. That word is about the entry as it stood: stated anew, the finding is
open again. The counts beside figures are those of open findings at default thresholds.

"""


def page() -> str:
    """docs/reference/rules.md."""
    rules = load()
    overview = table(
        ("id", "名称", "name", "cases", "source"),
        (
            (
                f"[{id}](#{id.lower()})",
                rule.name_zh,
                rule.name_en,
                ", ".join(f"{code(case.name)} {case.severity}" for case in rule.cases.values()),
                rule.source,
            )
            for id, rule in rules.items()
        ),
    )
    undecided = table(("id", "what it asks", "what is missing"), ((id, *told) for id, told in UNDECIDED.items()))
    return (
        f"{INTRODUCTION}{overview}\n## Not decided here\n\n"
        "Rules of the catalogue that the events cannot carry, or that are decided elsewhere.\n\n"
        f"{undecided}\n" + "\n".join(map(_rule, rules.values()))
    )


def _rule(rule: AuditRule) -> str:
    cases = table(
        ("case", "severity", "中文", "English"),
        ((code(case.name), case.severity, case.zh, case.en) for case in rule.cases.values()),
    )
    thresholds = table(
        ("threshold", "default", "中文", "English"),
        ((code(one.name), str(one.default), one.zh, one.en) for one in rule.thresholds),
    )
    beside = f"Shown beside {codes(rule.figures)}. " if rule.figures else ""
    return (
        f"## {rule.id}\n\n{rule.name_zh} · {rule.name_en}\n\n{rule.rule_zh}\n\n{rule.rule_en}\n\n"
        f"{cases}\n"
        + (f"{thresholds}\n" if rule.thresholds else "")
        + f"Version {rule.version}. {beside}Facts: {codes(rule.facts)}.\n"
    )
