"""Reads an article: mends it, finds its quantities, keeps the figures. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from ledgerctl.claims.stated import StatedError, parse
from ledgerctl.reading import plans, propose, script, sift
from ledgerctl.reading.mending import mended
from ledgerctl.reading.numerals import plain
from ledgerctl.reading.passage import Passage, Span
from ledgerctl.reading.quantities import Quantity, quantities
from ledgerctl.reading.words import Word, subject, words

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

#: what cases are counted by, and what is done with them
_CASES: Final = ("件", "起", "例", "宗")
_SETTLING: Final = re.compile(r"受理|接到|收到|办结|化解|解决|处理")
#: how much of an endless sentence is looked at on either side of a figure
_FAR: Final = 300


@dataclass(frozen=True, slots=True)
class Candidate:
    """A figure that an article may claim.

    `value` in units of one, a rate in percent. `qualifier`, `unit` and `subject` are simplified, empty
    where there is none; `sentence` is in the article's own script, without glosses and advertising.
    `stated`: the figure as printed. `doubtful`: the printed figure is damaged, the number is put together.
    `line`: of the file, from 1. `flags`: `torn` (as doubtful), `range` (the qualifier names the upper end),
    `opposite` (失业 where 就业 may be meant), `capacity` (what could be done), `plan` (what is still to be
    done; `figure` is empty then), and the faults of rule C18. `from_beginning`: it counts from a day that
    the sentence names (今年以来); `since`: that day, ISO, empty where the year is not known.
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
    from_beginning: bool = False
    since: str = ""

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


def read(text: str, as_of: str = "") -> list[Candidate]:
    """The figures of an article, in its order. `as_of`: ISO day it speaks until; empty: its first date."""
    article = mended(text)
    day = as_of or plans.first_date(article.passage.text)
    passage = article.passage
    found: list[Candidate] = []
    bounds = _spans(_SENTENCE_ENDS, passage.text)
    starts = [start for start, _ in bounds]
    clauses = _spans(_CLAUSE_ENDS, passage.text)
    clause_starts = [start for start, _ in clauses]
    cut: dict[Span, list[Word]] = {}
    for one in quantities(passage.text):
        sentence = _around(one, bounds[bisect_right(starts, one.number) - 1])
        clause = _around(one, clauses[bisect_right(clause_starts, one.number) - 1])
        if sentence not in cut:
            cut[sentence] = words(passage.text[slice(*sentence)])
        spans = [(word.start + sentence[0], word.end + sentence[0]) for word in cut[sentence]]
        if sift.is_figure(one, sift.Surroundings(passage.text, clause, sentence, article.spliced), spans):
            found.append(_candidate(passage, one, sentence, clause, cut[sentence], spun=article.spun, day=day))
    return found


def _candidate(
    passage: Passage, one: Quantity, sentence: Span, clause: Span, cut: list[Word], *, spun: bool, day: str
) -> Candidate:
    text = passage.text
    said = text[slice(*sentence)]
    about = subject(cut, one.start - sentence[0], one.end - sentence[0])
    near, wide, noun = _settled(text, one, clause) or text[slice(*clause)], said, about
    if spun:
        near, wide, noun = script.restored(near), script.restored(wide), script.restored(noun)
    proposed = propose.proposal(one.unit, noun, near, wide)
    doubtful = passage.torn(one.start, one.end) or _NO_NUMBER.match(text, one.number) is not None
    planned = plans.is_plan(text[sentence[0] : one.start], text[one.end : sentence[1]], day)
    if planned:
        proposed = propose.Proposal("")
    from_beginning, since = plans.since(text[sentence[0] : one.start], day)
    fault = _fault(one.stated, text[slice(*clause)])
    # a fault of the sentence that is another figure's: this one is shown in its own clause
    shown = sentence if fault == _fault(one.stated, said) else clause
    flags = (
        *(["torn"] if doubtful else []),
        *(["range"] if one.qualifier[:1] == "至" and one.qualifier[1:2].isdigit() else []),
        *(["opposite"] if _FLIPPED.search(said) or (spun and _FLIPPED_IF_SPUN.search(said)) else []),
        *([fault] if fault else []),
        *(["capacity"] if _CAPACITY.search(near) else []),
        *(["plan"] if planned else []),
    )
    printed = passage.printed[slice(*shown)].strip(" \n")
    return Candidate(
        one.value, one.qualifier, one.unit, noun, printed, proposed.figure, doubtful, one.stated,
        passage.lines[one.start], dict(proposed.params), flags, from_beginning, since,
    )  # fmt: skip


def _settled(text: str, one: Quantity, clause: Span) -> str:
    """The part of a clause between 、 where it says what became of cases: 受理12件、办结11件. Else empty."""
    start = text.rfind("、", clause[0], one.start) + 1 or clause[0]
    end = text.find("、", one.end, clause[1])
    part = text[start : end if end >= 0 else clause[1]]
    return part if one.unit in _CASES and _SETTLING.search(part) else ""


def _around(one: Quantity, span: Span) -> Span:
    """The span, or of one that no writer would write what lies around the quantity."""
    if span[1] - span[0] <= 2 * _FAR:
        return span
    return max(span[0], one.start - _FAR), min(span[1], one.end + _FAR)


def _fault(stated: str, sentence: str) -> str | None:
    """What is wrong with the figure as printed, by the rules of `claims check`."""
    try:
        return parse(stated, sentence).fault
    except StatedError:
        return None


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
