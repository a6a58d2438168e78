"""What is planned is told from what was done, and a beginning that a sentence names is kept."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from ledgerctl.claims import judge_alone, load
from ledgerctl.reading import Candidate, claims_toml, read


def planned(text: str, as_of: str = "2025-06-20") -> list[tuple[str, bool]]:
    return [(one.stated, "plan" in one.flags) for one in read(text, as_of)]


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("到2027年培训护工5000人以上。", "5000人以上"),
        ("到2025年底，从业人员达到8000人。", "8000人"),
        ("计划明年再培训2000人。", "2000人"),
        ("全县力争培训护工3000人。", "3000人"),
        ("下一步，县里将培训护工3000人。", "3000人"),
        ("目标是培训护工3000人。", "3000人"),
        ("全县提出了培训护工3000人的目标。", "3000人"),
        ("力争较去年多培训3000人。", "3000人"),
        ("拟新建驿站5个。", "5个"),
        ("預計提供崗位3000個。", "3000個"),
        ("确保年内培训护工3000人。", "3000人"),
        ("争取到2026年培训护工3000人。", "3000人"),
    ],
)
def test_a_plan_is_flagged_and_no_figure_is_proposed(text: str, stated: str) -> None:
    [one] = read(text, "2025-06-20")
    assert "plan" in one.flags
    assert (one.figure, one.params) == ("", {})
    assert one.stated in (stated, stated.replace("個", "个"))


@pytest.mark.parametrize(
    "text",
    [
        "到2024年底，全县培训护工5000人。",
        "截至2025年6月，全县培训护工5000人。",
        "将500名学员送到上海就业。",
        "实施家政培训计划，培训护工1000人。",
        "按计划培训护工1000人。",
        "完成年度目标任务1000人。",
        "圆满完成培训护工1000人的目标。",
        "为94名受伤护工争取赔偿362.7万元。",
        "力争全年培训3000人，目前培训1200人。",
        "模拟招聘15场。",
        "通过拟人化教学培训200人。",
        "已将培训对象扩大到500人。",
    ],
)
def test_what_was_done_is_no_plan(text: str) -> None:
    assert planned(text)[-1][1] is False


def test_only_what_stands_behind_the_word_of_planning_is_planned() -> None:
    text = "今年已培训1200人，计划明年再培训2000人，新建驿站5个。去年举办招聘会6场。"
    assert planned(text) == [("1200人", False), ("2000人", True), ("5个", True), ("6场", False)]


def test_without_a_day_a_year_to_come_cannot_be_told_and_is_a_plan() -> None:
    assert planned("到2024年底，全县培训护工5000人。", "") == [("5000人", True)]
    assert planned("2025-06-18\n到2024年底，全县培训护工5000人。", "") == [("5000人", False)]


def test_a_plan_that_is_confirmed_all_the_same_is_backed_by_nothing(tmp_path: Path) -> None:
    written = claims_toml(read("计划明年再培训2000人。"), name="a", as_of="2025-06-20")
    assert "计划或目标" in written
    file = tmp_path / "claims.toml"
    file.write_text(written.replace("confirmed = false", "confirmed = true"), encoding="utf-8")
    [claim] = load(file)
    judged = judge_alone(claim)
    assert (claim.figure, judged.verdict) == ("", "not_evidenced")
    assert "计划数" in judged.zh


def drafted(found: list[Candidate], as_of: str) -> str:
    return claims_toml(found, name="a", as_of=as_of)


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("今年以来，全县培训护工1000余人。", "2025-01-01"),
        ("2024年以来，全县培训护工1000余人。", "2024-01-01"),
        ("2024年3月以来，全縣培訓護工1000餘人。", "2024-03-01"),
        ("今年3月以来，全县培训护工1000余人。", "2025-03-01"),
    ],
)
def test_a_beginning_that_is_named_becomes_from(text: str, begins: str) -> None:
    [claim] = tomllib.loads(drafted(read(text, "2025-06-20"), "2025-06-20"))["claim"]
    assert claim["params"]["from"].isoformat() == begins


def test_without_a_year_the_person_is_told_to_write_the_beginning() -> None:
    written = drafted(read("今年以来，全县培训护工1000余人。"), "")
    assert "params 里补 from" in written
    assert "params" not in tomllib.loads(written)["claim"][0]


def test_a_beginning_after_the_end_is_left_to_the_person() -> None:
    [one] = read("2025年8月以来，全县培训护工1000余人。", "2025-06-20")
    assert (one.from_beginning, one.since) == (True, "")


def test_a_beginning_of_a_later_number_is_not_this_ones() -> None:
    first, second = read("累计培训2000人，今年以来培训1000人。", "2025-06-20")
    assert (first.since, second.since) == ("", "2025-01-01")
