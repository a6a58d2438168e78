"""Which rows below the header are records. The others are skipped, and each is reported with its reason.

- blank: nothing in it, or nothing under a known column;
- totals: 合计 and the like, with required cells missing;
- note: 备注, 说明, 填表人 and the like, or one lone cell, or no required cell;
- header_again: the header row repeated, as on printed pages;
- merged: part of a merged cell that hides one of its columns: whose value that is would be a guess.

A row that has all its required cells is always a record.
"""

from __future__ import annotations

import re

from ledgerctl.registers.problems import Skipped
from ledgerctl.registers.table import Cells, Table
from ledgerctl.registers.text import fold, header_of, is_blank, is_empty, plain

_TOTALS = re.compile(
    r"(?:本[页月年期班]|累|总|全[县市年部])?(?:合计|总计|小计|共计|累计|总数|总共)(?:[:：(]?[\d,.]*\S{0,4})"
)
_NOTE = re.compile(
    r"本表|(?:备注|说明|附注|注|填表(?:人|单位|日期|说明)?|制表(?:人|单位|日期)?|填报(?:人|单位|日期|说明)?|"
    r"报送(?:人|单位|日期)?|审核(?:人|意见)?|审批(?:人|意见)?|复核人?|经办人?|负责人|联系人|单位(?:负责人|盖章|公章)|"
    r"\(?盖章\)?|打印(?:日期|时间)|日期|以上)(?:$|[:\d、.,(]|数据|所列|人员|由|仅)"
)


class RowSorter:
    """Tells records of one table from everything else."""

    def __init__(self, table: Table) -> None:
        self._known = tuple(bound.place for bound in table.bound)
        self._required = tuple(bound.place for bound in table.bound if bound.column.required)
        self._header = {bound.place: bound.column.header for bound in table.bound}
        self._written = {bound.place: header_of(table.header[bound.place]) for bound in table.bound}
        self._covered = table.oddities.covered

    def skip(self, row: int, cells: Cells) -> Skipped | None:
        """Why this row is no record, or None where it is one. `cells` is as long as the header at least."""
        if all(not is_empty(cells[place]) for place in self._required):
            if self._is_header(cells):
                return Skipped(row, "header_again", "重复的表头", "the header row again")
            return self._merged(row, cells)
        filled = [place for place, cell in enumerate(cells) if not is_blank(cell)]
        if not any(place in self._header for place in filled):
            words = fold(plain(cells[filled[0]])) if filled else ""
            if _TOTALS.fullmatch(words):
                return _totals(row)
            if _NOTE.match(words) or len(words) > 12:
                return _note(row)
            return Skipped(row, "blank", "空行", "blank row")
        if any(_TOTALS.fullmatch(fold(plain(cells[place]))) for place in filled[:6]):
            return _totals(row)
        if self._is_note(cells, filled):
            return _note(row)
        return self._merged(row, cells)

    def _is_note(self, cells: Cells, filled: list[int]) -> bool:
        said = [place for place in self._required if not is_empty(cells[place])]
        if not said or (len(filled) == 1 and len(self._required) > 2):
            return True
        return bool(_NOTE.match(fold(plain(cells[filled[0]]))))

    def _is_header(self, cells: Cells) -> bool:
        first = self._required[0]
        return header_of(cells[first]) == self._written[first] and all(
            header_of(cells[place]) == self._written[place] for place in self._required
        )

    def _merged(self, row: int, cells: Cells) -> Skipped | None:
        covered = self._covered.get(row)
        if not covered:
            return None
        hidden = [self._header[place] for place in self._known if place in covered]
        if not hidden:
            return None
        columns = "、".join(hidden)
        return Skipped(
            row,
            "merged",
            f"「{columns}」在合并单元格内，无法确定本行的值，未导入；请取消合并并逐行填写",
            f"{', '.join(hidden)}: under a merged cell, so the value of this row is not certain; not imported: "
            "unmerge and fill in every row",
        )


def _totals(row: int) -> Skipped:
    return Skipped(row, "totals", "合计行", "a totals row")


def _note(row: int) -> Skipped:
    return Skipped(row, "note", "备注或说明行", "a note")
