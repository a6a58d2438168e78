"""Logs rewritten and signed again by whoever holds their key."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.bundle_cases import PLACEMENT, PROGRAMME, check, programme, trusted
from tests.support.bundles import Export, Publisher, verify, write
from tests.support.logs import LogBuilder

Entries = list[dict[str, Any]]
Change = Callable[[Entries], Entries]


def rewritten(tmp_path: Path, change: Change) -> Export:
    """The log rewritten, its tree built anew, counted and signed again."""
    log = LogBuilder(PLACEMENT)
    for entry in change([json.loads(entry.leaf) for entry in programme().logs[PLACEMENT].entries]):
        log.add_leaf(json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
    folder = tmp_path / "insider"
    folder.mkdir()
    of = Publisher(folder, {**programme().logs, PLACEMENT: log})
    return Export(of, of.count("agreements_signed", programme=PROGRAMME))


def with_member(at: int, **members: Any) -> Change:
    return lambda entries: [*entries[:at], {**entries[at], **members}, *entries[at + 1 :]]


def with_member_of(at: int, name: str, other: int) -> Change:
    return lambda entries: with_member(at, **{name: entries[other][name]})(entries)


def without_newest_withdrawal(entries: Entries) -> Entries:
    at = max(entry["index"] for entry in entries if entry["type"] == "placement.IntentAgreementWithdrawn.v1")
    return [{**entry, "index": index} for index, entry in enumerate([*entries[:at], *entries[at + 1 :]])]


def without_the_last_ten(entries: Entries) -> Entries:
    return entries[:-10]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (with_member_of(9, "id", 4), "entry 9: has the id of entry 4"),
        (with_member_of(9, "subject", 4), "entry 9: revision 1 after"),
        (with_member(9, revision=2), "entry 9: revision 2 after 0 of its stream"),
        (with_member(9, revision=11), "entry 9: its revision is not the next one"),
        (with_member(9, recorded="2024-01-01T00:00:00.000000Z"), "entry 9: recorded before"),
        (with_member(9, source="ledger.local/training"), "entry 9: says it is 9 of ledger.local/training"),
    ],
)
def test_a_log_that_breaks_its_own_format_is_contradicted_though_it_is_signed(
    tmp_path: Path, change: Change, found: str
) -> None:
    verdict = check(tmp_path, rewritten(tmp_path, change).files())
    assert verdict.code == 1, verdict.output
    assert found in verdict.verdict


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (without_newest_withdrawal, 2),  # the log is shorter than it was
        (without_the_last_ten, 2),
        (with_member(3, request="later"), 1),
        (with_member(30, agency="another"), 1),
        (with_member(100, time="2020-01-01T00:00:00+08:00"), 1),
    ],
)
def test_a_rewritten_log_is_found_by_what_was_kept_and_by_nothing_else(
    tmp_path: Path, change: Change, code: int
) -> None:
    kept = str(tmp_path / "kept")
    before = Export(programme(), programme().count("agreements_signed", programme=PROGRAMME, to="2023-06-01"))
    assert check(tmp_path, before.files(), "--keep", kept).code == 0
    bundle = write(rewritten(tmp_path, change).files(), tmp_path / "rewritten")

    alone = verify(bundle, trusted(tmp_path))
    assert alone.code == 0
    assert re.search(f"was rewritten before this in [^;]*{PLACEMENT}", alone.unproven)

    verdict = verify(bundle, trusted(tmp_path), "--kept", kept)
    assert verdict.code == code
    assert ("what was kept says" if code == 1 else "entries were known before") in verdict.verdict


def test_nothing_is_kept_of_what_is_not_proven(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    assert check(tmp_path, rewritten(tmp_path, with_member(9, revision=2)).files(), "--keep", str(kept)).code == 1
    assert not kept.exists()
