"""Work places: a GB/T 2260 code from a code or from the name of a province, city or county; never a guess.

The data is `regions.tsv` beside this file, whose header names its edition and source.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from ledgerctl.registers.text import Cell, fold

_SUFFIX = re.compile(r"(.+?)(特别行政区|自治区|自治州|自治县|自治旗|地区|林区|特区|新区|省|市|县|区|旗|盟)")
_SHORT_SUFFIX = {"自治州": "州", "自治县": "县", "自治旗": "旗"}
_PEOPLES = sorted(
    "蒙古 蒙古族 回族 藏族 维吾尔 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 哈萨克 哈萨克族 傣族 "
    "黎族 傈僳族 佤族 畲族 拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜 土族 达斡尔族 仫佬族 羌族 布朗族 撒拉族 毛南族 "
    "仡佬族 锡伯 塔吉克 怒族 鄂温克族 保安族 裕固族 独龙族 鄂伦春族 普米族 各族".split(),
    key=len,
    reverse=True,
)
#: names that the stripping of peoples would spoil
_SHORT_NAMES = {"内蒙古自治区": "内蒙古", "东乡族自治县": "东乡", "鄂温克族自治旗": "鄂温克"}
_OTHER_SHORT_NAMES = {"内蒙": "150000"}
#: a city and, as often meant, districts elsewhere: 辽宁朝阳 and 北京朝阳
_DISTRICTS_AS_WELL_KNOWN = frozenset({"朝阳"})
_SEPARATORS = re.compile(r"[-—–·.,;:、/\\>|_]")
_MAY_BE_COUNTY = re.compile(r".{1,8}[县区旗市]")
_LONGEST_NAME = 15


@dataclass(frozen=True, slots=True)
class Place:
    """What was understood. `code` is None where nothing certain was; `doubt` names what to warn about.

    `doubt`: unknown, ambiguous, partly (the rest of the text was not understood), retired (a code no longer in force).
    """

    code: str | None
    doubt: str | None


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    current: dict[str, str]
    retired: dict[str, str]
    full: dict[str, frozenset[str]]
    short: dict[str, frozenset[str]]


def _short_names(name: str) -> tuple[str, str]:
    """`大通回族土族自治县` → (`大通`, `大通县`); `南京市` → (`南京`, `南京市`)."""
    match = _SUFFIX.fullmatch(name)
    if match is None:
        return name, name
    stem, suffix = match.groups()
    if name in _SHORT_NAMES:
        return _SHORT_NAMES[name], _SHORT_NAMES[name] + _SHORT_SUFFIX.get(suffix, "")
    if suffix.startswith("自治"):
        people = next((p for p in _PEOPLES if stem.endswith(p) and len(stem) > len(p)), None)
        while people:
            stem = stem.removesuffix(people)
            people = next((p for p in _PEOPLES if stem.endswith(p) and len(stem) > len(p)), None)
    return stem, stem + _SHORT_SUFFIX.get(suffix, suffix)


@cache
def _gazetteer() -> _Gazetteer:
    current: dict[str, str] = {}
    retired: dict[str, str] = {}
    full: defaultdict[str, set[str]] = defaultdict(set)
    short: defaultdict[str, set[str]] = defaultdict(set)
    text = resources.files(__package__).joinpath("regions.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        code, _, rest = line.partition("\t")
        name, _, last_year = rest.partition("\t")
        if line.startswith("#"):
            continue
        if last_year:
            retired[code] = name
            continue
        current[code] = name
        stem, common = _short_names(name)
        full[name].add(code)
        full[common].add(code)
        if len(stem) > 1 and stem != name:
            short[stem].add(code)
    for name, code in _OTHER_SHORT_NAMES.items():
        short[name].add(code)
    return _Gazetteer(
        current,
        retired,
        {name: frozenset(codes) for name, codes in full.items()},
        {name: frozenset(codes) for name, codes in short.items() if name not in full},
    )


def is_current(code: str) -> bool:
    """True for a six-digit code in force in the edition of `regions.tsv`."""
    return code in _gazetteer().current


def is_listed(code: str) -> bool:
    """True for a six-digit code in force, or in force once."""
    return is_current(code) or is_retired(code)


@cache
def _provinces() -> frozenset[str]:
    return frozenset(code[:2] for code in _gazetteer().current)


def is_province(digits: str) -> bool:
    """True for the first two digits of a province there is."""
    return digits in _provinces()


def is_retired(code: str) -> bool:
    """True for a six-digit code that was in force once (1980 on) and is no more."""
    return code in _gazetteer().retired


def _prefix(code: str) -> str:
    """What the codes inside a place start with: `63`, `6301`, `630121`."""
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def _inside(codes: frozenset[str], outer: str) -> frozenset[str]:
    return frozenset(code for code in codes if code.startswith(_prefix(outer)) and code != outer)


def _one_of(codes: frozenset[str]) -> str | None:
    """The place all these codes are certain to mean: the one, or the one that holds all the others."""
    for code in codes:
        if all(other.startswith(_prefix(code)) for other in codes):
            return code
    return None


def _bare(name: str, codes: frozenset[str]) -> str | None:
    """What a name without 省, 市, 县, 区 means when nothing stands before it.

    A province goes before counties and districts of its name, a city before districts of its name
    (whoever means 西安区 or 中山区 says 区); everything else has to be the only one.
    """
    provinces = frozenset(code for code in codes if code.endswith("0000"))
    cities = frozenset(code for code in codes if code.endswith("00")) - provinces
    if provinces:
        return _one_of(provinces | cities)
    names = _gazetteer().current
    if cities and name not in _DISTRICTS_AS_WELL_KNOWN:
        codes = frozenset(code for code in codes if code in cities or not names[code].endswith("区"))
    return _one_of(codes)


def _read(text: str, outer: str | None) -> tuple[str | None, str]:
    """The place that `text` starts with inside `outer`, and the part of the text left over.

    `outer` itself comes back where the text names a place inside it, but not one alone; None where
    it names none.
    """
    known = _gazetteer()
    for length in range(min(len(text), _LONGEST_NAME), 1, -1):
        name, rest = text[:length], text[length:]
        in_full = known.full.get(name, frozenset())
        codes = in_full or known.short.get(name, frozenset())
        if outer is not None:
            codes = _inside(codes, outer)
        if not codes:
            continue
        if rest:
            deeper = {inner: left for code in codes for inner, left in (_read(rest, code),) if inner is not None}
            if len(deeper) == 1:
                return next(iter(deeper.items()))
            if not in_full:
                continue  # 南京路 is a street: a bare name with something unknown behind it is not a place
        one = _one_of(codes) if in_full or outer is not None else _bare(name, codes)
        return (outer, text) if one is None else (one, rest)
    return None, text


@lru_cache(maxsize=8_192)
def _from_name(text: str) -> Place:
    name = _SEPARATORS.sub("", text).removeprefix("中国") or text
    code, left = _read(name, None)
    if code is None:
        known = _gazetteer()
        return Place(None, "ambiguous" if name in known.full or name in known.short else "unknown")
    # a street behind a city or county is no doubt; what may be a county, or anything behind a province, is
    understood = not left or not code.endswith("00") or (not code.endswith("0000") and not _MAY_BE_COUNTY.match(left))
    return Place(code, None if understood else "partly")


def _from_code(digits: str) -> Place:
    code = digits.ljust(6, "0") if len(digits) in {2, 4} else digits[:6]
    known = _gazetteer()
    if code in known.current:
        return Place(code, None)
    if code in known.retired:
        return Place(code, "retired")
    # a county that is not in this edition, in a province that is: the code is as it was stated
    return Place(code, "unknown") if f"{code[:2]}0000" in known.current else Place(None, "unknown")


def place(cell: Cell) -> Place:
    """The place of a cell: `630121` as text or number, `南京`, `江苏省`, `江苏南京`, `江苏省南京市鼓楼区`.

    A name that fits several places, or none, gives no code.
    """
    if isinstance(cell, bool):
        return Place(None, "unknown")
    text = format(cell, ".15g") if isinstance(cell, int | float) else fold(cell) if isinstance(cell, str) else ""
    if re.fullmatch(r"\d{2}|\d{4}|\d{6}(?:0{3}|0{6})?", text):
        return _from_code(text)
    return _from_name(text)
