"""Whom a lot draws: the same for everybody, and nobody can tell before."""

from __future__ import annotations

import hashlib
import random
from collections import Counter

from ledgerctl.sampling.lot import Draw, Place, Seed, sample_sha256

SEED = Seed("ledger.local/training", 1310, "ab" * 32)


def members(count: int) -> list[Place]:
    return [Place(f"agreement/a/p/intent/{at}", "ledger.local/placement", at) for at in range(count)]


def draw(offered: list[Place], seed: Seed, size: int) -> list[Place]:
    lot = Draw(seed, size)
    for member in offered:
        lot.offer(member)
    assert lot.offered == len(offered)
    return lot.sample()


def test_the_sample_is_what_the_page_says_it_is() -> None:
    lot = hashlib.sha256(f"placement-ledger sample v1\nledger.local/training\n1310\n{'ab' * 32}\n".encode()).digest()
    ranked = sorted(
        members(50), key=lambda one: hashlib.sha256(lot + f"{one.key}\n{one.log}\n{one.index}\n".encode()).digest()
    )
    assert draw(members(50), SEED, 7) == ranked[:7]
    lines = "".join(f"{one.log} {one.index} {one.key}\n" for one in ranked[:7])
    assert sample_sha256(ranked[:7]) == hashlib.sha256(lines.encode()).hexdigest()


def test_the_order_in_which_members_come_does_not_matter() -> None:
    shuffled = members(400)
    random.Random(7).shuffle(shuffled)
    assert draw(shuffled, SEED, 30) == draw(members(400), SEED, 30)


def test_a_sample_larger_than_the_figure_is_the_whole_figure() -> None:
    assert sorted(draw(members(20), SEED, 299)) == sorted(members(20))


def test_a_smaller_sample_is_the_beginning_of_a_larger_one() -> None:
    assert draw(members(100), SEED, 40)[:10] == draw(members(100), SEED, 10)


def test_each_part_of_the_checkpoint_changes_the_lot() -> None:
    others = [SEED._replace(origin="ledger.local/followup"), SEED._replace(size=1311), SEED._replace(root="ac" * 32)]
    drawn = [tuple(draw(members(1000), seed, 20)) for seed in (SEED, *others)]
    assert len(set(drawn)) == 4


def test_no_place_is_drawn_more_than_others() -> None:
    hits: Counter[int] = Counter()
    for size in range(1, 401):
        hits.update(one.index for one in draw(members(20), SEED._replace(size=size), 5))
    assert set(hits) == set(range(20))
    assert max(hits.values()) < 1.5 * 100  # each is expected 100 times
    assert min(hits.values()) > 0.6 * 100
