"""Rule C18: which numbers a stated figure admits. Every band here was worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ledgerctl.claims import band_of, parse
from ledgerctl.claims.band import Band, number_text
from ledgerctl.claims.units import Measure


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("1000余人", "1,000 < x < 1,500"),
        ("800余份", "800 < x < 900"),
        ("15场次", "x = 15"),
        ("超过8000人", "x > 8,000"),
        ("26名", "x = 26"),
        ("5400余人", "5,400 < x < 5,500"),
        ("10余间", "10 < x < 20"),
        ("21余名", "21 ≤ x < 22"),
        ("15余期", "15 ≤ x < 16"),
        ("200余人次", "200 < x < 300"),
        ("年均累计1500余人次", "1,500 < x < 1,600"),
        ("90余个", "90 < x < 100"),
        ("120余个", "120 < x < 130"),
        ("100余个", "100 < x < 150"),
        ("19万余人", "190,000 < x < 200,000"),
        ("30余万人", "300,000 < x < 400,000"),
        ("30万余人", "300,000 < x < 310,000"),
        ("60万余人次", "600,000 < x < 610,000"),
        ("6万多人次", "60,000 < x < 70,000"),
        ("1万余人", "10,000 < x < 15,000"),
        ("21余万人", "210,000 ≤ x < 220,000"),
        ("约4300人", "4,250 ≤ x ≤ 4,350"),
        ("约3万人", "27,000 ≤ x ≤ 33,000"),
        ("300人左右", "270 ≤ x ≤ 330"),
        ("近800人", "760 ≤ x < 800"),
        ("达近3万人", "28,500 ≤ x < 30,000"),
        ("近90人", "81 ≤ x < 90"),
        ("近100人", "95 ≤ x < 100"),
        ("近800余人", "800 ≤ x < 900"),
        ("不少于6000人", "x ≥ 6,000"),
        ("6000人以上", "x ≥ 6,000"),
        ("超2万人次", "x > 20,000"),
    ],
)
def test_a_count(text: str, band: str) -> None:
    assert str(band_of(parse(text), "count")) == band


@pytest.mark.parametrize(
    ("text", "measure", "band"),
    [
        ("近4000元", "money_mean", "3,800 ≤ x < 4,000"),
        ("近90元", "money_mean", "85.5 ≤ x < 90"),
        ("4000元", "money_mean", "3,999.5 ≤ x < 4,000.5"),
        ("4000.5元", "money_mean", "4,000.45 ≤ x < 4,000.55"),
        ("4000元", "money", "x = 4,000"),
        ("800多万元", "money", "8,000,000 < x < 9,000,000"),
        ("80%", "rate", "79.5 ≤ x < 80.5"),
        ("97.3%", "rate", "97.25 ≤ x < 97.35"),
        ("近80%", "rate", "76 ≤ x < 80"),
        ("80%以上", "rate", "x ≥ 80"),
        ("100%", "rate", "x = 100"),
        ("全覆盖", "rate", "x = 100"),
    ],
)
def test_money_and_rates(text: str, measure: Measure, band: str) -> None:
    assert str(band_of(parse(text), measure)) == band


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("800余份", (801, 899), (800, 900)),
        ("1000余人", (1001, 1499), (1000, 1500)),
        ("超过8000人", (8001,), (8000,)),
        ("不少于6000人", (6000,), (5999,)),
        ("近800人", (760, 799), (759, 800)),
        ("约4300人", (4250, 4350), (4249, 4351)),
        ("15场次", (15,), (14, 16)),
    ],
)
def test_bounds_are_open_and_closed_where_the_rule_says(
    text: str, inside: tuple[int, ...], outside: tuple[int, ...]
) -> None:
    band = band_of(parse(text), "count")
    assert all(Fraction(value) in band for value in inside)
    assert not any(Fraction(value) in band for value in outside)


def test_a_mean_of_money_is_rounded_to_yuan_only_where_nothing_qualifies_it() -> None:
    assert Fraction("3999.50") in band_of(parse("4000元"), "money_mean")
    assert Fraction("4000.49") in band_of(parse("4000元"), "money_mean")
    assert Fraction("4000.50") not in band_of(parse("4000元"), "money_mean")
    assert Fraction("3999.99") in band_of(parse("近4000元"), "money_mean")
    assert Fraction("3799.99") not in band_of(parse("近4000元"), "money_mean")


def test_all_of_a_base_is_nothing_less() -> None:
    band = band_of(parse("100%"), "rate")
    assert band.whole
    assert Fraction(100) in band
    assert Fraction(99_999, 1000) not in band


@pytest.mark.parametrize(
    ("text", "value", "distance"),
    [("800余份", 906, 7), ("800余份", 900, 1), ("800余份", 800, -1), ("800余份", 750, -51), ("800余份", 850, 0),
     ("超过8000人", 8000, -1), ("不少于6000人", 5990, -10), ("15场次", 17, 2), ("约4300人", 4360, 10)],
)  # fmt: skip
def test_the_distance_of_a_count_is_to_the_nearest_count_inside(text: str, value: int, distance: int) -> None:
    assert band_of(parse(text), "count").distance(Fraction(value), Fraction(1)) == distance


def test_the_distance_without_a_step_is_to_the_bound() -> None:
    band = band_of(parse("近80%"), "rate")
    assert band.distance(Fraction(80)) == 0
    assert Fraction(80) not in band
    assert band.distance(Fraction(75)) == -1


def test_a_band_without_a_whole_number_measures_to_its_bounds() -> None:
    band = Band(Fraction("0.9"), True, Fraction(1), False)
    assert band.distance(Fraction(3), Fraction(1)) == 2


def test_what_states_no_number_has_no_band() -> None:
    with pytest.raises(ValueError, match="no number"):
        band_of(parse("一大批"), "count")


@pytest.mark.parametrize(
    ("value", "text"),
    [("1234567", "1,234,567"), ("-51", "-51"), ("3960.6", "3,960.6"), ("1/3", "0.33"), ("-1/8", "-0.125")],
)
def test_numbers_are_printed_in_groups_of_three(value: str, text: str) -> None:
    assert number_text(Fraction(value)) == text
