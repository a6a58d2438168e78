"""What rows of 协议台账, 上岗台账 and 招聘活动 record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from services.placement.events import (
    ContractSigned,
    ContractWithdrawn,
    EmploymentEnded,
    EmploymentStarted,
    HealthCheckPassed,
    IntentAgreementSigned,
    IntentAgreementWithdrawn,
    MatchingEventHeld,
)
from tests.support.registers import HOUSEHOLD_REF, PERSON_REF, credit_code, facts, identity, import_rows, only, row

BASE: dict[str, Any] = {"programme": "datong-hugong", "region": "630121"}
FIRM = "南京安心家政服务有限公司"


def test_an_intent_agreement_and_its_withdrawal_stand_in_one_row(tmp_path: Path) -> None:
    cells = row(
        "协议台账", 统一社会信用代码=credit_code(), 岗位="医疗护理员", 工作地="江苏南京", 约定月工资="4,200元",
        合同文本="规范", 状态="撤回",
        撤回日期="2025-04-01",
    )  # fmt: skip
    assert facts(only(import_rows(tmp_path, "协议台账", cells))) == {
        "RecordIntentAgreement": {
            "signed": IntentAgreementSigned(
                **BASE,
                agreement="AG-2025-0001",
                person=PERSON_REF,
                employer=credit_code(),
                signed_on="2025-03-05",
                employer_name=FIRM,
                position="医疗护理员",
                work_region="320100",
                expected_wage_fen=420_000,
                template="standard",
            ),
            "withdrawn": IntentAgreementWithdrawn(
                **BASE, agreement="AG-2025-0001", person=PERSON_REF, withdrawn_on="2025-04-01"
            ),
        }
    }


@pytest.mark.parametrize(("written", "kind"), [("劳动合同", "labour"), ("劳务协议", "service")])
def test_contracts_are_recorded_by_kind(tmp_path: Path, written: str, kind: Any) -> None:
    cells = row("协议台账", 协议类型=written, 状态="撤回", 撤回日期="2025-04-01", 合同文本="其他")
    assert facts(only(import_rows(tmp_path, "协议台账", cells))) == {
        "RecordContract": {
            "signed": ContractSigned(
                **BASE,
                kind=kind,
                agreement="AG-2025-0001",
                person=PERSON_REF,
                employer=FIRM,
                signed_on="2025-03-05",
                employer_name=FIRM,
                template="other",
            ),
            "withdrawn": ContractWithdrawn(
                **BASE, kind=kind, agreement="AG-2025-0001", person=PERSON_REF, withdrawn_on="2025-04-01"
            ),
        }
    }


def test_withdrawn_without_a_date_counts_from_signing_with_a_warning(tmp_path: Path) -> None:
    imported = import_rows(tmp_path, "协议台账", row("协议台账", 状态="撤回"))
    withdrawn: Any = facts(only(imported))["RecordIntentAgreement"]["withdrawn"]
    assert withdrawn.withdrawn_on == "2025-03-05"
    assert imported.cautions == ["状态为撤回但无撤回日期，按签订日期撤回"]


def test_a_withdrawal_date_without_state_is_a_withdrawal_with_a_warning(tmp_path: Path) -> None:
    imported = import_rows(tmp_path, "协议台账", row("协议台账", 撤回日期="2025-04-01"))
    assert "withdrawn" in facts(only(imported))["RecordIntentAgreement"]
    assert imported.cautions == ["填写了撤回日期而状态为空，按撤回处理"]


def test_a_live_agreement_with_a_withdrawal_date_says_two_things_and_is_refused(tmp_path: Path) -> None:
    assert import_rows(tmp_path, "协议台账", row("协议台账", 状态="有效", 撤回日期="2025-04-01")).rules == [
        "state_contradicts_date"
    ]
    assert set(
        facts(only(import_rows(tmp_path, "协议台账", row("协议台账", 状态="有效"))))["RecordIntentAgreement"]
    ) == {"signed"}


@pytest.mark.parametrize(
    ("header", "value", "rule"),
    [
        ("协议类型", "口头约定", "not_listed"),
        ("状态", "作废", "not_listed"),
        ("合同文本", "自拟", "not_listed"),
        ("约定月工资", "面议", "bad_number"),
        ("约定月工资", -1, "negative_number"),
        ("约定月工资", 4200.005, "money_below_fen"),
        ("撤回日期", "2025年2月30日", "date_does_not_exist"),
        ("岗位", f"护工{identity()}", "personal_data"),
        ("协议编号", identity(), "personal_data"),
    ],
)
def test_a_bad_value_refuses_the_agreement(tmp_path: Path, header: str, value: Any, rule: str) -> None:
    imported = import_rows(tmp_path, "协议台账", row("协议台账", **{header: value}))
    assert [(one.rule, one.column) for one in imported.refused] == [(rule, header)]


def test_an_invalid_credit_code_warns_and_the_name_is_the_key(tmp_path: Path) -> None:
    imported = import_rows(tmp_path, "协议台账", row("协议台账", 统一社会信用代码="91320100MA1XYZ"))
    signed: Any = facts(only(imported))["RecordIntentAgreement"]["signed"]
    assert signed.employer == FIRM
    assert imported.cautions == ["统一社会信用代码无效，按单位名称识别"]


def test_an_unknown_or_ambiguous_work_place_is_recorded_as_unknown_with_a_warning(tmp_path: Path) -> None:
    rows = [row("协议台账", 工作地="外省"), row("协议台账", 协议编号="AG-2", 工作地="鼓楼区")]
    imported = import_rows(tmp_path, "协议台账", *rows)
    assert [facts(plan)["RecordIntentAgreement"]["signed"].work_region for plan in imported.plans] == [None, None]
    assert imported.cautions == ["工作地无法识别", "工作地有多处同名，请写明省市或行政区划代码"]


@pytest.mark.parametrize("name", ["张三家", "李晓红", "雇主张三"])
def test_a_household_never_stands_in_an_event(tmp_path: Path, name: str) -> None:
    plan = only(import_rows(tmp_path, "协议台账", row("协议台账", 用人单位=name)))
    signed: Any = facts(plan)["RecordIntentAgreement"]["signed"]
    assert (signed.employer, signed.employer_name) == (HOUSEHOLD_REF, None)
    assert plan.household == name
    assert name not in repr(plan)
    assert name not in repr(plan.commands)
    with pytest.raises(ValueError, match="reference"):
        plan.facts(PERSON_REF)


def test_a_spell_of_work_with_check_and_end_stands_in_one_row(tmp_path: Path) -> None:
    cells = row(
        "上岗台账", 岗位="医疗护理员", 工作地=320100, 用工形式="劳务派遣", 体检日期="2025-03-20",
        离岗日期="2025-08-01",
        离岗原因="因身体原因辞职回家",
    )  # fmt: skip
    plan = only(import_rows(tmp_path, "上岗台账", cells))
    who: dict[str, Any] = BASE | {"person": PERSON_REF}
    assert facts(plan) == {
        "RecordEmployment": {
            "started": EmploymentStarted(
                **who,
                employer=FIRM,
                started_on="2025-04-01",
                employer_name=FIRM,
                position="医疗护理员",
                work_region="320100",
                kind="dispatch",
            ),
            "checked": HealthCheckPassed(**who, checked_on="2025-03-20"),
            "ended": EmploymentEnded(
                **who, employer=FIRM, started_on="2025-04-01", ended_on="2025-08-01", reason="health"
            ),
        }
    }
    assert [(note.field, note.text) for note in plan.notes] == [("end_reason", "因身体原因辞职回家")]
    assert "辞职" not in repr(plan)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("个人辞职", "resigned"),
        ("合同到期", "contract_ended"),
        ("照顾家庭", "family"),
        ("身体原因", "health"),
        ("被单位辞退", "dismissed"),
        ("单位停业", "employer_closed"),
        ("到龄退休", "retired"),
        ("不详", "other"),
    ],
)
def test_reasons_for_leaving_become_codes(tmp_path: Path, text: str, reason: str) -> None:
    ended: Any = facts(only(import_rows(tmp_path, "上岗台账", row("上岗台账", 离岗日期="2025-08-01", 离岗原因=text))))[
        "RecordEmployment"
    ]["ended"]
    assert ended.reason == reason


def test_a_reason_without_leaving_is_ignored_with_a_warning_and_an_end_may_have_none(tmp_path: Path) -> None:
    imported = import_rows(tmp_path, "上岗台账", row("上岗台账", 离岗原因="想换工作"))
    assert set(facts(only(imported))["RecordEmployment"]) == {"started"}
    assert only(imported).notes == ()
    assert imported.cautions == ["没有「离岗日期」，已忽略「离岗原因」"]
    ended: Any = facts(only(import_rows(tmp_path, "上岗台账", row("上岗台账", 离岗日期="2025-08-01"))))[
        "RecordEmployment"
    ]["ended"]
    assert ended.reason is None


def test_an_end_before_its_start_is_stated_all_the_same_with_a_warning(tmp_path: Path) -> None:
    imported = import_rows(tmp_path, "上岗台账", row("上岗台账", 离岗日期="2025-03-01"))
    assert "ended" in facts(only(imported))["RecordEmployment"]
    assert imported.cautions == ["「离岗日期」早于「上岗日期」"]


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("全日制", "full_time"),
        ("灵活就业", "flexible"),
        ("自主创业", "self_employed"),
        ("实习", "internship"),
        ("公益性岗位", "public_post"),
        ("", None),
    ],
)
def test_every_form_of_work_has_its_code(tmp_path: Path, written: str, kind: str | None) -> None:
    started: Any = facts(only(import_rows(tmp_path, "上岗台账", row("上岗台账", 用工形式=written))))[
        "RecordEmployment"
    ]["started"]
    assert started.kind == kind


@pytest.mark.parametrize(
    ("written", "kind"), [("专场招聘会", "job_fair"), ("签约仪式", "signing_ceremony"), ("网络招聘", "online_fair")]
)
def test_a_matching_event_is_recorded(tmp_path: Path, written: str, kind: Any) -> None:
    cells = row("招聘活动", 活动类型=written, 地点="大通县人民广场", 参加人数="680人", 提供岗位数=560)
    plan = only(import_rows(tmp_path, "招聘活动", cells))
    assert plan.person is None
    assert plan.service == "placement"
    assert dict(plan.facts()) == {
        "HoldMatchingEvent": {
            "held": MatchingEventHeld(
                **BASE,
                event_no="ZP-1",
                title="春风行动",
                kind=kind,
                held_on="2025-02-19",
                place="大通县人民广场",
                attendees=680,
                vacancies=560,
            )
        }
    }


def test_a_fraction_of_a_visitor_is_refused(tmp_path: Path) -> None:
    assert import_rows(tmp_path, "招聘活动", row("招聘活动", 参加人数=45.5)).rules == ["not_whole"]
