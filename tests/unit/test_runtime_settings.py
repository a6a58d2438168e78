"""What a process accepts to be told, and how it says what it does not accept."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ledger.runtime.following import followed
from ledger.runtime.settings import ServiceSettings, UnusableSettings, is_loopback, read_settings, split_address


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for key in [key for key in os.environ if key.startswith("LEDGER_")]:
        monkeypatch.delenv(key)
    monkeypatch.setenv("LEDGER_DATABASE_URL", "sqlite:////tmp/placement.sqlite")
    return monkeypatch


def read() -> ServiceSettings:
    return read_settings("placement")


def test_origin_and_slug_follow_from_the_name() -> None:
    assert (read().origin, read().slug) == ("ledger.local/placement", "placement")


def test_origin_follows_the_host_and_can_be_told(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("LEDGER_HOST", "ledger.datong.example")
    assert read().origin == "ledger.datong.example/placement"
    environment.setenv("LEDGER_ORIGIN", "ledger.other.example/jobs")
    environment.setenv("LEDGER_SLUG", "jobs")
    assert (read().origin, read().slug) == ("ledger.other.example/jobs", "jobs")


def test_peers_are_read_from_json(environment: pytest.MonkeyPatch) -> None:
    environment.setenv(
        "LEDGER_PEERS", json.dumps({"ledger.local/training": {"slug": "training", "address": "127.0.0.1:7002"}})
    )
    peer = read().peers["ledger.local/training"]
    assert (peer.slug, peer.address) == ("training", "127.0.0.1:7002")


def test_a_peer_that_only_witnesses_is_not_followed(environment: pytest.MonkeyPatch) -> None:
    peers = {
        "ledger.local/training": {"slug": "training", "address": "127.0.0.1:7002"},
        "ledger.other/training": {"slug": "other-training", "address": "127.0.0.1:7102", "followed": False},
    }
    environment.setenv("LEDGER_PEERS", json.dumps(peers))
    assert list(followed(read().peers)) == ["ledger.local/training"]


@pytest.mark.parametrize("listen", ["127.0.0.1:0", "127.8.8.8:7000", "[::1]:7000", "localhost:7000"])
def test_loopback_addresses_are_served(environment: pytest.MonkeyPatch, listen: str) -> None:
    environment.setenv("LEDGER_LISTEN", listen)
    assert read().listen == listen


@pytest.mark.parametrize("listen", ["0.0.0.0:7000", "[::]:7000", "192.168.1.4:7000", "ledger.example:7000"])
def test_other_addresses_are_refused_until_there_is_transport_security(
    environment: pytest.MonkeyPatch, listen: str
) -> None:
    environment.setenv("LEDGER_LISTEN", listen)
    with pytest.raises(UnusableSettings, match="no transport security: listen on"):
        read()


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("LEDGER_LISTEN", "7000", "not host:port"),
        ("LEDGER_PEERS", "not json", "peers"),
        ("LEDGER_PEERS", '{"ledger.local/a": {"slug": "A B", "address": "127.0.0.1:1"}}', "slug"),
        ("LEDGER_PEERS", '{"ledger.local/a": {"slug": "placement", "address": "127.0.0.1:1"}}', "share a slug"),
        ("LEDGER_PEERS", '{"a": {"slug": "a", "address": "127.0.0.1:1"}}', "LEDGER_PEERS"),
        ("LEDGER_NATS_URL", "http://127.0.0.1:4222", "nats://"),
        ("LEDGER_SLUG", "with.dot", "LEDGER_SLUG"),
        ("LEDGER_SECRETS_DIR", "/nowhere", "not a folder"),
        ("LEDGER_LOG_FORMAT", "xml", "LEDGER_LOG_FORMAT"),
    ],
)
def test_an_unusable_setting_is_named(environment: pytest.MonkeyPatch, setting: str, value: str, says: str) -> None:
    environment.setenv(setting, value)
    with pytest.raises(UnusableSettings, match=says):
        read()


def test_a_missing_setting_is_named(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("LEDGER_DATABASE_URL")
    with pytest.raises(UnusableSettings, match="LEDGER_DATABASE_URL: is missing"):
        read()


def test_secrets_come_from_files_and_the_environment_wins(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.delenv("LEDGER_DATABASE_URL")
    environment.setenv("LEDGER_SECRETS_DIR", str(tmp_path))
    (tmp_path / "ledger_database_url").write_text("postgresql+psycopg://placement:secret@127.0.0.1/placement\n")
    (tmp_path / "ledger_nats_url").write_text("nats://placement:secret@127.0.0.1:4222")
    environment.setenv("LEDGER_NATS_URL", "nats://127.0.0.1:1")
    settings = read()
    assert settings.database_url == "postgresql+psycopg://placement:secret@127.0.0.1/placement"
    assert settings.nats_url == "nats://127.0.0.1:1"


def test_addresses_with_passwords_are_not_shown(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("LEDGER_DATABASE_URL", "postgresql+psycopg://placement:geheim@127.0.0.1/placement")
    environment.setenv("LEDGER_NATS_URL", "nats://placement:geheim@127.0.0.1:4222")
    assert "geheim" not in repr(read())
    environment.setenv("LEDGER_NATS_URL", "http://placement:geheim@127.0.0.1:4222")
    with pytest.raises(UnusableSettings) as refused:
        read()
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(("address", "split"), [("127.0.0.1:7000", ("127.0.0.1", 7000)), ("[::1]:7000", ("::1", 7000))])
def test_addresses_are_split(address: str, split: tuple[str, int]) -> None:
    assert split_address(address) == split


def test_loopback_is_recognised() -> None:
    assert is_loopback("::1")
    assert not is_loopback("10.0.0.1")
    assert not is_loopback("loopback.example")
