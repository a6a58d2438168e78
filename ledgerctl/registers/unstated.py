"""What a sheet without a column says nothing about: an absent column is silence, an empty cell is "none".

An agency that keeps 离岗日期 in a second workbook must not lose the ends recorded from it each time the
first one is handed in. So what an absent column would have stated is named beside each command, and
stays as it stands (`ledger_api.common.v1.Context.unstated`). Columns of identities (姓名, 回访方式, …)
are not in here: without them it is another record.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

#: command → place → the columns that state it; the place is unstated where the sheet has none of them
Stating = Mapping[str, Mapping[str, tuple[str, ...]]]

_AGREEMENT: Final[Mapping[str, tuple[str, ...]]] = {
    "signed.position": ("岗位",),
    "signed.work_region": ("工作地",),
    "signed.expected_wage_fen": ("约定月工资",),
    "signed.template": ("合同文本",),
    "withdrawn": ("状态", "撤回日期"),
    "withdrawn.withdrawn_on": ("撤回日期",),
}

STATED_BY: Final[Mapping[str, Stating]] = {
    "培训花名册": {
        "OpenClass": {"opened.kind": ("培训类型",), "opened.place": ("培训地",)},
        "RecordEnrolment": {
            "enrolled.category": ("人员类别",),
            "enrolled.category_since_on": ("认定日期",),
            "enrolled.category_by": ("认定单位",),
            "assessed": ("理论成绩", "实操成绩"),
            "assessed.theory_score_tenths": ("理论成绩",),
            "assessed.practice_score_tenths": ("实操成绩",),
            "assessed.assessed_on": ("结业日期",),
            "ended": ("结业结果",),
            "ended.ended_on": ("结业日期",),
            "ended.hours_tenths": ("学时",),
            "ended.theory_hours_tenths": ("理论学时",),
            "ended.practice_hours_tenths": ("实操学时",),
            "certified": ("证书编号",),
            "certified.issued_on": ("发证日期",),
            "revoked": ("注销日期",),
            "skill_file": ("技能档案编号",),
            "skill_file.opened_on": ("结业日期",),
        },
    },
    "协议台账": {"RecordIntentAgreement": _AGREEMENT, "RecordContract": _AGREEMENT},
    "上岗台账": {
        "RecordEmployment": {
            "started.position": ("岗位",),
            "started.work_region": ("工作地",),
            "started.kind": ("用工形式",),
            "checked": ("体检日期",),
            "ended": ("离岗日期",),
            "ended.reason": ("离岗原因",),
        }
    },
    "回访记录": {
        "RecordVisit": {
            "completed.employer": ("用人单位",),
            "completed.visitor": ("回访人",),
            "attempted.employer": ("用人单位",),
            "attempted.visitor": ("回访人",),
            "wage": ("实发月工资",),
            "wage.month": ("工资月份",),
            "wage.proof": ("工资凭证",),
            "wage.employer": ("用人单位",),
            "issue": ("存在问题", "问题类别"),
            "issue.kind": ("问题类别",),
            "resolved": ("办结日期",),
            "promotion": ("晋升岗位",),
            "upskilling": ("提升培训日期",),
        }
    },
    "招聘活动": {
        "HoldMatchingEvent": {
            "held.place": ("地点",),
            "held.attendees": ("参加人数",),
            "held.vacancies": ("提供岗位数",),
        }
    },
    "推荐台账": {"MakeReferral": {"referred.position": ("岗位",), "referred.result": ("结果",)}},
    "单位台账": {
        "RecordEmployer": {
            "registered.mode": ("经营模式",),
            "closed": ("停业日期",),
            "cooperation": ("合作签约日期",),
            "surveyed": ("调研日期",),
            "vacancies": ("岗位数",),
        }
    },
    "补贴台账": {"RecordSubsidy": {"clawed_back": ("追回日期",)}},
    "机构场所": {
        "RecordFacility": {
            "recognised.services": ("服务类别",),
            "recognised.owner": ("所属单位",),
            "recognised.title": ("称号",),
            "recognised.level": ("认定级别",),
            "recognised.place": ("所在地",),
            "recognised.capacity_places": ("工位数",),
            "recognised.area_m2_hundredths": ("面积",),
            "closed": ("关闭日期",),
        }
    },
    "活动台账": {
        "HoldActivity": {
            "held.ended_on": ("结束日期",),
            "held.series": ("系列",),
            "held.place": ("地点",),
            "held.attendances": ("参加人次",),
            "held.attendees": ("参加人数",),
            "held.teams": ("参赛队数",),
            "held.tracks": ("项目数",),
            "held.awards": ("获奖数",),
            "held.served": ("服务对象数",),
        }
    },
    "统计上报": {"AttestStatistic": {"attested.source_file": ("来源文件",)}},
}


#: what cannot be stated without something else: silent where that is
RESTS_ON: Final[Mapping[str, str]] = {"revoked": "certified", "resolved": "issue"}


def unstated(sheet: str, headers: Collection[str]) -> dict[str, str]:
    """Command → what a sheet with these columns says nothing about, separated by commas; only where there is some.

    A place that several columns state together is silent only where all of them are absent.
    """
    silent: dict[str, str] = {}
    for command, places in STATED_BY.get(sheet, {}).items():
        absent = [place for place, columns in places.items() if not any(one in headers for one in columns)]
        absent += [place for place, ground in RESTS_ON.items() if ground in absent and place not in absent]
        if absent:
            silent[command] = ",".join(absent)
    return silent
