"""The files of a bundle on disk: written once, hashed while written, listed in MANIFEST, packed if wanted.

Nothing in them depends on when, where or by whom they were written: times are 0, names are sorted,
gzip headers are empty.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import IO, Final

from ledgerctl.exporting.stored import StoredGzip
from ledgerctl.failures import BadInput

MANIFEST: Final = "MANIFEST"
ARCHIVES: Final = (".tar.gz", ".tgz")
_CHUNK: Final = 1024 * 1024
#: Half again as fast as zlib's default, and entries, being alike, come out hardly larger.
_LEVEL: Final = 5
_FOLDER_MODE: Final = 0o755
_FILE_MODE: Final = 0o644


def is_archive(out: Path) -> bool:
    """Whether a .tar.gz is wanted, by its name; else a folder."""
    return out.name.endswith(ARCHIVES)


class BundleFolder:
    """A bundle that is being written. `files`: name → SHA-256 (hex) of those that are whole."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: dict[str, str] = {}

    def add(self, name: str, data: bytes) -> None:
        """A small file."""
        with self.open(name) as file:
            file.write(data)

    @contextmanager
    def open(self, name: str, *, compressed: bool = False) -> Iterator[IO[bytes]]:
        """A file to write from beginning to end; `compressed`: gzipped, its name ending so."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=_FOLDER_MODE)
        with path.open("xb") as raw:
            hashed = _Hashed(raw)
            if compressed:
                with gzip.GzipFile("", "wb", _LEVEL, hashed, mtime=0) as file:
                    yield file  # type: ignore[misc]
            else:
                yield hashed  # type: ignore[misc]
        self.files[name] = hashed.hexdigest()

    def finish(self) -> None:
        """Write MANIFEST: `sha256sum -c MANIFEST` checks it."""
        lines = [f"{digest}  {name}\n" for name, digest in sorted(self.files.items())]
        (self.root / MANIFEST).write_text("".join(lines), encoding="ascii")

    def pack(self, archive: Path) -> None:
        """The whole bundle as a tar in a .gz, MANIFEST first."""
        with archive.open("xb") as raw:
            out = StoredGzip(raw)
            for name in (MANIFEST, *sorted(self.files)):
                _pack(out, self.root / name, name)
            out.write(bytes(2 * tarfile.BLOCKSIZE))
            out.close()
            raw.flush()
            os.fsync(raw.fileno())


class _Hashed:
    """A file that is hashed while it is written."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self._hash = hashlib.sha256()
        self.hexdigest = self._hash.hexdigest

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        return self._raw.write(data)

    def flush(self) -> None:
        self._raw.flush()


def _pack(out: StoredGzip, path: Path, name: str) -> None:
    header = tarfile.TarInfo(name)
    header.size, header.mode, header.mtime = path.stat().st_size, _FILE_MODE, 0
    out.write(header.tobuf(tarfile.GNU_FORMAT))
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            out.write(chunk)
    out.write(bytes(-header.size % tarfile.BLOCKSIZE))


def check_target(out: Path) -> None:
    """Before any work: that a bundle can be put there. Raises BadInput."""
    if not out.parent.is_dir():
        raise BadInput(f"没有文件夹 · there is no folder {out.parent}", "make it, or name another place")
    if not os.access(out.parent, os.W_OK):
        raise BadInput(f"不能写入 · cannot write to {out.parent}", "name another place")
    if is_archive(out):
        if out.is_dir():
            raise BadInput(f"{out} 是文件夹 · {out} is a folder", "name a file, or a folder without .tar.gz")
    elif out.is_file() or (out.is_dir() and any(out.iterdir())):
        raise BadInput(f"{out} 已存在 · {out} is there already", "name a new folder, or remove it first")


@contextmanager
def writing(out: Path) -> Iterator[BundleFolder]:
    """A bundle that is at `out` once the block has ended well, whole; and not at all if it has not."""
    check_target(out)
    half = Path(mkdtemp(prefix=f".{out.name}.", suffix=".half", dir=out.parent))
    try:
        root = half / "bundle"
        root.mkdir(mode=_FOLDER_MODE)
        bundle = BundleFolder(root)
        yield bundle
        bundle.finish()
        if is_archive(out):
            bundle.pack(half / "archive")
            os.replace(half / "archive", out)
        else:
            _sync(root / name for name in (MANIFEST, *bundle.files))
            if out.is_dir():
                out.rmdir()
            os.replace(root, out)
    finally:
        shutil.rmtree(half)


def _sync(paths: Iterable[Path]) -> None:
    for path in paths:
        with path.open("rb") as file:
            os.fsync(file.fileno())
