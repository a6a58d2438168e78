"""Published figures against each other: each rule fires where it must, and not beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledgerctl.claims import Claim, Contradiction, contradictions, judge_alone, load

EXAMPLES = Path(__file__).parents[2] / "examples"


def claim(id: str, stated: str, sentence: str = "", figure: str = "", **more: Any) -> Claim:
    relations = {name: (other,) for name, other in more.pop("relations", {}).items()}
    return Claim(id, sentence or stated, figure, stated, "2024-12-21", {"programme": "p"}, relations=relations, **more)


def found(*claims: Claim) -> list[Contradiction]:
    return contradictions([judge_alone(one) for one in claims])


def rules(*claims: Claim) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.rule, one.claims) for one in found(*claims)]


@pytest.mark.parametrize(("part", "fires"), [("26个", True), ("25个", False), ("20余个", False), ("25余个", False)])
def test_a_part_is_not_more_than_its_whole(part: str, fires: bool) -> None:
    told = rules(claim("A", "25个"), claim("B", part, relations={"subset_of": "A"}))
    assert (("subset_exceeds_set", ("B", "A")) in told) is fires


def test_a_part_is_told_by_the_word_among_them() -> None:
    whole = claim("A", "120余个", "建成场所120余个，其中140个入选")
    between = claim("B", "30人", "共30人")
    part = claim("C", "140个", "建成场所120余个，其中140个入选")
    assert rules(whole, between, part) == [("subset_exceeds_set", ("C", "A"))]
    assert rules(whole, between, replace(part, stated="4个", sentence="建成场所120余个，其中4个入选")) == []
    assert rules(whole, replace(part, sentence="另有140个入选")) == []
    assert rules(part, whole) == [], "what comes later is not its whole"


def test_the_same_figure_asked_for_less_of_is_a_part() -> None:
    whole = claim("A", "26期", figure="activities_held")
    part = replace(claim("B", "31期", figure="activities_held"), params={"programme": "p", "series": "s"})
    assert rules(whole, part) == [("subset_exceeds_set", ("B", "A"))]
    assert rules(part, whole) == [("subset_exceeds_set", ("B", "A"))]
    assert rules(whole, replace(part, stated="16期")) == []
    assert rules(whole, replace(part, figure="competitors")) == []
    assert rules(replace(whole, as_of="2024-12-01"), part) == [], "more may have come since"
    earlier = replace(part, as_of="2024-06-30")
    assert rules(whole, earlier) == [("subset_exceeds_set", ("B", "A"))]
    stock = [replace(judge_alone(one), kind="stock") for one in (whole, earlier)]
    assert contradictions(stock) == [], "a stock may have fallen"
    assert rules(whole, replace(part, params={"programme": "other", "series": "s"})) == []
    rate = replace(whole, figure="pre_job_training_rate", stated="90%")
    assert rules(rate, replace(part, figure="pre_job_training_rate", stated="95%")) == []


@pytest.mark.parametrize(
    ("outcome", "base", "fires"),
    [
        ("1500余名", "1000余人次", True),
        ("1400余名", "1000余人次", False),
        ("26名", "26名", False),
        ("27名", "26人次", True),
        ("1600人次", "1000余人", False),
        ("800余份", "500余人", False),
        ("近1500人", "1000余人", False),
        ("超过8000人", "1000余人", True),
    ],
)
def test_more_does_not_come_out_than_went_in_and_only_like_is_compared(outcome: str, base: str, fires: bool) -> None:
    told = rules(claim("A", base), claim("B", outcome, relations={"outcome_of": "A"}))
    assert (("outcome_exceeds_base", ("B", "A")) in told) is fires


def test_figures_of_one_programme_tell_base_and_outcome_by_themselves() -> None:
    trained = claim("A", "1000余人", figure="persons_trained")
    working = claim("B", "超过8000人", figure="persons_employed")
    assert rules(trained, working) == [("outcome_exceeds_base", ("B", "A"))]
    assert rules(replace(trained, params={"programme": "other"}), working) == []
    assert rules(replace(trained, params={"programme": "p", "from": "2024-09-02"}), working) == []


def test_one_sentence_tells_whom_it_reached_and_how_many_of_them_work() -> None:
    sentence = "覆盖妇女1000余人次，引领1500余名妇女实现就业"
    reached = claim("A", "1000余人次", sentence, "activity_attendance")
    working = claim("B", "1500余名", sentence, "persons_started")
    assert rules(reached, working) == [("outcome_exceeds_base", ("B", "A"))]
    assert rules(replace(reached, sentence="覆盖妇女1000余人次"), working) == []
    assert rules(reached, replace(working, figure="competitors")) == []


def test_a_stock_that_is_called_an_outcome_is_said_to_be_a_stock() -> None:
    base, stock = (judge_alone(one) for one in (claim("A", "1000余人"), claim("B", "超过8000人")))
    stock = replace(stock, kind="stock", claim=replace(stock.claim, relations={"outcome_of": ("A",)}))
    (told,) = contradictions([base, stock])
    assert "存量" in told.zh
    assert "a stock is no outcome" in told.en


@pytest.mark.parametrize(
    ("parts", "whole", "fires"),
    [
        (("15余期", "16期"), "26期", True),
        (("15余期", "16期"), "31期", False),
        (("4名", "8名", "12名"), "24名", False),
        (("4名", "8名", "12名"), "25名", True),
        (("1000余人", "200余人"), "1500余人", False),
        (("超过10人", "5人"), "100人", False),
    ],
)
def test_parts_add_up_to_their_whole(parts: tuple[str, ...], whole: str, fires: bool) -> None:
    claims = [claim(f"P{at}", part, relations={"part_of": "W"}) for at, part in enumerate(parts)]
    assert any(rule == "parts_do_not_sum" for rule, _ in rules(claim("W", whole), *claims)) is fires


def test_what_the_parts_make_is_said() -> None:
    told = found(
        claim("L17", "26期"),
        claim("L5", "15期", relations={"part_of": "L17"}),
        claim("L8", "16期", relations={"part_of": "L17"}),
    )
    assert [one.zh for one in told] == ["L5“15期” + L8“16期” 合计 31，与L17“26期”对不上。"]


@pytest.mark.parametrize(
    ("one", "other", "fires"),
    [
        ("1500余人次", "1500余名", True),
        ("1500余人次", "1500人", False),
        ("1500余人次", "1500余人次", False),
        ("16人次", "16名", False),
        ("800余份", "800余个", False),
    ],
)
def test_the_same_number_of_attendances_and_of_persons_is_a_drift(one: str, other: str, fires: bool) -> None:
    assert (("unit_drift", ("B", "A")) in rules(claim("A", one), claim("B", other))) is fires


def test_a_dropped_qualifier_is_a_drift_for_the_same_figure_only() -> None:
    first = claim("A", "近4000元", figure="mean_monthly_wage")
    later = claim("B", "4000元", figure="mean_monthly_wage")
    assert rules(first, later) == [("qualifier_drift", ("B", "A"))]
    assert rules(first, replace(later, params={"programme": "p", "min_proof": "bank"})) == []
    assert rules(first, replace(later, aspect="median")) == []
    assert rules(first, replace(later, figure="", relations={"same_as": ("A",)})) == [("qualifier_drift", ("B", "A"))]


def test_one_fact_has_one_number() -> None:
    assert rules(claim("A", "100人"), claim("B", "120人", relations={"same_as": "A"})) == [("value_drift", ("B", "A"))]
    assert rules(claim("A", "100余人"), claim("B", "120人", relations={"same_as": "A"})) == []


@pytest.mark.parametrize(("money", "fires"), [("800多万元", True), ("3000多万元", False), ("超过800万元", False)])
def test_output_a_head_below_any_minimum_wage_is_implausible(money: str, fires: bool) -> None:
    told = rules(claim("A", "近800人"), claim("B", money, relations={"per_head_of": "A"}))
    assert (("implausible_ratio", ("B", "A")) in told) is fires


def test_whose_output_it_is_is_told_by_who_is_at_work() -> None:
    heads = claim("A", "近800人", figure="persons_employed_by_mode")
    output = claim("B", "800多万元", "产值800多万元", "attested")
    assert rules(heads, output) == [("implausible_ratio", ("B", "A"))]
    assert rules(heads, replace(output, sentence="捐赠800多万元")) == []
    assert rules(replace(heads, figure="persons_trained"), output) == []


@pytest.mark.parametrize(
    ("sentence", "stated", "rule"),
    [
        ("组织开展专场招聘活动和岗位对接签约仪式15场次", "15场次", "unlike_kinds_summed"),
        ("巾帼招聘专场、网络招聘15次", "15次", "unlike_kinds_summed"),
        ("累计培养和推荐6万多人次实现家政就业", "6万多人次", "unlike_kinds_summed"),
        ("举办专场招聘会15场次", "15场次", None),
        ("举办网络招聘会15场次", "15场次", None),
        ("培训1000余人，推荐就业", "1000余人", None),
        ("可同时提供2000个实操实训工位", "2000个", "capacity_as_result"),
        ("每年可为不少于6000人提供培训", "不少于6000人", "capacity_as_result"),
        ("认可2000个工位", "2000个", None),
        ("10名培训学员学习经验、实习上岗", "10名", "internship_as_work"),
        ("10名学员实习", "10名", None),
        ("拥有专业老师21余名", "21余名", "qualifier_malformed"),
        ("在校生达近3万人", "达近3万人", "qualifier_malformed"),
        ("年均累计签约1500余人次", "1500余人次", "qualifier_malformed"),
    ],
)
def test_a_sentence_against_itself(sentence: str, stated: str, rule: str | None) -> None:
    assert [one.rule for one in found(claim("A", stated, sentence))] == ([rule] if rule else [])


def test_work_is_implied_only_by_the_trained() -> None:
    sentence = "已培育200余名人才，完成“教学-实践-就业”无缝衔接"
    assert rules(claim("A", "200余名", sentence, "persons_trained")) == [("employment_implied", ("A",))]
    assert rules(claim("A", "200余名", sentence, "persons_started")) == []
    assert rules(claim("A", "200余名", "已培育200余名人才", "persons_trained")) == []


@pytest.mark.parametrize(
    ("sentence", "fires"),
    [
        ("县就业服务局培训护工1000余人", False),
        ("由县就业局、人力资源和社会保障局举办，培训护工1000余人", False),
        ("县就业培训中心培训护工1000余人", False),
        ("公共就业和人才服务中心培训护工1000余人", False),
        ("劳动就业服务局组织培训护工1000余人", False),
        ("就业指导中心、就业创业服务中心培训护工1000余人", False),
        ("县就业服务局培训护工1000余人，带动就业", True),
        ("培训护工1000余人，就业局面好转", True),
        ("培训护工1000余人，人人就业", True),
    ],
)
def test_the_name_of_an_office_does_not_speak_of_work(sentence: str, fires: bool) -> None:
    told = rules(claim("A", "1000余人", sentence, "persons_trained"))
    assert (("employment_implied", ("A",)) in told) is fires


def test_kinds_the_ledger_counted_apart_are_unlike_too() -> None:
    judged = replace(
        judge_alone(claim("A", "15场次", "举办活动15场次", "matching_events_held")),
        splits={"kind": {"job_fair": 10, "signing_ceremony": 5, "online_fair": 0}},
    )
    (told,) = contradictions([judged])
    assert (told.rule, told.zh) == (
        "unlike_kinds_summed",
        "A“15场次”把不同的事合成一个数：专场招聘会、签约仪式，须分列。",
    )
    assert contradictions([replace(judged, splits={"kind": {"job_fair": 15, "online_fair": 0}})]) == []


def test_a_capacity_is_one_where_the_file_or_the_figure_says_so() -> None:
    plain = judge_alone(claim("A", "6000人"))
    assert contradictions([plain]) == []
    for capacity in (replace(plain, kind="capacity"), replace(plain, claim=replace(plain.claim, capacity=True))):
        assert [one.rule for one in contradictions([capacity])] == ["capacity_as_result"]


def test_the_report_of_each_programme_contradicts_itself_where_it_is_known_to() -> None:
    told = {
        name: {
            (one.rule, one.claims)
            for one in contradictions([judge_alone(one) for one in load(EXAMPLES / name / "claims.toml")])
        }
        for name in ("datong", "linqing", "sichuan", "maoming", "zhenfeng")
    }
    assert told["datong"] == {
        ("outcome_exceeds_base", ("D4", "D1")),
        ("qualifier_drift", ("D5b", "D5")),
        ("overlap_not_stated", ("D7", "D6")),
        ("unlike_kinds_summed", ("D2",)),
        ("internship_as_work", ("D7",)),
    }
    assert told["linqing"] == {
        ("outcome_exceeds_base", ("L19", "L18")),
        ("parts_do_not_sum", ("L17", "L5", "L8")),
        ("unit_drift", ("L19", "L15")),
        ("unlike_kinds_summed", ("L14",)),
        *(("qualifier_malformed", (id,)) for id in ("L4", "L5", "L15", "L16")),
    }
    assert told["sichuan"] == {("overlap_not_stated", ("S5", "S4")), ("employment_implied", ("S10",))}
    assert told["maoming"] == {
        ("implausible_ratio", ("M5", "M4")),
        ("overlap_not_stated", ("M8a", "M8b")),
        ("overlap_not_stated", ("M15a", "M9")),
        ("qualifier_malformed", ("M11",)),
        ("capacity_as_result", ("M16",)),
        ("capacity_as_result", ("M17",)),
        ("unlike_kinds_summed", ("M18",)),
    }
    assert told["zhenfeng"] == {("qualifier_malformed", ("Z0a",))}


def test_a_contradiction_as_json() -> None:
    (told,) = found(claim("A", "1000余人"), claim("B", "1500余人", relations={"outcome_of": "A"}))
    assert told.to_json() == {
        "rule": "outcome_exceeds_base",
        "claims": ["B", "A"],
        "text_zh": "B“1500余人”出自A“1000余人”，结果却多于基数。",
        "text_en": "B (1500余人) came out of A (1000余人), and is more.",
    }
