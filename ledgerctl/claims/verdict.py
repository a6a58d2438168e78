"""Decides what a claim is worth, given the ledger's answer. Pure.

Which verdict wins, first to last: malformed, not_evidenced, attested_only, supported, unit_differs,
contradicted. A malformed claim is still compared, and says how that came out. A sentence without a
number is supported where entries show that what it tells of took place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from ledgerctl.claims import units, wording
from ledgerctl.claims.band import band_of
from ledgerctl.claims.claim import Claim, ClaimsError
from ledgerctl.claims.judgement import FigureAnswer, Judgement, Rate, Reading, Verdict
from ledgerctl.claims.stated import Stated
from ledgerctl.claims.units import Measure

__all__ = ["FigureAnswer", "Judgement", "Rate", "Reading", "Verdict", "aspect_of", "judge", "judge_alone"]

#: exclusions that mean the answer is not known, so that nothing can be said of all
_UNKNOWN = ("unknown", "not_yet_known")


def judge(claim: Claim, answer: FigureAnswer, beside: Sequence[FigureAnswer] = ()) -> Judgement:
    """The verdict on one claim.

    `answer` is the claim's figure for `claim.query()`; `beside` those of `units.siblings(claim.figure)`
    for the same query. Raises ClaimsError where the stated number and the figure are of different kinds
    (a rate against a count, money against people), or where the answer has no such aspect.
    """
    stated = claim.reading()
    answer = aspect_of(claim, answer)
    if claim.aspect.startswith("split:"):
        # other figures speak of all kinds together
        beside = ()
    own = _reading(stated, answer)
    if own.amount is not None and own.distance is None and stated.value is not None:
        raise ClaimsError(
            f"claim {claim.id}: stated: “{stated.text}”与指标 {answer['id']}（{answer['unit']}）不可比 · "
            f"cannot be compared with figure {answer['id']} ({answer['unit']})"
        )
    others = tuple(_reading(stated, other) for other in beside)
    for one in (answer, *beside):
        named = {own.unit, *(other.unit for other in others)}
        shown = one.get("beside", {}).items()
        others += tuple(_beside(stated, one, unit, amount) for unit, amount in shown if unit not in named)
    if own.measure == "count" and all(one.unit != "人" for one in (own, *others)) and answer["persons"]:
        others = (*others, _persons(stated, answer))
    statements = tuple(answer.get("statements", ()))
    judgement = Judgement(
        claim=claim,
        stated=stated,
        verdict=_verdict(stated, answer, own, others),
        band=None if stated.value is None else band_of(stated, own.measure),
        reading=own,
        others=others,
        grade=answer["grade"],
        matched=answer["matched"],
        counted=answer["counted"],
        excluded=answer["excluded"],
        persons=answer["persons"],
        rule_sha256=answer["rule_sha256"],
        kind=statements[0]["kind"] if len(statements) == 1 else answer.get("kind", ""),
        splits=answer.get("splits"),
        statements=statements,
        reasons=answer.get("reasons", {}),
        recorded_by_to=answer.get("recorded_by_to", {}),
        notes=tuple(answer.get("notes", ())),
    )
    return replace(judgement, zh=wording.zh(judgement), en=wording.en(judgement))


def judge_alone(claim: Claim) -> Judgement:
    """The verdict on a claim that no figure of the ledger can speak of: `claim.note_zh` says why."""
    stated = claim.reading()
    judgement = Judgement(
        claim=claim,
        stated=stated,
        verdict="malformed" if stated.fault else "not_evidenced",
        band=None if stated.value is None else band_of(stated, _stated_measure(stated)),
        reading=Reading("", stated.unit, _stated_measure(stated), None, True, False, None),
        others=(),
        grade="",
        matched=0,
        counted=0,
        excluded={},
        persons=None,
        rule_sha256="",
        kind="capacity" if claim.capacity else "",
    )
    return replace(judgement, zh=wording.zh(judgement), en=wording.en(judgement))


def aspect_of(claim: Claim, answer: FigureAnswer) -> FigureAnswer:
    """The answer with the number that the claim means as its value.

    `persons`, `median`, `beside:UNIT`, `split:COLUMN=VALUE`; empty: the value. Raises ClaimsError.
    """
    name, _, which = claim.aspect.partition(":")
    column, _, value = which.partition("=")
    found: int | float | None = None
    unit = answer["unit"]
    match name:
        case "":
            return answer
        case "persons":
            found, unit = answer["persons"], "人"
        case "median":
            found = answer.get("median")
        case "beside" if which in answer.get("beside", {}):
            found, unit = answer["beside"][which], which
        case "split" if value in answer.get("splits", {}).get(column, {}):
            found = answer["splits"][column][value]
        case _:
            raise ClaimsError(
                f"claim {claim.id}: aspect: 指标 {answer['id']} 没有 {claim.aspect} · figure {answer['id']} has no such"
            )
    picked = answer.copy()
    picked["value"], picked["unit"] = found, unit
    if name == "split":
        # the persons of one kind alone are not among the answers
        picked["persons"] = None
    picked.pop("beside", None)
    return picked


def _verdict(stated: Stated, answer: FigureAnswer, own: Reading, others: Sequence[Reading]) -> Verdict:
    fitting = [one for one in (own, *others) if one.fits]
    if stated.fault is not None:
        return "malformed"
    if answer["matched"] == 0 or own.amount is None or (own.amount == 0 and own.measure != "rate"):
        return "not_evidenced"
    if answer["grade"] == "attested":
        return "attested_only"
    if stated.value is None or any(one.same_unit for one in fitting):
        return "supported"
    return "unit_differs" if fitting else "contradicted"


def _reading(stated: Stated, answer: FigureAnswer) -> Reading:
    value, unit = answer["value"], answer["unit"]
    measure = _measure(answer)
    same_unit = units.states(stated.unit, unit)
    if isinstance(value, int | float | str):
        in_fen = measure in ("money", "money_mean") and answer["id"] != "attested"
        amount = Fraction(str(value)) / (100 if in_fen else 1)
        return _compared(stated, Reading(answer["id"], unit, measure, amount, same_unit, False, None))
    if value is None or value["denominator"] == 0:
        return Reading(answer["id"], unit, measure, None, same_unit, False, None, value)
    amount = Fraction(100 * value["numerator"], value["denominator"])
    reading = _compared(stated, Reading(answer["id"], unit, measure, amount, same_unit, False, None, value))
    if stated.qualifier == "whole" and any(reason.startswith(_UNKNOWN) for reason in answer["excluded"]):
        return replace(reading, fits=False)
    return reading


def _beside(stated: Stated, answer: FigureAnswer, unit: str, amount: int | float) -> Reading:
    """The same facts in the unit that the figure itself shows beside its own."""
    money = units.is_money(unit)
    reading = Reading(
        answer["id"],
        unit,
        "money" if money else "count",
        Fraction(str(amount)) / (100 if money else 1),
        units.states(stated.unit, unit),
        False,
        None,
    )
    return _compared(stated, reading)


def _persons(stated: Stated, answer: FigureAnswer) -> Reading:
    """The distinct persons behind a figure's own members, where no figure of its own counts them."""
    same_unit = units.states(stated.unit, "人")
    amount = Fraction(answer["persons"] or 0)
    return _compared(stated, Reading(answer["id"], "人", "count", amount, same_unit, False, None))


def _compared(stated: Stated, reading: Reading) -> Reading:
    """The reading with `fits` and `distance`, where the stated number is of its kind."""
    if stated.value is None or reading.amount is None or not _same_kind(stated, reading.measure):
        return reading
    band = band_of(stated, reading.measure)
    step = {"count": Fraction(1), "money": Fraction(1, 100), "money_mean": Fraction(1, 100), "rate": None}
    distance = band.distance(reading.amount, step[reading.measure])
    return replace(reading, fits=reading.amount in band, distance=distance)


def _same_kind(stated: Stated, measure: Measure) -> bool:
    if not stated.unit:
        return True
    if stated.unit == "%":
        return measure == "rate"
    return units.is_money(stated.unit) == (measure in ("money", "money_mean")) and measure != "rate"


def _stated_measure(stated: Stated) -> Measure:
    """What a number is by its unit alone."""
    if stated.unit == "%":
        return "rate"
    return "money" if units.is_money(stated.unit) else "count"


def _measure(answer: FigureAnswer) -> Measure:
    if isinstance(answer["value"], dict) or answer["unit"] == "%":
        return "rate"
    if units.is_money(answer["unit"]):
        return "money_mean" if answer["id"].startswith("mean_") else "money"
    return "count"
