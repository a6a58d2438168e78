"""Schooling and employers in plain Python, as tests/support/counting.py has the first figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from ledger.event import Event
from services.outcomes.days import day_number
from services.placement import events as placement
from services.training import events as training
from tests.support.counting import Counting, Fact, Found


class CountingMore(Counting):
    """One cut of some logs: what came of classes, and who employs."""

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
