"""The mistakes that refuse a row, one a row, for whoever learns to read a rejected register."""

from __future__ import annotations

from datetime import date

from examples.common.dice import Dice
from examples.common.people import People
from examples.common.typing_habits import Cell
from examples.common.workbook import Sheet

#: what is wrong with each row of 协议台账, in order; None: nothing
AGREEMENT_MISTAKES: tuple[str | None, ...] = (
    None,
    "身份证号按数字存储，后三位已丢失",
    "身份证号校验位不符",
    "日期不存在",
    "协议类型不在列表内",
    "缺少用人单位",
    "同一协议编号内容不同",
    "金额无法识别",
)
#: what is wrong with each row of 回访记录
VISIT_MISTAKES: tuple[str | None, ...] = (None, "在岗状态不在列表内", "失联而填有工资")


def sheets() -> list[Sheet]:
    """协议台账 and 回访记录: the first row of each is right, every other one is wrong in one way."""
    people = People(Dice("mistakes"), ("990121",))
    one, two, three, four, five, six, seven = (people.one() for _ in range(7))
    day = date(2025, 3, 7)
    firm = "西宁夏都和暖家政服务有限公司"
    wrong_check = two.identity[:17] + ("1" if two.identity[17] != "1" else "2")
    intent = "就业意向协议"
    agreements: list[list[Cell]] = [
        ["CW-01", intent, one.name, one.identity, firm, day, 4200, "有效"],
        ["CW-02", intent, two.name, int(two.identity[:15]) * 1000, firm, day, 4200, "有效"],
        ["CW-03", intent, two.name, wrong_check, firm, day, 4200, "有效"],
        ["CW-04", intent, three.name, three.identity, firm, "2025年2月30日", 4200, "有效"],
        ["CW-05", "口头约定", four.name, four.identity, firm, day, 4200, "有效"],
        ["CW-06", intent, five.name, five.identity, None, day, 4200, "有效"],
        ["CW-01", intent, six.name, six.identity, firm, day, 4500, "有效"],
        ["CW-08", intent, seven.name, seven.identity, firm, day, "面议", "有效"],
    ]
    visits: list[list[Cell]] = [
        [one.name, one.identity, date(2025, 4, 8), "电话", "在岗", 4100, "银行流水"],
        [three.name, three.identity, date(2025, 4, 9), "电话", "还在干", 4100, "银行流水"],
        [four.name, four.identity, date(2025, 4, 9), "电话", "失联", 4100, "银行流水"],
    ]
    return [
        Sheet(
            "协议台账",
            "协议台账（填错示例）",
            "协议编号 协议类型 姓名 身份证号 用人单位 签订日期 约定月工资 状态 错在哪里",
            [[*row, why] for row, why in zip(agreements, AGREEMENT_MISTAKES, strict=True)],
        ),
        Sheet(
            "回访记录",
            "回访记录（填错示例）",
            "姓名 身份证号 回访日期 回访方式 在岗状态 实发月工资 工资凭证 错在哪里",
            [[*row, why] for row, why in zip(visits, VISIT_MISTAKES, strict=True)],
        ),
    ]
