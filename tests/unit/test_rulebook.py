"""The rulebook: every rule's header says what its statement finds, and contradictions are found at start."""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files
from pathlib import Path

import pytest

from services.audit.finding import sentence, shown
from services.outcomes.rulebook import UNDECIDED, RulebookError, load, parse, touching

GOLDEN = Path(__file__).parents[1] / "golden"
#: a hole in the copy of a log cannot be made by applying entries: tests/integration/test_findings.py makes one
ELSEWHERE = {("A41", "hole")}
HEADER = {
    "id": "A77",
    "name_zh": "事物",
    "name_en": "Things",
    "version": "2",
    "source": "nowhere",
    "thresholds": "most = 3 上限 | at most; least = 1 下限 | at least",
    "cases": "many E, few W",
    "zh.many": "{count} 多于 {most}，\n--   太多",
    "en.many": "{count} are more than {most},\n--   too many",
    "zh.few": "{count} 少于 {least}",
    "en.few": "{count} are fewer than {least}",
    "facts": "count, seen_on",
    "figures": "persons_trained",
    "rule_zh": "多了，\n--   或少了。",
    "rule_en": "Too many,\n--   or too few.",
}
SQL = "SELECT 'many', 'few' WHERE 1 > :most AND 2 < :least"


def file(sql: str = SQL, **header: str | None) -> str:
    lines = {**HEADER, **header}
    return "".join(f"-- {name}: {value}\n" for name, value in lines.items() if value is not None) + f"\n{sql}\n"


def test_every_rule_of_the_catalogue_is_decided_or_says_what_is_missing() -> None:
    assert set(load()) | set(UNDECIDED) == {f"A{nth:02d}" for nth in range(1, 53)}
    assert not set(load()) & set(UNDECIDED)
    assert len(load()) >= 35


def test_every_case_of_every_rule_has_a_golden_history() -> None:
    histories = "".join(path.read_text("utf-8") for path in GOLDEN.glob("test_rules_*.py"))
    shown_ones = {(rule.id, case) for rule in load().values() for case in rule.cases if f"#{case} " in histories}
    # two rules of one history are told apart by the words behind the key
    shown_ones |= {("A48", "drift"), ("A49", "mixed"), ("A46", "two_values"), ("A21", "documents")}
    shown_ones |= {("A47", "attendees"), ("A47", "hours")}
    assert {(rule.id, case) for rule in load().values() for case in rule.cases} - shown_ones == ELSEWHERE
    for id in load():
        assert re.search(rf"\b{id}\b", histories), id


def test_a_figure_is_touched_by_the_rules_that_name_it() -> None:
    asked = touching(["mean_monthly_wage", "facilities"])
    assert asked == {"mean_monthly_wage": ("A22", "A29", "A30", "A31", "A32", "A37", "A43"), "facilities": ()}


def test_the_rule_hash_is_of_the_bytes_of_both_preludes_and_the_file() -> None:
    package = files("services.outcomes")
    preludes = [(package / folder / "_prelude.sql").read_bytes() for folder in ("figures", "rules")]
    for rule in load().values():
        text = b",\n".join(preludes) + (package / "rules" / f"{rule.id}.sql").read_bytes()
        assert rule.rule_sha256 == hashlib.sha256(text).hexdigest()


def test_a_header_is_read() -> None:
    rule = parse("A77", file(), "prelude")
    assert (rule.version, rule.facts, rule.figures) == (2, ("count", "seen_on"), ("persons_trained",))
    assert [(one.name, one.default, one.zh, one.en) for one in rule.thresholds] == [
        ("most", 3, "上限", "at most"),
        ("least", 1, "下限", "at least"),
    ]
    assert (rule.cases["many"].zh, rule.cases["many"].en) == (
        "{count} 多于 {most}，太多",
        "{count} are more than {most}, too many",
    )
    assert rule.rule_zh == "多了，或少了。"
    assert rule.cases_of("W") == ("few",)
    assert rule.cases_of("") == ("many", "few")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (file(source=None), "header lines missing: source"),
        (file(colour="red"), "unknown header lines: colour"),
        (file(id="A78"), "not the file's name"),
        (file(cases="many X, few W"), "expected `name E` or `name W`"),
        (file(**{"zh.many": None}), "header lines missing: zh.many"),
        (file(**{"zh.none": "x"}), "unknown header lines: zh.none"),
        (file(thresholds="most: 3"), "expected `name = number"),
        (file(thresholds="most = 3 上限 | at most"), "used but not declared: least"),
        (file(sql="SELECT 'many', 'few' WHERE :most > 1"), "declared but not used"),
        (file(sql="SELECT 'many' WHERE 1 > :most AND 2 < :least"), "never gives: few"),
        (file(**{"en.few": "{colour}"}), "neither facts nor thresholds: colour"),
    ],
)
def test_a_rule_that_contradicts_its_header_is_found_at_start(text: str, says: str) -> None:
    if says == "declared but not used":
        text = text.replace("{count} 少于 {least}", "少").replace("{count} are fewer than {least}", "few")
    with pytest.raises(RulebookError, match=re.escape(says)):
        parse("A77", text, "prelude")


def test_a_sentence_shows_days_as_dates_fen_as_yuan_and_what_is_unknown_as_a_dash() -> None:
    words = {"wage_fen": 420_050, "other_fen": 420_000, "seen_day": 20_000, "count": 3, "name": None}
    said = sentence("{wage_fen} {other_fen} {seen_day} {count} {name}", words)
    assert said == "4,200.50 4,200 2024-10-04 3 –"
    assert shown({"seen_day": 20_000, "name": None, "count": 3}) == {"seen_on": "2024-10-04", "count": 3}
