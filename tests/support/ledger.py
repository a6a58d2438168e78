"""A whole embedded ledger for tests: real processes, started and asked through the `ledgerctl` script.

def test_something(fresh_ledger: Ledger) -> None:    # one of its own, never started
def test_something(ledger: Ledger) -> None:          # one of its own, up
def test_something(shared_ledger: Ledger) -> None:   # up, and shared: use a programme and people of your own

Whatever happens in a test, no process of its ledger is left afterwards, and nothing is kept.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from ledgerctl.embedded.home import Home
from ledgerctl.embedded.lag import LogState, read_lag
from ledgerctl.embedded.layout import SERVICES, process_names
from tests.support.waiting import wait_until

SCRIPT: Final = Path(sys.executable).parent / "ledgerctl"
NAMES: Final[Sequence[str]] = tuple(process_names())
LOGS: Final[Sequence[str]] = tuple(service.name for service in SERVICES if service.owns_log)
#: those that grow when registers are handed in
REGISTER_LOGS: Final = ("registry", "training", "placement", "followup")
#: whose reactions to which logs are rows of their own, and entries
REACTS_TO: Final = {"placement": ("training", "placement"), "followup": ("placement", "followup")}
PROGRAMME: Final = "datong-hugong"
REGION: Final = "630121"
AGENCY: Final = "datong-hrss"

VERB_SECONDS_MAX: Final = 100.0
CATCH_UP_SECONDS_MAX: Final = 30.0


class Ran(NamedTuple):
    """How a verb ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as one JSON document."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Standard output as one JSON document a line."""
        return [json.loads(line) for line in self.out.splitlines()]


class Verb:
    """A `ledgerctl` that may still be running."""

    def __init__(self, process: subprocess.Popen[bytes], said: list[bytes]) -> None:
        self._process = process
        self._said = said

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    def kill(self) -> None:
        """With SIGKILL."""
        self._process.kill()

    def signal(self, number: signal.Signals) -> None:
        """Ctrl-C is SIGINT."""
        self._process.send_signal(number)

    def end(self, seconds_max: float = VERB_SECONDS_MAX) -> Ran:
        """Wait for the end. Raises TimeoutExpired."""
        out, err = self._process.communicate(timeout=seconds_max)
        self._said += [out, err]
        return Ran(self._process.returncode, out.decode(), err.decode())


class Ledger:
    """A data folder, its processes, and the verbs that act on them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "var"
        self.scratch = folder / "tmp"
        """The TMPDIR of everything started here."""
        self.home = Home(self.data)
        self.said: list[bytes] = []
        """Everything the verbs printed."""
        self._verbs: list[subprocess.Popen[bytes]] = []
        self.scratch.mkdir(parents=True)

    # -------------------------------------------------------------------------------- verbs

    def start(self, *arguments: object) -> Verb:
        """Start a verb and do not wait for it."""
        process = subprocess.Popen(
            [SCRIPT, *map(str, arguments), "--data-dir", str(self.data)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._environment(),
            cwd=self.folder,
        )
        self._verbs.append(process)
        return Verb(process, self.said)

    def run(self, *arguments: object, code: int | None = 0) -> Ran:
        """Run a verb to its end. Fails unless it ends with this exit code (None: whichever)."""
        ran = self.start(*arguments).end()
        if code is not None:
            assert ran.code == code, f"{arguments} ended with {ran.code}, not {code}\n{ran.out}\n{ran.err}"
        return ran

    def up(self) -> Ran:
        """Start what is dead."""
        return self.run("up", "--detach")

    def down(self) -> Ran:
        """Stop everything."""
        return self.run("down")

    def status(self, code: int = 0) -> Any:
        """`status --json`."""
        return self.run("status", "--json", code=code).json

    def importing(self, *files: Path, wait: bool = True, programme: str = PROGRAMME) -> Verb:
        """Start handing in registers."""
        stated = ("--programme", programme, "--region", REGION, "--agency", AGENCY)
        return self.start("import", *files, *stated, *(["--wait"] if wait else []), "--json")

    def hand_in(self, *files: Path, wait: bool = True, programme: str = PROGRAMME, code: int = 0) -> Any:
        """Hand in registers; the report."""
        ran = self.importing(*files, wait=wait, programme=programme).end()
        assert ran.code == code, f"the import ended with {ran.code}, not {code}\n{ran.out}\n{ran.err}"
        return ran.json

    def figures(self, *arguments: object) -> Any:
        """`figures --json`."""
        return self.run("figures", *arguments, "--json").json

    def figure(self, name: str, *arguments: object) -> Any:
        """One figure of `figures --json`."""
        (figure,) = self.figures(name, *arguments)["figures"]
        return figure

    def members(self, name: str, *arguments: object) -> list[Any]:
        """`members --json`."""
        return self.run("members", name, *arguments, "--json").lines

    # ---------------------------------------------------------------------------- processes

    def pids(self) -> dict[str, int]:
        """The living processes of the ledger."""
        found = {name: self.home.slot(name).pid for name in NAMES}
        return {name: pid for name, pid in found.items() if pid is not None}

    def kill(self, *names: str) -> list[str]:
        """`kill -9`; the names of those that lived until then."""
        killed = {}
        for name, pid in self.pids().items():
            if name in names:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    killed[name] = pid
        # an `up` under way may already have started them again
        wait_until(lambda: all(self.home.slot(name).pid != pid for name, pid in killed.items()))
        return list(killed)

    def leftovers(self) -> dict[int, str]:
        """Every process that works in the data folder, by looking at all there are, not at what the ledger says."""
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if (process / "cwd").readlink() == self.data and (command := (process / "cmdline").read_bytes()):
                    found[int(process.name)] = command.replace(b"\0", b" ").decode("utf-8", "replace")
        return found

    # ---------------------------------------------------------------------------------- logs

    def lag(self) -> dict[str, LogState]:
        """How far each log is, by service; read from the databases."""
        return {state.log.rpartition("/")[2]: state for state in read_lag(self.home, time.time())}

    def wait_projected(self, seconds_max: float = CATCH_UP_SECONDS_MAX) -> dict[str, LogState]:
        """Wait until reactions are recorded, and everything recorded is published and projected."""

        def settled() -> dict[str, LogState] | None:
            lag = self.lag()
            level = all(state.size == state.published == state.ingested for state in lag.values())
            return lag if level and self._reactions_are_done(lag) else None

        try:
            return wait_until(settled, seconds_max)
        except TimeoutError:
            raise AssertionError(f"after {seconds_max} s still behind: {self.lag()}") from None

    def _reactions_are_done(self, lag: Mapping[str, LogState]) -> bool:
        for who, followed in REACTS_TO.items():
            known = dict(self.read(who, "SELECT log, next_index FROM positions"))
            if any(known.get(lag[log].log, 0) != lag[log].size for log in followed):
                return False
        return True

    def read(self, database: str, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of one of the SQLite files, whether its process lives or not."""
        import sqlite3
        from contextlib import closing

        with closing(sqlite3.connect(f"file:{self.home.database(database)}?mode=ro", uri=True, timeout=10)) as opened:
            return opened.execute(statement, values).fetchall()

    # ------------------------------------------------------------------------------- the end

    def dispose(self) -> None:
        """End every process, however it stands with it, and remove the data."""
        for verb in self._verbs:
            if verb.poll() is None:
                verb.kill()
            verb.wait()
            for pipe in (verb.stdout, verb.stderr):
                if pipe is not None:
                    pipe.close()

        def none_left() -> bool:
            # looked at anew each time: a verb that was killed may just have started another process
            for pid in self.leftovers():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            return not self.leftovers()

        wait_until(none_left)
        shutil.rmtree(self.folder, ignore_errors=True)

    def logs_end(self) -> str:
        """The last lines every process wrote: for the report of a test that failed."""
        return "\n".join(
            f"--- {path.name}\n" + "\n".join(path.read_text("utf-8", "replace").splitlines()[-12:])
            for path in sorted((self.data / "log").glob("*.log"))
        )

    def _environment(self) -> dict[str, str]:
        # with byte code kept, as anywhere else: processes are started by the dozen
        ours = ("LEDGER_", "PYTHONDONTWRITEBYTECODE")
        outer = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
        return outer | {"TMPDIR": str(self.scratch), "NO_COLOR": "1"}


@contextmanager
def disposable(folder: Path) -> Iterator[Ledger]:
    """A ledger that is not started yet, and of which nothing is left at the end."""
    made = Ledger(folder.resolve() / "ledger")
    try:
        yield made
    finally:
        made.dispose()


@pytest.fixture
def fresh_ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Nothing was ever started in its folder."""
    with disposable(tmp_path) as made:
        yield made


@pytest.fixture
def ledger(fresh_ledger: Ledger) -> Ledger:
    """Up."""
    fresh_ledger.up()
    return fresh_ledger


@pytest.fixture(scope="session")
def shared_ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """Up, and to be left so; the same for all tests that take it, in whatever order they come."""
    with disposable(tmp_path_factory.mktemp("shared")) as made:
        made.up()
        yield made
