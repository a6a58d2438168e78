"""What one service process is told from outside.

Everything comes from the environment (`LEDGER_…`) or from files of the same names, lower case, in
the folder `LEDGER_SECRETS_DIR` (container secrets, systemd credentials); the environment wins. The
embedded ledger and production differ in these values only.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, StringConstraints, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError

from ledger.errors import LedgerError

PREFIX = "LEDGER_"
SLUG_PATTERN = r"^[a-z0-9][a-z0-9-]{0,30}$"

Slug = Annotated[str, StringConstraints(pattern=SLUG_PATTERN)]
Origin = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.-]{1,200}/[a-z0-9][a-z0-9-]{0,30}$")]


class UnusableSettings(LedgerError):
    """The process was told something it cannot work with. The message names each setting and its remedy."""


class Peer(BaseModel, frozen=True):
    """A log somebody else owns: its slug in stream names, and the `host:port` of the owning service."""

    slug: Slug
    address: str
    vkey_file: Path | None = None
    """Where the log's public key (C2SP vkey) lies; none: its checkpoints are not checked."""

    witness_vkey_file: Path | None = None
    """Where the public key lies that its service cosigns with."""

    followed: bool = True
    """Whether its entries are followed; false: the two only witness each other's checkpoints."""

    @field_validator("address")
    @classmethod
    def _has_host_and_port(cls, value: str) -> str:
        split_address(value)
        return value


class ServiceSettings(BaseSettings):
    """The settings of one process. Read once, in its composition page, and handed down."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True)

    name: Slug
    """Which service this is; it names log lines, the ready file and, unless told otherwise, the log."""

    host: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.-]{1,200}$")] = "ledger.local"
    """The agency's host, first part of the origin."""

    origin: Origin = ""  # completed below: `<host>/<name>`
    """The name of this service's log."""

    slug: Slug = ""  # completed below: the name
    """The log's token in stream names and subjects."""

    database_url: str = Field(repr=False)  # it may hold a password
    """`sqlite:////absolute/path` or `postgresql+psycopg://…`; `audit` is given that of `outcomes`."""

    nats_url: str = Field(default="nats://127.0.0.1:4222", repr=False)
    """One server, or several of a cluster separated by commas."""

    nats_creds: Path | None = None
    """The credentials or nkey seed file for NATS; none on an embedded ledger."""

    listen: str = "127.0.0.1:0"
    """`host:port` to serve gRPC on; port 0 takes a free one, which the ready file tells."""

    peers: Mapping[Origin, Peer] = Field(default_factory=dict)
    """Origin to slug and address of the other logs, as JSON."""

    audit_address: str | None = None
    """`host:port` of the audit service; only `publication` asks it, for the statements it signs."""

    witnesses: tuple[Origin, ...] = ()
    """Peers that are asked to cosign this log's checkpoints, as JSON; each needs a `witness_vkey_file`."""

    key_dir: Path | None = None
    """Where this process keeps the keys it owns, in files only it can read."""

    reflection: bool = False
    """Whether gRPC clients may ask for the schema. The embedded ledger says yes."""

    log_format: Literal["auto", "json", "console"] = "auto"
    """auto: console on a terminal, JSON elsewhere."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"

    ready_file: Path | None = None
    """Written once the process serves: `{"name","pid","address","started"}`."""

    @field_validator("listen")
    @classmethod
    def _listens_on_loopback(cls, value: str) -> str:
        host, _ = split_address(value)
        if not is_loopback(host):
            raise ValueError(
                f"{value} can be reached from other machines, and this version has no transport security: "
                "listen on 127.0.0.1 or [::1]"
            )
        return value

    @field_validator("audit_address")
    @classmethod
    def _audit_has_host_and_port(cls, value: str | None) -> str | None:
        if value is not None:
            split_address(value)
        return value

    @field_validator("nats_url")
    @classmethod
    def _is_a_nats_url(cls, value: str) -> str:
        for url in value.split(","):
            if urlsplit(url.strip()).scheme not in ("nats", "tls"):
                raise ValueError("a NATS address begins with nats:// or tls://")
        return value

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, given: object) -> object:
        if not isinstance(given, dict) or "name" not in given:
            return given  # the missing name is reported by the field itself
        host = given.get("host") or cls.model_fields["host"].default
        return {"slug": given["name"], "origin": f"{host}/{given['name']}"} | given

    @model_validator(mode="after")
    def _is_not_its_own_peer(self) -> Self:
        slugs = [peer.slug for origin, peer in self.peers.items() if origin != self.origin]
        if len(set(slugs)) != len(slugs) or self.slug in slugs:
            raise ValueError("two logs share a slug: their streams would be one")
        return self


def read_settings(name: str) -> ServiceSettings:
    """The settings of service `name`, from the environment and the secrets folder.

    Raises UnusableSettings.
    """
    secrets = os.environ.get(PREFIX + "SECRETS_DIR")
    if secrets and not Path(secrets).is_dir():
        raise UnusableSettings(f"{name} cannot start: {PREFIX}SECRETS_DIR={secrets} is not a folder")
    try:
        return ServiceSettings(name=name, _secrets_dir=secrets)  # type: ignore[call-arg]  # pydantic-settings' own
    except ValidationError as error:
        raise UnusableSettings(_explain(name, error)) from None
    except SettingsError as error:
        raise UnusableSettings(f"{name} cannot start: {error} (is it JSON?)") from None


def split_address(address: str) -> tuple[str, int]:
    """`127.0.0.1:7000` or `[::1]:7000` as host and port. Raises ValueError."""
    host, colon, port = address.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise ValueError(f"{address!r} is not host:port")
    return host.strip("[]"), int(port)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _explain(name: str, error: ValidationError) -> str:
    lines = [f"{name} cannot start with these settings:"]
    for problem in error.errors(include_url=False, include_input=False):
        setting = PREFIX + str(problem["loc"][0]).upper() if problem["loc"] else "settings"
        inside = ".".join(str(part) for part in problem["loc"][1:])
        message = "is missing" if problem["type"] == "missing" else problem["msg"].removeprefix("Value error, ")
        lines.append(f"  {setting}{f' ({inside})' if inside else ''}: {message}")
    return "\n".join(lines)
