"""What checkpoints cost an append, and how soon a command has its proof."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from bench import rig
from bench.outcome import Outcome, against_sketch
from bench.unary import fresh_issue
from ledger.append import Ask, Book, Rules
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.handling import Appender
from ledger.note import Signer as Key
from ledger.rpc.client import CallRefused, Client, connect, service_named
from ledger.signing import EVERY_SECONDS, HighWater, Signer
from ledger.store.checkpoints import CheckpointStore
from ledger.store.sql import SqlStore
from ledger_api.common.v1 import common_pb2 as pb
from services.followup import decider
from services.followup.commands import OpenIssue
from services.followup.events import CATALOGUE, IssueOpened

AT_LEAST: Final = 0.9
ORIGIN: Final = "ledger.local/followup"
#: Commands in one call; several calls wait at once, as they do in a batch import.
TOGETHER: Final = 500
IN_FLIGHT: Final = 4
PROOF_SECONDS_MAX: Final = 3.0
#: Commands a second while their proofs are waited for.
COMMANDS_A_SECOND: Final = 50
ASK_AGAIN_SECONDS: Final = 0.05


def measure(folder: Path, *, quick: bool) -> list[Outcome]:
    """Entries a second with checkpoints and without; seconds from a command to its receipt."""
    return [asyncio.run(_appending(folder, quick=quick)), asyncio.run(_receipts(folder, quick=quick))]


async def _appending(folder: Path, *, quick: bool) -> Outcome:
    rounds, seconds = (3, 2.5) if quick else (9, 6.0)
    signed: list[float] = []
    unsigned: list[float] = []
    heads = 0
    for nth in range(rounds):
        # turn about, and every other time the other way round: the disk is warmer for whoever comes second
        for checkpoints in (True, False) if nth % 2 else (False, True):
            async with _log(folder, f"{nth}-{checkpoints}") as (appender, signer):
                rate, made = await _append(appender, signer if checkpoints else None, seconds)
            (signed if checkpoints else unsigned).append(rate)
            heads += made
    return against_sketch(
        "checkpoints",
        f"commands decided and appended, {TOGETHER} together, while the log is read back and signed",
        "entries/s",
        ours=signed,
        sketch=("the same without checkpoints", unsigned),
        at_least=AT_LEAST,
        notes=[f"{heads} checkpoints signed in {rounds} rounds of {seconds:g} s; SQLite FULL, no relay"],
    )


@asynccontextmanager
async def _log(folder: Path, name: str) -> AsyncIterator[tuple[Appender, Signer]]:
    store = SqlStore.open(f"sqlite:///{folder / name}.sqlite", ORIGIN)
    key = Key.generate(ORIGIN)

    def sign(size: int, root: bytes) -> str:
        return sign_checkpoint(Checkpoint(ORIGIN, size, root), key).decode()

    appender = Appender(store, Book(Rules(CATALOGUE, decider.decide)))
    appender.start()
    try:
        yield (
            appender,
            Signer(store, CheckpointStore(store.engine, store.readers), sign, HighWater(folder / f"{name}.signed")),
        )
    finally:
        await asyncio.to_thread(appender.stop)
        store.close()


async def _append(appender: Appender, signer: Signer | None, seconds: float) -> tuple[float, int]:
    """(entries a second, checkpoints signed)."""
    issue = IssueOpened(
        programme="datong-hugong", region="630121", person="pr_" + "5d0c" * 8, kind="wages", opened_on="2025-03-05"
    )
    asks = [Ask(OpenIssue(issue=issue), "datong-hrss", "st_1")] * TOGETHER
    began = time.perf_counter()
    appended = made = 0

    async def command() -> None:
        nonlocal appended
        while time.perf_counter() - began < seconds:
            done = len(await appender.submit(asks))  # first, or another task's count would be lost
            appended += done

    async def check() -> None:
        nonlocal made
        while signer is not None:
            await asyncio.sleep(EVERY_SECONDS)
            made += await asyncio.to_thread(signer.sign_once) is not None

    signing = asyncio.create_task(check())
    await asyncio.gather(*(command() for _ in range(IN_FLIGHT)))
    took = time.perf_counter() - began
    signing.cancel()
    await asyncio.gather(signing, return_exceptions=True)
    return appended / took, made


async def _receipts(folder: Path, *, quick: bool) -> Outcome:
    count = 150 if quick else 1_500
    home = folder / "followup"
    with rig.broker(folder) as nats, rig.service("followup", home, nats.url) as service:
        async with connect(service.address) as channel:
            client = Client(channel, service_named("followup"))
            waiting = []
            for _ in range(count):
                waiting.append(asyncio.create_task(_proof(client)))
                await asyncio.sleep(1 / COMMANDS_A_SECOND)
            seconds = sorted(await asyncio.gather(*waiting))
    p99 = seconds[len(seconds) * 99 // 100]
    return Outcome(
        path="checkpoints",
        what=f"from a command to the proof that it is in the log, {count:,} commands, p99",
        unit="ms",
        ours=p99 * 1e3,
        floor=f"{PROOF_SECONDS_MAX:g} s",
        met=p99 < PROOF_SECONDS_MAX,
        notes=[f"p50 {seconds[len(seconds) // 2] * 1e3:.0f} ms, longest {seconds[-1] * 1e3:.0f} ms"],
    )


async def _proof(client: Client) -> float:
    """Send a command and ask for its receipt until there is one; the seconds that took."""
    began = time.perf_counter()
    receipt: Any = await client.call("OpenIssue", fresh_issue())
    while True:
        try:
            await client.call("GetReceipt", pb.GetReceiptRequest(index=receipt.index))
            return time.perf_counter() - began
        except CallRefused as error:
            if error.rule != "not_yet_signed":
                raise
        await asyncio.sleep(ASK_AGAIN_SECONDS)
