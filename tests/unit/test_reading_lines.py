"""Lines that a hand broke, advertising around an article, and words that stand near a number."""

from __future__ import annotations

import pytest

from ledgerctl.reading import Candidate, read


def told(one: Candidate) -> tuple[float, str, str]:
    return float(one.value), one.subject, one.figure


@pytest.mark.parametrize("pause", ["，", ","])
def test_a_line_that_ends_in_a_pause_goes_on_in_the_next(pause: str) -> None:
    text = f"截至目前，县里先后举办养老护理员培训班16期{pause}\n共计26期。\n全年举办招聘会3场。"
    first, second, third = read(text)
    assert told(first) == (16, "养老护理员培训班", "classes_opened")
    assert told(second) == (26, "养老护理员培训班", "classes_opened")
    assert second.line == 2
    assert third.sentence == "全年举办招聘会3场。"


def test_a_line_that_ends_in_an_enumeration_goes_on_in_the_next() -> None:
    [one] = read("县职校设有养老护理、\n婴幼儿托育等专业16个。")
    assert one.sentence == "县职校设有养老护理、婴幼儿托育等专业16个。"


def test_points_of_a_list_without_stops_are_not_put_together() -> None:
    text = "今年的成绩：\n举办护工培训班16期，培训护工1000余人\n举办招聘会3场，提供岗位200个\n"
    assert [one.sentence for one in read(text)][1:3] == [
        "举办护工培训班16期，培训护工1000余人",
        "举办招聘会3场，提供岗位200个",
    ]


def test_running_text_of_unequal_lines_is_put_together() -> None:
    text = "培训简报\n今年以来，县里组织各乡镇妇女参加家政服务\n技能培训1000余人，其中持证人员\n800余人。"
    first, second = read(text)
    assert first.sentence.startswith("今年以来")
    assert first.sentence.endswith("800余人。")
    assert first.figure == "persons_trained"
    assert first.subject.endswith("家政服务技能培训")
    assert second.line == 4


def test_a_title_a_list_and_a_frame_keep_their_own_lines() -> None:
    title = read("稳就业，促增收，大通县培训护工再上新台阶\n全县培训护工1000余人，发放证书800余份。")
    assert title[0].sentence == "全县培训护工1000余人，发放证书800余份。"
    listed = read(
        "县里的做法，分为以下几个大的方面来说\n今年，各乡镇认真组织开展各类护工培训工作\n1.举办招聘会3场，提供岗位200个。"
    )
    assert listed[0].sentence == "1.举办招聘会3场，提供岗位200个。"
    framed = read("全县培训护工1000余人，\n来源：县报")
    assert framed[0].sentence == "全县培训护工1000余人，"


@pytest.mark.parametrize("count", ["311件", "三百一十一件"])
@pytest.mark.parametrize("of", ["群众", "务工人员"])
def test_what_was_taken_in_and_what_was_settled_are_two_figures(of: str, count: str) -> None:
    taken, settled = read(f"受理{of}问题{count}，办结260件。")
    assert told(taken) == (311, f"{of}问题", "issues_opened")
    assert told(settled) == (260, f"{of}问题", "issues_resolved")


def test_disputes_that_were_settled_are_not_those_that_were_taken_in() -> None:
    taken, settled = read("受理劳动纠纷31件，办结26件。")
    assert (taken.figure, settled.figure) == ("issues_opened", "issues_resolved")


def test_cases_side_by_side_are_told_apart() -> None:
    taken, settled = read("共受理投诉12件、办结11件。")
    assert told(taken) == (12, "投诉", "issues_opened")
    assert told(settled) == (11, "投诉", "issues_resolved")


@pytest.mark.parametrize("name", ["银河社区", "皇冠国际酒店", "永利平台公司", "威尼斯水城"])
def test_a_name_that_casinos_use_too_is_no_spam(name: str) -> None:
    [one] = read(f"{name}培训护工1000余人。")
    assert one.sentence == f"{name}培训护工1000余人。"


@pytest.mark.parametrize(
    "text",
    [
        "【广告】低至99元起，电话0971-2720000  第1页 共3页",
        "【推广】名师一对一，前100名报名者每人8800元",
        "月嫂培训班低至99元起。",
    ],
)
def test_an_advertising_line_claims_nothing(text: str) -> None:
    assert read(text) == []
    assert [one.stated for one in read(f"全县培训护工1000余人。\n{text}\n举办招聘会3场。")] == ["1000余人", "3场"]


@pytest.mark.parametrize("spam", ["澳门新葡京娱乐城", "澳門新葡京娛樂城", "金沙娱乐城官网", "威尼斯人线上娱乐城"])
def test_casino_spam_is_cut_from_the_sentence(spam: str) -> None:
    [one] = read(f"{spam}据悉，全县培训护工1000余人。")
    assert one.sentence == "据悉，全县培训护工1000余人。"
    assert one.figure == "persons_trained"


def test_a_number_that_somebody_says_is_no_label() -> None:
    [one] = read("“我们村有三十多人去了上海。”村支书说。")
    assert (one.value, one.qualifier, one.unit) == (30, "多", "人")
    assert read("“四道关”把得严，《手册（3册）》印得好。") == []


def test_growth_and_what_was_brought_about_have_a_subject() -> None:
    trained, growth, brought = read("培训护工1000人，较去年增长12.5%，带动2万人次就业。")
    assert told(trained) == (1000, "培训护工", "persons_trained")
    assert told(growth) == (12.5, trained.subject, "attested")
    assert told(brought) == (20000, "就业", "employment_starts")
    [alone] = read("较去年增长12.5%。")
    assert alone.subject == "较去年增长"
