"""Collecting what a statement rests on: rule, logs up to the signed sizes, members, keys.

Everything is held against the statement while it is written, so that no bundle leaves this machine
that its own verifier would refuse: the roots of the logs, the rule's hash, the checkpoints' sizes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from google.protobuf.message import Message

from ledger.checkpoint import Checkpoint, parse_checkpoint
from ledger.errors import Unavailable
from ledger.merkle import Frontier, leaf_hash
from ledger.note import VerifierKey, parse_note
from ledger.policy import NONE, Policy
from ledger.rpc.client import CallRefused, Client
from ledger_api.audit.v1 import audit_pb2 as pb
from ledger_api.common.v1 import common_pb2 as common
from ledger_api.publication.v1 import publication_pb2 as publication
from ledgerctl.exporting.layout import BundleFolder, is_archive, writing
from ledgerctl.exporting.published import PUBLICATION, Published, checkpoint_of
from ledgerctl.exporting.stated import Stated
from ledgerctl.failures import Failure, Unreachable
from ledgerctl.importing.progress import Progress
from ledgerctl.query import parameters
from ledgerctl.session import Session

#: A log is one call: as long as it takes to write some ten million entries.
_STREAM_SECONDS: Final = 3_600.0


async def collect(
    session: Session, published: Published, keys: Iterable[VerifierKey], out: Path, *, compressed: bool | None = None
) -> dict[str, Any]:
    """Write the bundle of a published statement to `out`; returns the report.

    `compressed`: entries gzipped; None: in an archive, and not in a folder. Raises BadInput: `out` cannot be
    written; Failure: the ledger no longer holds what was stated; CallRefused, Unavailable.
    """
    stated = published.stated
    compressed = is_archive(out) if compressed is None else compressed
    with writing(out) as bundle:
        bundle.add("figure.note", published.note)
        bundle.add("policy.txt", Policy(tuple(keys), {}, {}, NONE).text().encode())
        old = await _rule(session, stated, bundle)
        heads = await _heads(session, stated)
        heads[stated.publisher] = await checkpoint_of(session, published.entry)
        for origin, (note, head) in sorted(heads.items()):
            bundle.add(f"{_folder(origin)}/checkpoint", await _cosigned(session, note, head))
            if origin == stated.publisher:
                await _entries(session.client(PUBLICATION), "ReadEntries", head, bundle, compressed=compressed)
            else:
                await _entries(session.client("audit"), "ReadLog", head, bundle, compressed=compressed)
        members = await _members(session, stated, old, bundle)
    return {
        "out": str(out),
        "figure": stated.figure,
        "parameters": dict(stated.parameters),
        "cut": stated.cut,
        "published": published.entry,
        "statement_sha256": hashlib.sha256(parse_note(published.note).text.encode()).hexdigest(),
        "entries": sum(head.size for _, head in heads.values()),
        "members": members,
        "files": dict(sorted(bundle.files.items())),
    }


async def _rule(session: Session, stated: Stated, bundle: BundleFolder) -> bytes:
    """Add the rule and the schema stated; returns the text of the rule if it is not today's any more, else b""."""
    answer = await session.client("audit").call("GetRule", pb.GetRuleRequest(id=stated.figure))
    today = {_sha256(data): data for data in (answer.prelude + answer.figure, answer.schema)}
    for named, ending in ((stated.rule, ".sql"), (stated.schema, ".json")):
        text = today.get(named) or await _kept(session, stated, named)
        bundle.add(f"rules/{named}{ending}", text)
    return b"" if stated.rule in today else await _kept(session, stated, stated.rule)


async def _kept(session: Session, stated: Stated, named: str) -> bytes:
    """A text that the publisher keeps since something was published by it. Raises Failure: not that one."""
    try:
        request = publication.GetRuleTextRequest(sha256=named)
        data: bytes = (await session.client(PUBLICATION).call("GetRuleText", request)).data
    except CallRefused as no:
        raise Failure(
            f"发布后规则已改变,原规则未留存 · the rule of {stated.figure} has changed since it was published, and "
            f"the text of {named[:12]}… was not kept",
            f"publish it under the rule of today: ledgerctl figure publish {stated.figure} …, or export it "
            "with the version of this software that published it",
        ) from no
    if _sha256(data) != named:
        raise Failure(
            f"规则文本与声明不符 · what is kept as rule {named[:12]}… is another text",
            "the publisher's database was altered: docs/operating/diverged.md; nothing was exported",
        )
    return data


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def _heads(session: Session, stated: Stated) -> dict[str, tuple[bytes, Checkpoint]]:
    """Origin → the checkpoint at exactly the size stated, as note and as head."""
    request = pb.GetSignedCutRequest(as_of=pb.AsOf(cut=pb.Cut(sizes=stated.cut)))
    answer = await session.client("audit").call("GetSignedCut", request)
    heads = {head.log: (head.note, parse_checkpoint(parse_note(head.note).text)) for head in answer.heads}
    for one in stated.inputs:
        head = heads[one.origin][1] if one.origin in heads else None
        if head is None or (head.size, head.root) != (one.size, one.root):
            raise Failure(
                f"没有 {one.origin} 在 {one.size} 条处的检查点 · no checkpoint of {one.origin} at {one.size} entries "
                "with the root that was stated",
                "ledgerctl fsck shows what differs; a projection that is being rebuilt has not come so far yet: "
                "try again in a minute",
            )
    return heads


async def _cosigned(session: Session, note: bytes, head: Checkpoint) -> bytes:
    """The same checkpoint with the cosignatures that its log keeps; as it is, where the log's service is away."""
    owner = head.origin.rpartition("/")[2]
    try:
        answer = await session.client(owner).call("GetCheckpoint", common.GetCheckpointRequest(size=head.size))
    except (CallRefused, Unavailable, Unreachable):
        return note
    cosigned: bytes = answer.note
    return cosigned if parse_checkpoint(parse_note(cosigned).text) == head else note


async def _entries(client: Client, method: str, head: Checkpoint, bundle: BundleFolder, *, compressed: bool) -> None:
    """A log up to its head, from the verified copy (`ReadLog`) or from its owner (`ReadEntries`)."""
    request: Message = common.ReadEntriesRequest(start=0, stop=head.size)
    if method == "ReadLog":
        request = pb.ReadLogRequest(log=head.origin, start=0, stop=head.size)
    name = f"{_folder(head.origin)}/entries.jsonl" + (".gz" if compressed else "")
    progress = Progress(head.origin)
    frontier = Frontier()
    with bundle.open(name, compressed=compressed) as file:
        async for page in client.stream(method, request, seconds=_STREAM_SECONDS):
            frontier.extend(map(leaf_hash, page.leaves))
            file.write(b"\n".join(page.leaves) + b"\n")
            progress.tick(len(page.leaves))
    progress.end()
    if (frontier.size, frontier.root()) != (head.size, head.root):
        raise Failure(
            f"{head.origin} 的条目与已签的根不符 · the entries of {head.origin} are not those whose root was signed",
            "ledgerctl fsck shows what differs; nothing was exported",
        )


async def _members(session: Session, stated: Stated, old: bytes, bundle: BundleFolder) -> int:
    """`old`: the rule it was published by, where that is not today's."""
    cut = pb.Cut(sizes=stated.cut)
    request = pb.ReadMembersRequest(id=stated.figure, parameters=_asked(stated), cut=cut, rule=old)
    progress = Progress("members.jsonl")
    count = 0
    with bundle.open("members.jsonl") as file:
        async for page in session.client("audit").stream("ReadMembers", request, seconds=_STREAM_SECONDS):
            file.write(b"\n".join(page.lines) + b"\n")
            count += len(page.lines)
            progress.tick(len(page.lines))
    progress.end()
    return count


def _asked(stated: Stated) -> pb.Parameters:
    common = {name: stated.parameters.get(name) or "" for name in ("programme", "region", "from", "to")}
    extra = {name: value for name, value in stated.parameters.items() if name not in common and value is not None}
    return parameters(common["programme"], common["region"], common["from"], common["to"], extra)


def _folder(origin: str) -> str:
    return f"logs/{hashlib.sha256(origin.encode()).hexdigest()}"
