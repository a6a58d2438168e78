"""An audit service that answers as it is told, and a publication service that asks it, both in this process."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf.message import Message

from ledger.append import Book
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.errors import LedgerError
from ledger.handling import Appender
from ledger.note import Signer, encode_base64
from ledger.rpc.client import Client, connect
from ledger.rpc.commands import log_behaviours
from ledger.rpc.server import Behaviour, Server
from ledger.rpc.wire import message_class
from ledger.runtime.settings import Peer
from ledger.store.engine import open_engine
from ledger.store.memory import MemoryStore
from ledger_api.audit.v1 import audit_pb2 as audit
from services.publication.auditor import SERVICE as AUDIT
from services.publication.auditor import Auditor
from services.publication.database import RuleTexts
from services.publication.published import Shelf
from services.publication.service import RULES, SERVICE, PublicationService
from services.publication.tables import METADATA

ORIGIN: Final = "ledger.local/publication"
COUNTED_OVER: Final = "ledger.local/placement"
RULE_TEXT: Final = b"-- prelude\n-- id: agreements_signed\nSELECT 1"
SCHEMA_TEXT: Final = b"{}\n"
RULE: Final = hashlib.sha256(RULE_TEXT).hexdigest()
SCHEMA: Final = hashlib.sha256(SCHEMA_TEXT).hexdigest()
HASH: Final = encode_base64(b"\0" * 32)


def root_at(size: int) -> bytes:
    """Some root of the log that figures are counted over."""
    return hashlib.sha256(str(size).encode()).digest()


@dataclass
class FakeAudit:
    """Counts whatever `counted` says, at `size` entries of one log. Fields are changed by tests as they go."""

    log_key: Signer
    counted: int = 862
    size: int = 17_314
    rule_text: bytes = RULE_TEXT
    #: lines of the body to put in place of others: word → line
    lies: dict[str, str] = field(default_factory=dict)
    refusal: LedgerError | None = None
    asked: list[Any] = field(default_factory=list)
    signed_size: int | None = None
    #: what ListFindings answers with, whatever is asked for
    findings: list[Any] = field(default_factory=list)

    def body(self, asked: Any) -> str:
        """The text of a statement."""
        programme = f'"{asked.parameters.programme}"' if asked.parameters.programme else "null"
        lines = [
            "placement-ledger figure v1",
            f"publisher {asked.publisher}",
            f"figure {asked.id}",
            "version 1",
            f"rule {hashlib.sha256(self.rule_text).hexdigest()}",
            f"schema {SCHEMA}",
            "grade evidenced",
            "parameter from null",
            f"parameter programme {programme}",
            "parameter region null",
            'parameter to "2025-06-30"',
            f"input {COUNTED_OVER} {self.size} {encode_base64(root_at(self.size))}",
            f"matched {self.counted + 44}",
            f"counted {self.counted} {HASH}",
            f"excluded 44 {HASH}",
            "reason withdrawn 44",
            "persons 799",
            "sum 0",
            "parked 0",
            'unit "份"',
            f"value {self.counted}",
            *([f"supersedes {asked.supersedes}"] if asked.supersedes else []),
        ]
        return "".join(f"{self.lies.get(line.partition(' ')[0], line)}\n" for line in lines)

    def behaviours(self) -> dict[str, Behaviour]:
        """Statements, rules and findings; everything else answers with nothing."""

        async def make_statement(asked: Any) -> Message:
            self.asked.append(asked)
            if self.refusal is not None:
                raise self.refusal
            size = self.size if self.signed_size is None else self.signed_size
            note = sign_checkpoint(Checkpoint(COUNTED_OVER, size, root_at(size)), self.log_key)
            head = audit.SignedHead(log=COUNTED_OVER, size=size, root=root_at(size), note=note)
            cut = audit.Cut(sizes={COUNTED_OVER: self.size})
            return audit.MakeStatementResponse(cut=cut, body=self.body(asked), figure_json=b"{}", heads=[head])

        async def get_rule(_request: Any) -> Message:
            prelude, begins, figure = self.rule_text.partition(b"-- id: ")
            return audit.GetRuleResponse(prelude=prelude, figure=begins + figure, schema=SCHEMA_TEXT)

        async def list_findings(_request: Any) -> Message:
            return audit.ListFindingsResponse(findings=self.findings)

        answers: dict[str, Behaviour] = {}
        for method in AUDIT.methods:
            answers[method.name] = _empty(message_class(method.output_type))
        told: dict[str, Behaviour] = {"GetRule": get_rule, "ListFindings": list_findings}
        return {**answers, **told, "MakeStatement": make_statement}


def _empty(kind: type[Message]) -> Behaviour:
    async def answer(_request: Any) -> Message:
        return kind()

    return answer


@dataclass(frozen=True)
class Publishing:
    """A running publication service, its client, its store and the audit it asks."""

    client: Client
    audit: FakeAudit
    store: MemoryStore
    key: Signer


@asynccontextmanager
async def publishing(folder: Path) -> AsyncIterator[Publishing]:
    """Both services on ports of their own. `folder`: where the key of the log that is counted over lies."""
    fake = FakeAudit(Signer.generate(COUNTED_OVER))
    vkey = folder / "log.vkey"
    vkey.write_text(f"{fake.log_key.key}\n", encoding="utf-8")
    audit_server = Server([(AUDIT, fake.behaviours())], reflect=False)
    address = await audit_server.start("127.0.0.1:0")
    peers: Mapping[str, Peer] = {COUNTED_OVER: Peer(slug="placement", address="127.0.0.1:1", vkey_file=vkey)}
    key = Signer.generate(ORIGIN)
    store = MemoryStore(ORIGIN)
    appender = Appender(store, Book(RULES))
    appender.start()
    async with Auditor(address, peers) as auditor:
        engine = open_engine(f"sqlite:///{folder / 'texts.sqlite'}")
        METADATA.create_all(engine)
        service = PublicationService(appender, Shelf(store), auditor, key, RuleTexts(engine, engine))
        behaviours = {**service.behaviours(), **log_behaviours(store)}
        for method in SERVICE.methods:
            behaviours.setdefault(method.name, _empty(message_class(method.output_type)))
        server = Server([(SERVICE, behaviours)], reflect=False)
        channel: grpc.aio.Channel = connect(await server.start("127.0.0.1:0"))
        try:
            yield Publishing(Client(channel, SERVICE), fake, store, key)
        finally:
            await channel.close()
            await server.stop(0)
            await audit_server.stop(0)
            appender.stop()
