"""Audit's messages and its values, both directions on one page."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from ledger.rpc.checks import Malformed
from ledger.rpc.paging import place_of, token
from ledger_api.audit.v1 import audit_pb2 as pb
from services.audit.answers import Cut, Member
from services.audit.checkpoints import Head
from services.audit.database import AsOf
from services.audit.parameters import Parameters, parameters_for
from services.outcomes.catalogue import FigureRule


class PagePlace(NamedTuple):
    """Where a list goes on: what was asked, at which cut, after which member."""

    asked: str
    cut: dict[str, int]
    after: tuple[str, str, int]


def as_of_from(message: pb.AsOf) -> AsOf:
    """A point in the past; None: now."""
    match message.WhichOneof("point"):
        case "date":
            return message.date
        case "cut":
            return dict(message.cut.sizes)
        case _:
            return None


def parameters_from(rule: FigureRule, message: pb.Parameters) -> Parameters:
    """Normalised. Raises Refused (bad_parameter, unknown_parameter)."""
    return parameters_for(
        rule,
        programme=message.programme,
        region=message.region,
        start=getattr(message, "from"),
        end=message.to,
        extra=dict(message.extra),
    )


def cut_message(cut: Cut) -> pb.Cut:
    """A cut on the wire."""
    return pb.Cut(sizes=dict(cut))


def rule_message(rule: FigureRule) -> pb.FigureRule:
    """A rule on the wire."""
    return pb.FigureRule(
        id=rule.id,
        name_zh=rule.name_zh,
        name_en=rule.name_en,
        unit=rule.unit,
        kind=rule.kind,
        grade=rule.grade,
        version=rule.version,
        rule_sha256=rule.rule_sha256,
        rule_zh=rule.rule_zh,
        rule_en=rule.rule_en,
        parameters=rule.parameters,
        exclusions=rule.exclusions,
    )


def member_message(member: Member) -> pb.Member:
    """A member on the wire."""
    return pb.Member(
        key=member.key,
        person=member.person or "",
        value=member.value,
        counted=member.counted,
        reason=member.reason or "",
        log=member.log,
        index=member.index,
        details_json=json_bytes(member.details) if member.details else b"",
    )


def head_message(head: Head) -> pb.SignedHead:
    """A signed head on the wire."""
    return pb.SignedHead(log=head.log, size=head.size, root=head.root, note=head.note.encode())


def json_bytes(value: Mapping[str, Any]) -> bytes:
    """JSON as it is printed."""
    return msgspec.json.encode(value)


def page_token(asked: str, cut: Cut, last: Member) -> str:
    """A token that goes on after `last`, at the same cut."""
    return token(PagePlace(asked, dict(cut), last.place))


def page_place(request: pb.ListMembersRequest, asked: str) -> PagePlace | None:
    """What a token stands for; None: the first page. Raises Malformed: it belongs to another question."""
    place: PagePlace | None = place_of(request.page_token, PagePlace)
    if place is not None and place.asked != asked:
        message = "this page token belongs to other parameters; send those it came with"
        raise Malformed([("page_token", "page_token", message)])
    return place


def question(request: pb.ListMembersRequest, parameters: Parameters) -> str:
    """What tells one question from another, apart from the page."""
    asked = (request.id, parameters.to_json(), request.as_of.SerializeToString(deterministic=True).hex())
    return hashlib.sha256(msgspec.json.encode(asked)).hexdigest()[:16]
