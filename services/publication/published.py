"""What has been published, read from the log: entries as figures, and which of them stand."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import NamedTuple

from ledger.entry import EventReader, decode
from ledger.errors import Kind, Refusal, Refused
from ledger.refusals import no_such_entry
from ledger.store import Store, StoredEntry
from services.publication.events import CATALOGUE, FigurePublished, FigureRestated


class Published(NamedTuple):
    """An entry that publishes a figure. `superseded_by`: the entry that took its place; None: it stands."""

    entry: StoredEntry
    figure: FigurePublished
    superseded_by: int | None


class Place(NamedTuple):
    """What is kept of each to find it by."""

    index: int  # type: ignore[assignment]  # rather this name than tuple.index
    agency: str
    figure: str
    programme: str | None


class Shelf:
    """The published figures of a log. It reads what came since it was last asked; calls may come from any thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._reader = EventReader(CATALOGUE)
        self._lock = threading.Lock()
        self._size = 0
        self._places: list[Place] = []
        self._superseded_by: dict[int, int] = {}
        self._standing: dict[tuple[str, str], Place] = {}

    def get(self, index: int) -> Published:
        """One figure. Raises Refused (no_such_entry, not_a_figure)."""
        self._catch_up()
        entry = next(self._store.read(index, index + 1), None)
        if entry is None:
            raise Refused(no_such_entry(index))
        event = self._reader.event(decode(entry.leaf))
        if not isinstance(event, FigurePublished):
            raise Refused(
                Refusal(
                    "not_a_figure",
                    Kind.NOT_FOUND,
                    f"entry {index} publishes no figure: it retracts another entry or answers for a finding",
                    f"第 {index} 条不是指标公布,而是另一条的更正标记或对审计发现的说明",
                    {"entry": str(index)},
                )
            )
        return Published(entry, event, self._superseded_by.get(index))

    def standing(self, figure: FigurePublished) -> Place | None:
        """Where the same figure with the same parameters stands, whichever agency published it."""
        self._catch_up()
        return self._standing.get((figure.figure, figure.parameters))

    def find(self, figure: str, programme: str, *, standing: bool, after: int, limit: int) -> list[Published]:
        """Those of a figure and a programme ("": any) beyond the index `after`, in order, at most `limit`."""
        self._catch_up()
        found: list[Published] = []
        for place in self._matching(figure, programme, after):
            if standing and place.index in self._superseded_by:
                continue
            found.append(self.get(place.index))
            if len(found) == limit:
                break
        return found

    def _matching(self, figure: str, programme: str, after: int) -> Iterator[Place]:
        for place in list(self._places):
            if place.index > after and figure in ("", place.figure) and programme in ("", place.programme):
                yield place

    def _catch_up(self) -> None:
        with self._lock:
            for entry in self._store.read(self._size, 2**53):
                event = self._reader.event(decode(entry.leaf))
                if isinstance(event, FigurePublished):
                    place = Place(entry.index, entry.agency, event.figure, event.programme)
                    self._places.append(place)
                    self._standing[event.figure, event.parameters] = place
                if isinstance(event, FigureRestated):
                    self._superseded_by[event.supersedes] = entry.index
                self._size = entry.index + 1
