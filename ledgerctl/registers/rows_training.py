"""What a row of 培训花名册, 活动台账 or 统计上报 states."""

from __future__ import annotations

from typing import cast

from ledgerctl.registers.numbers import Stated
from ledgerctl.registers.plan import PERSON, Command, RowPlan, digest
from ledgerctl.registers.row import Row
from services.training.events import (
    ActivityHeld,
    ActivityKind,
    AssessmentTaken,
    CertificateIssued,
    CertificateRevoked,
    ClassKind,
    ClassOpened,
    Enrolled,
    Result,
    SkillFileOpened,
    StatisticAttested,
    StatisticKind,
    TrainingEnded,
)

_PERCENT = frozenset({"%", "％", "百分比", "百分数"})


def enrolment(row: Row) -> RowPlan:
    """One trainee in one class: OpenClass and RecordEnrolment."""
    person = row.person()
    for earlier, later in (("开班日期", "结业日期"), ("开班日期", "发证日期"), ("发证日期", "注销日期")):
        row.in_order(earlier, later)
    opened = _class(row)
    enrolled = Enrolled(
        programme=row.setup.programme,
        region=row.setup.region,
        class_no=opened.class_no,
        person=PERSON,
        enrolled_on=opened.opened_on,
        category=row.maybe("人员类别"),
        category_since_on=row.maybe("认定日期"),
        category_by=row.maybe("认定单位"),
    )
    slots = {
        "enrolled": enrolled,
        "assessed": _assessment(row),
        "ended": _end(row),
        "certified": _certificate(row),
        "revoked": _revocation(row),
        "skill_file": _skill_file(row),
    }
    record = Command("RecordEnrolment", {slot: fact for slot, fact in slots.items() if fact is not None})
    return RowPlan(
        sheet=row.sheet,
        row=row.number,
        service="training",
        commands=(Command("OpenClass", {"opened": opened}), record),
        person=person,
        key=(row.sheet, opened.class_no, person.id_number),
        shared=((("class", opened.class_no), digest(opened)),),
        warnings=tuple(row.warnings),
        cells=row.cells,
    )


def _class(row: Row) -> ClassOpened:
    return ClassOpened(
        programme=row.setup.programme,
        region=row.setup.region,
        class_no=row.text("班级编号"),
        occupation=row.text("培训工种"),
        provider=row.text("培训机构"),
        opened_on=row.text("开班日期"),
        kind=cast("ClassKind | None", row.maybe("培训类型")),
        place=row.maybe("培训地"),
    )


def _assessment(row: Row) -> AssessmentTaken | None:
    theory, practice = row.number_of("理论成绩"), row.number_of("实操成绩")
    if theory is None and practice is None:
        return None
    return AssessmentTaken(
        programme=row.setup.programme,
        region=row.setup.region,
        class_no=row.text("班级编号"),
        person=PERSON,
        assessed_on=row.maybe("结业日期") or row.text("开班日期"),
        theory_score_tenths=theory,
        practice_score_tenths=practice,
    )


def _end(row: Row) -> TrainingEnded | None:
    """合格 and 不合格 need 结业日期; 中途退出 without one counts from 开班日期; no result: enrolled only."""
    result = row.maybe("结业结果")
    if result is None:
        for header in ("学时", "理论学时", "实操学时"):
            row.ignored(header, "结业结果")
        return None
    ended_on = row.maybe("结业日期")
    if ended_on is None and result != "withdrawn":
        row.refuse(
            "missing_completion_date",
            "结业结果为合格或不合格时必须填写",
            "required where the result is 合格 or 不合格",
            "结业日期",
        )
    return TrainingEnded(
        programme=row.setup.programme,
        region=row.setup.region,
        class_no=row.text("班级编号"),
        person=PERSON,
        result=cast("Result", result),
        ended_on=ended_on or row.text("开班日期"),
        hours_tenths=row.number_of("学时"),
        theory_hours_tenths=row.number_of("理论学时"),
        practice_hours_tenths=row.number_of("实操学时"),
    )


def _certificate(row: Row) -> CertificateIssued | None:
    """Dated 发证日期, else 结业日期; without either it has no date, and the row is refused."""
    number = row.maybe("证书编号")
    if number is None:
        row.ignored("发证日期", "证书编号")
        return None
    issued_on = row.maybe("发证日期") or row.maybe("结业日期")
    if issued_on is None:
        row.refuse(
            "missing_certificate_date",
            "填写了证书编号，请补填发证日期（或结业日期）",
            "a certificate needs 发证日期 or 结业日期",
            "发证日期",
        )
    return CertificateIssued(
        programme=row.setup.programme,
        region=row.setup.region,
        class_no=row.text("班级编号"),
        person=PERSON,
        certificate=number,
        issued_on=issued_on or "",
    )


def _revocation(row: Row) -> CertificateRevoked | None:
    number, revoked_on = row.maybe("证书编号"), row.maybe("注销日期")
    if number is None or revoked_on is None:
        row.ignored("注销日期", "证书编号")
        return None
    return CertificateRevoked(
        programme=row.setup.programme,
        region=row.setup.region,
        class_no=row.text("班级编号"),
        person=PERSON,
        certificate=number,
        revoked_on=revoked_on,
    )


def _skill_file(row: Row) -> SkillFileOpened | None:
    number = row.maybe("技能档案编号")
    if number is None:
        return None
    return SkillFileOpened(
        programme=row.setup.programme,
        region=row.setup.region,
        class_no=row.text("班级编号"),
        person=PERSON,
        skill_file=number,
        opened_on=row.maybe("结业日期") or row.text("开班日期"),
    )


def activity(row: Row) -> RowPlan:
    """One activity, its numbers as stated: HoldActivity."""
    row.in_order("开始日期", "结束日期")
    held = ActivityHeld(
        programme=row.setup.programme,
        region=row.setup.region,
        activity=row.text("活动编号"),
        title=row.text("活动名称"),
        kind=cast("ActivityKind", row.text("活动类型")),
        started_on=row.text("开始日期"),
        ended_on=row.maybe("结束日期"),
        series=row.maybe("系列"),
        place=row.maybe("地点"),
        attendances=row.number_of("参加人次"),
        attendees=row.number_of("参加人数"),
        teams=row.number_of("参赛队数"),
        tracks=row.number_of("项目数"),
        awards=row.number_of("获奖数"),
        served=row.number_of("服务对象数"),
    )
    return RowPlan(
        sheet=row.sheet,
        row=row.number,
        service="training",
        commands=(Command("HoldActivity", {"held": held}),),
        key=(row.sheet, held.activity),
        warnings=tuple(row.warnings),
        cells=row.cells,
    )


def statistic(row: Row) -> RowPlan:
    """One attested number: AttestStatistic. Its unit is that of 单位; a number is never converted."""
    stated = row.value("数值")
    assert isinstance(stated, Stated)
    unit = row.text("单位")
    in_percent = unit in _PERCENT
    if stated.unit == "%" and not in_percent:
        row.warn("数值带 %，与「单位」不一致，按「单位」记录", "the value carries %, unlike 单位, which is recorded")
    elif stated.unit not in {"", "%", unit}:
        row.refuse(
            "bad_number",
            "数值后只能带与「单位」相同的单位，不能带“余”“多”等约数",
            "only the unit of 单位 may follow the digits, and no 余 or 多",
            "数值",
        )
    if in_percent and stated.typed_as_number and 0 < stated.milli <= 1_000:
        row.refuse(
            "ambiguous_percent",
            "数字单元格无法区分 0.8% 与按百分比显示的 80%，请把单元格设为“文本”并写明，如 80%",
            "a number cell cannot tell 0.8% from 80% shown as a percentage; type it as text, such as 80%",
            "数值",
        )
    attested = StatisticAttested(
        programme=row.setup.programme,
        region=row.setup.region,
        indicator=row.text("指标"),
        value_milli=stated.milli,
        unit=unit,
        kind=cast("StatisticKind", row.text("口径")),
        as_of_on=row.text("截至日期"),
        source=row.text("来源"),
        source_file=row.maybe("来源文件"),
    )
    return RowPlan(
        sheet=row.sheet,
        row=row.number,
        service="training",
        commands=(Command("AttestStatistic", {"attested": attested}),),
        key=(row.sheet, attested.indicator, attested.as_of_on, attested.source),
        warnings=tuple(row.warnings),
        cells=row.cells,
    )
