"""The publisher's own log: which statement answers a question, and the head that covers it."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from ledger.checkpoint import Checkpoint, parse_checkpoint
from ledger.note import MalformedNote, parse_note
from ledger.rpc.client import CallRefused
from ledger_api.audit.v1 import audit_pb2 as audit
from ledger_api.common.v1 import common_pb2 as pb
from ledgerctl.exporting.stated import Stated, read_statement
from ledgerctl.failures import Failure
from ledgerctl.session import Session

#: The process that owns the log in which figures are published.
PUBLICATION: Final = "publication"
#: A log that grew is signed within a second or two.
SIGNED_WITHIN_SECONDS: Final = 5.0
_AGAIN_SECONDS: Final = 0.25
_TYPE: Final = re.compile(r"[a-z][a-z0-9-]*\.Figure(Published|Restated)\.v[1-9][0-9]*")


class Published(NamedTuple):
    """A statement as it was published: the entry that holds it, the signed note, what it says."""

    entry: int
    note: bytes
    stated: Stated


class Question(NamedTuple):
    """What is looked for. `parameters`: as audit normalises them, those not named match any; `upto`: no size beyond."""

    figure: str
    parameters: Mapping[str, str | None]
    upto: Mapping[str, int] | None

    def answered_by(self, stated: Stated) -> bool:
        """Whether a statement answers it."""
        if stated.figure != self.figure:
            return False
        if any(stated.parameters.get(name) != value for name, value in self.parameters.items()):
            return False
        return self.upto is None or all(one.size <= self.upto.get(one.origin, 0) for one in stated.inputs)


async def question(session: Session, figure: str, asked: audit.Parameters, point: audit.AsOf | None) -> Question:
    """The question behind a verb's options. Raises CallRefused: audit does not know it."""
    client = session.client("audit")
    # over nothing: only to have the parameters normalised as they are when a figure is stated
    nothing = audit.AsOf(cut=audit.Cut())
    answer = await client.call(
        "GetFigure", audit.GetFigureRequest(id=figure, parameters=asked, as_of=nothing), seconds=120.0
    )
    parameters: dict[str, str | None] = json.loads(answer.figure_json)["parameters"]
    if not asked.to:
        del parameters["to"]  # where nobody asked for an end, the day of the newest entry was stated
    upto = None
    if point is not None:
        upto = dict((await client.call("GetCut", audit.GetCutRequest(as_of=point))).cut.sizes)
    return Question(figure, parameters, upto)


async def find(session: Session, asked: Question) -> Published:
    """The newest statement that answers a question. Raises Failure: nobody has published one."""
    found: Published | None = None
    async for entry, note in _notes(session):
        try:
            stated = read_statement(note)
        except MalformedNote:
            continue  # of a form this version does not know
        if asked.answered_by(stated):
            found = Published(entry, note, stated)
    if found is None:
        raise Failure(
            f"{asked.figure} 尚未就此发布 · {asked.figure} was not published for these parameters"
            + (" by then" if asked.upto is not None else ""),
            f"publish it first: ledgerctl figure publish {asked.figure}{_options(asked)}",
        )
    return found


async def at(session: Session, index: int) -> Published:
    """The statement in one entry of the publisher's log. Raises Failure: it holds none."""
    async for entry, note in _notes(session, index, index + 1):
        return Published(entry, note, read_statement(note))
    raise Failure(
        f"发布日志第 {index} 条不是已发布的数字 · entry {index} of the publication log states no figure",
        "leave --published out to take the newest statement for these parameters",
    )


async def checkpoint_of(session: Session, entry: int) -> tuple[bytes, Checkpoint]:
    """The newest head of the publisher's log (note, head), once it covers an entry: waited for, 5 s at most.

    Raises Failure: it is not signed.
    """
    until = time.monotonic() + SIGNED_WITHIN_SECONDS
    while True:
        try:
            answer = await session.client(PUBLICATION).call("GetCheckpoint", pb.GetCheckpointRequest())
            head = parse_checkpoint(parse_note(answer.note).text)
            if head.size > entry:
                note: bytes = answer.note
                return note, head
        except CallRefused as error:
            if error.rule != "no_checkpoint":
                raise
        if time.monotonic() > until:
            raise Failure(
                f"发布日志第 {entry} 条尚未签入检查点 · no checkpoint of the publication log covers entry {entry} yet",
                "ledgerctl status says whether its signer is held up; then try again",
            )
        await asyncio.sleep(_AGAIN_SECONDS)


async def _notes(session: Session, start: int = 0, stop: int | None = None) -> Any:
    """(index, signed note) of every statement in the publisher's log, in order."""
    client = session.client(PUBLICATION)
    if stop is None:
        stop = (await client.call("GetHead", pb.GetHeadRequest())).size
    async for page in client.stream("ReadEntries", pb.ReadEntriesRequest(start=start, stop=stop)):
        for offset, leaf in enumerate(page.leaves):
            entry = json.loads(leaf)
            note = entry["data"].get("statement") if _TYPE.fullmatch(entry["type"]) else None
            if isinstance(note, str):
                yield page.start + offset, note.encode()


def _options(asked: Question) -> str:
    names = ("programme", "region", "from", "to")
    given = {name: value for name, value in asked.parameters.items() if value is not None}
    options = [f" --{name} {given[name]}" for name in names if name in given]
    return "".join([*options, *(f" --param {name}={given[name]}" for name in given if name not in names)])
