"""Writing the formats of docs/reference/bundle.md: statement, members, MANIFEST, archive. Pure.

Written against the catalogue and the kernel, without a look at the verifier: that the two agree is
what the tests are about.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec

from ledger.checkpoint import Checkpoint
from ledger.event import Event
from ledger.merkle import Frontier, leaf_hash
from services.outcomes.catalogue import COLUMNS, FigureRule

FORMAT: Final = "placement-ledger figure v1"
_encoder: Final = msgspec.json.Encoder(order="sorted")

Row = tuple[Any, ...]


def canonical(value: object) -> bytes:
    """RFC 8785 canonical JSON of texts, integers, booleans and null."""
    return _encoder.encode(value)


def rule_file(rule: FigureRule) -> bytes:
    """Prelude and figure."""
    return rule.prelude.encode() + rule.sql.encode()


def member(rule: FigureRule, row: Row) -> bytes:
    """A line of members.jsonl, without its line break."""
    key, person, value, counted, reason, log, index = row[: len(COLUMNS)]
    return canonical(
        {
            "counted": bool(counted),
            "details": dict(zip(rule.columns, row[len(COLUMNS) :], strict=True)),
            "index": index,
            "key": key,
            "log": log,
            "person": person,
            "reason": reason,
            "value": value,
        }
    )


def claims(rule: FigureRule, rows: Sequence[Row], possible: int | None = None, parked: int = 0) -> list[str]:
    """The lines of a statement after its inputs."""
    counted = [row for row in rows if row[3]]
    excluded = [row for row in rows if not row[3]]
    total = sum(row[2] or 0 for row in counted)
    at = {name: len(COLUMNS) + place for place, name in enumerate(rule.columns)}
    lines = [
        f"matched {len(rows)}",
        f"counted {len(counted)} {_root(member(rule, row) for row in counted)}",
        f"excluded {len(excluded)} {_root(member(rule, row) for row in excluded)}",
    ]
    reasons = {reason: sum(row[4] == reason for row in excluded) for reason in sorted(rule.exclusions)}
    lines += [f"reason {reason} {number}" for reason, number in reasons.items() if number]
    lines += [
        f"split {split.column} {part} {sum(row[at[split.column]] == part for row in counted)}"
        for split in rule.splits
        for part in split.values
    ]
    lines += [
        f"beside {_scaled(sum(row[at[beside.column]] or 0 for row in counted), rule.scale)} {_text(beside.unit)}"
        for beside in rule.beside
    ]
    persons = len(counted) if rule.one_a_person else len({row[1] for row in counted if row[1] is not None})
    lines += [f"persons {persons}", f"sum {total}"]
    unit, value = rule.unit, "none"
    match rule.measure:
        case "count":
            value = str(len(counted))
        case "rate":
            value = f"{len(counted)}/{len(counted) + sum(row[4] in rule.base_reasons for row in excluded)}"
        case "sum":
            value = _scaled(total, rule.scale)
        case "growth":
            value = f"{total}/{sum(row[at[str(rule.over)]] for row in counted)}"
        case "mean" | "median":
            values = sorted(row[2] for row in counted)
            median = _mean([values[(len(values) - 1) // 2], values[len(values) // 2]] if values else [])
            lines.append(f"median {median}")
            value = _mean(values) if rule.measure == "mean" else median
        case "statement" if len(counted) == 1:
            unit = counted[0][at["stated_unit"]]
            value = _scaled(counted[0][at["value_milli"]], 1000)
    if rule.coverage:
        lines.append(f"coverage {len(counted)}/{possible}")
    return [*lines, f"parked {parked}", f"unit {_text(unit)}", f"value {value}"]


def statement(
    *,
    publisher: str,
    rule: FigureRule,
    schema_sha256: str,
    parameters: Mapping[str, str | None],
    inputs: Iterable[Checkpoint],
    claims: Iterable[str],
    supersedes: str | None = None,
) -> str:
    """The text of figure.note."""
    lines = [
        FORMAT,
        f"publisher {publisher}",
        f"figure {rule.id}",
        f"version {rule.version}",
        f"rule {rule.rule_sha256}",
        f"schema {schema_sha256}",
        f"grade {rule.grade}",
        *(f"parameter {name} {canonical(value).decode()}" for name, value in sorted(parameters.items())),
        *(
            f"input {head.origin} {head.size} {base64.b64encode(head.root).decode()}"
            for head in sorted(inputs, key=lambda head: head.origin)
        ),
        *claims,
    ]
    if supersedes is not None:
        lines.append(f"supersedes {supersedes}")
    return "".join(f"{line}\n" for line in lines)


def manifest(files: Mapping[str, bytes]) -> bytes:
    """MANIFEST of all other files."""
    return b"".join(
        f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n".encode() for name in sorted(files) if name != "MANIFEST"
    )


def archive(files: Mapping[str, bytes]) -> bytes:
    """The .tar.gz: sorted, no times, no owners, stored."""
    out = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", compresslevel=0, fileobj=out, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for name in sorted(files):
            header = tarfile.TarInfo(name)
            header.size = len(files[name])
            tar.addfile(header, io.BytesIO(files[name]))
    return out.getvalue()


def log_folder(origin: str) -> str:
    return f"logs/{hashlib.sha256(origin.encode()).hexdigest()}"


class FigurePublished(Event, frozen=True, kw_only=True):
    """A statement was signed and is given out: of what publication records, what a verifier looks at."""

    statement: str


def _root(lines: Iterable[bytes]) -> str:
    tree = Frontier()
    tree.extend(map(leaf_hash, lines))
    return base64.b64encode(tree.root()).decode()


def _mean(values: Sequence[int]) -> str:
    return str((2 * sum(values) + len(values)) // (2 * len(values))) if values else "none"


def _scaled(parts: int, scale: int) -> str:
    return f"{Decimal(parts) / scale:.3f}".rstrip("0").rstrip(".") if scale > 1 else str(parts)


def _text(text: str) -> str:
    return canonical(text).decode()
