"""The catalogue: every figure's header says what its statement does, and contradictions are found at start."""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files

import pytest

from services.outcomes.catalogue import COMMON, PRINTED, CatalogueError, load, parse
from services.outcomes.reasons import REASONS

PRELUDE = "gone AS (SELECT :programme, :region, :from_day, :to_day)"
HEADER = {
    "id": "things",
    "name_zh": "事物",
    "name_en": "Things",
    "unit": "件",
    "member": "thing",
    "kind": "flow",
    "measure": "count",
    "grade": "evidenced",
    "version": "2",
    "parameters": "programme, region, from, to",
    "exclusions": "voided, failed",
    "base_reasons": "failed",
    "rule_zh": "期内的事物，\n--   不含作废的。",
    "rule_en": "Things in the window,\n--   none of them voided.",
}


def file(sql: str = "SELECT 'voided', 'failed'", **header: str | None) -> str:
    lines = {**HEADER, **header}
    return "".join(f"-- {name}: {value}\n" for name, value in lines.items() if value is not None) + f"\n{sql}\n"


def test_the_ids_of_the_catalogue_are_there_in_the_order_they_are_printed() -> None:
    assert tuple(load()) == PRINTED
    assert len(PRINTED) == len(set(PRINTED))
    assert set(PRINTED) - {"outcome_ladder"} == {
        *("persons_trained", "training_completions", "classes_opened", "certificates_issued", "agreements_signed"),
        *("persons_with_agreement", "contracts_signed", "matching_events_held", "employment_starts"),
        *("persons_started", "persons_employed", "dispatched_out_of_province", "starts_by_work_region"),
        *("mean_monthly_wage", "visits_completed", "visit_coverage_d30", "visit_coverage_d90", "visit_coverage_d180"),
        *("retained_d30", "retained_d90", "retained_d180", "issues_opened", "issues_resolved", "issue_days_median"),
        *("pre_job_training_rate", "health_check_rate", "referral_rate", "days_to_referral", "skill_files"),
        *("subsidies_paid", "persons_by_category", "training_hours", "occupations", "internships_started"),
        *("employers", "employers_by_mode", "persons_employed_by_mode", "cooperations", "vacancies"),
        *("standard_contract_rate", "activities_held", "activity_attendance", "competitors", "teams", "awards"),
        *("facilities", "recognitions", "capacity_places", "upskilled", "promotions", "wage_growth", "attested"),
    }


def test_the_rule_hash_is_of_the_bytes_of_prelude_and_file() -> None:
    folder = files("services.outcomes") / "figures"
    for rule in load().values():
        text = (folder / "_prelude.sql").read_bytes() + (folder / f"{rule.id}.sql").read_bytes()
        assert rule.rule_sha256 == hashlib.sha256(text).hexdigest()


def test_every_figure_takes_what_all_figures_take() -> None:
    for rule in load().values():
        a_flow = rule.kind not in ("stock", "capacity")
        wanted = COMMON if a_flow else tuple(name for name in COMMON if name != "from")
        assert rule.parameters[: len(wanted)] == wanted, rule.id


@pytest.mark.parametrize("figure", ["retained", "visit_coverage"])
@pytest.mark.parametrize("days", [90, 180])
def test_figures_of_three_days_are_one_rule_with_another_number(figure: str, days: int) -> None:
    # three files, so that each can be read and published by itself; they must not drift apart
    around = {30: days, 20: days - 10, 40: days + 10}
    said = re.sub(r"(?<!\d)(30|20|40)(?!\d)", lambda found: str(around[int(found[0])]), load()[f"{figure}_d30"].sql)
    assert said == load()[f"{figure}_d{days}"].sql


def test_a_header_is_read() -> None:
    rule = parse("things", file(splits="kind = a, b; state = c", beside="others 份", details="days"), PRELUDE)
    assert (rule.version, rule.exclusions, rule.base_reasons) == (2, ("voided", "failed"), ("failed",))
    assert rule.rule_zh == "期内的事物，不含作废的。"
    assert rule.rule_en == "Things in the window, none of them voided."
    assert rule.columns == ("kind", "state", "others", "days")
    assert rule.splits[0].values == ("a", "b")
    assert rule.beside[0].unit == "份"
    assert not rule.one_a_person


def test_a_parameter_of_its_own_has_choices_and_a_default_or_takes_any_text() -> None:
    sql = "SELECT 'voided', 'failed', :proof, :place"
    text = file(
        sql, parameters="programme, region, from, to, proof, place", proof="a 甲 | b 乙 (default)", place="any text"
    )
    proof, place = parse("things", text, PRELUDE).extra
    assert (proof.choices, proof.default) == ({"a": "a", "甲": "a", "b": "b", "乙": "b"}, "b")
    assert (place.choices, place.default) == ({}, None)


def test_a_parameter_may_take_regions_and_names_for_some_of_them() -> None:
    sql = "SELECT 'voided', 'failed', :places"
    text = file(sql, parameters="programme, region, from, to, places", places="region prefixes | 大湾区 = 4401 81")
    [places] = parse("things", text, PRELUDE).extra
    assert (places.choices, places.default, places.prefixes) == ({"大湾区": "4401 81"}, None, True)


def test_a_growth_is_held_against_a_column_and_values_may_be_in_parts_of_the_unit() -> None:
    rule = parse("things", file(measure="growth", details="first_fen, days", over="first_fen"), PRELUDE)
    assert (rule.over, rule.scale) == ("first_fen", 1)
    assert parse("things", file(measure="sum", scale="10"), PRELUDE).scale == 10


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (file(unit=None), "header lines missing: unit"),
        (file(colour="red"), "unknown header lines: colour"),
        (file(id="others"), "not the file's name"),
        (file(kind="flood"), "kind that is not one of"),
        (file(exclusions="voided, failed, unheard"), "without wording in reasons.py: unheard"),
        (file(exclusions="voided, failed, ended"), "never gives: ended"),
        (file(base_reasons="ended"), "base_reasons that are no exclusions"),
        (file("SELECT 'voided', 'failed', :unheard"), "used but not declared: unheard"),
        (file(parameters="programme, region, from, to, proof", proof="any text"), "declared but not used: proof"),
        (file(parameters="programme, region, from, to, proof"), "header lines missing: proof"),
        (file("SELECT 'voided', 'failed', :p", parameters="programme, to, p", p="a | b"), "p has no (default)"),
        (file(splits="kind"), "splits"),
        (file(scale="7"), "scale that is neither"),
        (file(over="days", details="days"), "over that is no column of a growth"),
        (file(measure="growth", details="days"), "over that is no column of a growth"),
        (file(details="days; DROP"), "no names"),
        ("-- no colon\n" + file(), "without a colon"),
        ("-- unit: 份\n" + file(), "twice"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(text: str, says: str) -> None:
    with pytest.raises(CatalogueError, match=says.replace("(", r"\(").replace(")", r"\)")):
        parse("things", text, PRELUDE)


def test_every_reason_has_its_wording_and_every_wording_a_figure() -> None:
    used = {reason for rule in load().values() for reason in rule.exclusions}
    assert used == set(REASONS)
    assert all(wording.zh and wording.en for wording in REASONS.values())


def test_nothing_in_a_statement_is_beyond_what_both_databases_know() -> None:
    folder = files("services.outcomes") / "figures"
    for one in folder.iterdir():
        if one.name.endswith(".sql"):
            code = "\n".join(line.partition("--")[0] for line in one.read_text("utf-8").splitlines()).lower()
            for word in (
                "julianday",
                "interval",
                "greatest",
                "string_agg",
                "group_concat",
                "distinct on",
                " like ",
                "::",
            ):
                assert word not in code, (one.name, word)
