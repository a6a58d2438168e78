"""Five programmes in one ledger: none moves another's figures, and every claim gets its verdict."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from ledgerctl.claims import load
from scripts.programmes import PAGE
from scripts.reference.programmes import page
from tests.support.examples import FOLDERS, ROOT, cut_short, registers
from tests.support.ledger import Ledger

#: rows of every sheet in the normal run
ROWS_MAX = 60
#: nearly ninety thousand rows, and on a busy machine
IMPORT_SECONDS_MAX = 400
#: what differs from one counting to the next though the figure does not
MOVING = ("recorded_by_to",)


def test_no_programme_moves_the_figures_of_another(ledger: Ledger, tmp_path: Path) -> None:
    alone = {}
    for folder in FOLDERS:
        small = cut_short(folder, tmp_path, ROWS_MAX)
        ledger.run("import", *sorted(small.glob("*.xlsx")), "--wait", "--json")
        alone[folder] = figures(ledger, folder)
        assert any(one["counted"] for one in alone[folder].values())
    assert {folder: figures(ledger, folder) for folder in FOLDERS} == alone


@pytest.mark.nightly
@pytest.mark.timeout(900)
def test_at_full_size_nothing_moves_and_every_claim_is_as_the_page_says(ledger: Ledger) -> None:
    alone = {}
    for folder in FOLDERS:
        handed_in = ledger.start("import", *registers(folder), "--wait", "--json").end(IMPORT_SECONDS_MAX)
        assert handed_in.code == 0, handed_in.err
        alone[folder] = figures(ledger, folder)
    assert {folder: figures(ledger, folder) for folder in FOLDERS} == alone

    started = time.monotonic()
    checked = {
        folder: ledger.run("claims", "check", ROOT / folder / "claims.toml", "--json", code=1).json
        for folder in FOLDERS
    }
    assert time.monotonic() - started < 10, "all five claims files are checked within ten seconds"

    assert page(checked) == PAGE.read_text(encoding="utf-8"), "run scripts/programmes.py"


def test_the_claims_of_a_programme_get_their_verdicts_and_are_held_against_each_other(ledger: Ledger) -> None:
    claims = ROOT / "zhenfeng" / "claims.toml"
    ledger.run("import", *registers("zhenfeng"), "--wait", "--json")
    answer = ledger.run("claims", "check", claims, "--json", code=1).json
    assert [one["id"] for one in answer["claims"]] == [claim.id for claim in load(claims)]
    verdicts = {one["id"]: one["verdict"] for one in answer["claims"]}
    assert {id for id, verdict in verdicts.items() if verdict != "supported"} == {"Z0a", "Z0b"}
    assert [one["rule"] for one in answer["contradictions"]] == ["qualifier_malformed"]
    by_id = {one["id"]: one for one in answer["claims"]}
    # a claim's evidence can be asked for as it stands there
    words = by_id["Z5"]["evidence"]["members"].split(" ")
    assert len(ledger.run(*words[1:], "--json").lines) == by_id["Z5"]["matched"]
    assert {one["unit"] for one in by_id["Z2d"]["others"]} >= {"人次"}

    said = ledger.run("claims", "check", claims, code=1).out
    assert "Z5 “建立个人技能档案”：成立" in said
    assert "[qualifier_malformed] Z0a“一大批”" in said


def figures(ledger: Ledger, folder: str) -> dict[str, Any]:
    """The whole catalogue for one programme, to the day of its report."""
    stated = tomllib.loads((ROOT / folder / "import.toml").read_text(encoding="utf-8"))
    to = max(claim.as_of for claim in load(ROOT / folder / "claims.toml"))
    answer = ledger.figures("--programme", stated["programme"], "--to", to)
    return {one["id"]: {name: value for name, value in one.items() if name not in MOVING} for one in answer["figures"]}
