"""Whole bundles from logs of `LogBuilder`, counted by the outcomes database as a publisher would, and signed."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text

from ledger.checkpoint import Checkpoint, cosign, sign_checkpoint, with_signatures
from ledger.event import Catalogue
from ledger.note import Kind, Signer, sign_note
from services.outcomes.catalogue import FigureRule, load
from services.outcomes.days import day_number, iso_date, shanghai_day
from services.outcomes.projector import Outcomes
from services.outcomes.schema import schema
from tests.support import bundle_format
from tests.support.bundle_format import Row
from tests.support.logs import LogBuilder
from tests.support.outcomes import apply_all
from verifier import cli

ROOT: Final = Path(__file__).parents[2]
PUBLISHER: Final = "ledger.local/publication"
SCHEMA: Final = schema()
SCHEMA_SHA256: Final = hashlib.sha256(SCHEMA).hexdigest()

Files = dict[str, bytes]


def signer(origin: str) -> Signer:
    """The key of a log: always the same for the same origin."""
    return Signer.from_seed(origin, hashlib.sha256(origin.encode()).digest())


def witness(name: str) -> Signer:
    return Signer.from_seed(name, hashlib.sha256(name.encode()).digest(), Kind.COSIGNATURE_V1)


def policy(origins: Sequence[str], witnesses: Sequence[str] = (), quorum: str = "none") -> bytes:
    lines = [f"log {signer(origin).key}" for origin in origins]
    lines += [f"witness w{at} {witness(name).key}" for at, name in enumerate(witnesses)]
    if witnesses and quorum != "none":
        lines.append(f"group all-of-them {quorum} {' '.join(f'w{at}' for at in range(len(witnesses)))}")
        quorum = "all-of-them"
    return "".join(f"{line}\n" for line in (*lines, f"quorum {quorum}")).encode()


@dataclass(frozen=True, slots=True)
class Counted:
    """What a publisher counted: the rows of the rule, and what covers them."""

    rule: FigureRule
    parameters: Mapping[str, str | None]
    cut: Mapping[str, int]
    rows: Sequence[Row]
    possible: int | None
    parked: int

    def claims(self) -> list[str]:
        return bundle_format.claims(self.rule, self.rows, self.possible, self.parked)


class Publisher:
    """Logs, and an outcomes database that has read them."""

    def __init__(self, folder: Path, logs: Mapping[str, LogBuilder]) -> None:
        self.logs = dict(logs)
        self.outcomes = Outcomes.open(f"sqlite:///{folder}/outcomes.db")
        apply_all(self.outcomes, *logs.values())

    def full_cut(self) -> dict[str, int]:
        return {origin: len(log) for origin, log in self.logs.items()}

    def count(
        self, figure: str, cut: Mapping[str, int] | None = None, rule: FigureRule | None = None, **asked: str | None
    ) -> Counted:
        """Count a figure over a cut; parameters as a statement names them (`from_` for `from`)."""
        rule = rule or load()[figure]
        cut = dict(self.full_cut() if cut is None else cut)
        given = {name.rstrip("_"): value for name, value in asked.items()}
        parameters: dict[str, str | None] = {
            **dict.fromkeys(("programme", "region", "from", "to")),
            **{own.name: own.default for own in rule.extra},
            **given,
        }
        if parameters["to"] is None:
            newest = [self.logs[origin].entries[size - 1].entry.recorded for origin, size in cut.items() if size]
            parameters["to"] = iso_date(max(map(shanghai_day, newest), default=0))
        bound: dict[str, Any] = {name: value for name, value in parameters.items() if name not in ("from", "to")}
        for name in ("from", "to"):
            on = parameters[name]
            bound[f"{name}_day"] = None if on is None else day_number(on)
        values = ", ".join(f"('{origin}', {size})" for origin, size in cut.items())
        whole = f"WITH RECURSIVE cut(log, size) AS (VALUES {values}),\n{rule.prelude},\nmembers AS (\n{rule.sql}\n)\n"
        with self.outcomes.database.read() as connection:
            found = connection.execute(text(whole + "SELECT * FROM members ORDER BY key, log, idx"), bound)
            rows = [tuple(row) for row in found]
            possible = None
            if rule.coverage:
                possible = connection.execute(text(f"{whole}SELECT * FROM {rule.coverage}"), bound).scalar_one()
            parked = 0
            for origin, size in cut.items():
                query = text("SELECT COUNT(*) FROM parked WHERE log = :log AND idx < :size")
                parked += connection.execute(query, {"log": origin, "size": size}).scalar_one()
        return Counted(rule, parameters, cut, rows, possible, parked)


@dataclass(slots=True)
class Export:
    """How a bundle is made. Everything may be replaced before `files` writes it: honest by default."""

    publisher: Publisher
    counted: Counted
    #: of each log, the entries in the bundle and under the checkpoint; by default those of the cut
    sizes: dict[str, int] = field(default_factory=dict)
    witnesses: Sequence[str] = ()
    zipped: bool = False
    supersedes: str | None = None
    #: text of the statement → text that is signed
    restate: Callable[[str], str] = str
    #: the rows that members.jsonl and the claims are made of
    rows: Sequence[Row] | None = None
    rule: bytes | None = None
    published: LogBuilder | None = None
    signed_by: Signer | None = None

    def checkpoint(self, origin: str, size: int) -> bytes:
        log = self.publisher.logs[origin]
        signed = sign_checkpoint(Checkpoint(origin, size, log.frontier_at(size).root()), signer(origin))
        return with_signatures(signed, *(cosign(signed, witness(name), 1_750_000_000) for name in self.witnesses))

    def note(self) -> bytes:
        counted = self.counted if self.rows is None else replace(self.counted, rows=self.rows)
        logs = self.publisher.logs
        text = bundle_format.statement(
            publisher=PUBLISHER,
            rule=counted.rule,
            schema_sha256=SCHEMA_SHA256,
            parameters=counted.parameters,
            inputs=[
                Checkpoint(origin, size, logs[origin].frontier_at(size).root()) for origin, size in counted.cut.items()
            ],
            claims=counted.claims(),
            supersedes=self.supersedes,
        )
        return sign_note(self.restate(text), [self.signed_by or signer(PUBLISHER)])

    def files(self) -> Files:
        """The files of the bundle, MANIFEST included."""
        counted = self.counted
        files: Files = {
            "figure.note": self.note(),
            "members.jsonl": b"".join(
                bundle_format.member(counted.rule, row) + b"\n"
                for row in (counted.rows if self.rows is None else self.rows)
            ),
            "policy.txt": policy([*self.publisher.logs, PUBLISHER]),
            f"rules/{counted.rule.rule_sha256}.sql": self.rule or bundle_format.rule_file(counted.rule),
            f"rules/{SCHEMA_SHA256}.json": SCHEMA,
        }
        for origin, size in {**counted.cut, **self.sizes}.items():
            self._log(files, origin, size)
        if self.published is not None:
            self.publisher.logs[PUBLISHER] = self.published
            self._log(files, PUBLISHER, len(self.published))
            del self.publisher.logs[PUBLISHER]
        files["MANIFEST"] = bundle_format.manifest(files)
        return files

    def _log(self, files: Files, origin: str, size: int) -> None:
        folder = bundle_format.log_folder(origin)
        entries = b"".join(entry.leaf + b"\n" for entry in self.publisher.logs[origin].entries[:size])
        files[f"{folder}/checkpoint"] = self.checkpoint(origin, size)
        if self.zipped:
            files[f"{folder}/entries.jsonl.gz"] = gzip.compress(entries, mtime=0)
        else:
            files[f"{folder}/entries.jsonl"] = entries


def publication_log(*notes: bytes) -> LogBuilder:
    """The publisher's log, with one entry a statement."""
    log = LogBuilder("ledger.local/registry")
    log.origin = PUBLISHER
    log.catalogue = Catalogue.of("publication", [bundle_format.FigurePublished])
    for at, note in enumerate(notes):
        log.add(bundle_format.FigurePublished(statement=note.decode()), subject=f"figure/{at}")
    return log


def write(files: Files, folder: Path) -> Path:
    """The bundle as a folder."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def sealed(files: Files) -> Files:
    """The same files under a MANIFEST that fits them: what a forger would do."""
    return {**files, "MANIFEST": bundle_format.manifest(files)}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the verifier said: its exit code, the verdict, and all of its output."""

    code: int
    output: str

    @property
    def verdict(self) -> str:
        return self.output.rstrip("\n").split("\n")[-2]

    @property
    def unproven(self) -> str:
        """The last line."""
        return self.output.rstrip("\n").split("\n")[-1]


def verify(bundle: Path, policy_file: Path, *more: str) -> Verdict:
    """Run the verifier in this process."""
    out = StringIO()
    with redirect_stdout(out):
        code = cli.main([str(bundle), "--policy", str(policy_file), *more])
    return Verdict(code, out.getvalue())


def verify_alone(script: Path, bundle: Path, policy_file: Path, *more: str, python: str = sys.executable) -> Verdict:
    """Run the verifier as somebody else would: one file, an empty environment."""
    done = subprocess.run(
        [python, "-I", str(script), str(bundle), "--policy", str(policy_file), *more],
        env={},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert not done.stderr, done.stderr
    return Verdict(done.returncode, done.stdout)


def members_of(files: Files) -> Iterator[dict[str, Any]]:
    for line in files["members.jsonl"].splitlines():
        yield json.loads(line)
