"""Four logs, projected into SQLite and PostgreSQL, and figures counted over both.

    def test_…(books: Books) -> None:
        books.placement.add(signed("AG-1", "a", "2025-03-05"))
        assert books.members("agreements_signed") == ["intent/AG-1 counted placement@0"]

Every answer is taken from both databases and must be the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from services.audit.answers import FigureAnswer, Member
from services.audit.database import open_reader
from services.audit.parameters import Parameters, parameters_for
from services.audit.queries import AuditQueries, rule_of
from services.followup import events as followup
from services.outcomes.projector import Outcomes
from services.placement import events as placement
from services.registry import events as registry
from services.training import events as training
from tests.support.logs import AGENCY, LogBuilder
from tests.support.outcomes import apply_all, empty
from tests.support.postgres import new_database

PROGRAMME: Final = "datong-hugong"
REGION: Final = "630121"
ORIGINS: Final = {name: f"ledger.local/{name}" for name in ("registry", "training", "placement", "followup")}


class Book(LogBuilder):
    """A log written after everything it tells of, so that `to` is late where nobody gives it."""

    def _next_recorded(self) -> str:
        return super()._next_recorded() if self.entries else "2026-01-01T00:00:00.000000Z"


class Books:
    """The logs of one test, by service, and the databases they go into."""

    registry: LogBuilder
    training: LogBuilder
    placement: LogBuilder
    followup: LogBuilder

    def __init__(self, databases: Mapping[str, tuple[Outcomes, AuditQueries]]) -> None:
        self._databases = databases
        self.logs: dict[str, LogBuilder] = {}
        for name, origin in ORIGINS.items():
            self.logs[origin] = Book(origin)
            setattr(self, name, self.logs[origin])

    def log(self, origin: str) -> LogBuilder:
        """A log of another instance: `other.example/placement`."""
        return self.logs.setdefault(origin, Book(origin))

    def project(self) -> None:
        """Bring both databases up to date."""
        for outcomes, _ in self._databases.values():
            apply_all(outcomes, *self.logs.values())

    def cut(self, as_of: Any = None) -> Mapping[str, int]:
        """What `as_of` means, in both."""
        cut: Mapping[str, int] = self._same({name: dict(audit.resolve_cut(as_of)) for name, audit in self.audits()})
        return cut

    def figure(self, id: str, as_of: Any = None, **asked: Any) -> FigureAnswer:
        """A figure counted by both."""
        rule = rule_of(id)
        cut = self.cut(as_of)
        answers = {name: audit.figure(rule, _parameters(id, asked), cut) for name, audit in self.audits()}
        answer: FigureAnswer = self._same(answers)
        assert answer.matched == answer.counted + sum(answer.excluded.values())
        return answer

    def raw_members(self, id: str, as_of: Any = None, **asked: Any) -> list[Member]:
        """All members from both, in their order."""
        cut = self.cut(as_of)
        pages = {
            name: [one for page in audit.all_members(rule_of(id), _parameters(id, asked), cut) for one in page]
            for name, audit in self.audits()
        }
        members: list[Member] = self._same(pages)
        return members

    def members(self, id: str, as_of: Any = None, **asked: Any) -> list[str]:
        """All members in short: `<key> <counted or reason>[ = value] <service>@<index>`, sorted.

        Keys without kind, agency (if it is the usual one) and programme; a person `pr_aaa…` is `a`.
        """
        return sorted(shortly(member) for member in self.raw_members(id, as_of, **asked))

    def audits(self) -> list[tuple[str, AuditQueries]]:
        """Both databases, brought up to date."""
        self.project()
        return [(name, audit) for name, (_, audit) in self._databases.items()]

    @staticmethod
    def _same(answers: Mapping[str, Any]) -> Any:
        first, *others = answers.items()
        for name, answer in others:
            assert answer == first[1], f"{name}: {answer}\n{first[0]}: {first[1]}"
        return first[1]


def _parameters(id: str, asked: Mapping[str, Any]) -> Parameters:
    rule = rule_of(id)
    return parameters_for(rule, **{"programme": PROGRAMME, **asked})


def shortly(member: Member) -> str:
    """One member in a line."""
    kind, *parts = re.sub(r"pr_([a-z])\1{31}", r"\1", member.key).split("/")
    if parts and kind in (
        "class",
        "enrolment",
        "statistic",
        "matching",
        "agreement",
        "employment",
        "visit",
        "issue",
        "wage",
        "referral",
        "vacancy",
        "subsidy",
        "activity",
        "facility",
    ):
        agency, _, *rest = parts
        key = "/".join(rest if agency == AGENCY else [agency, *rest])
    else:
        key = "/".join([kind, *parts])
    value = "" if member.value is None else f" = {member.value}"
    return f"{key} {member.reason or 'counted'}{value} {member.log.rpartition('/')[2]}@{member.index}"


@pytest.fixture(scope="module")
def _databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[Outcomes, AuditQueries]]]:
    with new_database() as postgres:
        urls = {"sqlite": f"sqlite:///{tmp_path_factory.mktemp('books') / 'outcomes.db'}", "postgres": postgres}
        opened = {name: (Outcomes.open(url), open_reader(url)) for name, url in urls.items()}
        yield {name: (outcomes, AuditQueries(engine, cached_answers=0)) for name, (outcomes, engine) in opened.items()}
        for outcomes, engine in opened.values():
            engine.dispose()
            outcomes.close()


@pytest.fixture
def books(_databases: dict[str, tuple[Outcomes, AuditQueries]]) -> Books:
    """Empty books."""
    for outcomes, _ in _databases.values():
        empty(outcomes)
    return Books(_databases)


# Events in short: persons are letters, the rest has what most tests want.


def ref(person: str) -> str:
    """`a` → `pr_aaaa…`."""
    return f"pr_{person * 32}" if len(person) == 1 else person


def _about(person: str | None, given: dict[str, Any]) -> dict[str, Any]:
    about = {"programme": PROGRAMME, "region": REGION, **given}
    return about if person is None else {"person": ref(person), **about}


def enrolled(person: str, class_no: str = "C1", on: str = "2025-02-10", **more: Any) -> training.Enrolled:
    return training.Enrolled(**_about(person, {"class_no": class_no, "enrolled_on": on, **more}))


def completed(
    person: str, class_no: str = "C1", on: str = "2025-03-10", result: Any = "passed", **more: Any
) -> training.TrainingEnded:
    return training.TrainingEnded(**_about(person, {"class_no": class_no, "ended_on": on, "result": result, **more}))


def certified(person: str, class_no: str = "C1", on: str = "2025-03-20", **more: Any) -> training.CertificateIssued:
    about = {"class_no": class_no, "certificate": f"Z-{class_no}", "issued_on": on, **more}
    return training.CertificateIssued(**_about(person, about))


def revoked(person: str, class_no: str = "C1", on: str = "2025-05-20", **more: Any) -> training.CertificateRevoked:
    about = {"class_no": class_no, "certificate": f"Z-{class_no}", "revoked_on": on, **more}
    return training.CertificateRevoked(**_about(person, about))


def class_opened(class_no: str = "C1", on: str = "2025-02-10", **more: Any) -> training.ClassOpened:
    about = {"class_no": class_no, "occupation": "医疗护理员", "provider": "某学校", "opened_on": on, **more}
    return training.ClassOpened(**_about(None, about))


def attested(indicator: str, value: int, on: str, source: str = "统计局", **more: Any) -> training.StatisticAttested:
    about = {"indicator": indicator, "value_milli": value * 1000, "unit": "人", "kind": "stock", "as_of_on": on}
    return training.StatisticAttested(**_about(None, {**about, "source": source, **more}))


def held(event_no: str, kind: Any, on: str = "2025-03-08", **more: Any) -> placement.MatchingEventHeld:
    return placement.MatchingEventHeld(
        **_about(None, {"event_no": event_no, "title": "春风行动", "kind": kind, "held_on": on, **more})
    )


def signed(number: str, person: str, on: str = "2025-03-05", **more: Any) -> placement.IntentAgreementSigned:
    about = {"agreement": number, "employer": "E1", "signed_on": on, **more}
    return placement.IntentAgreementSigned(**_about(person, about))


def withdrawn(number: str, person: str, on: str, **more: Any) -> placement.IntentAgreementWithdrawn:
    return placement.IntentAgreementWithdrawn(**_about(person, {"agreement": number, "withdrawn_on": on, **more}))


def contract(
    number: str, person: str, on: str = "2025-03-25", kind: Any = "labour", **more: Any
) -> placement.ContractSigned:
    about = {"agreement": number, "kind": kind, "employer": "E1", "signed_on": on, **more}
    return placement.ContractSigned(**_about(person, about))


def contract_withdrawn(
    number: str, person: str, on: str, kind: Any = "labour", **more: Any
) -> placement.ContractWithdrawn:
    about = {"agreement": number, "kind": kind, "withdrawn_on": on, **more}
    return placement.ContractWithdrawn(**_about(person, about))


def started(person: str, on: str = "2025-04-01", employer: str = "E1", **more: Any) -> placement.EmploymentStarted:
    return placement.EmploymentStarted(**_about(person, {"employer": employer, "started_on": on, **more}))


def left(
    person: str, on: str, since: str = "2025-04-01", employer: str = "E1", **more: Any
) -> placement.EmploymentEnded:
    about = {"employer": employer, "started_on": since, "ended_on": on, **more}
    return placement.EmploymentEnded(**_about(person, about))


def visited(
    person: str, on: str, state: Any = "working", method: Any = "phone", **more: Any
) -> followup.VisitCompleted:
    return followup.VisitCompleted(**_about(person, {"visited_on": on, "method": method, "state": state, **more}))


def missed(person: str, on: str, method: Any = "phone", **more: Any) -> followup.VisitAttempted:
    return followup.VisitAttempted(**_about(person, {"visited_on": on, "method": method, **more}))


def paid(
    person: str, month: str, wage_fen: int, proof: Any = "payslip", on: str | None = None, **more: Any
) -> followup.WageObserved:
    about = {"month": month, "wage_fen": wage_fen, "proof": proof, "observed_on": on or f"{month}-28", **more}
    return followup.WageObserved(**_about(person, about))


def issue(number: str, person: str, on: str = "2025-05-01", kind: Any = "wages", **more: Any) -> followup.IssueOpened:
    return followup.IssueOpened(**_about(person, {"issue": number, "opened_on": on, "kind": kind, **more}))


def resolved(person: str, on: str, **more: Any) -> followup.IssueResolved:
    return followup.IssueResolved(**_about(person, {"resolved_on": on, **more}))


def merged(person: str, into: str) -> registry.PersonsMerged:
    return registry.PersonsMerged(person=ref(person), into=ref(into), reason="same_identity")


def erased(person: str) -> registry.PersonErased:
    return registry.PersonErased(person=ref(person), basis="court_order", case="C-1")
