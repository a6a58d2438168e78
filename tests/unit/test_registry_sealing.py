"""What the vault seals opens in its own place only; the blind index is what the specification says."""

from __future__ import annotations

import hashlib
import hmac
import os

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.registry.keys import Keys
from services.registry.sealing import PersonKey, SealBroken, Sealer

A, B = "pr_" + "a" * 32, "pr_" + "b" * 32
KEYS = Keys(wrapping=bytes(range(32)), blind=bytes(range(32, 64)))
SEALER = Sealer(KEYS)


def test_a_value_opens_in_its_place_and_nowhere_else() -> None:
    key = os.urandom(32)
    sealed = PersonKey(A, 1, key).seal("name", "张三")
    assert PersonKey(A, 1, key).open("name", sealed) == "张三"
    for elsewhere, field in [
        (PersonKey(B, 1, key), "name"),
        (PersonKey(A, 2, key), "name"),
        (PersonKey(A, 1, key), "phone"),
        (PersonKey(A, 1, os.urandom(32)), "name"),
    ]:
        with pytest.raises(SealBroken):
            elsewhere.open(field, sealed)


def test_additional_data_and_layout_are_as_documented() -> None:
    key = os.urandom(32)
    sealed = PersonKey(A, 1, key).seal("note/visit", "问题")
    assert AESGCM(key).decrypt(sealed[:12], sealed[12:], f"{A}|note/visit|1".encode()).decode() == "问题"
    _, wrapped = SEALER.new_key(A)
    assert len(AESGCM(KEYS.wrapping).decrypt(wrapped[:12], wrapped[12:], f"{A}|key|1".encode())) == 32


def test_a_wrapped_key_opens_for_its_reference_alone() -> None:
    key, wrapped = SEALER.new_key(A)
    assert SEALER.unwrap(A, 1, wrapped).open("name", key.seal("name", "李四")) == "李四"
    with pytest.raises(SealBroken):
        SEALER.unwrap(B, 1, wrapped)
    with pytest.raises(SealBroken):
        Sealer(Keys(wrapping=bytes(32), blind=KEYS.blind)).unwrap(A, 1, wrapped)


def test_every_bit_of_a_sealed_value_counts() -> None:
    key, _ = SEALER.new_key(A)
    sealed = key.seal("name", "王五")
    for at in range(len(sealed) * 8):
        bent = bytearray(sealed)
        bent[at // 8] ^= 1 << at % 8
        with pytest.raises(SealBroken):
            key.open("name", bytes(bent))
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            key.open("name", sealed[:length])


def test_equal_values_and_keys_never_look_equal() -> None:
    key, wrapped = SEALER.new_key(A)
    assert len({key.seal("name", "张三") for _ in range(100)}) == 100
    assert SEALER.new_key(A)[1] != wrapped


def test_the_blind_index_is_a_keyed_hash_of_kind_and_identity() -> None:
    number = "990000197001010017"
    expected = hmac.new(KEYS.blind, f"cn-id\n{number}".encode(), hashlib.sha256).digest()
    assert SEALER.blind("cn-id", number) == expected
    assert SEALER.blind("staff", "datong-hrss", "张三") != SEALER.blind("household", "datong-hrss", "张三")
    assert SEALER.blind("staff", "datong-hrss", "张三") != SEALER.blind("staff", "xining-hrss", "张三")
    assert Sealer(Keys(wrapping=KEYS.wrapping, blind=bytes(32))).blind("cn-id", number) != expected


def test_an_error_names_the_reference_and_nothing_else() -> None:
    with pytest.raises(SealBroken) as caught:
        PersonKey(A, 1, os.urandom(32)).open("note/secret", b"\x00" * 40)
    assert A in str(caught.value)
    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__
