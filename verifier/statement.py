"""The signed statement of a figure, and the header of its rule: what is claimed, and by which question."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from typing import NamedTuple

from verifier.findings import Contradicted, Malformed, shown
from verifier.notes import decimal, decode_base64

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
