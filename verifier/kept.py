"""What an auditor keeps from one check to the next: heads of logs, and statements."""

from __future__ import annotations

from collections.abc import Iterable

from verifier.findings import Contradicted, Malformed, shown
from verifier.notes import Checkpoint, decimal, decode_base64, encode_base64
from verifier.statement import Statement


class Kept:
    """Lines `log <origin> <size> <root>` and `statement <question> <statement>`, oldest first."""

    def __init__(self, data: bytes = b"") -> None:
        self._heads: dict[str, dict[int, Checkpoint]] = {}
        self._statements: dict[str, str] = {}
        for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
            words = line.split(" ")
            if words[0] == "log" and len(words) == 4:
                self._keep(Checkpoint(words[1], decimal(words[2]), decode_base64(words[3])))
            elif words[0] == "statement" and len(words) == 3:
                self._statements[words[1]] = words[2]
            elif line and not line.startswith("#"):
                raise Malformed(f"kept, line {number}: {shown(line)}")

    def heads(self, origin: str) -> list[Checkpoint]:
        """The heads kept of a log, by size."""
        return [head for _, head in sorted(self._heads.get(origin, {}).items())]

    def beyond(self, head: Checkpoint) -> list[str]:
        """What cannot be compared: heads kept that are of more entries than the bundle has."""
        return [
            f"{head.origin}: {kept.size} entries were known before, and the bundle has {head.size}"
            for kept in self.heads(head.origin)
            if kept.size > head.size
        ]

    def check_statement(self, statement: Statement) -> None:
        """Raises Contradicted: the same question was answered before, and this answer does not supersede that one."""
        before = self._statements.get(statement.question)
        if before not in (None, statement.sha256, statement.supersedes):
            raise Contradicted(f"another statement was kept for the same question, {before}, and this one ignores it")

    def add(self, statement: Statement, heads: Iterable[Checkpoint]) -> None:
        """Keep what was proven."""
        self._statements[statement.question] = statement.sha256
        for head in heads:
            self._keep(head)

    def encode(self) -> bytes:
        """The bytes of a file."""
        lines = [
            f"log {head.origin} {head.size} {encode_base64(head.root)}"
            for origin in sorted(self._heads)
            for head in self.heads(origin)
        ]
        lines += [f"statement {question} {statement}" for question, statement in sorted(self._statements.items())]
        return "".join(f"{line}\n" for line in lines).encode()

    def _keep(self, head: Checkpoint) -> None:
        other = self._heads.setdefault(head.origin, {}).setdefault(head.size, head)
        if other != head:
            raise Contradicted(f"two roots of {shown(head.origin)} for {head.size} entries were kept")
