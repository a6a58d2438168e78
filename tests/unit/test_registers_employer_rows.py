"""What rows of 推荐台账, 单位台账, 补贴台账 and 机构场所 record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from services.placement.events import (
    CooperationSigned,
    EmployerClosed,
    EmployerRegistered,
    EmployerSurveyed,
    ReferralMade,
    SubsidyClawedBack,
    SubsidyPaid,
    VacancyPosted,
)
from services.training.events import FacilityClosed, FacilityRecognised
from tests.support.registers import (
    HOUSEHOLD_REF,
    PERSON_REF,
    credit_code,
    facts,
    grid,
    identity,
    import_file,
    import_rows,
    only,
    row,
    workbook,
)

BASE: dict[str, Any] = {"programme": "datong-hugong", "region": "630121"}
FIRM = "南京安心家政服务有限公司"


def test_a_referral_is_recorded_with_a_code_and_its_words_are_sealed(tmp_path: Path) -> None:
    cells = row("推荐台账", 用人单位=FIRM, 岗位="医疗护理员", 结果="面试后单位未录用")
    plan = only(import_rows(tmp_path, "推荐台账", cells))
    assert facts(plan) == {
        "MakeReferral": {
            "referred": ReferralMade(
                **BASE,
                person=PERSON_REF,
                referred_on="2025-03-20",
                employer=FIRM,
                employer_name=FIRM,
                position="医疗护理员",
                result="not_hired",
            )
        }
    }
    assert plan.service == "placement"
    assert [(note.field, note.text) for note in plan.notes] == [("referral_result", "面试后单位未录用")]
    assert "未录用" not in repr(plan)


def test_a_referral_may_name_no_employer_and_no_result(tmp_path: Path) -> None:
    plan = only(import_rows(tmp_path, "推荐台账", row("推荐台账")))
    referred: Any = facts(plan)["MakeReferral"]["referred"]
    assert (referred.employer, referred.result) == (None, None)
    assert plan.notes == ()


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("已录用", "hired"),
        ("成功上岗", "hired"),
        ("未录用", "not_hired"),
        ("单位婉拒", "not_hired"),
        ("没有通过面试", "not_hired"),
        ("本人放弃", "declined"),
        ("本人不愿外出", "declined"),
        ("待录用", "pending"),
        ("尚未答复", "pending"),
        ("见附表", "other"),
    ],
)
def test_results_of_referrals_become_codes(tmp_path: Path, text: str, result: str) -> None:
    referred: Any = facts(only(import_rows(tmp_path, "推荐台账", row("推荐台账", 结果=text))))["MakeReferral"][
        "referred"
    ]
    assert referred.result == result


def test_referrals_of_one_person_to_two_employers_or_days_are_different_rows(tmp_path: Path) -> None:
    rows = [
        row("推荐台账"),
        row("推荐台账", 用人单位=FIRM),
        row("推荐台账", 推荐日期="2025-03-21"),
        row("推荐台账", 身份证号=identity(2)),
    ]
    assert len(import_rows(tmp_path, "推荐台账", *rows).plans) == 4


def test_a_household_in_a_referral_is_a_reference(tmp_path: Path) -> None:
    plan = only(import_rows(tmp_path, "推荐台账", row("推荐台账", 用人单位="李晓红家")))
    referred: Any = facts(plan)["MakeReferral"]["referred"]
    assert (referred.employer, referred.employer_name) == (HOUSEHOLD_REF, None)
    assert "李晓红" not in repr(plan.commands)


def test_an_employer_is_recorded_with_everything_its_row_says(tmp_path: Path) -> None:
    cells = row(
        "单位台账", 统一社会信用代码=credit_code(), 经营模式="员工制", 停业日期="2025-11-30", 合作签约日期="2025-02-01",
        调研日期="2025-01-20", 岗位数="30个",
    )  # fmt: skip
    plan = only(import_rows(tmp_path, "单位台账", cells))
    about = BASE | {"employer": credit_code()}
    assert facts(plan) == {
        "RecordEmployer": {
            "registered": EmployerRegistered(**about, registered_on="2025-01-15", name=FIRM, mode="employee"),
            "closed": EmployerClosed(**about, closed_on="2025-11-30"),
            "cooperation": CooperationSigned(**about, signed_on="2025-02-01", employer_name=FIRM),
            "surveyed": EmployerSurveyed(**about, surveyed_on="2025-01-20", employer_name=FIRM),
            "vacancies": VacancyPosted(**about, posted_on="2025-01-15", vacancies=30, employer_name=FIRM),
        }
    }
    assert (plan.person, plan.service) == (None, "placement")


def test_an_employer_goes_by_its_credit_code_else_by_its_name(tmp_path: Path) -> None:
    rows = [
        row("单位台账", 统一社会信用代码=credit_code()),
        row("单位台账", 单位名称="别的名称有限公司", 统一社会信用代码=credit_code()),
        row("单位台账", 单位名称="南京 安心家政服务有限公司"),
        row("单位台账"),
    ]
    imported = import_rows(tmp_path, "单位台账", *rows)
    assert imported.rules == ["conflicting_row", "conflicting_row"]
    keys: list[Any] = [facts(plan)["RecordEmployer"]["registered"] for plan in imported.plans]
    assert [fact.employer for fact in keys] == [credit_code(), FIRM]


@pytest.mark.parametrize(("written", "mode"), [("员工制", "employee"), ("中介制", "agency"), ("其他", "other")])
def test_every_mode_of_business_has_its_code(tmp_path: Path, written: str, mode: str) -> None:
    registered: Any = facts(only(import_rows(tmp_path, "单位台账", row("单位台账", 经营模式=written))))[
        "RecordEmployer"
    ]["registered"]
    assert registered.mode == mode


def test_an_employer_closed_before_it_was_registered_is_stated_with_a_warning(tmp_path: Path) -> None:
    imported = import_rows(tmp_path, "单位台账", row("单位台账", 停业日期="2024-12-31"))
    assert "closed" in facts(only(imported))["RecordEmployer"]
    assert imported.cautions == ["「停业日期」早于「登记日期」"]


def test_a_subsidy_and_its_return_stand_in_one_row(tmp_path: Path) -> None:
    cells = row("补贴台账", 金额="1,200元", 追回日期="2025-06-01")
    plan = only(import_rows(tmp_path, "补贴台账", cells))
    about = BASE | {"subsidy": "BT-1", "person": PERSON_REF}
    assert facts(plan) == {
        "RecordSubsidy": {
            "paid": SubsidyPaid(**about, kind="培训补贴", amount_fen=120_000, paid_on="2025-04-10"),
            "clawed_back": SubsidyClawedBack(**about, clawed_back_on="2025-06-01"),
        }
    }


def test_an_amount_under_a_header_in_ten_thousands_is_in_fen(tmp_path: Path) -> None:
    cells = row("补贴台账")
    cells["金额（万元）"] = 0.12
    del cells["金额"]
    paid: Any = facts(only(import_file(workbook(tmp_path, {"补贴台账": grid([cells])}))))["RecordSubsidy"]["paid"]
    assert paid.amount_fen == 120_000


@pytest.mark.parametrize(
    ("sheet", "header", "value", "rule"),
    [
        ("补贴台账", "金额", None, "missing_value"),
        ("补贴台账", "金额", "约1200", "bad_number"),
        ("补贴台账", "发放日期", "2025-02-30", "date_does_not_exist"),
        ("单位台账", "经营模式", "合伙制", "not_listed"),
        ("单位台账", "岗位数", "30人次", "wrong_measure"),
        ("机构场所", "类型", "公园", "not_listed"),
        ("机构场所", "工位数", 3.5, "not_whole"),
        ("机构场所", "面积", "85.365", "below_hundredth"),
        ("机构场所", "面积", "约百平", "bad_number"),
        ("推荐台账", "岗位", f"护工{identity()}", "personal_data"),
    ],
)
def test_a_bad_value_refuses_the_row(tmp_path: Path, sheet: str, header: str, value: Any, rule: str) -> None:
    imported = import_rows(tmp_path, sheet, row(sheet, **{header: value}))
    assert [(one.rule, one.column) for one in imported.refused] == [(rule, header)]


def test_a_site_is_recorded_with_its_recognition_capacity_and_closing(tmp_path: Path) -> None:
    cells = row(
        "机构场所", 服务类别="母婴护理、托育照料", 所属单位="大通县妇联", 称号="全国爱心托育用人单位",
        认定级别="国家级", 关闭日期="2025-10-01", 所在地="桥头镇", 工位数="200个", 面积="0.98万平方米",
    )  # fmt: skip
    plan = only(import_rows(tmp_path, "机构场所", cells))
    about = BASE | {"facility": "CS-1"}
    assert facts(plan) == {
        "RecordFacility": {
            "recognised": FacilityRecognised(
                **about,
                name="大通护工实训基地",
                kind="training_base",
                recognised_on="2025-02-01",
                services="母婴护理、托育照料",
                owner="大通县妇联",
                title="全国爱心托育用人单位",
                level="国家级",
                place="桥头镇",
                capacity_places=200,
                area_m2_hundredths=980_000,
            ),
            "closed": FacilityClosed(**about, closed_on="2025-10-01"),
        }
    }
    assert plan.service == "training"


@pytest.mark.parametrize(
    ("typed", "hundredths"), [(85.36, 8_536), ("85.3㎡", 8_530), ("1,200平方米", 120_000), ("1200 m²", 120_000)]
)
def test_an_area_is_read_as_people_type_it(tmp_path: Path, typed: Any, hundredths: int) -> None:
    recognised: Any = facts(only(import_rows(tmp_path, "机构场所", row("机构场所", 面积=typed))))["RecordFacility"][
        "recognised"
    ]
    assert recognised.area_m2_hundredths == hundredths


def test_every_kind_of_site_has_its_code(tmp_path: Path) -> None:
    written = ("培训基地", "驿站", "托育单位", "哺乳室", "用人单位", "教室", "学校", "其他")
    rows = [row("机构场所", 编号=f"CS-{at}", 类型=kind) for at, kind in enumerate(written)]
    found: list[Any] = [
        facts(plan)["RecordFacility"]["recognised"] for plan in import_rows(tmp_path, "机构场所", *rows).plans
    ]
    assert [fact.kind for fact in found] == [
        *("training_base", "service_station", "childcare", "nursing_room"),
        *("employer", "classroom", "school", "other"),
    ]
