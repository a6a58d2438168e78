"""Reads an article: mends it, finds its quantities, keeps the figures. Pure."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from ledgerctl.claims.stated import StatedError, parse
from ledgerctl.reading import adverts, propose, script, sift, torn
from ledgerctl.reading.glosses import without_glosses
from ledgerctl.reading.numerals import plain
from ledgerctl.reading.passage import Passage, Span
from ledgerctl.reading.quantities import Quantity, quantities
from ledgerctl.reading.words import Word, subject, words

_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
#: full-width digits, letters and signs as plain ones; Chinese punctuation stays
_WIDE: Final = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
} | {ord(was): ord(now) for was, now in zip("％．＋\u3000\u00a0\t", "%.+   ", strict=True)}
_CJK: Final = "\u3400-\u4dbf\u4e00-\u9fff"
#: blanks that type-setting put between characters and digits; those between digits stay
_BLANKS: Final = re.compile(
    rf"(?<=[{_CJK}，。、；：“”（）])[ ]+(?=[{_CJK}0-9“”（），。、；：])|(?<=[0-9%])[ ]+(?=[{_CJK}%，。、；：])"
)
_SENTENCE_ENDS: Final = re.compile(r"[。！？!?；;\n]+[”」』’]?")
_CLAUSE_ENDS: Final = re.compile(r"[，,：:。！？!?；;\n]+(?!\d{3}(?!\d))")
#: 就业 said as its opposite: nobody writes these
_FLIPPED: Final = re.compile(
    r"(?:优质|实现|稳定|稳固|促进|增进|带动|练习|实习|推荐|充分|高质量|灵活|自主|转移|家门口)失业(?!人员|者|妇女|职工)|"
    r"失业(?:基地|创业|办事|服务平台|岗位|指导|优先|技能|帮扶|意愿|机会|渠道|规模|歧视)|[-－—–]失业"
)
#: in a spun text, every one that is no term of its own
_FLIPPED_IF_SPUN: Final = re.compile(
    r"失业(?!保险|金|人员|登记|率|人口|群体|补助|预警|风险|动态|者|职工|青年|家庭|农民|动员|救助|调控|待遇|证)"
)
#: a rear half that was left alone
_NO_NUMBER: Final = re.compile(r"0[0余多]")
#: what could be done, not what was
_CAPACITY: Final = re.compile(r"可(?:同时|以)?(?:为|提供|容纳|接纳|满足)|(?:每年|年)可|年培训能力|最多可")
#: a line that ends within a number, and the line that goes on with it
_CUT_NUMBER: Final = (re.compile(r".{20}[0-9]$"), re.compile(r"[余多万亿%]|\d+[余多]?[万亿]?[人个名家份元户场期次]"))
#: how wide a text is set that is set in lines, in characters or columns
_WRAPPED: Final = (24, 160)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A figure that an article may claim.

    `value` in units of one, a rate in percent. `qualifier`, `unit` and `subject` are simplified, empty
    where there is none; `sentence` is in the article's own script, without glosses and advertising.
    `stated`: the figure as printed. `doubtful`: the printed figure is damaged, the number is put together.
    `line`: of the file, from 1. `flags`: `torn` (as doubtful), `range` (the qualifier names the upper end),
    `opposite` (失业 where 就业 may be meant), `capacity` (what could be done), and the faults of rule C18.
    """

    value: Decimal
    qualifier: str
    unit: str
    subject: str
    sentence: str
    figure: str
    doubtful: bool
    stated: str
    line: int
    params: dict[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "value": plain(self.value),
            "qualifier": self.qualifier,
            "unit": self.unit,
            "subject": self.subject,
            "sentence": self.sentence,
            "figure": self.figure,
            "doubtful": self.doubtful,
            "flags": list(self.flags),
        }


def read(text: str) -> list[Candidate]:
    """The figures of an article, in its order."""
    passage = mended(text)
    spun = script.is_spun(passage.text)
    spliced = spun or bool(passage.scars)
    found: list[Candidate] = []
    bounds = _spans(_SENTENCE_ENDS, passage.text)
    starts = [start for start, _ in bounds]
    clauses = _spans(_CLAUSE_ENDS, passage.text)
    clause_starts = [start for start, _ in clauses]
    cut: dict[Span, list[Word]] = {}
    for one in quantities(passage.text):
        sentence = bounds[bisect_right(starts, one.number) - 1]
        clause = clauses[bisect_right(clause_starts, one.number) - 1]
        if sentence not in cut:
            cut[sentence] = words(passage.text[slice(*sentence)])
        spans = [(word.start + sentence[0], word.end + sentence[0]) for word in cut[sentence]]
        if sift.is_figure(one, sift.Surroundings(passage.text, clause, sentence, spliced), spans):
            found.append(_candidate(passage, one, sentence, clause, cut[sentence], spun=spun))
    return found


def mended(text: str) -> Passage:
    """The article without glosses, advertising, machine ids and the page's frame; cut figures put together."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _INVISIBLE.sub("", text).translate(_WIDE)
    joined, numbers = _unwrapped(text.split("\n"))
    passage = Passage(script.simplified(joined), joined, numbers)
    passage = without_glosses(passage)
    passage = adverts.mended(passage)
    passage = passage.without([found.span() for found in _BLANKS.finditer(passage.text)], scar=False)
    passage = passage.without(_frame(passage.text), scar=False)
    return torn.closed(passage, spliced=bool(passage.scars) or script.is_spun(passage.text))


def _candidate(
    passage: Passage, one: Quantity, sentence: Span, clause: Span, cut: list[Word], *, spun: bool
) -> Candidate:
    text = passage.text
    said = text[slice(*sentence)]
    about = subject(cut, one.start - sentence[0], one.end - sentence[0])
    near, wide, noun = text[slice(*clause)], said, about
    if spun:
        near, wide, noun = script.restored(near), script.restored(wide), script.restored(noun)
    proposed = propose.proposal(one.unit, noun, near, wide)
    doubtful = passage.torn(one.start, one.end) or _NO_NUMBER.match(text, one.number) is not None
    fault = _fault(one.stated, text[slice(*clause)])
    # a fault of the sentence that is another figure's: this one is shown in its own clause
    shown = sentence if fault == _fault(one.stated, said) else clause
    flags = (
        *(["torn"] if doubtful else []),
        *(["range"] if one.qualifier[:1] == "至" and one.qualifier[1:2].isdigit() else []),
        *(["opposite"] if _FLIPPED.search(said) or (spun and _FLIPPED_IF_SPUN.search(said)) else []),
        *([fault] if fault else []),
        *(["capacity"] if _CAPACITY.search(near) else []),
    )
    printed = passage.printed[slice(*shown)].strip(" \n")
    return Candidate(
        one.value, one.qualifier, one.unit, noun, printed, proposed.figure, doubtful, one.stated,
        passage.lines[one.start], dict(proposed.params), flags,
    )  # fmt: skip


def _fault(stated: str, sentence: str) -> str | None:
    """What is wrong with the figure as printed, by the rules of `claims check`."""
    try:
        return parse(stated, sentence).fault
    except StatedError:
        return None


def _unwrapped(lines: list[str]) -> tuple[str, tuple[int, ...]]:
    """The lines as one text, with lines that a fixed width broke put together, and each character's line."""
    widths = [max(len(line.rstrip()), 1) for line in lines]
    columns = [sum(2 if ord(one) > 0x2E7F else 1 for one in line.rstrip()) for line in lines]
    full = {at for measured in (widths, columns) for at in _of_full_width(measured)}
    text: list[str] = []
    numbers: list[int] = []
    for at, line in enumerate(lines):
        bare = line.strip()
        goes_on = at in full and not bare.endswith(("。", "！", "？", "”", "："))
        follows = lines[at + 1].strip() if at + 1 < len(lines) else ""
        if not goes_on and not (_CUT_NUMBER[0].search(bare) and _CUT_NUMBER[1].match(follows)):
            bare += "\n"
        text.append(bare)
        numbers.extend([at + 1] * len(bare))
    return "".join(text), tuple(numbers)


def _of_full_width(measured: list[int]) -> set[int]:
    """The lines that go on in the next one: three or more end at the same margin, and none goes beyond it."""
    margin = max(measured, default=0)
    full = {at for at, width in enumerate(measured) if width >= margin - 1}
    return full if _WRAPPED[0] <= margin <= _WRAPPED[1] and len(full) >= 3 else set()


def _frame(text: str) -> list[Span]:
    return [(start, end) for start, end in _spans(re.compile(r"\n"), text) if adverts.is_frame(text[start:end])]


def _spans(ends: re.Pattern[str], text: str) -> list[Span]:
    """What lies between these ends, each with its end; together they are the whole text."""
    spans: list[Span] = []
    at = 0
    for found in ends.finditer(text):
        spans.append((at, found.end()))
        at = found.end()
    if at < len(text) or not spans:
        spans.append((at, len(text)))
    return spans
