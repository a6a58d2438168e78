"""Codes that free text is reduced to before it may stand in an event. The text itself goes to the vault."""

from __future__ import annotations

import re
from typing import TypeVar

from ledgerctl.registers.text import fold
from services.followup.events import IssueKind
from services.placement.events import EndReason, ReferralResult

K = TypeVar("K", bound=str)

#: in this order: the first list with a word in the text wins (拖欠加班费 is about wages, 加班 about rights)
_ISSUE_WORDS: tuple[tuple[IssueKind, str], ...] = (
    ("wages", "工资|欠薪|拖欠|薪|报酬|加班费|克扣|扣钱|奖金|提成|少发|待遇|收入"),
    ("contract", "合同|协议|签约"),
    ("safety", "安全|工伤|受伤|事故|摔|烫伤|烧伤|危险|防护"),
    (
        "rights",
        "社保|保险|五险|休息|休假|加班|超时|歧视|辱骂|骚扰|侮辱|纠纷|权益|维权|投诉|押金|扣押|工作时间|劳动强度",
    ),
    ("housing", "住宿|住房|宿舍|食宿|租房|居住|住处|吃住"),
    ("health", "身体|生病|患病|健康|住院|病|怀孕|腰|体检"),
    ("family", "家庭|孩子|老人|子女|家里|家中|父母|照顾|照看|丈夫|婆婆|上学"),
    ("skills", "技能|技术|不会|培训|操作|证书|业务|不熟|能力|沟通|普通话|语言"),
)
_ISSUE_NAMES: dict[str, IssueKind] = {
    **{str(kind): kind for kind, _ in _ISSUE_WORDS},
    "other": "other",
    "其他": "other",
    "其它": "other",
}
_NO_ISSUE = re.compile(
    r"(?:目前|暂时|均)?(?:无|没有|未发现|未反映|暂无)(?:任何|明显|其他|其它)?(?:问题|异常|困难|情况|诉求)?[。.!]?"
)

_END_WORDS: tuple[tuple[EndReason, str], ...] = (
    ("employer_closed", "倒闭|停业|关闭|破产|关门|注销|歇业|停产|撤店"),
    ("dismissed", "辞退|开除|解雇|裁员|解聘|裁减|被辞|劝退"),
    ("retired", "退休|超龄|到龄"),
    ("contract_ended", "到期|期满|合同终止|服务结束|合同结束|项目结束|单子结束|下户"),
    ("health", "生病|患病|身体|受伤|住院|健康|工伤|疾病|手术|病"),
    ("family", "家庭|家里|家中|照顾|照看|孩子|老人|子女|父母|结婚|怀孕|生育|生孩子|陪读"),
    ("resigned", "辞职|离职|自愿|主动|不想|个人原因|本人|另找|跳槽|换工作|不适应|工资低"),
)

#: in this order: who turned whom down is said before the general 未 and 不, and all of it before 录用
_REFERRAL_WORDS: tuple[tuple[ReferralResult, str], ...] = (
    ("pending", "待|等候|等通知|尚未|暂未|洽谈|考虑|联系中|面试中|试工|试岗|试用"),
    ("not_hired", "单位.{0,6}(?:拒|退|未|不)|婉拒|落选|淘汰|退回|失败"),
    ("declined", "放弃|拒绝|不愿|不想|不同意|不去|没去|未到|未去|未参加|未赴|本人.{0,4}[未不]|个人原因"),
    ("not_hired", "未|没|不"),
    ("hired", "录用|录取|聘用|上岗|入职|签约|签订|成功|就业|达成|接收|留用"),
)


def _first(words: tuple[tuple[K, str], ...], text: str) -> K | None:
    return next((kind for kind, listed in words if re.search(listed, text)), None)


def states_no_issue(text: str) -> bool:
    """True for a 存在问题 that says there is none: `无问题`, `暂无异常`, `未发现问题。`."""
    return _NO_ISSUE.fullmatch(fold(text)) is not None


def issue_kind(category: str | None, text: str | None) -> tuple[IssueKind, bool]:
    """The kind of an issue from 问题类别, else from the words of 存在问题, else `other`.

    The second value is False where a category was given and not recognised.
    """
    recognised = True
    if category is not None:
        named = _ISSUE_NAMES.get(fold(category).lower()) or _first(_ISSUE_WORDS, fold(category))
        if named is not None:
            return named, True
        recognised = False
    kind = _first(_ISSUE_WORDS, fold(text)) if text is not None else None
    return kind or "other", recognised


def end_reason(text: str) -> EndReason:
    """The code of a 离岗原因: from its words, else `other`."""
    return _first(_END_WORDS, fold(text)) or "other"


def referral_result(text: str) -> ReferralResult:
    """The code of the 结果 of a referral: from its words, else `other`."""
    return _first(_REFERRAL_WORDS, fold(text)) or "other"
