"""A published figure, exported from a real outcomes database over real servers, is proven by the offline verifier."""

from __future__ import annotations

import gzip
import hashlib
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.checkpoint import Checkpoint, cosign, sign_checkpoint, with_signatures
from ledger.note import Kind, Signer, encode_base64
from ledgerctl.exporting.collect import collect
from ledgerctl.exporting.published import at, find, question
from ledgerctl.failures import BadInput, Failure
from ledgerctl.query import parameters
from services.audit.parameters import parameters_for
from services.audit.queries import rule_of
from services.audit.statement import Publication
from services.outcomes.catalogue import PRINTED
from tests.support.exports import PUBLISHER, World, key_of, session_with
from tests.support.programme import PROGRAMME, real_programme

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 60


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    opened = World(tmp_path_factory.mktemp("outcomes"), real_programme(PEOPLE))
    opened.sign_all()
    for figure in PRINTED:
        publish(opened, figure)
    yield opened
    opened.close()


def publish(world: World, figure: str, as_of: Any = None, **asked: Any) -> bytes:
    rule = rule_of(figure)
    stated, _ = world.queries.statement(
        rule, parameters_for(rule, programme=PROGRAMME, **asked), Publication(PUBLISHER), as_of
    )
    return world.publish(stated.body, figure)


async def export(world: World, figure: str, out: Path, *, compressed: bool | None = None) -> dict[str, Any]:
    async with session_with(world) as session:
        found = await find(session, await question(session, figure, parameters(PROGRAMME), None))
        keys = [key_of(origin).key for origin in (*world.logs, PUBLISHER)]
        return await collect(session, found, keys, out, compressed=compressed)


def verify(bundle: Path, policy: bytes) -> subprocess.CompletedProcess[str]:
    file = bundle.with_name(f"{bundle.name}.policy")
    file.write_bytes(policy)
    return run(sys.executable, "-m", "verifier", str(bundle), "--policy", str(file), cwd=ROOT)


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd)


@pytest.mark.parametrize("figure", PRINTED)
async def test_every_figure_that_is_exported_is_proven(world: World, figure: str, tmp_path: Path) -> None:
    await export(world, figure, tmp_path / "bundle")
    done = verify(tmp_path / "bundle", world.policy())
    assert done.returncode == 0, done.stdout + done.stderr


async def test_an_archive_is_proven_and_tar_reads_it(world: World, tmp_path: Path) -> None:
    out = tmp_path / "bundle.tar.gz"
    report = await export(world, "agreements_signed", out)
    done = verify(out, world.policy())
    assert done.returncode == 0, done.stdout + done.stderr
    with tarfile.open(out, "r:gz") as archive:
        assert archive.getnames() == ["MANIFEST", *report["files"]]
        assert {member.mtime for member in archive} == {0}
    assert all(name.endswith((".gz", "checkpoint")) for name in report["files"] if name.startswith("logs/"))


@pytest.mark.parametrize("name", ["bundle", "bundle.tar.gz"])
async def test_two_exports_are_the_same_to_the_byte(world: World, name: str, tmp_path: Path) -> None:
    outs = []
    for attempt in ("first", "second"):
        (tmp_path / attempt).mkdir()
        await export(world, "persons_trained", tmp_path / attempt / name)
        outs.append(contents(tmp_path / attempt))
    assert outs[0] == outs[1]


async def test_the_manifest_is_one_that_sha256sum_checks(world: World, tmp_path: Path) -> None:
    await export(world, "persons_trained", tmp_path / "bundle")
    done = run("sha256sum", "--check", "--strict", "MANIFEST", cwd=tmp_path / "bundle")
    assert done.returncode == 0, done.stdout


async def test_each_log_is_its_entries_one_a_line(world: World, tmp_path: Path) -> None:
    await export(world, "persons_trained", tmp_path / "plain")
    await export(world, "persons_trained", tmp_path / "gzipped", compressed=True)
    for origin, log in world.logs.items():
        folder = Path("logs") / hashlib.sha256(origin.encode()).hexdigest()
        lines = b"".join(entry.leaf + b"\n" for entry in log.entries)
        assert (tmp_path / "plain" / folder / "entries.jsonl").read_bytes() == lines
        assert gzip.decompress((tmp_path / "gzipped" / folder / "entries.jsonl.gz").read_bytes()) == lines


async def test_a_figure_that_nobody_published_is_refused_with_the_verb_that_publishes_it(
    world: World, tmp_path: Path
) -> None:
    async with session_with(world) as session:
        asked = parameters(PROGRAMME, "630000", "2025-01-01")
        with pytest.raises(Failure) as refused:
            await find(session, await question(session, "agreements_signed", asked, None))
    expected = f"figure publish agreements_signed --programme {PROGRAMME} --region 63 --from 2025-01-01"
    assert expected in refused.value.remedy


async def test_the_newest_statement_for_the_parameters_is_taken_and_an_older_one_by_its_entry(
    world: World, tmp_path: Path
) -> None:
    first = publish(world, "visits_completed", end="2024-01-31")
    second = publish(world, "visits_completed", end="2024-01-31")
    async with session_with(world) as session:
        asked = await question(session, "visits_completed", parameters(PROGRAMME, end="2024-01-31"), None)
        newest = await find(session, asked)
        older = await at(session, newest.entry - 1)
    assert (newest.note, older.note) == (second, first)
    assert newest.entry == len(world.published) - 1


async def test_cosignatures_that_a_log_keeps_are_exported_and_fulfil_a_quorum(world: World, tmp_path: Path) -> None:
    witness = Signer.from_seed("witness.example/w", bytes(32), Kind.COSIGNATURE_V1)
    policy = world.policy().replace(b"quorum none", f"witness w {witness.key}\nquorum w".encode())
    notes = {head.log: head.note.encode() for head in world.queries.signed_cut().heads}
    notes[PUBLISHER] = world.checkpoint_of_publisher()
    await export(world, "persons_trained", tmp_path / "without")
    world.cosigned = {
        origin: with_signatures(note, cosign(note, witness, 1_750_000_000)) for origin, note in notes.items()
    }
    world.cosign_publisher = world.cosigned[PUBLISHER]
    try:
        await export(world, "persons_trained", tmp_path / "with")
    finally:
        world.cosigned, world.cosign_publisher = {}, None
    assert verify(tmp_path / "without", policy).returncode == 2
    done = verify(tmp_path / "with", policy)
    assert done.returncode == 0, done.stdout


async def test_a_checkpoint_of_another_head_is_not_taken_from_an_owner(world: World, tmp_path: Path) -> None:
    origin = next(iter(world.logs))
    other = Checkpoint(origin, 1, bytes(32))
    world.cosigned = {origin: sign_checkpoint(other, key_of(origin))}
    try:
        await export(world, "persons_trained", tmp_path / "bundle")
    finally:
        world.cosigned = {}
    assert verify(tmp_path / "bundle", world.policy()).returncode == 0


async def test_a_folder_that_holds_something_is_left_alone(world: World, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("keep")
    with pytest.raises(BadInput):
        await export(world, "persons_trained", tmp_path)
    assert contents(tmp_path) == {"mine": b"keep"}


async def test_a_statement_over_another_root_is_not_exported_and_nothing_is_left(world: World, tmp_path: Path) -> None:
    rule = rule_of("classes_opened")
    stated, signed = world.queries.statement(rule, parameters_for(rule, region="44"), Publication(PUBLISHER))
    root = encode_base64(signed.heads[0].root)
    world.publish(stated.body.replace(f" {root}\n", f" {encode_base64(bytes(32))}\n", 1), "classes_opened")
    async with session_with(world) as session:
        found = await find(session, await question(session, "classes_opened", parameters(region="440000"), None))
        with pytest.raises(Failure, match="no checkpoint"):
            await collect(session, found, [], tmp_path / "bundle")
    assert contents(tmp_path) == {}


def contents(folder: Path) -> dict[str, bytes]:
    """Files by name; folders too, so that an empty one is seen."""
    paths = sorted(folder.rglob("*"))
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"/" for path in paths}
