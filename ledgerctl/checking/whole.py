"""All checks of all logs, one after the other, with progress."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ledger.errors import Unavailable
from ledger.fsck import LISTED_MAX, Finding, Tell
from ledgerctl.checking.logs import check_copy, check_database, check_stream
from ledgerctl.checking.published import check_published
from ledgerctl.embedded.home import Home
from ledgerctl.publishing.signed import PUBLICATION

SAY_EVERY_SECONDS: Final = 2.0

Say = Callable[[str], None]


@dataclass(slots=True)
class Checked:
    """What was found, by log; `left_out`: what could not be compared, and why."""

    logs: Sequence[str]
    findings: list[tuple[str, Finding]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "logs": list(self.logs),
            "findings": [{"log": log, **finding._asdict()} for log, finding in self.findings],
            "left_out": self.left_out,
        }


def check_all(home: Home, services: Sequence[str], *, deep: bool, say: Say) -> Checked:
    """Check the logs of these services. Of one kind of finding the first few are listed."""
    report = Checked([home.origin(service) for service in services])
    for service in services:
        origin = home.origin(service)
        checks = [check_database(home, service, _progress(say, origin)), check_copy(home, service)]
        if service == PUBLICATION:
            checks.append(check_published(home))
        for found in checks:
            for count, finding in enumerate(found):
                if count == LISTED_MAX:
                    report.left_out.append(f"{origin}: there are more findings than the {LISTED_MAX} listed")
                    break
                report.findings.append((origin, finding))
        try:
            differing = asyncio.run(check_stream(home, service, deep=deep))
            report.findings += [(origin, finding) for finding in differing]
        except Unavailable as error:
            report.left_out.append(f"{origin}: the stream was not compared: {error}")
        _check_projection(home, origin, report, say)
    return report


def _check_projection(home: Home, origin: str, report: Checked, say: Say) -> None:
    if not home.database("outcomes").exists():
        report.left_out.append(f"{origin}: nothing has been projected")
        return
    # what shreds entries is the projection's own code, in a process of its own like all of it
    url = f"sqlite:///{home.database('outcomes')}"
    command = [sys.executable, "-P", "-m", "services.outcomes.check", url, origin]
    tell = _progress(say, f"{origin}, projection")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as check:
        assert check.stdout is not None
        assert check.stderr is not None
        for line in check.stdout:
            said = json.loads(line)
            if "check" in said:
                report.findings.append((origin, Finding(**said)))
            else:
                tell(said["done"], said["all"])
        failed = check.stderr.read()
    if check.returncode not in (0, 1) or failed:
        last = failed.strip().splitlines()[-1] if failed.strip() else f"exit code {check.returncode}"
        report.findings.append((origin, Finding("projection", origin, f"cannot be read to its end: {last}")))


def _progress(say: Say, what: str) -> Tell:
    said = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal said
        if time.monotonic() - said > SAY_EVERY_SECONDS:
            said = time.monotonic()
            say(f"… {what}: {done:,} / {total:,}")

    return tell
