"""The shipped broker configuration, run as it is: who may do what is tried, not read."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import nats
import pytest
from nats.aio.client import Client

from ledger.feed.jetstream import Broker
from ledger.feed.naming import Outgoing
from ledger.merkle import leaf_hash
from ledgerctl.embedded.broker import find_binary
from ledgerctl.embedded.ports import choose
from ledgerctl.embedded.ready import broker_greets
from tests.support.waiting import wait_until

DEPLOY = Path(__file__).parents[2] / "deploy" / "nats"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("broker")
    shutil.copytree(DEPLOY, folder / "etc")
    example = (DEPLOY / "passwords.conf.example").read_text()
    # every user's password is his name
    passwords = re.sub(r'^(\w+)_password: ".*"$', r'\1_password: "\1"', example, flags=re.MULTILINE)
    (folder / "etc" / "passwords.conf").write_text(passwords)
    chosen = choose(["client", "http"], {})
    command = [find_binary(), "-c", str(folder / "etc" / "nats.conf"), "-a", "127.0.0.1"]
    command += ["-p", str(chosen["client"]), "-m", str(chosen["http"])]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            command, env=os.environ | {"LEDGER_NATS_STORE": str(folder / "store")}, stdout=log, stderr=log
        )
    try:
        wait_until(lambda: broker_greets(chosen["client"]))
        yield chosen["client"]
    finally:
        server.terminate()
        assert server.wait(20) == 0, (folder / "log").read_text()


@asynccontextmanager
async def broker(port: int, user: str) -> AsyncIterator[Broker]:
    async with Broker(f"nats://{user}:{user}@127.0.0.1:{port}", name=user, request_seconds=2.0) as connected:
        await connected.wait_connected(10)
        yield connected


@asynccontextmanager
async def raw(port: int, user: str) -> AsyncIterator[tuple[Client, list[str]]]:
    """A client of the library, and what the server complained of."""
    complaints: list[str] = []

    async def complain(error: Exception) -> None:
        complaints.append(str(error).lower())

    client = await nats.connect(f"nats://{user}:{user}@127.0.0.1:{port}", error_cb=complain)
    try:
        yield client, complaints
    finally:
        await client.close()


def message(index: int) -> Outgoing:
    leaf = b'{"index":%d}' % index
    headers = f"Ledger-Index: {index}\r\nLedger-Hash: {leaf_hash(leaf).hex()}\r\nLedger-Type: t\r\n"
    return Outgoing(b"ledger.training.000000.ClassOpened.v1", headers.encode(), leaf)


async def test_a_service_makes_and_fills_its_stream_and_a_follower_reads_it(port: int) -> None:
    async with broker(port, "training") as training:
        await training.ensure_stream("training")
        last = await training.last_sequence("training")
        await training.publish_batch("training", last, [message(last + n) for n in range(20)])
        assert (await training.last("training")).sequence == last + 20
    for follower in ("placement", "outcomes"):
        async with broker(port, follower) as reader, reader.subscribe("training", 1) as subscription:
            assert await subscription.take(1, 5.0)


@pytest.mark.parametrize(
    ("user", "subject"),
    [
        ("placement", "ledger.training.000000.ClassOpened.v1"),
        ("outcomes", "ledger.training.000000.ClassOpened.v1"),
        ("training", "$JS.API.STREAM.DELETE.LEDGER_TRAINING"),
        ("training", "$JS.API.STREAM.PURGE.LEDGER_TRAINING"),
        ("training", "$JS.API.STREAM.MSG.DELETE.LEDGER_TRAINING"),
        ("placement", "$JS.API.STREAM.UPDATE.LEDGER_TRAINING"),
        ("placement", "$JS.API.STREAM.CREATE.MINE"),
        ("registry", "$JS.API.CONSUMER.CREATE.LEDGER_TRAINING.x"),
        ("followup", "$JS.API.CONSUMER.CREATE.LEDGER_TRAINING.x"),
    ],
)
async def test_nobody_does_what_is_anothers(port: int, user: str, subject: str) -> None:
    async with raw(port, user) as (client, complaints):
        await client.publish(subject, b"{}", reply="_INBOX.x")
        await client.flush()
        async with asyncio.timeout(5):
            while not complaints:
                await asyncio.sleep(0.01)
    assert "permissions violation" in complaints[0]


async def test_nobody_listens_to_another_log_beside_its_stream(port: int) -> None:
    async with raw(port, "registry") as (client, complaints):
        await client.subscribe("ledger.>")
        await client.flush()
        async with asyncio.timeout(5):
            while not complaints:
                await asyncio.sleep(0.01)
    assert "permissions violation" in complaints[0]


@pytest.mark.parametrize("url", ["nats://127.0.0.1", "nats://training:wrong@127.0.0.1", "nats://audit:audit@127.0.0.1"])
async def test_without_the_password_nobody_is_let_in(port: int, url: str) -> None:
    with pytest.raises(Exception, match=r"(?i)authorization"):
        await nats.connect(f"{url}:{port}", allow_reconnect=False, max_reconnect_attempts=0, connect_timeout=5)


def test_the_example_passwords_let_nobody_in() -> None:
    values = re.findall(r'password: "(.*)"', (DEPLOY / "passwords.conf.example").read_text())
    assert len(values) == 8
    assert all(re.fullmatch(r"\$2a\$11\$\.{53}", value) for value in values), "bcrypt of nothing"
