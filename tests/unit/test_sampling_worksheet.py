"""The sheet that goes out and comes back."""

from __future__ import annotations

import pytest

from ledgerctl.failures import BadInput
from ledgerctl.sampling.lot import Place
from ledgerctl.sampling.worksheet import COLUMNS, blank, filled

SAMPLE = [Place(f"agreement/a/p/intent/{at}", "ledger.local/placement", at) for at in (12, 7, 99)]


def sheet(*rows: str) -> bytes:
    return "\r\n".join([",".join(COLUMNS), *rows]).encode("utf-8-sig")


def test_a_blank_sheet_comes_back_with_nothing_to_take() -> None:
    assert filled(blank(SAMPLE)) == []


def test_results_are_taken_where_they_are_filled_in() -> None:
    text = blank(SAMPLE).decode("utf-8-sig").splitlines()
    text[1] = text[1].removesuffix(",,") + ",属实,2025-07-01"
    text[3] = text[3].removesuffix(",,") + ",无法核实,2025年7月2日"
    back = filled("\n".join(text).encode("gb18030"))
    assert [(one.row, one.index, one.result, one.verified_on) for one in back] == [
        (2, 12, "confirmed", "2025-07-01"),
        (4, 99, "unreachable", "2025-07-02"),
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1,k,ledger.local/placement,12,可能,2025-07-01", "不在列表"),
        ("1,k,ledger.local/placement,12,属实,2025-02-30", "日期"),
        ("1,k,ledger.local/placement,12,属实,", "核验日期"),
        ("1,k,ledger.local/placement,twelve,属实,2025-07-01", "不是数字"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(row: str, said: str) -> None:
    with pytest.raises(BadInput, match="第 2 行") as refused:
        filled(sheet(row))
    assert said in refused.value.message


def test_a_sheet_without_its_columns_is_refused() -> None:
    with pytest.raises(BadInput, match="核验结果"):
        filled("姓名,日志,条目\n".encode())


def test_an_open_quote_does_not_swallow_rows() -> None:
    with pytest.raises(BadInput, match="引号"):
        filled(sheet('1,"k,ledger.local/placement,12,属实,2025-07-01'))
