"""A synthetic programme: four logs in which many people are trained, start work and are visited."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any, Final

from services.followup import events as followup
from services.placement import events as placement
from services.registry import events as registry
from services.training import events as training
from tests.support.logs import LogBuilder

PROGRAMME: Final = "datong-hugong"
REGION: Final = "630121"
LOGS: Final = tuple(f"ledger.local/{service}" for service in ("registry", "training", "placement", "followup"))


def person(number: int) -> str:
    """A reference, spread over the key space as random ones are."""
    return f"pr_{random.Random(number).getrandbits(128):032x}"


def on(first: date, days: int) -> str:
    return (first + timedelta(days=days)).isoformat()


def real_programme(people: int, *, with_registry: bool = True) -> dict[str, LogBuilder]:
    """Each person: enrol, assessment, end, certificate, agreement, start, 3 visits, 2 wages.

    11 entries a person, or 12 with the registry's. Classes follow each other, 50 people a class; one
    person in 25 withdraws the agreement, one in 5 leaves, one in 100 enrolments is corrected.
    """
    logs = {origin: LogBuilder(origin) for origin in LOGS}
    reg, train, place, follow = (logs[origin] for origin in LOGS)
    for number in range(people):
        who = person(number)
        first = date(2023, 1, 2) + timedelta(days=number // 50 % 800)
        class_no = f"2023-{number // 50:05d}"
        about: dict[str, Any] = {"programme": PROGRAMME, "region": REGION, "person": who}
        of_class = {**about, "class_no": class_no}
        employer = f"91320100MA1X{number % 300:06d}"
        if with_registry:
            reg.add(registry.PersonRegistered(person=who))
        enrolled = train.add(training.Enrolled(**of_class, enrolled_on=on(first, 0), category="脱贫人口"))
        if number % 100 == 7:
            train.correct(enrolled, training.Enrolled(**of_class, enrolled_on=on(first, 1)))
        train.add(
            training.AssessmentTaken(
                **of_class, assessed_on=on(first, 14), theory_score_tenths=805, practice_score_tenths=912
            )
        )
        result: Any = "failed" if number % 20 == 3 else "passed"
        train.add(training.TrainingEnded(**of_class, result=result, ended_on=on(first, 15), hours_tenths=1200))
        train.add(training.CertificateIssued(**of_class, certificate=f"C{number:07d}", issued_on=on(first, 30)))
        agreement = f"AG-{number:07d}"
        place.add(
            placement.IntentAgreementSigned(
                **about,
                agreement=agreement,
                employer=employer,
                employer_name="南京某护理院",
                position="医疗护理员",
                work_region="320100",
                expected_wage_fen=420_000,
                signed_on=on(first, 20),
            )
        )
        if number % 25 == 4:
            place.add(
                placement.IntentAgreementWithdrawn(**about, agreement=agreement, withdrawn_on=on(first, 28)),
            )
        started = on(first, 35)
        place.add(
            placement.EmploymentStarted(
                **about, employer=employer, started_on=started, position="医疗护理员", work_region="320100"
            )
        )
        if number % 5 == 2:
            ended = on(first, 35 + number % 200)
            place.add(placement.EmploymentEnded(**about, employer=employer, started_on=started, ended_on=ended))
        for days in (30, 90, 180):
            visited = on(first, 35 + days + number % 9)
            state: Any = "left" if number % 5 == 2 and days > number % 200 else "working"
            follow.add(followup.VisitCompleted(**about, visited_on=visited, method="phone", state=state))
            if days > 30:
                follow.add(
                    followup.WageObserved(
                        **about, month=visited[:7], wage_fen=390_000 + number, observed_on=visited, proof="bank"
                    )
                )
    return logs
