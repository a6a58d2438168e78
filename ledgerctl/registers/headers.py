"""Other names that registers give their columns. A small table on purpose: a guess must not read another column."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ledgerctl.registers.layout import Sheet
from ledgerctl.registers.text import Cell, header_of

ALIASES: Final[dict[str, str]] = {
    **dict.fromkeys(("身份证号码", "身份证", "公民身份号码", "公民身份证号", "居民身份证号码"), "身份证号"),
    **dict.fromkeys(("学员姓名", "人员姓名", "劳动者姓名"), "姓名"),
    **dict.fromkeys(("联系方式", "电话", "电话号码", "手机", "手机号", "手机号码", "本人电话"), "联系电话"),
    **dict.fromkeys(("班级号", "班级编码", "班号", "培训班编号", "开班编号"), "班级编号"),
    **dict.fromkeys(("工种", "培训职业", "职业工种"), "培训工种"),
    **dict.fromkeys(("培训学校", "培训单位", "承训机构"), "培训机构"),
    **dict.fromkeys(("培训地点", "培训地址"), "培训地"),
    **dict.fromkeys(("证书号", "证书号码"), "证书编号"),
    **dict.fromkeys(("就业单位", "工作单位", "用工单位", "企业名称"), "用人单位"),
    **dict.fromkeys(("信用代码", "社会信用代码", "统一信用代码", "单位信用代码"), "统一社会信用代码"),
    **dict.fromkeys(("工作岗位", "岗位名称", "从事岗位"), "岗位"),
    **dict.fromkeys(("工作地点", "就业地", "就业地点"), "工作地"),
    **dict.fromkeys(("协议号", "协议号码"), "协议编号"),
    **dict.fromkeys(("活动编码", "活动号"), "活动编号"),
    **dict.fromkeys(("签订时间", "签约日期", "签约时间", "签订日"), "签订日期"),
    **dict.fromkeys(("上岗时间", "入职日期", "入职时间"), "上岗日期"),
    **dict.fromkeys(("离岗时间", "离职日期", "离职时间"), "离岗日期"),
    **dict.fromkeys(("离职原因",), "离岗原因"),
    **dict.fromkeys(("开班时间",), "开班日期"),
    **dict.fromkeys(("结业时间",), "结业日期"),
    **dict.fromkeys(("发证时间",), "发证日期"),
    **dict.fromkeys(("回访时间",), "回访日期"),
    **dict.fromkeys(("举办时间",), "举办日期"),
}


def names_of(sheet: Sheet, header: Iterable[Cell]) -> list[str]:
    """The columns that a header row names, as the sheet calls them.

    An alias stands for a column of the sheet only where nothing in the row bears that column's own
    name, and the alias is no column of the sheet itself.
    """
    names = [header_of(cell) for cell in header]
    columns = {column.header for column in sheet.columns}
    taken = columns & set(names)
    found = []
    for name in names:
        meant = ALIASES.get(name)
        if name not in columns and meant in columns and meant not in taken:
            taken.add(meant)
            name = meant
        found.append(name)
    return found
