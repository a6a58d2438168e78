"""A claim: a published sentence, the figure it speaks of, and its number as printed. Read from TOML."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from ledgerctl.claims.stated import Stated, StatedError, parse

_FIGURE = re.compile(r"[a-z][a-z0-9_]*")
_REQUIRED = ("id", "sentence", "figure", "stated", "as_of")
_OPTIONAL = ("params",)
_DEFAULTS = ("programme", "region")
_DATES = ("from", "to")


class ClaimsError(ValueError):
    """A claims file that cannot be used: Chinese first, English beside it; names the claim and the field."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One published figure. `as_of` is an ISO date, the last business day it speaks of.

    `params` narrow the figure: programme, region, from, to, min_proof, indicator, work_region …
    """

    id: str
    sentence: str
    figure: str
    stated: str
    as_of: str
    params: Mapping[str, str] = field(default_factory=dict)

    def query(self) -> dict[str, str]:
        """The figure's parameters: `params`, with `to` = `as_of` unless the sentence names an earlier end."""
        return {"to": self.as_of, **self.params}

    def reading(self) -> Stated:
        """The stated figure, read. Raises StatedError; a claim from `load` never does."""
        return parse(self.stated, self.sentence)


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
    params = table.get("params", {})
    if not isinstance(params, dict):
        raise ClaimsError(f"{where}: params: 应为表 · must be a table")
    claim = Claim(
        id=_text(where, "id", table["id"]),
        sentence=_text(where, "sentence", table["sentence"]),
        figure=_text(where, "figure", table["figure"]),
        stated=_text(where, "stated", table["stated"]),
        as_of=_day(where, "as_of", table["as_of"]),
        params=dict(defaults)
        | {
            name: _day(where, f"params.{name}", value) if name in _DATES else _text(where, f"params.{name}", value)
            for name, value in params.items()
        },
    )
    if not _FIGURE.fullmatch(claim.figure):
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


def _day(where: str, name: str, value: object) -> str:
    """A TOML date, or the same as text."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    try:
        return date.fromisoformat(value if isinstance(value, str) else "").isoformat()
    except ValueError as error:
        raise ClaimsError(f"{where}: {name}: 应为日期，如 2025-06-20 · must be a date such as 2025-06-20") from error
