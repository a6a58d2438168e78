"""The sheets that can be read and their columns: one table each.

A further sheet is one more `Sheet` here and one function in `rows.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from ledgerctl.registers import dates, numbers, texts
from ledgerctl.registers.identity import identity_number
from ledgerctl.registers.text import Cell, fold

Service = Literal["training", "placement", "followup"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its header. `read` turns a cell that is not empty into its value or raises `BadValue`."""

    header: str
    read: Callable[..., Any]
    required: bool = False
    #: True: `read` takes the unit that the header names in brackets as `scale`
    scaled: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A kind of sheet, and the write service its rows are recorded by."""

    name: str
    service: Service
    columns: tuple[Column, ...]

    @property
    def required(self) -> tuple[str, ...]:
        """Headers without which the sheet cannot be read."""
        return tuple(column.header for column in self.columns if column.required)


def _must(header: str, read: Callable[[Cell], Any]) -> Column:
    return Column(header, read, required=True)


def _counted(header: str, *measures: str) -> Column:
    return Column(header, numbers.count(*measures), scaled=True)


_NAME = _must("姓名", texts.person_name)
_NUMBER = _must("身份证号", identity_number)
_HOURS = numbers.tenths("学时", "课时", "小时", "时", "个")
_SCORE = numbers.tenths("分")

TRAINING = Sheet(
    "培训花名册",
    "training",
    (
        _NAME,
        _NUMBER,
        Column("联系电话", texts.raw),
        Column("人员类别", texts.public),
        Column("认定日期", dates.day),
        Column("认定单位", texts.public),
        _must("班级编号", texts.code),
        _must("培训工种", texts.public),
        Column(
            "培训类型",
            texts.listed({"岗前": "pre_job", "技能提升": "upskilling", "回炉": "refresher", "线上": "online"}),
        ),
        _must("培训机构", texts.public),
        Column("培训地", texts.public),
        _must("开班日期", dates.day),
        Column("结业日期", dates.day),
        Column("学时", _HOURS),
        Column("理论学时", _HOURS),
        Column("实操学时", _HOURS),
        Column("理论成绩", _SCORE),
        Column("实操成绩", _SCORE),
        Column("结业结果", texts.listed({"合格": "passed", "不合格": "failed", "中途退出": "withdrawn"})),
        Column("证书编号", texts.code),
        Column("发证日期", dates.day),
        Column("注销日期", dates.day),
        Column("技能档案编号", texts.code),
    ),
)

AGREEMENTS = Sheet(
    "协议台账",
    "placement",
    (
        _must("协议编号", texts.code),
        _must("协议类型", texts.listed({"就业意向协议": "intent", "劳动合同": "labour", "劳务协议": "service"})),
        _NAME,
        _NUMBER,
        _must("用人单位", texts.public),
        Column("统一社会信用代码", texts.raw),
        Column("岗位", texts.public),
        _must("签订日期", dates.day),
        Column("工作地", texts.raw),
        Column("约定月工资", numbers.money, scaled=True),
        Column("合同文本", texts.listed({"规范": "standard", "其他": "other"})),
        Column("状态", texts.listed({"有效": "live", "撤回": "withdrawn"})),
        Column("撤回日期", dates.day),
    ),
)

EMPLOYMENT = Sheet(
    "上岗台账",
    "placement",
    (
        _NAME,
        _NUMBER,
        _must("用人单位", texts.public),
        Column("统一社会信用代码", texts.raw),
        Column("岗位", texts.public),
        _must("上岗日期", dates.day),
        Column("工作地", texts.raw),
        Column(
            "用工形式",
            texts.listed(
                {
                    "全日制": "full_time",
                    "灵活就业": "flexible",
                    "自主创业": "self_employed",
                    "实习": "internship",
                    "公益性岗位": "public_post",
                    "劳务派遣": "dispatch",
                }
            ),
        ),
        Column("体检日期", dates.day),
        Column("离岗日期", dates.day),
        Column("离岗原因", texts.note),
    ),
)

VISITS = Sheet(
    "回访记录",
    "followup",
    (
        _NAME,
        _NUMBER,
        _must("回访日期", dates.day),
        Column("回访方式", texts.listed({"电话": "phone", "上门": "home", "线上": "online"})),
        _must("在岗状态", texts.listed({"在岗": "working", "离岗": "left", "失联": "lost"})),
        Column("用人单位", texts.public),
        Column("实发月工资", numbers.money, scaled=True),
        Column("工资月份", dates.month),
        Column(
            "工资凭证",
            texts.listed(
                {
                    "社保": "social_insurance",
                    "银行流水": "bank",
                    "工资条": "payslip",
                    "单位证明": "employer_letter",
                    "本人口述": "self_report",
                }
            ),
        ),
        Column("存在问题", texts.note),
        Column("问题类别", texts.note),
        Column("处理结果", texts.note),
        Column("办结日期", dates.day),
        Column("晋升岗位", texts.public),
        Column("提升培训日期", dates.day),
        Column("回访人", texts.person_name),
    ),
)

MATCHING = Sheet(
    "招聘活动",
    "placement",
    (
        _must("活动编号", texts.code),
        _must("活动名称", texts.public),
        _must(
            "活动类型",
            texts.listed({"专场招聘会": "job_fair", "签约仪式": "signing_ceremony", "网络招聘": "online_fair"}),
        ),
        _must("举办日期", dates.day),
        Column("地点", texts.public),
        _counted("参加人数", "人", "名", "位"),
        _counted("提供岗位数", "个", "岗", "岗位", "个岗位"),
    ),
)

ACTIVITIES = Sheet(
    "活动台账",
    "training",
    (
        _must("活动编号", texts.code),
        _must("活动名称", texts.public),
        Column("系列", texts.public),
        _must(
            "活动类型",
            texts.listed(
                {
                    "技能竞赛": "competition",
                    "志愿服务": "volunteering",
                    "线上培训": "online_training",
                    "推介会": "promotion",
                    "托管班": "childcare_class",
                    "其他": "other",
                }
            ),
        ),
        _must("开始日期", dates.day),
        Column("结束日期", dates.day),
        Column("地点", texts.public),
        _counted("参加人次", "人次"),
        _counted("参加人数", "人", "名", "位"),
        _counted("参赛队数", "支", "队", "个"),
        _counted("项目数", "个", "项"),
        _counted("获奖数", "个", "名", "人", "项"),
        _counted("服务对象数", "人", "名", "位", "个"),
    ),
)

STATISTICS = Sheet(
    "统计上报",
    "training",
    (
        _must("指标", texts.public),
        _must("数值", numbers.stated),
        _must("单位", texts.public),
        _must("口径", texts.listed({"存量": "stock", "流量": "flow", "能力": "capacity"})),
        _must("截至日期", dates.day),
        _must("来源", texts.public),
        Column("来源文件", texts.public),
    ),
)

REFERRALS = Sheet(
    "推荐台账",
    "placement",
    (
        _NAME,
        _NUMBER,
        _must("推荐日期", dates.day),
        Column("用人单位", texts.public),
        Column("统一社会信用代码", texts.raw),
        Column("岗位", texts.public),
        Column("结果", texts.note),
    ),
)

EMPLOYERS = Sheet(
    "单位台账",
    "placement",
    (
        _must("单位名称", texts.public),
        Column("统一社会信用代码", texts.raw),
        Column("经营模式", texts.listed({"员工制": "employee", "中介制": "agency", "其他": "other"})),
        _must("登记日期", dates.day),
        Column("停业日期", dates.day),
        Column("合作签约日期", dates.day),
        Column("调研日期", dates.day),
        _counted("岗位数", "个", "岗", "岗位", "个岗位"),
    ),
)

SUBSIDIES = Sheet(
    "补贴台账",
    "placement",
    (
        _must("补贴编号", texts.code),
        _NAME,
        _NUMBER,
        _must("补贴类型", texts.public),
        Column("金额", numbers.money, required=True, scaled=True),
        _must("发放日期", dates.day),
        Column("追回日期", dates.day),
    ),
)

FACILITIES = Sheet(
    "机构场所",
    "training",
    (
        _must("编号", texts.code),
        _must("名称", texts.public),
        _must(
            "类型",
            texts.listed(
                {
                    "培训基地": "training_base",
                    "驿站": "service_station",
                    "托育单位": "childcare",
                    "哺乳室": "nursing_room",
                    "用人单位": "employer",
                    "教室": "classroom",
                    "学校": "school",
                    "其他": "other",
                }
            ),
        ),
        Column("服务类别", texts.public),
        Column("所属单位", texts.public),
        Column("称号", texts.public),
        Column("认定级别", texts.public),
        _must("认定日期", dates.day),
        Column("关闭日期", dates.day),
        Column("所在地", texts.public),
        _counted("工位数", "个", "工位", "个工位"),
        Column("面积", numbers.hundredths("平方米", "平方", "平米", "m2", "㎡"), scaled=True),
    ),
)

SHEETS: dict[str, Sheet] = {
    sheet.name: sheet
    for sheet in (
        TRAINING,
        AGREEMENTS,
        EMPLOYMENT,
        VISITS,
        MATCHING,
        REFERRALS,
        EMPLOYERS,
        SUBSIDIES,
        ACTIVITIES,
        FACILITIES,
        STATISTICS,
    )
}

#: what a rejected workbook adds; passed over without a word when it comes back
ADDED_HEADERS: tuple[str, str, str] = ("原行号", "拒绝原因", "Reason")


def sheet_named(name: str) -> Sheet | None:
    """The sheet of this name, blanks and full-width forms aside."""
    return SHEETS.get(fold(name))
