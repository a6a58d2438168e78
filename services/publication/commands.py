"""What may be recorded in publication. Figures the service states itself, from what audit counted."""

from __future__ import annotations

import hashlib

from ledger.decider import Command
from services.publication.events import (
    FigurePublished,
    FigureRestated,
    FindingSettled,
    MemberVerified,
    SampleDrawn,
)

#: Hex digits of a SHA-256 in the name of a stream: of parameters, or of a finding's key.
PARAMETERS_DIGITS = 16


class PublishFigure(Command, frozen=True, kw_only=True):
    """A figure is published for the first time, or once more with the value that stands."""

    published: FigurePublished

    def key(self) -> tuple[str, ...]:
        return figure_key(self.published)


class RestateFigure(Command, frozen=True, kw_only=True):
    """A published figure is stated anew; the fact names the entry whose place it takes."""

    published: FigureRestated

    def key(self) -> tuple[str, ...]:
        return figure_key(self.published)


class SettleFinding(Command, frozen=True, kw_only=True):
    """A finding is explained, accepted or closed; said anew, the latest word stands."""

    settled: FindingSettled

    def key(self) -> tuple[str, ...]:
        finding = hashlib.sha256(self.settled.key.encode()).hexdigest()[:PARAMETERS_DIGITS]
        return "finding", self.settled.programme or "all", self.settled.rule, finding


def figure_key(fact: FigurePublished) -> tuple[str, ...]:
    """One figure with one set of parameters is one aggregate."""
    parameters = hashlib.sha256(fact.parameters.encode()).hexdigest()[:PARAMETERS_DIGITS]
    return "figure", fact.programme or "all", fact.figure, parameters


class DrawSample(Command, frozen=True, kw_only=True):
    """A sample of a published figure was drawn. One figure has one sample: nobody draws until the lot suits."""

    drawn: SampleDrawn

    def key(self) -> tuple[str, ...]:
        return "sample", str(self.drawn.published)


class VerifyMember(Command, frozen=True, kw_only=True):
    """A member of a sample was looked at."""

    verified: MemberVerified

    def key(self) -> tuple[str, ...]:
        return "verification", str(self.verified.sample), self.verified.member_log, str(self.verified.member_index)


PublicationCommand = PublishFigure | RestateFigure | SettleFinding | DrawSample | VerifyMember
