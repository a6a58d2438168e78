"""Findings on the wire, both directions."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from ledger.rpc.checks import Malformed
from ledger.rpc.paging import place_of, token
from ledger_api.audit.v1 import audit_pb2 as pb
from services.audit.answers import Cut
from services.audit.finding import Asked, Finding, shown
from services.audit.findings import After, Group
from services.audit.parameters import region_code
from services.outcomes.rulebook import AuditRule


class FindingsPlace(NamedTuple):
    """Where a list goes on: what was asked, at which cut, after which finding."""

    asked: str
    cut: dict[str, int]
    after: After


def asked_from(request: pb.ListFindingsRequest) -> Asked:
    """Normalised. Raises Refused (bad_parameter)."""
    return Asked(
        rules=tuple(request.rules),
        severity=request.severity,
        programme=request.programme,
        region=region_code(request.region) or "",
        person=request.person,
        key=request.key,
        state=request.state,
        thresholds=dict(request.thresholds),
    )


def findings_place(request: pb.ListFindingsRequest) -> FindingsPlace | None:
    """What a token stands for; None: the first page. Raises Malformed: it belongs to another question."""
    place: FindingsPlace | None = place_of(request.page_token, FindingsPlace)
    if place is not None and place.asked != _question(request):
        message = "this page token belongs to another question; send the one it came with"
        raise Malformed([("page_token", "page_token", message)])
    return place


def findings_token(request: pb.ListFindingsRequest, cut: Cut, last: Finding) -> str:
    """A token that goes on after `last`, at the same cut."""
    return token(FindingsPlace(_question(request), dict(cut), last.place))


def finding_message(one: Finding) -> pb.Finding:
    """A finding on the wire."""
    message = pb.Finding(
        rule=one.rule.id,
        version=one.rule.version,
        name_zh=one.rule.name_zh,
        name_en=one.rule.name_en,
        severity=one.severity,
        case=one.case.name,
        key=one.key,
        person=one.person or "",
        programme=one.programme or "",
        region=one.region or "",
        sentence_zh=one.zh,
        sentence_en=one.en,
        log=one.evidence.log,
        index=one.evidence.index,
        facts_json=msgspec.json.encode(shown(one.facts), order="sorted"),
        state=one.state,
    )
    if one.other is not None:
        message.other_log, message.other_index = one.other
    if one.settled is not None:
        message.settled_by = one.settled.agency
        message.reason = one.settled.reason
        message.settled_at = one.settled.recorded
    return message


def counts_message(
    groups: Mapping[str, Iterable[Group]], touching: Mapping[str, Iterable[str]], programme: str, region: str | None
) -> dict[str, pb.FindingCounts]:
    """Figure id → open findings by rule, of a programme and a place. `groups`: by rule; `touching`: rules by figure."""
    open_ones = {
        rule: sum(group.count for group in _within(of_rule, programme, region) if group.state == "open")
        for rule, of_rule in groups.items()
    }
    counts = {
        figure: pb.FindingCounts(open={rule: open_ones[rule] for rule in rules if open_ones.get(rule)})
        for figure, rules in touching.items()
    }
    return {figure: one for figure, one in counts.items() if one.open}


def cases_message(
    groups: Mapping[str, Iterable[Group]], rules: Mapping[str, AuditRule], programme: str, region: str | None
) -> list[pb.CaseCount]:
    """Of a programme and a place, how many findings each case of each rule has in which state. `groups`: by rule."""
    counts: list[pb.CaseCount] = []
    for id, of_rule in groups.items():
        rule, here = rules[id], list(_within(of_rule, programme, region))
        for name, case in rule.cases.items():
            states = Counter[str]()
            for group in here:
                if group.case == name:
                    states[group.state] += group.count
            about = {"rule": id, "name_zh": rule.name_zh, "name_en": rule.name_en, "severity": case.severity}
            if states:
                counts.append(pb.CaseCount(**about, case=name, states=states))
    return counts


def _within(groups: Iterable[Group], programme: str, region: str | None) -> Iterator[Group]:
    for group in groups:
        if programme in ("", group.programme) and (not region or (group.region or "").startswith(region)):
            yield group


def _question(request: Any) -> str:
    """What tells one question from another, apart from the page."""
    asked = pb.ListFindingsRequest()
    asked.CopyFrom(request)
    asked.ClearField("page_size")
    asked.ClearField("page_token")
    return hashlib.sha256(asked.SerializeToString(deterministic=True)).hexdigest()[:16]
