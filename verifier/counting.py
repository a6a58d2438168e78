"""From a rule to its members, and from the members to the lines of the statement."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from verifier.archive import MEMBER_BYTES_MAX
from verifier.bundle import Bundle, BundleLines
from verifier.findings import Contradicted, shown
from verifier.notes import encode_base64
from verifier.rules import Database, check_member
from verifier.statement import Rule
from verifier.tree import Tree, leaf_hashes

_ROWS = 4_096


def count(bundle: Bundle, rule: Rule, parameters: dict[str, Any], database: Database, parked: int) -> list[str]:
    """Run the rule, hold its members against members.jsonl, and give the lines a statement must have of them.

    Raises Contradicted: another member is given, or the rule breaks its laws. Malformed, NotEnough.
    """
    tally = Tally(rule)
    rows = database.members(rule, parameters)
    with bundle.lines("members.jsonl") as lines:
        given = _Given(lines)
        while batch := [row for _, row in zip(range(_ROWS), rows, strict=False)]:
            written: dict[bool, list[bytes]] = {True: [], False: []}
            counted: list[tuple[str | None, int | None]] = []
            for row in batch:
                check_member(rule, row, tally.exclusions)
                line = tally.take(row)
                given.expect(line)
                written[row[3] == 1].append(line)
                if row[3] == 1:
                    counted.append((row[1], row[2]))
            tally.counted.extend(leaf_hashes(written[True]))
            tally.excluded.extend(leaf_hashes(written[False]))
            database.put_counted(counted)
        given.end()
        lines.done()
    return tally.lines(database, parameters, parked)


def compare(claimed: Iterable[str], found: list[str]) -> None:
    """Raises Contradicted with the first line that is not so."""
    claims = list(claimed)
    for at in range(max(len(claims), len(found))):
        says = claims[at] if at < len(claims) else "the end"
        gives = found[at] if at < len(found) else "no more"
        if says != gives:
            raise Contradicted(f"figure.note says {shown(says)}, but counting gives {shown(gives)}")


class Tally:
    """What the members of a figure add up to. `counted`, `excluded`: the trees over their lines."""

    def __init__(self, rule: Rule) -> None:
        self.exclusions = rule.listed("exclusions")
        self.counted, self.excluded = Tree(), Tree()
        self._rule = rule
        self._columns = rule.columns()
        self._reasons = dict.fromkeys(self.exclusions, 0)
        self._splits = {name: dict.fromkeys(values, 0) for name, values in rule.splits()}
        self._beside = {column: 0 for column, _ in rule.beside()}
        self._sum = 0
        self._over = 0
        self._last: dict[str, Any] = {}

    def take(self, row: tuple[Any, ...]) -> bytes:
        """A member: its line in members.jsonl. Raises Contradicted: a part the rule does not name."""
        key, person, value, _, reason, log, index = row[:7]
        details = dict(zip(self._columns, row[7:], strict=True))
        if reason is not None:
            self._reasons[reason] += 1
        else:
            self._sum += value or 0
            self._last = details
            for name, parts in self._splits.items():
                if details[name] not in parts:
                    raise Contradicted(f"a {name} that the rule does not name: {shown(str(details[name]))}")
                parts[details[name]] += 1
            for column in self._beside:
                self._beside[column] += _number(details[column])
            if self._rule.header["measure"] == "growth":
                self._over += _number(details[self._rule.header["over"]])
        member = {
            "counted": reason is None,
            "details": details,
            "index": index,
            "key": key,
            "log": log,
            "person": person,
            "reason": reason,
            "value": value,
        }
        return json.dumps(member, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    def lines(self, database: Database, parameters: dict[str, Any], parked: int) -> list[str]:
        """The lines of a statement after its inputs."""
        header, counted, excluded = self._rule.header, self.counted.size, self.excluded.size
        found = [
            f"matched {counted + excluded}",
            f"counted {counted} {encode_base64(self.counted.root())}",
            f"excluded {excluded} {encode_base64(self.excluded.root())}",
            *(f"reason {reason} {count}" for reason, count in sorted(self._reasons.items()) if count),
            *(f"split {name} {part} {count}" for name, parts in self._splits.items() for part, count in parts.items()),
            *(
                f"beside {_decimal(self._beside[column], self._rule.scale())} {_quoted_text(unit)}"
                for column, unit in self._rule.beside()
            ),
            f"persons {counted if header['member'] == 'person' else database.persons()}",
            f"sum {self._sum}",
        ]
        median = "none"
        if header["measure"] in ("mean", "median"):
            middle = [database.value_at((counted - 1) // 2), database.value_at(counted // 2)] if counted else []
            median = _half_up(sum(middle), len(middle))
            found.append(f"median {median}")
        if "coverage" in header:
            found.append(f"coverage {counted}/{database.possible(self._rule, parameters)}")
        unit, value = header["unit"], self._value(median)
        if header["measure"] == "statement" and counted == 1:
            unit, value = str(self._last["stated_unit"]), _decimal(_number(self._last["value_milli"]), 1000)
        return [*found, f"parked {parked}", f"unit {_quoted_text(unit)}", f"value {value}"]

    def _value(self, median: str) -> str:
        counted, measure = self.counted.size, self._rule.header["measure"]
        if measure == "count":
            return str(counted)
        if measure == "sum":
            return _decimal(self._sum, self._rule.scale())
        if measure == "median":
            return median
        if measure == "growth":
            return f"{self._sum}/{self._over}"
        if measure == "mean":
            return _half_up(self._sum, counted)
        if measure == "rate":
            base = counted + sum(self._reasons[reason] for reason in self._rule.listed("base_reasons"))
            return f"{counted}/{base}"
        return "none"


class _Given:
    """The lines of members.jsonl, held against those that were found."""

    def __init__(self, lines: BundleLines) -> None:
        self._lines = lines
        self._waiting: list[bytes] = []
        self._number = 0

    def expect(self, line: bytes) -> None:
        given = self._next()
        if given != line:
            raise Contradicted(f"members.jsonl, line {self._number}: {_cut(given)}, but counting gives {_cut(line)}")

    def end(self) -> None:
        given = self._next()
        if given is not None:
            raise Contradicted(f"members.jsonl, line {self._number}: {_cut(given)}, but counting gives no more")

    def _next(self) -> bytes | None:
        self._number += 1
        if not self._waiting:
            self._waiting = self._lines.block(MEMBER_BYTES_MAX)[1][::-1]
        return self._waiting.pop() if self._waiting else None


def _cut(line: bytes | None) -> str:
    return "the end" if line is None else shown(line.decode("utf-8", "replace"), 400)


def _half_up(total: int, n: int) -> str:
    """The mean of n values, rounded half up."""
    return str((2 * total + n) // (2 * n)) if n else "none"


def _number(value: object) -> int:
    if value is not None and not isinstance(value, int):
        raise Contradicted(f"the rule gives no number where one belongs: {shown(repr(value))}")
    return value or 0


def _decimal(parts: int, scale: int) -> str:
    """Tenths, thousandths, … in whole units, without trailing zeros."""
    whole, rest = divmod(parts, scale)
    return f"{whole}.{rest:0{len(str(scale)) - 1}d}".rstrip("0") if rest else str(whole)


def _quoted_text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
