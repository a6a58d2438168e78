"""What a quantity looks like in running text."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ledgerctl.reading import numerals
from ledgerctl.reading.quantities import quantities


def found(text: str) -> list[tuple[float, str, str]]:
    return [(float(one.value), one.qualifier, one.unit) for one in quantities(text)]


@pytest.mark.parametrize(
    ("printed", "value", "qualifier", "unit"),
    [
        ("2万人次", 20000, "", "人次"),
        ("6万多人次", 60000, "多", "人次"),
        ("近4000元", 4000, "近", "元"),
        ("19万余人", 190000, "余", "人"),
        ("30余万元", 300000, "余", "元"),
        ("800多万元", 8000000, "多", "元"),
        ("100%", 100, "", "%"),
        ("百分之九十五以上", 95, "以上", "%"),
        ("二十条", 20, "", "条"),
        ("1000余人次", 1000, "余", "人次"),
        ("超过8000人", 8000, "超过", "人"),
        ("突破了12万人次", 120000, "突破", "人次"),
        ("不少于6000人", 6000, "不少于", "人"),
        ("约4300人", 4300, "约", "人"),
        ("约有4300人", 4300, "约", "人"),
        ("2,350个", 2350, "", "个"),
        ("1 200余人", 1200, "余", "人"),
        ("3万5千户", 35000, "", "户"),
        ("1.2亿元", 120000000, "", "元"),
        ("119万2,000元", 1192000, "", "元"),
        ("两千三百户", 2300, "", "户"),
        ("一百二十六万五千元", 1265000, "", "元"),
        ("十几个", 10, "几", "个"),
        ("二十几名", 20, "几", "名"),
        ("百余场", 100, "余", "场"),
        ("上千名", 1000, "上", "名"),
        ("近万平方", 10000, "近", "平方"),
        ("逾八成五", 85, "逾", "%"),
        ("三成半", 35, "", "%"),
        ("三分之二", 66.67, "", "%"),
        ("近半数", 50, "近", "%"),
        ("3.2个百分点", 3.2, "", "个百分点"),
        ("500余人(次)", 500, "余", "人次"),
        ("3000元至5000元", 3000, "至5000", "元"),
        ("3—5万元", 30000, "至50000", "元"),
        ("三四百人", 300, "至400", "人"),
        ("六七千元", 6000, "至7000", "元"),
        ("唯一一个", 1, "唯一", "个"),
    ],
)
def test_a_printed_figure_is_read(printed: str, value: float, qualifier: str, unit: str) -> None:
    assert found(f"共有{printed}。") == [(value, qualifier, unit)]


@pytest.mark.parametrize(
    "text", ["千家万户", "百名师生", "数百名", "数十名", "几十个", "几千家", "成百上千", "十四五", "三五成群", "四五"]
)
def test_ways_of_speaking_are_no_quantities(text: str) -> None:
    assert found(text) == []


def test_a_comma_before_a_number_is_not_part_of_it() -> None:
    assert found("举办两场大赛，130名选手参加，获奖12人") == [(2, "", "场"), (130, "", "名"), (12, "", "人")]


def test_a_word_that_ends_like_a_qualifier_is_none() -> None:
    assert found("签约1500人次，附近3家，节约20万元") == [(1500, "", "人次"), (3, "", "家"), (200000, "", "元")]


def test_two_quantities_side_by_side_are_two() -> None:
    assert found("33支团队127人参赛，755期46505人") == [
        (33, "", "支"),
        (127, "", "人"),
        (755, "", "期"),
        (46505, "", "人"),
    ]


def test_a_contradiction_is_kept_in_what_was_stated() -> None:
    [one] = quantities("在校生达近3万人")
    assert (one.qualifier, one.stated) == ("近", "达近3万人")


@pytest.mark.parametrize("text", ["", "四五", "千千万万个", "1.2.3", "一二三"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(numerals.NumeralError):
        numerals.value_of(text)


def test_a_whole_number_is_printed_without_a_point() -> None:
    assert (numerals.plain(Decimal("20000")), numerals.plain(Decimal("81.7"))) == (20000, 81.7)
