"""Random logs that the services would have recorded, dense with repeats, corrections and contradictions."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any, Final

from ledger.event import Event
from services.followup import events as followup
from services.placement import events as placement
from services.training import events as training
from tests.support import books as make
from tests.support import facts as also
from tests.support.logs import LogBuilder, subject_of

PERSONS: Final = "abcd"
AGENCIES: Final = ("datong-hrss", "linqing-hrss")
PROGRAMMES: Final = ("datong-hugong", "linqing-jiazheng")
REGIONS: Final = ("630121", "630105", "371581")
PLACES: Final = (None, "630121", "630100", "630000", "320100")
SECOND: Final = "other.example/placement"
FIRST: Final = date(2025, 1, 1)


class Lawful:
    """Logs as deciders leave them: one live fact a slot, nothing that rests on what is not there."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.logs: dict[str, LogBuilder] = {}
        self.live: dict[tuple[str, str, str], int] = {}
        self.events: dict[tuple[str, int], Event] = {}
        self.day = 0

    def log(self, service: str) -> LogBuilder:
        origin = SECOND if service == "placement" and self.dice.random() < 0.2 else f"ledger.local/{service}"
        return self.logs.setdefault(origin, LogBuilder(origin))

    def run(self, length: int) -> dict[str, LogBuilder]:
        """Some `length` commands."""
        for service in ("registry", "training", "placement", "followup"):
            self.logs.setdefault(f"ledger.local/{service}", LogBuilder(f"ledger.local/{service}"))
        for _ in range(length):
            self.day += self.dice.choice((0, 0, 0, 1, 9))
            if self.live and self.dice.random() < 0.15:
                self.retract()
            else:
                self.state()
        return self.logs

    def recorded(self) -> str:
        return (date(2025, 2, 1) + timedelta(days=self.day)).isoformat() + "T12:00:00.000000Z"

    def retract(self) -> None:
        origin, subject, slot = self.dice.choice(sorted(self.live))
        dependents = [
            self.events[origin, index]
            for (log, stream, _), index in self.live.items()
            if (log, stream) == (origin, subject)
        ]
        if not any(event.needs == slot for event in dependents):
            self.logs[origin].retract(self.live.pop((origin, subject, slot)), recorded=self.recorded())

    def state(self) -> None:
        """Something new, or something that goes on from what is there."""
        if self.live and self.dice.random() < 0.6:
            origin, subject, slot = self.dice.choice(sorted(self.live))
            base: Any = self.events[origin, self.live[origin, subject, slot]]
            agency = self.logs[origin].entries[self.live[origin, subject, slot]].entry.agency
            event = self.sequel(base)
            if event is not None:
                stays = event.needs == slot or isinstance(event, followup.PromotionRecorded | followup.UpskillingTaken)
                log = self.logs[origin]
                if type(event) not in log.catalogue.names:
                    log = self.log(type(event).__module__.split(".")[1])
                self.record(log, event, agency, subject if stays else subject_of(event, agency))
                return
        service = self.dice.choices(("registry", "training", "placement", "followup"), weights=(1, 6, 9, 6))[0]
        agency, log = self.dice.choice(AGENCIES), self.log(service)
        event = self.event(service)
        self.record(log, event, agency, subject_of(event, agency))

    def record(self, log: LogBuilder, event: Any, agency: str, subject: str) -> None:
        """Upsert, if what it rests on is there."""
        slot = log.origin, subject, event.slot
        if event.needs and (log.origin, subject, event.needs) not in self.live:
            return
        standing = self.live.get(slot)
        if standing is None:
            index = log.add(event, agency=agency, subject=subject, recorded=self.recorded())
        elif self.events[log.origin, standing] == event:
            return
        else:
            index = log.correct(standing, event, recorded=self.recorded())
        self.live[slot] = index
        self.events[log.origin, index] = event

    def sequel(self, base: Any) -> Any:
        """What may follow from a fact: in its stream, or a start that comes back to an employer."""
        dice = self.dice
        about = {"programme": base.programme, "region": dice.choice(REGIONS)} if hasattr(base, "programme") else {}
        match base:
            case training.Enrolled():
                result = dice.choice(("passed", "passed", "failed", "withdrawn"))
                hours = {"hours_tenths": dice.choice((None, 400)), "theory_hours_tenths": dice.choice((None, 155))}
                return dice.choice(
                    (
                        make.completed(base.person, base.class_no, self.on(), result, **about, **hours),
                        make.completed(base.person, base.class_no, self.on(), result, **about),
                        make.certified(base.person, base.class_no, self.on(), **about),
                        also.skill_file(base.person, base.class_no, self.on(), **about),
                    )
                )
            case training.TrainingEnded():
                on = date.fromisoformat(base.ended_on) + timedelta(days=dice.choice((0, 1, 60, 61)))
                return also.referral(base.person, on.isoformat(), **about)
            case training.FacilityRecognised():
                return also.site_closed(base.facility, self.on(), **about)
            case placement.EmployerRegistered():
                return also.employer_closed(base.employer, self.on(), **about)
            case placement.SubsidyPaid():
                return also.clawed_back(base.subsidy, base.person, self.on(), **about)
            case training.CertificateIssued():
                return make.revoked(base.person, base.class_no, self.on(), **about)
            case placement.IntentAgreementSigned():
                return make.withdrawn(base.agreement, base.person, self.on(), **about)
            case placement.ContractSigned():
                return make.contract_withdrawn(base.agreement, base.person, self.on(), base.kind, **about)
            case placement.EmploymentStarted():
                after = date.fromisoformat(base.started_on) + timedelta(days=dice.choice((-365, 20, 30, 40, 90, 181)))
                if dice.random() < 0.4:
                    return make.visited(base.person, after.isoformat(), dice.choice(("working", "left")), **about)
                if dice.random() < 0.2:
                    return also.checked(base.person, after.isoformat(), **about)
                return make.left(base.person, self.on(), base.started_on, base.employer, **about)
            case placement.EmploymentEnded():
                again = date.fromisoformat(base.ended_on) + timedelta(days=dice.choice((0, 1, 30, 31)))
                return make.started(base.person, again.isoformat(), base.employer, **about)
            case followup.IssueOpened():
                return make.resolved(base.person, self.on(), **about)
            case followup.VisitCompleted():
                return dice.choice((also.promoted, also.upskilled))(base.person, self.on(), **about)
            case _:
                return None

    def event(self, service: str) -> Any:
        """A fact that rests on nothing."""
        dice = self.dice
        who = dice.choice(PERSONS)
        about: dict[str, Any] = {"programme": dice.choice(PROGRAMMES), "region": dice.choice(REGIONS)}
        number, class_no, employer = dice.choice("12"), dice.choice(("C1", "C2")), dice.choice(("E1", "E2"))
        proof = dice.choice((None, "self_report", "payslip", "bank"))
        month = dice.choice(("2025-01", "2025-02", "2025-03", "2025-04"))
        kind = dice.choice((None, "full_time", "internship"))
        made: dict[str, list[Any]] = {
            "registry": [lambda: make.merged(who, dice.choice([one for one in PERSONS if one != who]))],
            "training": [
                lambda: make.enrolled(who, class_no, **about, category=dice.choice((None, "残疾人", "脱贫人口"))),
                lambda: make.enrolled(who, class_no, **about),
                lambda: make.class_opened(class_no, self.on(), **about, occupation=dice.choice(("护工", "月嫂"))),
                lambda: also.activity(
                    number,
                    dice.choice(("competition", "volunteering")),
                    self.on(),
                    **about,
                    series=dice.choice((None, "甲")),
                    attendances=dice.choice((None, 7)),
                    attendees=dice.choice((None, 5)),
                    teams=dice.choice((None, 2)),
                    awards=dice.choice((None, 3)),
                ),
                lambda: also.site(
                    number,
                    dice.choice(("school", "childcare")),
                    self.on(),
                    **about,
                    title=dice.choice((None, "甲", "乙")),
                    level=dice.choice((None, "省级")),
                    capacity_places=dice.choice((None, 20)),
                ),
                lambda: make.attested(dice.choice("甲乙"), dice.randrange(9), self.on(), dice.choice("xy"), **about),
            ],
            "placement": [
                lambda: make.held(number, dice.choice(("job_fair", "signing_ceremony")), self.on(), **about),
                lambda: make.signed(number, who, self.on(), **about),
                lambda: make.contract(
                    number,
                    who,
                    self.on(),
                    dice.choice(("labour", "service")),
                    **about,
                    template=dice.choice((None, "standard", "other")),
                ),
                lambda: also.employer(employer, dice.choice((None, "employee", "agency", "other")), self.on(), **about),
                lambda: also.employer(employer, dice.choice(("employee", "agency")), self.on(), **about),
                lambda: also.cooperation(employer, self.on(), **about),
                lambda: also.vacancy(employer, dice.randrange(9), self.on(), **about),
                lambda: also.referral(who, self.on(), employer, **about),
                lambda: also.subsidy(number, who, 100, self.on(), dice.choice("甲乙"), **about),
                lambda: also.checked(who, self.on(), **about),
                lambda: make.started(who, self.on(60), employer, **about, kind=kind, work_region=dice.choice(PLACES)),
            ],
            "followup": [
                lambda: make.visited(who, self.on(), dice.choice(("working", "left")), **about),
                lambda: make.missed(who, self.on(), dice.choice(("phone", "home")), **about),
                lambda: make.paid(who, month, dice.randrange(4) * 100_001, proof, self.on(), **about),
                lambda: make.issue(number, who, self.on(), dice.choice(("wages", "other")), **about),
            ],
        }
        return dice.choice(made[service])()

    def on(self, spread: int = 90) -> str:
        """A day; the few there are coincide often and lie thirty days apart."""
        return (
            FIRST + timedelta(days=self.dice.choice((0, 1, 29, 30, 31, 45, 60, 61, 89, 90)) % (spread + 1))
        ).isoformat()
