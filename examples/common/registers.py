"""A programme's rows as clerks typed them: one function for one register.

`seed` parts the habits of one programme's clerks from another's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from examples.common.dice import Dice
from examples.common.model import Agreement, Enrolment, MatchingEvent, Referral, Spell, Subsidy, Visit
from examples.common.typing_habits import Cell, Clerk
from examples.common.workbook import Sheet

EMPLOYER_HEADERS = "单位名称 统一社会信用代码 经营模式 登记日期 停业日期 合作签约日期 调研日期 岗位数"
FACILITY_HEADERS = "编号 名称 类型 服务类别 所属单位 称号 认定级别 认定日期 关闭日期 所在地 工位数 面积（平方米）"
ACTIVITY_HEADERS = (
    "活动编号 活动名称 系列 活动类型 开始日期 结束日期 地点 参加人次 参加人数 参赛队数 项目数 获奖数 服务对象数"
)
STATISTIC_HEADERS = "指标 数值 单位 口径 截至日期 来源 来源文件"


def trainees(rows: list[Enrolment], title: str, note: str, nations: tuple[str, ...], seed: str = "") -> Sheet:
    """培训花名册: one row for one person in one class."""
    clerk = Clerk(Dice(f"{seed}clerk of trainees"), tidy_percent=85)
    headers = (
        "姓名 身份证号 联系电话 人员类别 认定日期 认定单位 班级编号 培训工种 培训类型 培训机构 培训地 "
        "开班\n日期 结业\n日期 学时 理论学时 实操学时 理论成绩 实操成绩 结业结果 证书编号 发证日期 "
        "注销日期 技能档案编号 民族"
    )
    dice = Dice(f"{seed}nations of trainees")
    cells: list[list[Cell]] = []
    for row in rows:
        klass, person = row.klass, row.person
        finished = row.hours is not None and row.result != "中途退出"
        cells.append([
            person.name, clerk.identity(person), clerk.phone(person),
            row.category, clerk.day(row.category_since), row.category_by,
            klass.number, klass.occupation, klass.kind, klass.provider, klass.place, klass.opened, clerk.day(row.ended),
            row.hours, klass.theory_hours if finished else None, klass.practice_hours if finished else None,
            row.theory_score, row.practice_score, row.result,
            row.certificate, clerk.day(row.issued), clerk.day(row.revoked), row.skill_file,
            dice.pick(nations),
        ])  # fmt: skip
    return Sheet(
        "培训花名册",
        title,
        headers,
        cells,
        totals=("合计", f"{len(rows)}人次"),
        note=note,
    )


def agreements(rows: list[Agreement], title: str, seed: str = "") -> Sheet:
    """协议台账: intent agreements and contracts, each numbered apart."""
    clerk = Clerk(Dice(f"{seed}clerk of agreements"), tidy_percent=78)
    headers = (
        "协议编号 协议类型 姓名 身份证号 用人单位 统一社会信用代码 岗位 签订日期 工作地 约定月工资（元） "
        "合同文本 状态 撤回日期 备注"
    )
    cells: list[list[Cell]] = []
    for row in rows:
        state = "撤回" if not row.live else "有效" if clerk.tidy() else None
        cells.append([
            row.number, row.kind, row.person.name, clerk.identity(row.person), row.employer.name, row.employer.code,
            row.position, clerk.day(row.signed), row.employer.place, clerk.money(row.wage_yuan), row.template,
            state, clerk.day(row.withdrawn), "本人提出" if not row.live and row.withdrawn else None,
        ])  # fmt: skip
    return Sheet(
        "协议台账",
        title,
        headers,
        cells,
        totals=("合计", f"{len(rows)}份"),
        note="注：意向协议、劳动合同、劳务协议分别编号；撤回的保留原编号。",
    )


def starts(rows: list[Spell], title: str, seed: str = "") -> Sheet:
    """上岗台账: one row for one spell of work."""
    clerk = Clerk(Dice(f"{seed}clerk of starts"), tidy_percent=90)
    headers = "序号 姓名 身份证号 用人单位 统一社会信用代码 岗位 上岗日期 工作地 用工形式 体检日期 离岗日期 离岗原因"
    cells: list[list[Cell]] = [
        [
            at, row.person.name, clerk.identity(row.person), row.employer.name, row.employer.code, row.position,
            clerk.day(row.started), row.employer.place, row.kind, clerk.day(row.checked), clerk.day(row.ended),
            row.reason,
        ]
        for at, row in enumerate(rows, start=1)
    ]  # fmt: skip
    return Sheet("上岗台账", title, headers, cells, totals=("合计", f"{len(rows)}人次"))


def visits(rows: list[Visit], title: str, seed: str = "") -> Sheet:
    """回访记录: visits, with wages and troubles where there were any."""
    clerk = Clerk(Dice(f"{seed}clerk of visits"), tidy_percent=80)
    headers = (
        "姓名 身份证号 回访日期 回访方式 在岗状态 用人单位 实发月工资（元） 工资月份 工资凭证 存在问题 "
        "问题类别 处理结果 办结日期 晋升岗位 提升培训日期 回访人"
    )
    cells: list[list[Cell]] = []
    for row in rows:
        trouble = row.trouble
        cells.append([
            row.person.name, clerk.identity(row.person), clerk.day(row.visited), row.method, row.state,
            row.employer.name, clerk.money(row.wage_yuan), _month(clerk, row.month), row.proof,
            trouble.text if trouble else clerk.nothing(), trouble.kind if trouble else None,
            trouble.handling if trouble else None, clerk.day(trouble.resolved) if trouble else None,
            row.promoted_to, clerk.day(row.upskilled), row.visitor,
        ])  # fmt: skip
    return Sheet("回访记录", title, headers, cells, note="注：工资以凭证载明的实发数为准。")


def _month(clerk: Clerk, month: date | None) -> Cell:
    if month is None:
        return None
    return f"{month:%Y-%m}" if clerk.tidy() else f"{month.year}年{month.month}月"


def matching_events(rows: Sequence[MatchingEvent], title: str, seed: str = "") -> Sheet:
    """招聘活动: the matching events."""
    clerk = Clerk(Dice(f"{seed}clerk of matching events"), tidy_percent=60)
    headers = "活动编号 活动名称 活动类型 举办日期 地点 参加人数 提供岗位数"
    cells: list[list[Cell]] = [
        [row.number, row.title, row.kind, clerk.day(row.held), row.place, row.attendees, row.vacancies] for row in rows
    ]
    return Sheet("招聘活动", title, headers, cells, totals=("合计", f"{len(rows)}场次"))


def referrals(rows: Sequence[Referral], title: str, seed: str = "") -> Sheet:
    """推荐台账: who was recommended to whom, and what came of it."""
    clerk = Clerk(Dice(f"{seed}clerk of referrals"), tidy_percent=85)
    headers = "姓名 身份证号 推荐日期 用人单位 统一社会信用代码 岗位 结果"
    cells: list[list[Cell]] = [
        [
            row.person.name, clerk.identity(row.person), clerk.day(row.referred), row.employer.name,
            row.employer.code, row.position, row.result,
        ]
        for row in rows
    ]  # fmt: skip
    return Sheet("推荐台账", title, headers, cells, totals=("合计", f"{len(rows)}人次"))


def subsidies(rows: Sequence[Subsidy], title: str, seed: str = "") -> Sheet:
    """补贴台账: what was paid to whom, and what was taken back."""
    clerk = Clerk(Dice(f"{seed}clerk of subsidies"), tidy_percent=80)
    headers = "补贴编号 姓名 身份证号 补贴类型 金额（元） 发放日期 追回日期"
    cells: list[list[Cell]] = [
        [
            row.number, row.person.name, clerk.identity(row.person), row.kind, clerk.money(row.yuan),
            clerk.day(row.paid), clerk.day(row.clawed_back),
        ]
        for row in rows
    ]  # fmt: skip
    return Sheet("补贴台账", title, headers, cells, totals=("合计", f"{len(rows)}笔"))


def employers(rows: Sequence[Sequence[Cell]], title: str) -> Sheet:
    """单位台账: the employers an agency keeps, as `EMPLOYER_HEADERS` say."""
    return Sheet("单位台账", title, EMPLOYER_HEADERS, rows, totals=("合计", f"{len(rows)}家"))


def facilities(rows: Sequence[Sequence[Cell]], title: str) -> Sheet:
    """机构场所: sites and recognitions, as `FACILITY_HEADERS` say."""
    return Sheet("机构场所", title, FACILITY_HEADERS, rows, totals=("合计", f"{len(rows)}处"))


def activities(rows: Sequence[Sequence[Cell]], title: str) -> Sheet:
    """活动台账: competitions and other activities, as `ACTIVITY_HEADERS` say."""
    return Sheet("活动台账", title, ACTIVITY_HEADERS, rows)


def statistics(rows: Sequence[Sequence[Cell]], title: str) -> Sheet:
    """统计上报: numbers that others state, as `STATISTIC_HEADERS` say."""
    return Sheet("统计上报", title, STATISTIC_HEADERS, rows)
