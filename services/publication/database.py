"""The texts of rules and schemas, kept as long as the statements that name them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sqlalchemy import Engine, insert, select

from services.publication.tables import RULE_TEXTS


class RuleTexts:
    """Texts by their SHA-256. A rule may change after something was published by it; its old text stays here."""

    def __init__(self, writer: Engine, readers: Engine) -> None:
        self._writer = writer
        self._readers = readers

    def missing(self, hashes: Iterable[str]) -> set[str]:
        """Those of these hashes (hex) whose text is not kept."""
        wanted = set(hashes)
        query = select(RULE_TEXTS.c.sha256).where(RULE_TEXTS.c.sha256.in_(sorted(wanted)))
        with self._readers.begin() as connection:
            return wanted - set(connection.execute(query).scalars())

    def keep(self, texts: Iterable[bytes]) -> None:
        """Keep texts; one that is there already stays as it is."""
        by_hash = {hashlib.sha256(text).hexdigest(): text for text in texts}
        with self._writer.begin() as connection:
            known = select(RULE_TEXTS.c.sha256).where(RULE_TEXTS.c.sha256.in_(sorted(by_hash)))
            there = set(connection.execute(known).scalars())
            rows = [{"sha256": name, "data": text} for name, text in by_hash.items() if name not in there]
            if rows:
                connection.execute(insert(RULE_TEXTS), rows)

    def get(self, sha256: str) -> bytes | None:
        """The text of a hash; None: nothing was published by it here."""
        with self._readers.begin() as connection:
            found = connection.execute(select(RULE_TEXTS.c.data).where(RULE_TEXTS.c.sha256 == sha256)).scalar()
        return None if found is None else bytes(found)
