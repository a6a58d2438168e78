"""Whether the ids of a log are unique and the revisions of its streams without gaps, whatever its size.

Of each entry a fingerprint of its id is put down, and one of its subject with the revision. Those of a
large log are dealt out to files by their lowest bits, so that equal ones come together and one deal fits
in memory. Two texts may share a fingerprint by chance: `suspects` are looked at in the entries themselves.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from pathlib import Path

_TOGETHER = 250_000
_WAITING_MAX = 500_000


class Fingerprints:
    """Fingerprints of one log. `folder`: where files may be made; `size`: how many entries there will be."""

    def __init__(self, folder: Path, size: int) -> None:
        self._folder = folder
        self._mask = (1 << (size // _TOGETHER).bit_length()) - 1
        # of each deal: ids; subjects, and the revision that goes with each
        self._ids = [array("q") for _ in range(self._mask + 1)]
        self._subjects = [array("q") for _ in range(self._mask + 1)]
        self._revisions = [array("q") for _ in range(self._mask + 1)]
        self._waiting = 0

    def put(self, ids: Sequence[int], subjects: Sequence[int], revisions: Sequence[int]) -> None:
        """Those of some entries, in order."""
        mask = self._mask
        if not mask:
            self._ids[0].extend(ids)
            self._subjects[0].extend(subjects)
            self._revisions[0].extend(revisions)
            return
        for id_ in ids:
            self._ids[id_ & mask].append(id_)
        for subject, revision in zip(subjects, revisions, strict=True):
            self._subjects[subject & mask].append(subject)
            self._revisions[subject & mask].append(revision)
        self._waiting += len(ids)
        if self._waiting > _WAITING_MAX:
            self._waiting = 0
            for kind in (self._ids, self._subjects, self._revisions):
                for at, deal in enumerate(kind):
                    with self._file(kind, at).open("ab") as file:
                        deal.tofile(file)
                    del deal[:]

    def suspects(self) -> tuple[set[int], set[int]]:
        """Fingerprints of ids that come twice, and of subjects whose revisions do not follow each other."""
        twice: set[int] = set()
        gaps: set[int] = set()
        for at in range(self._mask + 1):
            ids = self._whole(self._ids, at)
            if len(set(ids)) != len(ids):
                seen: set[int] = set()
                for id_ in ids:
                    (twice if id_ in seen else seen).add(id_)
            last: dict[int, int] = {}
            get = last.get
            subjects, revisions = self._whole(self._subjects, at), self._whole(self._revisions, at)
            for subject, revision in zip(subjects, revisions, strict=True):
                if revision != get(subject, 0) + 1:
                    gaps.add(subject)
                last[subject] = revision
        return twice, gaps

    def _file(self, kind: list[array[int]], at: int) -> Path:
        name = {id(self._ids): "ids", id(self._subjects): "subjects"}.get(id(kind), "revisions")
        return self._folder / f"{name}-{at}"

    def _whole(self, kind: list[array[int]], at: int) -> array[int]:
        """One deal, from its file and from memory, which forget it."""
        file, whole = self._file(kind, at), array("q")
        if file.exists():
            with file.open("rb") as source:
                whole.fromfile(source, file.stat().st_size // whole.itemsize)
            file.unlink()
        whole.extend(kind[at])
        kind[at] = array("q")
        return whole
