"""What may be recorded in publication. The service makes these itself, from what audit counted."""

from __future__ import annotations

import hashlib

from ledger.decider import Command
from services.publication.events import FigurePublished, FigureRestated

#: Hex digits of the parameters' SHA-256 in the name of a stream.
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


def figure_key(fact: FigurePublished) -> tuple[str, ...]:
    """One figure with one set of parameters is one aggregate."""
    parameters = hashlib.sha256(fact.parameters.encode()).hexdigest()[:PARAMETERS_DIGITS]
    return "figure", fact.programme or "all", fact.figure, parameters


PublicationCommand = PublishFigure | RestateFigure
