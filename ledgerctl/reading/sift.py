"""Which quantities are figures: something counted, paid or measured, not dates, ages, ordinals, labels.

Every rule looks at simplified text around one quantity. In doubt a quantity stays: a person strikes out
a line faster than they find one that is missing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ledgerctl.reading.adverts import is_advertisement, is_foreign
from ledgerctl.reading.quantities import OTHER_WORD, TIMES, Quantity

#: the second half of a pair is not part of the unit: 部门, 家庭, 期间
#: a place in an order, or one of every so many; 目前, 此前, 培训后 only tell when
_ORDINAL: Final = re.compile(r"(?:第|(?<![目此以之先])前|排名|位居|位列|名列|列第|每|哪|某|届)$")
#: only of what comes in turns, or has a rank
_IN_TURN: Final = re.compile(r"(?:上|下|头|后|首)$")
_TURNS: Final = frozenset("年 次 届 期 批 轮 名 位".split())
_CODE_BEFORE: Final = re.compile(r"(?:[A-Za-z0-9_/+×*#№\-–—:〔\[]|第|[A-Za-z]\s)$")
_CODE_AFTER: Final = re.compile(r"^(?:[A-Za-z_+×]|一对一)")
_AFTER_COUNT_WORD: Final = re.compile(
    r"^(?:月|半|小时|工作日|钟头|星期|礼拜|季度|学期|周|周期|年头|年|昼夜|交易日|自然日|百分点以内的时间|一(?!体|线|次|等|级|类|流|老|小|站|户|家|名|般)|“|”)"
)
#: nouns that count thoughts, not things
_TALK: Final = re.compile(
    r"^(?:大)?(?:方面|字|层面|维度|角度|意识|自信|维护|确立|坚持|到位|统筹|务必|倡导|确保|不变|不减|不摘|聚焦|强化|突出|注重|着力|结合起来|"
    r"关键词|关键字|之间|百年|一批|问号|道理|阶段性)"
)
#: few of them are somebody's own, or whoever came along
_FEW: Final = re.compile(r"^(?:孩子|儿子|女儿|姐妹|兄弟|老人(?:要|需)|记者)")
_FEW_MAX: Final = 5
_CASE: Final = re.compile(
    r"(?:案件?|纠纷|争议|投诉|诉求|事故|事件|问题|欠薪)(?:共|达|共计)?$|^(?:案|纠纷|劳动|争议|投诉|事)"
)
_LASTING: Final = re.compile(r"(?:连续|持续|已连续|接续|历时|坚持|为期|长达)[了]?$")
_SPELL: Final = re.compile(
    r"(?:为期|历时|累计|总计|共计|平均|不少于|不低于|至少|每期|每班|培训|课程|学习|用时|缩短(?:到|至|了)?|提速|(?:平均|时间|时长|周期|用时).{0,8})[了为]?$"
)
_TEACHING: Final = re.compile(r"培训|课程|授课|教学|学习|实训|实操|志愿|理论")
_LABEL: Final = re.compile(r"[“「『‘《〈【\"]([^“”「」『』‘’《》〈〉【】\"]*)$")
_CLOSING: Final = re.compile(r"^[^“”「」『』‘’《》〈〉【】\"]*?[”」』’》〉】\"]")
_LABEL_LENGTH: Final = 14
_STREET: Final = re.compile(r"(?:路|街|巷|号|大道|小区|弄|大厦|社区|花园|苑|家园|新村)\d*号?$")
_DOMAIN: Final = re.compile(
    r"培训|就业|岗位|企业|学员|人员|工会|职工|家政|护工|护理|托育|托管|服务|用人|单位|妇女|劳动|劳务|招聘|技能|技术|人才|"
    r"协议|合同|工资|收入|补贴|资金|基地|学校|专业|课程|教师|老师|比赛|大赛|竞赛|参赛|机构|社区|街道|乡镇|镇|村|市州|县|覆盖|"
    r"行业|案例|模式|办法|措施|项目|活动|家庭|产业|产值|创业|输送|组织|建设|建成|建立|开展|举办|完成|发放|投入|签|奖|证书|资格|"
    r"子女|儿童|婴|幼|老人|养老|康养|医疗|医院|中心|站点|驿站|平台|品牌|妈咪|宝贝|群众|党员|志愿|试点|省级|国家级|全国|全省|全市|全县|"
    r"岗|补助|津贴|雇主|员工|务工|业者|托儿|名额|申请|结训|占比|同比|增长|提高|增加|完成率|"
    r"回访|纠纷|胶葛|诉求|问题|学习|"
    r"单元|办事|职位|技巧|失业|后代|场合|率|面积|工位|床位|户|惠及|受益|帮扶|救助|慰问"
)

#: tales count in dozens
_LARGE: Final = 100


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a quantity stands: its clause and sentence as spans of `text`; `spliced`: other texts are mixed in."""

    text: str
    clause: tuple[int, int]
    sentence: tuple[int, int]
    spliced: bool


def is_figure(one: Quantity, around: Surroundings, words: Sequence[tuple[int, int]]) -> bool:
    """Whether this quantity says something that could be counted. `words`: spans of the sentence's words."""
    before = around.text[around.sentence[0] : one.start]
    after = around.text[one.end : around.sentence[1]]
    return not (
        _is_code(before, after, one)
        or _is_single(one, before)
        or _is_ordinal(one, before)
        or _is_other_word(one, around, words)
        or _is_label(one, before, after)
        or _is_time(one, before, after)
        or _is_talk(one, before, after)
        or _is_elsewhere(one, around)
    )


def _is_code(before: str, after: str, one: Quantity) -> bool:
    if one.chinese or one.number != one.start:
        return False
    head = before[-2:]
    # a colon, a dash or a bracket may also lead to a figure: 其中:50人
    if head.endswith((":", "-", "–", "—")):
        return bool(re.search(r"[A-Za-z0-9]\s?[:\-–—]$", head))
    return bool(_CODE_BEFORE.search(head)) or bool(_CODE_AFTER.search(after))


def _is_single(one: Quantity, before: str) -> bool:
    """一个, 一名: an article, not a count, unless it is said to be the only one."""
    return one.chinese and one.value == 1 and one.qualifier != "唯一" and one.unit not in ("倍", "%")


def _is_ordinal(one: Quantity, before: str) -> bool:
    if one.number != one.start:
        return before.endswith(("第", "附"))
    if _ORDINAL.search(before) or (one.chinese and one.unit in _TURNS and _IN_TURN.search(before)):
        return True
    return one.unit == "届" and not re.search(r"(?:举办|连续|开展|已|共|成功)[了]?$", before)


def _is_other_word(one: Quantity, around: Surroundings, words: Sequence[tuple[int, int]]) -> bool:
    """The unit begins another word (部门, 期间), or the whole is one word with what follows (三位一体)."""
    tail = around.text[one.unit_at : one.unit_at + 6]
    unit_end = one.unit_at + len(one.unit)
    if one.end == unit_end and OTHER_WORD.match(tail) and not any(end == unit_end for _, end in words):
        return True  # and the segmenter does not part them: 3家 + 具备
    if not one.chinese:
        return False
    if re.match(r"^(?:次|期)(?:产业|创业|就业|分配|供|工程|项目|装修|开发|污染|元)", tail):
        return True
    # 三位一体; and 三番五次, whose end only looks like a count
    return any(
        (start <= one.number and end > one.end) or (start < one.start and end >= one.end) for start, end in words
    )


def _is_label(one: Quantity, before: str, after: str) -> bool:
    """“四道关”, 《工作手册（3册）》: short words in quotation marks are names. A text of so many 条 is counted,
    and so is what somebody says: speech ends as a sentence does."""
    if one.unit == "条":
        return False
    opened, closed = _LABEL.search(before), _CLOSING.search(after)
    if opened is None or closed is None:
        return False
    if closed[0][-2:-1] in tuple("。！？，,!?") and before[opened.start()] not in "《〈":
        return False
    inside = len(opened[1]) + (one.end - one.start) + len(closed[0]) - 1
    return inside <= _LABEL_LENGTH or before[opened.start()] in "《〈"


def _is_time(one: Quantity, before: str, after: str) -> bool:
    if one.unit in ("岁", "周岁"):
        return True
    if one.unit == "年":
        return not _LASTING.search(before) or bool(re.match(r"^(?:来|前|内|后|以来|间|期|制|行动|计划)", after))
    if one.unit in ("天", "个月"):
        if re.match(r"^的?(?:[^，。]{0,4})(?:培训|学习|实训|课程|集训)", after):
            return False
        return not (one.number > one.start or _SPELL.search(before)) or bool(
            re.match(r"^(?:前|后|内|以来|以后|以前|之内|来)", after)
        )
    if one.unit == "小时":
        return not (_SPELL.search(before) or _TEACHING.search(before[-10:] + after[:8]))
    if one.unit in TIMES:
        return False
    return (
        one.unit == "个"
        and re.match(r"^(?:多)?(?:月|半月|小时|工作日|钟头|星期|季度|学期|周|年头|昼夜)", after) is not None
    )


def _is_talk(one: Quantity, before: str, after: str) -> bool:
    if one.unit in ("个", "项", "大类", "条", "种", "名", "位") and _TALK.match(after):
        return True
    if (one.value <= _FEW_MAX and _FEW.match(after)) or before.endswith("一行"):
        return True
    if one.unit == "个" and re.match(r"^(?:一(?!线|流|体|等|级|类|户|老)|“)", after):
        return one.chinese or after.startswith("一")
    if one.unit in ("栋", "幢", "座", "间", "单") and _STREET.search(before):
        return True
    # 从2020起: a beginning, not cases
    return one.unit == "起" and not (_CASE.search(before) or _CASE.match(after))


def _is_elsewhere(one: Quantity, around: Surroundings) -> bool:
    clause = around.text[slice(*around.clause)]
    if is_foreign(clause, spliced=around.spliced) or is_advertisement(around.text[slice(*around.sentence)]):
        return True
    if not around.spliced or not (one.chinese or one.value < _LARGE):
        return False
    # other texts are mixed in: what stands near the number must be of the programmes' world
    near = around.text[max(around.sentence[0], one.start - 80) : min(around.sentence[1], one.end + 60)]
    return _DOMAIN.search(near) is None
