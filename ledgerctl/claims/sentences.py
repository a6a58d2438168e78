"""What one published sentence says against itself: found by its wording, or by what the ledger counted for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ledgerctl.claims.judgement import Judgement
from ledgerctl.claims.stated import FAULT_TEXTS


class Fault(NamedTuple):
    """`zh` and `en` go on after the claim's name."""

    rule: str
    zh: str
    en: str


#: figures whose members are of kinds too unlike to be one number
_UNLIKE = ("matching_events_held", "activities_held", "facilities")
#: the kinds that figures split by, as the registers call them
_KIND_NAMES = {
    "job_fair": "专场招聘会",
    "signing_ceremony": "签约仪式",
    "online_fair": "网络招聘",
    "competition": "技能竞赛",
    "volunteering": "志愿服务",
    "online_training": "线上培训",
    "promotion": "推介会",
    "childcare_class": "托管班",
    "training_base": "培训基地",
    "service_station": "驿站",
    "childcare": "托育单位",
    "nursing_room": "哺乳室",
    "employer": "用人单位",
    "classroom": "教室",
    "school": "学校",
    "other": "其他",
}
#: figures of the trained
_TRAINING = ("persons_trained", "training_completions", "certificates_issued", "classes_opened")
#: what could be done: 可同时提供…, 每年可为…提供培训, 年培训能力
_CAPACITY = re.compile(r"可(?:以|同时|供|容纳|接待|培训|提供)|每年可|年可|能够(?:提供|容纳)|能力")
#: what an employer's people bring in within a year
OUTPUT = re.compile(r"产值|营业收入|营业额|营收")
_WORK = re.compile(r"就业|上岗|入职")
#: names of offices, laws and campaigns that say 就业 and claim none
_OFFICES = re.compile(
    r"(?:公共)?(?:劳动|创业|人才)?[和与、]?就业(?:和?(?:创业|人才|社会保障|劳务|社保))?(?:指导|培训|训练|促进|管理|技能培训)?(?:和人才)?(?:交流)?(?:公共)?(?:服务)?"
    r"(?:局(?!面|势|部|限)|中心|处(?!于|理|境)|科(?!技|学)|股(?!份)|站(?!稳)|办(?!理|结|事)|办公室|所(?!有|需|在)|大厅|司|协会|基地|学校|驿站|法)"
    r"|就业(?:工作)?领导小组|就业服务(?:平台|机构|体系|窗口|网)|就业(?:援助月|促进法|培训中心)"
)
_INTERNSHIP = re.compile(r"实习[、和及]?上岗|上岗[、和及]?实习")
_JOIN = r"(?:[、，和及与]|以及)"
#: kinds of event that are held, and steps that a person takes: the words of a kind, and its name
_KINDS: tuple[tuple[tuple[str, str], ...], ...] = (
    (
        (r"网络招聘|线上招聘", "网络招聘"),
        (r"(?<!网络)(?<!线上)招聘(?:会|活动|专场)", "现场招聘"),
        (r"签约仪式", "签约仪式"),
        (r"推介会", "推介会"),
        (r"竞赛|大赛", "竞赛"),
    ),
    ((r"培养|培训", "培养"), (r"推荐|推介", "推荐"), (r"(?:实现)?就业|上岗", "就业")),
)
#: steps are one count only where they are joined outright: 培养和推荐6万多人次实现就业
_STEPS_JOINED = re.compile(rf"(?:培养|培训){_JOIN}推荐|推荐{_JOIN}(?:就业|上岗)")


def faults(one: Judgement) -> Iterator[Fault]:
    """Every fault of a claim's own sentence."""
    sentence, stated = one.claim.sentence, one.stated
    if stated.fault is not None:
        zh, en = FAULT_TEXTS[stated.fault]
        yield Fault("qualifier_malformed", f"表述有误：{zh}", f"is malformed: {en}")
    if stated.value is None:
        return
    if len(kinds := _kinds(one)) > 1:
        yield Fault(
            "unlike_kinds_summed",
            f"把不同的事合成一个数：{'、'.join(kinds)}，须分列",
            f"counts unlike things as one: {', '.join(kinds)}",
        )
    if one.claim.capacity or one.kind == "capacity" or _CAPACITY.search(sentence):
        yield Fault(
            "capacity_as_result",
            "是能力，不是结果：不能与已完成的数并列或相加",
            "is a capacity, no result: it must not stand among what was done",
        )
    if one.claim.figure in _TRAINING and _WORK.search(_OFFICES.sub("", sentence)):
        yield Fault(
            "employment_implied",
            "所在句子说到就业，数的只是培训",
            "stands in a sentence about work, and counts only the trained",
        )
    if _INTERNSHIP.search(sentence):
        yield Fault(
            "internship_as_work", "没有分清实习与上岗：实习不是就业", "does not tell internship from work: they differ"
        )


def _kinds(one: Judgement) -> list[str]:
    """The unlike things that are one number: as the file says, as the words say, or as the ledger counted them."""
    if one.claim.kinds:
        return list(one.claim.kinds)
    sentence = one.claim.sentence
    for at, kinds in enumerate(_KINDS):
        if at == 1 and not _STEPS_JOINED.search(sentence):
            continue
        named = [name for words, name in kinds if re.search(words, sentence)]
        if len(named) > 1:
            return named
    if one.claim.figure in _UNLIKE and not one.claim.aspect and one.splits:
        return [_KIND_NAMES.get(kind, kind) for kind, counted in one.splits.get("kind", {}).items() if counted]
    return []
