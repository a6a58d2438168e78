"""A programme of a few people in which everything happens once: what each figure must say is known by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from tests.e2e import books
from tests.e2e.books import Person, agreement, fair, person, start, trainee, visit

#: The day to which the figures below are counted.
TO: Final = "2025-06-20"


def people(first: int = 0) -> list[Person]:
    """Those of the programme, in the order of the roster; others for another `first`."""
    return [person(first + number) for number in range(6)]


def sheets(first: int = 0) -> dict[str, books.Rows]:
    """The registers, one row a fact; fresh, so that a test may change them."""
    p = people(first)
    second_name, second_code = books.EMPLOYERS[1]
    no_certificate: dict[str, Any] = {"证书编号": None, "发证日期": None}
    return {
        "培训花名册": [
            trainee(p[0], "DT-01"),
            trainee(p[1], "DT-01", 注销日期="2025-05-10"),
            trainee(p[2], "DT-01", 技能档案编号="JN-3"),
            trainee(p[3], "DT-01"),
            trainee(p[4], "DT-01", 结业结果="不合格", **no_certificate),
            trainee(p[5], "DT-01", 结业结果="中途退出", 理论成绩=None, 实操成绩=None, **no_certificate),
            trainee(
                p[0], "DT-02", 培训类型="技能提升", 开班日期="2025-05-06", 结业日期="2025-05-16", 发证日期="2025-05-30"
            ),
        ],
        "协议台账": [
            agreement(p[0], "YX-1"),
            agreement(p[1], "YX-2"),
            agreement(p[2], "YX-3"),
            agreement(p[3], "YX-4", 状态="撤回", 撤回日期="2025-04-02"),
            agreement(p[0], "YX-5", 用人单位=second_name, 统一社会信用代码=second_code, 工作地="630100"),
            agreement(p[0], "LD-1", 协议类型="劳动合同", 合同文本="规范"),
            agreement(p[1], "LW-1", 协议类型="劳务协议"),
        ],
        "上岗台账": [
            start(p[0]),
            start(p[1], 离岗日期="2025-06-01", 离岗原因="回家照顾老人"),
            start(p[2], 用人单位=second_name, 统一社会信用代码=second_code, 工作地="630100", 用工形式="实习"),
        ],
        "回访记录": [
            visit(p[0], 存在问题="拖欠工资", 处理结果="已补发", 办结日期="2025-05-20"),
            visit(p[1], 实发月工资="3,800元", 工资凭证="本人口述"),
            visit(p[2], 在岗状态="失联", 实发月工资=None, 工资月份=None, 工资凭证=None),
        ],
        "招聘活动": [fair("ZP-1"), fair("ZP-2", 活动类型="签约仪式", 举办日期="2025-03-25")],
        "活动台账": [
            {
                "活动编号": "HD-1",
                "活动名称": "护工技能大赛",
                "活动类型": "技能竞赛",
                "开始日期": "2025-06-18",
                "参加人数": 60,
            }
        ],
        "统计上报": [
            {
                "指标": "护工从业人员",
                "数值": 8130,
                "单位": "人",
                "口径": "存量",
                "截至日期": "2025-05-31",
                "来源": "大通县人社局",
            }
        ],
    }


def write(folder: Path, name: str = "sample", *, first: int = 0) -> Path:
    """The workbook."""
    return books.write(folder, name, **sheets(first))


#: figure → (value, excluded, persons) of the figures whose facts the sample has; counted is the value,
#: except that of a mean, which stands apart
FIGURES: Final[dict[str, tuple[int, dict[str, int], int]]] = {
    "persons_trained": (4, {"failed": 1, "withdrawn": 1}, 4),
    "training_completions": (5, {"failed": 1, "withdrawn": 1}, 4),
    "classes_opened": (2, {}, 0),
    "certificates_issued": (4, {"revoked": 1}, 3),
    "matching_events_held": (2, {}, 0),
    "agreements_signed": (4, {"withdrawn": 1}, 3),
    "persons_with_agreement": (3, {"all_excluded": 1}, 3),
    "contracts_signed": (2, {}, 2),
    "employment_starts": (2, {"internship": 1}, 2),
    "persons_started": (2, {"all_excluded": 1}, 2),
    "persons_employed": (1, {"ended": 1}, 1),
    "dispatched_out_of_province": (2, {}, 2),
    "mean_monthly_wage": (400_000, {"weaker_proof": 1}, 1),
    "visits_completed": (2, {"attempted_no_contact": 1}, 2),
    "issues_opened": (1, {}, 1),
    "issues_resolved": (1, {}, 1),
    "attested": (8130, {}, 0),
}
#: those whose value is not how many were counted
COUNTED_APART: Final = {"mean_monthly_wage": 1, "attested": 1}

ROWS: Final = {sheet: len(rows) for sheet, rows in sheets().items()}
