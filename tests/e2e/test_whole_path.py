"""Registers in, figures, members, records, entries and verdicts out: what scripts and clerks rely on.

Those tests that only ask share the sample programme; the others have one of their own.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from tests.e2e import books, sample
from tests.e2e.books import agreement, person
from tests.support.ledger import AGENCY, LOGS, PROGRAMME, REGION, REGISTER_LOGS, Ledger

COUNTS = {"read", "recorded", "already", "refused", "skipped", "warnings"}
FIGURE_KEYS = {
    *("id", "name_zh", "name_en", "unit", "value", "grade"),
    *("matched", "counted", "excluded", "persons", "rule_sha256"),
}
MEMBER_KEYS = {"key", "person", "value", "counted", "reason", "log", "index"}


def asked(programme: str = PROGRAMME, to: str = sample.TO) -> tuple[str, ...]:
    return "--programme", programme, "--to", to


def counts(report: Any, count: str) -> dict[str, int]:
    return {sheet: numbers[count] for sheet, numbers in report["sheets"].items() if numbers[count]}


def said(figure: Any) -> tuple[Any, Any, Any]:
    return figure["value"], figure["excluded"], figure["persons"]


class Told(NamedTuple):
    """What the import of the sample reported, and the figures after it."""

    file: Path
    report: Any
    answer: Any

    def figure(self, name: str) -> Any:
        (figure,) = [figure for figure in self.answer["figures"] if figure["id"] == name]
        return figure


@pytest.fixture(scope="module")
def told(shared_ledger: Ledger) -> Told:
    """The sample, handed in and counted."""
    file = sample.write(shared_ledger.folder)
    report = shared_ledger.hand_in(file)
    return Told(file, report, shared_ledger.figures(*asked()))


def test_a_programme_goes_in_and_every_figure_says_what_can_be_counted_by_hand(told: Told) -> None:
    assert counts(told.report, "read") == counts(told.report, "recorded") == sample.ROWS
    assert all(set(numbers) == COUNTS for numbers in told.report["sheets"].values())
    assert told.report["rejected"] is None
    figures = {figure["id"]: figure for figure in told.answer["figures"]}
    assert {name: said(figures[name]) for name in sample.FIGURES} == sample.FIGURES
    for name in sample.FIGURES:
        assert figures[name]["counted"] == sample.COUNTED_APART.get(name, figures[name]["value"])
        assert figures[name]["grade"] == ("attested" if name == "attested" else "evidenced")
    for figure in figures.values():
        assert figure["matched"] == figure["counted"] + sum(figure["excluded"].values())
        assert set(figure) >= FIGURE_KEYS
        assert re.fullmatch("[0-9a-f]{64}", figure["rule_sha256"])


def test_figures_come_in_the_order_asked_at_one_cut_that_holds_what_was_waited_for(
    shared_ledger: Ledger, told: Told
) -> None:
    assert set(told.answer) == {"cut", "figures"}
    assert set(told.answer["cut"]) >= {f"ledger.local/{name}" for name in REGISTER_LOGS}
    assert all(told.answer["cut"][log] >= size for log, size in told.report["cut"].items())
    some = shared_ledger.figures("visits_completed", "agreements_signed", *asked())["figures"]
    assert some == [told.figure("visits_completed"), told.figure("agreements_signed")]


@pytest.mark.parametrize(
    ("options", "signed"),
    [
        (("--region", "630000"), 4),
        (("--region", "320000"), 0),
        (("--from", "2025-03-25", "--to", "2025-03-25"), 5),  # the withdrawal came later
        (("--from", "2025-03-26"), 0),
    ],
)
def test_region_and_window_narrow_a_figure(
    shared_ledger: Ledger, told: Told, options: tuple[str, ...], signed: int
) -> None:
    assert shared_ledger.figure("agreements_signed", "--programme", PROGRAMME, *options)["value"] == signed


@pytest.mark.parametrize(
    "name", ["agreements_signed", "persons_trained", "visits_completed", "mean_monthly_wage", "attested"]
)
def test_members_are_the_figure_to_the_last_one(shared_ledger: Ledger, told: Told, name: str) -> None:
    figure, members = told.figure(name), shared_ledger.members(name, *asked())
    assert all(set(member) == MEMBER_KEYS for member in members)
    assert len(members) == len({member["key"] for member in members}) == figure["matched"]
    assert sum(member["counted"] for member in members) == figure["counted"]
    reasons = [member["reason"] for member in members if not member["counted"]]
    assert {reason: reasons.count(reason) for reason in reasons} == figure["excluded"]
    assert not any(member["reason"] for member in members if member["counted"])
    assert len({member["person"] for member in members if member["counted"]} - {None}) == figure["persons"]


def test_each_member_leads_to_the_entry_that_states_it(shared_ledger: Ledger, told: Told) -> None:
    members = shared_ledger.members("agreements_signed", *asked())
    signed = {member["key"].split("/")[-1]: member for member in members}
    assert set(signed) == {"YX-1", "YX-2", "YX-3", "YX-4", "YX-5"}
    assert {number for number, member in signed.items() if not member["counted"]} == {"YX-4"}
    member = signed["YX-5"]
    shown = shared_ledger.run("entry", member["log"], member["index"], "--json").out.encode()
    ((leaf, leaf_hash),) = shared_ledger.read(
        "placement", "SELECT leaf, leaf_hash FROM entries WHERE idx = ?", member["index"]
    )
    assert shown == leaf, "other bytes than are stored"
    assert hashlib.sha256(b"\x00" + leaf).digest() == leaf_hash
    entry = json.loads(shown)
    assert (entry["subject"], entry["data"]["person"]) == (member["key"], member["person"])
    assert leaf_hash.hex() in shared_ledger.run("entry", "placement", member["index"]).out


def test_wages_are_in_fen_and_weigh_by_their_proof(shared_ledger: Ledger, told: Told) -> None:
    members = shared_ledger.members("mean_monthly_wage", *asked())
    assert {(member["value"], member["counted"]) for member in members} == {(400_000, True), (380_000, False)}
    weakest = shared_ledger.figure("mean_monthly_wage", *asked(), "--param", "min_proof=self_report")
    assert said(weakest) == (390_000, {}, 2)


def test_a_record_holds_the_steps_of_one_person(shared_ledger: Ledger, told: Told) -> None:
    works = shared_ledger.members("persons_employed", *asked())
    (who,) = [member["person"] for member in works if member["counted"]]
    answer = shared_ledger.run("record", who, "--programme", PROGRAMME, "--json").json
    assert set(answer) == {"cut", "records"}
    (record,) = answer["records"]
    assert (record["person"], record["programme"]) == (who, PROGRAMME)
    assert [training["class_no"] for training in record["trainings"]] == ["DT-01", "DT-02"]
    assert [one["agreement"] for one in record["agreements"]] == ["YX-1", "YX-5"]
    assert [(spell["started"]["on"], spell["kept"][0]["yes"]["on"]) for spell in record["spells"]] == [
        ("2025-04-10", "2025-05-12")
    ]
    assert [wage["wage_fen"] for wage in record["wages"]] == [400_000]


CLAIM = """[[claim]]
id = "{id}"
sentence = "{sentence}"
figure = "{figure}"
stated = "{stated}"
as_of = {to}
"""


def test_claims_get_their_verdicts(shared_ledger: Ledger, told: Told, tmp_path: Path) -> None:
    stated = [
        ("C1", "签订就业意向协议4份", "agreements_signed", "4份"),
        ("C2", "从业人员已超过8000人", "persons_employed", "超过8000人"),
        ("C3", "从业人员8130人", "attested", "8130人"),
    ]
    claims = [
        CLAIM.format(id=id, sentence=sentence, figure=figure, stated=number, to=sample.TO)
        for id, sentence, figure, number in stated
    ]
    file = tmp_path / "claims.toml"
    file.write_text("\n".join([f'programme = "{PROGRAMME}"', *claims]), "utf-8")
    answer = shared_ledger.run("claims", "check", file, "--json", code=1).json
    verdicts = {claim["id"]: claim["verdict"] for claim in answer["claims"]}
    assert verdicts == {"C1": "supported", "C2": "contradicted", "C3": "attested_only"}
    file.write_text("\n".join([f'programme = "{PROGRAMME}"', claims[0]]), "utf-8")
    assert shared_ledger.run("claims", "check", file).out.count("supported") >= 1
    early = ("--as-of", '{"ledger.local/placement":0}')
    [then] = shared_ledger.run("claims", "check", file, *early, "--json", code=1).json["claims"]
    assert then["verdict"] == "not_evidenced"


def test_the_same_registers_again_record_nothing(shared_ledger: Ledger, told: Told) -> None:
    before = shared_ledger.wait_projected()
    report = shared_ledger.hand_in(told.file)
    assert counts(report, "already") == counts(report, "read") == sample.ROWS
    assert not counts(report, "recorded")
    assert shared_ledger.wait_projected() == before


def changed_sheets() -> dict[str, books.Rows]:
    """Every kind of row with something else in it, and some facts left out."""
    sheets = sample.sheets()
    sheets["培训花名册"][0] |= {"结业结果": "不合格", "证书编号": None, "发证日期": None}
    sheets["培训花名册"][1] |= {"注销日期": None}
    sheets["协议台账"][1] |= {"状态": "撤回", "撤回日期": "2025-05-01"}
    sheets["协议台账"][3] |= {"状态": "有效", "撤回日期": None}
    sheets["协议台账"][5] |= {"约定月工资": 5100}
    sheets["上岗台账"][1] |= {"离岗日期": None, "离岗原因": None, "体检日期": None}
    sheets["回访记录"][0] |= {"存在问题": None, "处理结果": None, "办结日期": None, "实发月工资": 4400}
    sheets["招聘活动"][0] |= {"参加人数": 280}
    sheets["活动台账"][0] |= {"参加人数": 61}
    sheets["统计上报"][0] |= {"数值": 8131}
    return sheets


def states(figure: Any) -> Any:
    """A figure without the places of the entries that state it."""
    return {key: value for key, value in figure.items() if key != "statements"}


def test_a_then_b_then_a_again_ends_at_a(shared_ledger: Ledger, tmp_path: Path) -> None:
    first, second = sample.write(tmp_path, "a"), books.write(tmp_path, "b", **changed_sheets())
    shared_ledger.hand_in(first, programme="converge")
    at_a = [states(figure) for figure in shared_ledger.figures(*asked("converge"))["figures"]]
    report = shared_ledger.hand_in(second, programme="converge")
    assert sum(counts(report, "recorded").values()) == 10
    assert sum(counts(report, "already").values()) == sum(sample.ROWS.values()) - 10
    at_b = {figure["id"]: said(figure) for figure in shared_ledger.figures(*asked("converge"))["figures"]}
    assert {name: at_b[name] for name in sample.FIGURES} == sample.FIGURES | {
        "training_completions": (4, {"failed": 2, "withdrawn": 1}, 4),
        "certificates_issued": (4, {"voided": 1}, 4),
        "persons_employed": (2, {}, 2),
        "mean_monthly_wage": (440_000, {"weaker_proof": 1}, 1),
        "issues_opened": (0, {"voided": 1}, 0),
        "issues_resolved": (0, {}, 0),
        "attested": (8131, {}, 0),
    }
    report = shared_ledger.hand_in(first, programme="converge")
    assert sum(counts(report, "recorded").values()) == 10
    assert [states(figure) for figure in shared_ledger.figures(*asked("converge"))["figures"]] == at_a
    assert counts(shared_ledger.hand_in(first, programme="converge"), "already") == sample.ROWS


def test_what_stood_at_a_cut_and_on_a_date_never_changes(shared_ledger: Ledger, tmp_path: Path) -> None:
    shared_ledger.hand_in(sample.write(tmp_path, "a"), programme="as-of")
    cut = shared_ledger.figures("agreements_signed")["cut"]
    at_cut = ("--as-of", json.dumps(cut))
    then = shared_ledger.figures(*asked("as-of"), *at_cut)
    members_then = shared_ledger.members("certificates_issued", *asked("as-of"), *at_cut)
    assert then["cut"] == cut

    shared_ledger.hand_in(books.write(tmp_path, "b", **changed_sheets()), programme="as-of")
    now = shared_ledger.figures(*asked("as-of"))
    assert now["figures"] != then["figures"]
    assert shared_ledger.figures(*asked("as-of"), *at_cut) == then
    assert shared_ledger.members("certificates_issued", *asked("as-of"), *at_cut) == members_then
    (who,) = {m["person"] for m in members_then if m["reason"] == "revoked"}
    (record,) = shared_ledger.run("record", who, "--programme", "as-of", *at_cut, "--json").json["records"]
    assert record["trainings"][0]["revoked"]["on"] == "2025-05-10"

    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    before = shared_ledger.figures(*asked("as-of"), "--as-of", (today - timedelta(days=2)).isoformat())
    assert set(before["cut"].values()) == {0}
    assert {figure["matched"] for figure in before["figures"]} == {0}
    on_the_day = shared_ledger.figures(*asked("as-of"), "--as-of", (today + timedelta(days=1)).isoformat())
    assert on_the_day["figures"] == now["figures"]


def test_refused_rows_come_back_with_reasons_and_go_in_once_mended(shared_ledger: Ledger, tmp_path: Path) -> None:
    good, bad = person(50), person(51)
    rows = [
        agreement(good, "JJ-1"),
        agreement(bad, "JJ-2", 签订日期="2025-02-30"),
        agreement(bad, "JJ-3", 身份证号=int(bad.id_number[:17] + "0")),
        agreement(bad, "JJ-4", 协议类型="口头协议"),
    ]
    file = books.write(tmp_path, "refused", 协议台账=rows)
    report = shared_ledger.hand_in(file, programme="refused", code=1)
    assert report["sheets"]["协议台账"] == {
        "read": 4, "recorded": 1, "already": 0, "refused": 3, "skipped": 0, "warnings": 0,
    }  # fmt: skip
    rejected = Path(report["rejected"])
    assert rejected == tmp_path / "refused.rejected.xlsx"
    book = load_workbook(rejected)
    header, *refused = [[str(cell.value or "") for cell in row] for row in book["协议台账"].iter_rows()]
    assert header[-2:] == ["拒绝原因", "Reason"]
    assert [row[header.index("协议编号")] for row in refused] == ["JJ-2", "JJ-3", "JJ-4"]
    assert refused[0][header.index("签订日期")] == "2025-02-30"
    assert refused[2][header.index("协议类型")] == "口头协议"
    for row, column in zip(refused, ("签订日期", "身份证号", "协议类型"), strict=True):
        assert column in row[-2]
        assert row[-1]
    assert shared_ledger.figure("agreements_signed", "--programme", "refused")["matched"] == 1

    # the clerk mends the workbook that came back, and hands it in as it is
    for number, (column, value) in enumerate(
        [("签订日期", "2025-02-28"), ("身份证号", bad.id_number), ("协议类型", "劳务协议")], start=2
    ):
        book["协议台账"].cell(number, header.index(column) + 1).value = value
    mended = tmp_path / "mended.xlsx"
    book.save(mended)
    again = shared_ledger.hand_in(mended, programme="refused")
    assert again["sheets"]["协议台账"]["recorded"] == 3
    assert shared_ledger.figure("agreements_signed", "--programme", "refused")["value"] == 3
    assert shared_ledger.figure("contracts_signed", "--programme", "refused")["value"] == 1


def test_a_row_that_contradicts_an_earlier_one_is_refused_and_the_others_are_recorded(
    shared_ledger: Ledger, tmp_path: Path
) -> None:
    # two rows describe one class differently
    rows = [
        books.trainee(person(60), "CF-1"),
        books.trainee(person(61), "CF-1", 培训工种="月嫂"),
        books.trainee(person(62), "CF-1"),
    ]
    report = shared_ledger.hand_in(books.write(tmp_path, "conflict", 培训花名册=rows), programme="conflict", code=1)
    assert report["sheets"]["培训花名册"] | {"warnings": 0} == {
        "read": 3, "recorded": 2, "already": 0, "refused": 1, "skipped": 0, "warnings": 0,
    }  # fmt: skip
    assert shared_ledger.figure("training_completions", "--programme", "conflict")["value"] == 2


def test_what_cannot_be_read_at_all_ends_with_two(shared_ledger: Ledger, tmp_path: Path) -> None:
    sizes = {name: state.size for name, state in shared_ledger.wait_projected().items()}
    no_workbook = tmp_path / "broken.xlsx"
    no_workbook.write_bytes(b"PK\x03\x04 this is no workbook")
    no_register = books.write(tmp_path, "strange", 通讯录=[{"姓名": "王一", "电话": "1"}])
    missing = tmp_path / "missing.xlsx"
    for file in (no_workbook, no_register, missing):
        ran = shared_ledger.importing(file, programme="unread").end()
        assert ran.code == 2, (file, ran)
        assert ran.json["rejected"] is None
    good = books.write(tmp_path, "good", 招聘活动=[books.fair("ZP-1")])
    report = shared_ledger.hand_in(no_workbook, good, programme="unread", code=1)
    assert report["sheets"]["招聘活动"]["recorded"] == 1
    assert [Path(one["file"]).name for one in report["unreadable"]] == ["broken.xlsx"]
    grown = {name: state.size - sizes[name] for name, state in shared_ledger.lag().items()}
    assert grown == dict.fromkeys(LOGS, 0) | {"placement": 1}


def test_a_csv_as_old_office_programs_write_it_is_read(shared_ledger: Ledger, tmp_path: Path) -> None:
    rows = [agreement(person(70), "CSV-1"), agreement(person(71), "CSV-2", 约定月工资="0.42万")]
    lines = [",".join(rows[0])]
    lines += [",".join("" if value is None else str(value) for value in row.values()) for row in rows]
    file = tmp_path / "协议台账.csv"
    file.write_bytes("\r\n".join(lines).encode("gb18030"))
    report = shared_ledger.hand_in(file, programme="csv")
    assert report["sheets"]["协议台账"]["recorded"] == 2
    leaves = shared_ledger.members("agreements_signed", "--programme", "csv")
    stated = [shared_ledger.run("entry", one["log"], one["index"], "--json").json["data"] for one in leaves]
    assert [fact["expected_wage_fen"] for fact in stated] == [420_000, 420_000]


@pytest.mark.parametrize(
    "arguments",
    [
        ("figures", "agreement_signed"),
        ("figures", "agreements_signed", "--as-of", "{}x"),
        ("members", "nonsense"),
        ("record", "pr_1"),
        ("entry", "placement", "1000000000"),
        ("import", "x.xlsx", "--programme", "UPPER", "--region", REGION, "--agency", AGENCY),
    ],
)
def test_a_question_that_cannot_be_answered_ends_with_two_and_a_remedy(
    shared_ledger: Ledger, arguments: tuple[str, ...]
) -> None:
    ran = shared_ledger.run(*arguments, code=2)
    assert "✗" in ran.err
    assert "→" in ran.err
    assert "Traceback" not in ran.err
    assert not ran.out
