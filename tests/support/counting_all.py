"""The rest of the catalogue in plain Python, as tests/support/counting.py has the first figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from ledger.event import Event
from services.followup import events as followup
from services.outcomes.days import day_number, month_number
from services.placement import events as placement
from services.training import events as training
from tests.support.counting import PROOFS, Counting, Fact, Found


def whole(code: str) -> str:
    """A region code without its trailing 00 pairs."""
    while code.endswith("00"):
        code = code[:-2]
    return code


class CountingAll(Counting):
    """One cut of some logs: every figure of the catalogue."""

    def in_window(self, on: str) -> bool:
        return (self.asked.start is None or on >= self.asked.start) and day_number(on) <= self.to

    def valued(self, fact: Fact, reason: str | None, value: int | None) -> Found:
        key, person, _, _, log, index = self.stream_member(fact, reason)
        return key, person, value, reason, log, index

    def of(self, kind: type[Event], person: str, programme: str) -> list[Fact]:
        """Live facts about a person in a programme, wherever and whenever up to `to`."""
        return [
            fact
            for fact in self.live(kind)
            if self.person(fact) == person
            and fact.event.programme == programme
            and day_number(getattr(fact.event, str(kind.occurred))) <= self.to
        ]

    # training

    def counted_completions(self) -> list[Fact]:
        return [fact for fact, reason in self.completions() if reason is None]

    def training_hours(self) -> list[Found]:
        out = []
        for fact in self.counted_completions():
            event = fact.event
            hours = event.hours_tenths
            if hours is None and (event.theory_hours_tenths, event.practice_hours_tenths) != (None, None):
                hours = (event.theory_hours_tenths or 0) + (event.practice_hours_tenths or 0)
            out.append(self.valued(fact, "unknown_hours" if hours is None else None, hours))
        return out

    def occupations(self) -> list[Found]:
        classes = [fact for fact in self.all(training.ClassOpened) if self.inside(fact, fact.event.opened_on)]
        return self.things(classes, lambda fact: fact.event.occupation, lambda fact: "voided" if fact.voided else None)

    def things(
        self,
        facts: Iterable[Fact],
        name: Callable[[Fact], str],
        judge: Callable[[Fact], str | None],
        order: tuple[str | None, ...] = (None, "closed", "voided"),
    ) -> list[Found]:
        """One member a name: of its facts the one whose reason comes first, then the lowest log and index."""
        of: dict[str, list[tuple[int, str, int]]] = defaultdict(list)
        for fact in facts:
            of[name(fact)].append((order.index(judge(fact)), fact.log, fact.index))
        best = {key: min(ranked) for key, ranked in of.items()}
        return [(key, None, None, order[rank], log, index) for key, (rank, log, index) in best.items()]

    def persons_by_category(self) -> list[Found]:
        enrolments = [
            fact
            for fact in self.all(training.Enrolled)
            if self.inside(fact, fact.event.enrolled_on)
            and fact.event.category is not None
            and self.asked.category in (None, fact.event.category)
        ]
        found = self.things(
            enrolments,
            lambda fact: f"{self.person(fact)}/{fact.event.category}",
            lambda fact: "voided" if fact.voided else None,
        )
        return [(key, key.partition("/")[0], *rest) for key, _, *rest in found]  # type: ignore[misc]

    def skill_files(self) -> list[Found]:
        return [
            self.stream_member(fact, "voided" if fact.voided else None)
            for fact in self.all(training.SkillFileOpened)
            if self.here(fact) and day_number(fact.event.opened_on) <= self.to
        ]

    def days_after(self, completion: Fact) -> int | None:
        ended = day_number(completion.event.ended_on)
        gaps = [
            day_number(fact.event.referred_on) - ended
            for fact in self.of(placement.ReferralMade, self.person(completion), completion.event.programme)
        ]
        return min((gap for gap in gaps if 0 <= gap <= 60), default=None)

    def referral_rate(self) -> list[Found]:
        return [(key, person, None, *rest) for key, person, _, *rest in self.days_to_referral()]  # type: ignore[misc]

    def days_to_referral(self) -> list[Found]:
        return [
            self.valued(fact, "not_referred" if (days := self.days_after(fact)) is None else None, days)
            for fact in self.counted_completions()
        ]

    def outcome_ladder(self) -> list[Found]:
        """Its members; how far each came stands in columns of their own."""
        return self.persons_trained()

    # employers

    def registrations(self) -> list[Fact]:
        return [
            fact for fact in self.all(placement.EmployerRegistered) if day_number(fact.event.registered_on) <= self.to
        ]

    def state_of(self, fact: Fact) -> str | None:
        closed = self.decided(fact, placement.EmployerClosed, "closed_on")
        return "voided" if fact.voided else "closed" if closed else None

    def employers(self) -> list[Found]:
        return self.things(filter(self.here, self.registrations()), lambda fact: fact.event.employer, self.state_of)

    def mode_of(self, programme: str, employer: str) -> str | None:
        said = [
            fact
            for fact in self.registrations()
            if not fact.voided
            and fact.event.mode
            and (fact.event.programme, fact.event.employer) == (programme, employer)
        ]
        return str(min(said, key=lambda fact: fact.order).event.mode) if said else None

    def judged_mode(self, programme: str, employer: str) -> str | None:
        mode = self.mode_of(programme, employer)
        if mode is None:
            return "unknown_mode"
        wanted = ("employee", "agency") if self.asked.mode == "any" else (self.asked.mode,)
        return None if mode in wanted else "other_mode"

    def employers_by_mode(self) -> list[Found]:
        by_place = {(fact.log, fact.index): fact for fact in self.registrations()}
        out: list[Found] = []
        for key, person, value, reason, log, index in self.employers():
            programme = by_place[log, index].event.programme
            out.append((key, person, value, reason or self.judged_mode(programme, key), log, index))
        return out

    def persons_employed_by_mode(self) -> list[Found]:
        judged: list[tuple[Fact, str | None]] = []
        for fact in self.all(placement.EmploymentStarted):
            if fact.event.kind == "internship" or day_number(fact.event.started_on) > self.to or not self.here(fact):
                continue
            reason = "voided" if fact.voided else self.left(fact)
            if reason is None:
                about = fact.event.programme, fact.event.employer
                reason = self.judged_mode(*about) or self.mode_of(*about)
            judged.append((fact, reason))
        order: list[str | None] = [
            *("employee", "agency", "other_mode", "unknown_mode"),
            *("ended", "lost_contact", "reported_left", "voided"),
        ]
        return [
            (key, person, value, None if reason in ("employee", "agency") else reason, log, index)
            for key, person, value, reason, log, index in self.persons(judged, order)
        ]

    def cooperations(self) -> list[Found]:
        signed = [
            fact
            for fact in self.all(placement.CooperationSigned)
            if self.here(fact) and day_number(fact.event.signed_on) <= self.to
        ]
        states: dict[tuple[str, str], set[str | None]] = defaultdict(set)
        for fact in self.registrations():
            if not fact.voided:
                states[fact.event.programme, fact.event.employer].add(self.state_of(fact))

        def judge(fact: Fact) -> str | None:
            if fact.voided:
                return "voided"
            return "closed" if states[fact.event.programme, fact.event.employer] == {"closed"} else None

        return self.things(signed, lambda fact: fact.event.employer, judge)

    def vacancies(self) -> list[Found]:
        return [
            self.valued(fact, "voided" if fact.voided else None, fact.event.vacancies)
            for fact in self.all(placement.VacancyPosted)
            if self.inside(fact, fact.event.posted_on)
        ]

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
