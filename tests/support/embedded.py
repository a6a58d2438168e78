"""An embedded ledger of fake services, in a data folder of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ledgerctl.embedded import control
from ledgerctl.embedded.home import Home
from ledgerctl.embedded.layout import Service

ROOT: Final = Path(__file__).parents[2]
FAKE: Final = "tests.support.fake_service"
SERVICES: Final[Sequence[Service]] = (
    Service("alpha", FAKE, owns_log=True, database="alpha"),
    Service("beta", FAKE, owns_log=True, database="beta"),
    Service("outcomes", FAKE, owns_log=False, database="outcomes"),
)
NAMES: Final = ["nats", "alpha", "beta", "outcomes"]


@contextmanager
def fake_ledger(folder: Path) -> Iterator[Home]:
    """A home whose processes, if any were started, are gone at the end."""
    paths = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = f"{ROOT}{os.pathsep}{ROOT / 'gen'}"
    home = Home(folder / "var")
    try:
        yield home
    finally:
        control.stop(home, lambda _: None, SERVICES, grace_seconds=2)
        if paths is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = paths


def pids(home: Home) -> dict[str, int | None]:
    """The living processes."""
    return {name: home.slot(name).pid for name in NAMES}
