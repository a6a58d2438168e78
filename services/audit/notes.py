"""What a reader of a figure must know beside its number: one line each, Chinese first. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from services.outcomes.catalogue import FigureRule


def erased(persons: int) -> str:
    """Persons stay counted after their data are erased."""
    return (
        f"其中 {persons} 人的个人信息已删除，仍计入；其人若再次登记会得到新编号 · "
        f"{persons} of the persons counted had their personal data erased; they stay counted, "
        "and whoever returns gets a new reference"
    )


def several_statements(count: int) -> str:
    """Unlike statements have no sum."""
    return (
        f"共 {count} 项上报，性质不同，不合计；请用参数 indicator 指定一项 · "
        f"{count} statements that cannot be added up; name one with the parameter indicator"
    )


def before_everything() -> str:
    """A cut of nothing: the date was before the first entry."""
    return (
        "截至该日台账尚无任何记录；--as-of 指登记时间，业务日期用 --to · "
        "nothing had been recorded by then; --as-of is when entries were recorded, --to is the business date"
    )


def stock(rule: FigureRule) -> str:
    """A stock ignores `from`."""
    return f"{rule.name_zh}是时点数，起始日期不适用 · a stock on the day `to`: `from` does not apply"


def no_values() -> str:
    """A mean of nothing."""
    return "没有可计入的数值 · no value to take a mean of"


def nothing_of(name: str, value: str) -> str:
    """A nought that may be a slip of the pen: no entry in the cut has this programme or region."""
    what = {"programme": "项目", "region": "地区"}[name]
    return (
        f"截面内没有{what} {value} 的任何记录，请核对{what}代码 · "
        f"no entry of {name} {value} is in the cut: check the {name}"
    )


def parked(entries: int) -> str:
    """Entries that could not be read."""
    return f"不完整：有 {entries} 条无法读取、待处理 · incomplete: {entries} parked"


def stopped(logs: Mapping[str, str]) -> list[str]:
    """Logs that are not followed any further."""
    return [f"日志 {log} 已停止汇入：{why} · log {log} has stopped: {why}" for log, why in sorted(logs.items())]
