"""One process's place: whether it lives, and the ways to start and to signal it.

A process holds a lock on its pid file as long as it lives, however it was started and however it
ends: the descriptor with the lock is handed down at the start, and the kernel lets go of it at the
end. So "alive" is never a guess, and a pid that now belongs to somebody else cannot be mistaken for
ours: nobody is signalled unless the lock is held, and the pid in the file was written by the holder.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

#: others test the lock for an instant; nobody but a living process holds it for longer
LOCK_PATIENCE_SECONDS: Final = 2.0
LOG_BYTES_MAX: Final = 32 * 2**20

# the shell writes the pid before it becomes the process: from its first instant on it can be found
_BECOME: Final = 'echo "$$" > "$0" && exec "$@"'

# processes started here, so that this one can tell how they ended
_children: dict[int, subprocess.Popen[bytes]] = {}


class AlreadyRuns(Exception):
    """The place is taken by a living process."""


class Slot:
    """A named place for one process. Stateless: everything is in the two files."""

    def __init__(self, name: str, pid_file: Path, ready_file: Path) -> None:
        self.name = name
        self._pid_file = pid_file
        self._ready_file = ready_file

    @property
    def alive(self) -> bool:
        """Whether the process lives, wherever it was started."""
        for child in list(_children.values()):
            child.poll()  # lets the kernel forget those of ours that ended
        try:
            handle = os.open(self._pid_file, os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False

    @property
    def pid(self) -> int | None:
        """The living process's id; None where none lives, or it is only being started."""
        return self._last_pid() if self.alive else None

    @property
    def died(self) -> bool:
        """Whether a process was started here, was not stopped by us, and is gone."""
        return not self.alive and self._last_pid() is not None

    def ready(self) -> Mapping[str, Any] | None:
        """What the living process said once it served; None if it does not serve yet."""
        try:
            told = json.loads(self._ready_file.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        return told if isinstance(told, dict) and told.get("pid") == self.pid is not None else None

    def exit_code(self) -> int | None:
        """How the last process ended (negative: by that signal); None if this command did not start it."""
        child = _children.get(self._last_pid() or 0)
        return child.poll() if child else None

    def start(self, argv: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path) -> None:
        """Start a process that outlives this command. Raises AlreadyRuns."""
        handle = self._lock()
        try:
            os.ftruncate(handle, 0)
            self._ready_file.unlink(missing_ok=True)
            _turn_over(log)
            with log.open("ab") as said:
                child = subprocess.Popen(
                    ["/bin/sh", "-c", _BECOME, str(self._pid_file), *argv],
                    env=dict(environment),
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=said,
                    pass_fds=[handle],
                    start_new_session=True,  # Ctrl-C and a closed terminal are for us, not for it
                )
            _children[child.pid] = child
        finally:
            os.close(handle)  # the child has its own by now

    def occupy(self) -> int:
        """Take the place for this very process, until it ends or closes the descriptor. Raises AlreadyRuns."""
        handle = self._lock()
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        return handle

    def signal(self, number: signal.Signals) -> bool:
        """Send a signal; False if there is nobody to send it to, or a process too young to be known by its id."""
        pid = self.pid
        if pid is None:
            return False
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return False
        return True

    def clear(self) -> None:
        """Note that the process was stopped on purpose."""
        with suppress(FileNotFoundError):
            os.truncate(self._pid_file, 0)
        self._ready_file.unlink(missing_ok=True)

    def _last_pid(self) -> int | None:
        try:
            text = self._pid_file.read_text().strip()
        except FileNotFoundError:
            return None
        return int(text) if text.isdecimal() else None

    def _lock(self) -> int:
        handle = os.open(self._pid_file, os.O_RDWR | os.O_CREAT, 0o644)
        deadline = time.monotonic() + LOCK_PATIENCE_SECONDS
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    os.close(handle)
                    raise AlreadyRuns(self.name) from None
                time.sleep(0.01)
            else:
                return handle


def _turn_over(log: Path) -> None:
    """Keep one old log file beside the new one, so that logs cannot fill a disk over the years."""
    with suppress(FileNotFoundError):
        if log.stat().st_size > LOG_BYTES_MAX:
            log.replace(log.with_name(f"{log.name}.old"))
