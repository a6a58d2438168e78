"""One log, from its first entry to its last: hashed, put in its tree, held against its own envelope.

Memory stays small whatever the size of the log: entries pass by in blocks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any, NoReturn

from verifier.archive import ENTRY_BYTES_MAX
from verifier.bundle import BundleLines
from verifier.findings import Contradicted, shown
from verifier.notes import encode_base64
from verifier.shredding import Row
from verifier.streams import Fingerprints
from verifier.tree import Tree, leaf_hashes

#: All members of an entry but `data`, in the order in which they are looked at.
MEMBERS = (
    *("source", "index", "agency", "subject", "revision", "recorded", "id", "type"),
    *("actor", "datacontenttype", "request", "specversion", "time"),
)
_TYPES = tuple(int if name in ("index", "revision") else str for name in MEMBERS)
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_SUSPECTS_MAX = 10_000

Take = Callable[[Row, Any, str], object]
"""Is given the members of an entry, its data, and why it cannot be stored, if so."""


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


# the value that begins at a place of a text, and where it ends; raw_decode without its detour
_scan: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder(parse_constant=_refuse_constant).scan_once  # type: ignore[attr-defined]
_members: Callable[[Any], Row] = itemgetter(*MEMBERS)


class LogReplay:
    """Reads one log. `sizes`: where the root is wanted; the largest is that of the whole file.

    `take` is given every entry, in order; `after_block` is called between. Afterwards `roots` holds the
    root at each of the sizes.
    """

    def __init__(
        self,
        origin: str,
        sizes: Iterable[int],
        fingerprints: Fingerprints,
        take: Take,
        after_block: Callable[[], object],
    ) -> None:
        self.origin = origin
        self.roots: dict[int, bytes] = {}
        self._sizes = sorted(set(sizes))
        self._size = self._sizes[-1]
        self._fingerprints = fingerprints
        self._take = take
        self._after_block = after_block
        self._tree = Tree()
        self._recorded = ""

    def run(self, lines: BundleLines) -> None:
        """Read all of it. Raises Contradicted with the first entry that is wrong, or Malformed."""
        block, leaves = lines.block(ENTRY_BYTES_MAX)
        while leaves:
            left = self._size - self._tree.size
            if len(leaves) > left:
                # what is wrong before the end is told first
                self._entries(self._tree.size, b"\n".join(leaves[:left]), leaves[:left])
                raise Contradicted(f"{self.origin}: entry {self._size} is after the end of the signed log")
            self._entries(self._tree.size, block, leaves)
            self._grow(leaf_hashes(leaves))
            self._after_block()
            block, leaves = lines.block(ENTRY_BYTES_MAX)
        self._grow([])
        if self._tree.size != self._size:
            raise Contradicted(f"{self.origin}: ends after {self._tree.size} entries, signed are {self._size}")

    def expect(self, size: int, root: bytes, said_by: str) -> None:
        """Raises Contradicted: the root at a size is not what somebody says."""
        if self.roots[size] != root:
            raise Contradicted(
                f"{self.origin}: the root of its {size} entries is {encode_base64(self.roots[size])}, "
                f"and {said_by} says {encode_base64(root)}"
            )

    def _grow(self, hashes: list[bytes]) -> None:
        while self._sizes and self._sizes[0] <= self._tree.size + len(hashes):
            size = self._sizes.pop(0)
            upto = size - self._tree.size
            self._tree.extend(hashes[:upto])
            hashes = hashes[upto:]
            self.roots[size] = self._tree.root()
        self._tree.extend(hashes)

    def _entries(self, start: int, block: bytes, leaves: list[bytes]) -> None:
        try:
            texts = block.decode().split("\n") if leaves else []
        except UnicodeDecodeError:
            texts = [leaf.decode("utf-8", "surrogateescape") for leaf in leaves]
            odd = True
        else:
            odd = b"\\u" in block
        origin, take, types, blemish = self.origin, self._take, _TYPES, ""
        last = self._recorded
        ids: list[int] = []
        subjects: list[int] = []
        revisions: list[int] = []
        for index, text in enumerate(texts, start):
            try:
                entry, end = _scan(text, 0)
                values = _members(entry)
                data = entry["data"]
            except (ValueError, StopIteration, TypeError, KeyError, RecursionError):
                raise Contradicted(f"{origin}, entry {index}: not an entry") from None
            if end != len(text) or len(entry) != 14 or tuple(map(type, values)) != types:
                raise Contradicted(f"{origin}, entry {index}: not an entry")
            source, claimed, _, subject, revision, recorded, id, *_ = values
            if claimed != index or source != origin:
                raise Contradicted(f"{origin}, entry {index}: says it is {shown(str(claimed), 40)} of {shown(source)}")
            if recorded < last:
                raise Contradicted(f"{origin}, entry {index}: recorded before the entry before it")
            if not 0 < revision <= index + 1:
                raise Contradicted(f"{origin}, entry {index}: its revision is not the next one")
            last = recorded
            ids.append(hash(id))
            subjects.append(hash(subject))
            revisions.append(revision)
            if odd:
                blemish = self._blemish(index, leaves[index - start], entry)
            take(values, data, blemish)
        self._recorded = last
        self._fingerprints.put(ids, subjects, revisions)

    def _blemish(self, index: int, leaf: bytes, entry: Mapping[str, Any]) -> str:
        """Why an entry that no database can hold is parked: bytes that are not UTF-8 in its data, or U+0000."""
        try:
            leaf.decode()
        except UnicodeDecodeError:
            blemish, strings = "not UTF-8", {name: value for name, value in entry.items() if name != "data"}
        else:
            blemish, strings = "U+0000" if _NUL.search(leaf) else "", dict(entry)
        try:
            json.dumps(strings, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise Contradicted(f"{self.origin}, entry {index}: not an entry") from None
        return blemish


def look_at(origin: str, lines: BundleLines, twice: set[int], gaps: set[int]) -> None:
    """Read a log again, for entries whose fingerprints are suspect: chance, or not? Raises Contradicted."""
    ids: dict[str, int] = {}
    revisions: dict[str, int] = {}
    start = 0
    leaves = lines.block(ENTRY_BYTES_MAX)[1]
    while leaves and len(ids) + len(revisions) < _SUSPECTS_MAX:
        for index, leaf in enumerate(leaves, start):
            entry = json.loads(leaf.decode("utf-8", "surrogateescape"))
            id, subject, revision = entry["id"], entry["subject"], entry["revision"]
            if hash(id) in twice and ids.setdefault(id, index) != index:
                raise Contradicted(f"{origin}, entry {index}: has the id of entry {ids[id]}")
            if hash(subject) in gaps:
                if revision != revisions.get(subject, 0) + 1:
                    before = revisions.get(subject, 0)
                    raise Contradicted(f"{origin}, entry {index}: revision {revision} after {before} of its stream")
                revisions[subject] = revision
        start += len(leaves)
        leaves = lines.block(ENTRY_BYTES_MAX)[1]
