"""The verifier's own Ed25519 against RFC 8032, and against OpenSSL on right, wrong and odd signatures."""

from __future__ import annotations

import random

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from verifier import ed25519
from verifier.ed25519 import BASE, L, P, decode_point, signature_is_right, times, verify_slowly

# RFC 8032, 7.1: public key, message, signature
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe"
            "24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302a"
            "eeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed2"
            "8dc027beceea1ec40a"
        ),
    ),
]


def by_openssl(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_vectors_of_the_standard_verify(public: str, message: str, signature: str) -> None:
    parts = bytes.fromhex(public), bytes.fromhex(signature), bytes.fromhex(message)
    assert verify_slowly(*parts)
    assert signature_is_right(*parts)
    assert by_openssl(*parts)


def test_both_ways_agree_on_signatures_that_are_right_and_on_every_turned_bit() -> None:
    dice = random.Random(8032)
    for _ in range(12):
        private = Ed25519PrivateKey.from_private_bytes(dice.randbytes(32))
        public, message = private.public_key().public_bytes_raw(), dice.randbytes(dice.randrange(200))
        signature = private.sign(message)
        assert verify_slowly(public, signature, message)
        for _ in range(6):
            parts = [bytearray(public), bytearray(signature), bytearray(message + b"x")]
            part = dice.choice(parts)
            part[dice.randrange(len(part))] ^= 1 << dice.randrange(8)
            touched = bytes(parts[0]), bytes(parts[1]), bytes(parts[2][:-1])
            assert verify_slowly(*touched) == by_openssl(*touched)


def test_a_second_form_of_the_same_signature_is_refused() -> None:
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public, message = private.public_key().public_bytes_raw(), b"a statement"
    signature = private.sign(message)
    s = int.from_bytes(signature[32:], "little")
    malleable = signature[:32] + (s + L).to_bytes(32, "little")
    assert not verify_slowly(public, malleable, message)
    assert not by_openssl(public, malleable, message)


def test_what_is_no_point_no_key_and_no_signature_is_refused() -> None:
    good = bytes.fromhex(VECTORS[1][0]), bytes.fromhex(VECTORS[1][2]), b"\x72"
    assert decode_point((P + 1).to_bytes(32, "little")) is None
    assert decode_point((1 | 1 << 255).to_bytes(32, "little")) is None  # x = 0 with a sign
    assert decode_point((2).to_bytes(32, "little")) is None  # not on the curve
    assert not verify_slowly((2).to_bytes(32, "little"), good[1], good[2])
    assert not verify_slowly(good[0], (2).to_bytes(32, "little") + good[1][32:], good[2])
    for public, signature in ((good[0][1:], good[1]), (good[0] + b"\0", good[1]), (good[0], good[1][:-1]), (b"", b"")):
        assert not verify_slowly(public, signature, good[2])
        assert not signature_is_right(public, signature, good[2])


def test_the_group_has_its_order() -> None:
    assert BASE is not None
    assert ed25519.same_point(times(L, BASE), (0, 1, 1, 0))
    assert ed25519.same_point(times(L + 1, BASE), BASE)
    assert not ed25519.same_point(times(2, BASE), BASE)


def test_without_the_library_signatures_are_verified_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ed25519, "FAST", False)
    public, message, signature = (bytes.fromhex(part) for part in VECTORS[2])
    assert signature_is_right(public, signature, message)
    assert not signature_is_right(public, signature, message + b"x")
