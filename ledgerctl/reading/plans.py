"""Tells plans from results: 计划明年再培训2000人 is not yet a number of anybody. Judged on simplified text."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_DATE: Final = re.compile(r"(?<!\d)(20\d\d)\s?(?:年|-|/|\.)\s?(\d{1,2})\s?(?:月|-|/|\.)\s?(\d{1,2})(?!\d)")

#: what is done in the future where 将 or 计划 stands before it; 将500名学员送到上海 tells what was done
_DOING: Final = (
    r"(?:明年|今年|年内|年底|全年|再|还|新|陆续|继续|进一步|全面|力争|在|于|到|至|用|通过|分|有|为|达|突破|超过|覆盖|"
    r"培训|培育|培养|开展|举办|建|投|组织|实现|带动|开设|完成|发放|提供|输送|吸纳|招|设|推出|惠及|帮助|引导)"
)
#: words after which a number is only wanted
_PLANNED: Final = re.compile(
    r"力争|争取(?=年内|年底|今年|明年|全年|20[0-9]{2}|到20|在|用|再|新|达|实现|突破|完成)|预计|有望|打算|下一步|下一阶段|下一年|明年|后年|今后|未来[一二两三四五0-9几]|"
    rf"(?<![模虚比])拟(?![定合订态人真])|(?:即将|将要|(?<![即已曾])将(?={_DOING}))|"
    rf"(?<!按)(?<!按照)(?<![动训员育划展作业度项原])计划(?={_DOING})|年度?计划(?={_DOING})|"
    r"(?:目标|任务)(?:数|定)?(?:是|为|[:：])|(?<![完实达]成)(?<![年既预]度)(?<![既预]定)目标(?=[0-9])|"
    r"确保(?:到|年内|全年|今年|明年|20[0-9]{2})"
)
#: until a year: a plan where that year is not over
_UNTIL: Final = re.compile(r"(?<![截止直至达])到(20[0-9]{2})年(?:底|末|年底|年末)?(?![0-9]|[ ]?[0-9]{1,2}月)")
#: words after which it is a result all the same
_RESULT: Final = re.compile(r"(?<![而])已|截至|截止|目前|实际|以来|(?<![较比])(?:去年|上年)|至今|分别完成")
#: 培训5000人的目标
_AIM: Final = re.compile(r"^[^，。；！？\n]{0,8}?的?(?:目标(?!任务)|目标任务)(?![^，。；\n]*(?:完成|实现|达成))")
_REACHED: Final = re.compile(r"完成|实现了|达成|超额|圆满")

#: 今年以来, 2024年3月以来
_SINCE: Final = re.compile(
    r"(?:(?P<this>今年|本年)|(?<!\d)(?P<year>20\d\d)年)(?:年初)?(?:(?P<month>\d{1,2})月份?)?以来"
)


def first_date(text: str) -> str:
    """The first whole date of an article, ISO; empty where there is none. Usually the day it was published."""
    for found in _DATE.finditer(text):
        try:
            return date(*map(int, found.groups())).isoformat()
        except ValueError:
            continue
    return ""


def is_plan(before: str, after: str, as_of: str) -> bool:
    """Whether a number is planned. `before`, `after`: its sentence on both sides; `as_of`: ISO day, or empty.

    A word of planning counts until a word of result stands between it and the number. A year that ended
    before `as_of` is no plan; without a day every 到2027年 is one.
    """
    marks = [found.end() for found in _PLANNED.finditer(before)]
    marks += [found.end() for found in _UNTIL.finditer(before) if found[1] >= as_of[:4]]
    if marks and not _RESULT.search(before, max(marks)):
        return True
    clause = re.split("[，,；;]", before)[-1]
    return bool(_AIM.match(after)) and not _REACHED.search(clause)


def since(before: str, as_of: str) -> tuple[bool, str]:
    """(whether the sentence counts from a beginning: 今年以来, 2024年3月以来, the ISO day; empty if not known)."""
    beginnings = list(_SINCE.finditer(before))
    if not beginnings:
        return False, ""
    found = beginnings[-1]
    year = found["year"] or (as_of[:4] if found["this"] else "")
    try:
        day = date(int(year), int(found["month"] or 1), 1).isoformat() if year else ""
    except ValueError:
        return True, ""
    # what begins after the day it ends is a misprint, or the day is not the article's
    return True, day if not as_of or day <= as_of else ""
