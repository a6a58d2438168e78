"""The registers of Linqing, Sichuan, Maoming and Zhenfeng: as their generators write them, of nobody, and in scale.

Counted here from the workbooks, by code of its own.
"""

from __future__ import annotations

import importlib
import re
import tomllib
import unicodedata
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from examples.common.employers import credit_check
from examples.common.people import identity_check
from ledgerctl.registers.layout import SHEETS
from tests.support.examples import FOLDERS, ROOT, registers, rows

NEW = tuple(folder for folder in FOLDERS if folder != "datong")


def identity(cell: Any) -> str:
    assert isinstance(cell, str), f"an identity number is text, not {cell!r}"
    number = unicodedata.normalize("NFKC", cell).replace(" ", "").upper()
    if len(number) == 15:
        number = f"{number[:6]}19{number[6:]}"
        number += identity_check(number)
    return number


def parts(path: Path) -> list[tuple[object, ...]]:
    """Everything in a workbook but how well it was compressed, which differs between builds of zlib."""
    with zipfile.ZipFile(path) as archive:
        return [(part.filename, part.date_time, archive.read(part)) for part in archive.infolist()]


@pytest.mark.parametrize("folder", [*NEW[:2], pytest.param("maoming", marks=pytest.mark.nightly), "zhenfeng"])
def test_a_fresh_run_writes_the_committed_files(folder: str, tmp_path: Path) -> None:
    importlib.import_module(f"examples.{folder}.generate").generate(tmp_path)
    assert [path.name for path in registers(folder)] == sorted(path.name for path in tmp_path.glob("*.xlsx"))
    for path in registers(folder):
        assert parts(tmp_path / path.name) == parts(path), f"{path.name}: run python -m examples.{folder}.generate"


def test_the_examples_stay_small() -> None:
    assert sum(path.stat().st_size for folder in FOLDERS for path in registers(folder)) < 12_000_000


@pytest.mark.parametrize("folder", NEW)
def test_every_sheet_is_one_that_is_read_and_holds_what_it_must(folder: str) -> None:
    for sheet, held in rows(folder).items():
        assert all(row[header] != "" for row in held for header in SHEETS[sheet].required), sheet


def test_between_them_the_examples_fill_every_sheet() -> None:
    assert {sheet for folder in FOLDERS for sheet in rows(folder)} == set(SHEETS)


def test_nobody_in_them_exists_and_nobody_is_in_two_programmes() -> None:
    seen: dict[str, str] = {}
    for folder in FOLDERS:
        typed = {str(row["身份证号"]) for held in rows(folder).values() for row in held if "身份证号" in row}
        for number in {identity(cell) for cell in typed}:
            assert re.fullmatch(r"99\d{15}[0-9X]", number)
            assert number[17] == identity_check(number[:17])
            assert seen.setdefault(number, folder) == folder
    assert len(seen) > 50_000


def test_every_credit_code_is_valid_and_belongs_to_nobody() -> None:
    codes = {
        str(row["统一社会信用代码"])
        for folder in NEW
        for held in rows(folder).values()
        for row in held
        if row.get("统一社会信用代码")
    }
    assert len(codes) > 150
    assert all(code[2:4] == "99" and code[17] == credit_check(code[:17]) for code in codes)


def test_each_folder_says_whose_registers_these_are() -> None:
    stated = [tomllib.loads((ROOT / folder / "import.toml").read_text(encoding="utf-8")) for folder in FOLDERS]
    assert all(set(one) == {"programme", "region", "agency"} for one in stated)
    assert len({one["programme"] for one in stated}) == len({one["agency"] for one in stated}) == 5


def test_linqing_trained_attendances_and_its_parts_do_not_add_up() -> None:
    held = rows("linqing")
    online = [row for row in held["培训花名册"] if row["培训类型"] == "线上" and row["结业结果"] == "合格"]
    assert 5400 < len(online) < 5500
    assert len({identity(row["身份证号"]) for row in online}) < 4500
    assert len({identity(row["身份证号"]) for row in held["上岗台账"]}) < 1200
    assert Counter(row["活动类型"] for row in held["活动台账"])["志愿服务"] == 16
    assert [int(row["参加人数"]) for row in held["活动台账"] if row["活动类型"] == "技能竞赛"] == [125, 210]


def test_sichuan_evidences_two_hundred_and_attests_the_rest() -> None:
    held = rows("sichuan")
    passed = {identity(row["身份证号"]) for row in held["培训花名册"] if row["结业结果"] == "合格"}
    assert 200 < len(passed) < 300
    assert Counter(row["类型"] for row in held["机构场所"]) == {"托育单位": 54, "用人单位": 126, "哺乳室": 611}
    latest = {row["指标"]: row["数值"] for row in held["统计上报"]}
    assert latest["爱心托管班累计"] > 8000
    assert latest["托管服务职工子女累计"] > 190_000
    assert latest["惠及育龄期女职工累计"] > 600_000


def test_maoming_started_sixty_thousand_times_and_kept_capacity_apart() -> None:
    held = rows("maoming")
    starts = held["上岗台账"]
    assert 60_000 < len(starts) < 70_000
    assert len({row["身份证号"] for row in starts}) < 50_000
    bay = ("广州", "深圳", "佛山", "东莞", "440400", "中山", "江门", "惠州", "肇庆")
    assert sum(any(name in str(row["工作地"]) for name in bay) for row in starts) > 20_000
    assert sum(int(row["工位数"]) for row in held["机构场所"] if row["工位数"] != "") == 2000
    assert [row["指标"] for row in held["统计上报"] if row["口径"] == "能力"] == ["年培训能力"]
    modes = Counter(row["经营模式"] for row in held["单位台账"] if row["停业日期"] == "")
    assert modes == {"员工制": 14, "中介制": 142}


def test_zhenfeng_goes_the_whole_way() -> None:
    held = rows("zhenfeng")
    assert {"培训花名册", "补贴台账", "推荐台账", "协议台账", "上岗台账", "回访记录", "单位台账", "招聘活动"} <= set(
        held
    )
    visits = held["回访记录"]
    for header in ("存在问题", "办结日期", "晋升岗位", "提升培训日期", "实发月工资"):
        assert any(row[header] not in ("", "无", "-", "/", "没有") for row in visits), header
    assert {"自主创业", "灵活就业", "实习"} <= {row["用工形式"] for row in held["上岗台账"]}
    assert any(row["追回日期"] != "" for row in held["补贴台账"])
