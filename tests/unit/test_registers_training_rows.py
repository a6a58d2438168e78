"""What rows of 培训花名册, 活动台账 and 统计上报 record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from services.training.events import (
    ActivityHeld,
    AssessmentTaken,
    CertificateIssued,
    CertificateRevoked,
    ClassOpened,
    Enrolled,
    SkillFileOpened,
    StatisticAttested,
    TrainingEnded,
)
from tests.support.registers import PERSON_REF, facts, identity, import_rows, only, row

BASE: dict[str, Any] = {"programme": "datong-hugong", "region": "630121"}
SHEET = "培训花名册"


def enrolled(tmp_path: Path, **cells: Any) -> dict[str, Any]:
    return dict(facts(only(import_rows(tmp_path, SHEET, row(SHEET, **cells))))["RecordEnrolment"])


def test_a_full_row_opens_the_class_and_records_everything_about_one_trainee(tmp_path: Path) -> None:
    cells = row(
        SHEET, 联系电话="+86 138-0013-8000", 人员类别="就业困难人员", 认定日期="2024-03-01",
        认定单位="大通县就业服务局", 培训类型="岗前",
        培训地="大通县", 结业日期="2025年4月10日", 学时=120, 理论学时="60", 实操学时=60.5, 理论成绩=85.5,
        实操成绩="90分", 结业结果="合格",
        证书编号="ZS-1", 发证日期=20250420, 注销日期="2025/6/1", 技能档案编号="DA-1",
    )  # fmt: skip
    plan = only(import_rows(tmp_path, SHEET, cells))
    who: dict[str, Any] = BASE | {"class_no": "DT-01", "person": PERSON_REF}
    assert facts(plan) == {
        "OpenClass": {
            "opened": ClassOpened(
                **BASE,
                class_no="DT-01",
                occupation="护工",
                provider="大通职业培训学校",
                opened_on="2025-03-01",
                kind="pre_job",
                place="大通县",
            )
        },
        "RecordEnrolment": {
            "enrolled": Enrolled(
                **who,
                enrolled_on="2025-03-01",
                category="就业困难人员",
                category_since_on="2024-03-01",
                category_by="大通县就业服务局",
            ),
            "assessed": AssessmentTaken(
                **who, assessed_on="2025-04-10", theory_score_tenths=855, practice_score_tenths=900
            ),
            "ended": TrainingEnded(
                **who,
                result="passed",
                ended_on="2025-04-10",
                hours_tenths=1200,
                theory_hours_tenths=600,
                practice_hours_tenths=605,
            ),
            "certified": CertificateIssued(**who, certificate="ZS-1", issued_on="2025-04-20"),
            "revoked": CertificateRevoked(**who, certificate="ZS-1", revoked_on="2025-06-01"),
            "skill_file": SkillFileOpened(**who, skill_file="DA-1", opened_on="2025-04-10"),
        },
    }
    assert plan.service == "training"
    assert plan.person is not None
    assert (plan.person.id_number, plan.person.name, plan.person.phone) == (identity(), "王小明", "13800138000")


def test_a_blank_result_is_an_enrolment_and_nothing_more(tmp_path: Path) -> None:
    assert set(enrolled(tmp_path, 结业日期="2025-04-10")) == {"enrolled"}
    imported = import_rows(tmp_path, SHEET, row(SHEET, 学时=120))
    assert imported.cautions == ["没有「结业结果」，已忽略「学时」"]


@pytest.mark.parametrize("result", ["合格", "不合格"])
def test_a_result_without_completion_date_refuses_the_row(tmp_path: Path, result: str) -> None:
    imported = import_rows(tmp_path, SHEET, row(SHEET, 结业结果=result))
    assert [(one.rule, one.column) for one in imported.refused] == [("missing_completion_date", "结业日期")]


def test_leaving_without_a_completion_date_counts_from_the_first_day(tmp_path: Path) -> None:
    assert enrolled(tmp_path, 结业结果="中途退出")["ended"].ended_on == "2025-03-01"
    assert enrolled(tmp_path, 结业结果="中途退出", 结业日期="2025-03-20")["ended"].ended_on == "2025-03-20"


def test_a_certificate_is_dated_by_its_issue_else_by_completion_else_refused(tmp_path: Path) -> None:
    assert (
        enrolled(tmp_path, 证书编号="Z", 发证日期="2025-04-20", 结业日期="2025-04-10")["certified"].issued_on
        == "2025-04-20"
    )
    assert enrolled(tmp_path, 证书编号="Z", 结业日期="2025-04-10")["certified"].issued_on == "2025-04-10"
    imported = import_rows(tmp_path, SHEET, row(SHEET, 证书编号="Z"))
    assert [(one.rule, one.column) for one in imported.refused] == [("missing_certificate_date", "发证日期")]


def test_dates_of_a_certificate_that_has_no_number_are_ignored_with_a_warning(tmp_path: Path) -> None:
    imported = import_rows(tmp_path, SHEET, row(SHEET, 发证日期="2025-04-20", 注销日期="2025-06-01"))
    assert set(facts(only(imported))["RecordEnrolment"]) == {"enrolled"}
    assert imported.cautions == ["没有「证书编号」，已忽略「发证日期」", "没有「证书编号」，已忽略「注销日期」"]


def test_scores_and_skill_files_without_completion_date_count_from_the_first_day(tmp_path: Path) -> None:
    slots = enrolled(tmp_path, 理论成绩=60, 技能档案编号="DA-1")
    assert slots["assessed"].assessed_on == "2025-03-01"
    assert slots["assessed"].practice_score_tenths is None
    assert slots["skill_file"].opened_on == "2025-03-01"


@pytest.mark.parametrize(
    ("header", "value", "rule"),
    [
        ("培训类型", "岗前培训", "not_listed"),
        ("结业结果", "优秀", "not_listed"),
        ("发证日期", "2025-02-30", "date_does_not_exist"),
        ("认定日期", "去年", "bad_date"),
        ("学时", "很多", "bad_number"),
        ("理论成绩", 85.55, "below_tenth"),
        ("证书编号", 1.23456789012345e17, "numeric_code"),
        ("班级编号", f"班-{identity()}", "personal_data"),
        ("培训地", "联系13800138000", "personal_data"),
        ("姓名", 12345, "not_a_name"),
        ("身份证号", int(identity()[:15]) * 1000, "numeric_identity"),
    ],
)
def test_a_bad_value_refuses_the_row_in_optional_columns_too(
    tmp_path: Path, header: str, value: Any, rule: str
) -> None:
    imported = import_rows(tmp_path, SHEET, row(SHEET, **{header: value}))
    assert [(one.rule, one.column) for one in imported.refused] == [(rule, header)]
    assert imported.plans == []


def test_all_reasons_of_a_row_are_given_at_once(tmp_path: Path) -> None:
    (refused,) = import_rows(tmp_path, SHEET, row(SHEET, 结业结果="优秀", 开班日期="2025-13-01")).refused
    assert "「结业结果」" in refused.zh
    assert "「开班日期」" in refused.zh
    assert (refused.rule, refused.row) == ("date_does_not_exist", 2)


def test_empty_words_are_empty_in_every_column(tmp_path: Path) -> None:
    slots = enrolled(tmp_path, 联系电话="无", 人员类别="-", 结业结果="/", 证书编号="没有", 学时="—", 发证日期=" ")
    assert set(slots) == {"enrolled"}
    assert slots["enrolled"].category is None


def test_an_unreadable_phone_is_left_out_with_a_warning_that_does_not_show_it(tmp_path: Path) -> None:
    imported = import_rows(tmp_path, SHEET, row(SHEET, 联系电话="1380013"))
    person = only(imported).person
    assert person is not None
    assert person.phone is None
    assert imported.cautions == ["联系电话无法识别，未保存"]


def test_an_unknown_region_prefix_warns_and_records(tmp_path: Path) -> None:
    imported = import_rows(tmp_path, SHEET, row(SHEET, 身份证号=identity(0, "19000101", "639999")))
    assert imported.cautions == ["证件号码前六位不是已知的行政区划代码"]
    assert len(imported.plans) == 1


def test_a_birth_date_in_the_future_is_refused(tmp_path: Path) -> None:
    assert import_rows(tmp_path, SHEET, row(SHEET, 身份证号=identity(born="20260101"))).rules == ["bad_identity_birth"]


def test_dates_in_the_wrong_order_are_recorded_with_a_warning(tmp_path: Path) -> None:
    imported = import_rows(tmp_path, SHEET, row(SHEET, 结业日期="2025-02-01", 结业结果="合格"))
    assert len(imported.plans) == 1
    assert imported.cautions == ["「结业日期」早于「开班日期」"]


def test_two_names_for_one_identity_number_are_pointed_out_without_naming_them(tmp_path: Path) -> None:
    rows = [row(SHEET), row(SHEET, 姓名="李小红", 班级编号="DT-02")]
    imported = import_rows(tmp_path, SHEET, *rows)
    assert imported.cautions == ["证件号码与「培训花名册」第 2 行相同而姓名不同，请核对"]


def test_blanks_inside_a_chinese_name_are_typing(tmp_path: Path) -> None:
    person = only(import_rows(tmp_path, SHEET, row(SHEET, 姓名=" 张　三 "))).person
    assert person is not None
    assert person.name == "张三"


# --- the same class and the same trainee again ---------------------------------------------------


def test_a_class_stated_otherwise_later_refuses_the_later_row_and_names_the_earlier(tmp_path: Path) -> None:
    rows = [row(SHEET), row(SHEET, 身份证号=identity(2), 培训工种="月嫂"), row(SHEET, 身份证号=identity(3))]
    imported = import_rows(tmp_path, SHEET, *rows)
    (refused,) = imported.refused
    assert (refused.row, refused.rule) == (3, "conflicting_row")
    assert "第 2 行" in refused.zh
    assert "row 2" in refused.en
    assert [plan.row for plan in imported.plans] == [2, 4]


def test_a_refused_row_states_no_class(tmp_path: Path) -> None:
    rows = [row(SHEET, 培训工种="月嫂", 结业结果="合格"), row(SHEET)]
    imported = import_rows(tmp_path, SHEET, *rows)
    assert imported.rules == ["missing_completion_date"]
    assert [plan.row for plan in imported.plans] == [3]


# --- activities and statistics ------------------------------------------------------------------


def test_an_activity_is_recorded_with_its_numbers_as_stated(tmp_path: Path) -> None:
    cells = row(
        "活动台账", 系列="大通护工技能竞赛", 结束日期="2025-06-20", 地点="西宁市", 参加人次="1,270人次",
        参加人数=127.0, 参赛队数="33支",
        项目数=4, 获奖数="24", 服务对象数="0",
    )  # fmt: skip
    held = facts(only(import_rows(tmp_path, "活动台账", cells)))["HoldActivity"]["held"]
    assert held == ActivityHeld(
        **BASE,
        activity="HD-1",
        title="技能大赛",
        kind="competition",
        started_on="2025-06-18",
        ended_on="2025-06-20",
        series="大通护工技能竞赛",
        place="西宁市",
        attendances=1270,
        attendees=127,
        teams=33,
        tracks=4,
        awards=24,
        served=0,
    )


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("技能竞赛", "competition"),
        ("志愿服务", "volunteering"),
        ("线上培训", "online_training"),
        ("推介会", "promotion"),
        ("托管班", "childcare_class"),
        ("其他", "other"),
    ],
)
def test_every_kind_of_activity_has_its_code(tmp_path: Path, written: str, kind: str) -> None:
    held = facts(only(import_rows(tmp_path, "活动台账", row("活动台账", 活动类型=written))))["HoldActivity"]["held"]
    assert held.kind == kind


def test_attendances_and_persons_are_never_converted(tmp_path: Path) -> None:
    imported = import_rows(
        tmp_path, "活动台账", row("活动台账", 参加人数="1000人次"), row("活动台账", 活动编号="HD-2", 参加人次=45.5)
    )
    assert imported.rules == ["wrong_measure", "not_whole"]


@pytest.mark.parametrize(
    ("value", "unit", "milli"),
    [
        (8130, "人", 8_130_000),
        ("19万", "人", 190_000_000),
        ("1,234", "人", 1_234_000),
        ("80%", "%", 80_000),
        ("3,890元", "元", 3_890_000),
        (12.5, "%", 12_500),
    ],
)
def test_a_statistic_is_recorded_in_thousandths_with_its_unit(
    tmp_path: Path, value: Any, unit: str, milli: int
) -> None:
    attested = facts(only(import_rows(tmp_path, "统计上报", row("统计上报", 数值=value, 单位=unit, 来源文件="年报"))))[
        "AttestStatistic"
    ]["attested"]
    assert attested == StatisticAttested(
        **BASE,
        indicator="从业人员",
        value_milli=milli,
        unit=unit,
        kind="stock",
        as_of_on="2025-05-31",
        source="大通县人社局",
        source_file="年报",
    )


def test_a_percentage_typed_as_a_number_cannot_be_told_and_is_refused(tmp_path: Path) -> None:
    assert import_rows(tmp_path, "统计上报", row("统计上报", 数值=0.8, 单位="%")).rules == ["ambiguous_percent"]


def test_about_is_no_number_and_another_unit_is_not_converted(tmp_path: Path) -> None:
    rows = [row("统计上报", 数值=value, 来源=str(value)) for value in ("8000余", "约8000", "600万人次")]
    assert import_rows(tmp_path, "统计上报", *rows).rules == ["bad_number"] * 3


def test_kinds_of_statistics_have_their_codes(tmp_path: Path) -> None:
    rows = [row("统计上报", 口径=kind, 来源=kind) for kind in ("存量", "流量", "能力")]
    plans = import_rows(tmp_path, "统计上报", *rows).plans
    assert [facts(plan)["AttestStatistic"]["attested"].kind for plan in plans] == ["stock", "flow", "capacity"]
