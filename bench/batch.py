"""A thousand commands a call: the placement service's batch RPC, beside a bare group commit of the same rows.

The sketch makes and commits the rows with the ledger's own libraries; beside it, the INSERT alone: rows
that another has made, a thousand a transaction, through the bare driver.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from statistics import median
from typing import Any, Final

from bench import rig
from bench.bare import ROWS_A_COMMIT, core_log, postgres_log, rows_of, sqlite_log
from bench.outcome import Outcome, against_sketch
from ledger.entry import EventReader
from ledger.rpc.client import connect
from ledger_api.common.v1 import common_pb2
from ledger_api.placement.v1 import facts_pb2, placement_pb2
from services.placement.events import CATALOGUE

AT_LEAST: Final = 0.45
ITEMS: Final = 1_000
PATH: Final = "/ledger_api.placement.v1.PlacementService/Batch"


def measure(folder: Path, *, quick: bool) -> list[Outcome]:
    """Entries a second, SQLite FULL: over the wire, and as bare INSERTs."""
    return asyncio.run(_measure(folder, rounds=5 if quick else 25))


async def _measure(folder: Path, rounds: int) -> list[Outcome]:
    home = folder / "placement"
    ours, sketch, inserted, peer = [], [], [], []
    with (
        rig.broker(folder) as nats,
        rig.service("placement", home, nats.url) as service,
        core_log(folder / "bare.sqlite", EventReader(CATALOGUE)) as commit_made,
        sqlite_log(folder / "rows.sqlite") as commit_rows,
        postgres_log() as commit_postgres,
    ):
        async with connect(service.address) as channel:
            batch: Any = channel.unary_unary(PATH)  # bytes to bytes: what the client makes of them is not measured
            for nth in range(rounds + 1):
                recorded = ITEMS / await _record(batch, nth)
                rig.published(home)  # or the relay would slow down whoever comes next
                rows = rows_of(rig.database_of(home), nth * ITEMS, (nth + 1) * ITEMS)
                made = ITEMS / commit_made(rows)
                rows_only, postgres = ITEMS / commit_rows(rows), ITEMS / commit_postgres(rows)
                if nth:  # the first warms up
                    ours.append(recorded)
                    sketch.append(made)
                    inserted.append(rows_only)
                    peer.append(postgres)
    return [
        against_sketch(
            "batch",
            f"batch RPC of {ITEMS:,} RecordIntentAgreement, recorded and fsynced before it is answered",
            "entries/s",
            ours=ours,
            sketch=(f"SQLAlchemy, SQLite FULL, {ROWS_A_COMMIT} rows made and inserted a transaction", sketch),
            at_least=AT_LEAST,
            peers={
                f"sqlite3, the INSERT alone, {ITEMS:,} rows a transaction": median(inserted),
                f"psycopg, the INSERT alone, {ITEMS:,} rows a transaction": median(peer),
            },
        )
    ]


async def _record(batch: Any, nth: int) -> float:
    """Send one batch; the seconds until it was answered."""
    items = [_item(nth * ITEMS + at) for at in range(ITEMS)]
    request = placement_pb2.BatchRequest(items=items).SerializeToString()
    began = time.perf_counter()
    answered = await batch(request, timeout=20)
    took = time.perf_counter() - began
    answer = common_pb2.BatchResponse.FromString(answered)
    if any(not result.HasField("receipt") or result.receipt.duplicate for result in answer.results):
        raise RuntimeError(f"not all of {ITEMS} agreements were recorded: {answer.results[0]}")
    return took


def _item(number: int) -> placement_pb2.BatchItem:
    return placement_pb2.BatchItem(
        record_intent_agreement=placement_pb2.RecordIntentAgreementRequest(
            context=common_pb2.Context(agency="datong-hrss", actor="st_" + "7a1c" * 8),
            signed=facts_pb2.IntentAgreementSigned(
                programme="datong-hugong",
                region="630121",
                agreement=f"AG-2025-{number:07d}",
                person=f"pr_{number:032x}",
                employer=f"91320100MA1X{number % 300:06d}",
                employer_name="南京某护理院",
                position="医疗护理员",
                work_region="320100",
                expected_wage_fen=420_000,
                signed_on="2025-03-05",
            ),
        )
    )
