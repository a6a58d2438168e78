"""Bundles touched by somebody who has no key: found, or not enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.note import Signer
from tests.support.bundle_cases import PLACEMENT, check, honest, put, trusted
from tests.support.bundle_format import log_folder
from tests.support.bundles import PUBLISHER, Files, Verdict, policy, sealed, signer, verify, write
from tests.support.programme import LOGS


def changed_line(name: str, at: int, change: Callable[[bytes], bytes | None]) -> Callable[[Files], Files]:
    def forge(files: Files) -> Files:
        lines = files[name].splitlines(keepends=True)
        new = change(lines[at])
        lines[at % len(lines) : at % len(lines) + 1] = [] if new is None else [new]
        return sealed({**files, name: b"".join(lines)})

    return forge


ENTRIES = f"{log_folder(PLACEMENT)}/entries.jsonl"
CHECKPOINT = f"{log_folder(PLACEMENT)}/checkpoint"


@pytest.mark.parametrize(
    ("forge", "found"),
    [
        (changed_line("figure.note", -3, lambda line: line), None),
        (
            changed_line("members.jsonl", 7, lambda line: line.replace(b'"counted":true', b'"counted":false')),
            "line 8: ",
        ),
        (changed_line("members.jsonl", 7, lambda line: line + line), "members.jsonl, line 9: "),
        (changed_line("members.jsonl", 0, lambda _: None), "members.jsonl, line 1: "),
        (changed_line("members.jsonl", -1, lambda _: None), "the end, but counting gives"),
        (changed_line("members.jsonl", -1, lambda line: line * 2), "but counting gives no more"),
        (changed_line("members.jsonl", 3, lambda line: line[:-1] + b" \n"), "members.jsonl, line 4: "),
        (
            changed_line(
                ENTRIES, 5, lambda line: line.replace(b'"expected_wage_fen":420000', b'"expected_wage_fen":1')
            ),
            None,
        ),
        (changed_line(ENTRIES, 5, lambda line: line.replace(b'"630121"', b'"630122"')), "the root of its"),
        (changed_line(ENTRIES, 5, lambda _: None), "entry 5: says it is 6 of ledger.local/placement"),
        (changed_line(ENTRIES, 5, lambda line: line * 2), "entry 6: says it is 5 of ledger.local/placement"),
        (changed_line(ENTRIES, 5, lambda _: b"\n"), "entry 5: not an entry"),
        (changed_line(ENTRIES, 5, lambda line: b" " + line), "entry 5: not an entry"),
        (changed_line(ENTRIES, -1, lambda _: None), "ends after"),
        (changed_line(ENTRIES, -1, lambda line: line.replace(b'"request":""', b'"request":"x"')), "the root of its"),
        (changed_line(CHECKPOINT, 1, lambda _: b"4\n"), "the signature of ledger.local/placement is wrong"),
        (
            changed_line(CHECKPOINT, 0, lambda _: b"ledger.local/placemint\n"),
            "not of the log its folder is named after",
        ),
    ],
)
def test_a_forger_without_keys_is_found(tmp_path: Path, forge: Callable[[Files], Files], found: str | None) -> None:
    files = honest().files()
    forged = forge(files)
    verdict = check(tmp_path, forged)
    if forged == files:
        assert verdict.code == 0
        return
    assert verdict.code == 1, verdict.output
    assert "CONTRADICTED" in verdict.verdict
    assert found is None or found in verdict.verdict


def test_a_checkpoint_of_another_log_is_contradicted(tmp_path: Path) -> None:
    other = sign_checkpoint(Checkpoint("ledger.local/training", 5, bytes(32)), signer("ledger.local/training"))
    assert check(tmp_path, sealed({**honest().files(), CHECKPOINT: other})).code == 1


def test_entries_swapped_or_exchanged_between_logs_are_found(tmp_path: Path) -> None:
    files = honest().files()
    lines = files[ENTRIES].splitlines(keepends=True)
    lines[4], lines[5] = lines[5], lines[4]
    swapped = check(tmp_path, sealed({**files, ENTRIES: b"".join(lines)}))
    assert (swapped.code, "entry 4: says it is 5" in swapped.verdict) == (1, True)
    other = f"{log_folder('ledger.local/training')}/entries.jsonl"
    exchanged = check(tmp_path, sealed({**files, ENTRIES: files[other]}))
    assert (exchanged.code, "entry 0: says it is 0 of ledger.local/training" in exchanged.verdict) == (1, True)


def test_a_rule_or_schema_that_is_not_the_one_of_its_hash_is_found(tmp_path: Path) -> None:
    files = honest().files()
    for name in files:
        if name.startswith("rules/"):
            verdict = check(tmp_path, sealed({**files, name: files[name] + b" "}))
            assert (verdict.code, "holds something else" in verdict.verdict) == (1, True)


@pytest.mark.parametrize("name", ["policy.txt", "members.jsonl", "figure.note", ENTRIES, CHECKPOINT])
def test_a_file_that_is_not_the_one_of_the_manifest_is_found(tmp_path: Path, name: str) -> None:
    files = honest().files()
    assert check(tmp_path, {**files, name: files[name].replace(b"a", b"b", 1)}).code == 1


@pytest.mark.parametrize("kept", [True, False])
def test_what_is_missing_is_not_enough(tmp_path: Path, kept: bool) -> None:
    """With or without a word of it in the MANIFEST."""
    files = honest().files()
    folder = log_folder(PLACEMENT)
    for at, missing in enumerate(
        ([n for n in files if n.startswith(folder)], [CHECKPOINT], [ENTRIES], ["members.jsonl"], ["figure.note"])
    ):
        rest = {name: data for name, data in files.items() if name not in missing}
        verdict = verify(write(rest if kept else sealed(rest), tmp_path / str(at)), trusted(tmp_path))
        assert verdict.code == 2, (missing, verdict.output)
        assert "NOT ENOUGH" in verdict.verdict


def test_only_keys_of_the_auditors_own_policy_count(tmp_path: Path) -> None:
    def under(origins: Sequence[str]) -> Verdict:
        return check(tmp_path, honest().files(), policy_file=put(tmp_path / "policy", policy(origins)))

    assert under([*LOGS, PUBLISHER]).code == 0
    assert "no key of the policy has signed it" in under(LOGS).verdict
    no_placement = under([origin for origin in (*LOGS, PUBLISHER) if origin != PLACEMENT])
    assert (no_placement.code, f"no key of {PLACEMENT}" in no_placement.verdict) == (2, True)
    stranger = policy([*LOGS, PUBLISHER]).replace(
        str(signer(PLACEMENT).key).encode(), str(Signer.from_seed(PLACEMENT, bytes(32)).key).encode()
    )
    other = check(tmp_path, honest().files(), policy_file=put(tmp_path / "policy", stranger))
    assert (other.code, "no key of the policy has signed it" in other.verdict) == (2, True)
    assert check(tmp_path, honest().files(), policy_file=put(tmp_path / "policy", b"quorum some\n")).code == 3
    assert verify(tmp_path / "bundle", tmp_path / "nowhere").code == 3
    assert verify(tmp_path / "nowhere", put(tmp_path / "policy", policy(LOGS))).code == 3
