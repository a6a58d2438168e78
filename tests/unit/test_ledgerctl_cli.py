"""Verbs, options after them, exit codes, and help that is there at once."""

from __future__ import annotations

import importlib
import json
import resource
import subprocess
import sys
from pathlib import Path

import grpc
import pytest

from ledger.errors import LedgerError, Unavailable
from ledgerctl import cli
from ledgerctl.failures import BadInput, ExitCode, Failure, Unreachable, understand


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "ledgerctl", *arguments], capture_output=True, text=True)


def test_help_is_there_within_300_ms() -> None:
    # the processor time it takes: on an idle machine that is how long somebody waits, on a busy one
    # a clock would tell of the neighbours
    def once() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert run("--help").returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    once()  # byte code and file cache
    assert min(once() for _ in range(5)) < 0.3


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys; from ledgerctl.cli import build_app; build_app(); "
        "print([m for m in ('grpc', 'sqlalchemy', 'google.protobuf', 'openpyxl', 'rich.table', 'structlog') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("verb", cli.VERBS)
def test_every_verb_has_help_with_an_example(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([verb, "--help"]) == ExitCode.OK
    module = importlib.import_module(f"ledgerctl.commands.{cli.VERBS[verb].module}")
    if hasattr(module, "run"):
        assert f"ledgerctl {verb}" in capsys.readouterr().out


def test_without_a_verb_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == ExitCode.USAGE
    assert "Examples 示例" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["nonsense"], ["status", "--nonsense"], ["up", "too", "many"]])
def test_wrong_usage_exits_2(arguments: list[str]) -> None:
    assert cli.main(arguments) == ExitCode.USAGE


def test_status_answers_where_nothing_was_ever_started(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["status", "--json", "--data-dir", str(tmp_path / "none")]) == ExitCode.OK
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["processes", "logs"]
    assert [process["name"] for process in told["processes"]] == [
        *("nats", "registry", "training", "placement", "followup", "publication", "outcomes", "audit")
    ]
    assert all(process == {"name": process["name"], "pid": None, "state": "stopped"} for process in told["processes"])
    assert told["logs"][2] == {
        "log": "ledger.local/placement",
        "size": 0,
        "published": 0,
        "ingested": 0,
        "lag_entries": 0,
        "lag_seconds": 0.0,
    }
    assert not (tmp_path / "none").exists(), "looking creates nothing"


def test_the_data_folder_may_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LEDGER_DATA_DIR", str(tmp_path / "elsewhere"))
    assert cli.main(["status"]) == ExitCode.OK
    assert str(tmp_path / "elsewhere") in capsys.readouterr().err


def test_down_is_fine_where_nothing_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["down", "--json", "--data-dir", str(tmp_path)]) == ExitCode.OK
    assert json.loads(capsys.readouterr().out) == {"stopped": [], "killed": []}


def test_a_data_folder_that_cannot_be_used_exits_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert cli.main(["up", "--detach", "--data-dir", str(tmp_path / "file" / "var")]) == ExitCode.USAGE
    assert "--data-dir" in capsys.readouterr().err


def test_a_damaged_ledger_json_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ledger.json").write_text("{")
    assert cli.main(["status", "--data-dir", str(tmp_path)]) == ExitCode.USAGE
    assert "ledger.json is not JSON" in capsys.readouterr().err


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> ExitCode | int:
    def run() -> None:
        raise error

    monkeypatch.setattr("ledgerctl.commands.status.run", run)
    return cli.main(["status"])


def test_failures_end_with_their_code_and_a_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("LEDGER_DEBUG", raising=False)
    assert failing(monkeypatch, Failure("two rows were refused", "mend them")) == ExitCode.FINDINGS
    assert capsys.readouterr().err == "✗ two rows were refused\n  → mend them\n"
    assert failing(monkeypatch, BadInput("no such file")) == ExitCode.USAGE
    assert failing(monkeypatch, Unavailable("placement is away")) == ExitCode.UNREACHABLE
    assert failing(monkeypatch, LedgerError("no")) == ExitCode.FINDINGS
    assert failing(monkeypatch, KeyboardInterrupt()) == ExitCode.INTERRUPTED


def test_an_error_of_ours_is_one_line_unless_debugging(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("LEDGER_DEBUG", raising=False)
    assert failing(monkeypatch, ZeroDivisionError("by zero")) == ExitCode.INTERNAL
    assert "Traceback" not in capsys.readouterr().err
    monkeypatch.setenv("LEDGER_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        failing(monkeypatch, ZeroDivisionError("by zero"))


def test_a_service_that_does_not_answer_is_unreachable() -> None:
    with grpc.insecure_channel("127.0.0.1:1") as channel, pytest.raises(grpc.RpcError) as refused:
        channel.unary_unary("/x/Y")(b"", timeout=2)  # type: ignore[arg-type]  # no serializer: bytes
    failure = understand(refused.value)
    assert isinstance(failure, Unreachable)
    assert "ledgerctl up --detach" in failure.remedy
