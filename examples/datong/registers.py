"""The sheets of the Datong workbooks, each with its title."""

from __future__ import annotations

from examples.common import registers
from examples.common.model import Agreement, Enrolment, Spell, Visit
from examples.common.workbook import Sheet
from examples.datong import places


def trainees(rows: list[Enrolment]) -> Sheet:
    """培训花名册: the whole programme's roster."""
    return registers.trainees(
        rows,
        "大通县护工技能人才培训花名册（2024年1月—2025年6月）",
        "注：本表由各培训机构报送，县就业服务局汇总。",
        ("回族", "汉族", "土族"),
    )


def agreements(rows: list[Agreement]) -> Sheet:
    """协议台账: intent agreements and contracts."""
    return registers.agreements(rows, "大通护工协议签订台账")


def starts(rows: list[Spell]) -> Sheet:
    """上岗台账: every spell of work."""
    return registers.starts(rows, "大通护工上岗人员台账")


def visits(rows: list[Visit]) -> Sheet:
    """回访记录: visits, wages, troubles."""
    return registers.visits(rows, "大通护工就业跟踪回访记录")


def activities() -> list[Sheet]:
    """招聘活动, 活动台账 and 统计上报."""
    return [
        registers.matching_events(places.EVENTS, "专场招聘活动和岗位对接签约仪式台账"),
        registers.activities(places.ACTIVITIES, "大通护工品牌活动台账"),
        registers.statistics(places.STATISTICS, "大通护工统计上报表"),
    ]


def sites() -> list[Sheet]:
    """单位台账, 机构场所 and what else was reported later: what the further figures of the report stand on."""
    return [
        registers.employers(places.COOPERATIONS, "大通护工合作单位台账"),
        registers.facilities(places.STATIONS, "“大通护工”驿站台账"),
        registers.statistics(places.LATER_STATISTICS, "大通护工统计上报补充表"),
    ]
