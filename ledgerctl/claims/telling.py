"""A judgement as a person reads it: the sentence, the verdict, and what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ledgerctl.claims.judgement import Judgement, Verdict
from ledgerctl.wording import reason_text

VERDICTS: Final[dict[Verdict, str]] = {
    "supported": "成立 supported",
    "contradicted": "不成立 contradicted",
    "unit_differs": "单位不符 unit_differs",
    "attested_only": "只有陈述 attested_only",
    "not_evidenced": "无据 not_evidenced",
    "malformed": "表述有误 malformed",
}


def lines(one: Judgement) -> list[str]:
    """The published sentence, the verdict in Chinese and English, what was counted and left out, and what lists it."""
    told = [f"  “{one.claim.sentence}”", f"    {one.zh}", f"    {one.en}"]
    if one.claim.figure:
        told += [f"    {_counted(one)}", f"    证据 evidence: {one.members_command}"]
    return told


def _counted(one: Judgement) -> str:
    excluded = ", ".join(f"{reason_text(reason, one.reasons)} {count:,}" for reason, count in one.excluded.items())
    text = f"查到 matched {one.matched:,} · 计入 counted {one.counted:,} · 排除 excluded {excluded or 0}"
    by_then = one.recorded_by_to
    if by_then and by_then["matched"]:
        text += (
            f" · 至 {one.claim.as_of} 已登记 recorded by then: "
            f"{by_then['matched']:,}, 计入 counted {by_then['counted']:,}"
        )
    elif by_then and one.matched:
        text += f" · 均为 {one.claim.as_of} 之后登记 all of it was recorded after that day"
    return text


def notes(judged: Sequence[Judgement]) -> list[str]:
    """What the ledger says beside its answers, each once, with the ids of the claims where it is not said of all."""
    said: dict[str, list[str]] = {}
    for one in judged:
        for note in one.notes:
            said.setdefault(note, []).append(one.claim.id)
    asked = sum(bool(one.claim.figure) for one in judged)
    return [note if len(ids) == asked > 1 else f"{', '.join(ids)}: {note}" for note, ids in said.items()]
