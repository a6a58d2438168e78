"""The bytes of an export: an archive other programs read, and one that no version of a library changes."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from ledger.note import MalformedNote, Note
from ledgerctl.exporting.layout import MANIFEST, writing
from ledgerctl.exporting.stated import read_statement
from ledgerctl.exporting.stored import BLOCK_BYTES, StoredGzip
from ledgerctl.failures import BadInput
from verifier.archive import files_of_archive


def stored(*pieces: bytes) -> bytes:
    out = io.BytesIO()
    file = StoredGzip(out)
    for piece in pieces:
        file.write(piece)
    file.close()
    return out.getvalue()


@pytest.mark.parametrize("size", [0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 2 * BLOCK_BYTES, 200_000])
def test_what_is_stored_is_read_back_by_gzip_however_it_was_written(size: int) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    data = data[:size]
    whole = stored(data)
    assert gzip.decompress(whole) == data
    assert stored(*(data[at : at + 777] for at in range(0, size, 777))) == whole


def test_the_first_bytes_say_no_name_no_time_and_no_system() -> None:
    assert stored(b"x").startswith(bytes.fromhex("1f8b0800 00000000 00ff"))


def write(out: Path) -> None:
    with writing(out) as bundle:
        bundle.add("figure.note", b"note")
        with bundle.open("members.jsonl") as file:
            for _ in range(3):
                file.write(b"{}\n" * 50_000)


def test_the_verifier_reads_the_archive_file_by_file(tmp_path: Path) -> None:
    write(tmp_path / "out.tar.gz")
    (tmp_path / "into").mkdir()
    files = files_of_archive(tmp_path / "out.tar.gz", tmp_path / "into")
    assert sorted(files) == [MANIFEST, "figure.note", "members.jsonl"]
    assert files["members.jsonl"].read_bytes() == b"{}\n" * 150_000
    digest = hashlib.sha256(b"note").hexdigest()
    assert files[MANIFEST].read_text().splitlines()[0] == f"{digest}  figure.note"


def test_a_folder_and_an_archive_hold_the_same(tmp_path: Path) -> None:
    write(tmp_path / "out")
    write(tmp_path / "out.tgz")
    with tarfile.open(tmp_path / "out.tgz") as archive:
        for member in archive:
            opened = archive.extractfile(member)
            assert opened is not None
            assert opened.read() == (tmp_path / "out" / member.name).read_bytes()
            assert (member.mode, member.uid, member.gid, member.uname, member.mtime) == (0o644, 0, 0, "", 0)


def test_an_empty_folder_may_be_filled_and_an_archive_written_again(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write(tmp_path / "out")
    write(tmp_path / "out.tar.gz")
    write(tmp_path / "out.tar.gz")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "out.tar.gz"]


def test_what_fails_halfway_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "out.tar.gz").write_bytes(b"before")
    with pytest.raises(KeyError), writing(tmp_path / "out.tar.gz") as bundle:
        bundle.add("figure.note", b"note")
        raise KeyError
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("out.tar.gz", b"before")]


def test_places_that_cannot_be_used_are_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder.tar.gz").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "one").write_bytes(b"")
    for name in ("file", "folder.tar.gz", "full", "nowhere/out"):
        with pytest.raises(BadInput):
            write(tmp_path / name)


@pytest.mark.parametrize(
    "text",
    [
        "other v1\n",
        "placement-ledger figure v1\nfigure f\n",
        "placement-ledger figure v1\npublisher p\nfigure f\nrule r\nschema s\ninput o 1\n",
        "placement-ledger figure v1\npublisher p\nfigure f\nrule r\nschema s\nparameter x 1\n",
    ],
)
def test_a_note_that_states_no_figure_is_malformed(text: str) -> None:
    with pytest.raises(MalformedNote):
        read_statement(Note(text, ()).encode())
