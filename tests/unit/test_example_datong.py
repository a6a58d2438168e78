"""The Datong registers: what is committed is what the generator writes, and it bears out what was published.

Figures are counted here from the workbooks, by code of its own: nothing of the generator's model is used.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from examples.common.employers import credit_check, organisation_check
from examples.common.people import identity_check, short_identity
from examples.datong.generate import generate
from ledgerctl.claims import band_of, load, parse

FOLDER = Path(__file__).parents[2] / "examples" / "datong"
PUBLISHED = date(2025, 6, 20)
BOOKS = {
    "training.xlsx": ("培训花名册",),
    "placement.xlsx": ("协议台账", "上岗台账"),
    "followup.xlsx": ("回访记录",),
    "activities.xlsx": ("招聘活动", "活动台账", "统计上报"),
}
LISTS = {
    "培训类型": {"岗前", "技能提升", "回炉", "线上"},
    "结业结果": {"合格", "不合格", "中途退出"},
    "协议类型": {"就业意向协议", "劳动合同", "劳务协议"},
    "合同文本": {"规范", "其他"},
    "状态": {"有效", "撤回"},
    "用工形式": {"全日制", "灵活就业", "自主创业", "实习", "公益性岗位", "劳务派遣"},
    "回访方式": {"电话", "上门", "线上"},
    "在岗状态": {"在岗", "离岗", "失联"},
    "工资凭证": {"社保", "银行流水", "工资条", "单位证明", "本人口述"},
    "口径": {"存量", "流量", "能力"},
}
REQUIRED = {
    "培训花名册": {"姓名", "身份证号", "班级编号", "培训工种", "培训机构", "开班日期"},
    "协议台账": {"协议编号", "协议类型", "姓名", "身份证号", "用人单位", "签订日期"},
    "上岗台账": {"姓名", "身份证号", "用人单位", "上岗日期"},
    "回访记录": {"姓名", "身份证号", "回访日期", "在岗状态"},
    "招聘活动": {"活动编号", "活动名称", "活动类型", "举办日期"},
    "活动台账": {"活动编号", "活动名称", "活动类型", "开始日期"},
    "统计上报": {"指标", "数值", "单位", "口径", "截至日期", "来源"},
}
KEYS = {
    "培训花名册": ("班级编号", "身份证号"),
    "协议台账": ("协议类型", "协议编号"),
    "上岗台账": ("身份证号", "用人单位", "上岗日期"),
    "回访记录": ("身份证号", "回访日期", "回访方式"),
    "招聘活动": ("活动编号",),
    "活动台账": ("活动编号",),
    "统计上报": ("指标", "截至日期", "来源"),
}
Row = dict[str, Any]


def day(cell: Any) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if re.fullmatch(r"\d{8}", cell):
        return date(int(cell[:4]), int(cell[4:6]), int(cell[6:]))
    year, month, number = re.findall(r"\d+", cell)
    return date(int(year), int(month), int(number))


def month(row: Row) -> tuple[int, int]:
    if row["工资月份"] is None:
        return row["回访日期"].year, row["回访日期"].month
    year, number = re.findall(r"\d+", row["工资月份"])
    return int(year), int(number)


def identity(cell: Any) -> str:
    assert isinstance(cell, str), f"an identity number is text, not {cell!r}"
    number = unicodedata.normalize("NFKC", cell).replace(" ", "").upper()
    if len(number) == 15:
        number = f"{number[:6]}19{number[6:]}"
        number += identity_check(number)
    return number


def fen(cell: Any) -> int:
    if isinstance(cell, str):
        number = cell.replace(",", "").replace("元", "")
        return round(float(number.removesuffix("万")) * 10_000 if number.endswith("万") else float(number)) * 100
    return int(cell) * 100


def value(header: str, cell: Any) -> Any:
    if cell in ("", "无", "没有", "-", "/"):
        return None
    if header.endswith("日期"):
        return day(cell)
    if header == "身份证号":
        return identity(cell)
    return fen(cell) if header in ("约定月工资", "实发月工资") else cell


@cache
def lines(sheet: str) -> list[list[Any]]:
    """A register's cells, as calamine reads them."""
    book = next(name for name, sheets in BOOKS.items() if sheet in sheets)
    return CalamineWorkbook.from_path(str(FOLDER / book)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)


@cache
def rows(sheet: str) -> list[Row]:
    """A register's rows: headers found, the totals row and the note left out."""
    cleaned = [[re.sub(r"\s|（.*）", "", str(cell)) for cell in line] for line in lines(sheet)[:5]]
    at = next(number for number, line in enumerate(cleaned) if REQUIRED[sheet] <= set(line))
    assert at == 1, "a title stands above the headers"
    found = []
    for line in lines(sheet)[at + 1 :]:
        if str(line[0]).startswith(("合计", "注：")) or not any(cell != "" for cell in line):
            continue
        found.append({header: value(header, cell) for header, cell in zip(cleaned[at], line, strict=True)})
    return found


def every_row() -> Iterator[tuple[str, Row]]:
    for sheet in KEYS:
        for row in rows(sheet):
            yield sheet, row


def admits(stated: str, number: Any, measure: Any = "count") -> bool:
    return number in band_of(parse(stated), measure)


def test_a_fresh_run_writes_the_committed_files(tmp_path: Path) -> None:
    generate(tmp_path)
    for name in (*BOOKS, "sites.xlsx", "mistakes/broken.xlsx"):
        assert parts(tmp_path / name) == parts(FOLDER / name), f"{name}: run python -m examples.datong.generate"


def parts(path: Path) -> list[tuple[object, ...]]:
    """Everything in a workbook but how well it was compressed, which differs between builds of zlib."""
    with zipfile.ZipFile(path) as archive:
        return [
            (part.filename, part.date_time, part.external_attr, part.create_system, archive.read(part))
            for part in archive.infolist()
        ]


def test_the_example_stays_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.rglob("*.xlsx")) < 2_500_000


def test_there_are_about_twenty_thousand_rows() -> None:
    assert 19_000 <= sum(1 for _ in every_row()) <= 21_000


def test_every_required_cell_is_filled_and_every_listed_value_is_in_its_list() -> None:
    for sheet, row in every_row():
        assert all(row[header] is not None for header in REQUIRED[sheet]), row
        for header, allowed in LISTS.items():
            assert row.get(header) is None or row[header] in allowed, row


def test_no_key_comes_twice() -> None:
    for sheet, key in KEYS.items():
        keys = [tuple(row[header] for header in key) for row in rows(sheet)]
        assert len(keys) == len(set(keys)), sheet


def test_every_person_is_synthetic_and_has_one_name() -> None:
    names: dict[str, str] = {}
    for _, row in every_row():
        if number := row.get("身份证号"):
            assert re.fullmatch(r"99\d{15}[0-9X]", number)
            assert number[17] == identity_check(number[:17])
            assert 16 <= 2025 - date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}").year <= 65
            assert names.setdefault(number, row["姓名"]) == row["姓名"]
    assert len(names) > 9000


def test_every_credit_code_is_valid_belongs_to_nobody_and_names_one_employer() -> None:
    codes: dict[str, str | None] = {}
    for _, row in every_row():
        if "统一社会信用代码" in row:
            assert codes.setdefault(row["用人单位"], row["统一社会信用代码"]) == row["统一社会信用代码"]
    known = [code for code in codes.values() if code]
    assert len(known) == len(set(known)) > 20
    for code in known:
        assert code[2:4] == "99"
        assert code[17] == credit_check(code[:17])
        assert code[16] == organisation_check(code[8:16])


def test_dates_lie_in_the_window_and_in_order() -> None:
    for _, row in every_row():
        for header, cell in row.items():
            if header.endswith("日期") and cell is not None:
                assert date(2024, 1, 1) <= cell <= PUBLISHED, row
        for before, after in (
            ("开班日期", "结业日期"), ("结业日期", "发证日期"), ("发证日期", "注销日期"), ("签订日期", "撤回日期"),
            ("体检日期", "上岗日期"), ("上岗日期", "离岗日期"), ("回访日期", "办结日期"),
        ):  # fmt: skip
            if row.get(before) and row.get(after):
                assert row[before] <= row[after], row


def test_rows_are_such_as_an_import_accepts() -> None:
    for row in rows("培训花名册"):
        assert row["结业日期"] or row["结业结果"] in (None, "中途退出")
    for row in rows("协议台账"):
        assert row["撤回日期"] is None or row["状态"] == "撤回"
    for row in rows("回访记录"):
        assert row["实发月工资"] is None or row["在岗状态"] != "失联"
        assert row["工资凭证"] is None or row["实发月工资"] is not None
    stated = [(row["身份证号"], month(row), row["工资凭证"]) for row in rows("回访记录") if row["实发月工资"]]
    assert len(stated) == len(set(stated)), "one month and one proof state one wage"


def test_d1_more_than_a_thousand_people_completed_their_training() -> None:
    passed = [row["身份证号"] for row in rows("培训花名册") if row["结业结果"] == "合格"]
    assert admits("1000余人", len(set(passed)))
    assert len(set(passed)) < len(passed), "a few completed two classes"
    results = [row["结业结果"] for row in rows("培训花名册")]
    assert {"不合格", "中途退出", None} <= set(results)


def test_d2_fifteen_matching_events_of_three_kinds() -> None:
    kinds = [row["活动类型"] for row in rows("招聘活动")]
    assert admits("15场次", len(kinds))
    assert set(kinds) == {"专场招聘会", "签约仪式", "网络招聘"}
    assert kinds.count("网络招聘") == 1


def test_d3_eight_hundred_odd_agreements_stand_and_fewer_persons() -> None:
    intents = [row for row in rows("协议台账") if row["协议类型"] == "就业意向协议"]
    live = [row for row in intents if row["状态"] != "撤回"]
    withdrawn = [row for row in intents if row["状态"] == "撤回"]
    assert admits("800余份", len(live))
    assert {row["撤回日期"] is None for row in withdrawn} == {True, False}
    assert len({row["身份证号"] for row in live}) < len(live)
    assert {row["协议类型"] for row in rows("协议台账")} == LISTS["协议类型"]


def test_d4_more_than_eight_thousand_people_are_at_work() -> None:
    latest: dict[str, tuple[date, str]] = {}
    for row in rows("回访记录"):
        seen = (row["回访日期"], row["在岗状态"])
        latest[row["身份证号"]] = max(latest.get(row["身份证号"], seen), seen)
    working = set()
    for row in rows("上岗台账"):
        gone = row["离岗日期"] is not None and row["离岗日期"] <= PUBLISHED
        visited, state = latest.get(row["身份证号"], (date.min, "在岗"))
        if not gone and row["用工形式"] != "实习" and (visited < row["上岗日期"] or state == "在岗"):
            working.add(row["身份证号"])
    assert admits("超过8000人", len(working))
    assert len(rows("上岗台账")) > len(working)


def test_d4_some_are_interns_some_left_some_came_back_within_thirty_days() -> None:
    ends: dict[tuple[str, str], date] = {}
    back = 0
    for row in sorted(rows("上岗台账"), key=lambda row: row["上岗日期"]):
        key = (row["身份证号"], row["用人单位"])
        back += key in ends and row["上岗日期"] - ends[key] <= timedelta(days=30)
        if row["离岗日期"]:
            ends[key] = row["离岗日期"]
    assert back > 50
    assert sum(row["用工形式"] == "实习" for row in rows("上岗台账")) > 30
    assert {"南京市", "北京市", "西宁市", "大通县"} <= {row["工作地"] for row in rows("上岗台账")}


def test_d5_the_mean_proven_wage_is_near_four_thousand() -> None:
    least: dict[tuple[str, tuple[int, int]], int] = {}
    for row in rows("回访记录"):
        if row["工资凭证"] in ("社保", "银行流水", "工资条"):
            key = (row["身份证号"], month(row))
            least[key] = min(least.get(key, row["实发月工资"]), row["实发月工资"])
    mean = (2 * sum(least.values()) + len(least)) // (2 * len(least))
    assert len(least) > 4000
    assert admits("近4000元", mean // 100, "money_mean")
    assert admits("近4000元", mean // 100 + 1, "money_mean")


def test_d6_the_first_group_of_twenty_six_was_trained_in_nanjing() -> None:
    nanjing = [row for row in rows("培训花名册") if row["培训地"] == "南京市"]
    assert len({row["身份证号"] for row in nanjing if row["结业结果"] == "合格"}) == len(nanjing) == 26
    (ended,) = {row["结业日期"] for row in nanjing}
    assert sum(row["结业日期"] == ended and row["结业结果"] == "合格" for row in rows("培训花名册")) == 26


def test_d8_d11_d14_competition_stations_and_partners() -> None:
    (held,) = [
        row for row in rows("活动台账") if row["活动类型"] == "技能竞赛" and row["开始日期"] == date(2025, 6, 18)
    ]
    assert (int(held["参赛队数"]), int(held["参加人数"]), int(held["项目数"])) == (33, 127, 4)
    more = CalamineWorkbook.from_path(str(FOLDER / "sites.xlsx"))
    stations = more.get_sheet_by_name("机构场所").to_python()[2:8]
    assert len({line[3] for line in stations if line[2] == "驿站"}) == 6
    partners = more.get_sheet_by_name("单位台账").to_python()[2:5]
    assert all(isinstance(line[5], date) and line[5] <= PUBLISHED for line in partners)


def test_issues_are_opened_and_most_are_resolved() -> None:
    opened = [row for row in rows("回访记录") if row["存在问题"]]
    assert all(row["问题类别"] for row in opened)
    assert len(opened) > sum(row["办结日期"] is not None for row in opened) > 200


def test_clerks_type_in_many_ways() -> None:
    cells = [cell for sheet in KEYS for line in lines(sheet) for cell in line]
    texts = {cell for cell in cells if isinstance(cell, str)}
    assert sum(isinstance(cell, date) for cell in cells) > 10_000
    dates = (r"\d{4}-\d\d-\d\d", r"\d{4}/\d+/\d+", r"\d{4}\.\d+\.\d+", r"\d{4}年\d+月\d+日", r"\d{8}")
    numbers = (r"99\d{13}", r"99\d{4} \d{8} \d{3}[\dX]", r"９９[０-９]{15}[０-９Ｘ]", r"99\d{15}[xＸ]")
    others = (r"\d,\d{3}元", r"0\.\d\d万", r"\+86.*", r"154-.*", "合计", "注：.*")
    for style in (*dates, *numbers, *others):
        assert any(re.fullmatch(style, text) for text in texts), style


def test_the_folder_says_whose_registers_these_are() -> None:
    assert tomllib.loads((FOLDER / "import.toml").read_text(encoding="utf-8")) == {
        "programme": "datong-hugong",
        "region": "630121",
        "agency": "datong-hrss",
    }
    assert {claim.params["programme"] for claim in load(FOLDER / "claims.toml")} == {"datong-hugong"}


def test_the_mistakes_are_no_part_of_the_example() -> None:
    stated = tomllib.loads((FOLDER / "mistakes" / "import.toml").read_text(encoding="utf-8"))
    assert stated["programme"] != "datong-hugong"
    page = load_workbook(FOLDER / "mistakes" / "broken.xlsx")["协议台账"]
    numbers = [page.cell(row, 4).value for row in range(3, 11)]
    assert [isinstance(number, str) for number in numbers].count(False) == 1, (
        "one identity number was typed as a number"
    )
    assert [page.cell(row, 1).value for row in range(3, 11)].count("CW-01") == 2, "one row conflicts with another"


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_the_check_character_of_an_identity_number_is_that_of_the_standards_examples(number: str) -> None:
    assert identity_check(number[:17]) == number[17]
    assert len(short_identity(number)) == 15


def test_the_check_characters_of_a_credit_code_are_those_of_the_standards_examples() -> None:
    assert credit_check("91350100M000100Y4") == "3"
    assert organisation_check("D2143569") == "X"
