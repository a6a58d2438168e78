"""docs/reference/programmes.md: no figure of the five reports is missing, and each says what the claims file says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ledgerctl.claims import Claim, contradiction, load
from ledgerctl.claims.claim import RELATIONS
from scripts.reference.programmes import PROGRAMMES

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "programmes.md"
#: how many figures each report has, by the letter of its numbers
REPORTED = {
    "datong": ("D", 14),
    "linqing": ("L", 21),
    "sichuan": ("S", 20),
    "maoming": ("M", 19),
    "zhenfeng": ("Z", 12),
}
VERDICTS = {"supported", "contradicted", "unit_differs", "attested_only", "not_evidenced", "malformed"}


def claims(folder: str) -> list[Claim]:
    return load(ROOT / "examples" / folder / "claims.toml")


def rows() -> dict[str, list[str]]:
    """Rows of the tables of claims, by id."""
    found = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if len(cells) == 9 and re.fullmatch(r"[DLSMZ]\d+[a-z]?", cells[0]):
            assert cells[0] not in found, "an id stands once"
            found[cells[0]] = cells
    return found


def test_every_programme_has_its_page_and_its_folder() -> None:
    assert {one.folder for one in PROGRAMMES} == set(REPORTED)
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"\n## {one.title}\n" in text for one in PROGRAMMES)


@pytest.mark.parametrize("folder", REPORTED)
def test_no_figure_of_a_report_is_missing_from_its_claims(folder: str) -> None:
    letter, last = REPORTED[folder]
    numbers = {int(re.sub(r"\D", "", claim.id)) for claim in claims(folder)}
    assert numbers - {0} == set(range(1, last + 1))
    assert all(claim.id.startswith(letter) for claim in claims(folder))


@pytest.mark.parametrize("folder", REPORTED)
def test_every_claim_stands_on_the_page_as_its_file_has_it(folder: str) -> None:
    page = rows()
    for claim in claims(folder):
        _, sentence, stated, figure, ledger, _, grade, verdict, why = page[claim.id]
        assert (sentence, stated) == (claim.sentence, claim.stated or claim.printed)
        assert figure.split(" ")[0] == (f"`{claim.figure}`" if claim.figure else "–")
        assert verdict in VERDICTS
        assert claim.note_zh.rstrip("。") in why
        assert (grade == "–") == (not claim.figure)
        if verdict in ("supported", "contradicted", "unit_differs", "attested_only"):
            assert ledger != "–"


def test_the_page_holds_no_claim_that_is_in_no_file() -> None:
    assert set(rows()) == {claim.id for folder in REPORTED for claim in claims(folder)}


def test_what_cannot_be_backed_says_why() -> None:
    for folder in REPORTED:
        for claim in claims(folder):
            if not claim.figure or claim.figure == "attested":
                assert claim.note_zh, f"{claim.id} does not say why nothing backs it"
                assert claim.note_en, f"{claim.id} does not say it in English"


def test_the_contradictions_between_figures_stand_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for told in (
        "`outcome_exceeds_base` | L19 L18",
        "`unit_drift` | L19 L15",
        "`parts_do_not_sum` | L17 L5 L8",
        "`qualifier_malformed` | L4 |",
        "`qualifier_malformed` | L15 |",
        "`unlike_kinds_summed` | D2",
        "`unlike_kinds_summed` | L14",
        "`unlike_kinds_summed` | M18",
        "`outcome_exceeds_base` | D4 D1",
        "`qualifier_drift` | D5b D5",
        "`qualifier_malformed` | M11",
        "`implausible_ratio` | M5 M4",
        "`capacity_as_result` | M16",
        "`capacity_as_result` | M17",
        "`employment_implied` | S10",
        "`overlap_not_stated` | D7 D6",
        "`internship_as_work` | D7",
    ):
        assert f"| {told}" in text


def test_the_page_on_claims_names_every_rule_relation_and_field() -> None:
    page = (ROOT / "docs" / "reference" / "claims.md").read_text(encoding="utf-8")
    rules = set(re.findall(r"^    ([a-z_]+)  ", contradiction.__doc__ or "", re.MULTILINE))
    assert len(rules) == 13
    assert set(re.findall(r"^\| `([a-z_]+)` \| ", page.partition("## Contradictions")[2], re.MULTILINE)) == rules
    written = "".join(
        (ROOT / "ledgerctl" / "claims" / name).read_text(encoding="utf-8")
        for name in ("contradiction.py", "sentences.py")
    )
    assert all(f'"{rule}"' in written for rule in rules)
    assert all(f"| `{relation}` |" in page for relation in RELATIONS)
    assert all(f"`{name}`" in page for name in ("aspect", "printed", "note_zh", "source", "kinds", "capacity"))
