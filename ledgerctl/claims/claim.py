"""A claim: a published sentence, the figure it speaks of, and its number as printed. Read from TOML.

Where words cannot tell how two claims of a file belong together, the file says it: `subset_of`,
`part_of`, `outcome_of`, `same_as`, `may_overlap`, `per_head_of` name the other claim.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from ledgerctl.claims.stated import Stated, StatedError, parse

_FIGURE = re.compile(r"[a-z][a-z0-9_]*")
_REQUIRED = ("id", "sentence", "as_of")
_TEXTS = ("figure", "stated", "printed", "aspect", "source", "note_zh", "note_en")
#: what one claim may say of others of its file
RELATIONS = ("subset_of", "part_of", "outcome_of", "same_as", "may_overlap", "per_head_of")
_OPTIONAL = (*_TEXTS, *RELATIONS, "params", "kinds", "capacity", "confirmed")
_DEFAULTS = ("programme", "region")
_DATES = ("from", "to")


class ClaimsError(ValueError):
    """A claims file that cannot be used: Chinese first, English beside it; names the claim and the field."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One published figure. `as_of` is an ISO date, the last business day it speaks of.

    `params` narrow the figure: programme, region, from, to, min_proof, indicator, work_region …
    `figure` is empty where no figure of the ledger can speak of it; `stated` is empty where the
    sentence names no number: a process, or what stands in `printed` (a label, a date, an ordinal).
    `aspect`: which number of the figure's answer is meant (`verdict.aspect_of`); empty: its value.
    `source`: who printed it, where that is not the file's own report. `note_zh`, `note_en`: in plain
    words, why it is backed by no entries. `relations`: relation → ids of the other claims. `kinds`:
    unlike things that the sentence counts as one. `capacity`: it says what could be done, not what was.
    """

    id: str
    sentence: str
    figure: str
    stated: str
    as_of: str
    params: Mapping[str, str] = field(default_factory=dict)
    printed: str = ""
    aspect: str = ""
    source: str = ""
    note_zh: str = ""
    note_en: str = ""
    relations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    capacity: bool = False

    def query(self) -> dict[str, str]:
        """The figure's parameters: `params`, with `to` = `as_of` unless the sentence names an earlier end."""
        return {"to": self.as_of, **self.params}

    def reading(self) -> Stated:
        """The stated figure, read; without a number where none is stated. Raises StatedError; a claim from
        `load` never does."""
        return parse(self.stated, self.sentence) if self.stated else Stated(self.printed, None, "")

    def of(self, relation: str) -> tuple[str, ...]:
        """The ids of the claims it stands in this relation to."""
        return self.relations.get(relation, ())


def load(path: Path) -> list[Claim]:
    """The claims of a file, in its order. Raises ClaimsError, also where the file cannot be read."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ClaimsError(f"读不到 {path} · cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ClaimsError(f"{path} 不是合格的 TOML · {path} is not valid TOML: {error}") from error
    if unknown := sorted(set(document) - {*_DEFAULTS, "claim"}):
        raise ClaimsError(f"{path}: 不认识的字段 · unknown field: {', '.join(unknown)}")
    defaults = {name: _text(str(path), name, document[name]) for name in _DEFAULTS if name in document}
    tables = document.get("claim")
    if not isinstance(tables, list) or not tables:
        raise ClaimsError(f"{path}: 至少要有一条 [[claim]] · it needs at least one [[claim]]")
    claims = [_claim(f"{path}: claim {at}", table, defaults) for at, table in enumerate(tables, start=1)]
    seen: set[str] = set()
    for claim in claims:
        if claim.id in seen:
            raise ClaimsError(f"{path}: claim {claim.id}: id: 编号重复 · this id stands twice")
        seen.add(claim.id)
    for claim in claims:
        for relation, others in claim.relations.items():
            if wrong := [other for other in others if other not in seen or other == claim.id]:
                raise ClaimsError(
                    f"{path}: claim {claim.id}: {relation}: 文件里没有这条 · no other claim of the file: {wrong[0]}"
                )
    return claims


def _claim(where: str, table: object, defaults: Mapping[str, str]) -> Claim:
    if not isinstance(table, dict):
        raise ClaimsError(f"{where}: 应为 [[claim]] 表 · must be a [[claim]] table")
    if isinstance(table.get("id"), str):
        where = f"{where} ({table['id']})"
    for name in _REQUIRED:
        if name not in table:
            raise ClaimsError(f"{where}: {name}: 缺少 · is missing")
    if unknown := sorted(set(table) - {*_REQUIRED, *_OPTIONAL}):
        raise ClaimsError(
            f"{where}: {unknown[0]}: 不认识的字段，参数写在 params 里 · unknown field; parameters go in params"
        )
    if table.get("confirmed", True) is not True:
        raise ClaimsError(
            f"{where}: confirmed: 尚未确认：对照原文核对后改为 confirmed = true，或删去这条 · "
            "not confirmed: hold it against the article, then write confirmed = true, or delete it"
        )
    params = table.get("params", {})
    if not isinstance(params, dict):
        raise ClaimsError(f"{where}: params: 应为表 · must be a table")
    capacity = table.get("capacity", False)
    if not isinstance(capacity, bool):
        raise ClaimsError(f"{where}: capacity: 应为 true 或 false · must be true or false")
    texts = {name: _text(where, name, table[name]) if name in table else "" for name in _TEXTS}
    if not texts["stated"] and not texts["printed"]:
        raise ClaimsError(
            f"{where}: stated: 缺少；句中没有数字的写 printed · is missing; "
            "where the sentence names no number, write printed"
        )
    if not texts["figure"] and not texts["note_zh"]:
        raise ClaimsError(
            f"{where}: figure: 缺少；没有指标可对的，写 note_zh 说明原因 · is missing; "
            "where no figure can speak of it, note_zh says why"
        )
    claim = Claim(
        id=_text(where, "id", table["id"]),
        sentence=_text(where, "sentence", table["sentence"]),
        as_of=_day(where, "as_of", table["as_of"]),
        params=dict(defaults)
        | {
            name: _day(where, f"params.{name}", value) if name in _DATES else _text(where, f"params.{name}", value)
            for name, value in params.items()
        },
        relations={name: _texts(where, name, table[name]) for name in RELATIONS if name in table},
        kinds=_texts(where, "kinds", table["kinds"]) if "kinds" in table else (),
        capacity=capacity,
        figure=texts["figure"],
        stated=texts["stated"],
        printed=texts["printed"],
        aspect=texts["aspect"],
        source=texts["source"],
        note_zh=texts["note_zh"],
        note_en=texts["note_en"],
    )
    if claim.figure and not _FIGURE.fullmatch(claim.figure):
        raise ClaimsError(f"{where}: figure: 不是指标编号 · not the id of a figure: {claim.figure}")
    if claim.params.get("to", claim.as_of) > claim.as_of:
        raise ClaimsError(f"{where}: params.to: 晚于 as_of · is after as_of")
    try:
        claim.reading()
    except StatedError as error:
        raise ClaimsError(f"{where}: stated: {error}") from error
    return claim


def _text(where: str, name: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ClaimsError(f"{where}: {name}: 应为非空文字，加引号 · must be text, not empty, in quotes")
    return value.strip()


def _texts(where: str, name: str, value: object) -> tuple[str, ...]:
    """One text, or a list of them."""
    return tuple(_text(where, name, one) for one in (value if isinstance(value, list) else [value]))


def _day(where: str, name: str, value: object) -> str:
    """A TOML date, or the same as text."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    try:
        return date.fromisoformat(value if isinstance(value, str) else "").isoformat()
    except ValueError as error:
        raise ClaimsError(f"{where}: {name}: 应为日期，如 2025-06-20 · must be a date such as 2025-06-20") from error
