"""Follow-up on the wire: its commands, its log, and who is due a visit."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any, get_args

from google.protobuf.message import Message

from ledger.append import Rules
from ledger.decider import Command
from ledger.rpc.paging import place_of, size_of_page, token
from ledger.rpc.server import Behaviour
from ledger.rpc.wire import check_date
from ledger.runtime.write_service import OpenLog
from ledger_api.followup.v1 import followup_pb2 as pb
from services.followup.commands import FollowupCommand
from services.followup.decider import decide
from services.followup.events import CATALOGUE
from services.followup.reacts import Due, due_visits

SERVICE = pb.DESCRIPTOR.services_by_name["FollowupService"]
COMMANDS: tuple[type[Command], ...] = get_args(FollowupCommand)
RULES = Rules(CATALOGUE, decide)


def behaviours(log: OpenLog) -> dict[str, Behaviour]:
    """One for each method of FollowupService."""

    async def list_due_visits(request: Any) -> Message:
        check_date("on", request.on)
        size = size_of_page(request.page_size, default=100, most=1_000)
        after = place_of(request.page_token, tuple[str, int, int])
        rows = await asyncio.to_thread(_read, log, request.programme, request.on, after, size)
        last = rows[-1] if len(rows) == size else None
        on = date.fromisoformat(request.on)
        return pb.ListDueVisitsResponse(
            visits=[
                pb.DueVisit(
                    person=row.person,
                    programme=row.programme,
                    region=row.region,
                    employer=row.employer,
                    started_on=row.started_on,
                    milestone_days=row.milestone_days,
                    due_on=row.due_on,
                    overdue_days=(on - date.fromisoformat(row.due_on)).days,
                )
                for row in rows
            ],
            next_page_token=token((last.due_on, last.index, last.milestone_days)) if last else "",
        )

    return {**log.behaviours(SERVICE, COMMANDS), "ListDueVisits": list_due_visits}


def _read(log: OpenLog, programme: str, on: str, after: tuple[str, int, int] | None, limit: int) -> list[Due]:
    with log.store.readers.begin() as connection:
        return due_visits(connection, programme, on, after, limit)
