"""How the files of figures and of audit rules begin: comment lines `-- name: value`.

A line indented further goes on with the value before it; Chinese goes on without a blank.
"""

from __future__ import annotations

from ledger.errors import LedgerError


def read_header(id: str, sql: str, error: type[LedgerError]) -> dict[str, str]:
    """The header of the file `<id>.sql`. Raises `error`: a line twice, or without a colon."""
    header: dict[str, str] = {}
    name = ""
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        if line.startswith("--   ") and name:
            space = "" if name.endswith("_zh") or name.startswith("zh.") else " "
            header[name] = header[name] + space + line[2:].strip()
            continue
        name, colon, value = line[2:].strip().partition(":")
        if not colon or name in header:
            raise error(f"{id}.sql: header line twice, or without a colon: {line}")
        header[name] = value.strip()
    return header


def listed(text: str) -> tuple[str, ...]:
    """`a, b` as its items."""
    return tuple(item.strip() for item in text.split(",") if item.strip())


def without_comments(sql: str) -> str:
    """The statement alone."""
    return "\n".join(line for line in sql.splitlines() if not line.lstrip().startswith("--"))


def check(id: str, what: str, wrong: set[str], error: type[LedgerError]) -> None:
    """Raises `error` where anything is wrong."""
    if wrong:
        raise error(f"{id}.sql: {what}: {', '.join(sorted(wrong))}")
