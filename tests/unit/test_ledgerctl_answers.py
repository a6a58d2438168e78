"""What a person sees of an answer: its words, its table at any width, and what it does not know."""

from __future__ import annotations

import json
import shlex
from datetime import datetime, timedelta
from typing import Any

import pytest

from ledger_api.audit.v1 import audit_pb2 as pb
from ledgerctl.commands.figures import print_figures
from ledgerctl.commands.members import print_members
from ledgerctl.embedded.lag import LogState
from ledgerctl.failures import BadInput
from ledgerctl.freshness import SHANGHAI, notes
from ledgerctl.printers import print_table
from ledgerctl.query import as_of, cut_text, parameters
from ledgerctl.wording import also_text, asked_text, excluded_text, with_unit

CUT = {"ledger.local/placement": 120, "ledger.local/followup": 7}
ASKED = {"programme": "datong-hugong", "region": "630121", "from": None, "to": "2025-06-20"}
DISPATCHED: dict[str, Any] = {
    "id": "dispatched_out_of_province",
    "name_zh": "输出省外就业人数",
    "name_en": "Persons dispatched out of the province",
    "unit": "人",
    "value": 1208,
    "grade": "evidenced",
    "matched": 1240,
    "counted": 1208,
    "excluded": {"withdrawn": 30, "voided": 2},
    "reasons": {"withdrawn": {"zh": "已撤回或中途退出", "en": "withdrawn"}, "voided": {"zh": "已作废", "en": "voided"}},
    "parameters": ASKED,
}
WAGE: dict[str, Any] = DISPATCHED | {
    "id": "mean_monthly_wage",
    "unit": "fen per month",
    "value": 395_163,
    "n": 4661,
    "mean": 395_163,
    "median": 390_000,
    "coverage": {"numerator": 4661, "denominator": 9322},
    "excluded": {},
}


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_ids_are_whole_at_any_width_and_names_in_english_go_first(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    print_figures(CUT, [DISPATCHED, WAGE])
    told = capsys.readouterr().out
    assert "dispatched_out_of_province" in told
    assert "mean_monthly_wage" in told
    assert "1,208 人" in told
    assert ("Persons dispatched out of the province" in told) == (width == 200)
    assert "输出省外" in told


def test_a_place_wider_than_the_terminal_is_printed_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    key, place = "agreement/datong-hrss/datong-hugong/intent/DTYX-2024-0001", "ledger.local/placement@15"
    print_table(["记录 key", "说明", "条目 entry"], [[key, "✗ 已离岗 ended", place]], whole=("记录 key", "条目 entry"))
    told = capsys.readouterr().out
    assert key in told
    assert place in told


def test_what_columns_says_is_not_believed_where_it_is_no_number(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "wide")
    print_table(["a"], [["b"]])
    assert "b" in capsys.readouterr().out


def test_reasons_are_told_in_chinese_with_their_id() -> None:
    assert excluded_text(DISPATCHED) == "已撤回或中途退出 withdrawn 30, 已作废 voided 2"
    assert excluded_text(DISPATCHED | {"reasons": {}}) == "withdrawn 30, voided 2"


def test_a_mean_is_told_with_its_spread() -> None:
    assert with_unit(WAGE) == "3,951.63 元"
    [line] = also_text(WAGE)
    assert line == ("n 4,661 · 均值 mean 3,951.63 元 · 中位数 median 3,900.00 元 · 覆盖 coverage 4,661/9,322 (50.0 %)")


def test_unlike_members_and_other_units_are_told() -> None:
    lines = also_text(DISPATCHED | {"splits": {"kind": {"wages": 3, "other": 0}}, "beside": {"人次": 40}})
    assert lines == ["类别 kind: wages 3", "另计 also: 40 人次"]


def test_the_question_is_told_as_it_was_understood() -> None:
    assert asked_text([DISPATCHED]) == (
        "项目 programme datong-hugong · 地区 region 630121 · 起初 the beginning … 2025-06-20"
    )


def test_the_printed_cut_can_be_pasted() -> None:
    printed = cut_text(CUT).removeprefix("截面 cut: ")
    flag, value = shlex.split(printed)
    assert flag == "--as-of"
    found = as_of(value)
    assert found is not None
    assert dict(found.cut.sizes) == CUT
    for typed in (printed, "ledger.local/placement@120  ledger.local/followup@7", json.dumps(CUT)):
        again = as_of(typed)
        assert again is not None
        assert dict(again.cut.sizes) == CUT


@pytest.mark.parametrize("typed", ["ledger.local/placement@", "{1}", "2025-02-30", "yesterday", "a@b"])
def test_what_is_no_point_in_time_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        as_of(typed)


@pytest.mark.parametrize("code", ["999999", "630", "青海", "6301210"])
def test_a_region_that_does_not_exist_is_refused(code: str) -> None:
    with pytest.raises(BadInput, match="region"):
        parameters("datong-hugong", code)
    assert parameters("datong-hugong", "630000").region == "630000"


def log(name: str, size: int, ingested: int, lag_seconds: float = 0.0) -> LogState:
    return LogState(f"ledger.local/{name}", size, size, ingested, size - ingested, lag_seconds)


def test_what_waits_to_be_projected_is_said() -> None:
    [note] = notes([log("placement", 125, 120), log("followup", 7, 7)], CUT, None)
    assert "ledger.local/placement 有 5 条" in note
    assert notes([log("placement", 120, 118)], CUT, None) == [], "it arrived meanwhile"
    assert notes([log("publication", 3, 0)], CUT, None) == [], "no figure reads it"


def test_a_log_that_the_cut_leaves_out_is_said() -> None:
    asked = pb.AsOf(cut=pb.Cut(sizes={"ledger.local/placement": 100}))
    [note] = notes([log("placement", 125, 125), log("followup", 7, 7)], {"ledger.local/placement": 100}, asked)
    assert "未含日志 ledger.local/followup" in note


def test_a_day_in_the_past_lacks_only_what_waited_then() -> None:
    today = datetime.now(SHANGHAI).date()
    waiting = [log("placement", 125, 120, lag_seconds=30.0)]
    assert notes(waiting, CUT, pb.AsOf(date=(today - timedelta(days=2)).isoformat())) == []
    assert notes(waiting, CUT, pb.AsOf(date=(today + timedelta(days=1)).isoformat()))


def test_members_show_money_with_its_unit_their_own_columns_and_why_they_are_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    person = "pr_" + "a" * 32
    place = {"log": "ledger.local/followup", "index": 15}
    members = [
        pb.Member(key=f"{person}/2025-04", person=person, value=400_050, counted=True, **place),
        pb.Member(key=f"{person}/2025-05", person=person, reason="voided", details_json=b'{"proof":"bank"}', **place),
    ]
    print_members(members, WAGE | {"matched": 3})
    ran = capsys.readouterr()
    assert "4,000.50 元" in ran.out
    assert "凭证 proof" in ran.out
    assert "bank" in ran.out
    assert "已作废" in ran.out
    assert ran.out.count("ledger.local/followup@15") == 2
    assert ran.out.count(person) == 4
    assert "只列出前 2 条" in ran.err


def test_members_that_are_persons_are_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    person = "pr_" + "a" * 32
    print_members([pb.Member(key=person, person=person, counted=True, log="l", index=1)], DISPATCHED | {"matched": 1})
    told = capsys.readouterr().out
    assert told.count(person) == 1
    assert "值 value" not in told
