"""The publisher's own log: whether it gave one answer to one question, or two."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from verifier.findings import Contradicted, Malformed
from verifier.statement import Statement, parse_statement

_PUBLISHED = re.compile(r"[a-z][a-z0-9-]*\.Figure(Published|Restated)\.v[1-9][0-9]*")


class Answer(NamedTuple):
    """A statement as an entry of the publisher's log has it."""

    place: int
    sha256: str
    supersedes: str | None


class Publications:
    """All answers to the question of one statement, in the order of the publisher's log."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._answers: list[Answer] = []
        self._entries = 0

    def take(self, type: str, index: int, data: Any) -> None:
        """An entry of the publisher's log. What is no statement is passed over."""
        self._entries = index + 1
        note = data.get("statement") if isinstance(data, dict) and _PUBLISHED.fullmatch(type) else None
        if not isinstance(note, str):
            return
        try:
            other = parse_statement(note.rpartition("\n\n")[0] + "\n")
        except Malformed:
            return
        if other.question == self._statement.question:
            self._answers.append(Answer(index, other.sha256, other.supersedes))

    def check(self) -> None:
        """Raises Contradicted: an answer that does not say that it supersedes the one before it."""
        last: Answer | None = None
        for answer in self._answers:
            if last is not None and last.sha256 not in (answer.sha256, answer.supersedes):
                raise Contradicted(
                    f"{self._statement.publisher}, entry {answer.place}: a second answer to the question of entry "
                    f"{last.place}, without restating it"
                )
            last = answer

    def unproven(self) -> list[str]:
        """What this log does not prove of the statement."""
        mine = self._statement.sha256
        if not self._entries:
            return ["别无其他公布值 that the publisher gave no other answer (its log is not in the bundle)"]
        if mine not in [answer.sha256 for answer in self._answers]:
            return [f"确已公布 that the statement was published (it is not among {self._entries} entries of its log)"]
        if self._answers[-1].sha256 != mine:
            return [f"至今有效 that it still stands: it was restated by entry {self._answers[-1].place} of its log"]
        return []
