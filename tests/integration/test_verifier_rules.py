"""Rules are somebody else's program: what they may do, and what happens when they do more."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from services.outcomes.catalogue import FigureRule, load
from tests.support.bundle_cases import PROGRAMME, check, honest, programme
from tests.support.bundle_format import Row, canonical
from tests.support.bundles import Export, Verdict, sealed
from verifier import rules

HEADER = """\
-- id: agreements_signed
-- unit: 份
-- member: x
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: withdrawn, voided
"""
MEMBER = "'k' AS key, NULL AS person, NULL AS value, 1 AS counted, NULL AS reason, 'l' AS log, 0 AS idx"


def with_rule(sql: str, *, header: str = HEADER, prelude: str | None = None) -> FigureRule:
    rule = load()["agreements_signed"]
    prelude = rule.prelude if prelude is None else prelude
    text = header + sql + "\n"
    digest = hashlib.sha256(prelude.encode() + text.encode()).hexdigest()
    return replace(rule, prelude=prelude, sql=text, rule_sha256=digest)


def verdict_of(tmp_path: Path, rule: FigureRule, rows: Sequence[Row] = ()) -> Verdict:
    counted = replace(honest().counted, rule=rule, rows=rows)
    return check(tmp_path, Export(programme(), counted).files())


def test_a_rule_of_somebody_else_is_run_if_it_keeps_to_the_tables(tmp_path: Path) -> None:
    rule = with_rule(f"SELECT {MEMBER}")
    row = ("k", None, None, 1, None, "l", 0)
    verdict = verdict_of(tmp_path, rule, [row])
    assert verdict.code == 0, verdict.output


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT load_extension('x')",
        f"SELECT {MEMBER} WHERE random() > 0",
        f"SELECT {MEMBER} WHERE date('now') > ''",
        f"SELECT {MEMBER} FROM sqlite_master",
        f"SELECT {MEMBER} FROM pragma_table_info('cut')",
        f"SELECT {MEMBER} FROM _counted",
        f"SELECT {MEMBER} FROM json_each('[1]')",
        "SELECT hex(zeroblob(100000000))",
        "SELECT printf('%.*c', 100000000, 'x')",
        "SELECT group_concat(subject) FROM intents",
        "DELETE FROM intent_agreement_signed",
        "SELECT 1; DROP TABLE cut",
        f"SELECT {MEMBER}) SELECT * FROM members; ATTACH 'x' AS y --",
        "ATTACH '/tmp/evil' AS evil",
        "PRAGMA writable_schema = 1",
        "VACUUM INTO '/tmp/evil'",
        "SELECT * FROM nowhere",
        "SELECT :unheard",
        "SELEC",
        "",
        "SELECT 1 AS key",
        f"SELECT {MEMBER}, 5 AS more",
        MEMBER.join(("SELECT ", "")).replace("AS idx", "AS place"),
        "\0",
    ],
)
def test_a_rule_that_does_more_than_count_is_refused(tmp_path: Path, sql: str) -> None:
    verdict = verdict_of(tmp_path, with_rule(sql))
    assert verdict.code == 3, verdict.output
    assert "MALFORMED: the rule" in verdict.verdict


def test_a_rule_without_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "SECONDS_MAX", 0.5)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 'k' AS key, NULL AS person, "
    endless += "NULL AS value, 1 AS counted, NULL AS reason, 'l' AS log, MAX(i) AS idx FROM n"
    verdict = verdict_of(tmp_path, with_rule(endless))
    assert verdict.code == 2
    assert "the rule took over" in verdict.verdict


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1 AS counted", "2 AS counted"),
        ("1 AS counted", "0 AS counted"),
        ("1 AS counted", "NULL AS counted"),
        ("NULL AS reason", "'withdrawn' AS reason"),
        ("1 AS counted, NULL AS reason", "0 AS counted, 'a whim' AS reason"),
        ("NULL AS value", "0.5 AS value"),
        ("NULL AS value", "'5' AS value"),
        ("'k' AS key", "NULL AS key"),
        ("'k' AS key", "5 AS key"),
        ("NULL AS person", "5 AS person"),
        ("0 AS idx", "NULL AS idx"),
    ],
)
def test_a_rule_that_breaks_the_laws_of_members_is_contradicted(tmp_path: Path, old: str, new: str) -> None:
    assert old in MEMBER
    verdict = verdict_of(tmp_path, with_rule(f"SELECT {MEMBER.replace(old, new)}"))
    assert verdict.code == 1, verdict.output
    assert "breaks its own laws" in verdict.verdict


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", 3),
        ("-- a comment\n", 3),
        (HEADER.replace("-- id: agreements_signed\n", ""), 3),
        (HEADER.replace("-- id: agreements_signed", "-- id: persons_trained"), 1),
        (HEADER + "-- id: agreements_signed\n", 3),
        (HEADER.replace("-- unit: 份\n", ""), 3),
        (HEADER.replace("-- member: x\n", ""), 3),
        (HEADER.replace("-- measure: count\n", ""), 3),
        (HEADER.replace("-- measure: count\n", "-- measure: guess\n"), 3),
        (HEADER + "no comment\n", 3),
        (HEADER.replace("measure: count", "measure: statement"), 3),
    ],
)
def test_a_rule_without_its_header_is_refused(tmp_path: Path, header: str, code: int) -> None:
    verdict = verdict_of(tmp_path, with_rule(f"SELECT {MEMBER}", header=header))
    assert verdict.code == code, verdict.output


def test_a_text_where_a_number_belongs_is_contradicted(tmp_path: Path) -> None:
    for more in ("-- beside: weight kg\n", "-- details: value_milli, stated_unit\n"):
        header = HEADER if "weight" in more else HEADER.replace("measure: count", "measure: statement")
        columns = "'heavy' AS weight" if "weight" in more else "'much' AS value_milli, 'kg' AS stated_unit"
        counted = replace(honest().counted, rule=with_rule(f"SELECT {MEMBER}, {columns}", header=header + more))
        rule = replace(counted.rule, details=("a", "b") if "kg" in columns else ("a",), splits=(), beside=())
        row = ("k", None, None, 1, None, "l", 0, *(("much", "kg") if "kg" in columns else ("heavy",)))
        details = {"a": "value_milli", "b": "stated_unit"} if "kg" in columns else {"a": "weight"}
        files = Export(programme(), replace(counted, rule=rule, rows=[row])).files()
        for old, new in details.items():
            files["members.jsonl"] = files["members.jsonl"].replace(f'"{old}":'.encode(), f'"{new}":'.encode())
        line = json.loads(files["members.jsonl"])
        files["members.jsonl"] = canonical(line) + b"\n"
        verdict = check(tmp_path, sealed(files))
        assert verdict.code == 1, verdict.output
        assert "no number where one belongs" in verdict.verdict


def test_a_split_the_rule_does_not_name_is_contradicted(tmp_path: Path) -> None:
    counted = programme().count("persons_trained", programme=PROGRAMME)
    header = HEADER + "-- splits: colour = red, blue\n"
    rule = with_rule(f"SELECT {MEMBER}, 'green' AS colour", header=header)
    verdict = check(tmp_path, Export(programme(), replace(counted, rule=rule, rows=())).files())
    assert verdict.code == 1, verdict.output
    assert "colour that the rule does not name: green" in verdict.verdict
