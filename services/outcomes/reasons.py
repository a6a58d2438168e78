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
    "local": Wording("省内就业", "the work place is in the same province"),
    "unknown_place": Wording("工作地不详", "the work place is unknown"),
    "weaker_proof": Wording("凭证不足", "the proof is weaker than asked for, or there is none"),
    "attempted_no_contact": Wording("失联", "nobody could be reached"),
    "superseded": Wording("已有更新的上报", "a later statement stands for this indicator"),
}
