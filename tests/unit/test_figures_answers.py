"""Values from members, and questions made equal: pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ledger.errors import Kind, Refused
from services.audit.answers import (
    Distribution,
    Rate,
    Statement,
    distribution,
    in_unit,
    mean_half_up,
    thousandths,
    value_of,
)
from services.audit.parameters import parameters_for
from services.outcomes.catalogue import FigureRule, load
from services.outcomes.days import day_number

RULE = load()["agreements_signed"]
WAGE = load()["mean_monthly_wage"]


@pytest.mark.parametrize(("total", "n", "mean"), [(5, 2, 3), (4, 3, 1), (5, 3, 2), (1, 2, 1), (0, 0, None), (7, 7, 1)])
def test_a_mean_is_rounded_half_up(total: int, n: int, mean: int | None) -> None:
    assert mean_half_up(total, n) == mean


@pytest.mark.parametrize(
    ("histogram", "median"),
    [([(1, 1)], 1), ([(1, 1), (2, 1)], 2), ([(1, 2), (9, 1)], 1), ([(1, 1), (4, 1), (6, 2)], 5), ([], None)],
)
def test_a_median_is_the_middle_or_between_the_two_middle_ones(
    histogram: list[tuple[int, int]], median: int | None
) -> None:
    assert distribution(histogram, None).median == median


def test_coverage_is_a_rate_of_what_there_could_be() -> None:
    assert distribution([(10, 3)], 12) == Distribution(3, 10, 10, Rate(3, 12))
    assert distribution([], 0).coverage == Rate(0, 0)


def test_the_denominator_of_a_rate_keeps_the_base_reasons() -> None:
    rate = replace(RULE, measure="rate", exclusions=("voided", "withdrawn"), base_reasons=("withdrawn",))
    assert value_of(rate, 7, {"voided": 2, "withdrawn": 3}, None, ()) == Rate(7, 10)
    assert value_of(rate, 7, {}, None, ()) == Rate(7, 7)


def test_a_sum_is_in_whole_units_and_a_growth_is_held_against_what_there_was() -> None:
    hours, growth = load()["training_hours"], load()["wage_growth"]
    assert value_of(hours, 2, {}, None, (), 1_205) == 120.5
    assert value_of(hours, 2, {}, None, (), 1_200) == 120
    assert value_of(load()["subsidies_paid"], 0, {}, None, ()) == 0
    assert value_of(growth, 2, {"months_too_close": 3}, None, (), -20, 800) == Rate(-20, 800)
    assert [in_unit(-5, 10), in_unit(7, 1)] == [-0.5, 7]


def test_a_median_is_a_value_of_its_own() -> None:
    median = load()["issue_days_median"]
    assert value_of(median, 3, {}, distribution([(2, 1), (5, 1), (30, 1)], None), ()) == 5
    assert value_of(median, 0, {}, distribution([], None), ()) is None


def test_a_statement_has_a_value_where_it_is_the_only_one() -> None:
    rule = load()["attested"]
    one = Statement("从业人员", 8_000, "人", "stock", "2025-06-20", "统计局", "l", 0)
    assert value_of(rule, 1, {}, None, [one]) == 8_000
    assert value_of(rule, 2, {}, None, [one, one]) is None
    assert value_of(rule, 0, {}, None, []) is None


def test_a_stated_number_is_whole_where_it_is_whole() -> None:
    assert [thousandths(milli) for milli in (8_000_000, 1_500, -500, 0)] == [8_000, 1.5, -0.5, 0]
    assert isinstance(thousandths(2_000), int)


@pytest.mark.parametrize(
    ("code", "prefix"),
    [
        ("630000", "63"),
        ("630100", "6301"),
        ("630121", "630121"),
        ("63", "63"),
        ("6300", "63"),
        ("000000", None),
        ("", None),
    ],
)
def test_a_region_is_a_prefix_without_trailing_noughts(code: str, prefix: str | None) -> None:
    assert parameters_for(RULE, region=code).region == prefix


def test_equal_questions_are_equal() -> None:
    one = parameters_for(WAGE, programme="p", region="630000", start="2025-01-01", end=date(2025, 6, 20))
    other = parameters_for(
        WAGE, programme="p", region="63", start=date(2025, 1, 1), end="2025-06-20", extra={"min_proof": "工资条"}
    )
    assert one == other
    assert hash(one) == hash(other)
    assert one.to_json() == {
        "programme": "p",
        "region": "63",
        "from": "2025-01-01",
        "to": "2025-06-20",
        "min_proof": "payslip",
    }
    assert parameters_for(RULE, programme="") == parameters_for(RULE)


def test_a_stock_drops_its_beginning_and_remembers_that_it_did() -> None:
    rule = load()["persons_employed"]
    asked = parameters_for(rule, start="2025-01-01", end="2025-06-20")
    assert asked == parameters_for(rule, end="2025-06-20")
    assert (asked.from_day, asked.to_day, asked.from_dropped) == (None, day_number("2025-06-20"), True)


@pytest.mark.parametrize(
    ("rule", "asked", "refusal"),
    [
        (RULE, {"region": "6301210"}, "bad_parameter"),
        (RULE, {"region": "青海"}, "bad_parameter"),
        (RULE, {"start": "2025-02-30"}, "bad_parameter"),
        (RULE, {"end": "20250620"}, "bad_parameter"),
        (RULE, {"start": "2025-06-21", "end": "2025-06-20"}, "bad_parameter"),
        (RULE, {"extra": {"min_proof": "bank"}}, "unknown_parameter"),
        (WAGE, {"extra": {"min_proof": "hearsay"}}, "bad_parameter"),
    ],
)
def test_a_bad_parameter_is_refused_with_a_remedy(rule: FigureRule, asked: dict[str, object], refusal: str) -> None:
    with pytest.raises(Refused) as refused:
        parameters_for(rule, **asked)  # type: ignore[arg-type]
    assert refused.value.refusal.rule == refusal
    assert refused.value.refusal.kind is Kind.MALFORMED
    assert refused.value.refusal.message
    assert refused.value.refusal.zh


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("440100", "4401"),
        ("4403,440100", "4401,4403"),
        ("81、82 ；32", "32,81,82"),
        ("大湾区", "4401,4403,4404,4406,4407,4412,4413,4419,4420,81,82"),
        ("", None),
    ],
)
def test_regions_of_work_become_prefixes_in_order(said: str, asked: str | None) -> None:
    rule = load()["starts_by_work_region"]
    assert dict(parameters_for(rule, extra={"work_region": said}).extra) == {"work_region": asked}


@pytest.mark.parametrize("said", ["珠三角", "440", "4401;x", "0000", "大湾区x"])
def test_what_is_no_region_is_refused_with_the_names_that_are_known(said: str) -> None:
    with pytest.raises(Refused, match="大湾区") as refused:
        parameters_for(load()["starts_by_work_region"], extra={"work_region": said})
    assert refused.value.refusal.rule == "bad_parameter"
