"""The verifier's parts beside the ledger's own: two pairs of eyes must see the same."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import note as our_notes
from ledger import policy as our_policy
from ledger.checkpoint import Checkpoint, cosign, sign_checkpoint, with_signatures
from ledger.errors import LedgerError
from ledger.merkle import Frontier, leaf_hash
from ledger.note import Kind, Signer
from services.outcomes.days import day_number, month_number, shanghai_day
from verifier import shredding, streams
from verifier.findings import Finding, Malformed, shown
from verifier.kept import Kept
from verifier.notes import Key, open_note, parse_checkpoint, parse_vkey
from verifier.policy import parse_policy
from verifier.streams import Fingerprints
from verifier.tree import Tree, leaf_hashes

fast = settings(print_blob=True, deadline=None, max_examples=200)

LOG = Signer.from_seed("ledger.example/placement", b"\x01" * 32)
WITNESSES = [Signer.from_seed(f"w{at}.example", bytes([at + 2]) * 32, Kind.COSIGNATURE_V1) for at in range(3)]
KEYS = [LOG.key, *(one.key for one in WITNESSES)]
HEAD = Checkpoint(LOG.name, 77, bytes(range(32)))


def signed(*witnesses: int) -> bytes:
    data = sign_checkpoint(HEAD, LOG)
    return with_signatures(data, *(cosign(data, WITNESSES[at], 1_700_000_000 + at) for at in witnesses))


@pytest.mark.parametrize("chunks", [[1] * 70, [0, 3, 1, 0, 64, 2], [70], [69, 1], [7, 7, 7, 7, 7, 7, 7, 7, 7, 7]])
def test_a_tree_grown_in_chunks_is_the_tree_grown_leaf_by_leaf(chunks: list[int]) -> None:
    leaves = [b"%d" % at for at in range(70)]
    tree, frontier, at = Tree(), Frontier(), 0
    assert tree.root() == frontier.root()
    for chunk in chunks:
        tree.extend(leaf_hashes(leaves[at : at + chunk]))
        frontier.extend(map(leaf_hash, leaves[at : at + chunk]))
        at += chunk
        assert (tree.size, tree.root()) == (frontier.size, frontier.root())


def test_notes_keys_and_checkpoints_read_alike() -> None:
    keys = [parse_vkey(str(key)) for key in KEYS]
    assert [(key.name, key.kind, key.public, key.key_id) for key in keys] == [
        (key.name, key.kind, key.public, key.key_id) for key in KEYS
    ]
    text, signed_by = open_note(signed(0, 2), keys, "checkpoint")
    assert signed_by == {keys[0], keys[1], keys[3]}
    assert parse_checkpoint(text, "checkpoint") == (HEAD.origin, HEAD.size, HEAD.root)


@fast
@given(st.data())
def test_a_touched_note_is_opened_by_both_or_by_neither(data: st.DataObject) -> None:
    note = bytearray(signed(0, 1, 2))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(note) - 1))
        match data.draw(st.integers(0, 3)):
            case 0:
                note[at] ^= 1 << data.draw(st.integers(0, 7))
            case 1:
                del note[at]
            case 2:
                note[at:at] = data.draw(st.sampled_from([b"\n", b" ", b"+", b"A", "— ".encode(), b"\x00", b"\xff"]))
            case _:
                note = note[:at] + note[data.draw(st.integers(at, len(note) - 1)) :]
    theirs, ours = None, None
    try:
        text, keys = open_note(bytes(note), [parse_vkey(str(key)) for key in KEYS], "note")
        theirs = text, {key.name for key in keys}
    except Finding:
        pass
    try:
        opened = our_notes.open_note(bytes(note), KEYS)
        ours = opened.text, {key.name for key in opened.keys}
    except LedgerError:
        pass
    assert theirs == ours


@fast
@given(st.data())
def test_a_policy_means_the_same_to_both_or_is_refused_by_both(data: st.DataObject) -> None:
    vkeys = [str(key) for key in KEYS]
    name = st.sampled_from(["a", "b", "c", "g", "none", "大通"])
    words = st.one_of(name, st.sampled_from(["any", "all", "1", "2", "0", "03", "https://x/", *vkeys]))
    line = st.one_of(
        st.builds("log {}".format, st.sampled_from(vkeys)),
        st.builds("witness {} {}".format, name, st.sampled_from(vkeys)),
        st.builds("group {} {} {}".format, name, words, st.lists(name, max_size=3).map(" ".join)),
        st.builds("quorum {}".format, name),
        st.lists(words, max_size=4).map(" ".join),
        st.sampled_from(["", "# note", " \t", "\tquorum none", "quorum none\r"]),
    )
    text = "\n".join(data.draw(st.lists(line, max_size=8)) + data.draw(st.sampled_from([[], ["quorum none"]]))).encode()
    try:
        ours = our_policy.parse_policy(text)
    except our_policy.MalformedPolicy:
        with pytest.raises(Malformed):
            parse_policy(text)
        return
    theirs = parse_policy(text)
    assert [str(key.name) for key in theirs.logs] == [key.name for key in ours.logs]
    for some in ([], KEYS[1:2], KEYS[2:], KEYS):
        assert theirs.satisfied([Key(key.name, key.kind, key.public) for key in some]) == ours.satisfied(some)


@pytest.mark.parametrize(
    "text",
    [
        *("2025-03-05", "1969-12-31", "0001-01-01", "9999-12-31", "2024-02-29", "2025-02-29", "2025-3-5", "20250305"),
        *("2025-W10-3", "２０２５-03-05", "2025-03-05 ", "", "0000-01-01", "2025-13-01", "+025-03-05", "2025-03-05T"),
    ],
)
def test_days_are_numbered_alike(text: str) -> None:
    outcomes: list[int | None] = []
    for number in (shredding.day_of, day_number):
        try:
            outcomes.append(number(text))
        except ValueError:
            outcomes.append(None)
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize("text", ["2025-03", "1970-01", "0001-12", "2025-13", "2025-3", "2025-03-", "", "1970-01-01"])
def test_months_are_numbered_alike(text: str) -> None:
    outcomes: list[int | None] = []
    for number in (shredding.month_of, month_number):
        try:
            outcomes.append(number(text))
        except ValueError:
            outcomes.append(None)
    assert outcomes[0] == outcomes[1]


@fast
@given(st.datetimes().map(lambda at: at.strftime("%Y-%m-%dT%H:%M:%S.%fZ").zfill(27)) | st.text(max_size=20))
def test_the_day_in_shanghai_is_the_same(recorded: str) -> None:
    outcomes: list[int | None] = []
    for number in (lambda text: shredding.shanghai_day_of(text[:13]), shanghai_day):
        try:
            outcomes.append(number(recorded))
        except ValueError:
            outcomes.append(None)
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize(("size", "together"), [(100, 250_000), (20_000, 3_000), (20_000, 100)])
def test_ids_that_come_twice_and_gaps_in_streams_are_suspect_however_large_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, together: int
) -> None:
    monkeypatch.setattr(streams, "_TOGETHER", together)
    monkeypatch.setattr(streams, "_WAITING_MAX", 2 * together)
    dice = random.Random(size)
    entries = [(at * 7_919 - 5, at // 3 * 104_729 - 7, at % 3 + 1) for at in range(size)]
    bad = {dice.randrange(size): "id", dice.randrange(size): "gap"}
    twice, gaps = set(), set()
    for at, what in bad.items():
        other, (id_, subject, revision) = dice.randrange(size), entries[at]
        if what == "id":
            entries[at] = (entries[other][0], subject, revision)
            twice |= {entries[other][0]} if other != at else set()
        else:
            entries[at] = (id_, subject, revision + 1)
            gaps.add(subject)
    prints = Fingerprints(tmp_path, size)
    for start in range(0, size, 700):
        prints.put(*map(list, zip(*entries[start : start + 700], strict=True)))
    assert prints.suspects() == (twice, gaps)
    assert not list(tmp_path.iterdir())


def test_a_fingerprint_shared_by_chance_is_a_suspect_only(tmp_path: Path) -> None:
    prints = Fingerprints(tmp_path, 4)
    prints.put([1, 2, 3, 1], [5, 5, 5, 5], [1, 1, 2, 2])
    assert prints.suspects() == ({1}, {5})


def test_what_was_kept_is_kept_and_two_roots_for_one_size_are_told() -> None:
    text = b"# mine\nlog a/b 3 " + b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" + b"\nstatement " + b"0" * 64 + b" "
    kept = Kept(text + b"1" * 64 + b"\n")
    assert Kept(kept.encode()).encode() == kept.encode()
    assert [head.size for head in kept.heads("a/b")] == [3]
    with pytest.raises(Finding, match="two roots of a/b for 3"):
        Kept(kept.encode() + b"log a/b 3 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")
    for wrong in (b"log a/b 3\n", b"logs a/b 3 x\n", b"log a/b x AA==\n", b"\xff\n"):
        with pytest.raises(Malformed):
            Kept(wrong)


def test_text_of_strangers_is_shown_without_control_characters() -> None:
    assert shown("a\x1b[31m\x9bb\u202ec") == "a�[31m�b�c"
    assert shown("x" * 300) == "x" * 199 + "…"


@pytest.mark.parametrize(
    "schema",
    [
        "",
        "[]",
        '{"placement.Signed.v1":5}',
        '{"placement.Signed.v1":[["a","text"]]}',
        '{"placement.Signed.v1":[["a","float",true]]}',
        '{"placement.Signed.v1":[["a","text",1]]}',
        '{"placement.Signed.v1":[["a",[],true]]}',
        '{"placement.Signed.v1":[["a",[5],true]]}',
        '{"placement.Signed.v1":[["a; DROP TABLE cut","text",true]]}',
        '{"placement.Signed.v1":[["a","text",true],["a","text",true]]}',
        '{"placement.Signed.v1":[["idx","text",true]]}',
        '{"placement.Signed.v1":[["signed_on","integer",true]]}',
        '{"placement.Signed.v1":[["signed_on","text",true],["signed_day","integer",true]]}',
        '{"placement.signed.v1":[]}',
        '{"Signed":[]}',
        '{"a.Signed.v1":[["a","text",true]],"b.Signed.v1":[["a","text",false]]}',
        "[" * 5_000,
        "\x00",
    ],
)
def test_what_is_no_schema_is_refused(schema: str) -> None:
    with pytest.raises(Malformed):
        shredding.parse_schema(schema.encode())
