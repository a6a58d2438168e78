"""Taking an entry back, in the name of the agency that stated it; and what rests on it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ledger.rpc.client import CallRefused, service_named
from ledger_api.common.v1 import common_pb2 as pb
from ledgerctl.failures import BadInput, Failure
from ledgerctl.session import Session, open_session

#: a fact rests on one other; no aggregate has chains longer than its slots
_CHAIN_MAX: Final = 20
_ANSWER_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as its log holds it: its place and its JSON."""

    log: str
    index: int
    told: dict[str, Any]

    @property
    def text(self) -> str:
        """`placement@12 placement.EmploymentEnded.v1 datong-hrss 2025-08-01`, then what it says."""
        happened = str(self.told.get("time", self.told["recorded"]))[:10]
        facts = json.dumps(self.told["data"], ensure_ascii=False)
        return f"{self.log}@{self.index}  {self.told['type']}  {self.told['agency']}  {happened}\n    {facts}"


@dataclass(frozen=True, slots=True)
class Retracted:
    """An entry that no longer stands, and the entry that says so."""

    entry: Entry
    by_index: int
    recorded: str

    def to_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "log": self.entry.log,
            "entry": self.entry.index,
            "type": self.entry.told["type"],
            "retracted_by": self.by_index,
            "recorded": self.recorded,
        }


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked. `dependents`: whatever rests on the entry goes first; `agree` is asked before anything goes."""

    log: str
    index: int
    reason: str
    actor: str
    dependents: bool
    agree: Callable[[Entry], None]


async def retract(data_dir: Path, wish: Wish) -> list[Retracted]:
    """Retract an entry, and what rests on it if that is wished; in the order in which they went.

    Raises BadInput (no such log or entry), Failure (it does not stand, or others rest on it: each is
    named), Unreachable.
    """
    async with open_session(data_dir) as session:
        name = _service(session, wish.log)
        entry = await _read(session, name, wish.index)
        wish.agree(entry)
        waiting, gone = [entry], list[Retracted]()
        while waiting:
            depending = await _try(session, name, waiting[-1], wish, gone)
            if depending is None:
                waiting.pop()
                continue
            waiting.append(await _read(session, name, depending))
            if not wish.dependents or len(waiting) > _CHAIN_MAX:
                raise _rest_on(name, waiting)
        return gone


async def _try(session: Session, name: str, entry: Entry, wish: Wish, gone: list[Retracted]) -> int | None:
    """Retract one; the index of a live entry that rests on it, if one does."""
    context = pb.Context(agency=entry.told["agency"], actor=wish.actor)
    request = pb.RetractRequest(context=context, entry=entry.index, reason=wish.reason)
    try:
        receipt = await session.client(name).call("Retract", request, seconds=_ANSWER_SECONDS)
    except CallRefused as error:
        if error.rule == "later_entries_depend":
            return int(error.details["dependent"])
        raise Failure(
            f"{error.zh} · {error.message}" if error.zh else error.message, f"规则 rule {error.rule}"
        ) from error
    gone.append(Retracted(entry, receipt.index, receipt.recorded))
    return None


def _service(session: Session, log: str) -> str:
    name = log.rpartition("/")[2]
    if name not in session.home.logs():
        session.home.address(name if not session.home.exists else "nats")  # raises: nothing was started here
        raise BadInput(f"没有日志 {log} · there is no log {log}", f"there are: {', '.join(session.home.logs())}")
    if "/" in log and log != session.home.origin(name):
        raise BadInput(f"没有日志 {log} · there is no log {log}", f"the log of {name} is {session.home.origin(name)}")
    if "Retract" not in service_named(name).methods_by_name:
        raise BadInput(
            f"{name} 的条目不能这样撤销 · entries of {name} cannot be taken back this way",
            "人员请合并或删除，公布的数字请重述 · persons are merged or erased, a published figure is restated",
        )
    return name


async def _read(session: Session, name: str, index: int) -> Entry:
    """The entry, from the service that owns it. Raises BadInput: there is none."""
    request = pb.ReadEntriesRequest(start=index, stop=index + 1)
    async for page in session.client(name).stream("ReadEntries", request, seconds=_ANSWER_SECONDS):
        for leaf in page.leaves:
            return Entry(session.home.origin(name), index, json.loads(leaf))
    raise BadInput(
        f"{name} 没有第 {index} 条 · {name} has no entry {index}", "ledgerctl members 列出条目 lists entries"
    )


def _rest_on(name: str, chain: Sequence[Entry]) -> Failure:
    listed = "\n".join(f"  {entry.text}" for entry in chain[1:])
    return Failure(
        f"第 {chain[0].index} 条不能单独撤销，其后的记录以它为前提 · entry {chain[0].index} has others resting on it:\n"
        f"{listed}",
        f"先撤销它们 · retract them first: ledgerctl retract {name} {chain[-1].index} --reason …, "
        "或一并撤销 or all at once: --with-dependents",
    )
