"""Builds logs of events in memory, as a write service would have recorded them."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime, timedelta
from typing import Final

from ledger.entry import decode, encode
from ledger.event import Catalogue, EntryRetracted, Event
from ledger.feed import Verified
from ledger.merkle import Frontier, leaf_hash
from services.followup import events as followup
from services.placement import events as placement
from services.publication import events as publication
from services.registry import events as registry
from services.training import events as training

AGENCY: Final = "datong-hrss"
ACTOR: Final = "st_" + "7a1c" * 8
FIRST_RECORDED: Final = "2025-01-01T00:00:00.000000Z"

CATALOGUES: Final[dict[str, Catalogue]] = {
    catalogue.service: catalogue
    for catalogue in (
        registry.CATALOGUE,
        training.CATALOGUE,
        placement.CATALOGUE,
        followup.CATALOGUE,
        publication.CATALOGUE,
    )
}


class LogBuilder:
    """One growing log. `origin` ends in the name of the service: `ledger.local/placement`."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.catalogue = CATALOGUES[origin.rpartition("/")[2]]
        self.entries: list[Verified] = []
        self.frontier = Frontier()
        self._revisions: dict[str, int] = {}
        self._recorded = ""

    def __len__(self) -> int:
        return len(self.entries)

    def add(
        self,
        event: Event,
        *,
        agency: str = AGENCY,
        subject: str | None = None,
        recorded: str | None = None,
        actor: str = ACTOR,
        request: str = "",
        type: str | None = None,
    ) -> int:
        """Record an event and return its index.

        `subject`: the stream, by default the one the event belongs to (`subject_of`). `recorded`:
        a UTC time as entries hold it, or a bare date (00:00 UTC of that day); never less than that
        of the entry before; by default a second later. `type`: a stored name this log's service
        does not define, for entries nobody can read.
        """
        index = len(self.entries)
        if subject is None:
            if isinstance(event, EntryRetracted):
                subject = self.entries[event.entry].entry.subject
            else:
                subject = subject_of(event, agency)
        revision = self._revisions.get(subject, 0) + 1
        at = self._next_recorded() if recorded is None else recorded
        if len(at) == 10:
            at += "T00:00:00.000000Z"
        leaf = encode(
            event=event,
            type=type or self.catalogue.names[event.__class__],
            actor=actor,
            agency=agency,
            id=str(uuid.UUID(bytes=hashlib.sha256(f"{self.origin}/{index}".encode()).digest()[:16], version=4)),
            index=index,
            recorded=max(at, self._recorded),
            request=request,
            revision=revision,
            source=self.origin,
            subject=subject,
        )
        return self.add_leaf(leaf)

    def retract(
        self, entry: int, *, reason: str = "clerical", superseded: bool = False, recorded: str | None = None
    ) -> int:
        """Retract an earlier entry of this log, as the agency that stated it."""
        of = self.entries[entry].entry
        stated = of.type.split(".")[1]
        event = EntryRetracted(entry=entry, entry_type=stated, reason=reason, superseded=superseded)
        return self.add(event, agency=of.agency, subject=of.subject, recorded=recorded)

    def correct(self, entry: int, event: Event, *, reason: str = "clerical", recorded: str | None = None) -> int:
        """Retract an earlier entry and state the fact anew in its stream; returns the new index."""
        of = self.entries[entry].entry
        self.retract(entry, reason=reason, superseded=True, recorded=recorded)
        return self.add(event, agency=of.agency, subject=of.subject, recorded=recorded or self._recorded)

    def add_leaf(self, leaf: bytes) -> int:
        """Append stored bytes as they are (an entry that is well formed enough to have an envelope)."""
        hashed = leaf_hash(leaf)
        entry = decode(leaf)
        self.entries.append(Verified(entry.index, leaf, hashed, entry))
        self.frontier.append(hashed)
        self._revisions[entry.subject] = entry.revision
        self._recorded = entry.recorded
        return entry.index

    def verified(self, start: int = 0, stop: int | None = None) -> list[Verified]:
        """Entries [start, stop), as a consumer hands them to a sink."""
        return self.entries[start:stop]

    def frontier_at(self, size: int) -> Frontier:
        """The frontier of the first `size` entries: what `apply` is given as `after`."""
        if size == len(self.entries):
            return self.frontier.copy()
        frontier = Frontier()
        frontier.extend(entry.leaf_hash for entry in self.entries[:size])
        return frontier

    def _next_recorded(self) -> str:
        if not self._recorded:
            return FIRST_RECORDED
        later = datetime.fromisoformat(self._recorded) + timedelta(seconds=1)
        return later.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def subject_of(event: Event, agency: str = AGENCY) -> str:
    """The stream an event belongs to when its agency states it alone (docs/reference/format.md)."""
    match event:
        case training.ClassOpened():
            parts = ["class", agency, event.programme, event.class_no]
        case (
            training.Enrolled()
            | training.AssessmentTaken()
            | training.TrainingEnded()
            | training.CertificateIssued()
            | training.CertificateRevoked()
            | training.SkillFileOpened()
        ):
            parts = ["enrolment", agency, event.programme, event.class_no, event.person]
        case training.ActivityHeld():
            parts = ["activity", agency, event.programme, event.activity]
        case training.FacilityRecognised() | training.FacilityClosed():
            parts = ["facility", agency, event.programme, event.facility]
        case training.StatisticAttested():
            parts = ["statistic", agency, event.programme, event.indicator, event.as_of_on, event.source]
        case placement.EmployerRegistered() | placement.EmployerClosed():
            parts = ["employer", agency, event.programme, event.employer]
        case placement.MatchingEventHeld():
            parts = ["matching", agency, event.programme, event.event_no]
        case placement.IntentAgreementSigned() | placement.IntentAgreementWithdrawn():
            parts = ["agreement", agency, event.programme, "intent", event.agreement]
        case placement.ContractSigned() | placement.ContractWithdrawn():
            parts = ["agreement", agency, event.programme, event.kind, event.agreement]
        case placement.CooperationSigned():
            parts = ["cooperation", agency, event.programme, event.employer, event.signed_on]
        case placement.EmployerSurveyed():
            parts = ["survey", agency, event.programme, event.employer, event.surveyed_on]
        case placement.VacancyPosted():
            parts = ["vacancy", agency, event.programme, event.employer, event.posted_on, event.position or "none"]
        case placement.ReferralMade():
            parts = ["referral", agency, event.programme, event.person, event.referred_on, event.employer or "none"]
        case placement.SubsidyPaid() | placement.SubsidyClawedBack():
            parts = ["subsidy", agency, event.programme, event.subsidy]
        case placement.HealthCheckPassed():
            parts = ["health", agency, event.programme, event.person, event.checked_on]
        case placement.EmploymentStarted() | placement.EmploymentEnded():
            parts = ["employment", agency, event.programme, event.person, event.employer, event.started_on]
        case followup.VisitsPlanned():
            parts = ["plan", agency, event.programme, event.person, event.employer, event.started_on]
        case followup.VisitCompleted() | followup.VisitAttempted():
            parts = ["visit", agency, event.programme, event.person, event.visited_on, event.method or "none"]
        case followup.WageObserved():
            parts = ["wage", agency, event.programme, event.person, event.month, event.proof or "none"]
        case publication.FigurePublished():
            hashed = hashlib.sha256(event.parameters.encode()).hexdigest()[:16]
            parts = ["figure", agency, event.programme or "all", event.figure, hashed]
        case publication.FindingSettled():
            hashed = hashlib.sha256(event.key.encode()).hexdigest()[:16]
            parts = ["finding", agency, event.programme or "all", event.rule, hashed]
        case followup.IssueOpened() if event.issue is not None:
            parts = ["issue", agency, event.programme, event.issue]
        case registry.PersonRegistered() | registry.PersonsMerged() | registry.PersonErased():
            parts = ["person", event.person]
        case _:
            raise ValueError(f"say which stream {type(event).__name__} belongs to")
    return "/".join(part.replace("%", "%25").replace("/", "%2F") for part in parts)
