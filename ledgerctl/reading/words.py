"""Words of a sentence, and the words that say what a quantity counts. The segmenter is jieba's (rjieba)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_NOMINAL: Final = ("n", "vn", "an", "b", "j", "l", "i", "eng", "s", "nz", "a")
_JOINING: Final = frozenset("和与及、的之")
#: that something is planned is no part of what is counted
_WANTING: Final = frozenset("力争 争取 计划 预计 打算 拟".split())
_QUOTES: Final = frozenset("“”‘’「」『』")
_SKIPPED_BEFORE: Final = frozenset(
    """达 达到 已 已经 共 共计 总计 累计 合计 为 有 均 约 近 超 超过 突破 逾 至 到 了 的 各 现有 共有 达成 其中 总 总数
    数 分别 可 能 仅 就 也 并 还 又 再 内 中 上 等 等等 人数 以上 其 由 增加 增长 提高 下降 减少 增至 扩大 稳定 在 保持
    同比 环比
    （ ( ” 」 』 ）""".split()
)
_DOING: Final = (
    "就业",
    "培训",
    "招聘",
    "创业",
    "服务",
    "实习",
    "上岗",
    "签约",
    "参赛",
    "托育",
    "托管",
    "护理",
    "输送",
    "求职",
    "投诉",
)
#: adverbs, prepositions, particles, conjunctions, places, marks
_LITTLE: Final = ("d", "p", "u", "ul", "uj", "x", "c", "f")
#: numerals and measure words, and what else stands within a printed count
_COUNTING: Final = ("m", "q", "mq")
_MEASURES: Final = frozenset("人 名 位 人次 场次 份 家 户 个 件 期".split())
_SURPLUS: Final = frozenset("余 多 近 约 超 以上 左右".split())
_CHANGES: Final = ("增长", "增加", "提高", "上升", "下降", "减少", "提升")
_SENTENCE_ENDS: Final = frozenset("。；;！？!?\n")
_STOPS: Final = frozenset("，,。；;：:！？!?\n")
_LENGTH_MAX: Final = 24


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its part of speech (jieba's letters), at [start, end) of the sentence."""

    text: str
    tag: str
    start: int
    end: int


def words(sentence: str) -> list[Word]:
    """The sentence cut into words."""
    import rjieba

    found, at = [], 0
    for text, tag in rjieba.tag(sentence):
        found.append(Word(text, tag, at, at + len(text)))
        at += len(text)
    return found


def subject(sentence: Sequence[Word], start: int, end: int) -> str:
    """What [start, end) counts: the nouns behind it, else those before it, else what was done. May be empty."""
    before = [Word(one.text[: start - one.start], one.tag, one.start, one.end) for one in sentence if one.start < start]
    # a word the unit was cut from: 余份协议 as 余份 and 协议
    behind = [
        Word(one.text[max(0, end - one.start) :], one.tag, one.start, one.end) for one in sentence if one.end > end
    ]
    own = next((at for at in range(len(before), 0, -1) if before[at - 1].text in _STOPS), 0)
    found = _behind(behind) or _before(before[own:]) or _behind(behind, done=True)
    # 受理投诉12件、办结12件: what the count before it is of
    listed = next((at for at in range(len(before), own, -1) if before[at - 1].text == "、"), own)
    found = found or _before(_without_counts(before[own:listed]))
    return found or _before(_without_counts(before[:own])) or _changed(before[own:])


def _without_counts(sentence: Sequence[Word]) -> Sequence[Word]:
    """Without the counts and marks it ends with: 受理群众问题311件， is about 群众问题."""
    end = len(sentence)
    while end and (sentence[end - 1].tag in _COUNTING or sentence[end - 1].text in _SURPLUS | _STOPS | {"、"}):
        if sentence[end - 1].text in _SENTENCE_ENDS:
            break
        end -= 1
    # 人 behind a number is a measure word, whatever the segmenter calls it
    while end > 1 and sentence[end - 1].text in _MEASURES and sentence[end - 2].tag in _COUNTING:
        end -= 1
        while end and (sentence[end - 1].tag in _COUNTING or sentence[end - 1].text in _SURPLUS):
            end -= 1
    return sentence[:end]


def _changed(sentence: Sequence[Word]) -> str:
    """较去年增长, where nothing says of what."""
    said = "".join(word.text for word in sentence if word.text not in _STOPS)
    return said if said.endswith(_CHANGES) and len(said) <= _LENGTH_MAX else ""


def _behind(sentence: Sequence[Word], *, done: bool = False) -> str:
    """The nouns that a piece of a sentence begins with; `done`: a verb may lead."""
    taken: list[Word] = []
    for word in sentence:
        if word.text in _QUOTES or (not taken and word.text == "的"):
            continue
        leads = done and len(taken) < 2 and word.tag.startswith("v")
        if not (leads or _is_nominal(word) or (taken and word.text in _JOINING) or _is_doing(word)):
            break
        taken.append(word)
    while taken and taken[-1].text in _JOINING:
        taken.pop()
    if not any(word.tag.startswith(("n", "vn", "j", "l", "an")) or (done and _is_doing(word)) for word in taken):
        return ""
    return "".join(word.text for word in taken)[:_LENGTH_MAX]


def _before(sentence: Sequence[Word]) -> str:
    """The nouns that a piece of a sentence ends with, and what was done with them where that is their name."""
    taken: list[Word] = []
    for word in reversed(sentence):
        if word.text in _QUOTES:
            continue
        if not taken and (word.text in _SKIPPED_BEFORE or word.text in _STOPS or word.tag in _LITTLE):
            continue
        if not (_is_nominal(word) or word.tag.startswith("v") or word.text in _JOINING):
            break
        taken.insert(0, word)
    while len(taken) > 1 and (
        taken[0].text in _JOINING | _WANTING or (taken[0].tag == "v" and not _is_doing(taken[0]))
    ):
        taken.pop(0)
    if not any(word.tag.startswith(("n", "vn", "j", "l", "an", "b")) or _is_doing(word) for word in taken):
        return ""
    return "".join(word.text for word in taken)[-_LENGTH_MAX:]


def _is_nominal(word: Word) -> bool:
    return word.tag.startswith("n") or word.tag in _NOMINAL


def _is_doing(word: Word) -> bool:
    return word.text in _DOING
