"""Rows of one file that say something again, and rows that say something else under the same key."""

from __future__ import annotations

from ledgerctl.registers.plan import Refused, RowPlan
from ledgerctl.registers.problems import Caution, Problem


class Repeats:
    """What a file has stated so far: 16 bytes and a row number for each key. One for each file."""

    def __init__(self) -> None:
        self._stated: dict[tuple[str, ...], tuple[int, bytes]] = {}
        self._shared: dict[tuple[str, ...], tuple[int, bytes]] = {}
        self._names: dict[str, tuple[str, int, str]] = {}

    def judge(self, plan: RowPlan) -> Refused | int | None:
        """None for a new row, the earlier row's number for the same again, Refused for other content under its key."""
        content = plan.content
        earlier = self._stated.get(plan.key)
        if earlier is not None:
            return earlier[0] if earlier[1] == content else self._conflict(plan, earlier[0], of_class=False)
        for key, stated in plan.shared:
            before = self._shared.get(key)
            if before is not None and before[1] != stated:
                return self._conflict(plan, before[0], of_class=True)
        self._stated[plan.key] = (plan.row, content)
        for key, stated in plan.shared:
            self._shared.setdefault(key, (plan.row, stated))
        return None

    def other_name(self, plan: RowPlan) -> Caution | None:
        """A warning where an earlier row gives the same identity number another name."""
        if plan.person is None:
            return None
        first = (plan.sheet, plan.row, plan.person.name)
        sheet, row, name = self._names.setdefault(plan.person.id_number, first)
        if name == plan.person.name:
            return None
        return Caution(
            plan.row,
            f"证件号码与「{sheet}」第 {row} 行相同而姓名不同，请核对",
            f"the identity number of row {row} of {sheet} with another name; check it",
        )

    @staticmethod
    def _conflict(plan: RowPlan, row: int, *, of_class: bool) -> Refused:
        if of_class:
            problem = Problem(
                "conflicting_row",
                f"与第 {row} 行是同一班级，但班级信息（工种、类型、机构、地点或开班日期）不同，请统一后重新导入",
                f"the class of row {row} with another occupation, type, provider, place or date; make them agree",
                "班级编号",
            )
        else:
            problem = Problem(
                "conflicting_row",
                f"与第 {row} 行是同一条记录，但内容不同；请保留正确的一行",
                f"the same record as row {row} with other content; keep the right one",
            )
        return Refused(plan.sheet, plan.row, (problem,), plan.cells)
