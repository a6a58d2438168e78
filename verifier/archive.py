"""Reading a bundle's files from a folder or a .tar.gz, trusting neither names nor sizes nor lines.

Only names of the format are taken: nothing else, no path upwards, no absolute path, no link, no name
twice. Files of an archive are copied to a temporary folder under numbers, never under their names.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import stat
import struct
import tarfile
import zlib
from pathlib import Path
from typing import IO, Protocol

from verifier.findings import Malformed, NotEnough, shown

ENTRY_BYTES_MAX = 65_535
MEMBER_BYTES_MAX = 262_144
CHUNK = 1 << 20

_NAME = re.compile(
    r"MANIFEST|figure\.note|members\.jsonl|policy\.txt|rules/[0-9a-f]{64}\.(sql|json)"
    r"|logs/[0-9a-f]{64}/(checkpoint|entries\.jsonl(\.gz)?)"
)
_FOLDER = re.compile(r"(\./?)?(rules|logs(/[0-9a-f]{64})?)?/?")
_BLOCK = 512
# what tar programs add to a member, and what does not change what it is
_HARMLESS = re.compile(rb"[0-9]+ (mtime|atime|ctime|uid|gid|uname|gname|comment)=[^\n]*\n")
_ROOM_LEFT = 64 << 20
_STORED_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


class Readable(Protocol):
    """What can be read from the beginning to the end."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""
        ...


def line_limit(name: str) -> int:
    """How long a line of a file may be; 0: the file has no lines."""
    return {"members.jsonl": MEMBER_BYTES_MAX, "entries.jsonl": ENTRY_BYTES_MAX}.get(name.rpartition("/")[2], 0)


def files_of_folder(folder: Path) -> dict[str, Path]:
    """The files below a folder by name. Raises Malformed: anything that does not belong there."""
    found: dict[str, Path] = {}
    waiting = [("", folder)]
    while waiting:
        prefix, path = waiting.pop()
        with os.scandir(path) as entries:
            for entry in entries:
                name = prefix + entry.name
                if entry.is_dir(follow_symlinks=False) and _FOLDER.fullmatch(name):
                    waiting.append((name + "/", Path(entry.path)))
                elif entry.is_file(follow_symlinks=False) and _NAME.fullmatch(name):
                    found[name] = Path(entry.path)
                else:
                    raise Malformed(f"not a file of a bundle: {shown(name)}")
    return found


def open_file(path: Path) -> IO[bytes]:
    """A regular file, and not what somebody has put in its place since. Raises Malformed."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Malformed(f"not a file: {path.name}")
    return os.fdopen(descriptor, "rb")


def files_of_archive(archive: Path, into: Path) -> dict[str, Path]:
    """The files of a .tar.gz, copied to `into`. Raises Malformed, or NotEnough: no room for them."""
    found: dict[str, Path] = {}
    try:
        with open_file(archive) as raw:
            source = _Exactly(_unzipped(raw))
            while (member := _next_member(source)) is not None:
                name, size = member
                if name in found:
                    raise Malformed(f"twice in the archive: {name}")
                if size > shutil.disk_usage(into).free - _ROOM_LEFT:
                    raise NotEnough(f"no room for {size} bytes in {into}: set TMPDIR to a larger place")
                found[name] = into / str(len(found))
                _copy(source, name, size, found[name])
            source.to_end()
    except (zlib.error, gzip.BadGzipFile, EOFError, tarfile.TarError, UnicodeDecodeError) as error:
        raise Malformed(f"not a .tar.gz: {shown(str(error))}") from None
    return found


def _copy(source: _Exactly, name: str, size: int, to: Path) -> None:
    longest, since = line_limit(name), 0
    with to.open("xb") as target:
        left = size
        while left:
            chunk = source.take(min(left, CHUNK))
            left -= len(chunk)
            if longest:
                since = _longest_line(chunk, since, longest, name)
            target.write(chunk)
    source.padding(-size % _BLOCK)


def _longest_line(chunk: bytes, since: int, longest: int, name: str) -> int:
    """Bytes since the last line break. `since`: those before the chunk. Raises Malformed: too many."""
    at = -since
    while len(chunk) - at > longest:
        # the last line break within reach, or none: then this line is too long
        after = chunk.rfind(b"\n", max(at, 0), at + longest + 1) + 1
        if not after:
            raise Malformed(f"{name}: a line of over {longest} bytes")
        at = after
    last = chunk.rfind(b"\n")
    return len(chunk) - (at if last < 0 else last + 1)


def _next_member(source: _Exactly) -> tuple[str, int] | None:
    """Name and size of the next file; None: the archive ends."""
    while True:
        block = source.take(_BLOCK)
        if not block.strip(b"\0"):
            return None
        header = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
        if header.size < 0:
            raise Malformed(f"an archive with a file of {header.size} bytes")
        if header.type in (tarfile.XHDTYPE, tarfile.XGLTYPE) and header.size <= CHUNK:
            extra = source.take(header.size)
            source.padding(-header.size % _BLOCK)
            if _HARMLESS.sub(b"", extra).strip(b"\0"):
                raise Malformed(f"an archive with extended headers: {shown(header.name)}")
        elif header.type == tarfile.DIRTYPE and not header.size and _FOLDER.fullmatch(header.name):
            continue
        elif header.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and _NAME.fullmatch(header.name.removeprefix("./")):
            return header.name.removeprefix("./"), header.size
        else:
            raise Malformed(f"not a file of a bundle: {shown(header.name)}")


def _unzipped(raw: IO[bytes]) -> Readable:
    """What a .gz holds.

    An archive as it is exported is stored, not compressed, so that every bit of it matters: any other
    way to write the same is refused. An archive that somebody compressed is read, too.
    """
    start = raw.read(11)
    raw.seek(0)
    if len(start) < 11 or start[:3] != b"\x1f\x8b\x08" or start[3] not in (0, 8):
        raise Malformed("neither a folder nor a .tar.gz")
    if start[3] == 0 and start[10] & 0b110 == 0:
        return _Stored(raw)
    return gzip.GzipFile(fileobj=raw)


class _Stored:
    """A .gz of stored blocks only, in the one form in which it can be written."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self._left, self._last = 0, False
        self._checksum, self._size = 0, 0
        if self._bytes(10) != _STORED_HEADER:
            raise Malformed("an archive with an odd header")

    def read(self, size: int, /) -> bytes:
        while not self._left:
            if self._last:
                return b""
            self._block()
        data = self._bytes(min(size, self._left))
        self._left -= len(data)
        self._size += len(data)
        self._checksum = zlib.crc32(data, self._checksum)
        if self._last and not self._left:
            self._end()
        return data

    def _block(self) -> None:
        last, length, inverse = struct.unpack("<BHH", self._bytes(5))
        if last > 1 or length ^ inverse != 0xFFFF:
            raise Malformed("a damaged archive: not a stored block")
        self._left, self._last = length, bool(last)
        if self._last and not length:
            self._end()

    def _end(self) -> None:
        if struct.unpack("<II", self._bytes(8)) != (self._checksum, self._size & 0xFFFFFFFF) or self._raw.read(1):
            raise Malformed("a damaged archive: wrong checksum, or more after its end")

    def _bytes(self, size: int) -> bytes:
        data = self._raw.read(size)
        if len(data) != size:
            raise Malformed("an archive that is cut off")
        return data


class _Exactly:
    """Reads as many bytes as asked for, or finds the archive malformed."""

    def __init__(self, source: Readable) -> None:
        self._source = source

    def take(self, size: int) -> bytes:
        data = self._source.read(size)
        while len(data) < size:
            more = self._source.read(size - len(data))
            if not more:
                raise Malformed("an archive that is cut off")
            data += more
        return data

    def padding(self, size: int) -> None:
        if self.take(size).strip(b"\0"):
            raise Malformed("an archive with bytes between its files")

    def to_end(self) -> None:
        """What is left: zeros, and not many."""
        for _ in range(CHUNK // _BLOCK):
            block = self._source.read(_BLOCK)
            if not block:
                return
            if block.strip(b"\0"):
                break
        raise Malformed("an archive with bytes after its end")
