"""Cuts, pages, entries, what is remembered and what is said beside a number: on both databases."""

from __future__ import annotations

import json
from pathlib import Path
from unittest.mock import patch

import pytest

from ledger.errors import Kind, Refused
from services.audit import queries
from services.audit.answers import FigureAnswer
from services.audit.database import open_reader, snapshot
from services.audit.parameters import parameters_for
from services.audit.queries import AuditQueries, rule_of
from services.outcomes.projector import Outcomes
from tests.support.books import Books, _databases, attested, books, held, paid, signed, withdrawn
from tests.support.logs import LogBuilder
from tests.support.outcomes import apply_all

__all__ = ["_databases", "books"]

LOG = "ledger.local/placement"
RULE = rule_of("agreements_signed")


@pytest.fixture
def opened(tmp_path: Path) -> tuple[Outcomes, AuditQueries]:
    url = f"sqlite:///{tmp_path / 'outcomes.db'}"
    return Outcomes.open(url), AuditQueries(open_reader(url))


def three(outcomes: Outcomes) -> LogBuilder:
    log = LogBuilder(LOG)
    for number in ("AG-1", "AG-2", "AG-3"):
        log.add(signed(number, "a"), recorded="2025-06-01")
    apply_all(outcomes, log)
    return log


def refusal(call: object) -> tuple[str, Kind, str]:
    assert callable(call)
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.refusal.rule, refused.value.refusal.kind, refused.value.refusal.message


def test_a_cut_is_a_date_sizes_or_now(books: Books) -> None:
    books.placement.add(signed("AG-1", "a"), recorded="2025-06-01")
    books.placement.add(signed("AG-2", "a"), recorded="2025-06-02T15:59:59.999999Z")
    books.placement.add(signed("AG-3", "a"), recorded="2025-06-02T16:00:00.000000Z")
    books.training.add(attested("甲", 1, "2025-06-01"), recorded="2025-06-03")
    other = "ledger.local/training"
    assert books.cut() == {LOG: 3, other: 1}
    assert books.cut("2025-06-02") == {LOG: 2, other: 0}
    assert books.cut("2025-05-31") == {LOG: 0, other: 0}
    assert books.cut("2026-01-01") == {LOG: 3, other: 1}
    # a log that is not named is not read; one of no entries need not be known
    assert books.cut({LOG: 1, "elsewhere/placement": 0}) == {LOG: 1, other: 0}


def test_a_cut_that_is_not_held_is_refused(opened: tuple[Outcomes, AuditQueries]) -> None:
    outcomes, audit = opened
    three(outcomes)
    assert refusal(lambda: audit.resolve_cut({LOG: 4}))[:2] == ("cut_ahead", Kind.NOT_FOUND)
    assert refusal(lambda: audit.resolve_cut({"x/placement": 1}))[:2] == ("unknown_log", Kind.NOT_FOUND)
    assert refusal(lambda: audit.resolve_cut({LOG: -1}))[:2] == ("bad_as_of", Kind.MALFORMED)
    assert refusal(lambda: audit.resolve_cut("2025-02-30"))[:2] == ("bad_parameter", Kind.MALFORMED)
    assert refusal(lambda: audit.figure(RULE, parameters_for(RULE), {LOG: 4}))[0] == "cut_ahead"


def test_an_unknown_figure_is_refused_and_the_nearest_named() -> None:
    rule, kind, message = refusal(lambda: rule_of("agreement_signed"))
    assert (rule, kind) == ("unknown_figure", Kind.NOT_FOUND)
    assert "agreements_signed" in message
    assert "attested" in refusal(lambda: rule_of("x"))[2]


def test_pages_of_one_cut_fit_together(opened: tuple[Outcomes, AuditQueries]) -> None:
    outcomes, audit = opened
    log = three(outcomes)
    asked, cut = parameters_for(RULE, end="2025-06-30"), audit.current_cut()
    first = audit.members(RULE, asked, cut, limit=2)
    log.add(signed("AG-0", "a"))  # arrives between two pages
    apply_all(outcomes, log)
    second = audit.members(RULE, asked, cut, first[-1].place, limit=2)
    assert [member.index for member in (*first, *second)] == [0, 1, 2]
    assert audit.members(RULE, asked, cut, second[-1].place) == []
    assert [member.index for member in audit.members(RULE, asked)] == [3, 0, 1, 2]
    assert len(audit.members(RULE, asked, cut, limit=0)) == 1


def test_members_of_one_key_in_several_logs_keep_their_order(books: Books) -> None:
    books.placement.add(signed("AG-1", "a"))
    books.log("other.example/placement").add(signed("AG-1", "a"))
    assert [(m.log, m.reason) for m in books.raw_members("agreements_signed")] == [
        (LOG, None),
        ("other.example/placement", "duplicate_number"),
    ]


def test_an_entry_is_given_as_it_was_received(books: Books) -> None:
    books.placement.add(signed("AG-1", "a"))
    books.project()
    for _, audit in books.audits():
        entry = audit.entry(LOG, 0)
        assert entry.leaf == books.placement.entries[0].leaf
        assert entry.leaf_hash == books.placement.entries[0].leaf_hash
        assert entry.cut == {LOG: 1}
        assert refusal(lambda audit=audit: audit.entry(LOG, 1))[0] == "no_such_entry"
        assert refusal(lambda audit=audit: audit.entry("x", 0))[0] == "unknown_log"


def test_an_answer_is_counted_once_for_each_question_and_cut(opened: tuple[Outcomes, AuditQueries]) -> None:
    outcomes, audit = opened
    log = three(outcomes)
    asked = parameters_for(RULE, end="2025-06-30")
    counted: list[FigureAnswer] = []
    real = queries._count

    def count(*arguments: object) -> FigureAnswer:
        counted.append(real(*arguments))  # type: ignore[arg-type]
        return counted[-1]

    with patch.object(queries, "_count", count):
        then = audit.figure(RULE, asked)
        assert audit.figure(RULE, parameters_for(RULE, region="", end="2025-06-30"), {LOG: 3}) == then
        assert len(counted) == 1
        log.add(withdrawn("AG-1", "a", "2025-06-02"))
        apply_all(outcomes, log)
        assert audit.figure(RULE, asked).value == 2
        assert audit.figure(RULE, asked, {LOG: 3}) == then
        assert len(counted) == 2
        audit.figure(RULE, parameters_for(RULE, end="2025-06-29"))
        assert len(counted) == 3


def test_only_so_many_answers_are_remembered(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'outcomes.db'}"
    outcomes = Outcomes.open(url)
    three(outcomes)
    audit = AuditQueries(open_reader(url), cached_answers=2)
    with patch.object(queries, "_count", wraps=queries._count) as count:
        for day in (1, 2, 3, 3, 2, 1):
            audit.figure(RULE, parameters_for(RULE, end=f"2025-06-0{day}"))
        assert count.call_count == 4


def test_parked_entries_and_stopped_logs_are_said(opened: tuple[Outcomes, AuditQueries]) -> None:
    outcomes, audit = opened
    log = three(outcomes)
    log.add(signed("AG-4", "a"), type="placement.Unheard.v1")
    apply_all(outcomes, log)
    outcomes.stop(LOG, "the copies differ")
    answer = audit.figure(RULE, parameters_for(RULE))
    assert answer.value == 3
    assert any("incomplete: 1 parked" in note for note in answer.notes)
    assert any("the copies differ" in note for note in answer.notes)
    assert not any("parked" in note for note in audit.figure(RULE, parameters_for(RULE), {LOG: 3}).notes)
    held_now = audit.held()
    assert (held_now.parked, held_now.stopped) == (1, {LOG: "the copies differ"})


def test_a_reader_cannot_write(opened: tuple[Outcomes, AuditQueries]) -> None:
    outcomes, audit = opened
    three(outcomes)
    with pytest.raises(Exception, match="readonly"), snapshot(audit.engine) as connection:
        connection.exec_driver_sql("DELETE FROM entries")


def test_nothing_projected_is_an_empty_answer(books: Books) -> None:
    answer = books.figure("agreements_signed")
    assert (answer.value, answer.matched, dict(answer.cut)) == (0, 0, {})
    assert books.raw_members("persons_employed") == []


def test_a_column_beside_and_a_split_add_up_or_nothing_is_answered(opened: tuple[Outcomes, AuditQueries]) -> None:
    outcomes, audit = opened
    log = LogBuilder(LOG)
    log.add(held("E1", "job_fair"), recorded="2025-06-01")
    apply_all(outcomes, log)
    rule = rule_of("matching_events_held")
    from dataclasses import replace

    lost = replace(rule, splits=(replace(rule.splits[0], values=("online_fair",)),))
    with pytest.raises(queries.FigureBroken, match="by kind"):
        audit.figure(lost, parameters_for(lost))
    unheard = replace(rule, exclusions=())
    log.retract(0)
    apply_all(outcomes, log)
    with pytest.raises(queries.FigureBroken, match="1 matched"):
        audit.figure(unheard, parameters_for(unheard))


def test_an_answer_is_printable_json(books: Books) -> None:
    books.placement.add(signed("AG-1", "a"))
    books.followup.add(paid("a", "2025-05", 400_000))
    books.training.add(attested("甲", 8_000, "2025-05-31"))
    for id in ("agreements_signed", "mean_monthly_wage", "attested", "matching_events_held"):
        answer = json.loads(json.dumps(books.figure(id, end="2025-06-30").to_json(), ensure_ascii=False))
        for name in ("id", "name_zh", "name_en", "unit", "value", "grade", "matched", "counted", "excluded", "persons"):
            assert name in answer, (id, name)
        assert len(answer["rule_sha256"]) == 64
    wage = books.figure("mean_monthly_wage", end="2025-06-30").to_json()
    assert (wage["value"], wage["n"], wage["median"]) == (400_000, 1, 400_000)
    assert wage["coverage"] == {"numerator": 1, "denominator": 0}
    assert books.figure("attested", end="2025-06-30").to_json()["statements"][0]["indicator"] == "甲"
