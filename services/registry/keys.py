"""The registry's two keys: files that only it can read, made once and never replaced.

`vault-wrapping.key` wraps the key of every person; without it no personal data can be read.
`blind-index.key` recognises a returning person; without it everybody would be new. So the database
keeps a check value of each: a key that is missing or another is a reason not to start.
"""

from __future__ import annotations

import hmac
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ledger.errors import LedgerError

KEY_BYTES: Final = 32
WRAPPING: Final = "vault-wrapping"
BLIND: Final = "blind-index"


class UnusableKeys(LedgerError):
    """The keys are missing, can be read by others, or are not those of this vault."""


@dataclass(frozen=True, slots=True)
class Keys:
    """32 bytes each. They are never shown, not even by `repr`."""

    wrapping: bytes = field(repr=False)
    blind: bytes = field(repr=False)

    def checks(self) -> dict[str, bytes]:
        """What a database remembers of its keys: enough to know them again, not to guess them."""
        named = {WRAPPING: self.wrapping, BLIND: self.blind}
        return {name: hmac.digest(key, f"key check\n{name}".encode(), "sha256") for name, key in named.items()}


def open_keys(folder: Path | None, checks: Mapping[str, bytes]) -> Keys:
    """The keys in `folder`; new ones if there are none and no database depends on them yet.

    `checks`: what the database remembers of its keys; empty: it has never had any. Raises
    UnusableKeys.
    """
    if folder is None:
        raise UnusableKeys("the registry keeps its keys in a folder of its own: set LEDGER_KEY_DIR")
    try:
        if not checks:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        keys = Keys(_key(folder, WRAPPING, new=not checks), _key(folder, BLIND, new=not checks))
    except OSError as error:
        raise UnusableKeys(f"the registry's keys in {folder}: {error.strerror}") from error
    for name, check in keys.checks().items():
        if checks and not hmac.compare_digest(check, checks.get(name, b"")):
            raise UnusableKeys(
                f"{_path(folder, name)} is not the key this database was made with; put the right file back"
            )
    return keys


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name}.key"


def _key(folder: Path, name: str, *, new: bool) -> bytes:
    path = _path(folder, name)
    if new and not path.exists():
        _create(path)
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        raise UnusableKeys(
            f"{path} is missing, and this vault cannot be read without it; put it back from its backup. "
            "No new key is made for a vault that is in use"
        ) from None
    with os.fdopen(file, "rb") as opened:
        status = os.fstat(opened.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_mode & 0o077:
            raise UnusableKeys(f"{path} must be a file that only its owner can read or write: chmod 600 {path}")
        written = opened.read(4 * KEY_BYTES)
    try:
        key = bytes.fromhex(written.decode("ascii"))
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise UnusableKeys(f"{path} does not hold a key: {2 * KEY_BYTES} hexadecimal digits; put the right file back")
    return key


def _create(path: Path) -> None:
    """A new random key, whole or not at all; one that another process made first stays."""
    half = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    file = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(file, "wb") as opened:
            opened.write(os.urandom(KEY_BYTES).hex().encode() + b"\n")
            opened.flush()
            os.fsync(opened.fileno())
        try:
            os.link(half, path)
        except FileExistsError:
            return
    finally:
        half.unlink()
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
