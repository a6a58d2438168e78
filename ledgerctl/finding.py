"""Findings of the audit rules, read from audit, and what is said of them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any, Final, NamedTuple

from ledger.errors import Unavailable
from ledger.rpc.client import CallRefused
from ledger_api.audit.v1 import audit_pb2 as pb
from ledger_api.common.v1 import common_pb2 as common
from ledger_api.publication.v1 import publication_pb2
from ledgerctl.failures import BadInput, Failure
from ledgerctl.session import Session

#: All rules over ten million entries take minutes.
FINDING_SECONDS: Final = 600.0
#: Figures do not wait longer for what is found beside them.
BESIDE_SECONDS: Final = 10.0


class Settling(NamedTuple):
    """What is said of a finding, and by whom. An empty `agency`: named after the ledger's host."""

    rule: str
    key: str
    kind: str
    reason: str
    agency: str
    actor: str


def thresholds(given: list[str]) -> dict[str, int]:
    """`NAME=NUMBER` options as a mapping. Raises BadInput."""
    pairs = [item.partition("=") for item in given]
    for name, _, value in pairs:
        if not name or not value.isdigit():
            raise BadInput(f"--threshold {name}: expected NAME=NUMBER", "for example --threshold sla_days=15")
    return {name: int(value) for name, _, value in pairs}


async def some_findings(session: Session, asked: pb.ListFindingsRequest) -> list[pb.Finding]:
    """The first page of them."""
    answer = await session.client("audit").call("ListFindings", asked, seconds=FINDING_SECONDS)
    return list(answer.findings)


async def all_findings(session: Session, asked: pb.ListFindingsRequest) -> AsyncIterator[pb.Finding]:
    """Every finding, at one cut, as they are found."""
    request = pb.ReadFindingsRequest(question=asked)
    async for page in session.client("audit").stream("ReadFindings", request, seconds=FINDING_SECONDS):
        for one in page.findings:
            yield one


async def findings_beside(
    session: Session, figures: list[str], programme: str, region: str, cut: dict[str, int]
) -> dict[str, dict[str, int]] | None:
    """Figure id → rule → open findings about its members; None: audit is not done with them yet."""
    request = pb.CountFindingsRequest(
        figures=figures, programme=programme, region=region, as_of=pb.AsOf(cut=pb.Cut(sizes=cut))
    )
    try:
        answer = await session.client("audit").call("CountFindings", request, seconds=BESIDE_SECONDS)
    except Unavailable:
        return None
    return {figure: dict(sorted(counts.open.items())) for figure, counts in answer.figures.items()}


async def counted_findings(session: Session, asked: pb.CountFindingsRequest) -> pb.CountFindingsResponse:
    """How many findings each case of each rule has."""
    asked.every_rule = True
    answer: pb.CountFindingsResponse = await session.client("audit").call(
        "CountFindings", asked, seconds=FINDING_SECONDS
    )
    return answer


async def settle(session: Session, said: Settling) -> Any:
    """The receipt. Raises Failure: the ledger says no. CallRefused, Unavailable."""
    agency = said.agency or session.home.agency
    request = publication_pb2.SettleFindingRequest(
        context=common.Context(agency=agency, actor=said.actor),
        rule=said.rule,
        key=said.key,
        kind=said.kind,
        reason=said.reason,
    )
    try:
        return await session.client("publication").call("SettleFinding", request, seconds=FINDING_SECONDS)
    except CallRefused as no:
        if no.rule not in ("no_such_finding", "unknown_rule"):
            raise
        raise Failure(f"{no.zh} · {no.message}", f"rule {no.rule}") from no


def case_json(one: pb.CaseCount) -> dict[str, Any]:
    """One line of the summary."""
    return {
        "rule": one.rule,
        "case": one.case,
        "severity": one.severity,
        "name_zh": one.name_zh,
        "name_en": one.name_en,
        **{state: one.states.get(state, 0) for state in ("open", "explained", "accepted", "closed")},
    }


def finding_json(one: pb.Finding) -> dict[str, Any]:
    """One finding as a JSON line."""
    return {
        "rule": one.rule,
        "version": one.version,
        "severity": one.severity,
        "case": one.case,
        "key": one.key,
        "person": one.person or None,
        "programme": one.programme or None,
        "region": one.region or None,
        "sentence_zh": one.sentence_zh,
        "sentence_en": one.sentence_en,
        "facts": json.loads(one.facts_json),
        "log": one.log,
        "index": one.index,
        "other_log": one.other_log if one.HasField("other_log") else None,
        "other_index": one.other_index if one.HasField("other_index") else None,
        "state": one.state,
        "settled_by": one.settled_by or None,
        "reason": one.reason or None,
        "settled_at": one.settled_at or None,
    }
