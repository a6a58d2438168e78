"""What audit refuses, each with what to do instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from ledger.errors import Kind, Refusal, Refused


def unknown_figure(id: str, known: Iterable[str]) -> Refused:
    """No figure of that id in the catalogue."""
    ids = list(known)
    near = difflib.get_close_matches(id, ids, n=1)
    hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(ids)}"
    zh = f"，是否指 {near[0]}？" if near else f"，现有：{'、'.join(ids)}"
    return _refused("unknown_figure", Kind.NOT_FOUND, f"no figure {id!r}{hint}", f"没有指标 {id!r}{zh}", {"figure": id})


def unknown_rule(id: str, known: Iterable[str]) -> Refused:
    """No audit rule of that id."""
    ids = list(known)
    return _refused(
        "unknown_rule",
        Kind.NOT_FOUND,
        f"no audit rule {id!r}; known are {', '.join(ids)}",
        f"没有审计规则 {id!r}，现有：{'、'.join(ids)}",
        {"rule": id},
    )


def not_published_by(id: str, sha256: str, why: str) -> Refused:
    """A text that is no rule by which this figure was published."""
    return _refused(
        "not_published_by",
        Kind.NOT_FOUND,
        f"{sha256[:12]}… is no rule by which {id} was published here: {why}; wait until the publication is projected",
        f"此处没有按规则 {sha256[:12]}… 公布的指标 {id}：{why}；请等待公布日志汇入",
        {"figure": id, "rule": sha256},
    )


def bad_parameter(name: str, value: object, expected_en: str, expected_zh: str) -> Refused:
    """A parameter that is not what it must be."""
    return _refused(
        "bad_parameter",
        Kind.MALFORMED,
        f"parameter {name} is {value!r}; expected {expected_en}",
        f"参数 {name} 的值 {value!r} 不对，应为{expected_zh}",
        {"parameter": name},
    )


def unknown_parameter(figure: str, name: str, takes: Iterable[str]) -> Refused:
    """A parameter the figure does not have."""
    names = ", ".join(takes)
    return _refused(
        "unknown_parameter",
        Kind.MALFORMED,
        f"{figure} has no parameter {name!r}; it takes {names}",
        f"指标 {figure} 没有参数 {name!r}，可用：{names}",
        {"figure": figure, "parameter": name},
    )


def bad_as_of(value: object) -> Refused:
    """Neither a date nor a cut."""
    return _refused(
        "bad_as_of",
        Kind.MALFORMED,
        f"as_of is {value!r}; expected a date (2025-06-20) or a cut (size of each log)",
        f"as_of 的值 {value!r} 不对，应为日期（2025-06-20）或截面（各日志条数）",
        {},
    )


def unknown_log(log: str, held: Iterable[str]) -> Refused:
    """A log that is not projected here."""
    known = ", ".join(sorted(held)) or "none yet"
    return _refused(
        "unknown_log",
        Kind.NOT_FOUND,
        f"no log {log!r} is held here; held are: {known}",
        f"此处没有日志 {log!r}，现有：{known}",
        {"log": log},
    )


def cut_ahead(log: str, asked: int, held: int) -> Refused:
    """More entries than have been projected."""
    return _refused(
        "cut_ahead",
        Kind.NOT_FOUND,
        f"the cut asks for {asked} entries of {log}, {held} are held; wait until they are projected, or ask for fewer",
        f"截面要求 {log} 的前 {asked} 条，现有 {held} 条；请等待汇入，或改小截面",
        {"log": log, "asked": str(asked), "held": str(held)},
    )


def cut_not_signed(log: str, asked: int, before: int | None, after: int | None) -> Refused:
    """A size at which the log signed nothing: no statement can name its root."""
    near = [str(size) for size in (before, after) if size is not None]
    en = f"; signed next to it: {', '.join(near)}" if near else "; nothing of it is signed yet, ask again in a second"
    zh = f"，其前后已签的条数：{'、'.join(near)}" if near else "，该日志尚无签名，请稍后再试"
    return _refused(
        "cut_not_signed",
        Kind.NOT_FOUND,
        f"{log} signed no checkpoint of {asked} entries{en}",
        f"日志 {log} 在 {asked} 条处没有签名检查点{zh}",
        {"log": log, "asked": str(asked)},
    )


def nothing_signed() -> Refused:
    """No log of the cut has a checkpoint."""
    return _refused(
        "nothing_signed",
        Kind.NOT_FOUND,
        "no log has a signed checkpoint at that point; ask again in a second or two, or for a later one",
        "该时点没有任何日志签过检查点；请稍后再试，或改用较晚的时点",
        {},
    )


def log_stopped(log: str, why: str) -> Refused:
    """What cannot be verified is not signed."""
    return _refused(
        "log_stopped",
        Kind.IMPOSSIBLE,
        f"log {log} contradicts itself and nothing is stated over it: {why}; see docs/operating/diverged.md",
        f"日志 {log} 前后矛盾，已停止汇入，不据此出具数字：{why}；见 docs/operating/diverged.md",
        {"log": log},
    )


def _refused(rule: str, kind: Kind, message: str, zh: str, details: dict[str, str]) -> Refused:
    return Refused(Refusal(rule, kind, message, zh, details))
