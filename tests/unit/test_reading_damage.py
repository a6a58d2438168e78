"""Damage in published texts, one kind at a time."""

from __future__ import annotations

import pytest

from ledgerctl.reading import Candidate, read


def figures(text: str) -> list[tuple[float, str, str, bool]]:
    return [(float(one.value), one.qualifier, one.unit, one.doubtful) for one in read(text)]


def only(text: str) -> Candidate:
    [one] = read(text)
    return one


@pytest.mark.parametrize(
    "text",
    [
        "全县完成护工培训(péixùn)1000余人(yúrén)(yúrén)。",
        "全縣完成護工培訓1000餘人。",
        "全县(xiàn)完成护工培(péi)訓(xùn)1000余(yú)人。",
        "全县完成护工培训（pei xun）1000余人（人）。",
        "全县完成护工培训 1000 余人。",
        "全县完成护工培训１０００余人。",
        "全县完成护\u200b工培训1000\ufeff余人。",
        "全县(縣)完成护(護)工培训(訓)1000余(餘)人。",
    ],
)
def test_glosses_scripts_and_blanks_change_nothing(text: str) -> None:
    one = only(text)
    assert (one.value, one.qualifier, one.unit, one.doubtful) == (1000, "余", "人", False)
    assert one.figure == "persons_trained"
    assert "(" not in one.sentence


def test_a_bracket_that_adds_something_stays() -> None:
    assert only("全市16个镇(街道)开展家政培训。").sentence == "全市16个镇(街道)开展家政培训。"


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("五年來累計開設托管班80“媽媽，您怎麼了？”藍玉華嚇了一跳，她今年十八歲。00余個。", 8000, "个"),
        ("五年來累計開設托管班80包養網00余個。", 8000, "个"),
        ("累计开设托管班80【加微信领优惠】00余个。", 8000, "个"),
        ("累计开设托管班80 00余个。", 8000, "个"),
        ("服務職工子女19包養價格萬余人。", 190000, "人"),
        ("服務職工子女6114甜心花園余人。", 6114, "人"),
        ("建成托育點5“小姐，您慢走。”彩修低聲說道12家，服務職工子女。", 512, "家"),
    ],
)
def test_a_figure_that_was_cut_in_two_is_put_together_and_doubtful(text: str, value: int, unit: str) -> None:
    one = only(text)
    assert (one.value, one.unit, one.doubtful) == (value, unit, True)
    assert "torn" in one.flags


def test_a_figure_behind_a_torn_one_is_left_alone() -> None:
    text = (
        "此中1席世勳一愣。“媽，您看這樣行嗎？”她取出兩張銀票。6名學員上崗。"
        "縣里投資八百多萬元扶植實訓基地，包養網設教室15間。"
    )
    assert figures(text) == [(16, "", "名", True), (8000000, "多", "元", False), (15, "", "间", False)]


def test_noughts_without_a_front_half_are_doubtful() -> None:
    assert figures("累计开设托管班00余个。") == [(0, "余", "个", True)]


def test_advertising_beside_a_figure_is_taken_out_without_doubt() -> None:
    one = only("金包養網堂縣總工會主包養管道導，服務職工子女包養網19萬余人包養甜心網。")
    assert (one.value, one.doubtful) == (190000, False)
    assert one.sentence == "金堂縣總工會主導，服務職工子女19萬余人。"


@pytest.mark.parametrize(
    "text",
    [
        "体育正文 80 0",
        "阅读 (1043) 评论 4 0",
        "浏览：386次 字号：大 中 小",
        "版权所有 妇女联合会 QQ：1029384756 邮编：252600",
        "requestId:68512e3b2a1c87.19283746.",
        "黔ICP备05001922号 贵公网安备52232502000101号",
        "更多課程加微信888，原價3000元現價99元，名額只剩5個。",
        "团体标准 T/CAQP 039-2025 自5月10日起实施。",
        "根据三年行动方案（2025—2027年），第四届大赛将于6月18日至20日举行。",
        "“4050”人员、“四道关”、“1+X+N”模式、“六个友好”。",
        "一名学员、一个家庭、第一名、前三名、0-3岁婴幼儿、18岁以上。",
        "工作简报2025第01期，05年创刊，见A04版。",
        "先锋路68号3栋，电话0971-5550123，400-800-8888。",
        "三位一体，三番五次，四面八方，千方百计，一举两得。",
        "5部门联合开展，疫情3期间，惠及广大家庭。",
    ],
)
def test_numbers_that_are_no_figures_are_passed_over(text: str) -> None:
    assert figures(text) == []


def test_numbers_in_a_tale_between_sentences_are_passed_over() -> None:
    text = "工會包養網服務職工子女19萬余人。“娘，您別哭。”她從袖中取出二十兩銀子，身後跟著兩名丫鬟。覆蓋300余個企業。"
    assert figures(text) == [(190000, "余", "人", False), (300, "余", "个", False)]


def test_employment_spun_into_unemployment_is_flagged() -> None:
    one = only("市總工會共建練習失業基地，培育200余名托育護理人才。")
    assert (one.value, one.flags) == (200, ("opposite",))
    assert only("失业人员再就业2100人，失业保险支出稳定。").flags == ()


def test_spun_words_are_read_as_what_they_stand_for() -> None:
    text = "此中包養網全市用人單元優良案例12個，家政個人工作技巧培訓跨越8000人，平易近營企業摸索失業辦事。"
    assert figures(text) == [(12, "", "个", False), (8000, "超过", "人", False)]


def test_a_line_that_ends_within_a_number_goes_on_in_the_next() -> None:
    assert figures("全县各有关单位认真组织，截至目前已经完成护工技能人才培训10\n00余人。") == [
        (1000, "余", "人", False)
    ]


def test_an_article_that_ends_abruptly_is_read_to_its_end() -> None:
    assert figures("举办招聘会30余场，提供岗位3200个，達(dá)成就業意向1100") == [
        (30, "余", "场", False),
        (3200, "", "个", False),
    ]


def test_what_contradicts_itself_is_flagged() -> None:
    assert only("聘请专业老师21余名。").flags == ("surplus_after_unit_digit",)
    assert only("年均累计签约家政服务员1500余人次。").flags == ("annual_cumulative",)
    assert only("家政专业在校生达近3万人。").flags == ("contradictory_qualifiers",)
    assert only("每年可为不少于6000人提供培训。").flags == ("capacity",)
