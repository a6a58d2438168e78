"""A published figure, members drawn by lot, what was found out, and the corrected figure."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import books
from tests.e2e.books import agreement, person
from tests.support.ledger import Ledger

PROGRAMME = "sampled"
MEMBERS = 12
ASKED = ("--figure", "agreements_signed", "--programme", PROGRAMME)


@pytest.fixture(scope="module")
def published(shared_ledger: Ledger, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A figure of twelve agreements and one that was withdrawn."""
    rows = [agreement(person(50_000 + number), f"YX-{number}") for number in range(MEMBERS)]
    rows.append(agreement(person(50_099), "YX-99", 状态="撤回", 撤回日期="2025-04-02"))
    shared_ledger.hand_in(books.write(tmp_path_factory.mktemp("books"), "all", 协议台账=rows), programme=PROGRAMME)
    return shared_ledger.run("figure", "publish", "agreements_signed", "--programme", PROGRAMME, "--json").json


def later_checkpoint(ledger: Ledger, published: Any) -> str:
    """A checkpoint of the publication log that covers the figure: a receipt is only given under one."""
    ledger.run("receipt", "publication", published["entry"], "--out", ledger.scratch / "receipt")
    sizes = ledger.read("publication", "SELECT size FROM checkpoints WHERE size > ? ORDER BY size", published["entry"])
    return f"publication@{sizes[0][0]}"


def fill(sheet: Path, results: list[str]) -> None:
    rows = list(csv.reader(io.StringIO(sheet.read_text("utf-8-sig"))))
    for row, result in zip(rows[1:], results, strict=False):
        row[4:6] = [result, "2025-07-01" if result else ""]
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    sheet.write_text(out.getvalue(), "utf-8-sig")


def test_a_sample_is_drawn_verified_and_corrects_the_figure(
    shared_ledger: Ledger, published: Any, tmp_path: Path
) -> None:
    ledger, sheet = shared_ledger, tmp_path / "sheet.csv"
    seed = later_checkpoint(ledger, published)
    drawn = ledger.run("sample", "draw", *ASKED, "--size", 8, "--seed-from", seed, "--out", sheet, "--json").json
    assert (drawn["published"], drawn["population"], drawn["size"]) == (published["entry"], MEMBERS, 8)
    members = {(one["log"], one["index"]) for one in drawn["members"]}
    counted = {(one["log"], one["index"]) for one in ledger.members("agreements_signed", "--programme", PROGRAMME)}
    assert len(members) == 8
    assert members < counted

    again = ledger.run("sample", "draw", *ASKED, "--size", 8, "--seed-from", seed, "--json").json
    assert (again["entry"], again["duplicate"], again["members"]) == (drawn["entry"], True, drawn["members"])
    refused = ledger.run("sample", "draw", *ASKED, "--size", 9, "--seed-from", seed, code=1).err
    assert "只抽一次" in refused

    fill(sheet, ["属实"] * 5 + ["不实", ""])
    taken = ledger.run("sample", "take", drawn["entry"], sheet, "--json").json
    assert (taken["recorded"], taken["already"]) == (6, 0)
    fill(sheet, ["属实"] * 5 + ["属实", "无法核实"])
    taken = ledger.run("sample", "take", drawn["entry"], sheet, "--json").json
    assert (taken["recorded"], taken["already"]) == (2, 5)
    assert taken["results"] == {"confirmed": 6, "refuted": 0, "unreachable": 1, "pending": 1}

    shown = ledger.run("sample", "show", drawn["entry"], "--json").json
    assert shown["estimate"]["corrected"] == round(MEMBERS * 6 / 7)
    assert 6 <= shown["estimate"]["least"] <= shown["estimate"]["corrected"] <= shown["estimate"]["most"] == 11
    assert [one["result"] for one in shown["members"]] == ["confirmed"] * 6 + ["unreachable", None]
    (listed,) = [one for one in ledger.run("sample", "list", "--json").json if one["entry"] == drawn["entry"]]
    assert listed["results"] == shown["results"]


def test_a_checkpoint_that_could_be_known_before_is_no_lot(shared_ledger: Ledger, published: Any) -> None:
    log, size = next((log, size) for log, size in published["cut"].items() if log.endswith("/placement"))
    refused = shared_ledger.run("sample", "draw", *ASKED, "--seed-from", f"{log}@{size}", code=2).err
    assert "抽签前已可知" in refused


def test_what_is_not_published_cannot_be_sampled(shared_ledger: Ledger, published: Any) -> None:
    asked = ("--figure", "visits_completed", "--programme", PROGRAMME)
    refused = shared_ledger.run("sample", "draw", *asked, "--seed-from", "publication@1", code=1).err
    assert "尚未公布" in refused


def test_a_result_for_somebody_not_drawn_is_refused_and_nothing_is_taken(
    shared_ledger: Ledger, published: Any, tmp_path: Path
) -> None:
    ledger, sheet = shared_ledger, tmp_path / "sheet.csv"
    seed = later_checkpoint(ledger, published)
    entry = ledger.run("sample", "draw", *ASKED, "--size", 8, "--seed-from", seed, "--out", sheet, "--json").json[
        "entry"
    ]
    before = ledger.run("sample", "show", entry, "--json").json["results"]
    text = sheet.read_text("utf-8-sig").splitlines()
    sheet.write_text("\n".join([text[0], "1,k,ledger.local/placement,999999,属实,2025-07-01"]), "utf-8-sig")
    refused = ledger.run("sample", "take", entry, sheet, code=2).err
    assert "未被抽中" in refused
    assert ledger.run("sample", "show", entry, "--json").json["results"] == before
