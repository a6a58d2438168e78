"""Ports that nobody else has, and that the kernel gives to nobody."""

from __future__ import annotations

import socket

import pytest

from ledgerctl.embedded import ports


def test_every_name_gets_a_port_of_its_own_outside_the_ephemeral_range() -> None:
    names = [f"service{n}" for n in range(50)]
    chosen = ports.choose(names, {})
    assert list(chosen) == names
    assert len(set(chosen.values())) == 50
    assert all(20_000 <= port < 32_000 for port in chosen.values())


def test_a_kept_port_is_kept_and_given_to_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    offers = iter([20_500, 20_500, 20_501])
    monkeypatch.setattr("random.randint", lambda _low, _high: next(offers))
    assert ports.choose(["a", "b"], {"b": 20_500}) == {"b": 20_500, "a": 20_501}


def test_a_port_somebody_listens_on_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert not ports.is_free(other.getsockname()[1])


def test_a_full_range_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        monkeypatch.setattr("random.randint", lambda _low, _high: taken)
        with pytest.raises(ports.NoFreePort):
            ports.choose(["a"], {})
