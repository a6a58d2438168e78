"""The text of a figure's statement: what a publisher signs, line by line. Pure.

The form is normative in docs/reference/bundle.md; a verifier writes the same lines from the entries
alone and compares. So nothing stands here that does not follow from rule, parameters and inputs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from ledger.merkle import Frontier, leaf_hash
from ledger.note import encode_base64
from services.audit.answers import FigureAnswer, Member, Rate

FORMAT: Final = "placement-ledger figure v1"


class Input(NamedTuple):
    """The prefix of one log that was counted over: a head that the log signed."""

    origin: str
    size: int
    root: bytes


class Publication(NamedTuple):
    """Who will sign (the name of the key), and the statement this one takes the place of (SHA-256, hex; "": none)."""

    publisher: str
    supersedes: str = ""


class Seen(NamedTuple):
    """What a walk over all members found. Roots are RFC 6962, over `member_line`s in the order of the members."""

    counted: int
    counted_root: bytes
    excluded: int
    excluded_root: bytes
    sum: int
    #: thousandths that the last counted member states; None: it states none
    value_milli: int | None


class Stated(NamedTuple):
    """A figure and the text that states it, not yet signed."""

    answer: FigureAnswer
    body: str


def member_line(member: Member) -> bytes:
    """A member as members.jsonl has it, without the line break: canonical JSON."""
    line = {
        "counted": member.counted,
        "details": dict(member.details),
        "index": member.index,
        "key": member.key,
        "log": member.log,
        "person": member.person,
        "reason": member.reason,
        "value": member.value,
    }
    return msgspec.json.encode(line, order="sorted")


def seen(members: Iterable[Member]) -> Seen:
    """Counts, sum of the counted values, and roots. O(log n) memory."""
    counted, excluded, total, milli = Frontier(), Frontier(), 0, None
    for member in members:
        leaf = leaf_hash(member_line(member))
        if member.counted:
            counted.append(leaf)
            total += member.value or 0
            milli = member.details.get("value_milli")
        else:
            excluded.append(leaf)
    return Seen(counted.size, counted.root(), excluded.size, excluded.root(), total, milli)


def body(
    answer: FigureAnswer,
    inputs: Sequence[Input],
    members: Seen,
    parked: int,
    publication: Publication,
    schema_sha256: str,
) -> str:
    """The text to be signed. `inputs`: one a log, by origin. `parked`: entries of them that nobody could read."""
    rule = answer.rule
    lines = [
        FORMAT,
        f"publisher {publication.publisher}",
        f"figure {rule.id}",
        f"version {rule.version}",
        f"rule {rule.rule_sha256}",
        f"schema {schema_sha256}",
        f"grade {rule.grade}",
        *(f"parameter {name} {_json(value)}" for name, value in sorted(answer.parameters.to_json().items())),
        *(f"input {one.origin} {one.size} {encode_base64(one.root)}" for one in inputs),
        *_claims(answer, members, parked),
    ]
    if publication.supersedes:
        lines.append(f"supersedes {publication.supersedes}")
    return "".join(f"{line}\n" for line in lines)


def _claims(answer: FigureAnswer, members: Seen, parked: int) -> Iterator[str]:
    """What follows from the members, in the order in which a verifier writes it."""
    yield f"matched {answer.matched}"
    yield f"counted {members.counted} {encode_base64(members.counted_root)}"
    yield f"excluded {members.excluded} {encode_base64(members.excluded_root)}"
    yield from (f"reason {reason} {count}" for reason, count in sorted(answer.excluded.items()) if count)
    for column, parts in answer.splits.items():
        yield from (f"split {column} {part} {count}" for part, count in parts.items())
    yield from (f"beside {_number(count)} {_json(unit)}" for unit, count in answer.beside.items())
    yield f"persons {answer.persons}"
    yield f"sum {members.sum}"
    if answer.distribution is not None:
        yield f"median {_number(answer.distribution.median)}"
        if answer.distribution.coverage is not None:
            yield f"coverage {_rate(answer.distribution.coverage)}"
    yield f"parked {parked}"
    yield f"unit {_json(answer.unit)}"
    yield f"value {_value(answer, members)}"


def _value(answer: FigureAnswer, members: Seen) -> str:
    if answer.rule.measure == "statement" and members.counted == 1 and members.value_milli is not None:
        return _decimal(members.value_milli, 1000)
    if answer.rule.measure == "sum":
        return _decimal(members.sum, answer.rule.scale)
    return _rate(answer.value) if isinstance(answer.value, Rate) else _number(answer.value)


def _decimal(parts: int, scale: int) -> str:
    """Parts of a unit in the unit, without trailing zeros. `scale`: a power of ten."""
    whole, rest = divmod(parts, scale)
    return f"{whole}.{rest:0{len(str(scale)) - 1}d}".rstrip("0") if rest else str(whole)


def _rate(rate: Rate) -> str:
    return f"{rate.numerator}/{rate.denominator}"


def _number(value: int | float | None) -> str:
    return "none" if value is None else str(value)


def _json(value: str | None) -> str:
    return json.dumps(value, ensure_ascii=False)
