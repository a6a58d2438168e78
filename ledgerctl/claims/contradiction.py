"""Published figures held against each other: what cannot all be true, whatever the ledger holds. Pure.

    subset_exceeds_set     a part is more than its whole
    outcome_exceeds_base   more came out than went in
    parts_do_not_sum       the parts add up to another number than the whole
    unit_drift             the same number, once of attendances, once of persons
    qualifier_drift        the same number, once with a qualifier, once without or with another
    value_drift            the same fact, two numbers that cannot both be
    implausible_ratio      so much money a head as nobody earns
    overlap_not_stated     nothing says whether one number is part of the other
    unlike_kinds_summed    unlike things counted as one
    capacity_as_result     what could be done stands among what was done
    employment_implied     the sentence speaks of work, its number is of the trained
    internship_as_work     internship and work are not told apart
    qualifier_malformed    the number contradicts its own wording

Relations come from the claims file (`claim.RELATIONS`); where the figures or the words tell, they are found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from ledgerctl.claims import sentences
from ledgerctl.claims.band import number_text
from ledgerctl.claims.judgement import Judgement
from ledgerctl.claims.units import kind_of

#: less money a head and year than twelve months at 1,000 元, below every statutory minimum wage of the last ten years
HEAD_YEAR_YUAN_MIN = 12_000
#: figures of persons further down the ladder -> those they must come out of, within one programme
_LADDER: Mapping[str, tuple[str, ...]] = {
    "persons_with_agreement": ("persons_trained",),
    "persons_started": ("persons_trained", "training_completions"),
    "persons_employed": ("persons_trained", "training_completions"),
}
#: figures of work, which come out of those whom the same sentence says were reached or trained
_WORK = ("persons_started", "persons_employed", "employment_starts")
_REACHED = ("activity_attendance", "persons_trained", "training_completions")
#: numbers that are equal by chance more often than not
_COMMON_BELOW = 100


@dataclass(frozen=True, slots=True)
class Contradiction:
    """`claims`: ids, the one at fault first."""

    rule: str
    claims: tuple[str, ...]
    zh: str
    en: str

    def to_json(self) -> dict[str, object]:
        """For `--json`."""
        return {"rule": self.rule, "claims": list(self.claims), "text_zh": self.zh, "text_en": self.en}


def contradictions(judged: Sequence[Judgement]) -> list[Contradiction]:
    """Every contradiction among the claims, rule by rule, in the order of the claims."""
    by_id = {one.claim.id: one for one in judged}
    return [found for rule in _RULES for found in rule(by_id)]


Claims = Mapping[str, Judgement]


def _subsets(claims: Claims) -> Iterator[Contradiction]:
    for at, one in enumerate(claims.values()):
        told = (*one.claim.of("subset_of"), *_among(one, list(claims.values())[:at]))
        narrower = (whole.claim.id for whole in claims.values() if _narrows(one, whole))
        for base in dict.fromkeys((*told, *narrower)):
            if _more(one, claims[base]):
                yield _pair(
                    "subset_exceeds_set", one, claims[base], "{0}是{1}的一部分，却更多", "{0} is part of {1}, and more"
                )


def _among(one: Judgement, before: Sequence[Judgement]) -> list[str]:
    """The claim of which 其中 makes this one a part: the nearest one before it that counts the same kind of thing."""
    if "其中" not in one.claim.sentence.partition(one.claim.stated or one.claim.sentence)[0]:
        return []
    same = [other for other in before if kind_of(other.stated.unit) == kind_of(one.stated.unit)]
    return [other.claim.id for other in same[-1:] if _same_programme(one, other)]


def _narrows(one: Judgement, whole: Judgement) -> bool:
    """Whether one asks for the same figure as the whole, and for less of it.

    A mean or a rate has no parts; a stock of another day is no part.
    """
    asked, less = (set(claim.claim.params.items()) for claim in (whole, one))
    same = bool(one.claim.figure) and one.claim.figure == whole.claim.figure and one.claim.aspect == whole.claim.aspect
    counted = one.claim.figure != "attested" and kind_of(one.stated.unit) not in ("%", "元")
    to, whole_to = one.claim.query()["to"], whole.claim.query()["to"]
    within = to == whole_to if one.kind == "stock" else to <= whole_to
    return same and counted and within and asked < less


def _outcomes(claims: Claims) -> Iterator[Contradiction]:
    for one in claims.values():
        bases = {*one.claim.of("outcome_of"), *(base.claim.id for base in claims.values() if _below(one, base))}
        for base in (claims[id] for id in claims if id in bases):
            if not _more(one, base):
                continue
            zh, en = "{0}出自{1}，结果却多于基数", "{0} came out of {1}, and is more"
            if one.kind == "stock":
                zh += "：存量不能算作这次的成果，须按归因窗口分开"
                en += ": a stock is no outcome of it; the window of attribution must be kept"
            yield _pair("outcome_exceeds_base", one, base, zh, en)


def _below(one: Judgement, base: Judgement) -> bool:
    """Whether one comes out of the other: by their figures, of one programme and no narrower window; or because
    one sentence says whom it reached and how many of them work."""
    if one.claim.sentence == base.claim.sentence and one.claim.figure in _WORK and base.claim.figure in _REACHED:
        return _same_programme(one, base)
    narrowed = {item for item in base.claim.params.items() if item[0] != "to"} - set(one.claim.params.items())
    return not narrowed and base.claim.figure in _LADDER.get(one.claim.figure, ())


def _parts(claims: Claims) -> Iterator[Contradiction]:
    wholes: dict[str, list[Judgement]] = {}
    for one in claims.values():
        for named in one.claim.of("part_of"):
            wholes.setdefault(named, []).append(one)
    for id, parts in wholes.items():
        whole = claims[id]
        low, high = _sum(map(_lowest, parts)), _sum(map(_highest, parts))
        whole_low, whole_high = _lowest(whole), _highest(whole)
        over = low is not None and whole_high is not None and low > whole_high
        under = high is not None and whole_low is not None and high < whole_low
        if over or under:
            total = low if over else high
            assert total is not None
            sum_text = f"{'≥' if over else '≤'} {number_text(total)}" if low != high else number_text(total)
            yield Contradiction(
                "parts_do_not_sum",
                (id, *(part.claim.id for part in parts)),
                f"{' + '.join(map(_name, parts))} 合计 {sum_text}，与{_name(whole)}对不上。",
                f"{' + '.join(map(_name_en, parts))} make {sum_text}, which is not {_name_en(whole)}.",
            )


def _drifts(claims: Claims) -> Iterator[Contradiction]:
    for one, other in combinations(claims.values(), 2):
        declared = other.claim.id in one.claim.of("same_as") or one.claim.id in other.claim.of("same_as")
        if one.stated.value is None or other.stated.value is None or not (declared or _same_programme(one, other)):
            continue
        kinds = {kind_of(one.stated.unit), kind_of(other.stated.unit)}
        if one.stated.value == other.stated.value:
            same_words = one.stated.qualifier == other.stated.qualifier
            if len(kinds) == 2 and same_words and (declared or (kinds == {"人", "人次"} and _uncommon(one))):
                yield _pair(
                    "unit_drift",
                    other,
                    one,
                    "{0}与{1}数同而单位不同：人次被写成了人，或者相反",
                    "{0} and {1} are the same number of different things: one unit was turned into the other",
                )
            elif len(kinds) == 1 and not same_words and (declared or _same_figure(one, other)):
                yield _pair(
                    "qualifier_drift",
                    other,
                    one,
                    "{0}与{1}说的是同一个数，限定词变了，没有新的依据",
                    "{0} and {1} state the same number with another qualifier, and no new evidence",
                )
        elif declared and len(kinds) == 1 and (_more(one, other) or _more(other, one)):
            yield _pair(
                "value_drift",
                other,
                one,
                "{0}与{1}说的是同一件事，两数不能并存",
                "{0} and {1} speak of the same fact, and cannot both be true",
            )


def _ratios(claims: Claims) -> Iterator[Contradiction]:
    for at, one in enumerate(claims.values()):
        told = (*one.claim.of("per_head_of"), *_heads(one, list(claims.values())[:at]))
        for heads in dict.fromkeys(told):
            low, most = _lowest(claims[heads]), one.band.upper if one.band else None
            if low and most is not None and most / low < HEAD_YEAR_YUAN_MIN:
                share = number_text(most / low)
                zh = f"{{0}}由{{1}}分摊，人年不足 {share} 元，低于任何地方的最低工资"
                en = f"{{0}} over {{1}} is less than {share} 元 a head and year: below any minimum wage"
                yield _pair("implausible_ratio", one, claims[heads], zh, en)


def _heads(one: Judgement, before: Sequence[Judgement]) -> list[str]:
    """Whose output a sentence tells: the nearest people at work before it."""
    if kind_of(one.stated.unit) != "元" or not sentences.OUTPUT.search(one.claim.sentence):
        return []
    at_work = [other for other in before if other.claim.figure in ("persons_employed", "persons_employed_by_mode")]
    return [other.claim.id for other in at_work[-1:] if _same_programme(one, other)]


def _overlaps(claims: Claims) -> Iterator[Contradiction]:
    for one in claims.values():
        for other in one.claim.of("may_overlap"):
            yield _pair(
                "overlap_not_stated",
                one,
                claims[other],
                "{0}是否包含在{1}之内，文中没有说，两数不能相加",
                "nothing says whether {0} is part of {1}: the two must not be added",
            )


def _sentences(claims: Claims) -> Iterator[Contradiction]:
    """What a sentence says against itself."""
    for one in claims.values():
        for rule, zh, en in sentences.faults(one):
            yield Contradiction(rule, (one.claim.id,), f"{_name(one)}{zh}。", f"{_name_en(one)} {en}.")


_RULES: tuple[Callable[[Claims], Iterator[Contradiction]], ...] = (
    _subsets,
    _outcomes,
    _parts,
    _drifts,
    _ratios,
    _overlaps,
    _sentences,
)


def _more(one: Judgement, other: Judgement) -> bool:
    """Whether the least that `one` may be is more than the most that `other` may be: counting rule C18.

    Persons are never more than their attendances; otherwise only like is compared with like.
    """
    kinds = kind_of(one.stated.unit), kind_of(other.stated.unit)
    low, high = _lowest(one), _highest(other)
    return (kinds[0] == kinds[1] or kinds == ("人", "人次")) and low is not None and high is not None and low > high


def _lowest(one: Judgement) -> Fraction | None:
    return one.band.lowest(_step(one)) if one.band else None


def _highest(one: Judgement) -> Fraction | None:
    return one.band.highest(_step(one)) if one.band else None


def _step(one: Judgement) -> Fraction | None:
    """Things are whole; rates and money are compared by their bounds."""
    return Fraction(1) if kind_of(one.stated.unit) not in ("%", "元") else None


def _sum(bounds: Iterable[Fraction | None]) -> Fraction | None:
    total = Fraction(0)
    for bound in bounds:
        if bound is None:
            return None
        total += bound
    return total


def _same_programme(one: Judgement, other: Judgement) -> bool:
    return one.claim.params.get("programme") == other.claim.params.get("programme")


def _same_figure(one: Judgement, other: Judgement) -> bool:
    def asked(claim: Judgement) -> tuple[object, ...]:
        params = {name: value for name, value in claim.claim.params.items() if name != "to"}
        return claim.claim.figure, claim.claim.aspect, sorted(params.items())

    return bool(one.claim.figure) and asked(one) == asked(other)


def _uncommon(one: Judgement) -> bool:
    return one.stated.value is not None and one.stated.value >= _COMMON_BELOW


def _name(one: Judgement) -> str:
    return f"{one.claim.id}“{one.stated.text}”"


def _name_en(one: Judgement) -> str:
    return f"{one.claim.id} ({one.stated.text})"


def _pair(rule: str, one: Judgement, other: Judgement, zh: str, en: str) -> Contradiction:
    return Contradiction(
        rule,
        (one.claim.id, other.claim.id),
        f"{zh.format(_name(one), _name(other))}。",
        f"{en.format(_name_en(one), _name_en(other))}.",
    )
