"""Takes out what was printed beside words to explain them: pinyin and the other script, in brackets."""

from __future__ import annotations

import re
from typing import Final

from ledgerctl.reading.passage import Passage

_CJK: Final = "\u3400-\u4dbf\u4e00-\u9fff"
_TONED: Final = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüêńňǹḿĀÁǍÀĒÉĚÈŌÓǑÒ"
_ZHUYIN: Final = re.compile(rf"(?<=[{_CJK}])[（(][\u3105-\u312fˊˇˋ˙\u0304 ]+[)）]")
#: latin letters, tone marks, and the two look-alikes that type-setters use for a and g
_PINYIN: Final = re.compile(
    rf"(?<=[{_CJK}0-9”」』》%）)])[ \u3000]*[（(\[〔][ ]*"
    rf"(?=[^()（）\[\]〔〕]*[a-zɑɡ{_TONED}])[a-zA-Zɑɡ{_TONED}'’·\- ]*?(?:[1-5](?![0-9])[a-zɑɡ{_TONED} ]*)*"
    rf"[ ]*[)）\]〕]"
)
_BRACKETED: Final = re.compile(rf"[（(〔\[【]([{_CJK}]{{1,8}})[)）〕\]】]")
#: a gloss that the end of the article cut off
_OPEN: Final = re.compile(rf"(?<=[{_CJK}])[（(][a-zɑɡ{_TONED}]+\s*\Z")
_CAPITAL: Final = re.compile(r"[A-Z]")


def without_glosses(passage: Passage) -> Passage:
    """Without bracketed readings (`青海省(qīnghǎishěng)`, `學(xué)`) and other-script glosses (`學(学)`).

    An abbreviation (`(App)`, `(GDP)`) and a bracket that adds something (`镇(街道)`) stay.
    """
    readings = [found.span() for found in _PINYIN.finditer(passage.text) if not _is_abbreviation(found[0])]
    # one gloss may stand behind another: 青海省(qīnghǎishěng)(qīnghǎishěng)
    while readings:
        passage = passage.without(readings, scar=False)
        readings = [found.span() for found in _PINYIN.finditer(passage.text) if not _is_abbreviation(found[0])]
    passage = passage.without([found.span() for found in _ZHUYIN.finditer(passage.text)], scar=False)
    passage = passage.without([found.span() for found in _OPEN.finditer(passage.text)], scar=False)
    same = [
        found.span() for found in _BRACKETED.finditer(passage.text) if passage.text.endswith(found[1], 0, found.start())
    ]
    return passage.without(same, scar=False)


def _is_abbreviation(bracket: str) -> bool:
    return bool(_CAPITAL.search(bracket)) and not any(letter in _TONED for letter in bracket)
