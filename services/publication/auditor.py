"""The audit service as publication sees it: it counts, and its answer is held against what was asked.

Audit may be wrong or outdated, and what is signed cannot be unsigned. So a statement is signed only
if it speaks of the figure, the publisher and the earlier statement that were asked for, and if every
log it was counted over signed the very root it names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import structlog

from ledger.checkpoint import open_checkpoint
from ledger.errors import Kind, Refusal, Refused, Unavailable
from ledger.note import MalformedNote, UnverifiedNote
from ledger.rpc.client import CallRefused, Client, connect
from ledger.rpc.status import CODES
from ledger.runtime.settings import Peer
from ledger.runtime.signing_key import read_vkey
from ledger_api.audit.v1 import audit_pb2
from services.publication.statement import BadStatement, Statement, parse_statement

log = structlog.get_logger()

SERVICE: Final = audit_pb2.DESCRIPTOR.services_by_name["AuditService"]
#: A figure over ten million entries takes about a minute.
COUNTING_SECONDS: Final = 120.0
_KINDS: Final[Mapping[Any, Kind]] = {code: kind for kind, code in CODES.items()}


class Auditor:
    """Asks audit for statements. Nothing is sent before the first; `address`: `host:port`."""

    def __init__(self, address: str | None, peers: Mapping[str, Peer]) -> None:
        self._channel = connect(address) if address else None
        self._client = Client(self._channel, SERVICE) if self._channel else None
        self._vkeys: Mapping[str, Path] = {
            origin: peer.vkey_file for origin, peer in peers.items() if peer.vkey_file is not None
        }

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._channel:
            await self._channel.close()

    async def statement(self, asked: audit_pb2.MakeStatementRequest) -> tuple[str, Statement]:
        """The text to sign, and what it says.

        Raises Refused: audit says no. Unavailable: it is not reached. BadStatement: what it answered
        must not be signed.
        """
        answer = await self._ask("MakeStatement", asked)
        try:
            stated = parse_statement(answer.body)
            self._check(asked, stated, answer)
        except BadStatement as error:
            log.error("statement_not_signed", figure=asked.id, exc_info=error)
            raise
        return answer.body, stated

    async def finding(self, rule: str, key: str) -> Any | None:
        """The finding of that name as audit finds it now; None: it does not. Raises Refused, Unavailable."""
        answer = await self._ask("ListFindings", audit_pb2.ListFindingsRequest(rules=[rule], key=key, page_size=1))
        named = [one for one in answer.findings if (one.rule, one.key) == (rule, key)]
        return named[0] if named else None

    async def texts(self, stated: Statement) -> tuple[bytes, bytes]:
        """The rule and the schema a statement names. Raises Refused, Unavailable; BadStatement: others are given."""
        answer = await self._ask("GetRule", audit_pb2.GetRuleRequest(id=stated.figure))
        rule, schema = answer.prelude + answer.figure, answer.schema
        for text, named in ((rule, stated.rule_sha256), (schema, stated.schema_sha256)):
            if hashlib.sha256(text).hexdigest() != named:
                raise BadStatement(f"audit states {stated.figure} by {named} and does not give the text of that")
        return rule, schema

    async def _ask(self, method: str, asked: Any) -> Any:
        if self._client is None:
            raise Unavailable("publication does not know where audit is: set LEDGER_AUDIT_ADDRESS")
        try:
            return await self._client.call(method, asked, seconds=COUNTING_SECONDS)
        except CallRefused as no:
            kind = _KINDS.get(no.code)
            if kind is None:
                raise
            raise Refused(Refusal(no.rule, kind, no.message, no.zh)) from no

    def _check(self, asked: Any, stated: Statement, answer: Any) -> None:
        for name, said, wanted in (
            ("figure", stated.figure, asked.id),
            ("publisher", stated.publisher, asked.publisher),
            ("supersedes", stated.supersedes, asked.supersedes),
        ):
            if said != wanted:
                raise BadStatement(f"audit was asked for {name} {wanted!r} and answered with {said!r}")
        notes = {head.log: head.note for head in answer.heads}
        for origin, counted in stated.inputs.items():
            if origin == asked.publisher:
                raise BadStatement("a statement is not counted over the log it is published in")
            if origin in self._vkeys:
                self._check_head(origin, counted, notes.get(origin, b""))

    def _check_head(self, origin: str, counted: Any, note: bytes) -> None:
        try:
            head = open_checkpoint(note, [read_vkey(self._vkeys[origin])]).checkpoint
        except (MalformedNote, UnverifiedNote) as error:
            raise BadStatement(f"the checkpoint of {origin} is not signed by the key known for it: {error}") from error
        if (head.origin, head.size, head.root) != (origin, *counted):
            raise BadStatement(f"{origin} did not sign the root that the statement names for {counted.size} entries")
