#!/usr/bin/env python3
"""Counts a published figure again from its export, and believes nobody. 用导出包独立核算已发布的指标。

    python3 verify.py BUNDLE --policy FILE

BUNDLE is what `ledgerctl export` wrote, a folder or a .tar.gz. FILE is your own: the keys of the logs,
and of the witnesses whose word you want. Exit code 0: proven, 1: contradicted, 2: not enough, 3: malformed.
The last line says what was not proven. Python 3.11 and its standard library are all that is needed.

How it works is told at the head of each part; `check` is the thread. The formats are those of
docs/reference/format.md and docs/reference/bundle.md. Written by verifier/single.py: do not edit.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
import stat
import struct
import sys
import tarfile
import tempfile
import time
import traceback
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, NamedTuple, NoReturn, Protocol

# findings ------------------------------------------------------------------------------------------------------------
#
# The four ways a check can end, as exceptions and exit codes.


class Finding(Exception):
    """Why a bundle is not proven. The message names the first line, entry or file that is wrong."""

    code = 3
    verdict = "格式有误 MALFORMED"


class Contradicted(Finding):
    """The bundle speaks against itself, against what was signed, or against what was kept."""

    code = 1
    verdict = "相互矛盾 CONTRADICTED"


class NotEnough(Finding):
    """Nothing speaks against it, but something is missing that the auditor asks for."""

    code = 2
    verdict = "证据不足 NOT ENOUGH"


class Malformed(Finding):
    """Not a bundle, a policy or a note of the format, or one that is not safe to read."""


def shown(text: str, longest: int = 200) -> str:
    """Text of a stranger, fit for a terminal: short, and without control characters."""
    text = text if len(text) <= longest else text[: longest - 1] + "…"
    return "".join(character if character.isprintable() else "�" for character in text)


# ed25519 -------------------------------------------------------------------------------------------------------------
#
# Ed25519 signatures (RFC 8032), verified in plain Python, or by `cryptography` where it is installed.
#
# Both refuse what RFC 8032 refuses: a point that is not on the curve or not in its one encoding, and an
# S that is not below the group order.

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    FAST = True
except ImportError:
    FAST = False

# the field, the group order, the curve's constant, and a square root of -1
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)

Point = tuple[int, int, int, int]
"""Extended coordinates (X, Y, Z, T): x = X/Z, y = Y/Z, xy = T/Z."""


def add_points(p: Point, q: Point) -> Point:
    """The sum of two points of the curve."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar: int, point: Point) -> Point:
    """A multiple of a point."""
    product = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            product = add_points(product, point)
        point = add_points(point, point)
        scalar >>= 1
    return product


def same_point(p: Point, q: Point) -> bool:
    """Whether two points are one."""
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


def decode_point(data: bytes) -> Point | None:
    """A point from its 32 bytes; None: there is no such point, or this is not its encoding."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = decode_point(b"\x58" + b"\x66" * 31)


def verify_slowly(public: bytes, signature: bytes, message: bytes) -> bool:
    """RFC 8032, section 5.1.7, some five milliseconds a signature."""
    if len(public) != 32 or len(signature) != 64 or BASE is None:
        return False
    key, r = decode_point(public), decode_point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    return same_point(times(s, BASE), add_points(r, times(h, key)))


def signature_is_right(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the holder of the key with these 32 public bytes signed the message."""
    if not FAST:
        return verify_slowly(public, signature, message)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


# tree ----------------------------------------------------------------------------------------------------------------
#
# The Merkle tree of RFC 6962, grown by many leaves at a time in O(log n) memory.

sha256 = hashlib.sha256


def leaf_hashes(leaves: Sequence[bytes]) -> list[bytes]:
    """SHA-256(0x00 || leaf) of each."""
    return [sha256(b"\x00" + leaf).digest() for leaf in leaves]


class Tree:
    """One node a level, or none: the roots of the complete subtrees at the right edge."""

    def __init__(self) -> None:
        self.size = 0
        self._levels: list[bytes | None] = []

    def extend(self, hashes: Sequence[bytes]) -> None:
        """Add leaf hashes, in order."""
        self.size += len(hashes)
        level = 0
        while hashes:
            if level == len(self._levels):
                self._levels.append(None)
            waiting = self._levels[level]
            if waiting is not None:
                hashes = [waiting, *hashes]
            self._levels[level] = hashes[-1] if len(hashes) % 2 else None
            pairs = iter(hashes)
            # an odd one out is dropped here: it waits for its sibling
            hashes = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)]
            level += 1

    def root(self) -> bytes:
        """The root over all leaves so far."""
        root: bytes | None = None
        for node in self._levels:
            if node is not None:
                root = node if root is None else sha256(b"\x01" + node + root).digest()
        return sha256(b"").digest() if root is None else root


# notes ---------------------------------------------------------------------------------------------------------------
#
# Signed notes, their keys, and checkpoints: C2SP signed-note, tlog-checkpoint, tlog-cosignature.

ED25519 = 0x01
COSIGNATURE = 0x04
NOTE_BYTES_MAX = 1_000_000
SIGNATURES_MAX = 100

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


class Key(NamedTuple):
    """A public key of Ed25519 under its name. `kind`: of a log, or of a witness that cosigns."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """SHA-256(name || "\\n" || kind || public)[:4]."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def signed(self, text: str, signature: bytes) -> bool:
        """Whether this key made the signature for the text."""
        message = text.encode()
        if self.kind == COSIGNATURE:
            timestamp, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            if timestamp >= 2**63:
                return False
            message = f"cosignature/v1\ntime {timestamp}\n".encode() + message
        return len(signature) == 64 and signature_is_right(self.public, signature, message)


class Checkpoint(NamedTuple):
    """How many entries a log has, and the root over them."""

    origin: str
    size: int
    root: bytes


def decode_base64(text: str) -> bytes:
    """Standard base64 in its one canonical form. Raises Malformed."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Malformed(f"not base64: {shown(text, 60)}") from None
    if base64.b64encode(data).decode() != text:
        raise Malformed(f"not canonical base64: {shown(text, 60)}")
    return data


def encode_base64(data: bytes) -> str:
    """Standard base64."""
    return base64.b64encode(data).decode()


def decimal(text: str) -> int:
    """A number without sign and leading zeros, below 2^63. Raises Malformed."""
    if not _DECIMAL.fullmatch(text) or int(text) >= 2**63:
        raise Malformed(f"not a number: {shown(text, 60)}")
    return int(text)


def parse_vkey(text: str) -> Key:
    """`<name>+<hex key id>+<base64 of kind and key>`. Raises Malformed."""
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise Malformed(f"not a key: {shown(text)}")
    _check_name(parts[0])
    material = decode_base64(parts[2])
    if len(material) != 33 or material[0] not in (ED25519, COSIGNATURE):
        raise Malformed(f"not a key of a kind known here: {shown(text)}")
    key = Key(parts[0], material[0], material[1:])
    if key.key_id.hex() != parts[1]:
        raise Malformed(f"a key whose id is not its own: {shown(text)}")
    return key


def open_note(data: bytes, keys: Iterable[Key], what: str) -> tuple[str, set[Key]]:
    """The text of a note and the known keys that signed it: at least one.

    Raises Malformed. Contradicted: a known key's signature is wrong. NotEnough: no known key signed.
    """
    if len(data) > NOTE_BYTES_MAX:
        raise Malformed(f"{what}: {len(data)} bytes")
    try:
        head, blank, tail = data.decode().rpartition("\n\n")
    except UnicodeDecodeError:
        raise Malformed(f"{what}: not UTF-8") from None
    text = head + "\n"
    if not blank or not tail.endswith("\n") or any(character < " " and character != "\n" for character in text):
        raise Malformed(f"{what}: not a signed note")
    lines = tail[:-1].split("\n")
    if len(lines) > SIGNATURES_MAX:
        raise Malformed(f"{what}: {len(lines)} signatures")
    known = {(key.name, key.key_id): key for key in keys}
    signed_by: set[Key] = set()
    for line in lines:
        name, signature = _signature(line, what)
        key = known.get((name, signature[:4]))
        if key is None:
            continue  # a signature of somebody unknown says nothing
        if not key.signed(text, signature[4:]):
            raise Contradicted(f"{what}: the signature of {shown(name)} is wrong")
        signed_by.add(key)
    if not signed_by:
        raise NotEnough(f"{what}: no key of the policy has signed it")
    return text, signed_by


def parse_checkpoint(text: str, what: str) -> Checkpoint:
    """The head in the text of a note. Raises Malformed."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise Malformed(f"{what}: not a checkpoint")
    root = decode_base64(lines[2])
    if len(root) != 32:
        raise Malformed(f"{what}: a root of {len(root)} bytes")
    return Checkpoint(lines[0], decimal(lines[1]), root)


def _signature(line: str, what: str) -> tuple[str, bytes]:
    """The name, and the key id with the signature after it."""
    name, space, encoded = line[2:].partition(" ")
    if not line.startswith("\u2014 ") or not space:
        raise Malformed(f"{what}: not a signature line: {shown(line, 80)}")
    _check_name(name)
    signature = decode_base64(encoded)
    if len(signature) < 5:
        raise Malformed(f"{what}: a signature without bytes")
    return name, signature


def _check_name(name: str) -> None:
    if not name or any(character < "!" or character == "+" or character.isspace() for character in name):
        raise Malformed(f"not the name of a key: {shown(name)}")


# policy --------------------------------------------------------------------------------------------------------------
#
# The auditor's own file: whose signatures count, and how many witnesses are wanted (C2SP tlog-policy).

_NONE = "none"
_ODD_OCTET = re.compile(rb"[^\t\n\x20-\x7e\x80-\xff]")


class Policy:
    """Keys of logs, keys of witnesses by name, groups by name (how many of which), and the quorum's name."""

    def __init__(self) -> None:
        self.logs: list[Key] = []
        self.witnesses: dict[str, Key] = {}
        self.groups: dict[str, tuple[int, list[str]]] = {}
        self.quorum = ""
        self._members: set[str] = set()

    def keys_of(self, origin: str) -> list[Key]:
        """The keys of one log."""
        return [key for key in self.logs if key.name == origin]

    def satisfied(self, keys: Iterable[Key]) -> bool:
        """Whether cosignatures by these keys are a quorum."""
        return self.quorum == _NONE or self._satisfied(self.quorum, set(keys))

    def _satisfied(self, name: str, keys: set[Key]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name] in keys
        wanted, members = self.groups[name]
        return sum(self._satisfied(member, keys) for member in members) >= wanted

    def take(self, words: list[str]) -> None:
        """What one line says. Raises Malformed."""
        keyword, count = words[0], len(words) - 1
        if keyword == "log" and count in (1, 2):
            self.logs.append(_distinct(words[1], ED25519, self.logs))
        elif keyword == "witness" and count in (2, 3):
            self._define(words[1])
            self.witnesses[words[1]] = _distinct(words[2], COSIGNATURE, self.witnesses.values())
        elif keyword == "group" and count >= 3:
            self._define(words[1])
            self.groups[words[1]] = self._group(words[2], words[3:])
        elif keyword == "quorum" and count == 1 and not self.quorum:
            if words[1] != _NONE:
                self._known(words[1])
            self.quorum = words[1]
        else:
            raise Malformed(f"not a line of a policy: {shown(' '.join(words))}")

    def _group(self, threshold: str, members: list[str]) -> tuple[int, list[str]]:
        for member in members:
            self._known(member)
            if member in self._members:
                raise Malformed(f"{shown(member)} is a member twice")
            self._members.add(member)
        wanted = {"any": 1, "all": len(members)}.get(threshold, 0)
        if re.fullmatch("[1-9][0-9]{0,5}", threshold):
            wanted = int(threshold)
        if not 1 <= wanted <= len(members):
            raise Malformed(f"{shown(threshold)} of {len(members)} members")
        return wanted, members

    def _define(self, name: str) -> None:
        if name == _NONE or name in self.witnesses or name in self.groups:
            raise Malformed(f"the name {shown(name)} is taken")

    def _known(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise Malformed(f"{shown(name)} is not defined on a line before")


def parse_policy(data: bytes) -> Policy:
    """A policy file. Raises Malformed, with the line."""
    policy = Policy()
    for number, line in enumerate(data.split(b"\n"), 1):
        if _ODD_OCTET.search(line):
            raise Malformed(f"policy, line {number}: a control character")
        words = re.split("[ \t]+", line.decode("utf-8", "surrogateescape").strip(" \t"))
        if words[0] and not words[0].startswith("#"):
            try:
                policy.take(words)
            except (Malformed, UnicodeEncodeError) as error:
                raise Malformed(f"policy, line {number}: {error}") from None
    if not policy.quorum:
        raise Malformed("policy: no quorum line")
    return policy


def _distinct(vkey: str, kind: int, others: Iterable[Key]) -> Key:
    key = parse_vkey(vkey)
    if key.kind != kind:
        raise Malformed(f"a key of type {key.kind} where one of type {kind} belongs")
    if any(key.public == other.public for other in others):
        raise Malformed("the same key twice")
    return key


# archive -------------------------------------------------------------------------------------------------------------
#
# Reading a bundle's files from a folder or a .tar.gz, trusting neither names nor sizes nor lines.
#
# Only names of the format are taken: nothing else, no path upwards, no absolute path, no link, no name
# twice. Files of an archive are copied to a temporary folder under numbers, never under their names.

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


# bundle --------------------------------------------------------------------------------------------------------------
#
# A bundle: files by name, each held against the MANIFEST when it is read.

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


# statement -----------------------------------------------------------------------------------------------------------
#
# The signed statement of a figure, and the header of its rule: what is claimed, and by which question.

FORMAT = "placement-ledger figure v1"
_HEX = re.compile("[0-9a-f]{64}")
_WORD = re.compile("[a-z][a-z0-9_]{0,59}")
_COMMON = ("from", "programme", "region", "to")
_HEADER = ("id", "unit", "member", "measure", "grade", "version", "parameters", "exclusions")
_MEASURES = ("count", "sum", "mean", "median", "rate", "growth", "statement")
_SCALES = {"1": 1, "10": 10, "100": 100, "1000": 1000}


class Input(NamedTuple):
    """The prefix of one log that was counted over."""

    origin: str
    size: int
    root: bytes


class Statement(NamedTuple):
    """What the publisher signed. `claims`: the lines that the verifier has to find itself, in order."""

    publisher: str
    figure: str
    version: int
    rule: str
    schema: str
    grade: str
    parameters: dict[str, str | None]
    inputs: tuple[Input, ...]
    claims: tuple[str, ...]
    supersedes: str | None
    question: str
    sha256: str


class Rule(NamedTuple):
    """A figure's rule: prelude and figure as SQL, and what the figure's header says."""

    prelude: str
    figure: str
    header: dict[str, str]

    def listed(self, name: str) -> list[str]:
        """A header line that lists names."""
        return [item.strip() for item in self.header.get(name, "").split(",") if item.strip()]

    def splits(self) -> list[tuple[str, list[str]]]:
        """Columns by whose values the counted are also shown: `kind = job_fair, online_fair; …`."""
        parts = [part.partition("=") for part in self.header.get("splits", "").split(";") if part.strip()]
        return [(name.strip(), [value.strip() for value in values.split(",")]) for name, _, values in parts]

    def beside(self) -> list[tuple[str, str]]:
        """(column, unit): sums shown beside the value."""
        return [(column, unit) for column, _, unit in (item.partition(" ") for item in self.listed("beside"))]

    def scale(self) -> int:
        """What values and sums are to be divided by: 10 where they are tenths."""
        return _SCALES[self.header.get("scale", "1")]

    def columns(self) -> list[str]:
        """The columns after the seven that every figure has."""
        return [name for name, _ in self.splits()] + [name for name, _ in self.beside()] + self.listed("details")


def parse_statement(text: str) -> Statement:
    """The text of a `figure.note`. Raises Malformed, with the line."""
    lines = _Lines(text)
    if lines.take() != FORMAT:
        raise Malformed(f"figure.note: the first line is not {FORMAT!r}")
    publisher, figure, version = lines.word("publisher"), lines.word("figure"), decimal(lines.word("version"))
    rule, schema, grade = lines.hash("rule"), lines.hash("schema"), lines.word("grade")
    asked, parameters = lines.parameters()
    inputs = []
    while lines.follows("input"):
        parts = lines.word("input").split(" ")
        if len(parts) != 3:
            raise Malformed("figure.note: an input is an origin, a size and a root")
        inputs.append(Input(parts[0], decimal(parts[1]), decode_base64(parts[2])))
    if not inputs or [one.origin for one in inputs] != sorted({one.origin for one in inputs}):
        raise Malformed("figure.note: inputs are one a log, by origin")
    claims = []
    while not lines.follows("supersedes") and not lines.at_end():
        claims.append(lines.take())
    supersedes = lines.hash("supersedes") if not lines.at_end() else None
    if not lines.at_end():
        raise Malformed(f"figure.note: {shown(lines.take())}")
    question = "".join(f"{line}\n" for line in (f"publisher {publisher}", f"figure {figure}", *asked))
    return Statement(
        publisher=publisher,
        figure=figure,
        version=version,
        rule=rule,
        schema=schema,
        grade=grade,
        parameters=parameters,
        inputs=tuple(inputs),
        claims=tuple(claims),
        supersedes=supersedes,
        question=hashlib.sha256(question.encode()).hexdigest(),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


class _Lines:
    """The lines of a statement, one after the other."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        if self._lines.pop() or "" in self._lines:
            raise Malformed("figure.note: an empty line")
        self._lines.reverse()

    def at_end(self) -> bool:
        return not self._lines

    def take(self) -> str:
        if not self._lines:
            raise Malformed("figure.note: it ends too soon")
        return self._lines.pop()

    def follows(self, name: str) -> bool:
        return bool(self._lines) and self._lines[-1].startswith(f"{name} ")

    def word(self, name: str) -> str:
        line = self.take()
        if not line.startswith(f"{name} "):
            raise Malformed(f"figure.note: {shown(line)!r} where {name} belongs")
        return line[len(name) + 1 :]

    def hash(self, name: str) -> str:
        value = self.word(name)
        if not _HEX.fullmatch(value):
            raise Malformed(f"figure.note: {name} is not a SHA-256")
        return value

    def parameters(self) -> tuple[list[str], dict[str, str | None]]:
        """The lines and what they say. A value is a JSON string, or null."""
        asked: list[str] = []
        parameters: dict[str, str | None] = {}
        while self.follows("parameter"):
            asked.append(self._lines[-1])
            name, _, encoded = self.word("parameter").partition(" ")
            try:
                value = json.loads(encoded)
            except (ValueError, RecursionError):
                value = 0
            if not isinstance(value, str | None) or json.dumps(value, ensure_ascii=False) != encoded:
                raise Malformed(f"figure.note: not a parameter: {shown(asked[-1])}")
            if not _WORD.fullmatch(name) or any(name <= other for other in parameters):
                raise Malformed(f"figure.note: parameters are one a name, by name: {shown(name)}")
            parameters[name] = value
        return asked, parameters


def parse_rule(data: bytes) -> Rule:
    """The prelude, and after it the figure, which begins with the line `-- id: …`. Raises Malformed."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Malformed("the rule is not UTF-8") from None
    at = 0 if text.startswith("-- id: ") else text.find("\n-- id: ") + 1
    if not at:
        raise Malformed("the rule has no line `-- id: …`: no figure follows its prelude")
    header: dict[str, str] = {}
    name = ""
    for line in text[at:].splitlines():
        if not line.startswith("--"):
            break
        if line.startswith("--   ") and name:
            header[name] = f"{header[name]} {line[2:].strip()}"
            continue
        name, colon, value = line[2:].strip().partition(":")
        if not colon or name in header:
            raise Malformed(f"the rule's header: {shown(line)}")
        header[name] = value.strip()
    rule = Rule(text[:at], text[at:], header)
    lacking = [name for name in _HEADER if name not in header]
    if header.get("measure") == "statement":
        lacking += [name for name in ("stated_unit", "value_milli") if name not in rule.listed("details")]
    if header.get("measure") == "growth" and header.get("over", "") not in rule.listed("details"):
        lacking.append("over")
    if header.get("scale", "1") not in _SCALES:
        lacking.append("a scale known here")
    if lacking or header["measure"] not in _MEASURES:
        raise Malformed(f"the rule's header lacks {', '.join(lacking) or 'a measure known here'}")
    return rule


def check_question(statement: Statement, rule: Rule) -> None:
    """That the rule is the figure's own and can be asked this. Raises Contradicted, or Malformed: not a date."""
    said = {"id": statement.figure, "version": str(statement.version), "grade": statement.grade}
    for name, value in said.items():
        if rule.header.get(name) != value:
            raise Contradicted(f"figure.note says {name} {shown(value)}, the rule {shown(rule.header.get(name, ''))}")
    declared = rule.listed("parameters")
    own = [name for name in declared if name not in _COMMON]
    if set(statement.parameters) != {*_COMMON, *own}:
        raise Contradicted("figure.note: not the parameters of its rule")
    if "from" not in declared and statement.parameters["from"] is not None:
        raise Contradicted("figure.note: a figure without a beginning has no parameter from")
    for name in own:
        allowed = rule.header.get(name, "")
        if allowed.split("|")[0].strip() == "region prefixes":
            _check_prefixes(name, statement.parameters[name])
            continue
        choices = [choice.split()[0] for choice in allowed.split("|") if choice.strip()]
        if allowed != "any text" and statement.parameters[name] not in choices:
            raise Contradicted(f"figure.note: {name} is none of those in its rule: {shown(allowed)}")
    region = statement.parameters["region"]
    if region is not None and (not re.fullmatch("([0-9]{2}){1,3}", region) or region.endswith("00")):
        raise Malformed(f"figure.note: not a region without trailing 00: {shown(region)}")
    if statement.parameters["to"] is None:
        raise Malformed("figure.note: no parameter to")
    for name in ("from", "to"):
        on = statement.parameters[name]
        if on is not None:
            day_number(on)


def _check_prefixes(name: str, value: str | None) -> None:
    """Region codes without trailing 00 pairs, each once, ascending. Raises Malformed."""
    codes = [] if value is None else value.split(",")
    fits = all(re.fullmatch("([0-9]{2}){1,3}", code) and not code.endswith("00") for code in codes)
    if not fits or codes != sorted(set(codes)):
        raise Malformed(f"figure.note: {name} is no list of regions without trailing 00: {shown(str(value))}")


def day_number(text: str) -> int:
    """Days from 1970-01-01 to a date YYYY-MM-DD. Raises Malformed."""
    try:
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text).toordinal() - 719163
    except ValueError:
        pass
    raise Malformed(f"not a date: {shown(text, 40)}")


# shredding -----------------------------------------------------------------------------------------------------------
#
# From entries to the rows that rules are counted over, as docs/reference/format.md, section 10, has it.
#
# The schema (a file of the bundle, named in the statement) says which fields an event type has. All else
# is fixed: the names of tables and columns, the twins of dates, what does not fit and what follows.

INTEGER_MAX = 2**53 - 1
TEXT_MAX = 600
#: The columns that come from the envelope, in the order in which its members are handed over.
ENVELOPE = ("log", "idx", "agency", "subject", "revision", "recorded")

_TYPE = re.compile(r"[a-z][a-z0-9-]*\.([A-Z][A-Za-z0-9]{0,59})\.v[1-9][0-9]{0,5}")
_FIELD = re.compile("[a-z][a-z0-9_]{0,59}")
_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile("[0-9]{4}-[0-9]{2}")
_SHAPES_MAX = 1_000
_REMEMBERED_MAX = 100_000
_PARKED_MAX = 100_000
_NEXT_DAY_FROM_UTC_HOUR = 16  # Shanghai is eight hours ahead of UTC

Row = tuple[Any, ...]


class Field(NamedTuple):
    """A field of an event: `form` is "text", "integer", "boolean", or the texts that are allowed."""

    name: str
    form: str | tuple[str, ...]
    required: bool

    def takes(self, found: type | None) -> bool:
        """Whether a value of this Python type fits; None: the field is left out."""
        wanted = {"integer": int, "boolean": bool}.get(self.form, str) if isinstance(self.form, str) else str
        if found is None or (found is type(None) and wanted is not bool):
            return not self.required
        return found is wanted


class Shape(NamedTuple):
    """Whether data with certain fields of certain types fits, and what is left to check of its values."""

    fits: bool
    choices: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    integers: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    months: tuple[str, ...] = ()


class EventType:
    """An event type and its table. `columns`: all of them, in order."""

    def __init__(self, table: str, fields: Sequence[Field]) -> None:
        self.table = table
        self.fields = tuple(fields)
        self.twins = {twin_of(field.name): field.name for field in fields if twin_of(field.name)}
        self.columns = (*ENVELOPE, *(field.name for field in fields), *self.twins, "recorded_day")
        if len(set(self.columns)) != len(ENVELOPE) + len(fields) + len(self.twins) + 1:
            raise Malformed(f"schema: {table} has a column twice")
        #: what `shape` gave, by names and types of the fields
        self.shapes: dict[tuple[tuple[str, ...], tuple[type, ...]], Shape] = {}

    def shape(self, names: tuple[str, ...], kinds: tuple[type, ...]) -> Shape:
        """How to check data with these fields of these types."""
        shape = self._shape(dict(zip(names, kinds, strict=True)))
        if len(self.shapes) < _SHAPES_MAX:
            self.shapes[names, kinds] = shape
        return shape

    def _shape(self, types: dict[str, type]) -> Shape:
        if not all(field.takes(types.get(field.name)) for field in self.fields):
            return Shape(False)
        if types.keys() - {field.name for field in self.fields}:
            return Shape(False)
        present = [field for field in self.fields if types.get(field.name, type(None)) is not type(None)]
        return Shape(
            True,
            choices=tuple((field.name, field.form) for field in present if not isinstance(field.form, str)),
            integers=tuple(field.name for field in present if field.form == "integer"),
            references=tuple(field.name for field in present if field.name in ("person", "into")),
            days=tuple(field.name for field in present if twin_of(field.name).endswith("_day")),
            months=tuple(field.name for field in present if field.name == "month"),
        )


def twin_of(field: str) -> str:
    """`signed_on` → `signed_day`, `month` → `month_no`; others have none."""
    return f"{field[:-3]}_day" if field.endswith("_on") else "month_no" if field == "month" else ""


def parse_schema(data: bytes) -> dict[str, EventType]:
    """Event types by name: `{"<type>": [["<field>", "<form>" or [texts], required], …], …}`. Raises Malformed."""
    try:
        schema = json.loads(data.decode())
        types = {}
        tables: dict[str, tuple[Field, ...]] = {}
        for name, fields in schema.items():
            match = _TYPE.fullmatch(name)
            if match is None:
                raise Malformed(f"schema: not the name of an event type: {shown(name)}")
            table = re.sub(r"(?<!^)(?=[A-Z])", "_", match[1]).lower()
            types[name] = EventType(table, [_field(*field) for field in fields])
            if tables.setdefault(table, types[name].fields) != types[name].fields:
                raise Malformed(f"schema: two types of one table {table} that differ")
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Malformed(f"schema: {shown(str(error))}") from None
    return types


def _field(name: str, form: object, required: object) -> Field:
    texts = tuple(form) if isinstance(form, list) else ()
    known = form in ("text", "integer", "boolean") or (texts and all(isinstance(text, str) for text in texts))
    if not _FIELD.fullmatch(name) or not (known and isinstance(required, bool)) or (twin_of(name) and form != "text"):
        raise Malformed(f"schema: not a field: {shown(repr((name, form, required)))}")
    return Field(name, texts or str(form), required)


class Remembered(dict[Any, Any]):
    """What a function gives, remembered for the values seen last. None gives None."""

    def __init__(self, function: Callable[[str], int]) -> None:
        super().__init__({None: None})
        self._function = function

    def __missing__(self, text: str) -> int:
        if len(self) > _REMEMBERED_MAX:
            self.clear()
            self[None] = None
        value = self[text] = self._function(text)
        return value


def day_of(text: str) -> int:
    """Days from 1970-01-01 to YYYY-MM-DD. Raises ValueError."""
    if not _DATE.fullmatch(text):
        raise ValueError(f"not a date: {shown(text, 40)}")
    return date.fromisoformat(text).toordinal() - 719163


def month_of(text: str) -> int:
    """year * 12 + month - 1 of YYYY-MM. Raises ValueError."""
    if not _MONTH.fullmatch(text):
        raise ValueError(f"not a month: {shown(text, 40)}")
    first = date.fromisoformat(f"{text}-01")
    return first.year * 12 + first.month - 1


def shanghai_day_of(hour: str) -> int:
    """The day in Shanghai of a time in UTC, of which `YYYY-MM-DDThh` is given. Raises ValueError."""
    if len(hour) != 13 or hour[10] != "T":
        raise ValueError(f"not a time: {shown(hour, 40)}")
    return day_of(hour[:10]) + (int(hour[11:]) >= _NEXT_DAY_FROM_UTC_HOUR)


class Shredder:
    """Turns entries, in order, into rows of the wanted columns, and parks what has none.

    `wanted`: table → the columns a rule reads. `columns`: of each table, the columns in the order of
    `rows`, which whoever takes the rows empties.
    """

    def __init__(self, types: Mapping[str, EventType], wanted: Mapping[str, set[str]]) -> None:
        self.parked = 0
        self.rows: dict[str, list[Row]] = {table: [] for table in wanted}
        self.columns: dict[str, tuple[str, ...]] = {}
        self._types = types
        self._blocked: set[str] = set()
        self._days, self._months = Remembered(day_of), Remembered(month_of)
        self._recorded_days = Remembered(shanghai_day_of)
        self._builders: dict[str, Callable[[Row, Mapping[str, Any]], Row]] = {}
        for name, kind in types.items():
            if kind.table in wanted:
                self._builders[name] = self._builder(kind, wanted[kind.table])

    def begin(self) -> None:
        """Another log follows."""
        self._blocked.clear()

    def take(self, members: Row, data: Any, blemish: str) -> None:
        """One entry: a row, or it is parked. `members`: its envelope; `blemish`: why it has no row, if so.

        Raises NotEnough: too many streams cannot be read.
        """
        subject, type_ = members[3], members[7]
        kind = self._types.get(type_)
        try:
            if kind is not None and self._fits(kind, data) and len(subject) <= TEXT_MAX and not blemish:
                # a time that is none raises ValueError, as a date does
                self._recorded_days[members[5][:13]]
                if not (self._blocked and subject in self._blocked):
                    builder = self._builders.get(type_)
                    if builder is not None:
                        self.rows[kind.table].append(builder(members, data))
                    return
        except ValueError:
            pass
        self.parked += 1
        self._blocked.add(subject)
        if len(self._blocked) > _PARKED_MAX:
            raise NotEnough(f"over {_PARKED_MAX} streams of {shown(members[0])} cannot be read")

    def _fits(self, kind: EventType, data: Any) -> bool:
        """Whether data fits its type; a date that is none raises ValueError."""
        if data.__class__ is not dict:
            return False
        made_of = tuple(data), tuple(map(type, data.values()))
        fits, choices, integers, references, days, months = kind.shapes.get(made_of) or kind.shape(*made_of)
        if not fits:
            return False
        for name, allowed in choices:
            if data[name] not in allowed:
                return False
        for name in integers:
            if not -INTEGER_MAX <= data[name] <= INTEGER_MAX:
                return False
        for name in references:
            if len(data[name]) > TEXT_MAX:
                return False
        for name in days:
            self._days[data[name]]
        for name in months:
            self._months[data[name]]
        return True

    def _builder(self, kind: EventType, wanted: set[str]) -> Callable[[Row, Mapping[str, Any]], Row]:
        """A function from an entry's envelope and data to its place and the wanted columns."""
        of_envelope = [name for name in ENVELOPE if name in wanted | {"log", "idx"}]
        flags = [field.name for field in kind.fields if field.name in wanted and field.form == "boolean"]
        plain = [field.name for field in kind.fields if field.name in wanted and field.name not in flags]
        twins = [twin for twin in kind.twins if twin in wanted]
        recorded_day = ["recorded_day"] if "recorded_day" in wanted else []
        self.columns[kind.table] = (*of_envelope, *plain, *flags, *twins, *recorded_day)
        place = itemgetter(*map(ENVELOPE.index, of_envelope))
        dated = [(kind.twins[twin], self._months if twin == "month_no" else self._days) for twin in twins]

        def build(members: Row, data: Mapping[str, Any]) -> Row:
            get = data.get
            return (
                *place(members),
                *[get(name) for name in plain],
                *[1 if get(name) else 0 for name in flags],
                *[numbers[get(name)] for name, numbers in dated],
                *[self._recorded_days[members[5][:13]] for _ in recorded_day],
            )

        return build


# streams -------------------------------------------------------------------------------------------------------------
#
# Whether the ids of a log are unique and the revisions of its streams without gaps, whatever its size.
#
# Of each entry a fingerprint of its id is put down, and one of its subject with the revision. Those of a
# large log are dealt out to files by their lowest bits, so that equal ones come together and one deal fits
# in memory. Two texts may share a fingerprint by chance: `suspects` are looked at in the entries themselves.

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


# replay --------------------------------------------------------------------------------------------------------------
#
# One log, from its first entry to its last: hashed, put in its tree, held against its own envelope.
#
# Memory stays small whatever the size of the log: entries pass by in blocks.

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


# rules ---------------------------------------------------------------------------------------------------------------
#
# The database of one check: a SQLite file in a temporary folder, and a stranger's rule run in it.
#
# A rule may read the event tables and the cut, and nothing else: no other table, no other file, no
# function that could give another answer tomorrow, no end of memory or time.

#: What every figure returns first.
COLUMNS = ("key", "person", "value", "counted", "reason", "log", "idx")
SECONDS_MAX = 3600.0

_CACHE_KIB = 24 * 1024
_HEAP_BYTES_MAX = 120 << 20
_TEXT_BYTES_MAX = 4 << 20
_STEPS_BETWEEN_LOOKS = 1_000_000
_FUNCTIONS = frozenset(
    "abs avg coalesce count cume_dist dense_rank first_value ifnull iif instr lag last_value lead length like lower"
    " ltrim max min nth_value ntile nullif percent_rank rank replace row_number rtrim sign substr substring sum"
    " total trim unicode upper".split()
)


def limit_memory() -> None:
    """Of this process, for all that SQLite does in it."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"PRAGMA hard_heap_limit = {_HEAP_BYTES_MAX}").fetchall()


class Database:
    """Event tables, the cut, and what was counted."""

    def __init__(self, folder: Path, types: Mapping[str, EventType]) -> None:
        # sorting and what a statement keeps aside go where there is room, not into memory
        os.environ["SQLITE_TMPDIR"] = str(folder)
        self._connection = sqlite3.connect(folder / "check.db", isolation_level=None)
        for pragma in (
            "journal_mode = OFF",
            "synchronous = OFF",
            "temp_store = FILE",
            f"cache_size = -{_CACHE_KIB}",
            "trusted_schema = OFF",
        ):
            self._connection.execute(f"PRAGMA {pragma}").fetchall()
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _TEXT_BYTES_MAX)
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        self._tables = {kind.table: kind for kind in types.values()}
        self._connection.execute("CREATE TABLE cut (log TEXT PRIMARY KEY, size INTEGER)")
        for table, kind in self._tables.items():
            try:
                self._connection.execute(f"CREATE TABLE {_quoted(table)} ({', '.join(map(_quoted, kind.columns))})")
            except sqlite3.Error as error:
                raise Malformed(f"schema: {shown(str(error))}") from None
        self._connection.execute("CREATE TABLE _counted (person TEXT, value INTEGER)")
        self._read: dict[str, set[str]] = {}

    def close(self) -> None:
        """Its file goes with the folder."""
        self._connection.close()

    def put_counted(self, counted: list[tuple[str | None, int | None]]) -> None:
        """Put down (person, value) of counted members."""
        self._connection.execute("BEGIN")
        self._connection.executemany("INSERT INTO _counted VALUES (?, ?)", counted)
        self._connection.execute("COMMIT")

    def persons(self) -> int:
        """Distinct persons among the counted."""
        count: int = self._connection.execute("SELECT COUNT(DISTINCT person) FROM _counted").fetchone()[0]
        return count

    def value_at(self, place: int) -> int:
        """The counted value at a place, smallest first."""
        query = "SELECT value FROM _counted ORDER BY value LIMIT 1 OFFSET ?"
        value: int = self._connection.execute(query, (place,)).fetchone()[0]
        return value

    def put_cut(self, cut: Mapping[str, int]) -> None:
        """How much of each log is counted over."""
        self._connection.executemany("INSERT INTO cut VALUES (?, ?)", sorted(cut.items()))

    def put_rows(self, shredder: Shredder) -> None:
        """Store the rows that have come together, and forget them."""
        for table, rows in shredder.rows.items():
            if rows:
                columns = shredder.columns[table]
                marks = ", ".join("?" * len(columns))
                names = ", ".join(map(_quoted, columns))
                self._connection.execute("BEGIN")
                self._connection.executemany(f"INSERT INTO {_quoted(table)} ({names}) VALUES ({marks})", rows)
                self._connection.execute("COMMIT")
                rows.clear()

    def index(self, columns: Mapping[str, tuple[str, ...]]) -> None:
        """What rules look rows up by: streams, persons, and the entries that were retracted."""
        for table, names in columns.items():
            for key in (("subject",), ("person",), ("log", "entry"), ("into",)):
                if set(key) <= set(names):
                    on = ", ".join(map(_quoted, key))
                    self._connection.execute(
                        f"CREATE INDEX {_quoted('_'.join((table, *key)))} ON {_quoted(table)} ({on})"
                    )
        self._connection.execute("ANALYZE")

    def columns_read(self, rule: Rule, parameters: Mapping[str, Any]) -> dict[str, set[str]]:
        """The columns of event tables that the rule looks at. Raises Malformed: it cannot be run."""
        self._read.clear()
        for _ in self._run(rule, "EXPLAIN ", "SELECT * FROM members", parameters):
            pass
        if coverage := rule.header.get("coverage"):
            for _ in self._run(rule, "EXPLAIN ", f"SELECT * FROM {_quoted(coverage)}", parameters):
                pass
        return {table: columns for table, columns in self._read.items() if table != "cut"}

    def members(self, rule: Rule, parameters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
        """The rows of a rule, by key, log and index. Raises Malformed, NotEnough."""
        return self._run(rule, "", "SELECT * FROM members ORDER BY key, log, idx", parameters)

    def possible(self, rule: Rule, parameters: Mapping[str, Any]) -> int:
        """How many members there could have been: what a mean covers. Raises Malformed, NotEnough."""
        rows = list(self._run(rule, "", f"SELECT * FROM {_quoted(rule.header['coverage'])} LIMIT 2", parameters))
        if len(rows) != 1 or len(rows[0]) != 1 or not isinstance(rows[0][0], int):
            raise Malformed("the rule's coverage is not one number")
        return rows[0][0]

    def _run(self, rule: Rule, before: str, after: str, parameters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
        text = f"{before}WITH RECURSIVE {rule.prelude},\nmembers AS (\n{rule.figure}\n)\n{after}"
        deadline = time.monotonic() + SECONDS_MAX
        self._connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
        self._connection.set_authorizer(self._allow)
        try:
            try:
                cursor = self._connection.execute(text, parameters)
            finally:
                self._connection.set_authorizer(None)
            names = [column[0] for column in cursor.description]
            if not before and "FROM members" in after and names != [*COLUMNS, *rule.columns()]:
                raise Malformed(f"the rule does not return the columns of its header: {shown(', '.join(names))}")
            yield from cursor
        except (sqlite3.Error, sqlite3.Warning) as error:
            if "interrupted" in str(error):
                raise NotEnough(f"the rule took over {SECONDS_MAX:.0f} seconds") from None
            raise Malformed(f"the rule cannot be run: {shown(str(error))}") from None
        except MemoryError:
            raise NotEnough(f"the rule needs more than {_HEAP_BYTES_MAX} bytes of memory") from None
        finally:
            self._connection.set_progress_handler(None, 0)

    def _allow(self, action: int, first: str | None, second: str | None, *_: str | None) -> int:
        if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE):
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_READ and (first in self._tables or first == "cut"):
            self._read.setdefault(first or "", set()).add(second or "log")
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _FUNCTIONS:
            return sqlite3.SQLITE_OK
        return sqlite3.SQLITE_DENY


def bound_parameters(statement: Statement) -> dict[str, Any]:
    """What a rule is given: days as numbers, texts as they are."""
    bound: dict[str, Any] = {name: value for name, value in statement.parameters.items() if name not in ("from", "to")}
    for name in ("from", "to"):
        on = statement.parameters[name]
        bound[f"{name}_day"] = None if on is None else day_number(on)
    return bound


def check_member(rule: Rule, row: tuple[Any, ...], exclusions: list[str]) -> None:
    """The laws of a member: counted, or left out for one of the reasons. Raises Contradicted."""
    key, person, value, counted, reason, log, index = row[:7]
    fits = (
        isinstance(key, str)
        and isinstance(person, str | None)
        and isinstance(value, int | None)
        and counted in (0, 1)
        and isinstance(log, str)
        and isinstance(index, int)
        and all(isinstance(detail, str | int | None) for detail in row[7:])
    )
    if not fits or (reason is None) != (counted == 1) or (reason is not None and reason not in exclusions):
        raise Contradicted(f"the rule {shown(rule.header['id'])} breaks its own laws: {shown(repr(row))}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', "") + '"'


# counting ------------------------------------------------------------------------------------------------------------
#
# From a rule to its members, and from the members to the lines of the statement.

_ROWS = 4_096


def count(bundle: Bundle, rule: Rule, parameters: dict[str, Any], database: Database, parked: int) -> list[str]:
    """Run the rule, hold its members against members.jsonl, and give the lines a statement must have of them.

    Raises Contradicted: another member is given, or the rule breaks its laws. Malformed, NotEnough.
    """
    tally = Tally(rule)
    rows = database.members(rule, parameters)
    with bundle.lines("members.jsonl") as lines:
        given = _Given(lines)
        while batch := [row for _, row in zip(range(_ROWS), rows, strict=False)]:
            written: dict[bool, list[bytes]] = {True: [], False: []}
            counted: list[tuple[str | None, int | None]] = []
            for row in batch:
                check_member(rule, row, tally.exclusions)
                line = tally.take(row)
                given.expect(line)
                written[row[3] == 1].append(line)
                if row[3] == 1:
                    counted.append((row[1], row[2]))
            tally.counted.extend(leaf_hashes(written[True]))
            tally.excluded.extend(leaf_hashes(written[False]))
            database.put_counted(counted)
        given.end()
        lines.done()
    return tally.lines(database, parameters, parked)


def compare(claimed: Iterable[str], found: list[str]) -> None:
    """Raises Contradicted with the first line that is not so."""
    claims = list(claimed)
    for at in range(max(len(claims), len(found))):
        says = claims[at] if at < len(claims) else "the end"
        gives = found[at] if at < len(found) else "no more"
        if says != gives:
            raise Contradicted(f"figure.note says {shown(says)}, but counting gives {shown(gives)}")


class Tally:
    """What the members of a figure add up to. `counted`, `excluded`: the trees over their lines."""

    def __init__(self, rule: Rule) -> None:
        self.exclusions = rule.listed("exclusions")
        self.counted, self.excluded = Tree(), Tree()
        self._rule = rule
        self._columns = rule.columns()
        self._reasons = dict.fromkeys(self.exclusions, 0)
        self._splits = {name: dict.fromkeys(values, 0) for name, values in rule.splits()}
        self._beside = {column: 0 for column, _ in rule.beside()}
        self._sum = 0
        self._over = 0
        self._last: dict[str, Any] = {}

    def take(self, row: tuple[Any, ...]) -> bytes:
        """A member: its line in members.jsonl. Raises Contradicted: a part the rule does not name."""
        key, person, value, _, reason, log, index = row[:7]
        details = dict(zip(self._columns, row[7:], strict=True))
        if reason is not None:
            self._reasons[reason] += 1
        else:
            self._sum += value or 0
            self._last = details
            for name, parts in self._splits.items():
                if details[name] not in parts:
                    raise Contradicted(f"a {name} that the rule does not name: {shown(str(details[name]))}")
                parts[details[name]] += 1
            for column in self._beside:
                self._beside[column] += _number(details[column])
            if self._rule.header["measure"] == "growth":
                self._over += _number(details[self._rule.header["over"]])
        member = {
            "counted": reason is None,
            "details": details,
            "index": index,
            "key": key,
            "log": log,
            "person": person,
            "reason": reason,
            "value": value,
        }
        return json.dumps(member, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    def lines(self, database: Database, parameters: dict[str, Any], parked: int) -> list[str]:
        """The lines of a statement after its inputs."""
        header, counted, excluded = self._rule.header, self.counted.size, self.excluded.size
        found = [
            f"matched {counted + excluded}",
            f"counted {counted} {encode_base64(self.counted.root())}",
            f"excluded {excluded} {encode_base64(self.excluded.root())}",
            *(f"reason {reason} {count}" for reason, count in sorted(self._reasons.items()) if count),
            *(f"split {name} {part} {count}" for name, parts in self._splits.items() for part, count in parts.items()),
            *(
                f"beside {_decimal(self._beside[column], self._rule.scale())} {_quoted_text(unit)}"
                for column, unit in self._rule.beside()
            ),
            f"persons {counted if header['member'] == 'person' else database.persons()}",
            f"sum {self._sum}",
        ]
        median = "none"
        if header["measure"] in ("mean", "median"):
            middle = [database.value_at((counted - 1) // 2), database.value_at(counted // 2)] if counted else []
            median = _half_up(sum(middle), len(middle))
            found.append(f"median {median}")
        if "coverage" in header:
            found.append(f"coverage {counted}/{database.possible(self._rule, parameters)}")
        unit, value = header["unit"], self._value(median)
        if header["measure"] == "statement" and counted == 1:
            unit, value = str(self._last["stated_unit"]), _decimal(_number(self._last["value_milli"]), 1000)
        return [*found, f"parked {parked}", f"unit {_quoted_text(unit)}", f"value {value}"]

    def _value(self, median: str) -> str:
        counted, measure = self.counted.size, self._rule.header["measure"]
        if measure == "count":
            return str(counted)
        if measure == "sum":
            return _decimal(self._sum, self._rule.scale())
        if measure == "median":
            return median
        if measure == "growth":
            return f"{self._sum}/{self._over}"
        if measure == "mean":
            return _half_up(self._sum, counted)
        if measure == "rate":
            base = counted + sum(self._reasons[reason] for reason in self._rule.listed("base_reasons"))
            return f"{counted}/{base}"
        return "none"


class _Given:
    """The lines of members.jsonl, held against those that were found."""

    def __init__(self, lines: BundleLines) -> None:
        self._lines = lines
        self._waiting: list[bytes] = []
        self._number = 0

    def expect(self, line: bytes) -> None:
        given = self._next()
        if given != line:
            raise Contradicted(f"members.jsonl, line {self._number}: {_cut(given)}, but counting gives {_cut(line)}")

    def end(self) -> None:
        given = self._next()
        if given is not None:
            raise Contradicted(f"members.jsonl, line {self._number}: {_cut(given)}, but counting gives no more")

    def _next(self) -> bytes | None:
        self._number += 1
        if not self._waiting:
            self._waiting = self._lines.block(MEMBER_BYTES_MAX)[1][::-1]
        return self._waiting.pop() if self._waiting else None


def _cut(line: bytes | None) -> str:
    return "the end" if line is None else shown(line.decode("utf-8", "replace"), 400)


def _half_up(total: int, n: int) -> str:
    """The mean of n values, rounded half up."""
    return str((2 * total + n) // (2 * n)) if n else "none"


def _number(value: object) -> int:
    if value is not None and not isinstance(value, int):
        raise Contradicted(f"the rule gives no number where one belongs: {shown(repr(value))}")
    return value or 0


def _decimal(parts: int, scale: int) -> str:
    """Tenths, thousandths, … in whole units, without trailing zeros."""
    whole, rest = divmod(parts, scale)
    return f"{whole}.{rest:0{len(str(scale)) - 1}d}".rstrip("0") if rest else str(whole)


def _quoted_text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


# kept ----------------------------------------------------------------------------------------------------------------
#
# What an auditor keeps from one check to the next: heads of logs, and statements.


class Kept:
    """Lines `log <origin> <size> <root>` and `statement <question> <statement>`, oldest first."""

    def __init__(self, data: bytes = b"") -> None:
        self._heads: dict[str, dict[int, Checkpoint]] = {}
        self._statements: dict[str, str] = {}
        for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
            words = line.split(" ")
            if words[0] == "log" and len(words) == 4:
                self._keep(Checkpoint(words[1], decimal(words[2]), decode_base64(words[3])))
            elif words[0] == "statement" and len(words) == 3:
                self._statements[words[1]] = words[2]
            elif line and not line.startswith("#"):
                raise Malformed(f"kept, line {number}: {shown(line)}")

    def heads(self, origin: str) -> list[Checkpoint]:
        """The heads kept of a log, by size."""
        return [head for _, head in sorted(self._heads.get(origin, {}).items())]

    def beyond(self, head: Checkpoint) -> list[str]:
        """What cannot be compared: heads kept that are of more entries than the bundle has."""
        return [
            f"{head.origin}: {kept.size} entries were known before, and the bundle has {head.size}"
            for kept in self.heads(head.origin)
            if kept.size > head.size
        ]

    def check_statement(self, statement: Statement) -> None:
        """Raises Contradicted: the same question was answered before, and this answer does not supersede that one."""
        before = self._statements.get(statement.question)
        if before not in (None, statement.sha256, statement.supersedes):
            raise Contradicted(f"another statement was kept for the same question, {before}, and this one ignores it")

    def add(self, statement: Statement, heads: Iterable[Checkpoint]) -> None:
        """Keep what was proven."""
        self._statements[statement.question] = statement.sha256
        for head in heads:
            self._keep(head)

    def encode(self) -> bytes:
        """The bytes of a file."""
        lines = [
            f"log {head.origin} {head.size} {encode_base64(head.root)}"
            for origin in sorted(self._heads)
            for head in self.heads(origin)
        ]
        lines += [f"statement {question} {statement}" for question, statement in sorted(self._statements.items())]
        return "".join(f"{line}\n" for line in lines).encode()

    def _keep(self, head: Checkpoint) -> None:
        other = self._heads.setdefault(head.origin, {}).setdefault(head.size, head)
        if other != head:
            raise Contradicted(f"two roots of {shown(head.origin)} for {head.size} entries were kept")


# published -----------------------------------------------------------------------------------------------------------
#
# The publisher's own log: whether it gave one answer to one question, or two.

_PUBLISHED = re.compile(r"[a-z][a-z0-9-]*\.Figure(Published|Restated)\.v[1-9][0-9]*")


class Answer(NamedTuple):
    """A statement as an entry of the publisher's log has it."""

    place: int
    sha256: str
    supersedes: str | None


class Publications:
    """All answers to the question of one statement, in the order of the publisher's log."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._answers: list[Answer] = []
        self._entries = 0

    def take(self, type: str, index: int, data: Any) -> None:
        """An entry of the publisher's log. What is no statement is passed over."""
        self._entries = index + 1
        note = data.get("statement") if isinstance(data, dict) and _PUBLISHED.fullmatch(type) else None
        if not isinstance(note, str):
            return
        try:
            other = parse_statement(note.rpartition("\n\n")[0] + "\n")
        except Malformed:
            return
        if other.question == self._statement.question:
            self._answers.append(Answer(index, other.sha256, other.supersedes))

    def check(self) -> None:
        """Raises Contradicted: an answer that does not say that it supersedes the one before it."""
        last: Answer | None = None
        for answer in self._answers:
            if last is not None and last.sha256 not in (answer.sha256, answer.supersedes):
                raise Contradicted(
                    f"{self._statement.publisher}, entry {answer.place}: a second answer to the question of entry "
                    f"{last.place}, without restating it"
                )
            last = answer

    def unproven(self) -> list[str]:
        """What this log does not prove of the statement."""
        mine = self._statement.sha256
        if not self._entries:
            return ["别无其他公布值 that the publisher gave no other answer (its log is not in the bundle)"]
        if mine not in [answer.sha256 for answer in self._answers]:
            return [f"确已公布 that the statement was published (it is not among {self._entries} entries of its log)"]
        if self._answers[-1].sha256 != mine:
            return [f"至今有效 that it still stands: it was restated by entry {self._answers[-1].place} of its log"]
        return []


# check ---------------------------------------------------------------------------------------------------------------
#
# The steps of a check, from the auditor's policy to the value: each believes only what the one before proved.


class Proven(NamedTuple):
    """A statement that was counted again and found to be so; `lacking`: what the auditor asks for besides."""

    statement: Statement
    checkpoints: dict[str, Checkpoint]
    unproven: list[str]
    lacking: list[str]


class Signed(NamedTuple):
    """The checkpoint of a log of the bundle, and the names of those of the policy who cosigned it."""

    folder: str
    checkpoint: Checkpoint
    witnesses: list[str]


def check(bundle: Bundle, policy: Policy, kept: Kept, folder: Path, say: Callable[[str, str], None]) -> Proven:
    """Check a bundle. `folder`: empty, for the database; `say(what, how)`: told after each step.

    Raises Contradicted, NotEnough, Malformed.
    """
    statement = _statement(bundle, policy)
    say("statement", f"{statement.figure} v{statement.version}, signed by {statement.publisher}")
    rule = parse_rule(_named(bundle, statement.rule, "sql"))
    types = parse_schema(_named(bundle, statement.schema, "json"))
    check_question(statement, rule)
    say("rule", f"{statement.rule} over the schema {statement.schema}")

    lacking: list[str] = []
    heads = [_signed(bundle, policy, name, lacking) for name in bundle.logs()]
    logs = {signed.checkpoint.origin: signed for signed in heads}
    for asked in statement.inputs:
        if asked.origin not in logs:
            raise NotEnough(f"the bundle has no log {shown(asked.origin)}, which was counted over")
        if asked.size > logs[asked.origin].checkpoint.size:
            raise Contradicted(
                f"figure.note: {asked.size} entries of {asked.origin}, but its checkpoint is of "
                f"{logs[asked.origin].checkpoint.size}"
            )

    database = Database(folder, types)
    try:
        parameters = bound_parameters(statement)
        database.put_cut({one.origin: one.size for one in statement.inputs})
        shredder = Shredder(types, database.columns_read(rule, parameters))
        publications = Publications(statement)
        for origin, signed in sorted(logs.items()):
            _replay(bundle, statement, signed, kept, database, shredder, publications, folder)
            by = f", cosigned by {', '.join(signed.witnesses)}" if signed.witnesses else ""
            say("log", f"{origin}: {signed.checkpoint.size} entries, root {encode_base64(signed.checkpoint.root)}{by}")
        database.index(shredder.columns)
        found = count(bundle, rule, parameters, database, shredder.parked)
        compare(statement.claims, found)
        for line in found:
            say(*line.split(" ", 1))
    finally:
        database.close()
    bundle.check_rest()
    publications.check()
    kept.check_statement(statement)
    for head in heads:
        lacking += kept.beyond(head.checkpoint)
    unproven = _unproven(statement, policy, kept, publications, shredder.parked)
    return Proven(statement, {origin: signed.checkpoint for origin, signed in logs.items()}, unproven, lacking)


def _statement(bundle: Bundle, policy: Policy) -> Statement:
    """The statement, signed by the publisher it names with a key of the policy."""
    note = bundle.read("figure.note")
    text, signed_by = open_note(note, policy.logs, "figure.note")
    statement = parse_statement(text)
    if statement.publisher not in {key.name for key in signed_by}:
        raise NotEnough(f"figure.note: not signed by its publisher {shown(statement.publisher)}")
    return statement


def _named(bundle: Bundle, sha256: str, suffix: str) -> bytes:
    """A file that is called after what it holds."""
    name = f"rules/{sha256}.{suffix}"
    data = bundle.read(name)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Contradicted(f"{name}: holds something else than its name says")
    return data


def _signed(bundle: Bundle, policy: Policy, folder: str, lacking: list[str]) -> Signed:
    """The checkpoint of a log, signed by it with a key of the policy. What the quorum lacks goes to `lacking`."""
    name = f"logs/{folder}/checkpoint"
    data = bundle.read(name)
    claimed = data.decode("utf-8", "replace").split("\n")[0]
    if hashlib.sha256(claimed.encode()).hexdigest() != folder:
        raise Contradicted(f"{name}: is of {shown(claimed)}, not of the log its folder is named after")
    keys = policy.keys_of(claimed)
    if not keys:
        raise NotEnough(f"the policy has no key of {shown(claimed)}")
    text, signed_by = open_note(data, [*keys, *policy.witnesses.values()], name)
    if not signed_by & set(keys):
        raise NotEnough(f"{name}: not signed by {shown(claimed)} itself")
    cosigners: set[Key] = {key for key in signed_by if key.kind == COSIGNATURE}
    witnesses = [name for name, key in policy.witnesses.items() if key in cosigners]
    if not policy.satisfied(cosigners):
        lacking.append(f"{claimed}: cosigned by {', '.join(witnesses) or 'nobody'}, which is no quorum {policy.quorum}")
    return Signed(folder, parse_checkpoint(text, name), witnesses)


def _replay(
    bundle: Bundle,
    statement: Statement,
    signed: Signed,
    kept: Kept,
    database: Database,
    shredder: Shredder,
    publications: Publications,
    folder: Path,
) -> None:
    """Read a log: its tree, its envelopes, its rows."""
    origin, size, root = signed.checkpoint
    counted = next((one for one in statement.inputs if one.origin == origin), None)
    upto = counted.size if counted else 0
    remembered = {one.size: one.root for one in kept.heads(origin) if one.size <= size}

    def take(members: Row, data: Any, blemish: str) -> None:
        if members[1] < upto:
            shredder.take(members, data, blemish)
        if origin == statement.publisher:
            publications.take(members[7], members[1], data)

    plain = upto == size and origin != statement.publisher
    shredder.begin()
    seen = Fingerprints(folder, size)
    sizes = [0, size, upto, *remembered]
    replay = LogReplay(origin, sizes, seen, shredder.take if plain else take, lambda: database.put_rows(shredder))
    entries = f"logs/{signed.folder}/entries.jsonl"
    with bundle.lines(entries) as lines:
        replay.run(lines)
        replay.expect(size, root, "its checkpoint")
        lines.done()
    if counted:
        replay.expect(upto, counted.root, "figure.note")
    for at, was in sorted(remembered.items()):
        replay.expect(at, was, "what was kept")
    suspects = seen.suspects()
    if any(suspects):
        with bundle.lines(entries) as lines:
            look_at(origin, lines, *suspects)


def _unproven(statement: Statement, policy: Policy, kept: Kept, publications: Publications, parked: int) -> list[str]:
    """What a reader must not take for proven."""
    unproven = [
        "各机构所记属实 that what the agencies recorded is true",
        "规则和字段表是约定的那一份 that the rule and the schema are those agreed upon",
    ]
    if policy.quorum == "none":
        unproven.append("他人所见日志相同 that others are shown the same logs (no witnesses asked for)")
    if unknown := [one.origin for one in statement.inputs if not kept.heads(one.origin)]:
        unproven.append(
            f"此前未改写 that nothing was rewritten before this in {', '.join(unknown)} (nothing kept from last time)"
        )
    unproven += publications.unproven()
    if parked:
        unproven.append(f"{parked} 条无法读取 what {parked} entries say that nobody could read")
    return unproven


# cli -----------------------------------------------------------------------------------------------------------------
#
# The command: arguments in, one verdict out.

_FILE_BYTES_MAX = 8 << 20
_LINE_MAX = 4_000
_FIGURE = "该指标 the figure"


def main(arguments: list[str] | None = None) -> int:
    """Check a bundle and say what was found. Returns the exit code: 0 proven, or that of the finding."""
    asked = _parser().parse_args(arguments)
    try:
        policy = parse_policy(_read(asked.policy))
        kept = Kept(_read(asked.kept)) if asked.kept else Kept()
        with tempfile.TemporaryDirectory(prefix="verify-") as temporary:
            unpacked, database = Path(temporary, "bundle"), Path(temporary, "database")
            unpacked.mkdir()
            database.mkdir()
            proven = check(Bundle(asked.bundle, unpacked), policy, kept, database, _say)
        if proven.lacking:
            raise NotEnough("; ".join(proven.lacking))
        if asked.keep:
            kept.add(proven.statement, proven.checkpoints.values())
            _write(asked.keep, kept.encode())
    except Finding as finding:
        return _end(finding.code, f"{finding.verdict}: {finding}", [_FIGURE])
    except OSError as error:
        return _end(Malformed.code, f"{Malformed.verdict}: {shown(str(error))}", [_FIGURE])
    except Exception as error:  # noqa: BLE001 - Python would exit with 1, which means contradicted
        traceback.print_exc()
        return _end(Malformed.code, f"{Malformed.verdict}: {type(error).__name__}: {shown(str(error))}", [_FIGURE])
    return _end(0, f"已证实 PROVEN: {_answer(proven)}", proven.unproven)


def alone() -> int:
    """The command as a program of its own: bounded in memory, and quiet when whoever reads it goes away."""
    limit_memory()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    return main()


def _answer(proven: Proven) -> str:
    claims = dict(line.partition(" ")[::2] for line in proven.statement.claims)
    return f"{proven.statement.figure} = {claims['value']} {claims['unit']}"


def _say(what: str, how: str) -> None:
    sys.stdout.write(f"{what:10} {shown(how, _LINE_MAX)}\n")


def _end(code: int, verdict: str, unproven: list[str]) -> int:
    sys.stdout.write(
        f"\n{shown(verdict, _LINE_MAX)}\n{shown('未证明 Not proven: ' + '; '.join(unproven), _LINE_MAX)}\n"
    )
    return code


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(_FILE_BYTES_MAX + 1)
    if len(data) > _FILE_BYTES_MAX:
        raise Malformed(f"{path}: over {_FILE_BYTES_MAX} bytes")
    return data


def _write(path: Path, data: bytes) -> None:
    beside = path.with_name(f"{path.name}.new")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


class _Parser(argparse.ArgumentParser):
    """Wrong arguments are malformed, too: 2 has a meaning of its own."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(Malformed.code, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="verify.py",
        description="Count a published figure again from its export. 用导出包重新核算已发布的指标。",
        epilog="Exit code: 0 proven 已证实, 1 contradicted 相互矛盾, 2 not enough 证据不足, 3 malformed 格式有误",
    )
    parser.add_argument("bundle", type=Path, help="the export: a folder or a .tar.gz 导出包")
    parser.add_argument(
        "--policy", type=Path, required=True, help="your own file of keys and quorum 自己保存的公钥与规则"
    )
    parser.add_argument("--kept", type=Path, help="what --keep wrote last time 上次核验后保存的文件")
    parser.add_argument(
        "--keep", type=Path, help="write what was proven here, for the next time 保存本次结果供下次比对"
    )
    return parser


if __name__ == "__main__":
    sys.exit(alone())
