"""What a sample says of the whole."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgerctl.sampling.estimate import Results, estimate, interval


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    # 0 and n: closed forms; the others as tables of exact binomial limits have them
    [
        (0, 10, 0.0, 0.3085),
        (10, 10, 0.6915, 1.0),
        (5, 10, 0.1871, 0.8129),
        (1, 20, 0.0013, 0.2487),
        (290, 300, 0.9396, 0.9839),
    ],
)
def test_the_interval_is_that_of_clopper_and_pearson(hits: int, trials: int, low: float, high: float) -> None:
    assert interval(hits, trials) == pytest.approx((low, high), abs=0.0001)


def test_299_without_a_fault_show_fewer_than_one_fault_in_a_hundred() -> None:
    # one-sided 95 %, which is the lower bound of a two-sided 90 %
    low, _ = interval(299, 299, confidence=0.90)
    assert low > 0.99
    low, _ = interval(298, 298, confidence=0.90)
    assert low < 0.99


@given(st.integers(1, 400).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))))
def test_the_interval_holds_the_share_and_its_mirror_mirrors_it(case: tuple[int, int]) -> None:
    hits, trials = case
    low, high = interval(hits, trials)
    assert 0 <= low <= hits / trials <= high <= 1
    assert interval(trials - hits, trials) == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_what_cannot_be_verified_is_not_counted() -> None:
    found = estimate(Results(confirmed=270, refuted=10, unreachable=20, pending=0), 862)
    assert found is not None
    assert found.corrected == math.floor(862 * 0.9 + 0.5)
    assert found.least < found.corrected < found.most < 862


def test_what_is_still_open_is_left_out_until_it_is_known() -> None:
    assert estimate(Results(0, 0, 0, 299), 862) is None
    assert estimate(Results(99, 0, 0, 200), 862) == estimate(Results(99, 0, 0, 0), 862)


def test_a_figure_verified_whole_is_known_exactly() -> None:
    assert estimate(Results(confirmed=18, refuted=2, unreachable=0, pending=0), 20) == (18, 18, 18, 0.9)


def test_bounds_never_leave_what_is_known_of_those_looked_at() -> None:
    found = estimate(Results(confirmed=19, refuted=1, unreachable=0, pending=0), 21)
    assert found is not None
    assert 19 <= found.least <= found.corrected <= found.most <= 20
