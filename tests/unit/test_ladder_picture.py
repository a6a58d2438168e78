"""The ladder as a picture."""

from __future__ import annotations

from xml.etree import ElementTree

from ledgerctl.ladder.picture import draws_chinese, png, svg
from ledgerctl.ladder.rungs import Ladder, Rung

LADDER = Ladder(
    10,
    (Rung("completed", "结业合格", "completed", 10), Rung("d30", "在岗满30天", "kept 30 days", 5, 2, 1)),
    contract_without_agreement=3,
    started_before=4,
)
SPACE = "{http://www.w3.org/2000/svg}"


def texts(picture: str) -> list[str]:
    return [text.text or "" for text in ElementTree.fromstring(picture).iter(f"{SPACE}text")]


def test_the_picture_says_every_number_and_escapes_what_it_is_given() -> None:
    said = texts(svg(LADDER, "<大通> & co"))
    assert said[0] == "<大通> & co"
    assert "5 · 50.0 %" in said
    assert any("contract without agreement: 3" in line and "4" in line for line in said)


def test_bars_are_as_long_as_what_they_stand_for() -> None:
    bars = [
        (one.get("fill"), int(one.get("width") or 0))
        for one in ElementTree.fromstring(svg(LADDER, "t")).iter(f"{SPACE}rect")
        if one.get("height") == "22"
    ]
    base = bars[0][1]
    assert [(fill, width) for fill, width in bars[3:]] == [
        ("#0072B2", base // 2),
        ("url(#hatch)", base * 7 // 10 - base * 5 // 10),
        ("#999999", base * 8 // 10 - base * 7 // 10),
    ]


def test_an_empty_cohort_has_a_picture_too() -> None:
    empty = Ladder(0, (Rung("completed", "结业合格", "completed", 0),), 0, 0)
    assert "0" in texts(svg(empty, "t"))


def test_without_chinese_there_is_none() -> None:
    said = "".join(texts(svg(LADDER, "t", chinese=False)))
    assert not any("\u4e00" <= character <= "\u9fff" for character in said)


def test_a_png_is_one_and_twice_the_size() -> None:
    data = png(LADDER, "ladder", chinese=draws_chinese())
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(data[16:20]) == 1920
