"""The signing key of a log: made at its first start, in a file that only its owner can read.

`log.key` holds the private key, `log.vkey` beside it the public one (C2SP vkey) for whoever verifies.
`witness.key` and `witness.vkey` are those it cosigns other logs' checkpoints with.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from ledger.errors import LedgerError
from ledger.note import Kind, MalformedNote, Signer, VerifierKey, parse_skey, parse_vkey
from ledger.runtime.process import write_atomically

SECRET: Final = "log.key"
PUBLIC: Final = "log.vkey"
WITNESS_SECRET: Final = "witness.key"
WITNESS_PUBLIC: Final = "witness.vkey"


class UnusableKey(LedgerError):
    """The signing key is missing, readable by others, or another log's."""


def open_signing_key(folder: Path | None, origin: str, *, in_use: bool) -> Signer:
    """The key of the log `origin` in `folder`; made if there is none and nothing was signed yet.

    `in_use`: the log holds checkpoints, so a missing key is a reason not to start. Raises UnusableKey.
    """
    return _open(folder, SECRET, PUBLIC, origin, Kind.ED25519, in_use=in_use)


def open_witness_key(folder: Path | None, origin: str) -> Signer:
    """The key with which the service of `origin` cosigns other logs' checkpoints; made if there is none.

    A new one harms nobody: whoever relies on the old one sees that its cosignatures stop. Raises UnusableKey.
    """
    return _open(folder, WITNESS_SECRET, WITNESS_PUBLIC, f"{origin}/witness", Kind.COSIGNATURE_V1, in_use=False)


def _open(folder: Path | None, secret: str, public: str, name: str, kind: Kind, *, in_use: bool) -> Signer:
    if folder is None:
        raise UnusableKey("a log keeps its signing key in a folder of its own: set LEDGER_KEY_DIR")
    path = folder / secret
    try:
        if not path.exists():
            if in_use:
                raise UnusableKey(
                    f"{path} is missing, and this log has signed checkpoints with it; put it back from its backup. "
                    "No new key is made for a log that is in use"
                )
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _create(path, Signer.generate(name, kind))
        signer = _read(path)
        if (signer.name, signer.kind) != (name, kind):
            raise UnusableKey(f"{path} is the key of {signer.name}, not of {name}")
        write_atomically(folder / public, f"{signer.key}\n")
    except OSError as error:
        raise UnusableKey(f"{path}: {error.strerror}") from error
    return signer


def read_vkey(path: Path) -> VerifierKey:
    """A public key from its file. Raises UnusableKey: not there, or not a vkey."""
    try:
        return parse_vkey(path.read_text("utf-8").strip())
    except OSError as error:
        raise UnusableKey(f"{path}: {error.strerror}") from error
    except (MalformedNote, UnicodeDecodeError) as error:
        raise UnusableKey(f"{path} holds no vkey: {error}") from error


def _create(path: Path, signer: Signer) -> None:
    """Write whole or not at all, readable by its owner alone from the first byte on."""
    half = path.with_suffix(".half")
    half.unlink(missing_ok=True)
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"{signer.skey()}\n")
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read(path: Path) -> Signer:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise UnusableKey(f"{path} can be read by others: chmod 600 {path}, and think about who may have read it")
    try:
        return parse_skey(path.read_text("utf-8").strip())
    except (MalformedNote, UnicodeDecodeError) as error:
        raise UnusableKey(f"{path} holds no private key: {error}") from error
