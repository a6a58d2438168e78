"""What was published: each statement signed, each entry saying what its statement says, each rule's text whole."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any, Final

from ledger.fsck import Finding
from ledger.note import MalformedNote, UnverifiedNote, VerifierKey, open_note
from ledger.runtime.signing_key import PUBLIC, UnusableKey, read_vkey
from ledgerctl.embedded.home import Home
from ledgerctl.publishing.signed import PUBLICATION

#: Fields of the entry that its statement says, too: field → first word of the line.
_SAID: Final = {"figure": "figure", "rule_version": "version", "rule_sha256": "rule", "value": "value"}
_STATEMENTS: Final = "SELECT idx, leaf FROM entries WHERE type LIKE 'publication.Figure%' ORDER BY idx"


def check_published(home: Home) -> Iterator[Finding]:
    """Statements and texts of rules in the publication service's database. An unreadable one is told elsewhere."""
    path = home.database(PUBLICATION)
    if not path.exists():
        return
    try:
        key = read_vkey(home.keys(PUBLICATION) / PUBLIC)
    except UnusableKey:
        return  # check_database says so
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            for index, leaf in connection.execute(_STATEMENTS):
                yield from _statement(index, leaf, key)
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'rule_texts'").fetchone():
                for named, text in connection.execute("SELECT sha256, data FROM rule_texts ORDER BY sha256"):
                    if not isinstance(text, bytes) or hashlib.sha256(text).hexdigest() != named:
                        yield Finding("rules", f"rule {named}", "its text is another than statements were made with")
    except sqlite3.DatabaseError:
        return  # check_database says so


def _statement(index: int, leaf: bytes, key: VerifierKey) -> Iterator[Finding]:
    place = f"entry {index}"
    try:
        data: dict[str, Any] = json.loads(leaf)["data"]
        text = open_note(data["statement"].encode(), [key]).text
    except (MalformedNote, UnverifiedNote) as error:
        yield Finding("statements", place, f"its statement is not signed by the log's key: {error}")
        return
    except (ValueError, KeyError, TypeError, AttributeError):
        yield Finding("statements", place, "holds no statement that can be read")
        return
    said = dict(line.partition(" ")[::2] for line in text.splitlines())
    if differing := [field for field, word in _SAID.items() if str(data.get(field)) != said.get(word)]:
        yield Finding("statements", place, f"{', '.join(differing)} of the entry are not what its statement says")
