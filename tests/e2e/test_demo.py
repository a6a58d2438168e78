"""`ledgerctl demo` ends with a figure that a program outside proves, also over data of an earlier time."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from ledgerctl.publishing import proving
from tests.e2e import books
from tests.e2e.books import agreement, person
from tests.support.ledger import AGENCY, REGION, Ledger

CLAIMS = """\
programme = "small"

[[claim]]
id = "S1"
sentence = "签订就业意向协议3份"
figure = "agreements_signed"
stated = "3份"
as_of = 2025-06-20
"""


def programme(folder: Path, count: int) -> Path:
    """A programme of so many agreements, as a folder of examples."""
    folder.mkdir(exist_ok=True)
    rows = [agreement(person(31_000 + number), f"YX-{number}") for number in range(count)]
    books.write(folder, "协议", 协议台账=rows)
    (folder / "import.toml").write_text(f'programme = "small"\nregion = "{REGION}"\nagency = "{AGENCY}"\n')
    (folder / "claims.toml").write_text(CLAIMS)
    return folder


def test_the_demo_proves_a_figure_twice_and_says_how_to_restate_one_that_changed(
    fresh_ledger: Ledger, tmp_path: Path
) -> None:
    folder = programme(tmp_path / "small", 3)
    for published in ("已公布 published: 3 份", "已有公布 published before: 3 份"):
        ran = fresh_ledger.run("demo", "--programme", folder)
        assert published in ran.out
        assert '已证实 PROVEN: agreements_signed = 3 "份"' in ran.out
        assert "未证明 Not proven: " in ran.out
        assert fresh_ledger.pids() == {}
    # what is left can be checked without anything of ours, by the very command that was printed
    left = fresh_ledger.data / "demo"
    shown = next(line for line in ran.out.splitlines() if line.startswith("  $ env -i "))
    assert f"{left / 'agreements_signed.tar.gz'} --policy {left / 'policy.txt'}" in shown
    assert subprocess.run(shlex.split(shown.removeprefix("  $ ")), stdout=subprocess.DEVNULL).returncode == 0

    programme(folder, 4)
    ran = fresh_ledger.run("demo", "--programme", folder, code=1)
    restate = 'ledgerctl figure publish agreements_signed --programme small --to 2025-06-20 --reason "…"'
    assert restate in ran.err
    fresh_ledger.up()
    fresh_ledger.run(*restate.split()[1:-1], "one more agreement")
    assert "PROVEN: agreements_signed = 4" in fresh_ledger.run("demo", "--programme", folder).out


def test_a_python_that_cannot_run_the_verifier_is_not_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    monkeypatch.setattr(proving, "_SYSTEM_PATH", str(tmp_path))
    assert proving.system_python() != str(old)
