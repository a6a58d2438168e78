"""A statement outlives its rule: it is exported and proven by the text it was made with, also after that changed."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.rpc.client import CallRefused
from ledger_api.audit.v1 import audit_pb2 as pb
from ledgerctl.exporting.collect import collect
from ledgerctl.exporting.published import find, question
from ledgerctl.failures import Failure
from ledgerctl.query import parameters
from services.audit import queries
from services.audit.parameters import parameters_for
from services.audit.queries import rule_of
from services.audit.statement import Publication
from services.outcomes.catalogue import FigureRule, load, parse
from services.outcomes.schema import schema
from services.publication.events import FigurePublished
from tests.support.exports import PUBLISHER, World, key_of, session_with
from tests.support.logs import LogBuilder
from tests.support.outcomes import apply_all
from tests.support.programme import PROGRAMME, real_programme

ROOT = Path(__file__).resolve().parents[2]
FIGURE = "agreements_signed"


def text_of(rule: FigureRule) -> bytes:
    return (rule.prelude + rule.sql).encode()


def changed(rule: FigureRule) -> FigureRule:
    """A later version that leaves what it excludes out of its members."""
    lines = rule.sql.splitlines(keepends=True)
    begins = next(at for at, line in enumerate(lines) if not line.startswith("--"))
    header = "".join(lines[:begins]).replace(f"version: {rule.version}", f"version: {rule.version + 1}")
    sql = f"{header}SELECT * FROM (\n{''.join(lines[begins:])}\n) AS m WHERE m.counted = 1\n"
    return parse(rule.id, sql, rule.prelude)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A figure was published; then its rule changed."""
    opened = World(tmp_path, real_programme(60))
    opened.sign_all()
    rule = rule_of(FIGURE)
    stated, _ = opened.queries.statement(rule, parameters_for(rule, programme=PROGRAMME), Publication(PUBLISHER))
    assert "\nreason withdrawn " in stated.body
    opened.publish(stated.body, FIGURE)
    later = {**load(), FIGURE: changed(rule)}
    monkeypatch.setattr(queries, "load", lambda: later)
    assert rule_of(FIGURE).rule_sha256 != rule.rule_sha256
    yield opened
    opened.close()


def keep_text(world: World) -> str:
    """What the publication service does when it publishes."""
    for text in (text_of(load()[FIGURE]), schema()):
        world.texts[hashlib.sha256(text).hexdigest()] = text
    return load()[FIGURE].rule_sha256


def project_publication(world: World, rule_sha256: str) -> None:
    log = LogBuilder(PUBLISHER)
    said: dict[str, Any] = {"figure": FIGURE, "parameters": "{}", "rule_version": 1, "unit": "份", "grade": "evidenced"}
    said |= {"value": "0", "matched": 0, "counted": 0, "persons": 0, "cut": "{}", "statement": ""}
    log.add(FigurePublished(**said, rule_sha256=rule_sha256))
    apply_all(world.outcomes, log)


async def export(world: World, out: Path) -> None:
    async with session_with(world) as session:
        found = await find(session, await question(session, FIGURE, parameters(PROGRAMME), None))
        await collect(session, found, [key_of(origin).key for origin in (*world.logs, PUBLISHER)], out)


def verify(world: World, folder: Path) -> subprocess.CompletedProcess[str]:
    (policy := folder / "policy.txt").write_bytes(world.policy())
    command = [sys.executable, "-m", "verifier", str(folder / "bundle"), "--policy", str(policy)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)


async def test_it_is_exported_and_proven_by_the_rule_it_was_published_by(world: World, tmp_path: Path) -> None:
    project_publication(world, keep_text(world))
    await export(world, tmp_path / "bundle")
    done = verify(world, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"reason":"withdrawn"' in (tmp_path / "bundle" / "members.jsonl").read_text()


async def test_where_the_text_was_not_kept_that_is_said(world: World, tmp_path: Path) -> None:
    with pytest.raises(Failure, match="was not kept"):
        await export(world, tmp_path / "bundle")
    assert not (tmp_path / "bundle").exists()


async def test_another_text_under_that_hash_is_not_exported(world: World, tmp_path: Path) -> None:
    world.texts[keep_text(world)] = b"SELECT 1"
    with pytest.raises(Failure, match="is another text"):
        await export(world, tmp_path / "bundle")


@pytest.mark.parametrize("published_by", [None, "ab" * 32])
async def test_audit_runs_no_text_that_nothing_was_published_by(world: World, published_by: str | None) -> None:
    if published_by:
        project_publication(world, published_by)
    request = pb.ReadMembersRequest(id=FIGURE, cut=pb.Cut(), rule=text_of(load()[FIGURE]))
    async with session_with(world) as session:
        with pytest.raises(CallRefused) as refused:
            [page async for page in session.client("audit").stream("ReadMembers", request)]
    assert refused.value.rule == "not_published_by"
