"""The register reader on whatever is typed: it answers or refuses, exactly, and never anything else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledgerctl.registers import Report, dates, identity, numbers, places, plans, texts
from ledgerctl.registers.layout import SHEETS, Sheet
from ledgerctl.registers.problems import BadValue
from ledgerctl.registers.table import Cells, Oddities, Table, find_table
from ledgerctl.registers.text import Cell
from tests.support.registers import PERSON_REF, SETUP, STAFF_REF
from tests.support.registers import identity as synthetic

DAYS = st.dates(dt.date(1950, 1, 1), dt.date(2099, 12, 31))
TYPED = st.sampled_from(
    [*"无 合计 2025-02-30 2025.5.10 4,200元 0.42万 撤回 失联 合格 AG-1 江苏南京 张三家 备注：".split(), synthetic()]
)
CELLS: st.SearchStrategy[Cell] = (
    st.none()
    | TYPED
    | st.text(max_size=12)
    | st.floats()
    | st.integers(-(2**60), 2**60)
    | st.booleans()
    | DAYS
    | st.datetimes()
    | st.times()
    | st.timedeltas()
)
READERS: list[Callable[[Any], Any]] = [
    dates.day, dates.day_1904, dates.month, numbers.money, numbers.count("人"), numbers.tenths("分"), numbers.stated,
    texts.code, texts.public, texts.note, texts.person_name, identity.identity_number,
]  # fmt: skip


@given(DAYS)
def test_every_way_of_writing_a_date_gives_the_same_date(day: dt.date) -> None:
    written: list[Cell] = [
        day, dt.datetime.combine(day, dt.time(9)), f"{day:%Y-%m-%d}", f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}", float(f"{day:%Y%m%d}"),
        (day - dt.date(1899, 12, 30)).days,
    ]  # fmt: skip
    assert {dates.day(cell) for cell in written} == {day.isoformat()}
    assert dates.month(day.isoformat()) == day.isoformat()[:7]


@given(st.integers(0, 10**12))
def test_money_in_fen_survives_every_way_of_writing_it(fen: int) -> None:
    yuan = Decimal(fen) / 100
    for cell in (f"{yuan}", f"{yuan:,}元", f"¥{yuan}", f"{yuan / 10_000:f}万", float(yuan)):
        assert numbers.money(cell) == fen


@given(st.integers(1, 999), st.dates(dt.date(1930, 1, 1), dt.date(2009, 12, 31)), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_in_an_identity_number_is_always_noticed(at: int, born: dt.date, place: int, by: int) -> None:
    number = synthetic(at, f"{born:%Y%m%d}")
    assert identity.identity_number(number).number == number
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    with pytest.raises(BadValue):
        identity.identity_number(wrong)


@given(st.sampled_from(READERS), CELLS)
def test_a_reader_answers_or_refuses_whatever_is_in_the_cell(read: Callable[[Any], Any], cell: Cell) -> None:
    try:
        value = read(cell)
    except BadValue as bad:
        said = (bad.zh, bad.en)
        assert all(said)
    else:
        if isinstance(value, int):
            assert 0 <= value <= numbers.LARGEST


@given(CELLS)
def test_a_place_is_a_code_or_nothing(cell: Cell) -> None:
    found = places.place(cell)
    assert found.code is None or (len(found.code) == 6 and found.code.isascii() and found.code.isdigit())
    assert found.code is not None or found.doubt is not None


@st.composite
def tables(draw: st.DrawFn) -> tuple[Sheet, list[list[Cell]]]:
    """A sheet with all its headers and rows of anything: mostly what belongs there, some of what does not."""
    sheet = draw(st.sampled_from(sorted(SHEETS.values(), key=lambda one: one.name)))
    usual: dict[str, st.SearchStrategy[Cell]] = {
        "身份证号": st.sampled_from([synthetic(), synthetic(2)]),
        "姓名": st.just("王小明"),
        "协议类型": st.sampled_from(["就业意向协议", "劳动合同"]),
        "在岗状态": st.sampled_from(["在岗", "失联"]),
        "口径": st.just("存量"),
        "数值": st.integers(0, 9),
        "活动类型": st.just({"招聘活动": "签约仪式"}.get(sheet.name, "其他")),
    }
    cells = [
        usual.get(column.header, DAYS if "日期" in column.header else st.sampled_from(["甲", "乙"])) | CELLS
        for column in sheet.columns
    ]
    return sheet, draw(st.lists(st.tuples(*cells).map(list), max_size=8))


@settings(max_examples=150)
@given(tables())
def test_every_row_is_accounted_for_and_every_plan_is_complete(made: tuple[Sheet, list[list[Cell]]]) -> None:
    sheet, rows = made

    def numbered() -> Iterator[tuple[int, Cells]]:
        yield 1, [column.header for column in sheet.columns]
        yield from enumerate(rows, 2)

    table = find_table(sheet, numbered(), Oddities())
    assert isinstance(table, Table)
    report = Report(Path("x.xlsx"))
    for plan in plans([table], SETUP, report):
        for _, facts in plan.facts(PERSON_REF, STAFF_REF, "hh_" + "c" * 32):
            values = [getattr(fact, name) for fact in facts.values() for name in fact.__struct_fields__]
            assert not any(isinstance(value, str) and value.startswith("\x00") for value in values)
        report.recorded(plan)
    one = report.sheets[sheet.name]
    assert one.pending == 0
    assert one.read == one.recorded + one.already + len(one.refused)
    assert one.read + len(one.skipped) == len(rows)
