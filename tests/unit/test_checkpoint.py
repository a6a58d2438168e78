"""Checkpoints, cosignatures and proofs: the specifications' examples, a real cosigned head, malformed ones."""

from __future__ import annotations

import base64

import pytest

from ledger.checkpoint import (
    Checkpoint,
    cosign,
    open_checkpoint,
    parse_checkpoint,
    parse_decimal,
    sign_checkpoint,
    with_signatures,
)
from ledger.merkle import EMPTY_ROOT, leaf_hash
from ledger.note import Kind, MalformedNote, Signer, UnverifiedNote, cosigned, parse_note, parse_vkey
from ledger.policy import NoQuorum, Policy, parse_policy
from ledger.proofs import BadProof, HashTree, inclusion_proof, tree_root
from ledger.tlog_proof import HEADER, TlogProof, parse_tlog_proof

# C2SP tlog-checkpoint and tlog-cosignature (no keys are published for them)
SOFA = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa \
Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 \
jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""
# the head of a public log of certificates, cosigned by four public witnesses of three implementations,
# with a signature of a kind nobody here knows
REAL = """\
arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev \
zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev \
ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— transparency.dev/DEV:witness-little-garden \
2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
— witness1.smartit.nu/witness1 \
pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de \
2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
— witness.stagemole.eu \
Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
"""
REAL_POLICY = """\
log arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f
witness garden transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM
witness smartit witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO
witness remora remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2
witness mole witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv
witness navigli witness.navigli.sunlight.geomys.org+a3e00fe2+BNy/co4C1Hn1p+INwJrfUlgz7W55dSZReusH/GhUhJ/G
"""
# C2SP tlog-proof; the signatures are elided there and replaced here
FANCY = """\
c2sp.org/tlog-proof@v1
extra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6kYXJ3aW4tYXJ
index 73894
gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=
RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=
AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=

example.com/fancylog
109482
sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=

— example.com/fancylog hI2DJwAA
"""

ORIGIN = "ledger.datong.example/placement"
SIGNER = Signer.from_seed(ORIGIN, b"\x07" * 32)
WITNESS = Signer.from_seed("linqing.example/w", b"\x08" * 32, Kind.COSIGNATURE_V1)
ROOT = bytes(range(32))


def test_the_checkpoint_of_the_specification_reads() -> None:
    note = parse_note(SOFA.encode())
    head = parse_checkpoint(note.text)
    assert (head.origin, head.size, head.extensions) == ("example.com/behind-the-sofa", 20852163, ())
    assert base64.b64encode(head.root) == b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    assert head.text == note.text
    assert note.encode().decode() == SOFA
    log, witness = note.signatures
    assert (log.key_id.hex(), len(log.signature)) == ("033de0ae", 64)
    assert (witness.key_id.hex(), len(witness.signature), witness.timestamp) == ("8d66cf3f", 72, 1679315147)


def test_a_cosignature_is_over_the_message_of_the_specification() -> None:
    assert cosigned(parse_note(SOFA.encode()).text, 1679315147).decode() == (
        "cosignature/v1\n"
        "time 1679315147\n"
        "example.com/behind-the-sofa\n"
        "20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )


def test_a_real_head_with_the_cosignatures_of_four_public_witnesses_verifies() -> None:
    policy = parse_policy((REAL_POLICY + "group all-four all garden smartit remora mole\nquorum all-four\n").encode())
    accepted = policy.accept(REAL.encode())
    assert accepted.checkpoint.size == 1432088532
    assert accepted.witnesses == ("garden", "smartit", "remora", "mole")
    times = {line.timestamp for key, line in accepted.opened.opened.verified if key.kind is Kind.COSIGNATURE_V1}
    assert times == {1779573024}
    five = REAL_POLICY + "group most 5 garden smartit remora mole navigli\nquorum most\n"
    with pytest.raises(NoQuorum, match="cosigned by garden, smartit, remora, mole; quorum most is not met"):
        parse_policy(five.encode()).accept(REAL.encode())
    for tampered in (REAL.replace("1432088532", "1432088533"), REAL.replace("U7WM", "U7WN")):
        with pytest.raises(UnverifiedNote, match="wrong"):
            policy.accept(tampered.encode())


def test_the_bytes_a_log_and_a_witness_sign_are_these() -> None:
    head = Checkpoint(ORIGIN, 1234, ROOT)
    signed = sign_checkpoint(head, SIGNER)
    both = with_signatures(signed, cosign(signed, WITNESS, 1_750_000_000))
    assert both.decode() == (
        "ledger.datong.example/placement\n"
        "1234\n"
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
        "\n"
        "— ledger.datong.example/placement "
        "Nj0e4aBliiM51l62H/h0PLSaYjqM56euZaT3QTEf9tFGuMmavHkmQqeMV2nuMuq6SNwv9BJSlgItKfCSPjCXloilHQM=\n"
        "— linqing.example/w "
        "3OGTcgAAAABoTuGASgewy4mhDga+q+YTvZlGwN46MOBEG1qKoE/7xNiOzjavLjllX4hi9DUf8WFg1PzEfqYCgLDxOu91zIOiqCmjBg==\n"
    )
    assert str(SIGNER.key) == "ledger.datong.example/placement+363d1ee1+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs"
    assert str(WITNESS.key) == "linqing.example/w+dce19372+BBOY9ixtGkV8UbpqS189vS9p/KkyFiGNyJl+QWvRfZPK"
    opened = open_checkpoint(both, [SIGNER.key, WITNESS.key])
    assert opened.checkpoint == head
    assert opened.keys == {SIGNER.key, WITNESS.key}


def test_a_checkpoint_is_signed_by_its_own_log_only() -> None:
    other = Signer.from_seed("ledger.datong.example/training", b"\x07" * 32)
    with pytest.raises(ValueError, match="does not sign for"):
        sign_checkpoint(Checkpoint(ORIGIN, 1, ROOT), other)
    with pytest.raises(ValueError, match="does not sign for"):
        sign_checkpoint(Checkpoint(ORIGIN, 1, ROOT), Signer.from_seed(ORIGIN, b"\x07" * 32, Kind.COSIGNATURE_V1))
    by_other = parse_note(sign_checkpoint(Checkpoint(other.name, 1, ROOT), other))
    forged = with_signatures(
        sign_checkpoint(Checkpoint(ORIGIN, 1, ROOT), Signer.generate(ORIGIN)),
        other.sign(Checkpoint(ORIGIN, 1, ROOT).text),
    )
    with pytest.raises(UnverifiedNote, match=f"no known key of {ORIGIN}"):
        open_checkpoint(forged, [other.key])
    with pytest.raises(UnverifiedNote, match="no known key has signed"):
        open_checkpoint(forged, [SIGNER.key])
    assert open_checkpoint(by_other.encode(), [other.key]).checkpoint.size == 1


def test_a_cosignature_alone_is_not_a_signature_of_the_log() -> None:
    head = Checkpoint(WITNESS.name, 5, ROOT)
    signed = sign_checkpoint(head, Signer.generate(WITNESS.name))
    only_witness = with_signatures(signed, cosign(signed, WITNESS, 5))
    with pytest.raises(UnverifiedNote, match="no known key of"):
        open_checkpoint(only_witness, [WITNESS.key])


def test_the_key_of_a_log_used_as_a_cosigner_has_another_id() -> None:
    """C2SP: the same public key under another type is another key."""
    same = Signer.from_seed(ORIGIN, b"\x07" * 32, Kind.COSIGNATURE_V1)
    assert same.key.public == SIGNER.key.public
    assert same.key.key_id != SIGNER.key.key_id
    signed = sign_checkpoint(Checkpoint(ORIGIN, 5, ROOT), SIGNER)
    assert open_checkpoint(with_signatures(signed, cosign(signed, same, 5)), [SIGNER.key, same.key]).keys == {
        SIGNER.key,
        same.key,
    }


@pytest.mark.parametrize("timestamp", [0, -1, 2**63])
def test_a_cosignature_has_a_time(timestamp: int) -> None:
    signed = sign_checkpoint(Checkpoint(ORIGIN, 5, ROOT), SIGNER)
    with pytest.raises(ValueError, match="timestamp"):
        cosign(signed, WITNESS, timestamp)


def test_a_cosignature_of_another_time_or_of_no_time_does_not_verify() -> None:
    text = Checkpoint(ORIGIN, 5, ROOT).text
    line = WITNESS.sign(text, 1_000)
    assert WITNESS.key.verifies(text, line.signature)
    for wrong in (
        (1_001).to_bytes(8, "big") + line.signature[8:],
        (2**63).to_bytes(8, "big") + line.signature[8:],
        line.signature[8:],
        line.signature + b"\0",
        b"",
    ):
        assert not WITNESS.key.verifies(text, wrong)
    assert not SIGNER.key.verifies(text, line.signature)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Head\n9944\n",
        "\n9944\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "Log\n123\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "Log\nbananas\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "Log\n-34\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "Log\n+34\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "Log\n034\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "Log\n00\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "Log\n1_0\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "Log\n１\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "Log\n 1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "Log\n3438945738945739845734895735\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "Log\n9223372036854775808\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "Log\n123\nThisIsn'tBase64\n",
        "Log\n123\nYmFuYW5hcw==\n",
        "Log\n123\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n",
        "Log\n123\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n",
        "Log\n123\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\nextension\n",
        "Log\n0\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(MalformedNote):
        parse_checkpoint(text)


def test_a_checkpoint_that_cannot_be_written_cannot_be_made() -> None:
    for origin, size, root, extensions in (
        ("", 1, ROOT, ()),
        ("a\nb", 1, ROOT, ()),
        ("a", -1, ROOT, ()),
        ("a", 2**63, ROOT, ()),
        ("a", 1, ROOT[1:], ()),
        ("a", 1, ROOT, ("",)),
        ("a", 1, ROOT, ("b\nc",)),
        ("a", 0, ROOT, ()),
    ):
        with pytest.raises(MalformedNote):
            Checkpoint(origin, size, root, extensions)
    assert parse_checkpoint(Checkpoint("a", 0, EMPTY_ROOT).text).root == EMPTY_ROOT
    assert parse_checkpoint("Log\n9944\n" + base64.b64encode(ROOT).decode() + "\nSome data.\n").extensions == (
        "Some data.",
    )


def test_a_decimal_has_one_form() -> None:
    assert [parse_decimal(text) for text in ("0", "7", "9223372036854775807")] == [0, 7, 2**63 - 1]
    for text in ("", "00", "07", "-1", "1.0", "1e3", "٣", "9223372036854775808"):
        with pytest.raises(MalformedNote):
            parse_decimal(text)


def test_the_proof_of_the_specification_reads() -> None:
    proof = parse_tlog_proof(FANCY.encode())
    assert (proof.index, len(proof.path), proof.extra) == (
        73894,
        5,
        b"age-v1.2.1-darwin-arm64.tar.gz\x91\x85\xc9\xdd\xa5\xb8\xb5\x85\xc9",
    )
    assert parse_checkpoint(parse_note(proof.checkpoint).text).size == 109482
    assert proof.encode().decode() == FANCY


def receipt(size: int, index: int) -> tuple[TlogProof, bytes, Policy]:
    leaves = [leaf_hash(b"%d" % at) for at in range(size)]
    tree = HashTree(leaves)
    signed = sign_checkpoint(Checkpoint(ORIGIN, size, tree_root(tree, size)), SIGNER)
    proof = TlogProof(index, tuple(inclusion_proof(tree, index, size)), signed)
    return proof, leaves[index], parse_policy(f"log {SIGNER.key}\nquorum none\n".encode())


def test_a_receipt_verifies_for_its_own_leaf_and_no_other() -> None:
    for size in (1, 2, 3, 7, 8, 100):
        for index in {0, size // 2, size - 1}:
            proof, leaf, policy = receipt(size, index)
            read = parse_tlog_proof(proof.encode())
            assert read.verify(leaf, policy).checkpoint.size == size
            with pytest.raises(BadProof):
                read.verify(leaf_hash(b"another"), policy)
            with pytest.raises(BadProof):
                TlogProof((index + 1) % (size + 1), read.path, read.checkpoint).verify(leaf, policy)
            with pytest.raises(UnverifiedNote, match="no key of"):
                read.verify(leaf, parse_policy(b"quorum none\n"))
            strict = parse_policy(f"log {SIGNER.key}\nwitness w {WITNESS.key}\nquorum w\n".encode())
            with pytest.raises(NoQuorum):
                read.verify(leaf, strict)
            witnessed = with_signatures(read.checkpoint, cosign(read.checkpoint, WITNESS, 9))
            assert TlogProof(index, read.path, witnessed).verify(leaf, strict).witnesses == ("w",)


HASH = base64.b64encode(ROOT).decode()
SIGNED = sign_checkpoint(Checkpoint(ORIGIN, 1, ROOT), SIGNER).decode()


@pytest.mark.parametrize(
    "head",
    [
        "wrong-header\nindex 0\n\n",
        f"{HEADER}\nextra !!notbase64!!\nindex 0\n\n",
        f"{HEADER}\n\n\n",
        f"{HEADER}\nextra YQ==\n\n",
        f"{HEADER}\nindex notanumber\n\n",
        f"{HEADER}\nindex -5\n\n",
        f"{HEADER}\nindex 05\n\n",
        f"{HEADER}\nindex 0 \n\n",
        f"{HEADER}\nindex 0\n!!notbase64!!\n\n",
        f"{HEADER}\nindex 0\n{base64.b64encode(bytes(64)).decode()}\n\n",
        f"{HEADER}\nindex 0\nextra YQ==\n\n",
        f"{HEADER}\nindex 0\n" + f"{HASH}\n" * 64 + "\n",
        f"{HEADER}\r\nindex 0\n\n",
        f"{HEADER}\nindex 0\n",
        "",
    ],
)
def test_what_is_no_proof_is_refused(head: str) -> None:
    with pytest.raises(MalformedNote):
        parse_tlog_proof((head + SIGNED).encode())


def test_a_proof_without_a_checkpoint_is_refused() -> None:
    for data in (f"{HEADER}\nindex 0\n\n", f"{HEADER}\nindex 0\n\ncheckpoint\n", f"{HEADER}\nindex 0\n\nä\n"):
        with pytest.raises(MalformedNote):
            parse_tlog_proof(data.encode())
    with pytest.raises(MalformedNote):
        parse_tlog_proof(f"{HEADER}\nindex 0\n".encode() + b"\xff\n\n" + SIGNED.encode())
    with pytest.raises(MalformedNote, match="bytes"):
        parse_tlog_proof(b"x" * 1_000_001)


def test_a_vkey_of_a_witness_is_of_type_4() -> None:
    assert parse_vkey(str(WITNESS.key)).kind is Kind.COSIGNATURE_V1
