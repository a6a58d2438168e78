"""Signed notes against the specification's own example, Go's test vectors, and everything malformed."""

from __future__ import annotations

import re

import pytest

from ledger.note import (
    SIGNATURES_MAX,
    Kind,
    MalformedNote,
    Note,
    Signature,
    Signer,
    UnverifiedNote,
    VerifierKey,
    decode_base64,
    open_note,
    parse_note,
    parse_skey,
    parse_vkey,
    sign_note,
)

# C2SP signed-note, section "Example"
C2SP_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
C2SP_NOTE = """\
This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
# C2SP signed-note, the note it opens with (its key is not published)
SALVATORE = """\
Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore \
NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
"""
# golang.org/x/mod/sumdb/note
PETER_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETER = parse_vkey("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
ENOCH = parse_vkey("EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop")
TEXT = """\
If you think cryptography is the answer to your problem,
then you don't know what your problem is.
"""
BY_PETER = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
BY_ENOCH = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
# the checksum database of Go, as it answered one day
SUMDB_KEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
SUMDB_NOTE = """\
go.sum database tree
6476701
mb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=

— sum.golang.org Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+1xbFIGu95949rj4nPRYfvimWEPWL+o3GeoWwOoAw=
"""
# github.com/transparency-dev/formats
FORMATS_KEYS = [
    (
        "PRIVATE+KEY+Log+2271c621+AdEIq9FLRQni54Wg68T96VJO+iayOaulswav2DUMKgvQ",
        "Log+2271c621+AemuH5ooBpEPcr+W8onrjA1NfuzBVHdezakU81Ekarvs",
    ),
    (
        "PRIVATE+KEY+Known+451c786d+AQPRoE2+Z+Ed1HaHBA9F/FfracvcZ2rDU39kCecMEoci",
        "Known+451c786d+AXAQ0T7lbwuY4ABJ9/MYY9bWV3hmSyOGVt2x42NkmdUH",
    ),
    (
        "PRIVATE+KEY+Wit1+55ee4561+AeadRiG7XM4XiieCHzD8lxysXMwcViy5nYsoXURWGrlE",
        "Wit1+55ee4561+AVhZSmQj9+SoL+p/nN0Hh76xXmF7QcHfytUrI1XfSClk",
    ),
]


def test_the_example_of_the_specification_verifies() -> None:
    opened = open_note(C2SP_NOTE.encode(), [parse_vkey(C2SP_KEY)])
    assert opened.text == "This is an example message.\n"
    assert opened.keys == {parse_vkey(C2SP_KEY)}
    assert str(parse_vkey(C2SP_KEY)) == C2SP_KEY


def test_the_text_of_a_note_may_have_empty_lines() -> None:
    note = parse_note(SALVATORE.encode())
    assert note.text == SALVATORE[: SALVATORE.index("\n— ")]
    assert [(line.name, line.key_id.hex(), len(line.signature)) for line in note.signatures] == [
        ("quasimodo.example/salvatore", "367ba04b", 64)
    ]
    assert note.encode() == SALVATORE.encode()


def test_a_note_of_another_implementation_verifies_and_is_signed_alike() -> None:
    assert open_note(SUMDB_NOTE.encode(), [parse_vkey(SUMDB_KEY)]).text.startswith("go.sum database tree\n")
    assert sign_note(TEXT, [parse_skey(PETER_SECRET)]).decode() == TEXT + "\n" + BY_PETER
    for secret, public in FORMATS_KEYS:
        assert str(parse_skey(secret).key) == public
        assert parse_skey(secret).skey() == secret


def test_signatures_of_unknown_keys_are_ignored() -> None:
    both = (TEXT + "\n" + BY_PETER + BY_ENOCH).encode()
    assert open_note(both, [PETER]).keys == {PETER}
    assert open_note(both, [PETER, ENOCH]).keys == {PETER, ENOCH}
    assert len(open_note(both, [PETER]).note.signatures) == 2
    with pytest.raises(UnverifiedNote, match="no known key"):
        open_note(both, [])
    # the name of a known key with another id, and its id under another name
    same_name = Signature("PeterNeumann", b"\0\0\0\0", b"x" * 64)
    same_id = Signature("Peter", PETER.key_id, b"x" * 64)
    strange = parse_note(both).signed_by(same_name, same_id).encode()
    assert open_note(strange, [PETER]).keys == {PETER}


def test_a_wrong_signature_of_a_known_key_refuses_the_note_even_beside_a_right_one() -> None:
    wrong = (TEXT + "\n" + BY_PETER.replace("BS9UG", "BS9UH") + BY_ENOCH).encode()
    assert open_note(wrong, [ENOCH]).keys == {ENOCH}
    with pytest.raises(UnverifiedNote, match=r"PeterNeumann\+c74f20a3 is wrong"):
        open_note(wrong, [PETER, ENOCH])
    with pytest.raises(UnverifiedNote, match="wrong"):
        open_note((TEXT.upper() + "\n" + BY_PETER).encode(), [PETER])


def test_a_known_key_that_signs_twice_counts_once_and_both_must_be_right() -> None:
    twice = open_note((TEXT + "\n" + BY_PETER + BY_PETER).encode(), [PETER])
    assert [key for key, _ in twice.verified] == [PETER]
    with pytest.raises(UnverifiedNote, match="wrong"):
        open_note((TEXT + "\n" + BY_PETER + BY_PETER.replace("BS9UG", "BS9UH")).encode(), [PETER])


def test_two_known_keys_of_one_name_and_id_are_a_mistake_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.note._key_id", lambda _name, _typed: b"\0\0\0\0")
    with pytest.raises(ValueError, match="two keys"):
        open_note((TEXT + "\n" + BY_PETER).encode(), [Signer.generate("a").key, Signer.generate("a").key])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"\n\n",
        TEXT.encode(),
        (TEXT + "\n").encode(),
        (TEXT + "\n" + BY_PETER[:-1]).encode(),
        ("\x01" + TEXT + "\n" + BY_PETER).encode(),
        ("\t" + TEXT + "\n" + BY_PETER).encode(),
        (TEXT[:-1] + "\r\n\n" + BY_PETER).encode(),
        b"\xff" + (TEXT + "\n" + BY_PETER).encode(),
        (TEXT + "\n" + BY_PETER.replace("PeterNeumann", "Bad Name")).encode(),
        (TEXT + "\n" + BY_PETER.replace("PeterNeumann", "Bad+Name")).encode(),
        (TEXT + "\n" + BY_PETER.replace("PeterNeumann", "Bad\u2003Name")).encode(),
        (TEXT + "\n" + BY_PETER.replace("PeterNeumann ", "PeterNeumann")).encode(),
        (TEXT + "\n" + BY_PETER.replace("PeterNeumann ", " ")).encode(),
        (TEXT + "\n" + BY_PETER.replace("— ", "- ")).encode(),
        (TEXT + "\n" + BY_PETER.replace("— ", "—")).encode(),
        (TEXT + "\n" + BY_PETER + "Unexpected line.\n").encode(),
        (TEXT + "\n" + BY_PETER + "\n").encode(),
        (TEXT + BY_PETER).encode(),
        (TEXT + "\n" + BY_PETER * (SIGNATURES_MAX + 1)).encode(),
        (TEXT + "\n— PeterNeumann x08gow==\n").encode(),
        (TEXT + "\n— PeterNeumann \n").encode(),
        (TEXT + "\n" + BY_PETER.replace("JnAM=", "JnAM")).encode(),
        (TEXT + "\n" + BY_PETER.replace("JnAM=", "JnAN=")).encode(),
        (TEXT + "\n" + BY_PETER.replace("JnAM=", "Jn AM=")).encode(),
        (TEXT + "\n" + BY_PETER.replace("/", "_")).encode(),
        b"x" * 1_000_001,
    ],
)
def test_what_is_no_note_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedNote):
        open_note(data, [PETER])


def test_base64_has_one_form() -> None:
    assert decode_base64("TWE=") == b"Ma"
    assert decode_base64("") == b""
    for other in ("TWF=", "TWE", "TWE==", "TW E=", "TWE=\n", "TW-_", "TWE=TWE=", "ＴＷＥ＝", "=", "A"):
        with pytest.raises(MalformedNote):
            decode_base64(other)


def test_every_mangling_of_a_key_is_refused() -> None:
    for good in (str(PETER), C2SP_KEY):
        for at in range(len(good)):
            for until in range(at + 1, len(good) + 1):
                if (at, until) != (0, len(good)):
                    with pytest.raises(MalformedNote):
                        parse_vkey(good[at:until])
            with pytest.raises(MalformedNote):
                parse_vkey(good[:at] + chr(ord(good[at]) + 1) + good[at + 1 :])
    for bad in (
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",  # too long
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",  # unknown type
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",  # hex is lower case
        "PeterNeumann+c74f20a3+",
        "",
    ):
        with pytest.raises(MalformedNote):
            parse_vkey(bad)


def test_every_mangling_of_a_private_key_is_refused_without_telling_it() -> None:
    for at in range(len(PETER_SECRET)):
        for mangled in (
            PETER_SECRET[at + 1 :],
            PETER_SECRET[:at],
            PETER_SECRET[:at] + chr(ord(PETER_SECRET[at]) + 1) + PETER_SECRET[at + 1 :],
        ):
            with pytest.raises(MalformedNote) as refused:
                parse_skey(mangled)
            assert not re.search(r"YEKFALVFGyN|hPJEMzD1QIDr|xdXHKDFz", str(refused.value))


def test_a_signer_does_not_show_its_secret() -> None:
    signer = parse_skey(PETER_SECRET)
    assert "YEKFALVFGyN" not in f"{signer!r} {signer}"
    assert signer.key == PETER


def test_only_a_text_that_ends_and_has_no_control_characters_is_signed() -> None:
    signer = Signer.generate("example.com/log")
    for text in ("", "no end", "a\tb\n", "a\rb\n", "\x00\n", "\x1f\n"):
        with pytest.raises(MalformedNote):
            signer.sign(text)
    with pytest.raises(MalformedNote, match="0 signatures"):
        Note("text\n", ()).encode()
    with pytest.raises(ValueError, match="timestamp"):
        signer.sign("text\n", 1)
    with pytest.raises(ValueError, match="timestamp"):
        Signer.generate("example.com/w", Kind.COSIGNATURE_V1).sign("text\n")


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\u2028b", "a\nb", "\u3000", "a\x07"])
def test_names_without_spaces_and_plus_only(name: str) -> None:
    with pytest.raises(MalformedNote, match="name"):
        Signer.generate(name)
    with pytest.raises(MalformedNote, match="name"):
        VerifierKey(name, Kind.ED25519, b"\0" * 32)


def test_signing_again_replaces_the_signature_and_keeps_the_others() -> None:
    note = parse_note((TEXT + "\n" + BY_PETER.replace("BS9UG", "BS9UH") + BY_ENOCH).encode())
    mended = note.signed_by(parse_skey(PETER_SECRET).sign(TEXT))
    assert open_note(mended.encode(), [PETER, ENOCH]).keys == {PETER, ENOCH}
    assert len(mended.signatures) == 2
