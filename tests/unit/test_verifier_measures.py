"""The verifier's own reading of headers and parameters: measures, scales, regions of a parameter."""

from __future__ import annotations

import pytest

from services.outcomes.catalogue import load
from verifier.counting import Tally
from verifier.findings import Contradicted, Malformed
from verifier.statement import Rule, check_question, parse_rule, parse_statement

HEADER = {
    "id": "things",
    "unit": "件",
    "member": "thing",
    "measure": "count",
    "grade": "evidenced",
    "version": "1",
    "parameters": "programme, region, from, to",
    "exclusions": "voided",
}


def rule(**header: str) -> Rule:
    lines = "".join(f"-- {name}: {value}\n" for name, value in {**HEADER, **header}.items())
    return parse_rule(f"gone AS (SELECT 1)\n{lines}\nSELECT 1\n".encode())


def asked(**own: str) -> str:
    """A statement of `things` that asks for these parameters beside the common ones."""
    parameters = {"from": "null", "programme": "null", "region": "null", "to": '"2025-06-20"', **own}
    return "".join(
        f"{line}\n"
        for line in (
            "placement-ledger figure v1",
            "publisher ledger.local/publication",
            "figure things",
            "version 1",
            f"rule {'0' * 64}",
            f"schema {'0' * 64}",
            "grade evidenced",
            *(f"parameter {name} {value}" for name, value in sorted(parameters.items())),
            f"input ledger.local/placement 0 {'A' * 43}=",
            "matched 0",
        )
    )


@pytest.mark.parametrize("figure", list(load()))
def test_every_header_is_read_as_the_catalogue_reads_it(figure: str) -> None:
    known = load()[figure]
    read = parse_rule((known.prelude + known.sql).encode())
    assert read.header["measure"] == known.measure
    assert read.scale() == known.scale
    assert read.header.get("over") == known.over
    assert tuple(read.columns()) == known.columns


@pytest.mark.parametrize(
    "header",
    [
        {"measure": "product"},
        {"measure": "growth"},
        {"measure": "growth", "over": "first_fen"},
        {"measure": "growth", "over": "first_fen", "details": "days"},
        {"scale": "7"},
        {"scale": "ten"},
    ],
)
def test_a_header_that_nobody_can_count_by_is_malformed(header: dict[str, str]) -> None:
    with pytest.raises(Malformed, match="lacks"):
        rule(**header)


@pytest.mark.parametrize("said", ["null", '"4401"', '"32,4401,81"'])
def test_regions_of_a_parameter_are_taken_in_order(said: str) -> None:
    of = rule(parameters="programme, region, from, to, places", places="region prefixes | 大湾区 = 4401 81")
    check_question(parse_statement(asked(places=said)), of)


@pytest.mark.parametrize("said", ['"大湾区"', '"81,4401"', '"4401,4401"', '"440100"', '"4401, 81"', '""'])
def test_regions_in_another_form_are_another_question(said: str) -> None:
    of = rule(parameters="programme, region, from, to, places", places="region prefixes | 大湾区 = 4401 81")
    with pytest.raises((Malformed, Contradicted), match="places"):
        check_question(parse_statement(asked(places=said)), of)


def test_sums_are_told_in_the_unit_and_growth_over_what_there_was() -> None:
    hours = Tally(rule(measure="sum", scale="10", beside="theory 理论学时"))
    for value, theory in ((405, 200), (400, None)):
        hours.take(("k", None, value, 1, None, "l", 0, theory))
    assert hours._value("none") == "80.5"
    growth = Tally(rule(measure="growth", over="first_fen", details="first_fen"))
    growth.take(("a", "a", -20, 1, None, "l", 0, 400))
    growth.take(("b", "b", 30, 0, "voided", "l", 1, 900))
    assert growth._value("none") == "-20/400"
    assert Tally(rule(measure="median"))._value("none") == "none"
