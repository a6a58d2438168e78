"""Reading a figure as it was printed."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ledgerctl.claims import StatedError, parse
from ledgerctl.claims.numeral import NumeralError, place_of, value_of


@pytest.mark.parametrize(
    ("text", "value", "qualifiers", "unit"),
    [
        # as printed in the five reports
        ("1000余人", 1000, ("surplus",), "人"),
        ("15场次", 15, (), "场次"),
        ("800余份", 800, ("surplus",), "份"),
        ("超过8000人", 8000, ("over",), "人"),
        ("近4000元", 4000, ("near",), "元"),
        ("首批26名", 26, (), "名"),
        ("5400余人", 5400, ("surplus",), "人"),
        ("16个", 16, (), "个"),
        ("10余间", 10, ("surplus",), "间"),
        ("1000余人次", 1000, ("surplus",), "人次"),
        ("210位", 210, (), "位"),
        ("3680家", 3680, (), "家"),
        ("100%", 100, (), "%"),
        ("均达100%", 100, (), "%"),
        ("全覆盖", 100, (), "%"),
        ("8000余个", 8000, ("surplus",), "个"),
        ("19万余人", 190_000, ("surplus",), "人"),
        ("60万余人次", 600_000, ("surplus",), "人次"),
        ("约4300人", 4300, ("about",), "人"),
        ("近800人", 800, ("near",), "人"),
        ("800多万元", 8_000_000, ("surplus",), "元"),
        ("近万平方", 10_000, ("near",), "平方"),
        ("不少于6000人", 6000, ("at_least",), "人"),
        ("6万多人次", 60_000, ("surplus",), "人次"),
        ("超2万人次", 20_000, ("over",), "人次"),
        # other ways to write them
        ("共计1，000余人", 1000, ("surplus",), "人"),
        ("４０００余元", 4000, ("surplus",), "元"),
        ("1,234人", 1234, (), "人"),
        ("逾300家", 300, ("over",), "家"),
        ("突破1.2亿元", 120_000_000, ("over",), "元"),
        ("300人左右", 300, ("about",), "人"),
        ("6000人以上", 6000, ("at_least",), "人"),
        ("至少6000人", 6000, ("at_least",), "人"),
        ("30余万人", 300_000, ("surplus",), "人"),
        ("三十多万人", 300_000, ("surplus",), "人"),
        ("八百余份", 800, ("surplus",), "份"),
        ("两千三百余人", 2300, ("surplus",), "人"),
        ("千余人", 1000, ("surplus",), "人"),
        ("十余種", 10, ("surplus",), "种"),
        ("８０００餘個", 8000, ("surplus",), "个"),
        ("3千5百多人", 3500, ("surplus",), "人"),
        ("百分之八十以上", 80, ("at_least",), "%"),
        ("97.3％", Fraction(973, 10), (), "%"),
        ("800余", 800, ("surplus",), ""),
    ],
)
def test_a_printed_figure_is_read(text: str, value: Fraction, qualifiers: tuple[str, ...], unit: str) -> None:
    stated = parse(text)
    assert (stated.value, stated.qualifiers, stated.unit, stated.fault) == (value, qualifiers, unit, None)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("21余名", "surplus_after_unit_digit"),
        ("15余期", "surplus_after_unit_digit"),
        ("21余万人", "surplus_after_unit_digit"),
        ("二十一余名", "surplus_after_unit_digit"),
        ("21多名", "surplus_after_unit_digit"),
        ("达近3万人", "contradictory_qualifiers"),
        ("达到近3万人", "contradictory_qualifiers"),
        ("近800余人", "contradictory_qualifiers"),
        ("约800余人", "contradictory_qualifiers"),
        ("800余人左右", "contradictory_qualifiers"),
        ("超800余人", "contradictory_qualifiers"),
        ("超过800人以上", "contradictory_qualifiers"),
        ("年均累计1500余人次", "annual_cumulative"),
        ("唯一", "not_quantitative"),
        ("一大批人员", "not_quantitative"),
    ],
)
def test_a_figure_that_contradicts_itself_is_malformed(text: str, fault: str) -> None:
    assert parse(text).fault == fault


@pytest.mark.parametrize("text", ["21万余人", "20余人", "达8000人", "至少6000人以上", "年均1500人次", "累计1500人次"])
def test_a_sound_figure_is_not_malformed(text: str) -> None:
    assert parse(text).fault is None


def test_an_annual_mean_called_cumulative_is_found_in_the_sentence_too() -> None:
    sentence = "年均累计签约家政服务员1500余人次"
    assert parse("1500余人次", sentence).fault == "annual_cumulative"
    assert parse("1500余人次", "累计签约家政服务员1500余人次").fault is None


def test_the_first_batch_limits_the_window() -> None:
    assert parse("首批26名").limits == ("首批",)


@pytest.mark.parametrize(
    ("text", "place"),
    [("30余万人", 100_000), ("30万余人", 10_000), ("19万余人", 10_000), ("1.2万余人", 1000), ("3千万余元", 10_000),
     ("20亿余元", 10**8), ("5400余人", 100), ("6万多人次", 10_000)],
)  # fmt: skip
def test_the_place_value_is_that_of_rule_c18(text: str, place: int) -> None:
    assert parse(text).place == place


@pytest.mark.parametrize(
    "text",
    ["", "人", "不超过800人", "不足800人", "800人以内", "3—5人", "800余余份", "培训1000余人", "1000人1000人", "1,00人"],
)
def test_what_the_grammar_does_not_hold_is_refused_in_both_languages(text: str) -> None:
    with pytest.raises(StatedError, match=r"读不懂.*cannot read"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("零", 0), ("十", 10), ("十五", 15), ("二十", 20), ("一百零五", 105), ("两百五十", 250),
     ("一千零一十", 1010), ("三千零五", 3005), ("八千", 8000), ("万", 10_000), ("十二万", 120_000),
     ("一万零五百", 10_500), ("1亿2000万", 120_000_000), ("1.2万亿", 1_200_000_000_000),
     ("2.5千", 2500), ("3万5千", 35_000)],
)  # fmt: skip
def test_numerals_are_exact(text: str, value: int) -> None:
    assert value_of(text) == value


@pytest.mark.parametrize("text", ["", "二百五", "三万五", "一一", "百十百", "1.2.3", "二〇二五", "12,34", "千一"])
def test_numerals_that_read_in_two_ways_or_none_are_refused(text: str) -> None:
    with pytest.raises(NumeralError):
        value_of(text)


@pytest.mark.parametrize(
    ("value", "place"), [("21000", "1000"), ("1.5", "0.1"), ("0", "1"), ("10", "10"), ("0.25", "0.01")]
)
def test_the_place_of_the_last_digit_that_is_not_zero(value: str, place: str) -> None:
    assert place_of(Fraction(value)) == Fraction(place)
