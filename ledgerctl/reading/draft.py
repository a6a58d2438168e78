"""Writes the candidates of an article as a claims file that a person has to confirm, claim by claim."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Final

from ledgerctl.claims.stated import StatedError, parse
from ledgerctl.reading.reading import Candidate

_SAID: Final = {
    "torn": ("数字被别的文字隔断，拼合而成，须查原始报道", "cut in two and put together: look at the original"),
    "range": ("是一个区间", "a range"),
    "opposite": ("句中的“失业”可能是“就业”之误", "失业 (unemployment) in the sentence may stand for 就业 (employment)"),
    "capacity": ("说的是能力，不是结果", "what could be done, not what was"),
    "plan": ("说的是计划或目标，不是结果，不提议指标", "planned, not done: no figure is proposed"),
    "surplus_after_unit_digit": ("“余/多”紧跟在非零个位之后", "余/多 directly after a non-zero unit digit"),
    "contradictory_qualifiers": ("限定词互相矛盾", "qualifiers that contradict each other"),
    "annual_cumulative": ("“年均”与“累计”并用", "an annual mean called cumulative"),
    "not_quantitative": ("没有可比的数", "no number to compare"),
}  # fmt: skip
_HEAD: Final = """\
# 从文章读出的公开数字，供人核对：{name}。
# 逐条对照原文：改正 figure、params、stated，删去不是公开数字的，其余写 confirmed = true。
# 没有确认的，ledgerctl claims check 一概不认；整条加了 # 的是存疑的，核实原文后才可去掉 #。
# Figures that an article may claim. Hold each against the article: mend or delete it, then write
# confirmed = true; nothing unconfirmed is checked. What is commented out is doubtful.
"""


def claims_toml(
    candidates: Iterable[Candidate], *, name: str, as_of: str = "", programme: str = "", region: str = ""
) -> str:
    """The text of a claims file. `as_of`: ISO date, or empty: a line to fill in stands in its place."""
    parts = [_HEAD.format(name=name)]
    defaults = [f"{key} = {_text(value)}" for key, value in (("programme", programme), ("region", region)) if value]
    if defaults:
        parts.append("\n".join(defaults) + "\n")
    for at, candidate in enumerate(candidates, start=1):
        lines = _claim(f"R{at}", candidate, as_of)
        told = [f"# {line}" for line in _told(candidate)]
        parts.append("\n".join([*told, *(f"# {line}" if candidate.doubtful else line for line in lines)]) + "\n")
    return "\n".join(parts)


def _claim(id_: str, candidate: Candidate, as_of: str) -> Sequence[str]:
    lines = ["[[claim]]", f"id = {_text(id_)}", f"sentence = {_text(candidate.sentence)}"]
    if "plan" in candidate.flags:
        lines.append('note_zh = "计划数或目标数，不是结果"')
        lines.append('note_en = "planned, not done"')
    else:
        lines.append(f"figure = {_text(candidate.figure)}")
    lines.append(f"{'stated' if _is_readable(candidate.stated) else 'printed'} = {_text(candidate.stated)}")
    lines.append(f"as_of = {as_of}" if as_of else "# as_of = 截止日期，如 2025-06-20 · the last day it speaks of")
    pairs = [f"{key} = {_text(value)}" for key, value in candidate.params.items()]
    if candidate.since and "plan" not in candidate.flags:
        pairs.append(f"from = {candidate.since}")
    if pairs:
        lines.append(f"params = {{ {', '.join(pairs)} }}")
    if "capacity" in candidate.flags:
        lines.append("capacity = true")
    lines.append("confirmed = false")
    return lines


def _told(candidate: Candidate) -> list[str]:
    """What the person should know: where it stands, what it counts, what is odd about it."""
    told = [f"第 {candidate.line} 行 line {candidate.line}" + (f"：{candidate.subject}" if candidate.subject else "")]
    told += [f"{zh} · {en}" for zh, en in (_SAID[flag] for flag in candidate.flags)]
    if candidate.since:
        told.append(f"句中有“以来”：从 {candidate.since} 起算，请核对 · it counts from {candidate.since}: check it")
    elif candidate.from_beginning:
        told.append("句中有“以来”：params 里补 from = 起算日 · it counts from a beginning: add from = DATE to params")
    if not _is_readable(candidate.stated):
        told.append("这个写法不能自动比较，请改写为 stated · not comparable as printed: rewrite it as stated")
    return told


def _is_readable(stated: str) -> bool:
    try:
        parse(stated)
    except StatedError:
        return False
    return True


def _text(value: str) -> str:
    """A TOML string; JSON's escapes are TOML's."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
