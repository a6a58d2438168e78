"""An outcomes database of 10^6 entries, written in bulk: made-up facts in the proportions of a profile.

Bytes of entries are left out (figures do not read them). Everything follows from a fixed seed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import create_engine
from sqlalchemy.schema import CreateIndex, DropIndex

from services.followup import events as followup
from services.outcomes.days import day_number, month_number
from services.outcomes.tables import ENTRIES, METADATA, POSITIONS, TABLE_OF
from services.placement import events as placement
from services.registry import events as registry
from services.training import events as training

Values = dict[str, Any]

REGIONS: Final = ("630121", "630105", "371581", "440900", "522325")
AGENCIES: Final = ("hrss-a", "hrss-b", "hrss-c")
FIRST: Final = date(2022, 1, 1)
_DAYS: Final = [(FIRST + timedelta(days=day)).isoformat() for day in range(1_600)]


class Profile(NamedTuple):
    """How many entries of what. `retracted`: how many of a thousand are retracted, half of them corrected."""

    what: str
    persons: int
    completions: int = 0
    certificates: int = 0
    agreements: int = 0
    contracts: int = 0
    starts: int = 0
    visits: int = 0
    dealings: int = 0
    retracted: int = 20


PROFILES: Final[Mapping[str, Profile]] = {
    "mixed": Profile(
        "10^6 entries as ten programmes leave them",
        persons=100_000,
        completions=105_000,
        certificates=85_000,
        agreements=95_000,
        contracts=50_000,
        starts=95_000,
        visits=95_000,
        dealings=15_000,
    ),
    "agreements": Profile("10^6 intent agreements and their withdrawals", persons=400_000, agreements=880_000),
    "work": Profile("10^6 starts, plans, ends, visits and wages", persons=150_000, starts=250_000, visits=150_000),
}


class _Logs:
    """Rows of four logs, in the order they are stated."""

    def __init__(self, profile: Profile) -> None:
        self.dice = random.Random(20250620)
        self.profile = profile
        self.sizes: dict[str, int] = {}
        self.rows: dict[Any, list[Values]] = {}
        self.recorded: dict[str, str] = {}
        self.persons = [f"pr_{self.dice.getrandbits(128):032x}" for _ in range(profile.persons)]

    def add(self, event: type[Any], subject: str, **values: Any) -> None:
        """One entry; one in some is retracted or corrected at once."""
        log = f"ledger.local/{event.__module__.split('.')[1]}"
        row = self._row(log, subject, values)
        self.rows.setdefault(event, []).append(row)
        chance = self.dice.randrange(1_000)
        if chance < self.profile.retracted:
            superseded = int(chance < self.profile.retracted // 2)
            retraction = self._row(
                log,
                subject,
                {"entry": row["idx"], "entry_type": event.__name__, "reason": "clerical", "superseded": superseded},
            )
            self.rows.setdefault(registry_retracted(), []).append(retraction)
            if superseded:
                self.rows[event].append(self._row(log, subject, values))

    def _row(self, log: str, subject: str, values: Values) -> Values:
        index = self.sizes.get(log, 0)
        self.sizes[log] = index + 1
        day = _DAYS[min(index // 300, len(_DAYS) - 1)]
        recorded = self.recorded[log] = f"{day}T{index // 100 % 16:02d}:00:00.{index % 1_000_000:06d}Z"
        twins = {
            **{f"{name[:-3]}_day": day_number(value) for name, value in values.items() if name.endswith("_on")},
            **({"month_no": month_number(values["month"])} if "month" in values else {}),
        }
        return {
            "log": log,
            "idx": index,
            "agency": subject.split("/")[1] if "/" in subject else "registry",
            "subject": subject,
            "revision": 1,
            "recorded": recorded,
            "recorded_day": day_number(day),
            **values,
            **twins,
        }


def registry_retracted() -> Any:
    """The event class whose table all logs share."""
    return next(event for event in TABLE_OF if event.__name__ == "EntryRetracted")


def build(file: Path, profile: Profile) -> None:
    """Write the database. Some ten seconds and a gigabyte of memory for 10^6 entries."""
    logs = _Logs(profile)
    for step in (_persons, _training, _agreements, _work, _visits, _dealings):
        step(logs)
    engine = create_engine(f"sqlite:///{file}")
    try:
        METADATA.create_all(engine)
        with engine.begin() as connection:
            made = {row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'")}
            indexes = [index for table in METADATA.sorted_tables for index in table.indexes if index.name in made]
            for index in indexes:
                connection.execute(DropIndex(index))
            for event, rows in logs.rows.items():
                table = TABLE_OF[event].table
                names = [column.name for column in table.columns]
                listed = ", ".join(f'"{name}"' for name in names)
                connection.exec_driver_sql(
                    f"INSERT INTO {table.name} ({listed}) VALUES ({', '.join('?' * len(names))})",
                    [tuple(row.get(name) for name in names) for row in rows],
                )
            _copies(connection, logs)
            for index in indexes:
                connection.execute(CreateIndex(index))
    finally:
        engine.dispose()


def _copies(connection: Any, logs: _Logs) -> None:
    for log, size in logs.sizes.items():
        connection.execute(POSITIONS.insert(), {"log": log, "next_index": size, "frontier": b"", "error": None})
    names = [column.name for column in ENTRIES.columns]
    connection.exec_driver_sql(
        f"INSERT INTO entries ({', '.join(names)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (row["log"], row["idx"], b"", b"", event.__name__, row["agency"], row["subject"], row["recorded"])
            for event, rows in logs.rows.items()
            for row in rows
        ],
    )


def _where(logs: _Logs, nth: int) -> tuple[str, Values]:
    """(agency, programme and region) of the nth fact."""
    return AGENCIES[nth % 3], {"programme": f"programme-{nth % 10}", "region": REGIONS[nth % 5]}


def _later(logs: _Logs, on: str, at_most: int) -> str:
    return _DAYS[min(day_number(on) - day_number(_DAYS[0]) + logs.dice.randrange(at_most), len(_DAYS) - 1)]


def _persons(logs: _Logs) -> None:
    for person in logs.persons:
        logs.add(registry.PersonRegistered, f"person/{person}", person=person)
    for nth in range(0, len(logs.persons) // 1_000 * 2, 2):
        one, other = logs.persons[nth], logs.persons[nth + 1]
        logs.add(registry.PersonsMerged, f"person/{one}", person=one, into=other, reason="same_identity")
    logs.add(
        registry.PersonErased, f"person/{logs.persons[-1]}", person=logs.persons[-1], basis="court_order", case="1"
    )


def _training(logs: _Logs) -> None:
    for nth in range(logs.profile.completions):
        agency, where = _where(logs, nth)
        person, class_no = logs.dice.choice(logs.persons), f"C{nth // 300:05d}"
        subject = f"enrolment/{agency}/{where['programme']}/{class_no}/{person}"
        on = _DAYS[nth * 1_300 // logs.profile.completions]
        about = {**where, "class_no": class_no, "person": person}
        if nth % 300 < 10:
            logs.add(
                training.ClassOpened,
                f"class/{agency}/{where['programme']}/{class_no}",
                **where,
                class_no=class_no,
                occupation="医疗护理员",
                provider="某培训学校",
                opened_on=on,
            )
        category = (None, "脱贫人口", "残疾人", None)[nth % 4]
        logs.add(training.Enrolled, subject, **about, enrolled_on=on, category=category)
        ended_on = _later(logs, on, 40)
        result = "passed" if logs.dice.random() < 0.93 else logs.dice.choice(("failed", "withdrawn"))
        logs.add(training.TrainingEnded, subject, **about, result=result, ended_on=ended_on, hours_tenths=400)
        if nth < logs.profile.certificates:
            logs.add(training.CertificateIssued, subject, **about, certificate=f"Z{nth:07d}", issued_on=ended_on)
            if nth % 100 == 7:
                logs.add(
                    training.CertificateRevoked,
                    subject,
                    **about,
                    certificate=f"Z{nth:07d}",
                    revoked_on=_later(logs, ended_on, 90),
                )
    for nth in range(200):
        agency, where = _where(logs, nth)
        source = "某统计局"
        logs.add(
            training.StatisticAttested,
            f"statistic/{agency}/{where['programme']}/从业人员/{_DAYS[nth]}/{source}",
            **where,
            indicator="从业人员",
            value_milli=8_000_000,
            unit="人",
            kind="stock",
            as_of_on=_DAYS[nth],
            source=source,
        )


def _agreements(logs: _Logs) -> None:
    for nth in range(2_000):
        agency, where = _where(logs, nth)
        logs.add(
            placement.MatchingEventHeld,
            f"matching/{agency}/{where['programme']}/E{nth}",
            **where,
            event_no=f"E{nth}",
            title="专场招聘会",
            kind=("job_fair", "signing_ceremony", "online_fair")[nth % 3],
            held_on=_DAYS[nth % 1_400],
        )
    for nth in range(logs.profile.agreements + logs.profile.contracts):
        agency, where = _where(logs, nth)
        number, person = f"AG-{nth:07d}", logs.dice.choice(logs.persons)
        intent = nth < logs.profile.agreements
        subject = f"agreement/{agency}/{where['programme']}/{'intent' if intent else 'labour'}/{number}"
        kind: Values = {} if intent else {"kind": "labour"}
        signed, withdrawn = (
            (placement.IntentAgreementSigned, placement.IntentAgreementWithdrawn)
            if intent
            else (placement.ContractSigned, placement.ContractWithdrawn)
        )
        on = _DAYS[logs.dice.randrange(1_400)]
        about = {**where, **kind, "agreement": number, "person": person}
        logs.add(
            signed,
            subject,
            **about,
            employer=f"91320100MA{nth % 3_000:08d}",
            signed_on=on,
            employer_name="某护理院",
            position="医疗护理员",
            work_region="320100",
            expected_wage_fen=420_000,
            template="standard",
        )
        if nth % 500 == 3:
            logs.add(
                signed, f"agreement/twice/{where['programme']}/x/{number}", **about, employer="某护理院", signed_on=on
            )
        if nth % 10 == 1:
            logs.add(withdrawn, subject, **about, withdrawn_on=_later(logs, on, 60))


def _work(logs: _Logs) -> None:
    for nth in range(logs.profile.starts):
        agency, where = _where(logs, nth)
        person, employer = logs.persons[nth % len(logs.persons)], f"91320100MA{nth % 3_000:08d}"
        on = _DAYS[logs.dice.randrange(1_300)]
        _spell(logs, agency, where, person, employer, on, nth)
        if nth % 10 == 1:
            _spell(logs, agency, where, person, employer, _later(logs, on, 330), nth + 1)


def _spell(logs: _Logs, agency: str, where: Values, person: str, employer: str, on: str, nth: int) -> None:
    subject = f"employment/{agency}/{where['programme']}/{person}/{employer}/{on}"
    about = {**where, "person": person, "employer": employer, "started_on": on}
    logs.add(
        placement.EmploymentStarted,
        subject,
        **about,
        employer_name="某护理院",
        position="医疗护理员",
        work_region=(None, "320100", "630100", "110000")[nth % 4],
        kind="internship" if nth % 25 == 0 else "full_time",
    )
    logs.add(
        followup.VisitsPlanned,
        f"plan{subject[10:]}",
        **about,
        d30_on=_later(logs, on, 31),
        d90_on=_later(logs, on, 91),
        d180_on=_later(logs, on, 181),
    )
    if nth % 5 < 2:
        logs.add(placement.EmploymentEnded, subject, **about, ended_on=_later(logs, on, 300), reason="resigned")


def _visits(logs: _Logs) -> None:
    for nth in range(logs.profile.visits):
        agency, where = _where(logs, nth)
        person, on = logs.persons[nth % len(logs.persons)], _DAYS[logs.dice.randrange(1_500)]
        subject = f"visit/{agency}/{where['programme']}/{person}/{on}/phone"
        about = {**where, "person": person}
        if nth % 7 == 0:
            logs.add(followup.VisitAttempted, subject, **about, visited_on=on, method="phone")
            continue
        state = "left" if nth % 11 == 0 else "working"
        logs.add(followup.VisitCompleted, subject, **about, visited_on=on, method="phone", state=state)
        if nth % 4 < 3:
            logs.add(
                followup.WageObserved,
                subject,
                **about,
                month=on[:7],
                wage_fen=300_000 + logs.dice.randrange(2_000) * 100,
                observed_on=on,
                proof=("bank", "payslip", "self_report", None)[nth % 4],
            )
        if nth % 13 == 0:
            logs.add(followup.IssueOpened, subject, **about, kind="wages", opened_on=on)
            if nth % 26 == 0:
                logs.add(followup.IssueResolved, subject, **about, resolved_on=_later(logs, on, 60))


def _dealings(logs: _Logs) -> None:
    """Referrals, subsidies, health checks and skill files of persons; employers, activities and sites beside them."""
    for nth in range(logs.profile.dealings):
        agency, where = _where(logs, nth)
        person, on = logs.dice.choice(logs.persons), _DAYS[logs.dice.randrange(1_500)]
        base, about = f"{agency}/{where['programme']}", {**where, "person": person}
        logs.add(placement.ReferralMade, f"referral/{base}/{person}/{on}/E", **about, employer="E", referred_on=on)
        paid = {"subsidy": f"B{nth}", "kind": "培训补贴", "amount_fen": 120_000, "paid_on": on}
        logs.add(placement.SubsidyPaid, f"subsidy/{base}/B{nth}", **about, **paid)
        if nth % 20 == 3:
            back = {"subsidy": f"B{nth}", "clawed_back_on": _later(logs, on, 90)}
            logs.add(placement.SubsidyClawedBack, f"subsidy/{base}/B{nth}", **about, **back)
        logs.add(placement.HealthCheckPassed, f"health/{base}/{person}/{on}", **about, checked_on=on)
        file = {"class_no": f"C{nth}", "skill_file": f"F{nth}", "opened_on": on}
        logs.add(training.SkillFileOpened, f"enrolment/{base}/C{nth}/{person}", **about, **file)
        if nth % 7 == 0:
            _firm_and_site(logs, base, where, nth, on)


def _firm_and_site(logs: _Logs, base: str, where: Values, nth: int, on: str) -> None:
    employer = {**where, "employer": f"91320100MA{nth // 7 % 3_000:08d}"}
    mode = ("employee", "agency", "other", None)[nth // 7 % 4]
    firm = f"employer/{base}/{employer['employer']}"
    logs.add(placement.EmployerRegistered, firm, **employer, registered_on=on, name="某护理院", mode=mode)
    logs.add(placement.CooperationSigned, firm, **employer, signed_on=on)
    logs.add(placement.VacancyPosted, firm, **employer, posted_on=on, vacancies=nth % 40)
    if nth % 50 == 0:
        logs.add(placement.EmployerClosed, firm, **employer, closed_on=_later(logs, on, 300))
    held = {"activity": f"H{nth}", "title": "大赛", "kind": "competition", "started_on": on, "attendees": 120}
    logs.add(training.ActivityHeld, f"activity/{base}/H{nth}", **where, **held)
    site = {"facility": f"S{nth}", "name": "某基地", "kind": "training_base", "recognised_on": on, "title": "示范基地"}
    logs.add(training.FacilityRecognised, f"facility/{base}/S{nth}", **where, **site, capacity_places=200)


def entries(file: Path) -> Iterator[tuple[str, int]]:
    """(log, size) of a built database."""
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        yield from ((row.log, row.next_index) for row in connection.execute(POSITIONS.select()))
    engine.dispose()
