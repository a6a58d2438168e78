"""Whatever is signed verifies, whatever is touched does not, and no bytes break the parsers."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint, sign_checkpoint
from ledger.merkle import EMPTY_ROOT
from ledger.note import (
    Kind,
    MalformedNote,
    Note,
    Signer,
    UnverifiedNote,
    open_note,
    parse_note,
    parse_skey,
    parse_vkey,
    sign_note,
)
from ledger.policy import MalformedPolicy, Policy, parse_policy
from ledger.tlog_proof import TlogProof, parse_tlog_proof

fast = settings(print_blob=True, deadline=None, max_examples=150)

texts = st.text(st.characters(exclude_categories=["Cs"], min_codepoint=32) | st.just("\n")).map(
    lambda text: text + "\n"
)
names = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters="+"), min_size=1)
seeds = st.binary(min_size=32, max_size=32)
kinds = st.sampled_from(list(Kind))


@st.composite
def checkpoints(draw: st.DrawFn) -> Checkpoint:
    size = draw(st.integers(0, 2**63 - 1))
    lines = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)
    root = draw(st.binary(min_size=32, max_size=32)) if size else EMPTY_ROOT
    return Checkpoint(draw(names), size, root, tuple(draw(st.lists(lines, max_size=3))))


@fast
@given(texts, st.lists(st.tuples(names, seeds), min_size=1, max_size=4, unique_by=(lambda one: one[0],)))
def test_what_is_signed_verifies_by_every_key_and_reads_back(text: str, signed_by: list[tuple[str, bytes]]) -> None:
    signers = [Signer.from_seed(name, seed) for name, seed in signed_by]
    data = sign_note(text, signers)
    opened = open_note(data, [signer.key for signer in signers])
    assert opened.text == text
    assert opened.keys == {signer.key for signer in signers}
    assert parse_note(data).encode() == data


@fast
@given(names, seeds, kinds)
def test_keys_read_back_as_they_were_written(name: str, seed: bytes, kind: Kind) -> None:
    signer = Signer.from_seed(name, seed, kind)
    assert parse_vkey(str(signer.key)) == signer.key
    assert parse_skey(signer.skey()).skey() == signer.skey()
    assert parse_skey(signer.skey()).key == signer.key


@fast
@given(checkpoints(), seeds, seeds, st.integers(1, 2**63 - 1), st.data())
def test_no_bit_of_a_cosigned_checkpoint_can_be_turned(
    head: Checkpoint, seed: bytes, witness_seed: bytes, timestamp: int, data: st.DataObject
) -> None:
    signer, witness = Signer.from_seed(head.origin, seed), Signer.from_seed("w", witness_seed, Kind.COSIGNATURE_V1)
    note = parse_note(sign_checkpoint(head, signer))
    signed = note.signed_by(witness.sign(note.text, timestamp)).encode()
    assert open_checkpoint(signed, [signer.key, witness.key]).checkpoint == head
    assert open_checkpoint(signed, [signer.key, witness.key]).keys == {signer.key, witness.key}
    at = data.draw(st.integers(0, len(signed) * 8 - 1))
    turned = bytearray(signed)
    turned[at // 8] ^= 1 << at % 8
    try:
        opened = open_checkpoint(bytes(turned), [signer.key, witness.key])
    except (MalformedNote, UnverifiedNote):
        return
    # a bit of the witness's name or key id: an unknown signature, which nobody may rely on
    assert opened.checkpoint == head
    assert opened.keys == {signer.key}


@fast
@given(checkpoints())
def test_a_checkpoint_reads_back(head: Checkpoint) -> None:
    assert parse_checkpoint(head.text) == head


@fast
@given(
    st.integers(0, 2**63 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    checkpoints(),
    st.none() | st.binary(max_size=100),
)
def test_a_proof_reads_back(index: int, path: list[bytes], head: Checkpoint, extra: bytes | None) -> None:
    signed = sign_checkpoint(head, Signer.from_seed(head.origin, b"\0" * 32))
    proof = TlogProof(index, tuple(path), signed, extra)
    assert parse_tlog_proof(proof.encode()) == proof


def contains(at: int, cosigned: Collection[int]) -> bool:
    return at in cosigned


def enough(k: int, of: list[Callable[[Collection[int]], bool]], cosigned: Collection[int]) -> bool:
    return sum(one(cosigned) for one in of) >= k


@fast
@given(st.data())
def test_a_policy_reads_back_and_its_quorum_is_what_its_groups_say(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 6))
    keys = [Signer.from_seed(f"w{at}", bytes([at + 1]) * 32, Kind.COSIGNATURE_V1).key for at in range(count)]
    lines = [f"witness n{at} {key}" for at, key in enumerate(keys)]
    free = [f"n{at}" for at in range(count)]
    expected: dict[str, Callable[[Collection[int]], bool]] = {f"n{at}": partial(contains, at) for at in range(count)}
    for at in range(data.draw(st.integers(0, 3))):
        if not free:
            break
        members = data.draw(st.lists(st.sampled_from(free), min_size=1, unique=True))
        k = data.draw(st.integers(1, len(members)))
        word = data.draw(st.sampled_from([str(k)] + ["any"] * (k == 1) + ["all"] * (k == len(members))))
        lines.append(f"group g{at} {word} {' '.join(members)}")
        of = [expected[member] for member in members]
        expected[f"g{at}"] = partial(enough, k, of)
        free = [name for name in free if name not in members] + [f"g{at}"]
    quorum = data.draw(st.sampled_from(["none", *expected]))
    policy = parse_policy("\n".join([*lines, f"quorum {quorum}"]).encode())
    assert parse_policy(policy.text().encode()) == policy
    cosigned = data.draw(st.sets(st.integers(0, count - 1)))
    wanted = quorum == "none" or expected[quorum](cosigned)
    assert policy.satisfied([keys[at] for at in cosigned]) == wanted


@fast
@given(st.binary(max_size=200) | texts.map(str.encode))
def test_no_bytes_break_a_parser(data: bytes) -> None:
    for parse in (parse_note, parse_tlog_proof, parse_policy, lambda given: parse_vkey(given.decode("latin-1"))):
        with suppress(MalformedNote, MalformedPolicy):
            parse(data)


def test_an_unsigned_note_has_no_bytes() -> None:
    with pytest.raises(MalformedNote):
        Note("a\n", ()).encode()
    assert Policy((), {}, {}, "none").text() == "quorum none\n"
