"""What a signed statement says of itself: enough to collect the evidence for it. Pure.

Only its form is read here. Whether it is true is for the verifier, with the auditor's own keys.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, NamedTuple

from ledger.checkpoint import parse_decimal
from ledger.note import MalformedNote, decode_base64, parse_note

FORMAT: Final = "placement-ledger figure v1"


class Input(NamedTuple):
    """The prefix of one log that was counted over."""

    origin: str
    size: int
    root: bytes


class Stated(NamedTuple):
    """The question a statement answers. `parameters`: by name, None where nothing was asked."""

    publisher: str
    figure: str
    rule: str
    schema: str
    parameters: Mapping[str, str | None]
    inputs: tuple[Input, ...]

    @property
    def cut(self) -> dict[str, int]:
        """Origin → size."""
        return {one.origin: one.size for one in self.inputs}


def read_statement(note: bytes) -> Stated:
    """The statement in a signed note. Raises MalformedNote."""
    lines = parse_note(note).text.split("\n")
    if lines[0] != FORMAT:
        raise MalformedNote(f"not a statement of a figure: {lines[0][:80]!r}")
    said: dict[str, str] = {}
    parameters: dict[str, str | None] = {}
    inputs: list[Input] = []
    for line in lines[1:]:
        word, _, rest = line.partition(" ")
        if word == "parameter":
            name, _, value = rest.partition(" ")
            parameters[name] = _text(value)
        elif word == "input":
            parts = rest.split(" ")
            if len(parts) != 3:
                raise MalformedNote(f"not an input: {line[:80]!r}")
            inputs.append(Input(parts[0], parse_decimal(parts[1]), decode_base64(parts[2])))
        else:
            said.setdefault(word, rest)
    if missing := {"publisher", "figure", "rule", "schema"} - said.keys():
        raise MalformedNote(f"a statement without {', '.join(sorted(missing))}")
    return Stated(said["publisher"], said["figure"], said["rule"], said["schema"], parameters, tuple(inputs))


def _text(value: str) -> str | None:
    try:
        text = json.loads(value)
    except ValueError:
        text = 0
    if text is not None and not isinstance(text, str):
        raise MalformedNote(f"not a parameter: {value[:80]!r}")
    return text
