"""Cells as people really type them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from ledgerctl.registers import dates, numbers, texts
from ledgerctl.registers.problems import BadValue
from ledgerctl.registers.text import header_of, is_empty, scale_of


def rule(read: Callable[[Any], Any], cell: Any) -> str:
    with pytest.raises(BadValue) as bad:
        read(cell)
    return bad.value.rule


@pytest.mark.parametrize(
    "cell",
    [
        dt.date(2025, 5, 10),
        dt.datetime.fromisoformat("2025-05-10T08:30"),
        "2025-05-10",
        "2025-5-10",
        "2025/5/10",
        "2025.5.10",
        "2025年5月10日",
        "2025年05月10日",
        "2025 年 5 月 10 日",
        "20250510",
        20250510,
        20250510.0,
        "２０２５－０５－１０",
        "２０２５年５月１０日",
        " 2025-05-10\n",
        "2025—05—10",
        "2025-05-10 00:00:00",
        "2025/5/10 8:30",
        45787,
        45787.35,
    ],
)
def test_a_date_is_read_however_it_is_typed(cell: Any) -> None:
    assert dates.day(cell) == "2025-05-10"


@pytest.mark.parametrize("cell", ["2025-02-30", "2025年2月29日", "20250431", 20251301, "2025/0/10"])
def test_a_date_that_does_not_exist_is_refused(cell: Any) -> None:
    assert rule(dates.day, cell) == "date_does_not_exist"


@pytest.mark.parametrize("cell", ["1905-07-17", dt.date(1905, 7, 17), "3025-05-10", "0025-05-10"])
def test_a_date_outside_all_reason_is_refused(cell: Any) -> None:
    assert rule(dates.day, cell) == "date_out_of_range"


@pytest.mark.parametrize(
    "cell",
    [
        "五月十日",
        "2025-05",
        "2025.5",
        "10/5/2025",
        "25-05-10",
        "2025-5/10",
        "45787",
        2025,
        2025.5,
        0.5,
        True,
        dt.time(8),
        dt.timedelta(1),
    ],
)
def test_what_is_no_date_is_refused(cell: Any) -> None:
    assert rule(dates.day, cell) == "bad_date"


def test_day_numbers_of_a_1904_workbook_are_counted_from_1904() -> None:
    assert dates.day_1904(44325) == "2025-05-10"
    assert dates.day_1904(20250510) == "2025-05-10"
    assert dates.month_1904(44325) == "2025-05"


@pytest.mark.parametrize(
    "cell",
    [
        "2025-05", "2025-5", "2025/05", "2025.5", "2025年5月", "2025年05月份", "202505", 202505, 202505.0,
        2025.05, 2025.5,
        dt.date(2025, 5, 1), dt.datetime.fromisoformat("2025-05-31"), "2025-05-31", "２０２５年５月", 45787,
    ],
)  # fmt: skip
def test_a_month_is_read_however_it_is_typed(cell: Any) -> None:
    assert dates.month(cell) == "2025-05"


def test_a_month_typed_as_the_number_2025_1_is_refused_because_october_looks_the_same() -> None:
    assert rule(dates.month, 2025.1) == "ambiguous_month"
    assert dates.month("2025.1") == "2025-01"
    assert dates.month("2025.10") == "2025-10"
    assert dates.month(2025.12) == "2025-12"


@pytest.mark.parametrize("cell", ["5月", "2025-13", "2025年0月", 202513, "上月", True, 5])
def test_what_is_no_month_is_refused(cell: Any) -> None:
    assert rule(dates.month, cell) in {"bad_month", "bad_date"}


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        (4200, 420_000), (4200.0, 420_000), ("4200", 420_000), ("4,200", 420_000), ("４，２００", 420_000),
        ("4200元", 420_000), ("4200元/月", 420_000), ("¥4200", 420_000), ("￥4,200.50", 420_050), ("0.42万", 420_000),
        ("0.42万元", 420_000), (" 4 200 ", 420_000), ("4200.05", 420_005), (4200.05, 420_005), (0, 0), ("0", 0),
        (4200.0899999999992, 420_009), ("1,234,567.89", 123_456_789), ("4千", 400_000),
    ],
)  # fmt: skip
def test_money_is_read_exactly_into_fen(cell: Any, fen: int) -> None:
    assert numbers.money(cell) == fen


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        (-1, "negative_number"), ("-4200", "negative_number"), ("¥-1", "negative_number"),
        (float("inf"), "bad_number"), (float("nan"), "bad_number"), ("nan", "bad_number"), ("inf", "bad_number"),
        (4200.005, "money_below_fen"), ("4200.005", "money_below_fen"), ("0.4200001万", "money_below_fen"),
        ("4200左右", "bad_number"), ("约4200", "bad_number"), ("3000-4000", "bad_number"), ("面议", "bad_number"),
        ("42,00", "bad_number"), ("4,2000", "bad_number"), ("1e3", "bad_number"), (True, "bad_number"),
        (dt.date(2025, 1, 1), "bad_number"), ("9" * 20, "number_too_large"), ("9" * 99, "bad_number"),
        (1e300, "number_too_large"),
    ],
)  # fmt: skip
def test_money_that_cannot_be_recorded_exactly_is_refused(cell: Any, why: str) -> None:
    assert rule(numbers.money, cell) == why


def test_a_header_in_ten_thousands_scales_bare_numbers_and_no_others() -> None:
    assert scale_of("约定月工资（万元）") == 10_000
    assert scale_of("约定月工资（元）") == 1
    assert numbers.money(0.42, scale=10_000) == 420_000
    assert numbers.money("4200元", scale=10_000) == 420_000


def test_whole_numbers_are_read_and_fractions_refused() -> None:
    people = numbers.count("人", "名")
    assert [people(cell) for cell in (45, 45.0, "45", "45人", "1,234名", "1.2万", "４５")] == [
        45,
        45,
        45,
        45,
        1234,
        12_000,
        45,
    ]
    assert rule(people, 45.5) == "not_whole"
    assert rule(people, "45.5") == "not_whole"
    assert rule(people, -1) == "negative_number"
    assert rule(people, "45余人") == "wrong_measure"
    assert rule(people, "许多") == "bad_number"


def test_attendances_are_never_taken_for_persons() -> None:
    assert rule(numbers.count("人"), "45人次") == "wrong_measure"
    assert rule(numbers.count("人次"), "45人") == "wrong_measure"


def test_hours_and_scores_are_tenths() -> None:
    hours = numbers.tenths("学时", "课时")
    assert [hours(cell) for cell in (120, "120", 85.5, "85.5", "120学时", "0.5课时")] == [1200, 1200, 855, 855, 1200, 5]
    assert rule(hours, 85.25) == "below_tenth"
    assert rule(hours, -1) == "negative_number"
    assert rule(hours, "优秀") == "bad_number"
    assert rule(hours, dt.timedelta(hours=5)) == "bad_number"


@pytest.mark.parametrize(
    ("cell", "milli"),
    [("19万", 190_000_000), ("1,234", 1_234_000), ("80%", 80_000), (8130, 8_130_000), (3.125, 3_125), ("-3.5", -3_500),
     ("1.2亿", 120_000_000_000), (0.1 + 0.2, 300), ("６０万", 600_000_000)],
)  # fmt: skip
def test_stated_values_are_exact_thousandths(cell: Any, milli: int) -> None:
    assert numbers.stated(cell).milli == milli


def test_a_stated_value_beyond_thousandths_or_in_words_is_refused() -> None:
    assert rule(numbers.stated, 0.0001) == "below_thousandth"
    assert rule(numbers.stated, "近万") == "bad_number"
    assert rule(numbers.stated, "9999999999999999") == "number_too_large"


@pytest.mark.parametrize(
    "cell", [None, "", "  ", "\n", "　", "无", "没有", " 无 ", "-", "－", "—", "——", "/", "／", "--", "\u200b"]
)
def test_what_says_nothing_is_empty(cell: Any) -> None:
    assert is_empty(cell)


@pytest.mark.parametrize("cell", [0, 0.0, False, "0", "无锡", "没有合同", "-5", "一", "无锡市", dt.date(2025, 1, 1)])
def test_what_says_something_is_not_empty(cell: Any) -> None:
    assert not is_empty(cell)


def test_a_listed_value_is_its_code_whatever_blanks_surround_it() -> None:
    read = texts.listed({"合格": "passed", "不合格": "failed"})
    assert [read(cell) for cell in ("合格", " 合格 ", "合 格", "　不合格\n")] == [
        "passed",
        "passed",
        "passed",
        "failed",
    ]
    for cell in ("优秀", "合格。", 1, True, "passed"):
        assert rule(read, cell) == "not_listed"


def test_codes_keep_their_digits_or_are_refused() -> None:
    assert [texts.code(cell) for cell in ("AG-01", "ＡＧ－０１", " AG - 01 ", 1001.0, 1001)] == [
        "AG-01",
        "AG-01",
        "AG-01",
        "1001",
        "1001",
    ]
    assert rule(texts.code, 1.234567890123456e17) == "numeric_code"
    assert rule(texts.code, 2025.1) == "numeric_code"
    assert rule(texts.code, dt.date(2025, 3, 1)) == "date_for_code"
    assert rule(texts.code, True) == "date_for_code"
    assert rule(texts.code, "A" * 101) == "too_long"


def test_headers_match_without_blanks_breaks_units_and_marks() -> None:
    for header in (
        "约定月工资（元）",
        "约定月工资(元/月)",
        "约定\n月工资",
        " 约定 月工资 ",
        "约定月工资【元】",
        "*约定月工资",
        "约定月工资＊",
        "约定月工资（元",
        "约定月工资：",
    ):
        assert header_of(header) == "约定月工资"
    assert header_of(2025) == ""
