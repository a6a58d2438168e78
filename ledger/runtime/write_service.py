"""What every write service is made of: a log, its appender, its relay and a server in front."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from google.protobuf.descriptor import ServiceDescriptor

from ledger.append import Book, Rules
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.cosigning import CosignatureOf, Cosigning
from ledger.decider import Command
from ledger.errors import Unavailable
from ledger.feed.jetstream import Broker
from ledger.feed.relay import Relay
from ledger.handling import Appender
from ledger.note import Signer as Key
from ledger.note import VerifierKey
from ledger.rpc.client import Client, connect, service_named
from ledger.rpc.commands import CommandService, log_behaviours
from ledger.rpc.proofs import ProofService
from ledger.rpc.server import Behaviour, Server
from ledger.runtime.process import Process
from ledger.runtime.settings import ServiceSettings
from ledger.runtime.signing_key import open_signing_key, open_witness_key, read_vkey
from ledger.signing import HighWater, Signer
from ledger.store.checkpoints import CheckpointStore, SignedHead
from ledger.store.sql import SqlStore
from ledger.store.witness import Witness


@dataclass(frozen=True, slots=True)
class OpenLog:
    """A log that takes entries and publishes them."""

    settings: ServiceSettings
    rules: Rules
    store: SqlStore
    appender: Appender
    relay: Relay
    broker: Broker
    checkpoints: CheckpointStore
    signer: Signer
    key: VerifierKey
    witness: Witness
    cosigning: Cosigning

    def background(self) -> list[Callable[[], Coroutine[Any, Any, None]]]:
        """What runs beside the calls: publishing entries, signing, publishing and cosigning checkpoints."""
        return [self.relay.run, self._sign, *self.cosigning.background()]

    async def _sign(self) -> None:
        async def tell(signed: SignedHead) -> None:
            self.cosigning.wake()
            await self.broker.publish_checkpoint(self.settings.slug, self.checkpoints.cosigned(signed))

        await self.signer.run(tell)

    def behaviours(self, service: ServiceDescriptor, commands: Iterable[type[Command]] = ()) -> dict[str, Behaviour]:
        """What the log answers: the commands of the service, its entries, its head and its proofs."""
        asked = CommandService(service, commands, self.rules.catalogue, self.appender)
        return {**asked.behaviours(), **self.log_behaviours()}

    def log_behaviours(self) -> dict[str, Behaviour]:
        """The same without commands."""
        return {**log_behaviours(self.store), **ProofService(self.store, self.checkpoints, self.witness).behaviours()}


@asynccontextmanager
async def open_log(settings: ServiceSettings, rules: Rules, folders: Sequence[Path] = ()) -> AsyncIterator[OpenLog]:
    """Open the log of a process. `folders`: migrations of the service's own tables.

    The broker may be away: commands are taken all the same, and published when it is back.
    """
    store = await asyncio.to_thread(SqlStore.open, settings.database_url, settings.origin, folders)
    checkpoints = CheckpointStore(store.engine, store.readers)
    try:
        key = await asyncio.to_thread(_open_key, settings, checkpoints)
        signer = _signer(settings, store, checkpoints, key)
        witness = await asyncio.to_thread(_open_witness, settings, store)
        cosigning = Cosigning(_cosigners(settings, key.key, checkpoints))
    except BaseException:
        store.close()
        raise
    broker = Broker(settings.nats_url, name=settings.name, credentials=settings.nats_creds)
    # one process at a time can listen there: after a crash it goes on with its own lease at once
    owner = None if settings.listen.endswith(":0") else f"{socket.gethostname()} {settings.listen}"
    relay = Relay(store, broker, settings.slug, owner=owner)
    appender = Appender(store, Book(rules), on_append=relay.wake)
    appender.start()
    await broker.open()
    try:
        yield OpenLog(settings, rules, store, appender, relay, broker, checkpoints, signer, key.key, witness, cosigning)
    finally:
        await asyncio.to_thread(appender.stop)
        await broker.close()
        store.close()


def _open_key(settings: ServiceSettings, checkpoints: CheckpointStore) -> Key:
    return open_signing_key(settings.key_dir, settings.origin, in_use=checkpoints.latest() is not None)


def _signer(settings: ServiceSettings, store: SqlStore, checkpoints: CheckpointStore, key: Key) -> Signer:
    def sign(size: int, root: bytes) -> str:
        return sign_checkpoint(Checkpoint(settings.origin, size, root), key).decode()

    assert settings.key_dir is not None  # _open_key has refused otherwise
    return Signer(store, checkpoints, sign, HighWater(settings.key_dir / "signed"))


def _open_witness(settings: ServiceSettings, store: SqlStore) -> Witness:
    """Cosigns for the peers whose keys are there when they ask."""

    @cache
    def known(file: Path) -> VerifierKey:
        return read_vkey(file)

    def key_of(origin: str) -> VerifierKey | None:
        peer = settings.peers.get(origin)
        return known(peer.vkey_file) if peer and peer.vkey_file and peer.vkey_file.exists() else None

    return Witness(store.engine, open_witness_key(settings.key_dir, settings.origin), key_of)


def _cosigners(settings: ServiceSettings, own: VerifierKey, checkpoints: CheckpointStore) -> list[CosignatureOf]:
    """Raises Unavailable: a witness that is no peer, or whose key is not known."""
    out = []
    for origin in settings.witnesses:
        peer = settings.peers.get(origin)
        if peer is None or peer.witness_vkey_file is None:
            raise Unavailable(f"{origin} is to cosign, but LEDGER_PEERS gives it no witness_vkey_file")
        client = Client(connect(peer.address), service_named(origin.rpartition("/")[2]))
        out.append(CosignatureOf(origin, client, partial(read_vkey, peer.witness_vkey_file), own, checkpoints))
    return out


async def serve_until_stopped(
    settings: ServiceSettings,
    process: Process,
    services: Sequence[tuple[ServiceDescriptor, Mapping[str, Behaviour]]],
    background: Sequence[Callable[[], Coroutine[Any, Any, None]]] = (),
) -> None:
    """Serve and run the background tasks until the process is told to stop.

    A background task that ends with an error takes the process down: it must not go on half alive.
    """
    server = Server(services, reflect=settings.reflection)
    try:
        process.ready(await server.start(settings.listen))
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(run(), name=getattr(run, "__qualname__", "background")) for run in background]
            await process.stopping.wait()
            await server.stop()
            for task in tasks:
                task.cancel()
    except OSError as error:
        raise Unavailable(str(error)) from error
