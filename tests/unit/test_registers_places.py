"""Work places: a code, or a name that means one place only."""

from __future__ import annotations

from typing import Any

import pytest

from ledgerctl.registers.places import is_current, is_retired, place


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("630121", "630121"), (630121, "630121"), (630121.0, "630121"), ("６３０１２１", "630121"),
        ("63", "630000"), ("630121000000", "630121"),
        ("南京", "320100"), ("南京市", "320100"), ("江苏", "320000"), ("江苏省", "320000"), ("江苏南京", "320100"),
        ("江苏 南京", "320100"), ("江苏-南京", "320100"), ("江苏省南京市", "320100"), ("江苏省南京市鼓楼区", "320106"),
        ("江苏省南京市鼓楼区中山路1号", "320106"), ("南京市中央路1号", "320100"), ("南京鼓楼", "320106"),
        ("大通县", "630121"), ("大通回族土族自治县", "630121"), ("青海大通", "630121"),
        ("青海省西宁市大通县", "630121"),
        ("北京", "110000"), ("北京朝阳", "110105"), ("上海浦东", "310115"), ("重庆市", "500000"),
        ("西安", "610100"), ("中山", "442000"),
        ("内蒙古", "150000"), ("内蒙", "150000"), ("新疆", "650000"), ("西藏拉萨", "540100"),
        ("广西", "450000"), ("宁夏", "640000"),
        ("香港", "810000"), ("澳门", "820000"), ("台湾", "710000"), ("香港特别行政区", "810000"),
        ("中国香港", "810000"),
        ("黔西南", "522300"), ("黔西南州", "522300"), ("贞丰", "522325"), ("临清", "371581"),
        ("茂名", "440900"), ("东莞", "441900"),
        ("吉林", "220000"), ("吉林市", "220200"), ("河南", "410000"), ("海南省", "460000"),
        ("海南州", "632500"), ("济源", "419001"),
    ],
)  # fmt: skip
def test_a_place_is_understood(cell: Any, code: str) -> None:
    assert (place(cell).code, place(cell).doubt) == (code, None)


@pytest.mark.parametrize("cell", ["鼓楼区", "朝阳", "海南", "大通", "城关区", "甘南", "和平"])
def test_a_name_of_several_places_is_not_guessed(cell: str) -> None:
    assert (place(cell).code, place(cell).doubt) == (None, "ambiguous")


@pytest.mark.parametrize(
    "cell", ["外省", "本地", "日本", "南京路", "北京东路", "粤港澳大湾区", "某地", True, 3.5, "990121", "000000"]
)
def test_an_unknown_place_gives_no_code(cell: Any) -> None:
    assert (place(cell).code, place(cell).doubt) == (None, "unknown")


def test_only_what_is_certain_of_a_name_is_kept() -> None:
    assert (place("江苏鼓楼区").code, place("江苏鼓楼区").doubt) == ("320000", "partly")
    assert (place("江苏省某某县").code, place("江苏省某某县").doubt) == ("320000", "partly")


def test_a_stated_code_out_of_force_is_kept_with_a_doubt() -> None:
    assert (place("310103").code, place("310103").doubt) == ("310103", "retired")
    assert (place("639998").code, place("639998").doubt) == ("639998", "unknown")


def test_the_data_holds_the_codes_of_the_programmes() -> None:
    assert all(map(is_current, ("630121", "371581", "510000", "440900", "522325")))
    assert is_retired("310103")
    assert not is_retired("630121")
