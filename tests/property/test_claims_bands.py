"""Bands of rule C18 over all the numbers that might be stated."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ledgerctl.claims import band_of, parse
from ledgerctl.claims.numeral import place_of, value_of

QUALIFIED = ("{}余人", "近{}人", "约{}人", "超过{}人", "不少于{}人", "{}人以上", "{}人")
numbers = st.integers(1, 10**9)
_DIGITS = "零一二三四五六七八九"


def in_chinese(number: int) -> str:
    """`number` below ten thousand in Chinese digits, written without the reader's help."""
    text, gap = "", False
    for scale, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // scale % 10
        if digit:
            text += ("零" if gap and text else "") + _DIGITS[digit] + sign
        gap = digit == 0
    return text


@given(st.integers(1, 9999))
def test_chinese_numerals_are_read_back(number: int) -> None:
    assert value_of(in_chinese(number)) == number


@given(numbers, st.sampled_from(QUALIFIED))
def test_a_count_is_read_back_and_groups_of_three_change_nothing(number: int, form: str) -> None:
    plain, grouped = parse(form.format(number)), parse(form.format(f"{number:,}"))
    assert plain.value == grouped.value == number
    assert band_of(plain, "count") == band_of(grouped, "count")


@given(numbers, st.sampled_from(QUALIFIED), st.integers(0, 2 * 10**9))
def test_a_count_is_inside_exactly_where_its_distance_is_nought(number: int, form: str, value: int) -> None:
    band = band_of(parse(form.format(number)), "count")
    low, high = band.lowest(Fraction(1)), band.highest(Fraction(1))
    if low is None or high is None or low <= high:
        assert (Fraction(value) in band) == (band.distance(Fraction(value), Fraction(1)) == 0)


@given(numbers, st.sampled_from(QUALIFIED))
def test_the_nearest_counts_of_a_band_lie_inside_and_the_next_ones_do_not(number: int, form: str) -> None:
    band = band_of(parse(form.format(number)), "count")
    low, high = band.lowest(Fraction(1)), band.highest(Fraction(1))
    if low is not None and (high is None or low <= high):
        assert low in band
        assert low - 1 not in band
    if high is not None and (low is None or low <= high):
        assert high in band
        assert high + 1 not in band


@given(numbers)
def test_qualifiers_part_the_numbers_about_the_one_stated(number: int) -> None:
    stated = Fraction(number)
    assert stated not in band_of(parse(f"近{number}人"), "count")
    assert stated not in band_of(parse(f"超过{number}人"), "count")
    assert stated in band_of(parse(f"不少于{number}人"), "count")
    assert stated in band_of(parse(f"约{number}人"), "count")
    assert stated in band_of(parse(f"{number}人"), "count")
    surplus = parse(f"{number}余人")
    assert (stated in band_of(surplus, "count")) == (surplus.fault is not None)


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_rate_rounds_half_up_to_the_printed_decimals(numerator: int, denominator: int) -> None:
    rate = Fraction(100 * min(numerator, denominator), denominator)
    tenths = int(rate * 10 + Fraction(1, 2))
    if tenths != 1000:
        assert rate in band_of(parse(f"{tenths // 10}.{tenths % 10}%"), "rate")


@given(st.integers(1, 10**12), st.integers(0, 3))
def test_the_place_divides_the_number_and_ten_times_it_does_not(number: int, decimals: int) -> None:
    value = Fraction(number, 10**decimals)
    place = place_of(value)
    assert (value / place).denominator == 1
    assert (value / (10 * place)).denominator != 1
