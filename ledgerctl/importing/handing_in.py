"""One `ledgerctl import`, from files to a report on each."""

from __future__ import annotations

import asyncio
import difflib
import re
import signal
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from ledger_api.common.v1 import common_pb2 as common
from ledgerctl.embedded.home import Home
from ledgerctl.embedded.identities import refuse_where_identities_are_lost
from ledgerctl.failures import BadInput, Failure, understand
from ledgerctl.importing.progress import Progress
from ledgerctl.importing.resolve import Resolver
from ledgerctl.importing.submit import Submission
from ledgerctl.importing.waiting import until_projected
from ledgerctl.printers import say
from ledgerctl.query import check_region
from ledgerctl.registers import RegisterError, Report, Setup, plans, read, rejected_path, write_rejected
from ledgerctl.registers.places import is_listed
from ledgerctl.session import Session, open_session

_FORMS = {
    "programme": re.compile(r"[a-z0-9][a-z0-9-]{0,39}"),
    "region": re.compile(r"[0-9]{6}"),
    "agency": re.compile(r"[a-z0-9][a-z0-9-]{0,39}"),
}
_HINTS = {
    "programme": "小写字母、数字、连字符 · lower-case letters, digits, hyphens, e.g. datong-hugong",
    "region": "六位行政区划代码 · six digits of GB/T 2260, e.g. 630121",
    "agency": "小写字母、数字、连字符 · lower-case letters, digits, hyphens, e.g. datong-hrss",
}


class Stated(NamedTuple):
    """What an import states for all its rows; empty: look into import.toml."""

    programme: str
    region: str
    agency: str


class HandIn(NamedTuple):
    """What was asked for."""

    files: Sequence[Path]
    stated: Stated
    sheet: str | None
    actor: str
    rejected: Path | None
    wait: bool
    #: said by whoever hands in after identities were lost
    only_new_rows: bool = False


@dataclass(slots=True)
class Outcome:
    """What became of it. `unreadable`: files that could not be read at all, and why (zh, en). `failure`: what
    ended it before its time; what was done until then is in the reports, and stays done.
    """

    reports: list[Report] = field(default_factory=list)
    rejected: list[Path] = field(default_factory=list)
    unreadable: list[tuple[Path, str, str]] = field(default_factory=list)
    reached: dict[str, int] = field(default_factory=dict)
    cut: dict[str, int] | None = None
    interrupted: bool = False
    failure: Failure | None = None

    @property
    def pending(self) -> int:
        """Rows that were read and whose fate is not known: the end came before their answer."""
        return sum(max(0, sheet.pending) for report in self.reports for sheet in report.sheets.values())

    @property
    def nothing_read(self) -> bool:
        """Not one sheet of one file could be read."""
        return not any(report.any_read for report in self.reports)

    @property
    def clean(self) -> bool:
        """Every file was read and no row was refused."""
        return not self.unreadable and all(report.clean for report in self.reports)


async def hand_in(data_dir: Path, wanted: HandIn) -> Outcome:
    """Import the files one after the other. Raises Failure: bad options, identities were lost, or the
    ledger cannot be reached at all.

    Ctrl-C lets the batches under way finish; the report covers what was done, and the same command
    goes on where it stopped. Where the ledger goes away meanwhile, the outcome says so as its `failure`.
    """
    setups = [(path, setup_for(path, wanted.stated)) for path in wanted.files]
    outcome = Outcome()
    if _none_there(setups, outcome):
        return outcome
    await asyncio.to_thread(refuse_where_identities_are_lost, Home(data_dir), only_new_rows=wanted.only_new_rows)
    try:
        async with open_session(data_dir) as session:
            work = asyncio.ensure_future(_all(session, wanted, setups, outcome))
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, work.cancel)
            try:
                await work
            except asyncio.CancelledError:
                outcome.interrupted = True
    except Exception as error:
        outcome.failure = understand(error)
        if outcome.failure is None or not outcome.reports:
            raise
    return outcome


def _none_there(setups: Sequence[tuple[Path, Setup]], outcome: Outcome) -> bool:
    """Note the files that are not there, if that is all of them: for that nobody has to be asked."""
    missing = [path for path, _ in setups if not path.is_file()]
    if len(missing) < len(setups):
        return False
    for path in missing:
        outcome.unreadable.append(
            (path, "没有这个文件，请核对文件名和路径", "there is no such file; check its name and path")
        )
    return True


async def _all(session: Session, wanted: HandIn, setups: Sequence[tuple[Path, Setup]], outcome: Outcome) -> None:
    def reached(log: str, index: int) -> None:
        outcome.reached[log] = max(outcome.reached.get(log, 0), index + 1)

    # whoever forgot to start the ledger is told so at once; patience is for services that go away meanwhile
    await session.client("registry").call("GetHead", common.GetHeadRequest(), seconds=5.0)
    for path, setup in setups:
        report = Report(path)
        progress = Progress(path.name)
        resolver = Resolver(session, setup.agency, wanted.actor)
        submission = Submission(session, setup.agency, wanted.actor, resolver, reached)
        try:
            await submission.run(plans(read(path, wanted.sheet), setup, report), report, progress.tick)
        except RegisterError as error:
            outcome.unreadable.append((path, error.zh, error.en))
            continue
        finally:
            progress.end()
            outcome.reports.append(report)
            _write_rejected(report, wanted.rejected, outcome)
    if wanted.wait:
        outcome.cut = await until_projected(session, outcome.reached)


def _write_rejected(report: Report, path: Path | None, outcome: Outcome) -> None:
    """What was recorded stays recorded, so a place that cannot be written to costs the workbook alone."""
    try:
        written = write_rejected(report, path)
    except OSError as error:
        where = path or rejected_path(report.path)
        zh, en = f"拒绝的行无法写入 {where}", f"the refused rows could not be written: {error.strerror}"
        outcome.unreadable.append(
            (report.path, f"{zh};请用 --rejected 另指定位置", f"{en}; name a place with --rejected")
        )
        return
    if written:
        outcome.rejected.append(written)


def setup_for(path: Path, stated: Stated) -> Setup:
    """What holds for all rows of a file: options first, then the import.toml beside it. Raises BadInput."""
    beside = path.parent / "import.toml"
    known = _beside(beside)
    values = {name: getattr(stated, name) or str(known.get(name, "")) for name in _FORMS}
    for name, form in _FORMS.items():
        if not form.fullmatch(values[name]):
            said = f"{values[name]} 不合规 · is not usable" if values[name] else "未填写 · is missing"
            raise BadInput(f"--{name} {said}", f"{_HINTS[name]}; or put it into {beside}")
    check_region(values["region"])
    if not is_listed(values["region"]):
        say(
            f"! 行政区划代码 {values['region']} 不在现行或曾用代码之列，请核对 · "
            f"--region {values['region']} is in no edition of GB/T 2260 known here; check it"
        )
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()
    return Setup(**values, today=today)


def _beside(file: Path) -> dict[str, Any]:
    """What an import.toml says; empty where there is none. Raises BadInput: unreadable, or a key nobody knows."""
    if not file.exists():
        return {}
    try:
        known = tomllib.loads(file.read_text(encoding="utf-8-sig"))  # Windows editors put a mark in front
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise BadInput(
            f"{file} 无法读取 · cannot be read: {error}",
            "改正后重试，或在命令中写 · repair it, or give --programme, --region and --agency",
        ) from error
    for key in known:
        if key not in _FORMS:
            near = difflib.get_close_matches(key, _FORMS, n=1)
            meant = f"，是否指 {near[0]} · did you mean {near[0]}?" if near else ""
            raise BadInput(
                f"{file}: 不认识的项 {key} · unknown key {key}{meant}", f"可以写 · there are: {', '.join(_FORMS)}"
            )
    return known
