"""Where two figures are said to contradict each other, no numbers exist that both could be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ledgerctl.claims import Claim, contradictions, judge_alone

#: far beyond what the strategies print
FAR = 4_000
STATED = st.builds(
    lambda form, number: form.format(number),
    st.sampled_from(
        ("{}人", "{}余人", "近{}人", "约{}人", "超过{}人", "不少于{}人", "{}名", "{}多名", "{}人左右", "{}人以上")
    ),
    st.one_of(st.integers(1, 400), st.sampled_from((100, 200, 300, 1000))),
)


def admitted(stated: str) -> list[int]:
    """Every whole number that could be meant, by looking at each."""
    band = judge_alone(Claim("A", stated, "", stated, "2025-01-01")).band
    assert band is not None
    return [number for number in range(FAR) if number in band]


def fires(rule: str, relation: str, one: str, *others: str) -> bool:
    claims = [Claim("A", one, "", one, "2025-01-01")]
    claims += [
        Claim(f"B{at}", other, "", other, "2025-01-01", relations={relation: ("A",)}) for at, other in enumerate(others)
    ]
    return any(found.rule == rule for found in contradictions([judge_alone(claim) for claim in claims]))


@given(whole=STATED, part=STATED)
def test_a_part_or_an_outcome_contradicts_its_whole_where_no_numbers_fit(whole: str, part: str) -> None:
    most, least = max(admitted(whole), default=None), min(admitted(part), default=None)
    if most is None or least is None:
        return
    for rule, relation in (("subset_exceeds_set", "subset_of"), ("outcome_exceeds_base", "outcome_of")):
        assert fires(rule, relation, whole, part) == (least > most), (whole, part)


@given(whole=STATED, parts=st.lists(STATED, min_size=1, max_size=3))
def test_parts_contradict_their_whole_where_no_sum_fits(whole: str, parts: list[str]) -> None:
    sums = [admitted(part) for part in parts]
    target = admitted(whole)
    if not target or not all(sums):
        return
    low, high = sum(map(min, sums)), sum(map(max, sums))
    # bands are unbroken, so every sum between the least and the most can be reached
    fits = low <= max(target) and min(target) <= high
    assert fires("parts_do_not_sum", "part_of", whole, *parts) == (not fits), (whole, parts)
