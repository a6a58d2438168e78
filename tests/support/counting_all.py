"""The rest of the catalogue in plain Python, as tests/support/counting.py has the first figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

from services.followup import events as followup
from services.outcomes.days import day_number, month_number
from services.placement import events as placement
from services.training import events as training
from tests.support.counting import PROOFS, Fact, Found
from tests.support.counting_more import CountingMore


def whole(code: str) -> str:
    """A region code without its trailing 00 pairs."""
    while code.endswith("00"):
        code = code[:-2]
    return code


class CountingAll(CountingMore):
    """One cut of some logs: every figure of the catalogue."""

    # agreements and work

    def standard_contract_rate(self) -> list[Found]:
        reasons = {"standard": None, "other": "other_template", None: "unknown_template"}
        return [
            self.stream_member(fact, reasons[fact.event.template])
            for fact, reason in self.documents(
                placement.ContractSigned, placement.ContractWithdrawn, lambda f: (f.event.kind, f.event.agreement)
            )
            if reason is None
        ]

    def internships_started(self) -> list[Found]:
        return [
            self.stream_member(fact, "voided" if fact.voided else None)
            for fact in self.all(placement.EmploymentStarted)
            if fact.event.kind == "internship" and self.inside(fact, fact.event.started_on)
        ]

    def counted_starts(self) -> list[Fact]:
        return [fact for fact, reason in self.starts() if reason is None]

    def starts_by_work_region(self) -> list[Found]:
        wanted = [whole(code) for code in (self.asked.work_region or "").split(",") if code]
        out = []
        for fact in self.counted_starts():
            known = whole(fact.event.work_region or "")
            reason = None
            if not known:
                reason = "unknown_place"
            elif wanted and not any(known.startswith(code) for code in wanted):
                reason = "unknown_place" if any(code.startswith(known) for code in wanted) else "elsewhere"
            out.append(self.stream_member(fact, reason))
        return out

    def pre_job_training_rate(self) -> list[Found]:
        return [
            self.stream_member(
                fact,
                None
                if any(
                    one.event.result == "passed" and one.event.ended_on <= fact.event.started_on
                    for one in self.of(training.TrainingEnded, self.person(fact), fact.event.programme)
                )
                else "missing",
            )
            for fact in self.counted_starts()
        ]

    def health_check_rate(self) -> list[Found]:
        return [
            self.stream_member(
                fact,
                None
                if any(
                    0 <= day_number(fact.event.started_on) - day_number(one.event.checked_on) <= 365
                    for one in self.of(placement.HealthCheckPassed, self.person(fact), fact.event.programme)
                )
                else "missing",
            )
            for fact in self.counted_starts()
        ]

    def work_due(self, days: int) -> list[Fact]:
        return [
            fact
            for fact in self.all(placement.EmploymentStarted)
            if fact.event.kind != "internship"
            and self.inside(fact, fact.event.started_on)
            and day_number(fact.event.started_on) + days <= self.to
        ]

    def visit_coverage(self, days: int) -> list[Found]:
        out = []
        for fact in self.work_due(days + 10):
            middle = day_number(fact.event.started_on) + days
            visits = self.of(followup.VisitCompleted, self.person(fact), fact.event.programme)
            reached = any(abs(day_number(visit.event.visited_on) - middle) <= 10 for visit in visits)
            out.append(self.stream_member(fact, "voided" if fact.voided else None if reached else "not_visited"))
        return out

    def visit_coverage_d30(self) -> list[Found]:
        return self.visit_coverage(30)

    def visit_coverage_d90(self) -> list[Found]:
        return self.visit_coverage(90)

    def visit_coverage_d180(self) -> list[Found]:
        return self.visit_coverage(180)

    def retained(self, days: int) -> list[Found]:
        return [
            self.stream_member(fact, "voided" if fact.voided else self.kept(fact, days)) for fact in self.work_due(days)
        ]

    def kept(self, fact: Fact, days: int) -> str | None:
        start = day_number(fact.event.started_on)
        about = self.person(fact), fact.event.programme
        later = [day_number(one.event.started_on) for one in self.of(placement.EmploymentStarted, *about)]
        following = min((day for day in later if day > start), default=self.to + 1)
        ends = [
            day_number(end.event.ended_on)
            for end in self.live(placement.EmploymentEnded)
            if (end.log, end.subject) == (fact.log, fact.subject) and day_number(end.event.ended_on) <= self.to
        ]
        seen = any(
            visit.event.state == "working" and start + days <= day_number(visit.event.visited_on) < following
            for visit in self.of(followup.VisitCompleted, *about)
        )
        if seen or any(end > start + days for end in ends):
            return None
        if ends:
            return "no"
        return "not_yet_known" if self.to <= start + days + 60 else "unknown"

    def retained_d30(self) -> list[Found]:
        return self.retained(30)

    def retained_d90(self) -> list[Found]:
        return self.retained(90)

    def retained_d180(self) -> list[Found]:
        return self.retained(180)

    def subsidies_paid(self) -> list[Found]:
        paid = [
            fact
            for fact in self.all(placement.SubsidyPaid)
            if day_number(fact.event.paid_on) <= self.to and self.asked.subsidy_kind in (None, fact.event.kind)
        ]
        first: dict[Any, Fact] = {}
        standing = [
            fact
            for fact in paid
            if not fact.voided and not self.decided(fact, placement.SubsidyClawedBack, "clawed_back_on")
        ]
        for fact in sorted(standing, key=lambda fact: (fact.event.paid_on, *fact.order)):
            event = fact.event
            first.setdefault((event.programme, self.person(fact), event.kind, event.paid_on[:4]), fact)
        out = []
        for fact in paid:
            if self.inside(fact, fact.event.paid_on):
                reason = None if fact in first.values() else "second_same_kind_same_year"
                reason = reason if fact in standing else "clawed_back"
                out.append(self.valued(fact, "voided" if fact.voided else reason, fact.event.amount_fen))
        return out

    # follow-up

    def wage_growth(self) -> list[Found]:
        months: dict[str, dict[str, tuple[int, str, int]]] = defaultdict(dict)
        first, asked = month_number(self.asked.start[:7]) if self.asked.start else 0, PROOFS.index(self.asked.min_proof)
        for fact in self.all(followup.WageObserved):
            event = fact.event
            if not self.here(fact) or not first <= month_number(event.month) <= self.month_of_to or fact.voided:
                continue
            if day_number(event.observed_on) > self.to or self.only_intern(fact) or PROOFS.index(event.proof) < asked:
                continue
            seen = event.wage_fen, fact.log, fact.index
            of = months[self.person(fact)]
            of[event.month] = min(of.get(event.month, seen), seen)
        out: list[Found] = []
        for person, of in months.items():
            early, late = min(of), max(of)
            apart = date.fromisoformat(f"{late}-01") - date.fromisoformat(f"{early}-01")
            gained = of[late][0] - of[early][0]
            out.append((person, person, gained, None if apart.days >= 90 else "months_too_close", *of[late][1:]))
        return out

    def issue_days_median(self) -> list[Found]:
        opened = {(fact.log, fact.index): fact for fact in self.all(followup.IssueOpened)}
        out: list[Found] = []
        for key, person, _, reason, log, index in self.issues_resolved():
            fact = opened[log, index]
            days = min(
                day_number(end.event.resolved_on)
                for end in self.live(followup.IssueResolved)
                if (end.log, end.subject) == (log, key) and self.in_window(end.event.resolved_on)
            ) - day_number(fact.event.opened_on)
            out.append((key, person, days, reason, log, index))
        return out

    def upskilled(self) -> list[Found]:
        return self.simple(followup.UpskillingTaken, "trained_on")

    def promotions(self) -> list[Found]:
        return self.simple(followup.PromotionRecorded, "promoted_on")

    # activities and sites

    def activities(self) -> list[Fact]:
        return [
            fact
            for fact in self.all(training.ActivityHeld)
            if self.inside(fact, fact.event.started_on) and self.asked.series in (None, fact.event.series)
        ]

    def stating(self, field: str, wanted: Callable[[Any], bool]) -> list[Found]:
        out = []
        for fact in self.activities():
            if wanted(fact.event):
                number = getattr(fact.event, field)
                reason = "voided" if fact.voided else "not_stated" if number is None else None
                out.append(self.valued(fact, reason, number))
        return out

    def activities_held(self) -> list[Found]:
        return [
            self.stream_member(fact, "voided" if fact.voided else None)
            for fact in self.activities()
            if self.asked.activity_kind in ("any", fact.event.kind)
        ]

    def activity_attendance(self) -> list[Found]:
        return self.stating("attendances", lambda event: self.asked.activity_kind in ("any", event.kind))

    def competitors(self) -> list[Found]:
        return self.stating("attendees", lambda event: event.kind == "competition")

    def teams(self) -> list[Found]:
        return self.stating("teams", lambda event: event.kind == "competition" or event.teams is not None)

    def awards(self) -> list[Found]:
        return self.stating("awards", lambda event: event.kind == "competition" or event.awards is not None)

    def sites(self) -> list[tuple[Fact, str | None]]:
        out: list[tuple[Fact, str | None]] = []
        for fact in self.all(training.FacilityRecognised):
            if self.here(fact) and day_number(fact.event.recognised_on) <= self.to:
                closed = self.decided(fact, training.FacilityClosed, "closed_on")
                out.append((fact, "voided" if fact.voided else "closed" if closed else None))
        return out

    def facilities(self) -> list[Found]:
        return [
            self.stream_member(fact, reason)
            for fact, reason in self.sites()
            if self.asked.site_kind in ("any", fact.event.kind)
        ]

    def recognitions(self) -> list[Found]:
        return [
            self.stream_member(fact, reason)
            for fact, reason in self.sites()
            if fact.event.title is not None
            and self.asked.title in (None, fact.event.title)
            and self.asked.level in (None, fact.event.level)
        ]

    def capacity_places(self) -> list[Found]:
        return [
            self.valued(
                fact,
                reason or ("not_stated" if fact.event.capacity_places is None else None),
                fact.event.capacity_places,
            )
            for fact, reason in self.sites()
        ]
