"""What the audit rules find in the books of a test, from both databases, in short.

def test_…(books: Books) -> None:
    books.placement.add(started("a", kind="full_time"))
    assert found(books, "A44") == ["a/E1/2025-04-01#none placement@0"]
"""

from __future__ import annotations

import re
from typing import Any, Final

from services.audit.finding import Asked, Finding
from services.audit.findings import FindingQueries
from tests.support.books import Books
from tests.support.logs import AGENCY

_KINDS: Final = (
    "class",
    "enrolment",
    "agreement",
    "employment",
    "visit",
    "issue",
    "wage",
    "plan",
    "subsidy",
    "employer",
)


def findings(books: Books, rule: str, as_of: Any = None, **asked: Any) -> list[Finding]:
    """All findings of a rule in their order; a threshold is asked for by its name."""
    cut = books.cut(as_of)
    fields = set(Asked.__dataclass_fields__)
    thresholds = {name: value for name, value in asked.items() if name not in fields}
    wanted = Asked(
        rules=(rule,), thresholds=thresholds, **{name: value for name, value in asked.items() if name in fields}
    )
    pages: list[list[Finding]] = []
    for _, audit in books.audits():
        queries = FindingQueries(audit.engine, cached_counts=0)
        found = [one for page in queries.pages(wanted, cut, page_size=2) for one in page]
        assert len({one.key for one in found}) == len(found), "a key names one finding"
        if not asked:
            groups = queries.counts(found[0].rule, cut) if found else ()
            assert sum(group.count for group in groups) == len(found)
        pages.append(found)
    assert pages[0] == pages[1], f"{pages[0]}\n{pages[1]}"
    return pages[0]


def found(books: Books, rule: str, as_of: Any = None, **asked: Any) -> list[str]:
    """The same in short: `<key> <service>@<index>[ ~ <service>@<index>]`."""
    return [shortly(one) for one in findings(books, rule, as_of, **asked)]


def shortly(one: Finding) -> str:
    """One finding in a line: persons `pr_aaa…` are `a`; the usual agency and programme are left out of its key."""
    kind, *parts = re.sub(r"pr_([a-z])\1{31}", r"\1", one.key).split("/")
    if kind in _KINDS and parts:
        agency, _, *rest = parts
        parts = rest if agency == AGENCY else [agency, *rest]
        key = "/".join(parts)
    else:
        key = "/".join([kind, *parts])
    other = "" if one.other is None else f" ~ {one.other.log.rpartition('/')[2]}@{one.other.index}"
    return f"{key} {one.evidence.log.rpartition('/')[2]}@{one.evidence.index}{other}"
