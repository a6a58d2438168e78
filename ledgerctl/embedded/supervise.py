"""Stay beside the processes: say when one dies, start it again, stop all at the end."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Final

from ledgerctl.embedded import control
from ledgerctl.embedded.home import Home
from ledgerctl.embedded.layout import SERVICES, SUPERVISOR, Service, process_names
from ledgerctl.embedded.slot import AlreadyRuns, Slot
from ledgerctl.failures import Failure

LOOK_SECONDS: Final = 0.25
BACK_OFF_SECONDS_MIN: Final = 0.5
BACK_OFF_SECONDS_MAX: Final = 30.0
#: who lived this long before dying is started at once again
STEADY_SECONDS: Final = 60.0


@dataclass
class BackOff:
    """When a process that died may be started again."""

    delay_seconds: float = BACK_OFF_SECONDS_MIN
    died_at: float | None = None
    started_at: float = 0.0

    def died(self, now: float) -> None:
        """Note a death seen at `now` (monotonic seconds)."""
        if now - self.started_at > STEADY_SECONDS:
            self.delay_seconds = BACK_OFF_SECONDS_MIN
        self.died_at = now

    def due(self, now: float) -> bool:
        """Whether it is time to try again."""
        return self.died_at is not None and now >= self.died_at + self.delay_seconds

    def tried(self, now: float) -> None:
        """Note an attempt: the next one waits twice as long."""
        self.delay_seconds = min(2 * self.delay_seconds, BACK_OFF_SECONDS_MAX)
        self.died_at, self.started_at = None, now


class _Interrupted(Exception):
    """Asked to stop in the middle of a start."""


class Supervisor:
    """The foreground `up`. `asked_to_stop` is set by Ctrl-C, by SIGTERM, or by a test."""

    def __init__(self, home: Home, say: control.Say, services: Sequence[Service] = SERVICES) -> None:
        self.asked_to_stop = threading.Event()
        self.interrupted = False
        """Whether Ctrl-C ended it."""
        self._starting = False
        self._home = home
        self._say = say
        self._services = services
        self._back_offs = {name: BackOff() for name in process_names(services)}

    def run(self, on_ready: Callable[[], None]) -> None:
        """Start, stay until asked to stop, stop. Raises Failure where another supervisor is at work."""
        self._home.create([service.name for service in self._services])
        place = self._home.slot(SUPERVISOR)
        try:
            held = place.occupy()
        except AlreadyRuns:
            raise Failure(
                f"已有 ledgerctl up 在看护 · another ledgerctl up (pid {place.pid}) looks after {self._home.root}",
                "ledgerctl status 查看 shows what runs, ledgerctl down 停止 ends it",
            ) from None
        try:
            self._start()
            on_ready()
            while not self.asked_to_stop.wait(LOOK_SECONDS):
                self._look(time.monotonic())
        except _Interrupted:
            pass  # stopping is what the rest does
        finally:
            self._stop()
            place.clear()
            os.close(held)

    def take_signals(self) -> None:
        """Let Ctrl-C and SIGTERM end `run` in good order; a second Ctrl-C stops waiting for anybody."""

        def asked(number: int, _frame: FrameType | None) -> None:
            again = self.asked_to_stop.is_set()
            self.asked_to_stop.set()
            self.interrupted = self.interrupted or number == signal.SIGINT
            if self._starting:
                raise _Interrupted
            if again and number == signal.SIGINT:
                raise KeyboardInterrupt

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, asked)

    def _start(self) -> control.Started:
        self._starting = True
        try:
            return control.start(self._home, self._say, self._services)
        finally:
            self._starting = False

    def _stop(self) -> None:
        try:
            control.stop(self._home, self._say, self._services)
        except KeyboardInterrupt:
            self._say("! 不再等待 · not waiting any longer")
            control.stop(self._home, self._say, self._services, grace_seconds=0)

    def _look(self, now: float) -> None:
        for name, back_off in self._back_offs.items():
            slot = self._home.slot(name)
            if back_off.died_at is None and not slot.alive:
                back_off.died(now)
                self._say(f"! {name} 已停 {_end(slot)}; 重新启动 starting it again in {back_off.delay_seconds:g} s")
        due = [name for name, back_off in self._back_offs.items() if back_off.due(now)]
        if not due:
            return
        for name in due:
            self._back_offs[name].tried(now)
        try:
            started = self._start().started
        except Failure as failure:
            self._say(f"! {failure.message}")
        else:
            if started:
                self._say(f"已恢复 {', '.join(started)} up again")


def _end(slot: Slot) -> str:
    code = slot.exit_code()
    if code is None:
        return "died"
    return f"died by signal {-code}" if code < 0 else f"ended with exit code {code}"
