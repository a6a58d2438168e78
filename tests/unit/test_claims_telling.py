"""What a person reads of a verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast, get_args

from ledgerctl.claims import Claim, FigureAnswer, judge, judge_alone
from ledgerctl.claims.judgement import Judgement, Verdict
from ledgerctl.claims.telling import VERDICTS, lines, notes

SENTENCE = "截至目前，全县签订就业意向协议800余份"
ANSWER = FigureAnswer(
    id="agreements_signed",
    name_zh="签订就业意向协议",
    name_en="Intent agreements signed",
    unit="份",
    value=862,
    grade="evidenced",
    matched=1906,
    counted=862,
    excluded={"withdrawn": 1044},
    persons=799,
    rule_sha256="ab" * 32,
    reasons={"withdrawn": {"zh": "已撤回", "en": "withdrawn"}},
    recorded_by_to={"matched": 900, "counted": 850},
)


def test_the_sentence_stands_beside_what_was_counted_left_out_and_recorded_by_then() -> None:
    judged = judge(Claim("D3", SENTENCE, "agreements_signed", "800余份", "2025-06-20", {}), ANSWER)
    sentence, zh, en, counted, evidence = lines(judged)
    assert SENTENCE in sentence
    assert (zh.strip(), en.strip()) == (judged.zh, judged.en)
    assert counted.strip() == (
        "查到 matched 1,906 · 计入 counted 862 · 排除 excluded 已撤回 withdrawn 1,044 · "
        "至 2025-06-20 已登记 recorded by then: 900, 计入 counted 850"
    )
    assert evidence.strip() == "证据 evidence: ledgerctl members agreements_signed --to 2025-06-20"
    assert judged.to_json()["recorded_by_to"] == {"matched": 900, "counted": 850}


def test_what_no_figure_speaks_of_is_told_without_a_count() -> None:
    alone = judge_alone(Claim("D9", SENTENCE, "", "800余份", "2025-06-20", {}, note_zh="没有指标"))
    assert len(lines(alone)) == 3
    assert alone.to_json()["recorded_by_to"] is None


def test_every_verdict_has_its_word_in_chinese_with_its_id() -> None:
    assert set(VERDICTS) == set(get_args(Verdict))
    assert all(words.endswith(f" {verdict}") for verdict, words in VERDICTS.items())


def told(**more: Any) -> Judgement:
    answer = cast(FigureAnswer, ANSWER | more)
    return judge(Claim("D3", SENTENCE, "agreements_signed", "800余份", "2025-06-20", {}), answer)


def test_a_nought_recorded_by_then_is_told_only_where_something_was_recorded_since() -> None:
    nothing = {"matched": 0, "counted": 0}
    assert "均为 2025-06-20 之后登记" in lines(told(recorded_by_to=nothing))[3]
    never = lines(told(recorded_by_to=nothing, matched=0, counted=0, value=0, excluded={}))[3]
    assert never.strip() == "查到 matched 0 · 计入 counted 0 · 排除 excluded 0"


def test_what_audit_says_beside_its_answers_is_told_once() -> None:
    missing = "截面内没有项目 datnog 的任何记录，请核对项目代码 · no entry of programme datnog is in the cut"
    first = told(notes=[missing])
    second = replace(told(notes=[missing, "另一句"]), claim=replace(first.claim, id="D4"))
    assert notes([first, second]) == [missing, "D4: 另一句"]
    assert notes([first, told()]) == [f"D3: {missing}"]
    assert first.to_json()["notes"] == [missing]
