"""Which figure of the catalogue a quantity may speak of. A proposal: the person who confirms decides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ledgerctl.reading.quantities import MONEY

#: where no figure counts it, a source's own statistic may still have been handed in
ATTESTED: Final = "attested"

_PEOPLE: Final = frozenset(("人", "名", "位"))
_TURNS: Final = frozenset(("人次", "架次", "车次"))
_EVENTS: Final = frozenset("场次 场 次 期 届 轮 回 趟 节 堂 讲 班 班次 课次 批次".split())
_PAPERS: Final = frozenset("份 本 件 张 册 起 宗 例".split())
_RATES: Final = frozenset(("%", "‰"))
_HONOURED: Final = frozenset("个 家 所 项 名 人 位 户 间 处 座 种".split())
#: a thing is what its own clause calls it; people and papers are also what the sentence is about
_THINGS: Final = frozenset("个 家 所 间 户 处 座 种 类 项 条 片 门".split())
#: how far something reaches is not what was done there
_AREA: Final = re.compile(r"(?:全[省市县区])?(?:省份?|市州?|县区?|区县?|乡镇|镇街?|街道|社区|行政村|村|市县)+(?:街道)?")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A figure's id and the parameters that narrow it."""

    figure: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Rule:
    units: frozenset[str]
    said: str
    figure: str
    params: tuple[tuple[str, str], ...] = ()
    beside: bool = False  # only what stands beside the number says it, never the rest of the sentence


_PEOPLE_AND_TURNS: Final = _PEOPLE | _TURNS
_WAGE: Final = r"(?:月|人)均.{0,4}(?:工资|收入|薪)|平均(?:工资|月薪|收入)|月(?:工资|薪|收入)|薪[酬资]"
_CAPACITY: Final = r"(?:可|能)(?:同时|以)?(?:为|提供|容纳|接纳|满足)|培训能力"
_STARTED: Final = (
    r"(?:实现|带动|帮助|引领|促进|推荐|吸纳|新增|稳定|解决|失业人员再|走上|成功).{0,10}(?:就业|上岗)|上岗|就业\d|就业$"
)
_RESOLVED: Final = (
    r"(?:解决|办结|化解|处理).{0,12}(?:问题|纠纷|诉求|投诉|案件)|(?:问题|纠纷|诉求|投诉).{0,6}(?:解决|办结|化解)"
)
_OPENED: Final = r"(?:受理|接到|收到|接收|收集|登记).{0,14}(?:问题|纠纷|诉求|投诉|信访|求助|案件)"
#: how much something grew is not how much of it there is
_GROWTH: Final = r"(?:增长|增幅|同比|环比|较(?:去年|上年|同期))[^到至达\d]{0,10}\d"
_RECOGNISED: Final = r"获评|认定|入选|评为|荣获|授予|命名|示范(?:基地|企业)|龙头企业|优秀案例|典型案例|友好型"
_PLACES: Final = r"基地|驿站|站点|服务站|中心|教室|工场|产业园|宝贝屋|托位|托育机构|托育用人单位|场所|设施|工作室"
_OCCUPATIONS: Final = r"工种|职业(?!技能|学院|院校|学校|研发)|培训(?:内容|课程|项目|科目)"
#: read from top to bottom; the first whose unit and words fit proposes. `said` is sought beside the
#: number first, then in its clause, then in its sentence.
_RULES: Final = (
    _Rule(frozenset(("课时", "学时")), "", "training_hours"),
    _Rule(MONEY, _WAGE, "mean_monthly_wage"),
    _Rule(MONEY, r"补贴|补助|补助金", "subsidies_paid"),
    _Rule(_RATES, _GROWTH, ATTESTED, beside=True),
    _Rule(_RATES, r"合同", "standard_contract_rate"),
    _Rule(_RATES, r"体检", "health_check_rate"),
    _Rule(_RATES, r"岗前培训|培训率|先培训后上岗", "pre_job_training_rate"),
    _Rule(_RATES, r"回访", "visit_coverage_d90"),
    _Rule(_RATES, r"稳定率|留存|在岗率|稳岗率|稳定就业率", "retained_d180"),
    _Rule(_RATES, r"推荐率|推介率", "referral_rate"),
    _Rule(frozenset(("个", "张")), r"工位|床位|托位", "capacity_places"),
    # people that could be served are no places, and no result either
    _Rule(_PEOPLE_AND_TURNS, _CAPACITY, ATTESTED, beside=True),
    _Rule(frozenset(("家", "个", "户")), r"调研|走访", ATTESTED, beside=True),
    _Rule(_PEOPLE, r"老师|教师|讲师|师资|导师", ATTESTED, beside=True),
    _Rule(_PEOPLE | {"个", "项"}, r"[一二三]等奖|优秀奖|获奖|金牌|银牌|铜牌|奖项", "awards", beside=True),
    _Rule(_PEOPLE, r"参赛|选手|同台竞技|能手|比武", "competitors"),
    _Rule(_PEOPLE_AND_TURNS, r"大湾区", "starts_by_work_region", (("work_region", "大湾区"),)),
    _Rule(_PEOPLE_AND_TURNS, r"输送|劳务输出|跨省|省外|外出务工", "dispatched_out_of_province"),
    _Rule(_PEOPLE, r"员工制", "persons_employed_by_mode", (("mode", "员工制"),), beside=True),
    _Rule(_PEOPLE, r"从业(?:人员|者)|从业", "persons_employed"),
    _Rule(_PEOPLE, r"在校生", ATTESTED, beside=True),
    _Rule(_TURNS, r"签约|签订.{0,6}合同", "contracts_signed"),
    _Rule(_TURNS, r"志愿|活动|宣讲|覆盖|惠及|四送|送政策|受益|入场", "activity_attendance"),
    _Rule(_PEOPLE, r"意向", "persons_with_agreement"),
    _Rule(_PEOPLE_AND_TURNS, r"实习|见习", "internships_started"),
    _Rule(_PEOPLE_AND_TURNS, r"回访", "visits_completed"),
    _Rule(_PEOPLE_AND_TURNS, r"证书|持证|取证", "certificates_issued"),
    _Rule(_PEOPLE, r"就业困难人员|脱贫(?:人口|劳动力|家庭)|残疾人|低保|退役军人", "persons_by_category"),
    _Rule(_TURNS, r"就业|上岗|推荐", "employment_starts"),
    _Rule(_PEOPLE, _STARTED, "persons_started"),
    _Rule(_TURNS, r"培训|学员|结业", "training_completions"),
    _Rule(_PEOPLE, r"培训|学员|结业|培育|培养|参训|人才", "persons_trained"),
    _Rule(_PEOPLE, r"就业", "persons_started"),
    _Rule(_PAPERS, r"意向|就业协议", "agreements_signed"),
    _Rule(_PAPERS, r"合同", "contracts_signed"),
    _Rule(_PAPERS, r"证书", "certificates_issued"),
    _Rule(_PAPERS, r"档案", "skill_files"),
    _Rule(_PAPERS | {"个", "项"}, _RESOLVED, "issues_resolved"),
    _Rule(_PAPERS | {"个", "项"}, _OPENED, "issues_opened"),
    _Rule(_PAPERS | {"个"}, r"纠纷|诉求|投诉", "issues_opened"),
    _Rule(_PAPERS, r"协议", "agreements_signed"),
    _Rule(_EVENTS | {"次"}, r"回访|走访", "visits_completed"),
    _Rule(_EVENTS | {"个"}, r"招聘|签约仪式|对接会|推介会|洽谈会|双选会|推荐会", "matching_events_held"),
    _Rule(_EVENTS | {"个"}, r"志愿|主题活动|活动|宣讲|讲座|比赛|大赛|竞赛", "activities_held"),
    _Rule(_EVENTS, r"培训|课|班", "classes_opened"),
    _Rule(frozenset(("个",)), r"(?:培训|托管|暑托|专)班|班(?:次|级)?$", "classes_opened"),
    _Rule(frozenset(("支", "队", "组")), r"团队|代表队|参赛|队伍", "teams"),
    _Rule(frozenset(("个", "岗")), r"岗位|空岗", "vacancies"),
    _Rule(frozenset(("种", "类", "个", "门")), _OCCUPATIONS, "occupations"),
    _Rule(frozenset(("家", "个")), r"员工制", "employers_by_mode", (("mode", "员工制"),)),
    _Rule(frozenset(("家", "个")), r"合作|结对|战略协议", "cooperations"),
    _Rule(_HONOURED, _RECOGNISED, "recognitions", beside=True),
    _Rule(frozenset("个 家 间 处 座 所 类 种 片".split()), _PLACES, "facilities"),
    _Rule(frozenset(("家", "个", "户")), r"企业|用人单位|公司|机构", "employers"),
)  # fmt: skip
_WITH_UNIT: Final = tuple((rule, re.compile(rule.said)) for rule in _RULES)


def proposal(unit: str, subject: str, near: str, clause: str) -> Proposal:
    """The figure to compare with. `near`: from the last comma to the next; `clause`: from the last to the next stop."""
    if unit in _THINGS and _AREA.fullmatch(subject):
        return Proposal(ATTESTED, {"indicator": subject})
    # 办结260件 of 群众问题: neither says it alone
    both = f"{near.rstrip('，,。；; ' + chr(10))}{subject}" if subject not in near else ""
    for beside, text in ((True, near), (True, both), (True, subject), (False, clause)):
        for rule, said in _WITH_UNIT:
            if not beside and (rule.beside or unit in _THINGS):
                continue
            if text and unit in rule.units and said.search(text):
                return Proposal(rule.figure, dict(rule.params))
    return Proposal(ATTESTED, {"indicator": subject} if subject else {})


def figures() -> frozenset[str]:
    """Every id that may be proposed."""
    return frozenset({rule.figure for rule in _RULES} | {ATTESTED})


def narrowed() -> list[tuple[str, dict[str, str]]]:
    """(id, parameters) of every proposal that narrows its figure."""
    return [(rule.figure, dict(rule.params)) for rule in _RULES if rule.params]
