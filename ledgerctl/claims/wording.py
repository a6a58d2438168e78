"""A verdict as one sentence, in Chinese and in English."""

from __future__ import annotations

from typing import Final

from ledgerctl.claims.judgement import Judgement
from ledgerctl.claims.stated import FAULT_TEXTS

#: of the indicators that may be meant; `ledgerctl figures attested` lists them all
_NAMES_SHOWN: Final = 5


def zh(judgement: Judgement) -> str:
    """The verdict in Chinese."""
    shown, band = judgement.shown, judgement.band
    match judgement.verdict:
        case "supported" if band is None:
            said = f"成立：句中没有数字，账上有记录 {shown.text}"
        case "supported":
            said = f"成立。账上 {shown.text}，合于 {band}"
        case "contradicted":
            said = f"不成立。账上 {shown.text}，应为 {band}，{_gap_zh(judgement)}"
        case "unit_differs":
            said = f"单位不符。{_by_unit(judgement, '按{}计成立（{}）', '按{}计不成立（{}）', '，')}"
        case "attested_only":
            compared = f"；与所称{'相符' if shown.fits else '不符'}（{band}）" if band else ""
            said = f"只有来源的陈述：{shown.text}{_sources(judgement, '（{}，截至 {}）', '、')}，没有逐条记录{compared}"
        case "not_evidenced" if not judgement.claim.figure:
            said = "没有可对的指标"
        case "not_evidenced" if _is_unlike(judgement):
            said = f"账上有 {judgement.counted} 项上报，性质不同、不能合计："
            said += f"须用 params 指明一项{_named(judgement, '（{}）', '、')}"
        case "not_evidenced" if judgement.counted:
            said = f"账上没有可比的数{_excluded(judgement, '（查到 {} 条，其中剔除：{}）')}"
        case "not_evidenced":
            said = f"账上没有可计的记录{_excluded(judgement, '（查到 {} 条，均被剔除：{}）')}"
        case "malformed":
            said = f"表述有误：{_fault(judgement, 0)}{_still(judgement, '；照样比较：账上 {}，{} {}', '合于', '不合')}"
    also = "、".join(other.text for other in judgement.others if other.amount is not None)
    if also and judgement.verdict not in ("unit_differs", "not_evidenced"):
        said += f"；同一批事实另计 {also}"
    if judgement.claim.note_zh:
        said += f"。{judgement.claim.note_zh.rstrip('。')}"
    return f"{judgement.claim.id} “{judgement.stated.text}”：{said}。"


def en(judgement: Judgement) -> str:
    """The verdict in English."""
    shown, band = judgement.shown, judgement.band
    match judgement.verdict:
        case "supported" if band is None:
            said = f"supported: the sentence has no number, the ledger has {shown.text}"
        case "supported":
            said = f"supported. The ledger has {shown.text}, within {band}"
        case "contradicted":
            said = f"contradicted. The ledger has {shown.text}, not {band}: {_gap_en(judgement)}"
        case "unit_differs":
            said = f"unit differs. {_by_unit(judgement, 'True as {} ({})', 'not as {} ({})', ', ')}"
        case "attested_only":
            compared = f"; it {'agrees' if shown.fits else 'disagrees'} with {band}" if band else ""
            stated = f"{shown.text}{_sources(judgement, ' ({}, as of {})', ', ')}"
            said = f"attested only. A source states {stated}, no entries back it{compared}"
        case "not_evidenced" if not judgement.claim.figure:
            said = "not evidenced. No figure of the ledger speaks of it"
        case "not_evidenced" if _is_unlike(judgement):
            said = f"not evidenced. {judgement.counted} statements are unlike and cannot be added up: "
            said += f"name one in params{_named(judgement, ' ({})', ', ')}"
        case "not_evidenced" if judgement.counted:
            said = "not evidenced. The ledger has no number to compare"
            said += _excluded(judgement, " ({} matched; excluded: {})")
        case "not_evidenced":
            said = f"not evidenced. The ledger counts nothing{_excluded(judgement, ' ({} matched, all excluded: {})')}"
        case "malformed":
            said = f"malformed: {_fault(judgement, 1)}"
            said += _still(judgement, "; compared all the same: the ledger has {}, {} {}", "within", "not within")
    also = ", ".join(other.text for other in judgement.others if other.amount is not None)
    if also and judgement.verdict not in ("unit_differs", "not_evidenced"):
        said += f"; the same facts otherwise counted: {also}"
    if judgement.claim.note_en:
        said += f". {judgement.claim.note_en.rstrip('.')}"
    return f'{judgement.claim.id} "{judgement.stated.text}": {said}.'


def _sources(judgement: Judgement, form: str, join: str) -> str:
    return join.join(form.format(one["source"], one["as_of_on"]) for one in judgement.statements[:3])


def _gap_zh(judgement: Judgement) -> str:
    reading = judgement.shown
    if not reading.distance:
        return "尚有未知" if _whole(judgement) else "正在界上"
    return f"{'多' if reading.distance > 0 else '少'} {reading.gap_text('个百分点')}"


def _gap_en(judgement: Judgement) -> str:
    reading = judgement.shown
    if not reading.distance:
        return "some are unknown" if _whole(judgement) else "exactly on the bound"
    return f"{reading.gap_text('percentage points')} {'above' if reading.distance > 0 else 'below'}"


def _whole(judgement: Judgement) -> bool:
    return judgement.band is not None and judgement.band.whole


def _by_unit(judgement: Judgement, true: str, false: str, join: str) -> str:
    readings = (judgement.reading, *judgement.others)
    fitting = [true.format(one.unit, one.text) for one in readings if one.fits]
    failing = [false.format(one.unit, one.text) for one in readings if one.same_unit and not one.fits]
    return join.join(fitting + failing)


def _excluded(judgement: Judgement, form: str) -> str:
    reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(judgement.excluded.items()))
    return form.format(judgement.matched, reasons) if reasons else ""


def _is_unlike(judgement: Judgement) -> bool:
    """Whether several statements answer, so that none is meant: no indicator, or one that several programmes state."""
    return judgement.claim.figure == "attested" and judgement.counted > 1 and judgement.reading.amount is None


def _named(judgement: Judgement, form: str, join: str) -> str:
    """What narrows the claim to one statement: the parameter, and what may be named by it."""
    if "indicator" in judgement.claim.params:
        return form.format("programme = …")
    names = list(dict.fromkeys(one["indicator"] for one in judgement.statements))
    shown = join.join(names[:_NAMES_SHOWN]) + (" …" if len(names) > _NAMES_SHOWN else "")
    return form.format(f"indicator = {shown}" if names else "indicator = …")


def _fault(judgement: Judgement, language: int) -> str:
    fault = judgement.stated.fault
    assert fault is not None, "only a stated figure with a fault is malformed"
    return FAULT_TEXTS[fault][language]


def _still(judgement: Judgement, form: str, fits: str, fails: str) -> str:
    shown = judgement.shown
    if judgement.band is None or shown.amount is None:
        return ""
    return form.format(shown.text, fits if shown.fits else fails, judgement.band)
