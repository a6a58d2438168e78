"""Small histories with everything in them that could make order matter, from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from ledger.feed import Verified
from ledger.merkle import Frontier
from services.followup import events as followup
from services.placement import events as placement
from services.registry import events as registry
from services.training import events as training
from tests.support.logs import LogBuilder
from tests.support.programme import LOGS

PERSONS = [f"pr_{letter * 32}" for letter in "abcde"]
AGENCIES = ["datong-hrss", "linqing-hrss"]
PROGRAMMES = ["datong-hugong", "linqing-jiazheng"]
EMPLOYERS = ["91320100MA1XYZ", "某养老院"]


def history(seed: int, length: int) -> dict[str, LogBuilder]:
    """Four logs of `length` entries together. Services would refuse some; a projector takes them all."""
    dice = random.Random(seed)
    logs = {origin: LogBuilder(origin) for origin in LOGS}
    for _ in range(length):
        log = logs[dice.choices(LOGS, weights=(1, 3, 5, 4))[0]]
        if len(log) and dice.random() < 0.12:
            log.retract(dice.randrange(len(log)), superseded=dice.random() < 0.5)
        else:
            _state(dice, log)
    return logs


def _state(dice: random.Random, log: LogBuilder) -> None:
    agency = dice.choice(AGENCIES)
    event: Any = _event(dice, log)
    unreadable = "fact.Unheard.v1" if dice.random() < 0.02 else None
    if dice.random() < 0.02 and isinstance(event, placement.EmploymentStarted):
        event = placement.EmploymentStarted(
            programme=event.programme,
            region=event.region,
            person=event.person,
            employer=event.employer,
            started_on="2025-02-30",
        )
    subject = None
    if isinstance(event, followup.IssueResolved):
        subject = f"issue/{agency}/{event.programme}/1"
    log.add(event, agency=agency, subject=subject, type=unreadable)


def _event(dice: random.Random, log: LogBuilder) -> Any:
    def on() -> str:
        return (date(2025, 1, 1) + timedelta(days=dice.choice((0, 1, 29, 30, 31, 60, 90, 120, 180, 181)))).isoformat()

    person = dice.choice(PERSONS)
    about: dict[str, Any] = {"programme": dice.choice(PROGRAMMES), "region": "630121", "person": person}
    of_class = {**about, "class_no": dice.choice("12")}
    employer = dice.choice(EMPLOYERS)
    agreement = dice.choice("12")
    started = on()
    kind: Any = dice.choice(["labour", "service"])
    at: dict[str, Any] = {"programme": about["programme"], "region": "630121", "employer": employer}
    of_site: dict[str, Any] = {"programme": about["programme"], "region": "630121", "facility": dice.choice("12")}
    made: dict[str, list[Any]] = {
        "registry": [
            lambda: registry.PersonRegistered(person=person),
            lambda: registry.PersonsMerged(person=person, into=dice.choice(PERSONS), reason="same_identity"),
            lambda: registry.PersonErased(person=person, basis="court_order", case="C1"),
        ],
        "training": [
            lambda: training.Enrolled(**of_class, enrolled_on=on(), category=dice.choice([None, "脱贫人口"])),
            lambda: training.TrainingEnded(**of_class, result=dice.choice(["passed", "failed"]), ended_on=on()),
            lambda: training.CertificateIssued(**of_class, certificate="C1", issued_on=on()),
            lambda: training.CertificateRevoked(**of_class, certificate="C1", revoked_on=on()),
            lambda: training.FacilityRecognised(
                **of_site, name="基地", kind="training_base", recognised_on=on(), capacity_places=dice.choice([None, 9])
            ),
            lambda: training.FacilityClosed(**of_site, closed_on=on()),
        ],
        "placement": [
            lambda: placement.IntentAgreementSigned(
                **about, agreement=agreement, employer=employer, signed_on=on(), expected_wage_fen=420_000
            ),
            lambda: placement.IntentAgreementWithdrawn(**about, agreement=agreement, withdrawn_on=on()),
            lambda: placement.ContractSigned(
                **about, kind=kind, agreement=agreement, employer=employer, signed_on=on()
            ),
            lambda: placement.ContractWithdrawn(**about, kind=kind, agreement=agreement, withdrawn_on=on()),
            lambda: placement.EmploymentStarted(
                **about, employer=employer, started_on=started, kind=dice.choice([None, "internship", "full_time"])
            ),
            lambda: placement.EmployerRegistered(**at, registered_on=on(), mode=dice.choice([None, "employee"])),
            lambda: placement.EmployerClosed(**at, closed_on=on()),
            lambda: placement.CooperationSigned(**at, signed_on=on()),
            lambda: placement.EmployerSurveyed(**at, surveyed_on=on()),
            lambda: placement.VacancyPosted(**at, posted_on=on(), vacancies=dice.randrange(9)),
            lambda: placement.ReferralMade(**about, employer=dice.choice([None, employer]), referred_on=on()),
            lambda: placement.SubsidyPaid(**about, subsidy=agreement, kind="培训补贴", amount_fen=100, paid_on=on()),
            lambda: placement.SubsidyClawedBack(**about, subsidy=agreement, clawed_back_on=on()),
            lambda: placement.EmploymentEnded(
                **about, employer=employer, started_on=started, ended_on=on(), reason="family"
            ),
        ],
        "followup": [
            lambda: followup.VisitCompleted(
                **about, visited_on=on(), method="phone", state=dice.choice(["working", "left"])
            ),
            lambda: followup.VisitAttempted(**about, visited_on=on(), method="home"),
            lambda: followup.WageObserved(
                **about, month="2025-03", wage_fen=390_000, observed_on=on(), proof=dice.choice([None, "bank"])
            ),
            lambda: followup.IssueResolved(**about, resolved_on=on()),
        ],
    }
    return dice.choice(made[log.catalogue.service])()


def schedule(seed: int, logs: dict[str, LogBuilder], longest: int) -> Iterator[tuple[str, list[Verified], Frontier]]:
    """The entries of all logs in some interleaving and some batches of at most `longest`."""
    dice = random.Random(seed)
    reached = {origin: Frontier() for origin in logs}
    while waiting := [origin for origin in logs if reached[origin].size < len(logs[origin])]:
        origin = dice.choice(waiting)
        frontier = reached[origin].copy()
        batch = logs[origin].verified(frontier.size, frontier.size + dice.randint(1, longest))
        frontier.extend(entry.leaf_hash for entry in batch)
        reached[origin] = frontier
        yield origin, batch, frontier.copy()
