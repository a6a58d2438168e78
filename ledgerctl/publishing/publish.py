"""Asking for a figure to be published, or restated in place of the one that stands."""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple

from ledger.rpc.client import CallRefused
from ledger_api.audit.v1 import audit_pb2 as audit
from ledger_api.common.v1 import common_pb2 as common
from ledger_api.publication.v1 import publication_pb2 as pb
from ledgerctl.failures import Failure
from ledgerctl.printers import say
from ledgerctl.publishing.published import get_published, published_figures
from ledgerctl.publishing.signed import PUBLICATION, recorded, signed_cut, until_signed
from ledgerctl.query import get_figure
from ledgerctl.session import Session

#: Longer than the service waits for audit.
PUBLISH_SECONDS: Final = 150.0
#: What the ledger says no to without anything being wrong with the request.
_REFUSALS: Final = ("needs_restatement", "not_the_latest", "other_agency", "log_stopped")

#: How audit begins when it says that no entry is of a programme or region.
_UNHEARD: Final = "截面内没有"


class Wanted(NamedTuple):
    """What was asked for. An empty `reason`: publish; otherwise restate."""

    figure: str
    parameters: audit.Parameters
    point: audit.AsOf | None
    agency: str
    actor: str
    reason: str
    empty: bool = False
    """Whether a nought is wanted of a programme or region that no entry is of."""


class Done(NamedTuple):
    """The receipt, and the figure as it stands in the log."""

    receipt: Any
    published: pb.PublishedFigure


async def publish(session: Session, wanted: Wanted) -> Done:
    """Publish a figure once all that is recorded is signed; a cut that was asked for is not waited for.

    Raises Failure: the ledger says no, or there is nothing to restate. Unreachable, CallRefused, Unavailable.
    """
    if wanted.point is None or wanted.point.WhichOneof("point") != "cut":
        await until_signed(session, await recorded(session))
    await _look_first(session, wanted)
    agency = wanted.agency or session.home.agency
    context = common.Context(agency=agency, actor=wanted.actor)
    try:
        receipt = await (_restate if wanted.reason else _publish)(session, wanted, context)
    except CallRefused as no:
        if no.rule not in _REFUSALS:
            raise
        remedy = f"rule {no.rule}"
        if no.rule == "needs_restatement":
            remedy += f'; 更正公布 restate it: {command(wanted)} --reason "…"'
        raise Failure(f"{no.zh} · {no.message}", remedy) from no
    return Done(receipt, await get_published(session, receipt.index))


async def _look_first(session: Session, wanted: Wanted) -> None:
    """What is published stays for ever. Raises Failure: no entry is of that programme or region."""
    _, answer = await get_figure(session, wanted.figure, wanted.parameters, wanted.point)
    unheard = [note for note in answer["notes"] if note.startswith(_UNHEARD)]
    if unheard and not (wanted.empty or wanted.reason):
        raise Failure("; ".join(unheard), "确要公布 to publish a nought all the same: --empty")
    if not answer["matched"]:
        say(f"! {wanted.figure} 没有查到任何记录 · finds no record at all")
    for note in answer["notes"]:
        say(f"! {note}")


def command(wanted: Wanted) -> str:
    """The verb that publishes this, with the options that say which figure it is."""
    asked = wanted.parameters
    named = {name: getattr(asked, name) for name in ("programme", "region", "from", "to")}
    options = [f"--{name} {value}" for name, value in named.items() if value]
    options += [f"--param {name}={value}" for name, value in sorted(asked.extra.items())]
    return " ".join(["ledgerctl figure publish", wanted.figure, *options])


async def _publish(session: Session, wanted: Wanted, context: common.Context) -> Any:
    request = pb.PublishFigureRequest(
        context=context, id=wanted.figure, parameters=wanted.parameters, as_of=wanted.point
    )
    return await session.client(PUBLICATION).call("PublishFigure", request, seconds=PUBLISH_SECONDS)


async def _restate(session: Session, wanted: Wanted, context: common.Context) -> Any:
    # one cut for both questions: what stands for these parameters, and what is stated now
    cut = await signed_cut(session, wanted.point)
    point = audit.AsOf(cut=audit.Cut(sizes=cut))
    _, answer = await get_figure(session, wanted.figure, wanted.parameters, point)
    supersedes = await _standing(session, wanted, answer["parameters"])
    request = pb.RestateFigureRequest(
        context=context,
        id=wanted.figure,
        parameters=wanted.parameters,
        as_of=point,
        supersedes=supersedes,
        reason=wanted.reason,
    )
    return await session.client(PUBLICATION).call("RestateFigure", request, seconds=PUBLISH_SECONDS)


async def _standing(session: Session, wanted: Wanted, parameters: Any) -> int:
    async for one in published_figures(session, wanted.figure, wanted.parameters.programme, standing=True):
        if json.loads(one.parameters) == parameters:
            return int(one.index)
    said = json.dumps(parameters, ensure_ascii=False)
    raise Failure(
        f"{wanted.figure} 尚未按此参数公布 · {wanted.figure} was not published for {said}: there is nothing to restate",
        "leave --reason out to publish it; ledgerctl figure list shows what is published, with its parameters",
    )
