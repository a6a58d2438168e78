"""What an import reports, above all where it could not be finished."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import Unavailable
from ledger_api.audit.v1 import audit_pb2
from ledger_api.common.v1 import common_pb2
from ledger_api.registry.v1 import registry_pb2
from ledgerctl.cli import main
from ledgerctl.failures import BadInput
from ledgerctl.importing import handing_in, submit, waiting
from tests.support.registers import grid, identity, row, workbook

SHEET = "协议台账"
OPTIONS = ("--programme", "datong-hugong", "--region", "630121", "--agency", "datong-hrss")


class Services:
    """A ledger that answers so many batches and is gone after that."""

    def __init__(self, batches: int = 1_000, ingested: int | None = None) -> None:
        self.batches = batches
        self.size = 0
        self.ingested = ingested
        self.asked: list[Any] = []

    def client(self, name: str) -> Any:
        return self

    async def call(self, method: str, request: Any, **_: Any) -> Any:
        match method:
            case "GetHead":
                return common_pb2.Head()
            case "ResolvePersons":
                answers = [registry_pb2.ResolvedPerson(person="pr_" + "a" * 32) for _ in request.persons]
                return registry_pb2.ResolvePersonsResponse(persons=answers)
            case "GetCut":
                size = self.size if self.ingested is None else self.ingested
                return audit_pb2.GetCutResponse(cut=audit_pb2.Cut(sizes={"ledger.local/placement": size}))
            case _:
                return self._batch(request)

    def _batch(self, request: Any) -> Any:
        if not self.batches:
            raise Unavailable("placement is away")
        self.batches -= 1
        self.asked.append(request)
        answer = common_pb2.BatchResponse()
        for at, _ in enumerate(request.items):
            receipt = common_pb2.Receipt(log="ledger.local/placement", index=self.size, corrected=at == 0)
            answer.results.add(receipt=receipt)
            self.size += 1
        return answer


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> Callable[[Services], Services]:
    async def at_once(_name: str, call: Callable[[], Awaitable[Any]], *_: Any) -> Any:
        return await call()

    def use(services: Services) -> Services:
        @asynccontextmanager
        async def opened(_data_dir: Path) -> Any:
            yield services

        monkeypatch.setattr(handing_in, "open_session", opened)
        monkeypatch.setattr(submit, "patiently", at_once)
        monkeypatch.setattr(submit, "ROWS_AT_ONCE", 2)
        monkeypatch.setattr(submit, "CHUNKS_UNDER_WAY", 1)
        return services

    return use


def register(tmp_path: Path, count: int = 5) -> Path:
    rows = [row(SHEET, 协议编号=f"AG-{at}", 身份证号=identity(at + 1)) for at in range(count)]
    return workbook(tmp_path, {SHEET: grid([*rows, row(SHEET, 协议编号="AG-99", 状态="作废")])})


def test_what_was_done_is_reported_where_the_ledger_goes_away(
    tmp_path: Path, ledger: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger(Services(batches=1))
    assert main(["import", str(register(tmp_path)), *OPTIONS, "--json"]) == 3
    ran = capsys.readouterr()
    told = json.loads(ran.out)
    assert told["sheets"][SHEET]["recorded"] == 2
    assert told["corrected"] == {SHEET: 1}
    assert told["pending"] >= 2
    assert "placement is away" in told["error"]["message"]
    assert told["error"]["remedy"]
    assert "ledgerctl up" in ran.err


def test_the_table_comes_before_the_error(tmp_path: Path, ledger: Any, capsys: pytest.CaptureFixture[str]) -> None:
    ledger(Services(batches=1))
    assert main(["import", str(register(tmp_path)), *OPTIONS]) == 3
    ran = capsys.readouterr()
    assert "更正" in ran.out
    assert "结果未知" in ran.err
    assert ran.err.index("结果未知") < ran.err.index("placement is away")


def test_waiting_that_gets_nowhere_ends_with_the_report_and_the_error(
    tmp_path: Path, ledger: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(waiting, "STUCK_SECONDS", 0.1)
    ledger(Services(ingested=1))
    assert main(["import", str(register(tmp_path)), *OPTIONS, "--wait", "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert told["sheets"][SHEET]["recorded"] == 5
    assert "4" in told["error"]["message"]
    assert "pending" not in told
    assert [one["row"] for one in told["refused_rows"]] == [7]


def test_every_warning_is_in_the_json_and_rows_under_merged_cells_cost_the_exit_code(
    tmp_path: Path, ledger: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger(Services())
    rows = [row(SHEET, 协议编号=f"AG-{at}", 身份证号=identity(at + 1), 撤回日期="2025-04-01") for at in range(30)]
    path = workbook(tmp_path, {SHEET: grid(rows)}, touch=lambda book: book[SHEET].merge_cells("E30:E31"))
    assert main(["import", str(path), *OPTIONS, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert len(told["warnings"]) == told["sheets"][SHEET]["warnings"] >= 29
    assert [(one["row"], one["rule"]) for one in told["skipped_rows"]] == [(31, "merged")]
    assert main(["import", str(path), *OPTIONS]) == 1
    assert "第 31 行跳过" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_said_before_anybody_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(handing_in, "open_session", lambda _: pytest.fail("asked the ledger"))
    assert main(["import", str(tmp_path / "nope.xlsx"), *OPTIONS]) == 2
    assert "nope.xlsx" in capsys.readouterr().err


def test_a_sheet_passed_over_is_told_once(tmp_path: Path, ledger: Any, capsys: pytest.CaptureFixture[str]) -> None:
    ledger(Services())
    path = workbook(tmp_path, {SHEET: grid([row(SHEET)]), "笔记": [["随便写的"]]})
    assert main(["import", str(path), *OPTIONS]) == 0
    assert capsys.readouterr().err.count("不是已知台账") == 1


async def test_what_a_sheet_has_no_column_for_is_sent_as_unstated(tmp_path: Path, ledger: Any) -> None:
    services = ledger(Services())
    path = workbook(tmp_path, {SHEET: grid([row(SHEET, 岗位="护工")])})
    wanted = handing_in.HandIn([path], handing_in.Stated(*OPTIONS[1::2]), None, "sv_test", None, False)
    await handing_in.hand_in(tmp_path, wanted)
    [item] = services.asked[0].items
    paths = item.record_intent_agreement.context.unstated.split(",")
    assert "withdrawn" in paths
    assert "signed.position" not in paths


def test_an_import_toml_from_a_windows_editor_is_read(tmp_path: Path) -> None:
    said = 'programme = "datong-hugong"\nregion = "630121"\nagency = "datong-hrss"\n'
    (tmp_path / "import.toml").write_text(said, encoding="utf-8-sig")
    setup = handing_in.setup_for(tmp_path / "a.xlsx", handing_in.Stated("", "", ""))
    assert (setup.programme, setup.region, setup.agency) == ("datong-hugong", "630121", "datong-hrss")


def test_a_key_of_import_toml_that_nobody_knows_is_named(tmp_path: Path) -> None:
    (tmp_path / "import.toml").write_text('program = "datong-hugong"\n', encoding="utf-8")
    with pytest.raises(BadInput, match="did you mean programme"):
        handing_in.setup_for(tmp_path / "a.xlsx", handing_in.Stated(*OPTIONS[1::2]))


def test_a_region_of_no_province_is_refused_and_an_unlisted_one_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BadInput, match="GB/T 2260"):
        handing_in.setup_for(tmp_path / "a.xlsx", handing_in.Stated("p", "990121", "a"))
    assert handing_in.setup_for(tmp_path / "a.xlsx", handing_in.Stated("p", "639999", "a")).region == "639999"
    assert "639999" in capsys.readouterr().err
