"""Bundles made to harm whoever looks at them: refused, without a byte outside, without memory, without time."""

from __future__ import annotations

import gzip
import io
import os
import random
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.bundle_cases import PLACEMENT, check, honest, put, trusted
from tests.support.bundle_format import archive, log_folder, manifest
from tests.support.bundles import Files, Verdict, sealed, verify, write
from verifier import archive as reading
from verifier.findings import Malformed

ENTRIES = f"{log_folder(PLACEMENT)}/entries.jsonl"


def packed(members: list[tuple[tarfile.TarInfo, bytes]], mode: str = "w:gz", **options: Any) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, **options) as tar:  # type: ignore[call-overload]
        for header, data in members:
            tar.addfile(header, io.BytesIO(data))
    made: bytes = out.getvalue()
    return made


def member(name: str, data: bytes = b"x", **changed: Any) -> tuple[tarfile.TarInfo, bytes]:
    header = tarfile.TarInfo(name)
    header.size = len(data)
    for attribute, value in changed.items():
        setattr(header, attribute, value)
    return header, data


def bundle_members(files: Files) -> list[tuple[tarfile.TarInfo, bytes]]:
    return [member(name, data) for name, data in sorted(files.items())]


def refused(tmp_path: Path, data: bytes, why: str) -> None:
    before = sorted(tmp_path.parent.rglob("*"))
    verdict = verify(put(tmp_path / "bundle.tar.gz", data), trusted(tmp_path))
    assert verdict.code == 3, verdict.output
    assert why in verdict.verdict
    written = set(tmp_path.parent.rglob("*")) - set(before)
    assert written <= {tmp_path / "bundle.tar.gz", tmp_path / "mine.policy"}


@pytest.mark.parametrize(
    "odd",
    [
        member("../evil"),
        member("../../tmp/evil"),
        member("/tmp/evil"),
        member("rules/../../evil"),
        member("./../evil"),
        member("MANIFEST/evil"),
        member("logs/evil"),
        member("entries.jsonl"),
        member("rules/" + "0" * 64 + ".sql.exe"),
        member("MANIFEST\x1b[31m"),
        member("figure.note", b"", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        member("figure.note", b"", type=tarfile.LNKTYPE, linkname="MANIFEST"),
        member("figure.note", b"", type=tarfile.CHRTYPE),
        member("figure.note", b"", type=tarfile.FIFOTYPE),
        member("figure.note", b"", type=tarfile.CONTTYPE),
        member("evil/", b"", type=tarfile.DIRTYPE),
        member("../", b"", type=tarfile.DIRTYPE),
        member("x" * 150),
    ],
)
def test_an_archive_with_anything_but_files_of_a_bundle_is_refused(
    tmp_path: Path, odd: tuple[tarfile.TarInfo, bytes]
) -> None:
    for at in (0, 3):
        members = bundle_members(honest().files())
        members.insert(at, odd)
        refused(tmp_path, packed(members, format=tarfile.GNU_FORMAT), "not a file of a bundle")


def test_a_name_twice_is_refused(tmp_path: Path) -> None:
    members = bundle_members(honest().files())
    refused(tmp_path, packed([*members, members[1]]), "twice in the archive")
    refused(tmp_path, packed([*members, member("./" + members[1][0].name, b"other")]), "twice in the archive")


@pytest.mark.parametrize(
    "headers", [{"path": "../evil"}, {"size": "9999999999"}, {"GNU.sparse.major": "1"}, {"x": "y" * 2**21}]
)
def test_extended_headers_that_change_a_file_are_refused(tmp_path: Path, headers: dict[str, str]) -> None:
    odd = member("figure.note", b"text", pax_headers=headers)
    data = packed([odd], format=tarfile.PAX_FORMAT)
    refused(tmp_path, data, "not a file of a bundle" if "x" in headers else "extended headers")


@pytest.mark.parametrize("mode", ["w:gz", "w:bz2", "w:xz", "w"])
def test_archives_packed_by_others_are_read_if_they_are_gzipped(tmp_path: Path, mode: str) -> None:
    """With times, owners and folders, as tar programs make them."""
    members = bundle_members(honest().files())
    folders = [
        member(name, b"", type=tarfile.DIRTYPE) for name in ("./", "./rules", "./logs", f"./{log_folder(PLACEMENT)}")
    ]
    for header, _ in members:
        header.name, header.mtime, header.uname = "./" + header.name, 1_700_000_000.5, "somebody"
    data = packed([*folders, *members], mode, format=tarfile.PAX_FORMAT)
    verdict = verify(put(tmp_path / "bundle.tar.gz", data), trusted(tmp_path))
    assert verdict.code == (0 if mode == "w:gz" else 3), verdict.output


def test_an_archive_that_is_cut_or_goes_on_is_refused(tmp_path: Path) -> None:
    whole = archive(honest().files())
    dice = random.Random(1)
    for end in sorted(dice.sample(range(len(whole)), 40)):
        assert verify(put(tmp_path / "bundle.tar.gz", whole[:end]), trusted(tmp_path)).code == 3
    refused(tmp_path, whole + b"\0", "after its end")
    refused(tmp_path, whole + whole, "after its end")
    tar = gzip.decompress(whole)
    for data in (tar + b"x", tar + bytes(4 << 20), tar + tar):
        refused(tmp_path, gzip.compress(data), "after its end")


def test_every_bit_of_an_archive_matters(tmp_path: Path) -> None:
    """Those of its framing, too: header, block headers, padding, checksum."""
    whole = archive(honest().files())
    dice = random.Random(2)
    framing = [*range(12), *range(len(whole) - 12, len(whole)), *range(10 + 5, 10 + 5 + 512)]
    for at in [*framing, *dice.sample(range(len(whole)), 100)]:
        turned = bytearray(whole)
        turned[at] ^= 1 << dice.randrange(8)
        assert verify(put(tmp_path / "bundle.tar.gz", bytes(turned)), trusted(tmp_path)).code != 0, at


def bomb(inner: bytes, times: int) -> bytes:
    """A .gz of `inner`, many times over: small, and endless once it is unpacked."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    out = [packer.compress(inner) for _ in range(times)]
    return b"".join([*out, packer.flush()])


def test_a_line_without_an_end_is_not_read(tmp_path: Path) -> None:
    """10 GB of one line: in a folder, in a compressed log, in an archive."""
    files = honest().files()
    plain = write(files, tmp_path / "plain")
    with (plain / ENTRIES).open("r+b") as file:
        file.seek(40_000)
        file.truncate()
        file.write(b" " * 100)
        file.truncate(10 * 2**30)
    verdict = verify(plain, trusted(tmp_path))
    assert verdict.code == 3
    assert "over 65535 bytes" in verdict.verdict

    endless = bomb(b"a" * 2**20, 300)
    zipped = {**{name: data for name, data in files.items() if name != ENTRIES}, f"{ENTRIES}.gz": endless}
    verdict = check(tmp_path, sealed(zipped))
    assert verdict.code == 3
    assert "over 65535 bytes" in verdict.verdict

    header = tarfile.TarInfo(ENTRIES)
    header.size = 10 * 2**30
    opened = gzip.compress(header.tobuf(tarfile.GNU_FORMAT) + b"a" * 2**21)
    verdict = verify(put(tmp_path / "bundle.tar.gz", opened), trusted(tmp_path))
    assert verdict.code in (2, 3)  # 2: this disk has no room for it

    members = sealed({**files, "members.jsonl": files["members.jsonl"][:-1] + b" " * 2**20 + b"\n"})
    assert "over 262144 bytes" in check(tmp_path, members).verdict
    assert "over 262144 bytes" in verify(put(tmp_path / "bundle.tar.gz", archive(members)), trusted(tmp_path)).verdict


def test_lines_are_measured_while_they_are_copied() -> None:
    """However the chunks fall."""
    for line, code in ((100, True), (101, False)):
        text = (b"x" * line + b"\n") * 3 + b"y" * line
        for size in range(1, 120):
            since, fits = 0, True
            try:
                for at in range(0, len(text), size):
                    since = reading._longest_line(text[at : at + size], since, 100, "entries.jsonl")
            except Malformed:
                fits = False
            assert fits is code
            assert since == line or not fits


@pytest.mark.parametrize("what", ["link", "link of a folder", "fifo", "file", "folder", "hidden", "link up"])
def test_a_folder_with_anything_but_files_of_a_bundle_is_refused(tmp_path: Path, what: str) -> None:
    folder = write(honest().files(), tmp_path / "bundle")
    match what:
        case "link":
            (folder / "figure.note").rename(tmp_path / "note")
            (folder / "figure.note").symlink_to(tmp_path / "note")
        case "link of a folder":
            (folder / "rules").rename(tmp_path / "rules")
            (folder / "rules").symlink_to(tmp_path / "rules")
        case "fifo":
            (folder / "policy.txt").unlink()
            os.mkfifo(folder / "policy.txt")
        case "file":
            put(folder / "README", b"")
        case "folder":
            (folder / "more").mkdir()
        case "hidden":
            put(folder / "rules" / ".sql", b"")
        case _:
            (folder / "logs" / ("0" * 64)).symlink_to("..")
    verdict = verify(folder, trusted(tmp_path))
    assert verdict.code == 3
    assert "not a file of a bundle" in verdict.verdict


Change = Callable[[bytes], bytes]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: text[:-1], 3),
        (lambda text: text + b"\n", 3),
        (lambda text: text.replace(b"  ", b" "), 3),
        (lambda text: text.replace(b"  ", b" *"), 3),
        (lambda text: text.upper(), 3),
        (lambda text: text.replace(b"figure.note", b"../figure.note"), 3),
        (lambda text: b"".join(reversed(text.splitlines(keepends=True))), 3),
        (lambda text: text + text.splitlines(keepends=True)[-1], 3),
        (lambda text: b"".join(text.splitlines(keepends=True)[1:]), 3),
        (lambda text: b"\xff" + text, 3),
        (lambda _: b"", 3),
        (lambda text: text.replace(b"policy.txt", b"policy.zzz"), 3),
        (lambda text: text.replace(text[:1], b"0" if text[:1] != b"0" else b"1", 1), 1),
    ],
)
def test_a_manifest_that_is_none_or_not_of_these_files_is_refused(tmp_path: Path, change: Change, code: int) -> None:
    files = honest().files()
    files["MANIFEST"] = change(manifest(files))
    assert check(tmp_path, files).code == code


def test_neither_a_folder_nor_an_archive(tmp_path: Path) -> None:
    for data in (b"", b"x", b"PK\x03\x04" + bytes(100), bytes(20_000), gzip.compress(b""), gzip.compress(b"x" * 600)):
        assert verify(put(tmp_path / "bundle", data), trusted(tmp_path)).code == 3
    os.mkfifo(tmp_path / "fifo")


def test_what_strangers_wrote_reaches_no_terminal_as_a_command(tmp_path: Path) -> None:
    files = honest().files()
    lines = files["members.jsonl"].splitlines(keepends=True)
    lines[0] = b'{"key":"\x1b]0;owned\x07\x9b31m\xe2\x80\xae"}\n'
    verdict: Verdict = check(tmp_path, sealed({**files, "members.jsonl": b"".join(lines)}))
    assert verdict.code == 1
    assert all(character.isprintable() or character == "\n" for character in verdict.output)
