"""The figures once more, in plain Python and as slowly as one likes: what the SQL is held against.

Written from the rules, not from the SQL: every rule is a loop over facts. Returns members as
(key, person, value, reason or None, log, index).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from ledger.entry import EventReader, decode
from ledger.event import EntryRetracted, Event
from services.followup import events as followup
from services.outcomes.days import day_number, month_number, shanghai_day
from services.outcomes.tables import CATALOGUES
from services.placement import events as placement
from services.registry import events as registry
from services.training import events as training
from tests.support.asked import Asked
from tests.support.logs import LogBuilder

Found = tuple[str, str | None, int | None, str | None, str, int]
PROOFS = [None, "self_report", "employer_letter", "payslip", "bank", "social_insurance"]

_reader = EventReader(*CATALOGUES)


@dataclass(frozen=True)
class Fact:
    log: str
    index: int
    subject: str
    recorded: str
    event: Any
    voided: bool

    @property
    def order(self) -> tuple[str, str, int]:
        return self.recorded, self.log, self.index


class Counting:
    """One cut of some logs, counted."""

    def __init__(self, logs: Mapping[str, LogBuilder], cut: Mapping[str, int], asked: Asked) -> None:
        self.asked = asked
        entries = [decode(one.leaf) for origin, log in logs.items() for one in log.entries[: cut.get(origin, 0)]]
        self.to = (
            day_number(asked.end) if asked.end else max((shanghai_day(entry.recorded) for entry in entries), default=0)
        )
        events = [(entry, _reader.event(entry)) for entry in entries]
        gone: dict[tuple[str, int], bool] = {}
        for entry, event in events:
            if isinstance(event, EntryRetracted):
                gone[entry.source, event.entry] = gone.get((entry.source, event.entry), False) or event.superseded
        last: dict[tuple[str, str, str], int] = {}
        for entry, event in events:
            if not isinstance(event, EntryRetracted):
                last[entry.source, entry.subject, event.slot] = entry.index
        self.facts: list[Fact] = []
        for entry, event in events:
            if isinstance(event, EntryRetracted):
                continue
            at = entry.source, entry.index
            is_last = last[entry.source, entry.subject, event.slot] == entry.index
            if at in gone and (gone[at] or not is_last):
                continue
            self.facts.append(Fact(*at, entry.subject, entry.recorded, event, at in gone))
        self.into = {
            fact.event.person: fact.event.into
            for fact in sorted(self.live(registry.PersonsMerged), key=lambda fact: fact.order)
        }

    def live(self, *kinds: type[Event]) -> list[Fact]:
        return [fact for fact in self.facts if isinstance(fact.event, kinds) and not fact.voided]

    def all(self, *kinds: type[Event]) -> list[Fact]:
        """Live and voided, of the programme."""
        return [
            fact
            for fact in self.facts
            if isinstance(fact.event, kinds) and self.asked.programme in (None, cast(Any, fact.event).programme)
        ]

    def person(self, fact: Fact) -> str:
        seen: list[str] = [cast(Any, fact.event).person]
        while seen[-1] in self.into:
            onward = self.into[seen[-1]]
            if onward in seen:
                return min(seen[seen.index(onward) :])
            seen.append(onward)
        return str(seen[-1])

    def inside(self, fact: Fact, on: str) -> bool:
        first = self.asked.start
        return self.here(fact) and (first is None or on >= first) and day_number(on) <= self.to

    def here(self, fact: Fact) -> bool:
        return bool(fact.event.region.startswith(self.asked.region))

    def decided(self, fact: Fact, kind: type[Event], date: str) -> bool:
        """Whether a live fact of the kind stands in the same stream, dated on or before `to`."""
        return any(
            other.log == fact.log
            and other.subject == fact.subject
            and day_number(getattr(other.event, date)) <= self.to
            for other in self.live(kind)
        )

    def duplicates(self, kind: type[Event], date: str, key: Callable[[Fact], Any]) -> set[tuple[str, int]]:
        groups: dict[Any, list[Fact]] = defaultdict(list)
        for fact in self.live(kind):
            if day_number(getattr(fact.event, date)) <= self.to:
                groups[fact.event.programme, key(fact)].append(fact)
        return {
            (fact.log, fact.index)
            for group in groups.values()
            for fact in sorted(group, key=lambda fact: fact.order)[1:]
        }

    def stream_member(self, fact: Fact, reason: str | None) -> Found:
        person = self.person(fact) if hasattr(fact.event, "person") else None
        return fact.subject, person, None, reason, fact.log, fact.index

    # training

    def completions(self) -> list[tuple[Fact, str | None]]:
        twice = self.duplicates(training.TrainingEnded, "ended_on", lambda f: (f.event.class_no, self.person(f)))
        out: list[tuple[Fact, str | None]] = []
        for fact in self.all(training.TrainingEnded):
            if self.inside(fact, fact.event.ended_on):
                reason = None if fact.event.result == "passed" else fact.event.result
                if (fact.log, fact.index) in twice:
                    reason = "duplicate_class"
                out.append((fact, "voided" if fact.voided else reason))
        return out

    def training_completions(self) -> list[Found]:
        return [self.stream_member(*one) for one in self.completions()]

    def persons_trained(self) -> list[Found]:
        return self.persons(self.completions(), [None, "failed", "withdrawn", "duplicate_class", "voided"])

    def classes_opened(self) -> list[Found]:
        return self.simple(training.ClassOpened, "opened_on")

    def certificates_issued(self) -> list[Found]:
        return self.simple(
            training.CertificateIssued,
            "issued_on",
            lambda fact: "revoked" if self.decided(fact, training.CertificateRevoked, "revoked_on") else None,
        )

    def attested(self) -> list[Found]:
        stated = [
            fact
            for fact in self.all(training.StatisticAttested)
            if self.inside(fact, fact.event.as_of_on) and self.asked.indicator in (None, fact.event.indicator)
        ]
        latest: dict[Any, Fact] = {}
        for fact in sorted(stated, key=lambda fact: (fact.event.as_of_on, *fact.order)):
            if not fact.voided:
                latest[fact.event.programme, fact.event.indicator] = fact
        return [
            self.stream_member(fact, "voided" if fact.voided else None if fact in latest.values() else "superseded")
            for fact in stated
        ]

    # placement

    def agreements(self) -> list[tuple[Fact, str | None]]:
        return self.documents(
            placement.IntentAgreementSigned, placement.IntentAgreementWithdrawn, lambda fact: fact.event.agreement
        )

    def documents(
        self, kind: type[Event], withdrawal: type[Event], key: Callable[[Fact], Any]
    ) -> list[tuple[Fact, str | None]]:
        twice = self.duplicates(kind, "signed_on", key)
        out: list[tuple[Fact, str | None]] = []
        for fact in self.all(kind):
            if self.inside(fact, fact.event.signed_on):
                reason = "withdrawn" if self.decided(fact, withdrawal, "withdrawn_on") else None
                if (fact.log, fact.index) in twice:
                    reason = "duplicate_number"
                out.append((fact, "voided" if fact.voided else reason))
        return out

    def agreements_signed(self) -> list[Found]:
        return [self.stream_member(*one) for one in self.agreements()]

    def persons_with_agreement(self) -> list[Found]:
        return self.persons([(f, r and "all_excluded") for f, r in self.agreements()], [None, "all_excluded"])

    def contracts_signed(self) -> list[Found]:
        return [
            self.stream_member(*one)
            for one in self.documents(
                placement.ContractSigned,
                placement.ContractWithdrawn,
                lambda fact: (fact.event.kind, fact.event.agreement),
            )
        ]

    def matching_events_held(self) -> list[Found]:
        return self.simple(placement.MatchingEventHeld, "held_on")

    def starts(self) -> list[tuple[Fact, str | None]]:
        out: list[tuple[Fact, str | None]] = []
        for fact in self.all(placement.EmploymentStarted):
            if self.inside(fact, fact.event.started_on):
                reason = "internship" if fact.event.kind == "internship" else None
                if reason is None and self.is_return(fact):
                    reason = "rejoined"
                out.append((fact, "voided" if fact.voided else reason))
        return out

    def is_return(self, fact: Fact) -> bool:
        for other in self.live(placement.EmploymentStarted):
            same = (
                self.person(other) == self.person(fact)
                and other.event.employer == fact.event.employer
                and other.event.programme == fact.event.programme
            )
            if not same or other.event.kind == "internship" or other.event.started_on >= fact.event.started_on:
                continue
            for end in self.live(placement.EmploymentEnded):
                if (end.log, end.subject) == (other.log, other.subject):
                    gap = day_number(fact.event.started_on) - day_number(end.event.ended_on)
                    if 0 <= gap <= 30 and day_number(end.event.ended_on) <= self.to:
                        return True
        return False

    def employment_starts(self) -> list[Found]:
        return [self.stream_member(*one) for one in self.starts()]

    def persons_started(self) -> list[Found]:
        return self.persons([(f, r and "all_excluded") for f, r in self.starts()], [None, "all_excluded"])

    def dispatched_out_of_province(self) -> list[Found]:
        out = []
        for fact, reason in self.starts():
            if reason is None:
                there, here = fact.event.work_region, fact.event.region[:2]
                out.append(
                    self.stream_member(fact, "unknown_place" if not there else "local" if there[:2] == here else None)
                )
        return out

    def persons_employed(self) -> list[Found]:
        judged: list[tuple[Fact, str | None]] = []
        for fact in self.all(placement.EmploymentStarted):
            if fact.event.kind == "internship" or day_number(fact.event.started_on) > self.to or not self.here(fact):
                continue
            judged.append((fact, "voided" if fact.voided else self.left(fact)))
        return self.persons(judged, [None, "ended", "lost_contact", "reported_left", "voided"])

    def left(self, fact: Fact) -> str | None:
        if self.decided(fact, placement.EmploymentEnded, "ended_on"):
            return "ended"
        visits = [
            visit
            for visit in self.live(followup.VisitCompleted, followup.VisitAttempted)
            if self.person(visit) == self.person(fact)
            and visit.event.programme == fact.event.programme
            and fact.event.started_on <= visit.event.visited_on
            and day_number(visit.event.visited_on) <= self.to
        ]
        if not visits:
            return None
        latest = max(visits, key=lambda visit: (visit.event.visited_on, visit.index)).event
        if isinstance(latest, followup.VisitAttempted):
            return "lost_contact"
        return "reported_left" if latest.state == "left" else None

    # follow-up

    def visits_completed(self) -> list[Found]:
        return self.simple(
            (followup.VisitCompleted, followup.VisitAttempted),
            "visited_on",
            lambda fact: "attempted_no_contact" if isinstance(fact.event, followup.VisitAttempted) else None,
        )

    def issues_opened(self) -> list[Found]:
        return self.simple(followup.IssueOpened, "opened_on")

    def issues_resolved(self) -> list[Found]:
        out = []
        for fact in self.all(followup.IssueOpened):
            for end in self.live(followup.IssueResolved):
                on = end.event.resolved_on
                in_window = (self.asked.start is None or on >= self.asked.start) and day_number(on) <= self.to
                if (end.log, end.subject) == (fact.log, fact.subject) and in_window and self.here(fact):
                    out.append(self.stream_member(fact, "voided" if fact.voided else None))
        return out

    def mean_monthly_wage(self) -> list[Found]:
        last = self.month_of_to
        first = month_number(self.asked.start[:7]) if self.asked.start else 0
        asked = PROOFS.index(self.asked.min_proof)
        months: dict[tuple[str, str], list[tuple[int, int, Fact]]] = defaultdict(list)
        for fact in self.all(followup.WageObserved):
            event = fact.event
            if not self.here(fact) or not first <= month_number(event.month) <= last:
                continue
            if day_number(event.observed_on) > self.to or self.only_intern(fact):
                continue
            rank = 2 if fact.voided else 0 if PROOFS.index(event.proof) >= asked else 1
            months[self.person(fact), event.month].append((rank, event.wage_fen, fact))
        out: list[Found] = []
        for (person, month), seen in months.items():
            rank, wage, fact = min(seen, key=lambda one: (one[0], one[1], one[2].log, one[2].index))
            reason = (None, "weaker_proof", "voided")[rank]
            out.append((f"{person}/{month}", person, wage, reason, fact.log, fact.index))
        return out

    @property
    def month_of_to(self) -> int:
        from services.outcomes.days import iso_date

        return month_number(iso_date(self.to)[:7])

    def months_of(self, spell: Fact) -> range:
        """The months of a spell up to `to`."""
        last = self.month_of_to
        for end in self.live(placement.EmploymentEnded):
            if (end.log, end.subject) == (spell.log, spell.subject) and day_number(end.event.ended_on) <= self.to:
                last = month_number(end.event.ended_on[:7])
        return range(month_number(spell.event.started_on[:7]), last + 1)

    def spells(self) -> Iterable[Fact]:
        return [
            fact
            for fact in self.all(placement.EmploymentStarted)
            if not fact.voided and day_number(fact.event.started_on) <= self.to
        ]

    def only_intern(self, wage: Fact) -> bool:
        kinds = {
            spell.event.kind == "internship"
            for spell in self.spells()
            if self.person(spell) == self.person(wage)
            and spell.event.programme == wage.event.programme
            and month_number(wage.event.month) in self.months_of(spell)
        }
        return kinds == {True}

    def person_months_at_work(self) -> int:
        first = month_number(self.asked.start[:7]) if self.asked.start else 0
        return len(
            {
                (self.person(spell), month)
                for spell in self.spells()
                if spell.event.kind != "internship" and self.here(spell)
                for month in self.months_of(spell)
                if first <= month
            }
        )

    # shapes

    def simple(
        self,
        kind: type[Event] | tuple[type[Event], ...],
        date: str,
        reason: Callable[[Fact], str | None] = lambda fact: None,
    ) -> list[Found]:
        kinds = kind if isinstance(kind, tuple) else (kind,)
        return [
            self.stream_member(fact, "voided" if fact.voided else reason(fact))
            for fact in self.all(*kinds)
            if self.inside(fact, getattr(fact.event, date))
        ]

    def persons(self, judged: list[tuple[Fact, str | None]], order: list[str | None]) -> list[Found]:
        """One member a person: of their facts the one whose reason comes first, then the lowest log and index."""
        of: dict[str, list[tuple[int, Fact]]] = defaultdict(list)
        for fact, reason in judged:
            of[self.person(fact)].append((order.index(reason), fact))
        out: list[Found] = []
        for person, ranked in of.items():
            rank, fact = min(ranked, key=lambda one: (one[0], one[1].log, one[1].index))
            out.append((person, person, None, order[rank], fact.log, fact.index))
        return out
