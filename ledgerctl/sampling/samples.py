"""Samples in the publication log: drawn, recorded, filled with results, and drawn again to be checked."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from ledger.checkpoint import parse_checkpoint
from ledger.entry import Entry, decode
from ledger.note import parse_note
from ledger.rpc.client import CallRefused
from ledger_api.common.v1 import common_pb2 as common
from ledger_api.publication.v1 import publication_pb2 as pb
from ledgerctl.failures import BadInput, Failure
from ledgerctl.publishing.difference import members_of
from ledgerctl.publishing.published import get_published, published_figures
from ledgerctl.publishing.signed import PUBLICATION
from ledgerctl.sampling.estimate import Results
from ledgerctl.sampling.lot import Draw, Place, Seed, sample_sha256
from ledgerctl.sampling.worksheet import Verified
from ledgerctl.session import Session

_RETRACTED: Final = "publication.EntryRetracted.v1"
_STATED: Final = {"publication.SampleDrawn.v1": pb.SampleDrawn, "publication.MemberVerified.v1": pb.MemberVerified}
BATCH_ITEMS: Final = 1_000
#: A figure over ten million entries takes about a minute.
MEMBERS_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class Sample:
    """A drawn sample: the entry that records it, whose it is, what was drawn, and results by (log, index)."""

    entry: int
    agency: str
    drawn: pb.SampleDrawn
    results: dict[tuple[str, int], pb.MemberVerified] = field(default_factory=dict)

    def tally(self) -> Results:
        """How many came out how."""
        found = [one.result for one in self.results.values()]
        confirmed, refuted, unreachable = (found.count(word) for word in ("confirmed", "refuted", "unreachable"))
        return Results(confirmed, refuted, unreachable, self.drawn.size - len(found))


async def standing(session: Session, figure: str, asked: Any) -> pb.PublishedFigure:
    """The published figure with these parameters. Raises Failure: none stands, or parameters fit more than one."""
    found = []
    async for one in published_figures(session, figure, asked.programme, standing=True):
        said = json.loads(one.parameters)
        wanted = {name: getattr(asked, name) for name in ("programme", "region", "from", "to")} | dict(asked.extra)
        if all(said.get(name) == value for name, value in wanted.items() if value):
            found.append(one)
    if len(found) == 1:
        return found[0]
    if not found:
        raise Failure(
            f"{figure} 尚未公布,无从抽样 · {figure} is not published with these parameters: nothing to draw from",
            f"first: ledgerctl figure publish {figure} …; what is counted must be fixed before the lot is known",
        )
    entries = ", ".join(str(one.index) for one in found)
    raise Failure(
        f"有 {len(found)} 条公布符合 · {len(found)} published figures fit: entries {entries}",
        "name it by its parameters: --region, --from, --to, --param",
    )


async def seed_from(session: Session, text: str, published: pb.PublishedFigure) -> Seed:
    """The checkpoint `LOG@SIZE` as the lot. Raises BadInput: no such checkpoint, or it could be known before."""
    log, at, size = text.rpartition("@")
    if not at or not size.isdecimal() or not int(size):
        raise BadInput(
            f"--seed-from {text}: 不是检查点 · not a checkpoint", "write LOG@SIZE, as ledgerctl keys names logs"
        )
    name = log.rpartition("/")[2]
    if name not in session.home.logs():
        raise BadInput(f"没有日志 {log} · there is no log {log}", f"one of {', '.join(session.home.logs())}")
    try:
        answer = await session.client(name).call("GetCheckpoint", common.GetCheckpointRequest(size=int(size)))
    except CallRefused as no:
        raise BadInput(f"{no.zh} · {no.message}", "ledgerctl status shows sizes; not every size is signed") from no
    head = parse_checkpoint(parse_note(answer.note).text)
    least = published.index + 1 if name == PUBLICATION else published.cut.sizes.get(head.origin, 0) + 1
    if head.size < least:
        raise BadInput(
            f"{text} 早于该公布,抽签前已可知 · {text} is older than the figure: "
            "whoever published it could know the lot",
            f"take a checkpoint of {head.origin} of {least} entries or more, or one of another log",
        )
    return Seed(head.origin, head.size, head.root.hex())


async def drawn_of(
    session: Session, published: pb.PublishedFigure, seed: Seed, size: int
) -> tuple[pb.SampleDrawn, list[Place]]:
    """Draw. Raises Failure: the members are not those that were published."""
    lot = Draw(seed, size)
    async for member in members_of(session, published):
        if member.counted:
            lot.offer(Place(member.key, member.log, member.index))
    if lot.offered != published.counted:
        raise Failure(
            f"现行规则计入 {lot.offered:,},公布时为 {published.counted:,} · today's rule counts {lot.offered:,}, "
            f"{published.counted:,} were published",
            "the rule has changed since; restate the figure and draw from that",
        )
    if not lot.offered:
        raise Failure("该公布计入 0,无从抽样 · the figure counts nothing: there is nothing to draw")
    sample = lot.sample()
    said = json.loads(published.parameters)
    drawn = pb.SampleDrawn(
        programme=said.get("programme"),
        figure=published.figure,
        published=published.index,
        population=lot.offered,
        size=len(sample),
        seed_origin=seed.origin,
        seed_size=seed.size,
        seed_root=seed.root,
        sample_sha256=sample_sha256(sample),
    )
    return drawn, sample


async def record_draw(session: Session, drawn: pb.SampleDrawn, agency: str, actor: str) -> Any:
    """The receipt of the draw. Raises Failure (already_drawn): with another lot or size."""
    context = common.Context(agency=agency, actor=actor)
    try:
        return await session.client(PUBLICATION).call("DrawSample", pb.DrawSampleRequest(context=context, drawn=drawn))
    except CallRefused as no:
        if no.rule != "already_drawn":
            raise
        raise Failure(
            f"已抽过样,一条公布只抽一次 · {no.message}: a figure is drawn from once",
            "ledgerctl sample list shows it; ledgerctl sample show ENTRY draws it again",
        ) from no


async def samples(session: Session) -> list[Sample]:
    """Every sample of the publication log with its results, in order."""
    found: dict[int, Sample] = {}
    results: dict[int, pb.MemberVerified] = {}
    async for entry in _entries(session):
        stated: dict[str, Any] = msgspec.json.decode(entry.data)
        if entry.type == _RETRACTED:
            found.pop(stated["entry"], None)
            results.pop(stated["entry"], None)
        elif entry.type in _STATED:
            event = _STATED[entry.type](**stated)
            if isinstance(event, pb.SampleDrawn):
                found[entry.index] = Sample(entry.index, entry.agency, event)
            else:
                results[entry.index] = event
    for result in results.values():
        if result.sample in found:
            found[result.sample].results[result.member_log, result.member_index] = result
    return list(found.values())


async def sample_at(session: Session, entry: int) -> Sample:
    """One sample. Raises BadInput: that entry is none."""
    for sample in await samples(session):
        if sample.entry == entry:
            return sample
    raise BadInput(
        f"第 {entry} 条不是抽样 · entry {entry} of the publication log draws no sample", "ledgerctl sample list"
    )


async def drawn_again(session: Session, sample: Sample) -> list[Place]:
    """The members of a sample, drawn again from the figure and the checkpoint. Raises Failure: it comes out another."""
    drawn = sample.drawn
    published = await get_published(session, drawn.published)
    seed = await seed_from(session, f"{drawn.seed_origin}@{drawn.seed_size}", published)
    if seed.root != drawn.seed_root:
        raise Failure(
            f"检查点的根不符 · {drawn.seed_origin} signed another root than the draw names, of {drawn.seed_size}"
        )
    again, members = await drawn_of(session, published, seed, drawn.size)
    if again != drawn:
        raise Failure(
            f"重抽结果不符 · drawn again, the sample of entry {sample.entry} comes out another one",
            "do not use it: whoever recorded it did not draw it from this figure and this checkpoint",
        )
    return members


async def take(session: Session, sample: Sample, rows: Sequence[Verified], agency: str, actor: str) -> tuple[int, int]:
    """Record results; (recorded or corrected, already).

    Raises BadInput: a row is not of the sample; nothing is taken then.
    """
    drawn = {(member.log, member.index) for member in await drawn_again(session, sample)}
    for row in rows:
        if (row.log, row.index) not in drawn:
            raise BadInput(
                f"第 {row.row} 行:{row.log} 第 {row.index} 条未被抽中 · row {row.row}: that entry was not drawn",
                "nothing was recorded; leave the columns 日志 and 条目 as sample draw wrote them",
            )
    context = common.Context(agency=agency, actor=actor)
    recorded = already = 0
    for start in range(0, len(rows), BATCH_ITEMS):
        items = [
            pb.BatchItem(
                verify_member=pb.VerifyMemberRequest(
                    context=context,
                    verified=pb.MemberVerified(
                        sample=sample.entry,
                        member_log=row.log,
                        member_index=row.index,
                        result=row.result,
                        verified_on=row.verified_on,
                    ),
                )
            )
            for row in rows[start : start + BATCH_ITEMS]
        ]
        answer = await session.client(PUBLICATION).call("Batch", pb.BatchRequest(items=items), seconds=MEMBERS_SECONDS)
        for row, result in zip(rows[start:], answer.results, strict=False):
            if result.HasField("refusal"):
                raise Failure(
                    f"第 {row.row} 行被拒 · row {row.row}: {result.refusal.message_zh} · {result.refusal.message}"
                )
            already += result.receipt.duplicate
            recorded += not result.receipt.duplicate
    return recorded, already


async def _entries(session: Session) -> AsyncIterator[Entry]:
    head = await session.client(PUBLICATION).call("GetHead", common.GetHeadRequest(), seconds=5.0)
    asked = common.ReadEntriesRequest(start=0, stop=head.size)
    async for page in session.client(PUBLICATION).stream("ReadEntries", asked):
        for leaf in page.leaves:
            yield decode(leaf)
