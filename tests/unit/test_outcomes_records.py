from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest

from ledger.event import Event
from services.followup.events import VisitAttempted, VisitCompleted, WageObserved
from services.outcomes.days import day_number
from services.outcomes.records import FOLDED, Fact, OutcomeRecord, decode, encode, fold, same_person
from services.outcomes.standing import kept_at, standing
from services.placement.events import (
    EmploymentEnded,
    EmploymentStarted,
    IntentAgreementSigned,
    IntentAgreementWithdrawn,
)
from services.training.events import CertificateIssued, CertificateRevoked, Enrolled, TrainingEnded
from tests.support.logs import subject_of

ABOUT: dict[str, Any] = {"programme": "datong-hugong", "region": "630121", "person": "pr_a"}
OF_CLASS: dict[str, Any] = {**ABOUT, "class_no": "2025-01"}
AGENCY = "datong-hrss"


def on(day: int) -> str:
    """A day of a calendar that starts on 2025-01-01."""
    return (date(2025, 1, 1) + timedelta(days=day)).isoformat()


def record_of(*events: Event) -> OutcomeRecord:
    """The record of these facts; indices are positions in the argument list."""
    facts = [
        Fact(
            day_number(getattr(event, str(event.occurred))),
            FOLDED.index(type(event)),
            "ledger.local/any",
            index,
            subject_of(event, AGENCY),
            AGENCY,
            event,
        )
        for index, event in enumerate(events)
    ]
    random.Random(len(facts)).shuffle(facts)
    return fold("pr_a", "datong-hugong", facts)


def start(day: int, employer: str = "甲", **more: Any) -> Event:
    return EmploymentStarted(**ABOUT, employer=employer, started_on=on(day), **more)


def end(started: int, day: int, employer: str = "甲") -> Event:
    return EmploymentEnded(**ABOUT, employer=employer, started_on=on(started), ended_on=on(day))


def visit(day: int, state: Any = "working") -> Event:
    return VisitCompleted(**ABOUT, visited_on=on(day), method="phone", state=state)


def test_a_whole_path_is_told_with_its_dates_and_entries() -> None:
    record = record_of(
        Enrolled(**OF_CLASS, enrolled_on=on(0)),
        TrainingEnded(**OF_CLASS, result="passed", ended_on=on(14)),
        CertificateIssued(**OF_CLASS, certificate="C1", issued_on=on(20)),
        IntentAgreementSigned(**ABOUT, agreement="AG-1", employer="甲", signed_on=on(15)),
        start(30),
        visit(61),
        WageObserved(**ABOUT, month="2025-03", wage_fen=400_000, observed_on=on(61), proof="payslip"),
        end(30, 100),
    )
    then = standing(record, on(200))
    assert then.trained is not None
    assert (then.trained.on, then.trained.entries) == (on(14), (("ledger.local/any", 1),))
    assert then.certified is not None
    assert then.certified.entries == (("ledger.local/any", 2),)
    assert then.agreed is not None
    assert then.agreed.on == on(15)
    assert then.contracted is None
    assert then.started is not None
    assert then.started.entries == (("ledger.local/any", 4),)
    assert [(kept.days, kept.answer) for kept in then.kept] == [(30, "yes"), (90, "no"), (180, "not_yet_known")]
    assert then.wage_proven is not None
    assert then.work == "ended"
    assert then.left is not None
    assert (then.left.on, then.left.entries) == (on(100), (("ledger.local/any", 7),))


def test_facts_dated_after_the_day_are_ignored() -> None:
    record = record_of(
        IntentAgreementSigned(**ABOUT, agreement="AG-1", employer="甲", signed_on=on(10)),
        IntentAgreementWithdrawn(**ABOUT, agreement="AG-1", withdrawn_on=on(20)),
        start(30),
        end(30, 50),
    )
    assert standing(record, on(9)).agreed is None
    assert standing(record, on(19)).agreed is not None
    assert standing(record, on(20)).agreed is None
    assert standing(record, on(29)).work is None
    assert standing(record, on(49)).work == "working"
    assert standing(record, on(50)).work == "ended"


def test_a_revoked_certificate_no_longer_certifies() -> None:
    record = record_of(
        Enrolled(**OF_CLASS, enrolled_on=on(0)),
        CertificateIssued(**OF_CLASS, certificate="C1", issued_on=on(20)),
        CertificateRevoked(**OF_CLASS, certificate="C1", revoked_on=on(40)),
    )
    assert standing(record, on(39)).certified is not None
    assert standing(record, on(40)).certified is None


def test_a_withdrawal_dated_before_its_signature_still_withdraws() -> None:
    record = record_of(
        IntentAgreementSigned(**ABOUT, agreement="AG-1", employer="甲", signed_on=on(10)),
        IntentAgreementWithdrawn(**ABOUT, agreement="AG-1", withdrawn_on=on(5)),
    )
    assert standing(record, on(30)).agreed is None


@pytest.mark.parametrize(
    ("events", "work"),
    [
        ([start(0)], "working"),
        ([start(0), visit(10, "left")], "reported_left"),
        ([start(0), visit(10, "left"), visit(20)], "working"),
        ([start(0), VisitAttempted(**ABOUT, visited_on=on(10), method="home")], "lost_contact"),
        ([start(0), end(0, 5), start(7, "乙")], "working"),
        ([start(0), end(0, 5), start(7, "乙"), end(7, 9, "乙")], "ended"),
        ([start(5), visit(4, "left")], "working"),
        ([start(0, kind="internship")], None),
    ],
)
def test_whether_a_person_is_at_work(events: list[Event], work: str | None) -> None:
    assert standing(record_of(*events), on(60)).work == work


def test_an_internship_is_neither_a_start_nor_asked_how_long_it_lasted() -> None:
    then = standing(record_of(start(0, kind="internship"), visit(40)), on(300))
    assert (then.started, then.kept) == (None, ())


@pytest.mark.parametrize(
    ("events", "answers"),
    [
        # (day asked, answer for D30), spell from day 0
        ([start(0)], {29: "not_yet_known", 30: "not_yet_known", 90: "not_yet_known", 91: "unknown"}),
        ([start(0), visit(30)], {29: "not_yet_known", 30: "yes"}),
        ([start(0), visit(29)], {30: "not_yet_known", 91: "unknown"}),
        ([start(0), visit(45, "left")], {91: "unknown"}),
        ([start(0), end(0, 30)], {29: "not_yet_known", 30: "no", 200: "no"}),
        ([start(0), end(0, 31)], {30: "not_yet_known", 31: "yes"}),
        ([start(0), end(0, 10), visit(40)], {30: "no", 39: "no", 40: "yes"}),
        ([start(0), end(0, 10), start(20, "乙"), visit(40)], {40: "not_yet_known", 200: "unknown"}),
        ([start(0), visit(200)], {91: "unknown", 199: "unknown", 200: "yes"}),
    ],
)
def test_what_shows_that_a_spell_lasted_thirty_days(events: list[Event], answers: dict[int, str]) -> None:
    record = record_of(*events)
    assert {day: standing(record, on(day)).kept[0].answer for day in answers} == answers


@pytest.mark.parametrize("seed", range(40))
def test_the_stored_answer_is_the_figures_row_read_literally(seed: int) -> None:
    dice = random.Random(seed)
    starts = sorted(dice.sample(range(0, 200, 10), dice.randint(1, 3)))
    ends = {day: dice.randint(max(0, day - 5), day + 230) for day in starts if dice.random() < 0.6}
    visits = {dice.randint(0, 420): dice.choice(["working", "left"]) for _ in range(dice.randint(0, 5))}
    record = record_of(
        *(start(day, f"单位{day}") for day in starts),
        *(end(day, ended, f"单位{day}") for day, ended in ends.items()),
        *(visit(day, state) for day, state in visits.items()),
    )
    spells = {spell.started.on: spell for spell in record.spells}
    for begun in starts:
        for kept in spells[on(begun)].kept:
            for to in range(begun, 480, 7):
                due = begun + kept.days
                if to >= due:
                    assert kept_at(kept, on(to))[0] == by_the_row(begun, due, to, starts, ends, visits)


def by_the_row(begun: int, due: int, to: int, starts: list[int], ends: dict[int, int], visits: dict[int, str]) -> str:
    """retained_dN: yes: end > start + D, or a working visit ≥ start + D before any later spell; no: end ≤ …"""
    ended = ends.get(begun)
    known_end = ended if ended is not None and ended <= to else None
    later = [day for day in starts if begun < day <= to]
    at_work = any(
        state == "working" and due <= day <= to and all(day < next_start for next_start in later)
        for day, state in visits.items()
    )
    if (known_end is not None and known_end > due) or at_work:
        return "yes"
    if known_end is not None and known_end <= due:
        return "no"
    return "not_yet_known" if to <= due + 60 else "unknown"


def test_a_person_was_kept_if_any_of_their_spells_was() -> None:
    record = record_of(start(0), end(0, 10), start(20, "乙"), visit(60))
    assert standing(record, on(60)).kept[0].answer == "yes"
    assert standing(record, on(45)).kept[0].answer == "not_yet_known"
    assert standing(record_of(start(0), end(0, 10)), on(45)).kept[0].answer == "no"


def test_only_a_pay_slip_or_better_proves_a_wage() -> None:
    def wage(proof: Any) -> OutcomeRecord:
        return record_of(
            start(0),
            WageObserved(**ABOUT, month="2025-02", wage_fen=1, observed_on=on(40), proof=proof),
        )

    for proven in ("social_insurance", "bank", "payslip"):
        assert standing(wage(proven), on(40)).wage_proven is not None
        assert standing(wage(proven), on(39)).wage_proven is None
    for unproven in ("employer_letter", "self_report", None):
        assert standing(wage(unproven), on(40)).wage_proven is None


def test_a_start_at_the_end_of_time_has_a_record() -> None:
    record = record_of(EmploymentStarted(**ABOUT, employer="甲", started_on="9999-12-30"))
    assert [kept.due_on for kept in record.spells[0].kept] == ["9999-12-31"] * 3


def test_a_record_reads_back_as_it_was_written_with_nothing_absent_in_it() -> None:
    record = record_of(start(0), visit(30))
    written = encode(record)
    assert decode(written) == record
    assert b"null" not in written
    assert b"merged" not in written
    assert written.startswith(b'{"person":"pr_a","programme":')


def test_merges_are_followed_to_the_end_of_the_chain() -> None:
    assert same_person(["a", "b", "c", "d"], {"a": "b", "b": "c"}) == {"a": "c", "b": "c", "c": "c", "d": "d"}


@pytest.mark.parametrize("order", [["a", "b", "c", "x"], ["x", "c", "b", "a"], ["b", "x", "a", "c"]])
def test_merges_in_a_circle_go_by_the_least_reference_whatever_is_asked_first(order: list[str]) -> None:
    merges = {"b": "c", "c": "a", "a": "b", "x": "c"}
    assert same_person(order, merges) == dict.fromkeys(["a", "b", "c", "x"], "a")
