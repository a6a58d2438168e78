"""decide(command, state): what publication records, and what it refuses.

A published figure is never changed behind the reader's back. The same value by the same rule is
already published, whatever the cut: the statement that stands stays true. Another value, or another
rule, needs a restatement that names the entry it takes the place of and says why; a restatement may
also state the same value at a later cut.

What was said of a finding is an upsert: the same words are recorded already, others take their place.
"""

from __future__ import annotations

from typing import assert_never, cast

from ledger.decider import Accept, Command, Decision, Fact, State, record, step
from ledger.errors import Kind, Refusal
from ledger.event import EntryRetracted
from services.publication.commands import (
    DrawSample,
    PublicationCommand,
    PublishFigure,
    RestateFigure,
    SettleFinding,
    VerifyMember,
)
from services.publication.events import FigurePublished, FigureRestated, SampleDrawn

SLOT = FigurePublished.slot


def decide(command: Command, state: State) -> Decision:
    """The events to record, or why not."""
    asked = cast(PublicationCommand, command)
    standing = state.facts.get(SLOT)
    match asked:
        case PublishFigure():
            return _publish(asked.published, standing)
        case RestateFigure():
            return _restate(asked.published, standing)
        case SettleFinding():
            return record(state, asked.settled)
        case DrawSample():
            return _draw(asked.drawn, state)
        case VerifyMember():
            return record(state, asked.verified)
        case _:
            assert_never(asked)


def _draw(drawn: SampleDrawn, state: State) -> Decision:
    """Once: the same draw again is recorded already, another one is refused."""
    standing = state.facts.get(drawn.slot)
    if standing is not None and standing.event == drawn:
        return Accept(drawn.slot, [])
    return step(state, drawn)


def _publish(figure: FigurePublished, standing: Fact | None) -> Decision:
    if standing is None:
        return Accept(SLOT, [figure])
    before = cast(FigurePublished, standing.event)
    if _says_the_same(before, figure):
        return Accept(SLOT, [])
    entry = standing.index
    if (before.value, before.unit) == (figure.value, figure.unit):
        return Refusal(
            "needs_restatement",
            Kind.IMPOSSIBLE,
            f"entry {entry} published {before.value} {before.unit} by another rule; restate it with a reason instead",
            f"第 {entry} 条按另一规则公布 {before.value} {before.unit};请说明原因后更正公布",
            {"entry": str(entry), "value": before.value, "now": figure.value},
        )
    return Refusal(
        "needs_restatement",
        Kind.IMPOSSIBLE,
        f"entry {entry} published {before.value} {before.unit}, it is now {figure.value} {figure.unit}; "
        "restate it with a reason instead",
        f"第 {entry} 条已公布 {before.value} {before.unit},现为 {figure.value} {figure.unit};请说明原因后更正公布",
        {"entry": str(entry), "value": before.value, "now": figure.value},
    )


def _restate(figure: FigureRestated, standing: Fact | None) -> Decision:
    if standing is None:
        return Refusal(
            "not_the_latest",
            Kind.CONFLICT,
            f"entry {figure.supersedes} is not this figure with these parameters, of which nothing is published; "
            "publish it, or give the parameters of that entry",
            f"第 {figure.supersedes} 条不是该指标及参数的公布,尚无公布可更正;请先公布,或核对参数",
            {"supersedes": str(figure.supersedes)},
        )
    before = standing.event
    repeated = isinstance(before, FigureRestated) and before.supersedes == figure.supersedes
    if repeated and _says_the_same(cast(FigureRestated, before), figure):
        return Accept(SLOT, [])  # the same request once more: its answer was lost
    if standing.index != figure.supersedes:
        return Refusal(
            "not_the_latest",
            Kind.CONFLICT,
            f"entry {figure.supersedes} is not what stands, entry {standing.index} is; look at it and restate that one",
            f"现行公布为第 {standing.index} 条,不是第 {figure.supersedes} 条;请查看后对现行一条更正",
            {"supersedes": str(figure.supersedes), "entry": str(standing.index)},
        )
    superseded = EntryRetracted(
        entry=standing.index, entry_type=type(before).__name__, reason=figure.reason, superseded=True
    )
    return Accept(SLOT, [superseded, figure])


def _says_the_same(before: FigurePublished, now: FigurePublished) -> bool:
    return (before.value, before.unit, before.rule_sha256) == (now.value, now.unit, now.rule_sha256)
