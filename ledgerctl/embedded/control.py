"""Start what is dead, keep what runs, stop everything.

Both work from what is found, not from what was done before: after any kill, at any moment, the same
call brings the ledger up or down.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from ledgerctl.embedded import broker, ports
from ledgerctl.embedded.home import Home
from ledgerctl.embedded.layout import AUDIT, BROKER, SERVICES, SUPERVISOR, Service, process_names
from ledgerctl.embedded.ready import is_ready
from ledgerctl.embedded.slot import Slot
from ledgerctl.failures import Unreachable

START_SECONDS_MAX: Final = 60.0
STOP_SECONDS_MAX: Final = 15.0
LOOK_SECONDS: Final = 0.02
LOG_LINES_SHOWN: Final = 15
#: a port can be taken between the moment it was found free and the moment a process listens there
PORT_TRIES_MAX: Final = 3
#: the only settings of the caller's that reach the processes: all others are ours to give
PASSED_ON: Final = ("LEDGER_LOG_LEVEL",)

#: Where a log's process leaves its public key (ledger.runtime.signing_key).
VKEY_FILE: Final = "log.vkey"
WITNESS_VKEY_FILE: Final = "witness.vkey"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Started:
    """What a start found and did; both by name, in the order of the layout."""

    started: Sequence[str]
    kept: Sequence[str]


@dataclass(frozen=True)
class Stopped:
    """What a stop ended; `killed` are those that had to be forced."""

    stopped: Sequence[str]
    killed: Sequence[str]


class StartFailed(Unreachable):
    """A process did not come up. The message shows the end of its log."""


def start(
    home: Home, say: Say, services: Sequence[Service] = SERVICES, seconds_max: float = START_SECONDS_MAX
) -> Started:
    """Bring every process up and return once all of them serve. Raises StartFailed.

    Processes that live are left alone, unless a port they rely on had to be changed.
    """
    home.create([service.name for service in services])
    with home.locked(lambda: say(f"等待另一个 ledgerctl 完成 · waiting for another ledgerctl at work in {home.root}")):
        names = process_names(services)
        deadline = time.monotonic() + seconds_max
        if home.slot(BROKER).alive and not broker.has_its_store(home.nats / "store"):
            say(
                "消息中间件的文件夹不见了，重新建立 · the broker's folder is gone: starting it anew, the logs refill it"
            )
            end([home.slot(BROKER)], STOP_SECONDS_MAX)
        kept = [name for name in names if home.slot(name).alive]
        for attempt in range(1, PORT_TRIES_MAX + 1):
            outdated = _settle_ports(home, names, say)
            kept = [name for name in kept if name not in outdated]
            dead = [name for name in names if not home.slot(name).alive]
            for name in dead:
                _spawn(home, name, services)
            failed = _wait_ready(home, names, deadline)
            if failed is None:
                return Started([name for name in names if name not in kept], kept)
            robbed = not home.slot(failed).alive and not ports.is_free(home.ports[failed])
            if not robbed or attempt == PORT_TRIES_MAX:
                raise _failure(home, failed, seconds_max)
        raise AssertionError("the last try either returned or raised")


def set_cosigning(home: Home, wanted: bool, say: Say, services: Sequence[Service] = SERVICES) -> None:
    """Have the services cosign each other's logs from their next start on, or not; those that run are ended for it."""
    home.create([service.name for service in services])
    with home.locked(lambda: say(f"等待另一个 ledgerctl 完成 · waiting for another ledgerctl at work in {home.root}")):
        if home.cosigning != wanted:
            end([home.slot(service.name) for service in services], STOP_SECONDS_MAX)
            home.remember_cosigning(wanted)


def stop(
    home: Home, say: Say, services: Sequence[Service] = SERVICES, grace_seconds: float = STOP_SECONDS_MAX
) -> Stopped:
    """End every process, services before the broker, and return when none is left.

    Who does not end within `grace_seconds` is killed, and named.
    """
    if not home.root.exists():
        return Stopped([], [])
    with home.locked(lambda: say(f"等待另一个 ledgerctl 完成 · waiting for another ledgerctl at work in {home.root}")):
        slots = home.slots(process_names(services))
        stopped: list[str] = []
        killed: list[str] = []
        for group in ([slot for slot in slots if slot.name != BROKER], [home.slot(BROKER)]):
            living = [slot for slot in group if slot.alive]
            killed += [slot.name for slot in end(living, grace_seconds)]
            stopped += [slot.name for slot in living]
            for slot in group:
                slot.clear()
        for name in killed:
            say(
                f"! {name} 未能按时停止，已强制结束，记录不受影响 · "
                f"{name} did not end within {grace_seconds:g} s and was killed; its records are safe"
            )
        return Stopped(stopped, killed)


def stop_all(home: Home, say: Say, services: Sequence[Service] = SERVICES) -> Stopped:
    """Stop what looks after the processes, then the processes; returns when none is left."""
    supervisor = home.slot(SUPERVISOR)
    looked_after = [slot.name for slot in home.slots(process_names(services)) if slot.alive] if supervisor.alive else []
    # it stops them all before it ends; if it cannot, we do. It takes the lock, so we must not hold it yet
    end([supervisor], 2 * STOP_SECONDS_MAX + 5)
    ended = stop(home, say, services)
    supervisor.clear()
    return Stopped([*looked_after, *(name for name in ended.stopped if name not in looked_after)], ended.killed)


def end(slots: Collection[Slot], grace_seconds: float) -> list[Slot]:
    """End these processes and wait for it; returns those that had to be killed."""
    left = _signal_until_gone(slots, signal.SIGTERM, grace_seconds)
    # a killed process holds its lock until the kernel has taken it apart; how long is not up to us
    _signal_until_gone(left, signal.SIGKILL, float("inf"))
    return left


def _signal_until_gone(slots: Collection[Slot], number: signal.Signals, seconds_max: float) -> list[Slot]:
    """Signal each process once and wait until all are gone; returns those that are not."""
    deadline = time.monotonic() + seconds_max
    untold = list(slots)
    while living := [slot for slot in slots if slot.alive]:
        # one that was just being started can be told a moment later
        untold = [slot for slot in untold if slot in living and not slot.signal(number)]
        if time.monotonic() >= deadline:
            break
        time.sleep(LOOK_SECONDS)
    return living


def environment(home: Home, service: Service, services: Sequence[Service]) -> dict[str, str]:
    """What a service is told (ledger.runtime.settings)."""
    peers = {
        home.origin(peer.name): {
            "slug": peer.name,
            "address": home.address(peer.name),
            "vkey_file": str(home.keys(peer.name) / VKEY_FILE),
            "witness_vkey_file": str(home.keys(peer.name) / WITNESS_VKEY_FILE),
        }
        for peer in services
        if peer.owns_log and peer.name != service.name
    }
    audit = {"LEDGER_AUDIT_ADDRESS": home.address(AUDIT)} if any(one.name == AUDIT for one in services) else {}
    cosigned = {"LEDGER_WITNESSES": json.dumps(list(peers))} if home.cosigning and service.owns_log else {}
    outer = {key: value for key, value in os.environ.items() if not key.startswith("LEDGER_") or key in PASSED_ON}
    return {
        **outer,
        **audit,
        **cosigned,
        "LEDGER_NAME": service.name,
        "LEDGER_HOST": home.host,
        "LEDGER_DATABASE_URL": f"sqlite:///{home.database(service.database)}",
        "LEDGER_NATS_URL": home.nats_url,
        "LEDGER_LISTEN": home.address(service.name),
        "LEDGER_PEERS": json.dumps(peers),
        "LEDGER_KEY_DIR": str(home.keys(service.name)),
        "LEDGER_REFLECTION": "true",
        "LEDGER_LOG_FORMAT": "json",
        "LEDGER_READY_FILE": str(home.run / f"{service.name}.json"),
        "PYTHONFAULTHANDLER": "1",
    }


def _settle_ports(home: Home, names: Sequence[str], say: Say) -> list[str]:
    """Give every process a port it can have. Returns those stopped because an address they use changed."""
    known = home.ports
    living = [name for name in names if home.slot(name).alive]
    keep = {name: known[name] for name in names if name in known and (name in living or ports.is_free(known[name]))}
    chosen = ports.choose(names, keep)
    if chosen == known:
        return []
    if moved := [name for name in names if name in known and chosen[name] != known[name]]:
        names_moved = ", ".join(moved)
        say(
            f"{names_moved} 的端口已被占用，另选 · the port of {names_moved} is taken by another program: choosing anew"
        )
    # everybody knows everybody's address, except that the broker knows nobody's
    outdated = [name for name in living if name != BROKER]
    end([home.slot(name) for name in outdated], STOP_SECONDS_MAX)
    home.remember(chosen)
    return outdated


def _spawn(home: Home, name: str, services: Sequence[Service]) -> None:
    slot = home.slot(name)
    if name == BROKER:
        broker.prepare_store(home.nats / "store")
        configuration = home.nats / "nats.conf"
        configuration.write_text(broker.configuration(home.ports[BROKER], home.nats / "store"), encoding="utf-8")
        slot.start([broker.find_binary(), "-c", str(configuration)], os.environ, home.root, home.log(name))
        return
    service = next(service for service in services if service.name == name)
    # -P: a folder that happens to be called `services` where we are must not be taken for ours
    argv = [sys.executable, "-P", "-m", service.module]
    slot.start(argv, environment(home, service, services), home.root, home.log(name))


def _wait_ready(home: Home, names: Sequence[str], deadline: float) -> str | None:
    """Wait until all serve; the name of one that died or is too late otherwise."""
    pending = list(names)
    while pending:
        for name in list(pending):
            if is_ready(home, name):
                pending.remove(name)
            elif not home.slot(name).alive or time.monotonic() > deadline:
                return name
        if pending:
            time.sleep(LOOK_SECONDS)
    return None


def _failure(home: Home, name: str, seconds_max: float) -> StartFailed:
    slot = home.slot(name)
    if slot.alive:
        what = f"{name} 启动后迟迟不能服务 · {name} was started but does not serve after {seconds_max:g} s"
    else:
        what = f"{name} 启动失败 · {name} ended while starting{_how(slot.exit_code())}"
    tail = log_tail(home, name)
    return StartFailed(
        f"{what}; 日志末尾 the end of {home.log(name)}:\n{tail or '    (empty)'}",
        "按日志所述处理后再执行 ledgerctl up · mend what it says, then run ledgerctl up again: "
        "what runs already is kept; ledgerctl down stops it (docs/operating/process-dead.md)",
    )


def _how(code: int | None) -> str:
    if code is None:
        return ""
    return f" (signal {-code})" if code < 0 else f" (exit code {code})"


def log_tail(home: Home, name: str) -> str:
    """The last lines of a process's log, indented."""
    try:
        text = home.log(name).read_bytes()[-16_384:].decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    return "\n".join(f"    {line}" for line in text.splitlines()[-LOG_LINES_SHOWN:])
