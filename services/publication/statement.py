"""The text of a figure's statement, read back: what is recorded of it is what it says. Pure.

Audit writes it, and whoever signs it reads it first. The form is that of docs/reference/bundle.md.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from ledger.checkpoint import parse_decimal
from ledger.errors import LedgerError
from ledger.merkle import HASH_BYTES
from ledger.note import MalformedNote, decode_base64

FORMAT: Final = "placement-ledger figure v1"
#: lines that are there once, and are recorded beside the statement
_READ: Final = frozenset(
    "publisher figure version rule schema grade matched counted excluded persons value unit supersedes".split()
)
_HASH: Final = re.compile(r"[0-9a-f]{64}")

T = TypeVar("T")


class BadStatement(LedgerError):
    """What was to be signed is no statement, or not the one that was asked for. Nothing is signed."""


class Input(NamedTuple):
    """The prefix of one log that was counted over."""

    size: int
    root: bytes


class Statement(NamedTuple):
    """What a statement says. `inputs`: by origin. `supersedes`: SHA-256 of the text before it, in hex, or ""."""

    publisher: str
    figure: str
    rule_version: int
    rule_sha256: str
    grade: str
    parameters: Mapping[str, str | None]
    inputs: Mapping[str, Input]
    matched: int
    counted: int
    excluded: int
    persons: int
    value: str
    unit: str
    supersedes: str
    schema_sha256: str

    @property
    def parameters_json(self) -> str:
        """The parameters as canonical JSON (RFC 8785)."""
        return canonical(dict(self.parameters))

    @property
    def cut_json(self) -> str:
        """Origin → size, as canonical JSON."""
        return canonical({origin: one.size for origin, one in self.inputs.items()})


def canonical(value: Mapping[str, Any]) -> str:
    """RFC 8785 JSON of texts, nulls and integers below 2^53, names in ASCII."""
    return msgspec.json.encode(value, order="sorted").decode()


def text_sha256(text: str) -> str:
    """What a restatement calls the statement it takes the place of."""
    return hashlib.sha256(text.encode()).hexdigest()


def parse_statement(text: str) -> Statement:
    """What the text says. Lines not read here are left to verifiers.

    Raises BadStatement: a line missing, repeated, or not in its form.
    """
    head, *lines = text.removesuffix("\n").split("\n")
    if head != FORMAT or not text.endswith("\n"):
        raise BadStatement("not a figure's statement")
    once: dict[str, str] = {}
    parameters: dict[str, str | None] = {}
    inputs: dict[str, Input] = {}
    for line in lines:
        word, _, rest = line.partition(" ")
        match word:
            case "parameter":
                name, _, value = rest.partition(" ")
                _add(parameters, name, _form(line, value, _quoted))
            case "input":
                origin, _, head_of = rest.partition(" ")
                _add(inputs, origin, _form(line, head_of, _input))
            case _ if word in _READ:
                _add(once, word, rest)
            case _:
                continue
    try:
        return _statement(once, parameters, inputs)
    except KeyError as missing:
        raise BadStatement(f"the statement has no line {missing}") from missing


def _statement(once: Mapping[str, str], parameters: Mapping[str, str | None], inputs: Mapping[str, Input]) -> Statement:
    rule, schema, supersedes = once["rule"], once["schema"], once.get("supersedes", "")
    for hashed in (rule, schema, supersedes or rule):
        if not _HASH.fullmatch(hashed):
            raise BadStatement(f"not a SHA-256 in hex: {hashed[:80]!r}")
    if not inputs:
        raise BadStatement("a statement names what it was counted over")
    matched, counted, excluded = (
        _form(name, once[name].partition(" ")[0], parse_decimal) for name in ("matched", "counted", "excluded")
    )
    if matched != counted + excluded:
        raise BadStatement(f"{matched} matched are not {counted} counted and {excluded} excluded")
    return Statement(
        publisher=once["publisher"],
        figure=once["figure"],
        rule_version=_form("version", once["version"], parse_decimal),
        rule_sha256=rule,
        grade=once["grade"],
        parameters=parameters,
        inputs=inputs,
        matched=matched,
        counted=counted,
        excluded=excluded,
        persons=_form("persons", once["persons"], parse_decimal),
        value=once["value"],
        unit=_form("unit", once["unit"], _quoted) or "",
        supersedes=supersedes,
        schema_sha256=schema,
    )


def _add(known: dict[str, T], name: str, value: T) -> None:
    if known.setdefault(name, value) is not value:
        raise BadStatement(f"two lines say {name[:80]!r}")


def _form(line: str, text: str, read: Callable[[str], T]) -> T:
    try:
        return read(text)
    except (MalformedNote, ValueError) as error:
        raise BadStatement(f"{line[:80]!r}: {error}") from error


def _quoted(text: str) -> str | None:
    value = json.loads(text)
    if value is not None and not isinstance(value, str):
        raise ValueError("neither a text nor null")
    return value


def _input(text: str) -> Input:
    size, _, root = text.partition(" ")
    decoded = decode_base64(root)
    if len(decoded) != HASH_BYTES:
        raise ValueError(f"a root of {len(decoded)} bytes")
    return Input(parse_decimal(size), decoded)
