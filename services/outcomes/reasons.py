"""Why a member of a figure is not counted, in the words of a clerk and of an auditor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple


class Wording(NamedTuple):
    """One reason, in Chinese and in English."""

    zh: str
    en: str


REASONS: Final[Mapping[str, Wording]] = {
    "voided": Wording("已作废", "retracted by the agency that stated it"),
    "duplicate_class": Wording("同班同人重复登记", "the same class and person was stated before by another agency"),
    "duplicate_number": Wording("同一编号重复登记", "the same number was stated before by another agency"),
    "failed": Wording("不合格", "did not pass"),
    "withdrawn": Wording("已撤回或中途退出", "withdrawn, or left before the end"),
    "revoked": Wording("已注销", "revoked"),
    "all_excluded": Wording("无计入的记录", "all facts of this person are excluded"),
    "internship": Wording("实习", "an internship, not a start of work"),
    "rejoined": Wording("离岗30天内回原单位", "back at the same employer within 30 days"),
    "ended": Wording("已离岗", "the work has ended"),
    "lost_contact": Wording("最近回访失联", "the latest visit reached nobody"),
    "reported_left": Wording("最近回访称已离岗", "the latest visit heard that the person had left"),
    "closed": Wording("已停业或关闭", "closed on or before the day"),
    "other_mode": Wording("其他经营模式", "another mode of business than asked for"),
    "unknown_mode": Wording("经营模式不详", "the employer's mode of business is unknown"),
    "no": Wording("期满前已离岗", "the work ended before the days were full"),
    "not_yet_known": Wording("尚不知道（期满后60天内）", "not yet known: within 60 days after the days were full"),
    "unknown": Wording(
        "不详（期满60天后仍无回音）", "unknown: nothing was heard within 60 days after the days were full"
    ),
    "not_visited": Wording("期间未完成回访", "no visit was completed in those days"),
    "missing": Wording("此前无记录", "there is no such record before the start"),
    "not_referred": Wording("60天内未推荐", "no referral within 60 days"),
    "unknown_hours": Wording("学时未填", "no hours were stated"),
    "clawed_back": Wording("已追回", "taken back"),
    "second_same_kind_same_year": Wording(
        "同类补贴同年第二笔", "a second payment of this kind to this person in the year"
    ),
    "other_template": Wording("非规范文本", "on another template"),
    "unknown_template": Wording("合同文本不详", "the template is unknown"),
    "elsewhere": Wording("工作地在所列地区之外", "the work place is outside the regions asked for"),
    "not_stated": Wording("未报该数", "the organiser stated no such number"),
    "months_too_close": Wording("没有相隔90天以上的两个凭证月", "no two proven months at least 90 days apart"),
    "local": Wording("省内就业", "the work place is in the same province"),
    "unknown_place": Wording("工作地不详", "the work place is unknown"),
    "weaker_proof": Wording("凭证不足", "the proof is weaker than asked for, or there is none"),
    "attempted_no_contact": Wording("失联", "nobody could be reached"),
    "superseded": Wording("已有更新的上报", "a later statement stands for this indicator"),
}
