"""Statements of a publisher who has the key and says what is not so."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.bundle_cases import PLACEMENT, PROGRAMME, TO, check, honest, mixed, programme
from tests.support.bundle_format import Row
from tests.support.bundles import Export, publication_log, sealed

Lie = Callable[[Export], Export]


def contradicted(tmp_path: Path, export: Export, why: str = "", *more: str) -> None:
    verdict = check(tmp_path, export.files(), *more)
    assert verdict.code == 1, verdict.output
    assert why in verdict.verdict


@pytest.mark.parametrize(
    "figure", ["agreements_signed", "mean_monthly_wage", "matching_events_held", "persons_with_agreement"]
)
@pytest.mark.parametrize("by", [1, -1])
def test_every_number_of_a_statement_is_held_against_the_count(tmp_path: Path, figure: str, by: int) -> None:
    export = Export(programme(), programme().count(figure, programme=PROGRAMME))
    files = export.files()
    tried = 0
    for line in export.counted.claims():
        number = re.search(r"(?<= )[0-9]+(?= |$|/)", line)
        if number is None:
            continue
        other = line[: number.start()] + str(int(number[0]) + by) + line[number.end() :]
        note = replace(export, restate=saying(line, other)).note()
        verdict = check(tmp_path, sealed({**files, "figure.note": note}))
        assert verdict.code == 1
        assert f"figure.note says {other}, but counting gives {line}" in verdict.verdict
        tried += 1
    assert tried > 5


def saying(old: str, new: str) -> Callable[[str], str]:
    """The statement with other words; they must be there to be replaced."""

    def restate(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return restate


def matching(pattern: str, new: str) -> Callable[[str], str]:
    def restate(text: str) -> str:
        changed, times = re.subn(pattern, new, text)
        assert times == 1
        return changed

    return restate


def with_rows(change: Callable[[list[Row]], list[Row]]) -> Lie:
    return lambda export: replace(export, rows=change(list(export.counted.rows)))


def withdrawn_counted(rows: list[Row]) -> list[Row]:
    assert any(row[4] == "withdrawn" for row in rows)
    return [(*row[:3], 1, None, *row[5:]) if row[4] == "withdrawn" else row for row in rows]


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: [*rows, rows[-1]],
        lambda rows: [rows[0], *rows],
        lambda rows: rows[1:],
        lambda rows: [row for row in rows if row[3]],
        withdrawn_counted,
        lambda rows: [(*rows[0][:3], 0, "voided", *rows[0][5:]), *rows[1:]],
        lambda rows: [(rows[0][0], rows[1][1], *rows[0][2:]), *rows[1:]],
        lambda rows: [(*rows[0][:6], rows[0][6] + 1), *rows[1:]],
        lambda rows: list(reversed(rows)),
        lambda _: [],
    ],
)
def test_other_members_than_the_rule_gives_are_contradicted(
    tmp_path: Path, change: Callable[[list[Row]], list[Row]]
) -> None:
    """A person twice, one left out, a withdrawn one counted, another person or entry behind a member."""
    contradicted(tmp_path, with_rows(change)(honest()), "members.jsonl, line")


@pytest.mark.parametrize(
    "restate",
    [
        saying("grade evidenced", "grade attested"),
        saying("version 1", "version 2"),
        saying("figure agreements_signed", "figure contracts_signed"),
        saying(PROGRAMME, "linqing-jiazheng"),
        saying('parameter to "20', 'parameter to "19'),
        saying("parameter region null\n", ""),
        saying("parameter to", "parameter season null\nparameter to"),
        saying("parameter region null", 'parameter region "37"'),
        matching(r"\nmatched .*", ""),
        matching(r"(value .*\n)", r"\1value 5\n"),
        matching(r"\nreason .*", ""),
        matching(r"(input \S+placement) \d+", r"\1 5"),
        matching(r"(input \S+training \d+) \S+", r"\1 " + "A" * 43 + "="),
        matching(r"(counted \d+) \S+", r"\1 " + "A" * 43 + "="),
    ],
)
def test_other_words_than_counting_gives_are_contradicted(tmp_path: Path, restate: Callable[[str], str]) -> None:
    contradicted(tmp_path, replace(honest(), restate=restate))


@pytest.mark.parametrize(
    "restate",
    [
        saying("placement-ledger figure v1", "placement-ledger figure v2"),
        saying("publisher ledger.local/publication\n", ""),
        saying("\nrule ", "\nrule X"),
        saying("parameter to", "parameter TO"),
        saying("parameter region null", "parameter region NULL"),
        saying("parameter region null", 'parameter region "630000"'),
        saying("parameter region null", 'parameter region "6301210"'),
        saying("parameter region null", "parameter region  null"),
        saying("parameter region null", "parameter region " + "[" * 5_000),
        saying("parameter region null\n", "parameter region null\nparameter region null\n"),
        matching('parameter to ".*"', "parameter to null"),
        matching('parameter to ".*"', 'parameter to "2025-02-30"'),
        matching(r"input (\S+training) (\d+)", r"input \1 0\2"),
        matching(r"input (\S+training) (\d+)", r"input \1 -\2"),
        matching(r"(input \S+training .*\n)", r"\1\1"),
        matching(r"(input \S+training \d+) .*\n", r"\1\n"),
        matching(r"(input .*\n)+", ""),
        matching(r"\nmatched", "\n\nmatched"),
        lambda text: text + "supersedes 5\n",
        lambda text: text + f"supersedes {'0' * 64}\nvalue 5\n",
    ],
)
def test_a_statement_that_breaks_its_format_is_malformed(tmp_path: Path, restate: Callable[[str], str]) -> None:
    verdict = check(tmp_path, replace(honest(), restate=restate).files())
    assert verdict.code == 3, verdict.output


def test_a_statement_by_another_log_than_its_publisher_is_not_enough(tmp_path: Path) -> None:
    other = replace(honest(), restate=saying("publisher ledger.local/publication", f"publisher {PLACEMENT}"))
    verdict = check(tmp_path, other.files())
    assert verdict.code == 2
    assert "not signed by its publisher" in verdict.verdict


def test_a_statement_over_more_than_its_checkpoint_is_contradicted(tmp_path: Path) -> None:
    """An old checkpoint under a new statement, or a new statement over entries that were never signed."""
    why = "entries of ledger.local/placement, but its checkpoint is of 20"
    contradicted(tmp_path, replace(honest(), sizes={PLACEMENT: 20}), why)


def test_the_rule_of_another_figure_under_this_name_is_contradicted(tmp_path: Path) -> None:
    other = programme().count("persons_with_agreement", programme=PROGRAMME)
    swapped = Export(programme(), other, restate=saying("persons_with_agreement", "agreements_signed"))
    contradicted(tmp_path, swapped, "says id agreements_signed, the rule persons_with_agreement")


@pytest.mark.parametrize(
    ("figure", "old", "new"),
    [
        ("mean_monthly_wage", 'min_proof "payslip"', 'min_proof "hearsay"'),
        ("mean_monthly_wage", 'min_proof "payslip"', "min_proof null"),
        ("persons_employed", "parameter from null", 'parameter from "2020-01-01"'),
    ],
)
def test_a_question_the_rule_does_not_know_is_contradicted(tmp_path: Path, figure: str, old: str, new: str) -> None:
    contradicted(tmp_path, Export(programme(), programme().count(figure), restate=saying(old, new)))


def test_entries_nobody_can_read_are_counted_and_told(tmp_path: Path) -> None:
    export = Export(mixed(), mixed().count("employment_starts", to=TO))
    assert export.counted.parked
    verdict = check(tmp_path, export.files())
    assert verdict.code == 0
    assert f"what {export.counted.parked} entries say that nobody could read" in verdict.unproven
    contradicted(tmp_path, replace(export, restate=matching(r"parked \d+", "parked 0")))


def sha256_of(note: bytes) -> str:
    return hashlib.sha256(note[: note.rindex(b"\n\n") + 1]).hexdigest()


def test_a_second_answer_to_one_question_is_contradicted(tmp_path: Path) -> None:
    """Found in the publisher's own log, or by what an auditor kept."""
    asked: dict[str, Any] = {"programme": PROGRAMME, "to": TO}
    half = {origin: size // 2 for origin, size in programme().full_cut().items()}
    first = Export(programme(), programme().count("persons_started", half, **asked))
    second = Export(programme(), programme().count("persons_started", **asked))
    restated = replace(second, supersedes=sha256_of(first.note()))
    unrelated = Export(programme(), programme().count("persons_trained", **asked)).note()
    kept = str(tmp_path / "kept")

    alone = replace(first, published=publication_log(first.note()))
    once = check(tmp_path, alone.files(), "--keep", kept)
    assert once.code == 0
    assert "no other answer" not in once.unproven

    two = publication_log(first.note(), second.note())
    contradicted(tmp_path, replace(second, published=two), "entry 1: a second answer to the question of entry 0")
    contradicted(tmp_path, replace(first, published=two), "entry 1: a second answer to the question of entry 0")
    contradicted(tmp_path, second, "another statement was kept", "--kept", kept)

    both = publication_log(first.note(), restated.note())
    assert check(tmp_path, replace(restated, published=both).files(), "--kept", kept).code == 0
    outdated = check(tmp_path, replace(first, published=both).files())
    assert outdated.code == 0
    assert "it was restated by entry 1" in outdated.unproven
    unpublished = check(tmp_path, replace(first, published=publication_log(unrelated)).files())
    assert unpublished.code == 0
    assert "that the statement was published" in unpublished.unproven
