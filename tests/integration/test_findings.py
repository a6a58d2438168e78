"""Findings over gRPC: pages, filters, counts beside figures, and what is said of them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
import pytest_asyncio

from ledger.rpc.client import CallRefused, Client, connect
from ledger.rpc.server import Server
from ledger_api.audit.v1 import audit_pb2 as pb
from ledger_api.publication.v1 import publication_pb2
from services.audit.database import open_reader
from services.audit.finding import Asked
from services.audit.findings import FindingQueries
from services.audit.queries import AuditQueries
from services.audit.service import SERVICE, AuditService
from services.outcomes.projector import Outcomes
from services.outcomes.rulebook import load
from services.publication.events import FindingSettled
from tests.support.books import ref, started
from tests.support.logs import LogBuilder
from tests.support.outcomes import apply_all
from tests.support.published import Publishing, publishing
from tests.support.rpc import context

LOG = "ledger.local/placement"


@pytest.fixture
def outcomes(tmp_path: Path) -> Iterator[Outcomes]:
    opened = Outcomes.open(f"sqlite:///{tmp_path / 'outcomes.db'}")
    yield opened
    opened.close()


@pytest_asyncio.fixture
async def audit(outcomes: Outcomes, tmp_path: Path) -> AsyncIterator[Client]:
    engine = open_reader(f"sqlite:///{tmp_path / 'outcomes.db'}")
    server = Server([(SERVICE, AuditService(AuditQueries(engine), outcomes).behaviours())], reflect=False)
    channel = connect(await server.start("127.0.0.1:0"))
    yield Client(channel, SERVICE)
    await channel.close()
    await server.stop(0)
    engine.dispose()


def several(outcomes: Outcomes) -> LogBuilder:
    """Five full-time starts in two programmes, with neither training, check nor contract."""
    log = LogBuilder(LOG)
    for person in "abcde":
        about = {"programme": "linqing", "region": "371581"} if person in "de" else {}
        log.add(started(person, kind="full_time", **about), recorded="2025-06-20")
    apply_all(outcomes, log)
    return log


async def every(audit: Client, **asked: Any) -> list[pb.Finding]:
    request = pb.ListFindingsRequest(**asked)
    found: list[pb.Finding] = []
    while True:
        answer = await audit.call("ListFindings", request)
        found += answer.findings
        if not answer.next_page_token:
            return found
        assert len(answer.findings) == request.page_size
        request.page_token = answer.next_page_token


async def test_pages_of_all_rules_fit_together_at_one_cut(audit: Client, outcomes: Outcomes) -> None:
    log = several(outcomes)
    whole = await every(audit)
    assert [(one.rule, one.case) for one in whole] == [("A28", "neither")] * 5 + [("A44", "none")] * 5
    first = await audit.call("ListFindings", pb.ListFindingsRequest(page_size=3))
    log.add(started("f", kind="full_time"), recorded="2025-06-21")
    apply_all(outcomes, log)
    rest = await every(audit, page_size=3, page_token=first.next_page_token)
    assert [*first.findings, *rest] == whole
    assert len(await every(audit, page_size=1)) == 12
    assert len(await every(audit, as_of=pb.AsOf(date="2025-06-20"))) == 10


async def test_all_findings_are_read_in_one_go_at_one_cut(audit: Client, outcomes: Outcomes) -> None:
    several(outcomes)
    question = pb.ListFindingsRequest(severity="E", as_of=pb.AsOf(date="2025-06-20"), page_size=1)
    request = pb.ReadFindingsRequest(question=question)
    read = [one async for page in audit.stream("ReadFindings", request) for one in page.findings]
    assert read == await every(audit, severity="E", page_size=3)
    with pytest.raises(CallRefused, match="unknown_rule"):
        wrong = pb.ReadFindingsRequest(question=pb.ListFindingsRequest(rules=["A99"]))
        assert [page async for page in audit.stream("ReadFindings", wrong)]


async def test_a_finding_says_what_where_and_why(audit: Client, outcomes: Outcomes) -> None:
    several(outcomes)
    [one] = await every(audit, rules=["A44"], person=ref("a"))
    assert (one.severity, one.version, one.state, one.person) == ("E", 1, "open", ref("a"))
    assert (one.log, one.index, one.HasField("other_log")) == (LOG, 0, False)
    assert one.key.endswith("/E1/2025-04-01#none")
    assert one.sentence_zh == "2025-04-01 全日制上岗 E1，30 天内及以后均无劳动合同或劳务协议"
    assert json.loads(one.facts_json) == {"employer": "E1", "started_on": "2025-04-01"}


async def test_findings_are_narrowed_and_thresholds_set(audit: Client, outcomes: Outcomes) -> None:
    several(outcomes)
    assert len(await every(audit, rules=["A44"], programme="linqing")) == 2
    assert len(await every(audit, rules=["A44"], region="370000")) == 2
    assert await every(audit, rules=["A44"], severity="W") == []
    assert await every(audit, rules=["A44"], thresholds={"contract_days": 80}) == []


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        ({"rules": ["A99"]}, "unknown_rule"),
        ({"rules": ["A44"], "thresholds": {"sla_days": 1}}, "bad_parameter"),
        ({"thresholds": {"contract_days": -1}}, "bad_parameter"),
    ],
)
async def test_what_cannot_be_asked_is_refused(
    audit: Client, outcomes: Outcomes, asked: dict[str, Any], rule: str
) -> None:
    several(outcomes)
    with pytest.raises(CallRefused) as no:
        await every(audit, **asked)
    assert no.value.rule == rule
    assert no.value.zh


async def test_a_page_token_of_another_question_is_refused(audit: Client, outcomes: Outcomes) -> None:
    several(outcomes)
    first = await audit.call("ListFindings", pb.ListFindingsRequest(page_size=3))
    with pytest.raises(CallRefused) as no:
        await every(audit, severity="E", page_size=3, page_token=first.next_page_token)
    assert no.value.code is grpc.StatusCode.INVALID_ARGUMENT


async def test_open_findings_are_counted_beside_the_figures_they_touch(audit: Client, outcomes: Outcomes) -> None:
    several(outcomes)
    figures = ["employment_starts", "contracts_signed", "visits_completed"]
    answer = await audit.call("CountFindings", pb.CountFindingsRequest(figures=figures))
    assert {figure: dict(counts.open) for figure, counts in answer.figures.items()} == {
        "employment_starts": {"A28": 5, "A44": 5},
        "contracts_signed": {"A44": 5},
    }
    [one] = await every(audit, rules=["A44"], person=ref("d"))
    log = LogBuilder("ledger.local/publication")
    about = {"rule": "A44", "rule_version": 1, "key": one.key, "evidence_log": one.log, "evidence_entry": one.index}
    log.add(FindingSettled(kind="accepted", reason="试用", **about))
    apply_all(outcomes, log)
    for asked, counted in (({"programme": "linqing"}, 1), ({"region": "37"}, 1), ({"programme": "datong-hugong"}, 3)):
        answer = await audit.call("CountFindings", pb.CountFindingsRequest(figures=["contracts_signed"], **asked))
        assert dict(answer.figures["contracts_signed"].open) == {"A44": counted}
    [settled] = await every(audit, rules=["A44"], state="accepted")
    assert (settled.key, settled.reason, settled.settled_by) == (one.key, "试用", "datong-hrss")


async def test_counting_beside_every_figure_runs_each_rule_that_touches_one(audit: Client, outcomes: Outcomes) -> None:
    several(outcomes)
    answer = await audit.call("CountFindings", pb.CountFindingsRequest())
    assert set(answer.figures) == {figure for id in ("A28", "A44") for figure in load()[id].figures}


async def test_every_rule_is_summed_up_by_case_and_state(audit: Client, outcomes: Outcomes) -> None:
    several(outcomes)
    asked = pb.CountFindingsRequest(figures=["facilities"], every_rule=True, programme="linqing")
    answer = await audit.call("CountFindings", asked)
    assert [(one.rule, one.case, one.severity, dict(one.states)) for one in answer.cases] == [
        ("A28", "neither", "E", {"open": 2}),
        ("A44", "none", "E", {"open": 2}),
    ]
    assert dict(answer.figures) == {}


def test_a_hole_in_the_copy_of_a_log_is_a_finding(outcomes: Outcomes, tmp_path: Path) -> None:
    several(outcomes)
    with outcomes.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM entries WHERE idx = 2")
    engine = open_reader(f"sqlite:///{tmp_path / 'outcomes.db'}")
    [one] = FindingQueries(engine).page(Asked(rules=("A41",)))
    engine.dispose()
    assert (one.case.name, one.key) == ("hole", f"log/{LOG}#hole")
    assert one.zh == f"{LOG} 应有 5 条，此处只有 4 条"


@pytest_asyncio.fixture
async def running(tmp_path: Path) -> AsyncIterator[Publishing]:
    async with publishing(tmp_path) as services:
        yield services


def settling(**more: Any) -> publication_pb2.SettleFindingRequest:
    about = {"rule": "A44", "key": "x#none", "kind": "explained", "reason": "在县局", **more}
    return publication_pb2.SettleFindingRequest(context=context(), **about)


async def test_a_finding_is_settled_as_audit_finds_it_and_not_as_the_caller_says(running: Publishing) -> None:
    with pytest.raises(CallRefused) as no:
        await running.client.call("SettleFinding", settling())
    assert (no.value.rule, no.value.code) == ("no_such_finding", grpc.StatusCode.NOT_FOUND)
    running.audit.findings = [
        pb.Finding(rule="A44", version=3, key="x#none", programme="linqing", log=LOG, index=7),
    ]
    first = await running.client.call("SettleFinding", settling())
    again = await running.client.call("SettleFinding", settling())
    assert (first.index, again.index, again.duplicate) == (0, 0, True)
    [entry] = running.store.read(0, 9)
    said = json.loads(entry.leaf)
    assert said["type"] == "publication.FindingSettled.v1"
    assert said["data"] == {
        "evidence_entry": 7,
        "evidence_log": LOG,
        "key": "x#none",
        "kind": "explained",
        "programme": "linqing",
        "reason": "在县局",
        "rule": "A44",
        "rule_version": 3,
    }
    running.audit.findings[0].key = "y#none"  # audit answers about another one
    with pytest.raises(CallRefused, match="no_such_finding"):
        await running.client.call("SettleFinding", settling(kind="closed"))
