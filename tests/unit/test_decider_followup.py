"""Follow-up: plans, visits, wages and issues."""

from __future__ import annotations

import pytest

from ledger.decider import Command
from ledger.errors import Kind
from services.followup import commands as ask_for
from services.followup import events as happened
from tests.support.given import AGENCY, Ledger, recorded, refused
from tests.support.samples import PERSON, sample

COMPLETED = sample(happened.VisitCompleted)
ATTEMPTED = sample(happened.VisitAttempted)
WAGE = sample(happened.WageObserved)
ISSUE = sample(happened.IssueOpened)
REFERRED = sample(happened.IssueReferred)
RESOLVED = sample(happened.IssueResolved)
PROMOTION = sample(happened.PromotionRecorded)
UPSKILLING = sample(happened.UpskillingTaken)
PLANNED = sample(happened.VisitsPlanned)
BASE = f"{AGENCY}/datong-hugong"
VISIT = f"visit/{BASE}/{PERSON}/2025-04-20/none"

UPSERTS = [
    (
        ask_for.PlanVisits(planned=PLANNED),
        ask_for.PlanVisits(planned=sample(happened.VisitsPlanned, d30_on="2025-04-20")),
        f"plan/{BASE}/{PERSON}/91320100MA1XYZ/2025-03-20",
    ),
    (
        ask_for.CompleteVisit(visit=COMPLETED),
        ask_for.CompleteVisit(visit=sample(happened.VisitCompleted, state="left")),
        VISIT,
    ),
    (
        ask_for.AttemptVisit(visit=sample(happened.VisitAttempted, method="phone")),
        ask_for.AttemptVisit(visit=sample(happened.VisitAttempted, method="phone", employer="other")),
        f"visit/{BASE}/{PERSON}/2025-04-20/phone",
    ),
    (
        ask_for.ObserveWage(wage=WAGE),
        ask_for.ObserveWage(wage=sample(happened.WageObserved, wage_fen=400_000)),
        f"wage/{BASE}/{PERSON}/2025-03/none",
    ),
    (
        ask_for.ObserveWage(wage=sample(happened.WageObserved, proof="bank")),
        ask_for.ObserveWage(wage=sample(happened.WageObserved, proof="bank", wage_fen=400_000)),
        f"wage/{BASE}/{PERSON}/2025-03/bank",
    ),
    (
        ask_for.OpenIssue(issue=sample(happened.IssueOpened, issue="I-7")),
        ask_for.OpenIssue(issue=sample(happened.IssueOpened, issue="I-7", kind="safety")),
        f"issue/{BASE}/I-7",
    ),
]


@pytest.mark.parametrize(("a", "b", "subject"), UPSERTS, ids=lambda one: type(one).__name__)
def test_a_fact_is_an_upsert_in_its_stream(a: Command, b: Command, subject: str) -> None:
    ledger = Ledger("followup")
    [first] = ledger.given(a)
    assert (first.subject, first.duplicate) == (subject, False)
    assert recorded(ledger.when(a)).duplicate
    ledger.given(b, a)
    [fact] = a.facts()
    assert ledger.live(subject) == {fact.slot: fact}


def test_a_visit_attempted_and_then_completed_is_one_visit() -> None:
    ledger = Ledger("followup")
    ledger.given(ask_for.AttemptVisit(visit=ATTEMPTED), ask_for.CompleteVisit(visit=COMPLETED))
    assert ledger.live(VISIT) == {"visit": COMPLETED}


def test_plans_are_cancelled_with_their_start_and_can_be_made_again() -> None:
    ledger = Ledger("followup")
    cancel = ask_for.CancelVisits(
        programme=PLANNED.programme, person=PERSON, employer=PLANNED.employer, started_on=PLANNED.started_on
    )
    refused(ledger.when(cancel), "no_planned")
    [plan] = ledger.given(ask_for.PlanVisits(planned=PLANNED))
    [cancelled] = ledger.given(cancel)
    assert (cancelled.subject, cancelled.index) == (plan.subject, 1)
    assert ledger.live(plan.subject) == {}
    refused(ledger.when(cancel), "no_planned")
    ledger.given(ask_for.PlanVisits(planned=PLANNED))


@pytest.mark.parametrize("on_visit", [True, False])
def test_an_issue_is_referred_and_resolved_once_where_it_was_opened(on_visit: bool) -> None:
    ledger = Ledger("followup")
    opening: Command = (
        ask_for.RecordVisit(completed=COMPLETED, issue=ISSUE) if on_visit else ask_for.OpenIssue(issue=ISSUE)
    )
    [opened] = ledger.given(opening)
    refer = ask_for.ReferIssue(subject=opened.subject, referred=REFERRED)
    resolve = ask_for.ResolveIssue(subject=opened.subject, resolved=RESOLVED)
    referred, resolved = ledger.given(refer, resolve)
    assert (referred.subject, resolved.subject) == (opened.subject, opened.subject)
    refused(ledger.when(refer), "already_referred")
    refused(ledger.when(resolve), "already_resolved")


def test_an_issue_may_be_resolved_without_being_referred() -> None:
    ledger = Ledger("followup")
    [opened] = ledger.given(ask_for.OpenIssue(issue=ISSUE))
    ledger.given(ask_for.ResolveIssue(subject=opened.subject, resolved=RESOLVED))


def test_a_stream_without_an_issue_has_none_to_resolve() -> None:
    ledger = Ledger("followup")
    [visit] = ledger.given(ask_for.CompleteVisit(visit=COMPLETED))
    for step in (
        ask_for.ReferIssue(subject=visit.subject, referred=REFERRED),
        ask_for.ResolveIssue(subject=visit.subject, resolved=RESOLVED),
    ):
        refused(ledger.when(step), "needs_issue")


def test_a_row_of_the_register_states_all_of_a_visit() -> None:
    ledger = Ledger("followup")
    row = ask_for.RecordVisit(
        completed=COMPLETED, wage=WAGE, issue=ISSUE, resolved=RESOLVED, promotion=PROMOTION, upskilling=UPSKILLING
    )
    [receipt] = ledger.given(row)
    assert receipt.subject == VISIT
    assert ledger.events() == [COMPLETED, WAGE, ISSUE, RESOLVED, PROMOTION, UPSKILLING]
    assert recorded(ledger.when(row)).duplicate


def test_a_row_that_says_nobody_was_reached_takes_back_what_a_visit_had_brought() -> None:
    ledger = Ledger("followup")
    ledger.given(ask_for.RecordVisit(completed=COMPLETED, wage=WAGE, issue=ISSUE))
    ledger.given(ask_for.RecordVisit(attempted=ATTEMPTED))
    assert ledger.live(VISIT) == {"visit": ATTEMPTED}
    ledger.given(ask_for.RecordVisit(completed=COMPLETED, wage=WAGE, issue=ISSUE))
    assert set(ledger.live(VISIT)) == {"visit", "wage", "issue"}


@pytest.mark.parametrize(
    "row",
    [
        ask_for.RecordVisit(),
        ask_for.RecordVisit(completed=COMPLETED, attempted=ATTEMPTED),
        ask_for.RecordVisit(wage=WAGE),
    ],
)
def test_a_row_says_exactly_one_of_completed_and_attempted(row: Command) -> None:
    ledger = Ledger("followup")
    assert refused(ledger.when(row), "one_outcome").kind is Kind.MALFORMED
    assert ledger.size() == 0


def test_a_referral_stays_when_the_row_is_stated_again() -> None:
    ledger = Ledger("followup")
    row = ask_for.RecordVisit(completed=COMPLETED, issue=ISSUE)
    [visit] = ledger.given(row)
    ledger.given(ask_for.ReferIssue(subject=visit.subject, referred=REFERRED))
    assert recorded(ledger.when(row)).duplicate
    ledger.given(ask_for.RecordVisit(completed=COMPLETED, issue=ISSUE, resolved=RESOLVED))
    assert set(ledger.live(VISIT)) == {"visit", "issue", "referred", "resolved"}


def test_a_resolution_in_a_row_needs_its_issue() -> None:
    ledger = Ledger("followup")
    refused(ledger.when(ask_for.RecordVisit(completed=COMPLETED, resolved=RESOLVED)), "needs_issue")


def test_wages_of_one_month_by_two_proofs_are_two_observations() -> None:
    ledger = Ledger("followup")
    ledger.given(
        ask_for.ObserveWage(wage=sample(happened.WageObserved, proof="bank")),
        ask_for.ObserveWage(wage=sample(happened.WageObserved, proof="payslip")),
        ask_for.ObserveWage(wage=WAGE),
    )
    assert ledger.size() == 3
