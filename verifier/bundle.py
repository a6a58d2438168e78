"""A bundle: files by name, each held against the MANIFEST when it is read."""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import zlib
from pathlib import Path
from typing import IO

from verifier.archive import Readable, files_of_archive, files_of_folder, open_file
from verifier.findings import Contradicted, Malformed, NotEnough, shown

SMALL_BYTES_MAX = 8 << 20
_MANIFEST_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9._/-]{1,100})")


class HashedFile(io.RawIOBase):
    """A file that is hashed while it is read."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self._hash = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        data = self._raw.read(size)
        self._hash.update(data)
        return data

    def close(self) -> None:
        self._raw.close()
        super().close()

    def sha256(self) -> str:
        """Of the whole file: what was not read yet is read."""
        while self.read(1 << 20):
            pass
        return self._hash.hexdigest()


class Bundle:
    """The files of an export. `temporary`: an empty folder for what has to be unpacked."""

    def __init__(self, path: Path, temporary: Path) -> None:
        self._files = files_of_folder(path) if path.is_dir() else files_of_archive(path, temporary)
        self._hashes: dict[str, str] = {}
        self._checked: set[str] = set()
        if "MANIFEST" not in self._files:
            raise Malformed("no MANIFEST")
        lines = self._small("MANIFEST").decode("utf-8", "replace").split("\n")
        last = ""
        for line in lines[:-1]:
            match = _MANIFEST_LINE.fullmatch(line)
            if match is None or match[2] <= last:
                raise Malformed(f"MANIFEST: not a line of it, or not in its place: {shown(line)}")
            last = match[2]
            self._hashes[last] = match[1]
        if lines[-1]:
            raise Malformed("MANIFEST: the last line is not ended")
        for name in sorted(self._files.keys() - self._hashes.keys() - {"MANIFEST"}):
            raise Malformed(f"not in the MANIFEST: {name}")
        for name in sorted(self._hashes.keys() - self._files.keys()):
            raise NotEnough(f"in the MANIFEST, but not in the bundle: {name}")

    def __contains__(self, name: str) -> bool:
        return name in self._hashes

    def logs(self) -> list[str]:
        """The names of the folders with logs."""
        return sorted({name.split("/")[1] for name in self._hashes if name.startswith("logs/")})

    def read(self, name: str) -> bytes:
        """A small file. Raises NotEnough: it is not there. Contradicted: it is not what MANIFEST says."""
        if name not in self._hashes:
            raise NotEnough(f"the bundle has no {name}")
        data = self._small(name)
        self._check(name, hashlib.sha256(data).hexdigest())
        return data

    def check_rest(self) -> None:
        """Read what nobody has asked for. Raises Contradicted: it is not what MANIFEST says."""
        for name in self._hashes:
            if name not in self._checked:
                self.read(name)

    def lines(self, name: str) -> BundleLines:
        """A large file, to be read once, or `name` with .gz if that is what there is. Raises NotEnough: neither."""
        stored = name if name in self._hashes else f"{name}.gz"
        if stored not in self._hashes:
            raise NotEnough(f"the bundle has no {name}")
        return BundleLines(self, stored, HashedFile(open_file(self._files[stored])))

    def _small(self, name: str) -> bytes:
        with open_file(self._files[name]) as file:
            data = file.read(SMALL_BYTES_MAX + 1)
        if len(data) > SMALL_BYTES_MAX:
            raise Malformed(f"{name}: over {SMALL_BYTES_MAX} bytes")
        return data

    def _check(self, name: str, found: str) -> None:
        self._checked.add(name)
        if found != self._hashes[name]:
            raise Contradicted(f"{name}: is not the file of the MANIFEST")


class BundleLines:
    """The lines of a large file, many at a time. To be used as a context; `done` at the end."""

    def __init__(self, bundle: Bundle, name: str, file: HashedFile) -> None:
        self.name = name
        self._bundle = bundle
        self._file = file
        self._source: Readable = gzip.GzipFile(fileobj=file) if name.endswith(".gz") else file
        self._rest = b""
        self._read = 0

    def __enter__(self) -> BundleLines:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def block(self, longest: int, size: int = 1 << 20) -> tuple[bytes, list[bytes]]:
        """Some whole lines, in one and singly, without the last line break; none at the end.

        Raises Malformed: a line of over `longest` bytes (it is not read), or the last one is not ended.
        """
        while True:
            try:
                chunk = self._source.read(size)
            except (zlib.error, gzip.BadGzipFile, EOFError) as error:
                raise Malformed(f"{self.name}: {shown(str(error))}") from None
            block, ended, rest = (self._rest + chunk).rpartition(b"\n")
            lines = block.split(b"\n") if ended else []
            if len(rest) > longest or (lines and max(map(len, lines)) > longest):
                at = next((at for at, line in enumerate(lines) if len(line) > longest), len(lines))
                raise Malformed(f"{self.name}, line {self._read + at + 1}: over {longest} bytes")
            if not chunk and rest:
                raise Malformed(f"{self.name}: the last line is not ended")
            self._rest = rest
            self._read += len(lines)
            if lines or not chunk:
                return block, lines

    def done(self) -> None:
        """Raises Contradicted: the file, read to its end, is not the one of the MANIFEST."""
        self._bundle._check(self.name, self._file.sha256())
