"""What a claim is worth, given the ledger's answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import pytest

from ledgerctl.claims import Claim, ClaimsError, FigureAnswer, judge, judge_alone, siblings
from ledgerctl.claims.judgement import Rate, Statement


def claim(stated: str, figure: str = "agreements_signed", sentence: str = "") -> Claim:
    return Claim("D3", sentence or stated, figure, stated, "2025-06-20", {"programme": "datong-hugong"})


def answer(
    figure: str,
    unit: str,
    value: int | float | Rate | None,
    *,
    persons: int | None = None,
    grade: str = "evidenced",
    matched: int = 1000,
    excluded: Mapping[str, int] | None = None,
) -> FigureAnswer:
    return FigureAnswer(
        id=figure,
        name_zh="",
        name_en="",
        unit=unit,
        value=value,
        grade=grade,
        matched=matched,
        counted=matched - sum((excluded or {}).values()),
        excluded=excluded or {},
        persons=persons,
        rule_sha256="ab" * 32,
    )


def test_agreements_within_the_band_are_supported_and_their_persons_named() -> None:
    judged = judge(
        claim("800余份"),
        answer("agreements_signed", "份", 862, persons=799),
        [answer("persons_with_agreement", "人", 799, persons=799)],
    )
    assert judged.verdict == "supported"
    assert judged.zh == "D3 “800余份”：成立。账上 862 份，合于 800 < x < 900；同一批事实另计 799 人。"
    assert judged.en.startswith('D3 "800余份": supported. The ledger has 862 份, within 800 < x < 900;')


def test_persons_stand_beside_documents_even_without_a_figure_of_their_own() -> None:
    judged = judge(claim("900余份", "contracts_signed"), answer("contracts_signed", "份", 944, persons=930))
    assert [(other.unit, other.amount) for other in judged.others] == [("人", Fraction(930))]


def test_agreements_outside_the_band_are_contradicted_with_the_distance() -> None:
    judged = judge(
        claim("800余份"), answer("agreements_signed", "份", 906), [answer("persons_with_agreement", "人", 920)]
    )
    assert (judged.verdict, judged.reading.distance) == ("contradicted", Fraction(7))
    assert "账上 906 份，应为 800 < x < 900，多 7 份" in judged.zh
    assert "7 份 above" in judged.en


def test_a_claim_true_in_documents_but_made_of_persons_differs_in_unit() -> None:
    judged = judge(
        claim("800余人", "persons_with_agreement"),
        answer("persons_with_agreement", "人", 799, persons=799),
        [answer("agreements_signed", "份", 862, persons=799)],
    )
    assert judged.verdict == "unit_differs"
    assert "按份计成立（862 份），按人计不成立（799 人）" in judged.zh
    assert "True as 份 (862 份), not as 人 (799 人)" in judged.en


def test_a_claim_of_persons_about_a_figure_of_documents_differs_in_unit() -> None:
    judged = judge(claim("800余人"), answer("agreements_signed", "份", 862, persons=799))
    assert judged.verdict == "unit_differs"


def test_attendances_printed_as_persons_differ_in_unit() -> None:
    judged = judge(
        claim("1500余名", "persons_started"),
        answer("persons_started", "人", 980, persons=980),
        [answer("employment_starts", "人次", 1530, persons=980)],
    )
    assert judged.verdict == "unit_differs"


def test_a_claim_true_in_its_own_unit_is_supported_though_the_figure_is_of_another() -> None:
    judged = judge(
        claim("1100余人", "training_completions"),
        answer("training_completions", "人次", 1233),
        [answer("persons_trained", "人", 1175)],
    )
    assert judged.verdict == "supported"
    assert "账上 1,175 人" in judged.zh


@pytest.mark.parametrize(("value", "verdict"), [(8001, "supported"), (8000, "contradicted"), (12_000, "supported")])
def test_over_excludes_its_number(value: int, verdict: str) -> None:
    judged = judge(claim("超过8000人", "persons_employed"), answer("persons_employed", "人", value, persons=value))
    assert judged.verdict == verdict


@pytest.mark.parametrize(
    ("fen", "verdict"),
    [(380_000, "supported"), (399_999, "supported"), (400_000, "contradicted"), (379_999, "contradicted")],
)
def test_money_is_compared_in_yuan(fen: int, verdict: str) -> None:
    judged = judge(
        claim("近4000元", "mean_monthly_wage"), answer("mean_monthly_wage", "fen per month", fen, persons=3900)
    )
    assert judged.verdict == verdict
    assert judged.to_json()["unit"] == "元"


def test_a_mean_without_qualifier_is_rounded_to_yuan() -> None:
    judged = judge(claim("4000元", "mean_monthly_wage"), answer("mean_monthly_wage", "fen per month", 399_950))
    assert judged.verdict == "supported"


@pytest.mark.parametrize("value", [0, None])
def test_nothing_counted_is_not_evidenced(value: int | None) -> None:
    judged = judge(claim("800余份"), answer("agreements_signed", "份", value, matched=3, excluded={"withdrawn": 3}))
    assert judged.verdict == "not_evidenced"
    assert "查到 3 条，均被剔除：withdrawn 3" in judged.zh


def test_no_members_is_not_evidenced() -> None:
    assert judge(claim("800余份"), answer("agreements_signed", "份", 0, matched=0)).verdict == "not_evidenced"


@pytest.mark.parametrize(("value", "fits"), [(8130, True), (7900, False)])
def test_what_a_source_only_states_is_attested_and_still_compared(value: int, fits: bool) -> None:
    judged = judge(claim("超过8000人", "attested"), answer("attested", "人", value, grade="attested", matched=1))
    assert (judged.verdict, judged.reading.fits) == ("attested_only", fits)


def test_an_attested_sum_of_money_is_in_yuan_as_stated() -> None:
    judged = judge(claim("800多万元", "attested"), answer("attested", "元", 8_100_000, grade="attested", matched=1))
    assert judged.reading.fits


def test_a_malformed_figure_is_still_compared() -> None:
    judged = judge(claim("21余名", "attested"), answer("attested", "名", 21, matched=1))
    assert (judged.verdict, judged.reading.fits) == ("malformed", True)
    assert "“余/多”紧跟在非零个位之后；照样比较：账上 21 名，合于 21 ≤ x < 22" in judged.zh


def test_a_claim_without_a_number_is_malformed_and_not_compared() -> None:
    judged = judge(claim("一大批", "persons_trained"), answer("persons_trained", "人", 1175))
    assert (judged.verdict, judged.band, judged.reading.distance) == ("malformed", None, None)


@pytest.mark.parametrize(
    ("numerator", "denominator", "excluded", "verdict"),
    [
        (366, 366, {}, "supported"),
        (365, 366, {"missing": 1}, "contradicted"),
        (366, 366, {"not_yet_known": 4}, "contradicted"),
        (366, 366, {"voided": 4}, "supported"),
        (0, 366, {"missing": 366}, "contradicted"),
        (0, 0, {}, "not_evidenced"),
    ],
)
def test_all_means_every_one_of_a_known_base(
    numerator: int, denominator: int, excluded: dict[str, int], verdict: str
) -> None:
    rate = Rate(numerator=numerator, denominator=denominator)
    judged = judge(claim("100%", "health_check_rate"), answer("health_check_rate", "%", rate, excluded=excluded))
    assert judged.verdict == verdict


def test_a_rate_is_rounded_half_up_to_the_printed_decimals() -> None:
    for stated, verdict in (("97.3%", "supported"), ("97%", "supported"), ("97.2%", "contradicted")):
        rate = Rate(numerator=973, denominator=1000)
        assert judge(claim(stated, "retained_d30"), answer("retained_d30", "%", rate)).verdict == verdict


@pytest.mark.parametrize(("stated", "unit"), [("100%", "份"), ("800余元", "份"), ("800余份", "fen")])
def test_numbers_of_different_kinds_are_refused_naming_claim_and_figure(stated: str, unit: str) -> None:
    with pytest.raises(ClaimsError, match=r"claim D3: stated: .*不可比.*agreements_signed"):
        judge(claim(stated), answer("agreements_signed", unit, 862))


def test_the_answer_for_scripts_carries_everything() -> None:
    judged = judge(
        claim("800余份"),
        answer("agreements_signed", "份", 906, persons=799, matched=950, excluded={"withdrawn": 44}),
        [answer("persons_with_agreement", "人", 920)],
    ).to_json()
    assert judged["verdict"] == "contradicted"
    assert (judged["value"], judged["unit"], judged["distance"], judged["band"]) == ("906", "份", "7", "800 < x < 900")
    assert judged["others"] == [
        {"figure": "persons_with_agreement", "value": "920", "unit": "人", "fits": False, "distance": "21"}
    ]
    assert (judged["matched"], judged["counted"], judged["excluded"]) == (950, 906, {"withdrawn": 44})
    assert judged["params"] == {"programme": "datong-hugong", "to": "2025-06-20"}


def test_units_go_both_ways() -> None:
    for figure in ("agreements_signed", "training_completions", "employment_starts"):
        assert all(figure in siblings(other) for other in siblings(figure))
    assert siblings("matching_events_held") == ()


def test_a_sentence_without_a_number_is_supported_where_it_took_place() -> None:
    told = replace(claim(""), printed="建立个人技能档案")
    judged = judge(told, answer("skill_files", "份", 831, persons=774))
    assert (judged.verdict, judged.band) == ("supported", None)
    assert judged.zh == "D3 “建立个人技能档案”：成立：句中没有数字，账上有记录 831 份；同一批事实另计 774 人。"
    assert judged.to_json()["stated"] == "建立个人技能档案"
    assert judge(told, answer("skill_files", "份", 0, matched=0)).verdict == "not_evidenced"
    assert judge(told, answer("awards", "个", 24, grade="attested")).verdict == "attested_only"


def test_a_claim_no_figure_speaks_of_says_why() -> None:
    judged = judge_alone(replace(claim("80%"), figure="", note_zh="门类是报来的数。", note_en="only attested"))
    assert judged.verdict == "not_evidenced"
    assert judged.zh == "D3 “80%”：没有可对的指标。门类是报来的数。"
    assert judged.en.endswith("No figure of the ledger speaks of it. only attested.")
    assert judged.members_command == ""
    assert judge_alone(replace(claim("21余名"), figure="")).verdict == "malformed"


def test_a_claim_may_mean_another_number_of_its_figure() -> None:
    said = answer("mean_monthly_wage", "fen per month", 395_163, persons=3900)
    said |= {"median": 380_000, "n": 4661, "beside": {}, "splits": {}}
    judged = judge(replace(claim("3800元", "mean_monthly_wage"), aspect="median"), said)
    assert (judged.verdict, judged.reading.amount) == ("supported", Fraction(3800))
    starts = answer("employment_starts", "人次", 630, persons=591)
    starts |= {"splits": {"kind": {"flexible": 170}}, "beside": {"参与期": 600}}
    flexible = judge(
        replace(claim("170人次"), aspect="split:kind=flexible"), starts, [answer("persons_started", "人", 591)]
    )
    assert (flexible.reading.amount, flexible.others) == (170, ()), "how many persons they are is not known"
    assert judge(replace(claim("591人"), aspect="persons"), starts).verdict == "supported"
    assert judge(replace(claim("600参与期"), aspect="beside:参与期"), starts).verdict == "supported"
    with pytest.raises(ClaimsError, match=r"aspect: .* split:kind=other"):
        judge(replace(claim("170人次"), aspect="split:kind=other"), starts)


def test_units_a_figure_shows_beside_its_own_are_named_once() -> None:
    said = answer("persons_trained", "人", 1208, persons=1208)
    said |= {"beside": {"人次": 1269, "参与期": 1240}}
    judged = judge(claim("1000余人"), said, [answer("training_completions", "人次", 1269)])
    assert [one.text for one in judged.others] == ["1,269 人次", "1,240 参与期"]
    # and the other way round: what stands beside the sibling is shown, too
    judged = judge(claim("1200余人次"), answer("training_completions", "人次", 1269), [said])
    assert [one.text for one in judged.others] == ["1,208 人", "1,240 参与期"]


def test_who_attests_a_number_is_named() -> None:
    said = answer("attested", "家", 3680, grade="attested")
    said |= {
        "statements": [
            {
                "indicator": "服务家庭", "value": 3680, "unit": "家", "kind": "capacity", "as_of_on": "2024-12-20",
                "source": "妇联", "log": "l", "index": 7,
            }
        ]
    }  # fmt: skip
    judged = judge(replace(claim("3680家"), note_zh="没有逐单的记录"), said)
    assert "只有来源的陈述：3,680 家（妇联，截至 2024-12-20），没有逐条记录" in judged.zh
    assert judged.zh.endswith("没有逐单的记录。")
    assert judged.kind == "capacity"
    assert judged.to_json()["evidence"]["statements"][0]["index"] == 7


def test_statements_that_are_unlike_need_their_indicator_and_were_not_excluded() -> None:
    def statement(indicator: str, index: int) -> Statement:
        return Statement(
            indicator=indicator, value=10, unit="人", kind="stock", as_of_on="2025-06-20", source="妇联", log="l",
            index=index,
        )  # fmt: skip

    said = answer("attested", "as stated", None, grade="attested", matched=3, excluded={"superseded": 1})
    said |= {"statements": [statement("服务家庭", 1), statement("从业人员", 2)]}
    judged = judge(claim("800余人", "attested"), said)
    assert judged.verdict == "not_evidenced"
    assert "均被剔除" not in judged.zh
    assert "2 项上报，性质不同、不能合计：须用 params 指明一项（indicator = 服务家庭、从业人员）" in judged.zh
    assert "name one in params (indicator = 服务家庭, 从业人员)" in judged.en
    named = replace(claim("800余人", "attested"), params={"indicator": "从业人员"})
    assert "programme = …" in judge(named, said).zh


def test_a_number_that_cannot_be_told_though_some_counts_is_not_called_excluded() -> None:
    judged = judge(
        claim("4000元", "mean_monthly_wage"),
        answer("mean_monthly_wage", "fen per month", None, matched=5, excluded={"voided": 3}),
    )
    assert "没有可比的数（查到 5 条，其中剔除：voided 3）" in judged.zh
    assert "5 matched; excluded: voided 3" in judged.en


def test_the_records_behind_a_claim_can_be_listed() -> None:
    told = replace(claim("800余份"), params={"programme": "datong-hugong", "min_proof": "工资条"})
    assert judge(told, answer("agreements_signed", "份", 862)).members_command == (
        "ledgerctl members agreements_signed --param 'min_proof=工资条' --programme datong-hugong --to 2025-06-20"
    )
