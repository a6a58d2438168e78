"""A ledger without processes: logs in a real outcomes database, audit and a publisher's log on real servers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf.message import Message

from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.entry import encode
from ledger.errors import Kind, Refusal, Refused
from ledger.merkle import Frontier, leaf_hash
from ledger.note import Note, Signer
from ledger.rpc.client import Client, connect
from ledger.rpc.server import Behaviour, Server
from ledger.rpc.wire import message_class
from ledger_api.common.v1 import common_pb2
from ledger_api.publication.v1 import publication_pb2
from ledgerctl.failures import Unreachable
from services.audit.database import open_reader
from services.audit.queries import AuditQueries
from services.audit.service import SERVICE, AuditService
from services.outcomes.checkpoints import CheckpointLedger
from services.outcomes.projector import Outcomes
from services.publication.events import CATALOGUE, FigurePublished
from tests.support.logs import ACTOR, AGENCY, LogBuilder
from tests.support.outcomes import apply_all

PUBLISHER: Final = "ledger.local/publication"


def key_of(origin: str) -> Signer:
    """The key of a log: always the same."""
    return Signer.from_seed(origin, leaf_hash(origin.encode()))


class World:
    """Logs that were applied and signed at some sizes, the publisher's log, and what audit answers over them."""

    def __init__(self, folder: Path, logs: Mapping[str, LogBuilder]) -> None:
        self.logs = logs
        self.url = f"sqlite:///{folder / 'outcomes.db'}"
        self.outcomes = Outcomes.open(self.url)
        self.queries = AuditQueries(open_reader(self.url))
        self.published: list[bytes] = []
        #: origin → a checkpoint as its owner gives it out, cosigned
        self.cosigned: dict[str, bytes] = {}
        self.cosign_publisher: bytes | None = None
        #: SHA-256 → text of a rule or schema that the publisher keeps
        self.texts: dict[str, bytes] = {}
        self._checkpoints = CheckpointLedger(self.outcomes.database)
        apply_all(self.outcomes, *logs.values())

    def sign(self, origin: str, size: int | None = None) -> None:
        """Sign a log at a size; None: all of it."""
        log = self.logs[origin]
        size = len(log) if size is None else size
        checkpoint = Checkpoint(origin, size, log.frontier_at(size).root())
        assert self._checkpoints.accept(checkpoint, sign_checkpoint(checkpoint, key_of(origin)))

    def sign_all(self) -> None:
        """Sign every log as it stands."""
        for origin in self.logs:
            self.sign(origin)

    def publish(self, body: str, figure: str) -> bytes:
        """Sign a statement and append it to the publisher's log; returns the note."""
        note = Note(body, ()).signed_by(key_of(PUBLISHER).sign(body)).encode()
        index = len(self.published)
        event = FigurePublished(
            figure=figure,
            parameters="{}",
            rule_sha256="0" * 64,
            rule_version=1,
            unit="份",
            grade="evidenced",
            value="0",
            matched=0,
            counted=0,
            persons=0,
            cut="{}",
            statement=note.decode(),
        )
        leaf = encode(
            event=event,
            type=CATALOGUE.names[FigurePublished],
            actor=ACTOR,
            agency=AGENCY,
            id=f"00000000-0000-4000-8000-{index:012d}",
            index=index,
            recorded=f"2025-06-30T00:00:00.{index:06d}Z",
            request="",
            revision=1,
            source=PUBLISHER,
            subject=f"figure/{index}",
        )
        self.published.append(leaf)
        return note

    def checkpoint_of_publisher(self) -> bytes:
        """The head of the publisher's log, signed."""
        frontier = Frontier()
        frontier.extend(map(leaf_hash, self.published))
        return sign_checkpoint(Checkpoint(PUBLISHER, frontier.size, frontier.root()), key_of(PUBLISHER))

    def publisher_behaviours(self) -> dict[str, Behaviour]:
        """The publisher's log, as any service answers for its own."""

        async def read_entries(request: Any) -> AsyncIterator[Message]:
            yield common_pb2.EntriesPage(start=request.start, leaves=self.published[request.start : request.stop])

        async def get_head(_request: Any) -> Message:
            return common_pb2.Head(log=PUBLISHER, size=len(self.published))

        async def get_checkpoint(_request: Any) -> Message:
            note = self.cosign_publisher or self.checkpoint_of_publisher()
            return common_pb2.Checkpoint(note=note, size=len(self.published))

        async def get_rule_text(request: Any) -> Message:
            if request.sha256 not in self.texts:
                raise Refused(Refusal("no_such_rule", Kind.NOT_FOUND, "not kept", "未留存"))
            return publication_pb2.RuleText(data=self.texts[request.sha256])

        return {
            "ReadEntries": read_entries,
            "GetHead": get_head,
            "GetCheckpoint": get_checkpoint,
            "GetRuleText": get_rule_text,
        }

    def policy(self) -> bytes:
        """An auditor's policy file: the keys of all logs and of the publisher."""
        keys = [key_of(origin).key for origin in (*self.logs, PUBLISHER)]
        return "".join([*(f"log {key}\n" for key in keys), "quorum none\n"]).encode()

    def close(self) -> None:
        self.outcomes.close()


class FakeSession:
    """What a verb has of the ledger: a client by name."""

    def __init__(self, world: World, clients: Mapping[str, Client]) -> None:
        self._world = world
        self._clients = clients

    def client(self, name: str) -> Any:
        if name in self._clients:
            return self._clients[name]
        if f"ledger.local/{name}" in self._world.cosigned:
            return Owner(self._world.cosigned[f"ledger.local/{name}"])
        raise Unreachable(f"{name} does not run")


class Owner:
    """A service of which only the checkpoint is asked."""

    def __init__(self, note: bytes) -> None:
        self._note = note

    async def call(self, method: str, _request: Message) -> Message:
        assert method == "GetCheckpoint"
        return common_pb2.Checkpoint(note=self._note)


@asynccontextmanager
async def session_with(world: World) -> AsyncIterator[Any]:
    """Audit and the publisher's log on real servers, and clients of them."""
    descriptor = publication_pb2.DESCRIPTOR.services_by_name["PublicationService"]
    behaviours = world.publisher_behaviours()
    for method in descriptor.methods:
        behaviours.setdefault(method.name, _nothing(message_class(method.output_type)))
    audit = AuditService(world.queries, world.outcomes)
    servers = [
        Server([(SERVICE, audit.behaviours())], reflect=False),
        Server([(descriptor, behaviours)], reflect=False),
    ]
    channels: list[grpc.aio.Channel] = []
    try:
        channels += [connect(await server.start("127.0.0.1:0")) for server in servers]
        clients = {"audit": Client(channels[0], SERVICE), "publication": Client(channels[1], descriptor)}
        yield FakeSession(world, clients)
    finally:
        for channel in channels:
            await channel.close()
        for server in servers:
            await server.stop(0)


def _nothing(answer: type[Message]) -> Behaviour:
    async def behave(_request: Any) -> Message:
        return answer()

    return behave
