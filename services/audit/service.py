"""Audit on the wire."""

from __future__ import annotations

import asyncio
from typing import Any

from google.protobuf.message import Message

from ledger.rpc.paging import size_of_page
from ledger.rpc.server import Behaviour
from ledger_api.audit.v1 import audit_pb2 as pb
from services.audit.answers import Cut, FigureAnswer, Member
from services.audit.queries import PAGE_MAX, AuditQueries, rule_of
from services.audit.records import records_of
from services.audit.wire import (
    as_of_from,
    cut_message,
    json_bytes,
    member_message,
    page_place,
    page_token,
    parameters_from,
    question,
    rule_message,
)
from services.outcomes.catalogue import load
from services.outcomes.projector import Outcomes

SERVICE = pb.DESCRIPTOR.services_by_name["AuditService"]
PAGE_DEFAULT = 500


class AuditService:
    """Answers from the outcomes database. Queries run in threads; the event loop stays free."""

    def __init__(self, queries: AuditQueries, outcomes: Outcomes) -> None:
        self._queries = queries
        self._outcomes = outcomes

    def behaviours(self) -> dict[str, Behaviour]:
        """One for each method of AuditService."""
        return {
            "ListFigures": self._list_figures,
            "GetFigure": self._get_figure,
            "ListMembers": self._list_members,
            "GetRecord": self._get_record,
            "GetEntry": self._get_entry,
            "GetCut": self._get_cut,
        }

    async def _list_figures(self, _request: Any) -> Message:
        return pb.ListFiguresResponse(figures=[rule_message(rule) for rule in load().values()])

    async def _get_figure(self, request: Any) -> Message:
        answer = await asyncio.to_thread(self._figure, request)
        return pb.GetFigureResponse(cut=cut_message(answer.cut), figure_json=json_bytes(answer.to_json()))

    def _figure(self, request: Any) -> FigureAnswer:
        rule = rule_of(request.id)
        parameters = parameters_from(rule, request.parameters)
        as_of = as_of_from(request.as_of)
        cut = None if as_of is None else self._queries.resolve_cut(as_of)
        return self._queries.figure(rule, parameters, cut)

    async def _list_members(self, request: Any) -> Message:
        cut, members, token = await asyncio.to_thread(self._members, request)
        return pb.ListMembersResponse(
            cut=cut_message(cut), members=[member_message(member) for member in members], next_page_token=token
        )

    def _members(self, request: Any) -> tuple[Cut, list[Member], str]:
        rule = rule_of(request.id)
        parameters = parameters_from(rule, request.parameters)
        asked = question(request, parameters)
        place = page_place(request, asked)
        cut = place.cut if place else self._queries.resolve_cut(as_of_from(request.as_of))
        size = size_of_page(request.page_size, default=PAGE_DEFAULT, most=PAGE_MAX)
        members = self._queries.members(rule, parameters, cut, place.after if place else None, size)
        token = page_token(asked, cut, members[-1]) if len(members) == size else ""
        return cut, members, token

    async def _get_record(self, request: Any) -> Message:
        as_of = as_of_from(request.as_of)
        cut, records = await asyncio.to_thread(records_of, self._outcomes, request.person, as_of)
        wanted = [record for name, record in records.items() if request.programme in ("", name)]
        return pb.GetRecordResponse(cut=cut_message(cut), records_json=wanted)

    async def _get_entry(self, request: Any) -> Message:
        entry = await asyncio.to_thread(self._queries.entry, request.log, request.index)
        return pb.GetEntryResponse(leaf=entry.leaf, leaf_hash=entry.leaf_hash, cut=cut_message(entry.cut))

    async def _get_cut(self, request: Any) -> Message:
        as_of = as_of_from(request.as_of)
        now = await asyncio.to_thread(self._queries.held)
        cut = now.cut if as_of is None else await asyncio.to_thread(self._queries.resolve_cut, as_of)
        return pb.GetCutResponse(cut=cut_message(cut), stopped=dict(now.stopped), parked=now.parked)
