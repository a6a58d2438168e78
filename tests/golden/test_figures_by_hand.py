"""Ledgers small enough to count by hand: of each figure a plain one, one at an edge, and one with a retraction."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from ledger.event import Event
from services.audit.answers import Rate
from services.outcomes.catalogue import PRINTED
from tests.support.books import (
    Books,
    _databases,
    books,
    class_opened,
    completed,
    contract,
    contract_withdrawn,
    enrolled,
    issue,
    left,
    merged,
    missed,
    paid,
    resolved,
    started,
    visited,
)
from tests.support.facts import (
    activity,
    checked,
    clawed_back,
    cooperation,
    employer,
    employer_closed,
    promoted,
    referral,
    site,
    site_closed,
    skill_file,
    subsidy,
    upskilled,
    vacancy,
    visit_stream,
)

__all__ = ["_databases", "books"]

#: in place of a fact: the entry of that index in the log of that service is retracted
Gone = tuple[str, int]
ISSUE = "issue/datong-hrss/datong-hugong/1"
TRIP, OTHER_TRIP = visit_stream("a"), visit_stream("b")
#: figures that were there before these, with ledgers of their own in the files beside this one
ELSEWHERE = {
    *("persons_trained", "training_completions", "classes_opened", "certificates_issued", "agreements_signed"),
    *("persons_with_agreement", "contracts_signed", "matching_events_held", "employment_starts", "persons_started"),
    *("persons_employed", "dispatched_out_of_province", "mean_monthly_wage", "visits_completed", "issues_opened"),
    *("issues_resolved", "attested", "outcome_ladder"),
}


class Ledger(NamedTuple):
    """Facts in order (with the stream they belong to, where it is not their own), and what they come to."""

    facts: list[Event | Gone | tuple[Event, str]]
    value: Any
    excluded: dict[str, int]
    asked: Mapping[str, Any] = MappingProxyType({})


def kept(days: int, day: str, before: str) -> tuple[Ledger, Ledger, Ledger]:
    """Three ledgers of retained_d<days>, `day` being that day after 2025-03-01 and `before` the one before it."""
    since = {"since": "2025-03-01"}
    return (
        Ledger([started("a", "2025-03-01"), visited("a", day)], Rate(1, 1), {}),
        Ledger([started("a", "2025-03-01"), left("a", day, **since)], Rate(0, 1), {"no": 1}),
        Ledger(
            [started("a", "2025-03-01"), left("a", before, **since), ("placement", 1), visited("a", day)],
            Rate(1, 1),
            {},
        ),
    )


def covered(day: str, outside: str) -> tuple[Ledger, Ledger, Ledger]:
    """Three ledgers of visit_coverage: `outside` lies eleven days after `day`."""
    start = started("a", "2025-03-01")
    return (
        Ledger([start, visited("a", day)], Rate(1, 1), {}),
        Ledger([start, visited("a", outside), missed("a", day)], Rate(0, 1), {"not_visited": 1}),
        Ledger([start, visited("a", day), ("followup", 0)], Rate(0, 1), {"not_visited": 1}),
    )


#: figure → plain, edge, retraction
BY_HAND: dict[str, tuple[Ledger, Ledger, Ledger]] = {
    "occupations": (
        Ledger([class_opened("C1", occupation="护工"), class_opened("C2", occupation="月嫂")], 2, {}),
        Ledger([class_opened("C1"), class_opened("C2")], 1, {}),
        Ledger([class_opened("C1"), ("training", 0)], 0, {"voided": 1}),
    ),
    "training_hours": (
        Ledger([completed("a", hours_tenths=405), completed("b", hours_tenths=400)], 80.5, {}),
        Ledger(
            [completed("a", theory_hours_tenths=100, practice_hours_tenths=300), completed("b")],
            40,
            {"unknown_hours": 1},
        ),
        Ledger([completed("a", hours_tenths=400), ("training", 0)], 0, {}),
    ),
    "persons_by_category": (
        Ledger([enrolled("a", category="残疾人"), enrolled("b", category="脱贫人口")], 2, {}),
        Ledger([enrolled("a", "C1", category="残疾人"), enrolled("a", "C2", category="残疾人"), enrolled("b")], 1, {}),
        Ledger([enrolled("a", category="残疾人"), ("training", 0)], 0, {"voided": 1}),
    ),
    "skill_files": (
        Ledger([skill_file("a"), skill_file("b")], 2, {}),
        Ledger([skill_file("a", on="2025-06-20"), skill_file("b", on="2025-06-21")], 1, {}, {"end": "2025-06-20"}),
        Ledger([skill_file("a"), ("training", 0)], 0, {"voided": 1}),
    ),
    "subsidies_paid": (
        Ledger([subsidy("1", "a", 120_000), subsidy("2", "b", 80_000)], 200_000, {}),
        Ledger(
            [
                subsidy("1", "a", 1, "2025-12-31"),
                subsidy("2", "a", 2, "2025-01-01"),
                subsidy("3", "a", 4, "2026-01-01"),
            ],
            6,
            {"second_same_kind_same_year": 1},
        ),
        Ledger([subsidy("1", "a", 9), clawed_back("1", "a", "2025-05-01"), ("placement", 1)], 9, {}),
    ),
    "referral_rate": (
        Ledger([completed("a"), completed("b"), referral("a", "2025-03-20")], Rate(1, 2), {"not_referred": 1}),
        Ledger(
            [completed("a"), completed("b"), referral("a", "2025-05-09"), referral("b", "2025-05-10")],
            Rate(1, 2),
            {"not_referred": 1},
        ),
        Ledger([completed("a"), referral("a", "2025-03-20"), ("placement", 0)], Rate(0, 1), {"not_referred": 1}),
    ),
    "days_to_referral": (
        Ledger([completed("a"), completed("b"), referral("a", "2025-03-13"), referral("b", "2025-03-17")], 5, {}),
        Ledger([completed("a"), referral("a", "2025-03-10"), referral("a", "2025-03-12")], 0, {}),
        Ledger([completed("a"), referral("a", "2025-03-10"), referral("a", "2025-03-12"), ("placement", 0)], 2, {}),
    ),
    "employers": (
        Ledger([employer("E1"), employer("E2")], 2, {}),
        Ledger([employer("E1"), employer_closed("E1", "2025-06-20")], 0, {"closed": 1}, {"end": "2025-06-20"}),
        Ledger([employer("E1"), employer_closed("E1", "2025-06-20"), ("placement", 1)], 1, {}),
    ),
    "employers_by_mode": (
        Ledger([employer("E1", "employee"), employer("E2", "agency")], 2, {}),
        Ledger([employer("E1"), employer("E2", "other")], 0, {"unknown_mode": 1, "other_mode": 1}),
        Ledger([employer("E1", "employee"), ("placement", 0)], 0, {"voided": 1}),
    ),
    "cooperations": (
        Ledger([cooperation("E1"), cooperation("E2")], 2, {}),
        Ledger([cooperation("E1"), cooperation("E1", "2025-03-01")], 1, {}),
        Ledger([cooperation("E1"), ("placement", 0)], 0, {"voided": 1}),
    ),
    "vacancies": (
        Ledger([vacancy("E1", 30), vacancy("E2", 12)], 42, {}),
        Ledger([vacancy("E1", 0), vacancy("E2", 5, "2025-06-21")], 0, {}, {"end": "2025-06-20"}),
        Ledger([vacancy("E1", 30), ("placement", 0)], 0, {"voided": 1}),
    ),
    "standard_contract_rate": (
        Ledger(
            [contract("1", "a", template="standard"), contract("2", "b", template="other")],
            Rate(1, 2),
            {"other_template": 1},
        ),
        Ledger(
            [contract("1", "a"), contract("1", "b", kind="service", template="standard")],
            Rate(1, 2),
            {"unknown_template": 1},
        ),
        Ledger(
            [contract("1", "a", template="standard"), contract_withdrawn("1", "a", "2025-05-01"), ("placement", 1)],
            Rate(1, 1),
            {},
        ),
    ),
    "internships_started": (
        Ledger([started("a", kind="internship"), started("b")], 1, {}),
        Ledger(
            [started("a", "2025-06-20", kind="internship"), started("b", "2025-06-21", kind="internship")],
            1,
            {},
            {"end": "2025-06-20"},
        ),
        Ledger([started("a", kind="internship"), ("placement", 0)], 0, {"voided": 1}),
    ),
    "pre_job_training_rate": (
        Ledger([started("a"), started("b"), completed("a", on="2025-03-10")], Rate(1, 2), {"missing": 1}),
        Ledger(
            [started("a"), started("b"), completed("a", on="2025-04-01"), completed("b", on="2025-04-02")],
            Rate(1, 2),
            {"missing": 1},
        ),
        Ledger([started("a"), completed("a"), ("training", 0)], Rate(0, 1), {"missing": 1}),
    ),
    "health_check_rate": (
        Ledger([started("a"), started("b"), checked("a", "2025-03-10")], Rate(1, 2), {"missing": 1}),
        Ledger(
            [started("a"), started("b"), checked("a", "2024-04-01"), checked("b", "2024-03-31")],
            Rate(1, 2),
            {"missing": 1},
        ),
        Ledger([started("a"), checked("a", "2025-03-10"), ("placement", 1)], Rate(0, 1), {"missing": 1}),
    ),
    "persons_employed_by_mode": (
        Ledger([employer("E1", "employee"), started("a"), started("b", employer="E2")], 1, {"unknown_mode": 1}),
        Ledger(
            [employer("E1", "agency"), started("a"), left("a", "2025-06-20")], 0, {"ended": 1}, {"end": "2025-06-20"}
        ),
        Ledger([employer("E1", "agency"), started("a"), left("a", "2025-06-20"), ("placement", 2)], 1, {}),
    ),
    "starts_by_work_region": (
        Ledger(
            [started("a", work_region="440103"), started("b", work_region="320100")],
            1,
            {"elsewhere": 1},
            {"extra": {"work_region": "大湾区"}},
        ),
        Ledger(
            [started("a", work_region="440000"), started("b")],
            0,
            {"unknown_place": 2},
            {"extra": {"work_region": "4401"}},
        ),
        Ledger([started("a", work_region="440103"), ("placement", 0)], 0, {}, {"extra": {"work_region": "4401"}}),
    ),
    "retained_d30": kept(30, "2025-03-31", "2025-03-30"),
    "retained_d90": kept(90, "2025-05-30", "2025-05-29"),
    "retained_d180": kept(180, "2025-08-28", "2025-08-27"),
    "visit_coverage_d30": covered("2025-03-31", "2025-04-11"),
    "visit_coverage_d90": covered("2025-05-30", "2025-06-10"),
    "visit_coverage_d180": covered("2025-08-28", "2025-09-08"),
    "wage_growth": (
        Ledger([paid("a", "2025-01", 400_000), paid("a", "2025-06", 420_000)], Rate(20_000, 400_000), {}),
        Ledger([paid("a", "2025-02", 400_000), paid("a", "2025-05", 420_000)], Rate(0, 0), {"months_too_close": 1}),
        Ledger(
            [paid("a", "2025-01", 400_000), paid("a", "2025-06", 420_000), ("followup", 1)],
            Rate(0, 0),
            {"months_too_close": 1},
        ),
    ),
    "issue_days_median": (
        Ledger([issue("1", "a"), (resolved("a", "2025-05-11"), ISSUE)], 10, {}),
        Ledger([issue("1", "a"), (resolved("a", "2025-05-01"), ISSUE), issue("2", "b")], 0, {}),
        Ledger([issue("1", "a"), (resolved("a", "2025-05-11"), ISSUE), ("followup", 1)], None, {}),
    ),
    "upskilled": (
        Ledger([(upskilled("a"), TRIP), (upskilled("b"), OTHER_TRIP)], 2, {}),
        Ledger(
            [(upskilled("a", "2025-06-20"), TRIP), (upskilled("b", "2025-06-21"), OTHER_TRIP)],
            1,
            {},
            {"end": "2025-06-20"},
        ),
        Ledger([(upskilled("a"), TRIP), ("followup", 0)], 0, {"voided": 1}),
    ),
    "promotions": (
        Ledger([(promoted("a"), TRIP), (promoted("b"), OTHER_TRIP)], 2, {}),
        Ledger([(promoted("a"), TRIP), (promoted("b"), OTHER_TRIP), merged("b", "a")], 2, {}),
        Ledger([(promoted("a"), TRIP), ("followup", 0)], 0, {"voided": 1}),
    ),
    "activities_held": (
        Ledger([activity("1"), activity("2", "volunteering")], 2, {}),
        Ledger(
            [activity("1", on="2025-06-20"), activity("2", on="2025-06-21")],
            1,
            {},
            {"start": "2025-06-20", "end": "2025-06-20"},
        ),
        Ledger([activity("1"), ("training", 0)], 0, {"voided": 1}),
    ),
    "activity_attendance": (
        Ledger([activity("1", attendances=30), activity("2", "other", attendances=12)], 42, {}),
        Ledger([activity("1", attendees=30)], 0, {"not_stated": 1}),
        Ledger([activity("1", attendances=30), ("training", 0)], 0, {"voided": 1}),
    ),
    "competitors": (
        Ledger([activity("1", attendees=127), activity("2", "promotion", attendees=900)], 127, {}),
        Ledger([activity("1", attendees=0), activity("2")], 0, {"not_stated": 1}),
        Ledger([activity("1", attendees=127), ("training", 0)], 0, {"voided": 1}),
    ),
    "teams": (
        Ledger([activity("1", teams=33), activity("2", teams=4)], 37, {}),
        Ledger([activity("1"), activity("2", "volunteering")], 0, {"not_stated": 1}),
        Ledger([activity("1", teams=33), ("training", 0)], 0, {"voided": 1}),
    ),
    "awards": (
        Ledger([activity("1", awards=24), activity("2", "other", awards=2)], 26, {}),
        Ledger([activity("1"), activity("2", "volunteering")], 0, {"not_stated": 1}),
        Ledger([activity("1", awards=24), ("training", 0)], 0, {"voided": 1}),
    ),
    "facilities": (
        Ledger([site("1"), site("2", "school")], 2, {}),
        Ledger(
            [site("1"), site_closed("1", "2025-06-20"), site("2", on="2025-06-21")],
            0,
            {"closed": 1},
            {"end": "2025-06-20"},
        ),
        Ledger([site("1"), site_closed("1", "2025-06-20"), ("training", 1)], 1, {}),
    ),
    "recognitions": (
        Ledger([site("1", title="示范基地"), site("2")], 1, {}),
        Ledger([site("1", title="示范基地"), site("2", title="示范"), site("3")], 1, {}, {"extra": {"title": "示范"}}),
        Ledger([site("1", title="示范基地"), ("training", 0)], 0, {"voided": 1}),
    ),
    "capacity_places": (
        Ledger([site("1", capacity_places=1_500), site("2", capacity_places=500)], 2_000, {}),
        Ledger([site("1", capacity_places=0), site("2")], 0, {"not_stated": 1}),
        Ledger([site("1", capacity_places=9), site_closed("1", "2025-03-01"), ("training", 1)], 9, {}),
    ),
}
SORTS = ("plain", "edge", "retraction")


def write(books: Books, facts: list[Event | Gone | tuple[Event, str]]) -> None:
    for fact in facts:
        if isinstance(fact, Event):
            log_of(books, fact).add(fact)
        elif isinstance(fact[0], Event):
            log_of(books, fact[0]).add(fact[0], subject=str(fact[1]))
        else:
            getattr(books, fact[0]).retract(fact[1])


def log_of(books: Books, fact: Event) -> Any:
    """The log of the service whose event it is."""
    return getattr(books, type(fact).__module__.split(".")[1])


def test_every_figure_has_ledgers_counted_by_hand() -> None:
    assert {*BY_HAND, *ELSEWHERE} == set(PRINTED)


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("figure", BY_HAND)
def test_a_small_ledger_comes_to_what_a_hand_counts(books: Books, figure: str, sort: str) -> None:
    ledger = BY_HAND[figure][SORTS.index(sort)]
    write(books, ledger.facts)
    answer = books.figure(figure, **ledger.asked)
    assert (answer.value, dict(answer.excluded)) == (ledger.value, ledger.excluded)
