"""Placement on the wire: its commands, its log, and the candidate pool."""

from __future__ import annotations

import asyncio
from typing import Any, get_args

from google.protobuf.message import Message

from ledger.append import Rules
from ledger.decider import Command
from ledger.rpc.paging import place_of, size_of_page, token
from ledger.rpc.server import Behaviour
from ledger.runtime.write_service import OpenLog
from ledger_api.placement.v1 import placement_pb2 as pb
from services.placement.commands import PlacementCommand
from services.placement.decider import decide
from services.placement.events import CATALOGUE
from services.placement.reacts import WaitingCandidate, candidates

SERVICE = pb.DESCRIPTOR.services_by_name["PlacementService"]
COMMANDS: tuple[type[Command], ...] = get_args(PlacementCommand)
RULES = Rules(CATALOGUE, decide)


def behaviours(log: OpenLog) -> dict[str, Behaviour]:
    """One for each method of PlacementService."""

    async def list_candidates(request: Any) -> Message:
        size = size_of_page(request.page_size, default=100, most=1_000)
        after = place_of(request.page_token, tuple[str, str, str])
        rows = await asyncio.to_thread(_read, log, request.programme, after, size)
        last = rows[-1] if len(rows) == size else None
        return pb.ListCandidatesResponse(
            candidates=[
                pb.Candidate(
                    person=row.person,
                    programme=row.programme,
                    region=row.region,
                    class_no=row.class_no,
                    completed_on=row.completed_on,
                )
                for row in rows
            ],
            next_page_token=token((last.completed_on, last.person, last.programme)) if last else "",
        )

    return {**log.behaviours(SERVICE, COMMANDS), "ListCandidates": list_candidates}


def _read(log: OpenLog, programme: str, after: tuple[str, str, str] | None, limit: int) -> list[WaitingCandidate]:
    with log.store.readers.begin() as connection:
        return candidates(connection, programme, after, limit)
