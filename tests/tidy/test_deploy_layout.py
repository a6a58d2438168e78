"""deploy/ describes the very processes of the embedded ledger."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml

from ledger.feed.naming import stream_name
from ledger.runtime.settings import ServiceSettings, split_address
from ledgerctl.embedded.broker import PAYLOAD_BYTES_MAX
from ledgerctl.embedded.layout import BROKER, SERVICES, process_names

DEPLOY = Path(__file__).parents[2] / "deploy"


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


def test_compose_runs_the_processes_of_the_embedded_ledger_and_a_database() -> None:
    assert set(compose()["services"]) == {*process_names(), "postgres"}


def test_compose_starts_each_service_as_the_embedded_ledger_does() -> None:
    for service in SERVICES:
        assert compose()["services"][service.name]["command"] == ["python", "-P", "-m", service.module]


def test_compose_tells_only_settings_that_exist() -> None:
    known = {f"LEDGER_{name.upper()}" for name in ServiceSettings.model_fields} | {"LEDGER_SECRETS_DIR"}
    for service in SERVICES:
        described = compose()["services"][service.name]
        secrets = {secret["target"].upper() for secret in described["secrets"]}
        assert {key for key in described["environment"] if key.startswith("LEDGER_")} | secrets <= known


def test_every_secret_that_is_used_is_declared_and_the_other_way_round() -> None:
    described = compose()
    used = set()
    for service in described["services"].values():
        used |= {secret if isinstance(secret, str) else secret["source"] for secret in service.get("secrets", [])}
    assert used == set(described["secrets"])


def test_addresses_agree_everywhere() -> None:
    described = compose()["services"]
    ports = json.loads((DEPLOY / "ledger.json").read_text())["ports"]
    peers = json.loads(described["placement"]["environment"]["LEDGER_PEERS"])
    for service in SERVICES:
        _, port = split_address(described[service.name]["environment"]["LEDGER_LISTEN"])
        assert ports[service.name] == port
        if service.owns_log:
            assert split_address(peers[f"ledger.example/{service.name}"]["address"])[1] == port
    assert {peer["slug"] for peer in peers.values()} == {service.name for service in SERVICES if service.owns_log}
    assert f'listen: "127.0.0.1:{ports[BROKER]}"' in (DEPLOY / "nats" / "nats.conf").read_text()


def test_the_systemd_target_wants_every_process() -> None:
    wanted = re.findall(r"ledger@(\w+)\.service", (DEPLOY / "systemd" / "ledger.target").read_text())
    assert wanted == [service.name for service in SERVICES]
    assert "ledger-nats.service" in (DEPLOY / "systemd" / "ledger.target").read_text()


def test_the_broker_keeps_what_it_acknowledged_and_takes_no_more_than_an_entry() -> None:
    text = (DEPLOY / "nats" / "nats.conf").read_text()
    assert "sync_interval: always" in text
    assert f"max_payload: {PAYLOAD_BYTES_MAX}" in text


def test_every_log_has_a_user_that_publishes_into_its_own_stream() -> None:
    text = (DEPLOY / "nats" / "users.conf").read_text()
    for service in SERVICES:
        if service.owns_log:
            assert f"user: {service.name}\n" in text
            assert f'"ledger.{service.name}.>"' in text
            assert f'"$JS.API.STREAM.CREATE.{stream_name(service.name)}"' in text
    assert "STREAM.DELETE" not in text
    assert "STREAM.PURGE" not in text


def test_postgres_makes_a_database_for_every_service_that_owns_one() -> None:
    [names] = re.findall(r"for service in ([\w ]+);", (DEPLOY / "postgres" / "init.sh").read_text())
    assert names.split() == list(dict.fromkeys(service.database for service in SERVICES))
