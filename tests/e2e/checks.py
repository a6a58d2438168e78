"""What must hold of a ledger whatever was done to it: logs, streams and projection, held against each other.

Logs are read from their databases and judged with the standard library alone; streams are read with the
NATS client; the projection is compared with one that is built anew from the logs.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import random
import sqlite3
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

import nats
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from ledger.feed import Verified
from ledger.feed.verify import verify_all
from ledger.merkle import Frontier
from services.outcomes.projector import Outcomes
from tests.support.ledger import LOGS, Ledger
from tests.support.waiting import wait_until

READ_SECONDS_MAX = 60.0
#: how soon after a fault streams hold their logs again
LEVEL_SECONDS_MAX = 10.0


class Entry(NamedTuple):
    """An entry as its log's database holds it; `told` is its JSON."""

    leaf: bytes
    leaf_hash: bytes
    told: Any

    @property
    def type(self) -> str:
        return str(self.told["type"].split(".")[1])


def read_log(ledger: Ledger, service: str) -> list[Entry]:
    """All entries of a log in order, after making sure that they are a log. Fails where they are not."""
    rows = ledger.read(
        service, "SELECT idx, leaf, leaf_hash, event_id, stream, revision, type FROM entries ORDER BY idx"
    )
    assert [row[0] for row in rows] == list(range(len(rows))), f"{service}: indices are not contiguous"
    revisions: Counter[str] = Counter()
    ids = set()
    entries = []
    for index, leaf, leaf_hash, event_id, stream, revision, type_ in rows:
        told = json.loads(leaf)
        revisions[stream] += 1
        assert leaf == json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        assert leaf_hash == hashlib.sha256(b"\x00" + leaf).digest()
        assert (told["index"], told["id"], told["type"]) == (index, event_id, type_)
        assert (told["source"], told["subject"]) == (f"ledger.local/{service}", stream)
        assert told["revision"] == revision == revisions[stream]
        ids.add(event_id)
        entries.append(Entry(leaf, leaf_hash, told))
    assert len(ids) == len(entries), f"{service}: an event id stands twice"
    recorded = [entry.told["recorded"] for entry in entries]
    assert recorded == sorted(recorded), f"{service}: time runs backwards"
    ((size, frontier),) = ledger.read(service, "SELECT size, frontier FROM head")
    assert size == len(entries)
    assert Frontier.unpack(size, frontier).root() == merkle_root([entry.leaf_hash for entry in entries])
    return entries


def merkle_root(hashes: list[bytes]) -> bytes:
    """RFC 6962, as it is written there."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + merkle_root(hashes[:split]) + merkle_root(hashes[split:])).digest()


def read_logs(ledger: Ledger) -> dict[str, list[Entry]]:
    """Every log, by service."""
    return {service: read_log(ledger, service) for service in LOGS}


# ------------------------------------------------------------------------------------- streams


def check_streams(ledger: Ledger, logs: dict[str, list[Entry]]) -> None:
    """Each stream holds its log: as many messages, sequence = index + 1, the same bytes and hashes."""
    streams = read_streams(ledger)
    for service, entries in logs.items():
        messages = streams[service]
        assert len(messages) == len(entries), f"{service}: {len(messages)} messages of {len(entries)} entries"
        for index, (message, entry) in enumerate(zip(messages, entries, strict=True)):
            assert message.metadata.sequence.stream == index + 1
            assert message.data == entry.leaf
            assert message.headers is not None
            assert message.headers["Ledger-Index"] == str(index)
            assert message.headers["Ledger-Hash"] == entry.leaf_hash.hex()


def read_streams(ledger: Ledger) -> dict[str, list[Msg]]:
    """Every message of every log's stream, once it holds as many as its log."""
    return asyncio.run(_read_streams(ledger.home.nats_url, {name: state.size for name, state in ledger.lag().items()}))


async def _read_streams(url: str, sizes: dict[str, int]) -> dict[str, list[Msg]]:
    client = await nats.connect(url)
    try:
        return {service: await _read_stream(client.jetstream(), service, size) for service, size in sizes.items()}
    finally:
        await client.close()


async def _read_stream(js: Any, service: str, size: int) -> list[Msg]:
    """All messages, once there are as many as entries: a relay may be about to find out that some are missing."""
    name = f"LEDGER_{service.upper()}"
    state = None
    with suppress(TimeoutError):
        async with asyncio.timeout(LEVEL_SECONDS_MAX):
            while state is None or (state.messages, state.last_seq) != (size, size):
                with suppress(NotFoundError):
                    state = (await js.stream_info(name)).state
                await asyncio.sleep(0.02)
    assert state is not None, f"there is no stream {name}"
    assert (state.messages, state.last_seq) == (size, size), f"{service}: {state} and {size} entries"
    messages: list[Msg] = []
    if size == 0:
        return messages
    complete = asyncio.Event()

    async def take(message: Msg) -> None:
        messages.append(message)
        if len(messages) == size:
            complete.set()

    subscription = await js.subscribe(
        f"ledger.{service}.>",
        stream=name,
        cb=take,
        ordered_consumer=True,
        config=ConsumerConfig(deliver_policy=DeliverPolicy.ALL),
    )
    async with asyncio.timeout(READ_SECONDS_MAX):
        await complete.wait()
    await subscription.unsubscribe()
    return messages


# --------------------------------------------------------------------------------- checkpoints


def check_checkpoints(ledger: Ledger, logs: dict[str, list[Entry]]) -> None:
    """Every checkpoint ever signed is that of its log as it stands now, the newest covers all of it, and the
    projection has found it right."""
    for service, entries in logs.items():
        origin, size = f"ledger.local/{service}", len(entries)
        if not size:
            continue
        newest = f"SELECT 1 FROM checkpoints WHERE size = {size}"
        wait_until(lambda: ledger.read(service, newest))  # noqa: B023  # waited for before the loop goes on
        wait_until(lambda: ledger.read("outcomes", f"{newest} AND log = ?", origin))  # noqa: B023
        frontier, roots = Frontier(), {}
        for entry in entries:
            frontier.append(entry.leaf_hash)
            roots[frontier.size] = frontier.root()
        signed = ledger.read(service, "SELECT size, root, note FROM checkpoints")
        signed += ledger.read("outcomes", "SELECT size, root, note FROM checkpoints WHERE log = ?", origin)
        for at, root, note in signed:
            assert root == roots[at], f"{service}: the checkpoint of {at} entries"
            told = [origin, str(at), base64.b64encode(root).decode(), "", f"— {origin}"]
            assert " ".join(note.splitlines()).startswith(" ".join(told))


# ---------------------------------------------------------------------------------- projection


def check_projection(ledger: Ledger, logs: dict[str, list[Entry]], folder: Path) -> None:
    """The projection is a clean fold of the logs: every table of it has the same rows as one made anew."""
    path = folder / "anew.sqlite"
    path.unlink(missing_ok=True)
    anew = Outcomes.open(f"sqlite:///{path}")
    try:
        _fold(anew, logs)
    finally:
        anew.close()
    # the projector may still be writing records that had to wait
    wait_until(lambda: not ledger.read("outcomes", "SELECT 1 FROM stale_records LIMIT 1"))
    expected, held = tables(path), tables(ledger.home.database("outcomes"))
    assert held.keys() == expected.keys()
    for table in expected.keys() - {"checkpoints"}:  # when they were signed is nobody's fold: see check_checkpoints
        rows = expected[table]
        assert held[table] == rows, f"{table}: {len(held[table])} rows and {len(rows)} made anew, or other ones"
    assert sum(len(entries) for entries in logs.values()) == len(held["entries"])
    assert not held["parked"]


def _fold(anew: Outcomes, logs: dict[str, list[Entry]]) -> None:
    """Apply the logs in pieces of random sizes, in random turn: the tables must not depend on it."""
    verified: dict[str, list[Verified]] = {}
    for service, entries in logs.items():
        origin = f"ledger.local/{service}"
        checked = verify_all(origin, 0, [entry.leaf for entry in entries])
        assert isinstance(checked, list)
        verified[origin] = checked
    frontiers = {origin: Frontier() for origin in verified}
    while waiting := [origin for origin, entries in verified.items() if frontiers[origin].size < len(entries)]:
        origin = random.choice(waiting)
        frontier = frontiers[origin]
        batch = verified[origin][frontier.size : frontier.size + random.randint(1, 2_000)]
        frontier.extend(entry.leaf_hash for entry in batch)
        anew.apply(origin, batch, frontier.copy())
    while anew.drain():
        pass


def tables(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, ordered."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as opened:
        names = [row[0] for row in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: sorted(opened.execute(f'SELECT * FROM "{name}"'), key=repr) for name in names}
