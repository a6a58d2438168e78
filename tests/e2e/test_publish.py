"""Figures published, refused, restated and compared, by the processes and verbs that people use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.note import open_note, parse_vkey
from ledgerctl.publishing.proving import prove
from tests.e2e import books
from tests.e2e.books import agreement, person
from tests.support.ledger import AGENCY, Ledger
from tests.support.waiting import wait_until

FIGURE = "agreements_signed"


@pytest.fixture(scope="module")
def handed_in(shared_ledger: Ledger, tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    rows = [agreement(person(30_000 + number), f"YX-{number}") for number in range(3)]
    shared_ledger.hand_in(books.write(tmp_path_factory.mktemp("books"), "first", 协议台账=rows), programme="published")
    return shared_ledger


def publish(ledger: Ledger, *more: object, code: int = 0) -> Any:
    asked = ("--programme", "published", "--to", "2025-12-31", *more)
    return ledger.run("figure", "publish", FIGURE, *asked, "--json", code=code)


def later(ledger: Ledger, folder: Path) -> None:
    """One agreement more, one withdrawn, one with another wage."""
    rows = [
        agreement(person(30_000), "YX-0", 约定月工资="0.42万"),
        agreement(person(30_001), "YX-1", 状态="撤回", 撤回日期="2025-04-02"),
        agreement(person(30_001), "YX-7", 约定月工资="0.5万"),
        agreement(person(30_002), "YX-8"),
    ]
    ledger.hand_in(books.write(folder, "later", 协议台账=rows), programme="published")


def test_a_figure_is_published_refused_restated_and_compared(handed_in: Ledger, tmp_path: Path) -> None:
    ledger = handed_in
    first = publish(ledger).json
    assert (first["value"], first["duplicate"], first["supersedes"]) == ("3", False, None)
    vkey = next(one for one in ledger.run("keys", "--json").json if one["service"] == "publication")["vkey"]
    text = open_note(first["statement"].encode(), [parse_vkey(vkey)]).text
    assert f"figure {FIGURE}\n" in text
    assert "value 3\n" in text
    assert set(first["cut"]) <= {f"ledger.local/{name}" for name in ("registry", "training", "placement", "followup")}

    again = publish(ledger).json
    assert (again["entry"], again["duplicate"]) == (first["entry"], True)

    later(ledger, tmp_path)
    said = publish(ledger, code=1).err
    assert "needs_restatement" in said
    assert "--reason" in said

    second = publish(ledger, "--reason", "late entries").json
    assert (second["value"], second["supersedes"], second["reason"]) == ("4", first["entry"], "late entries")
    assert "\nsupersedes " in second["statement"]

    moved = ledger.run("figure", "diff", first["entry"], second["entry"], "--json").lines
    by_key = {one["change"]: one for one in moved if one["change"] != "came"}
    assert sorted(one["change"] for one in moved if one["moves"]) == ["came", "came", "changed"]
    assert sum(one["moves"] for one in moved) == 1
    assert by_key["changed"]["after"]["log"] == "ledger.local/placement"

    listed = ledger.run("figure", "list", FIGURE, "--programme", "published", "--json").json
    assert [(one["entry"], one["superseded_by"]) for one in listed] == [
        (first["entry"], second["entry"]),
        (second["entry"], None),
    ]
    standing = ledger.run("figure", "list", FIGURE, "--standing", "--json").json
    assert [one["entry"] for one in standing if one["parameters"]["programme"] == "published"] == [second["entry"]]
    assert "3" in ledger.run("figure", "diff", first["entry"], second["entry"]).out


def test_what_was_published_can_be_counted_again_at_its_cut(shared_ledger: Ledger, tmp_path: Path) -> None:
    ledger, asked = shared_ledger, ("--programme", "counted-again", "--to", "2025-12-31")
    for count in (2, 3):
        rows = [agreement(person(30_010 + number), f"YX-{number}") for number in range(count)]
        ledger.hand_in(books.write(tmp_path, f"first-{count}", 协议台账=rows), programme="counted-again")
        ledger.run("figure", "publish", FIGURE, *asked, *(["--reason", "late entries"] if count == 3 else []))
    listed = ledger.run("figure", "list", FIGURE, "--programme", "counted-again", "--json").json
    assert [one["value"] for one in listed] == ["2", "3"]
    for one in listed:
        assert str(ledger.figure(FIGURE, *asked, "--as-of", json.dumps(one["cut"]))["value"]) == one["value"]


def test_nothing_can_be_restated_that_was_not_published(handed_in: Ledger) -> None:
    ran = handed_in.run("figure", "publish", FIGURE, "--programme", "nobody", "--reason", "why", code=1)
    assert "nothing to restate" in ran.err


def test_another_agency_is_told_who_published(handed_in: Ledger) -> None:
    handed_in.run("figure", "publish", "persons_with_agreement", "--to", "2025-12-31", "--agency", AGENCY)
    ran = handed_in.run("figure", "publish", "persons_with_agreement", "--to", "2025-12-31", code=1)
    assert AGENCY in ran.err


def test_two_figures_are_not_compared(handed_in: Ledger) -> None:
    one = handed_in.run("figure", "publish", "classes_opened", "--to", "2025-12-31", "--json").json
    two = handed_in.run("figure", "publish", "persons_trained", "--to", "2025-12-31", "--json").json
    handed_in.run("figure", "diff", one["entry"], two["entry"], code=2)


def test_a_projection_built_anew_proves_what_was_published_before(ledger: Ledger, tmp_path: Path) -> None:
    asked = (FIGURE, "--programme", "rebuilt", "--to", "2025-12-31")
    for count in (2, 3, 5):
        rows = [agreement(person(30_020 + number), f"YX-{number}") for number in range(count)]
        ledger.hand_in(books.write(tmp_path, f"rebuilt-{count}", 协议台账=rows), programme="rebuilt")
        ledger.run("figure", "publish", *asked, *(["--reason", "late entries"] if count > 2 else []))
    listed = ledger.run("figure", "list", FIGURE, "--programme", "rebuilt", "--json").json
    ledger.down()
    for file in ledger.home.database("outcomes").parent.glob("outcomes.sqlite*"):
        file.unlink()
    ledger.up()
    ledger.wait_projected()
    wait_until(
        lambda: ledger.read("outcomes", "SELECT COUNT(*) FROM checkpoints WHERE log LIKE '%placement'")[0][0] >= 3
    )
    (policy := tmp_path / "policy.txt").write_text(ledger.run("keys", "--policy").out)
    for one, value in zip(listed, ("2", "3", "5"), strict=True):
        bundle = tmp_path / f"{one['entry']}.tar.gz"
        ledger.run("export", "--figure", *asked, "--published", one["entry"], bundle)
        verdict = prove(bundle, policy)
        assert (verdict.code, one["value"]) == (0, value), verdict.output


def test_a_nought_of_a_programme_nobody_knows_is_published_only_if_that_is_wanted(handed_in: Ledger) -> None:
    asked = ("figure", "publish", "visits_completed", "--programme", "no-such-programme")
    said = handed_in.run(*asked, code=1).err
    assert "没有项目 no-such-programme" in said
    assert "--empty" in said
    assert handed_in.run(*asked, "--empty", "--json").json["value"] == "0"
    said = handed_in.run("figure", "publish", "visits_completed", "--programme", "published").err
    assert "没有查到任何记录" in said
