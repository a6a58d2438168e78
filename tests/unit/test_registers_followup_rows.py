"""What rows of 回访记录 record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from services.followup.events import (
    IssueOpened,
    IssueResolved,
    PromotionRecorded,
    UpskillingTaken,
    VisitAttempted,
    VisitCompleted,
    WageObserved,
)
from tests.support.registers import HOUSEHOLD_REF, PERSON_REF, STAFF_REF, facts, import_rows, only, row

BASE: dict[str, Any] = {"programme": "datong-hugong", "region": "630121", "person": PERSON_REF}
SHEET = "回访记录"


def visit(tmp_path: Path, **cells: Any) -> dict[str, Any]:
    return dict(facts(only(import_rows(tmp_path, SHEET, row(SHEET, **cells))))["RecordVisit"])


def test_a_full_row_records_visit_wage_issue_resolution_promotion_and_training(tmp_path: Path) -> None:
    cells = row(
        SHEET, 回访方式="电话", 用人单位="安心家政（南京）有限公司", 实发月工资="4,200元",
        工资月份="2025年4月", 工资凭证="银行流水",
        存在问题="拖欠上月加班费", 问题类别="工资", 处理结果="协调单位三日内补发", 办结日期="2025-05-08",
        晋升岗位="护理组长",
        提升培训日期="2025-05-20", 回访人="马玉霞",
    )  # fmt: skip
    plan = only(import_rows(tmp_path, SHEET, cells))
    firm = "安心家政(南京)有限公司"
    assert dict(facts(plan)["RecordVisit"]) == {
        "completed": VisitCompleted(
            **BASE, visited_on="2025-05-01", method="phone", state="working", employer=firm, visitor=STAFF_REF
        ),
        "wage": WageObserved(
            **BASE, month="2025-04", wage_fen=420_000, observed_on="2025-05-01", proof="bank", employer=firm
        ),
        "issue": IssueOpened(**BASE, kind="wages", opened_on="2025-05-01"),
        "resolved": IssueResolved(**BASE, resolved_on="2025-05-08"),
        "promotion": PromotionRecorded(**BASE, position="护理组长", promoted_on="2025-05-01"),
        "upskilling": UpskillingTaken(**BASE, trained_on="2025-05-20"),
    }
    assert plan.staff == "马玉霞"
    assert {note.field: note.text for note in plan.notes} == {
        "issue": "拖欠上月加班费",
        "issue_category": "工资",
        "resolution": "协调单位三日内补发",
    }
    for secret in ("马玉霞", "拖欠", "补发", "王小明"):
        assert secret not in repr(plan)


def test_left_is_a_completed_visit_and_lost_contact_an_attempted_one(tmp_path: Path) -> None:
    assert visit(tmp_path, 在岗状态="离岗", 回访方式="上门")["completed"].state == "left"
    slots = visit(tmp_path, 在岗状态="失联", 回访方式="线上", 回访人="马玉霞")
    assert slots == {"attempted": VisitAttempted(**BASE, visited_on="2025-05-01", method="online", visitor=STAFF_REF)}


def test_the_method_may_be_left_out(tmp_path: Path) -> None:
    assert visit(tmp_path) == {"completed": VisitCompleted(**BASE, visited_on="2025-05-01", state="working")}


def test_a_wage_without_month_is_of_the_month_of_the_visit_and_needs_no_proof(tmp_path: Path) -> None:
    wage = visit(tmp_path, 实发月工资=4200)["wage"]
    assert (wage.month, wage.proof, wage.employer) == ("2025-05", None, None)


@pytest.mark.parametrize(
    ("written", "proof"),
    [
        ("社保", "social_insurance"),
        ("银行流水", "bank"),
        ("工资条", "payslip"),
        ("单位证明", "employer_letter"),
        ("本人口述", "self_report"),
    ],
)
def test_every_proof_has_its_code(tmp_path: Path, written: str, proof: str) -> None:
    assert visit(tmp_path, 实发月工资=4200, 工资凭证=written)["wage"].proof == proof


def test_proof_and_month_without_a_wage_are_ignored_with_a_warning(tmp_path: Path) -> None:
    imported = import_rows(tmp_path, SHEET, row(SHEET, 工资凭证="社保", 工资月份="2025-04"))
    assert set(facts(only(imported))["RecordVisit"]) == {"completed"}
    assert imported.cautions == ["没有「实发月工资」，已忽略「工资凭证」", "没有「实发月工资」，已忽略「工资月份」"]


def test_a_wage_of_somebody_who_was_not_reached_is_refused(tmp_path: Path) -> None:
    imported = import_rows(tmp_path, SHEET, row(SHEET, 在岗状态="失联", 实发月工资=4200))
    assert [(one.rule, one.column) for one in imported.refused] == [("wage_of_lost_contact", "实发月工资")]


@pytest.mark.parametrize(
    ("text", "category", "kind"),
    [
        ("拖欠工资", None, "wages"), ("未签劳动合同", None, "contract"), ("节假日不安排休息", None, "rights"),
        ("夜班无防护", None, "safety"),
        ("不会用护理设备", None, "skills"), ("腰部劳损", None, "health"), ("孩子无人照看", None, "family"),
        ("宿舍拥挤", None, "housing"),
        ("方言不通", None, "other"), (None, "权益", "rights"), ("拖欠工资", "家庭", "family"),
        ("拖欠工资", "其他", "other"),
        ("方言不通", "wages", "wages"), ("拖欠工资", "甲类", "wages"), (None, "甲类", "other"),
    ],
)  # fmt: skip
def test_an_issue_is_classed_by_its_category_else_by_words_else_other(
    tmp_path: Path, text: str | None, category: str | None, kind: str
) -> None:
    slots = visit(tmp_path, 存在问题=text, 问题类别=category)
    assert slots["issue"] == IssueOpened(**BASE, kind=kind, opened_on="2025-05-01")  # type: ignore[arg-type]
    assert "resolved" not in slots


@pytest.mark.parametrize("text", ["无", "没有", "-", "/", "", "无问题", "暂无异常", "未发现问题。", "目前没有困难"])
def test_no_issue_is_opened_where_the_cell_says_there_is_none(tmp_path: Path, text: str) -> None:
    plan = only(import_rows(tmp_path, SHEET, row(SHEET, 存在问题=text)))
    assert set(facts(plan)["RecordVisit"]) == {"completed"}
    assert plan.notes == ()


def test_a_remedy_alone_resolves_nothing_and_a_closing_date_without_issue_is_ignored_with_a_warning(
    tmp_path: Path,
) -> None:
    assert set(visit(tmp_path, 存在问题="拖欠工资", 处理结果="已解决")) == {"completed", "issue"}
    imported = import_rows(tmp_path, SHEET, row(SHEET, 办结日期="2025-05-08"))
    assert set(facts(only(imported))["RecordVisit"]) == {"completed"}
    assert imported.cautions == ["没有「存在问题」，已忽略「办结日期」"]


def test_a_household_visited_is_kept_secret(tmp_path: Path) -> None:
    slots = visit(tmp_path, 用人单位="李奶奶家", 实发月工资=4200)
    assert (slots["completed"].employer, slots["wage"].employer) == (HOUSEHOLD_REF, HOUSEHOLD_REF)


@pytest.mark.parametrize(
    ("header", "value", "rule"),
    [
        ("回访方式", "微信", "not_listed"),
        ("在岗状态", "还在干", "not_listed"),
        ("工资凭证", "听说", "not_listed"),
        ("工资月份", "上月", "bad_month"),
        ("工资月份", 2025.1, "ambiguous_month"),
        ("实发月工资", "四千", "bad_number"),
        ("办结日期", "尽快", "bad_date"),
        ("晋升岗位", "组长13800138000", "personal_data"),
    ],
)
def test_a_bad_value_refuses_the_visit(tmp_path: Path, header: str, value: Any, rule: str) -> None:
    imported = import_rows(tmp_path, SHEET, row(SHEET, **{header: value}))
    assert [(one.rule, one.column) for one in imported.refused] == [(rule, header)]


def test_two_visits_of_one_day_by_two_methods_are_two_records(tmp_path: Path) -> None:
    rows = [row(SHEET, 回访方式="电话"), row(SHEET, 回访方式="上门"), row(SHEET, 回访方式="上门", 在岗状态="离岗")]
    imported = import_rows(tmp_path, SHEET, *rows)
    assert [plan.row for plan in imported.plans] == [2, 3]
    assert imported.rules == ["conflicting_row"]
