"""Canaries: names, numbers, phones and free text go in through registers and are nowhere to be found.

Not in a database or its write-ahead log, not in JetStream's files or messages, not in a log file, a temporary
file or on the screen; neither as they are nor in other encodings. Only the workbooks hold them.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from ledger.rpc.client import Client, connect, service_named
from ledger_api.placement.v1 import facts_pb2 as facts
from ledger_api.placement.v1 import placement_pb2 as placement
from tests.e2e import books
from tests.e2e.books import Person, agreement, start, trainee, visit
from tests.e2e.callers import context
from tests.e2e.checks import read_streams
from tests.support.ledger import REGION, Ledger
from tests.support.registers import identity

PROGRAMME = "canaries"
NAME, OTHER_NAME, STAFF, HOUSEHOLD = "欧阳翡翠", "欧阳孔雀", "慕容信天翁", "令狐鸬鹚家"
CHINESE = {NAME, OTHER_NAME, STAFF, HOUSEHOLD}
ISSUE, RESOLUTION, CATEGORY = "雇主夜鹭拒付三月工资", "由夜鹭之弟代付", "夜鹭欠薪"
END_REASON, UNKNOWN, TITLE, TRAILING = "因母亲白鹇病重返乡", "备注白鹇之女", "填表人红隼", "说明：红隼核对"
SHIFTED = "朱鹮移位姓名"
TEXTS = {ISSUE, RESOLUTION, CATEGORY, END_REASON, UNKNOWN, TITLE, TRAILING, SHIFTED}
WHO = Person(NAME, identity(777, "19770707"), "19987654321")
REFUSED = Person("上官金丝雀", identity(424, "19810811"), "19976543210")
TURNED_AWAY = Person("诸葛云雀", identity(315, "19900220"), "19965432109")
NUMBERS = {person.id_number for person in (WHO, REFUSED, TURNED_AWAY)} | {
    person.phone for person in (WHO, REFUSED, TURNED_AWAY)
}
CANARIES = CHINESE | TEXTS | NUMBERS | {REFUSED.name, TURNED_AWAY.name}


def disguises(text: str) -> Iterator[bytes]:
    """The text in encodings in which something could have been written down, base64 at all three offsets."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
        raw = text.encode(encoding)
        yield raw
        yield raw.hex().encode()
        yield raw.hex().upper().encode()
        for offset in range(3):
            # of the first and the last three bytes, those that hold a neighbour's are left off
            whole = b"\0" * offset + raw
            whole = whole[(3 if offset else 0) : len(whole) - len(whole) % 3]
            yield base64.b64encode(whole)
            yield base64.urlsafe_b64encode(whole)
    escaped = text.encode("unicode_escape")
    if escaped != text.encode():
        yield escaped
        yield escaped.upper().replace(b"\\U", b"\\u")
    yield text[::-1].encode()


CAGES = {disguise: canary for canary in CANARIES for disguise in disguises(canary)}


def found_in(content: bytes) -> set[str]:
    return {canary for disguise, canary in CAGES.items() if disguise in content}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "gb18030"])
def test_the_search_would_find_each_canary(encoding: str) -> None:
    for canary in CANARIES:
        raw = canary.encode(encoding)
        for content in (raw, raw.hex().encode(), raw.hex().upper().encode()):
            assert canary in found_in(b"before" + content + b"after"), canary
        for before in (b"", b"1", b"12", b"123"):
            assert canary in found_in(base64.b64encode(before + raw + b"after")), canary


def register(folder: Path) -> Path:
    """A workbook with a canary in every column that could hold one, in good rows and in refused ones."""
    household = {"用人单位": HOUSEHOLD, "统一社会信用代码": None}
    rows: dict[str, books.Rows] = {
        "培训花名册": [
            trainee(WHO, "JSQ-1") | {"备注": UNKNOWN},
            trainee(REFUSED, "JSQ-1", 结业日期="2025-02-30") | {"备注": UNKNOWN},
            # everything one column to the right
            trainee(TURNED_AWAY, "JSQ-1", 结业结果=SHIFTED, 班级编号=TURNED_AWAY.id_number, 培训类型=NAME),
            trainee(TURNED_AWAY, "JSQ-1", 身份证号=TURNED_AWAY.id_number[:-1] + "Y", 学时=NAME),
        ],
        "协议台账": [
            agreement(WHO, "JSQ-YX-1", **household),
            agreement(REFUSED, "JSQ-YX-2", 协议类型=REFUSED.name, 约定月工资=REFUSED.phone),
            agreement(TURNED_AWAY, "JSQ-YX-3", 签订日期=TURNED_AWAY.id_number, 工作地=NAME),
        ],
        "上岗台账": [
            start(WHO, **household, 离岗日期="2025-05-01", 离岗原因=END_REASON),
            start(Person(OTHER_NAME, WHO.id_number, WHO.phone), 上岗日期="2025-06-01"),
            start(REFUSED, 离岗日期="2025-01-01", 离岗原因=END_REASON),
        ],
        "回访记录": [
            visit(WHO, 存在问题=ISSUE, 问题类别=CATEGORY, 处理结果=RESOLUTION, 回访人=STAFF, 用人单位=HOUSEHOLD),
            visit(TURNED_AWAY, 在岗状态="失联", 实发月工资=None, 存在问题=ISSUE, 回访人=STAFF),
        ],
    }
    path = books.write(folder, "canaries", **rows)
    book = load_workbook(path)
    sheet = book["回访记录"]
    sheet.insert_rows(1)
    sheet.cell(1, 1).value = TITLE
    sheet.cell(sheet.max_row + 2, 1).value = TRAILING
    book.save(path)
    return path


async def refuse_calls(ledger: Ledger) -> None:
    """Calls with canaries where none belong: refused, and not written down."""
    channel = connect(ledger.home.address("placement"))
    client = Client(channel, service_named("placement"))
    signed = facts.IntentAgreementSigned(
        programme=PROGRAMME,
        region=REGION,
        agreement="X-1",
        person=WHO.id_number,
        employer="91990100MA1XYWAB0",
        signed_on=WHO.phone,
    )
    request = placement.SignIntentAgreementRequest(context=context(""), signed=signed)
    with pytest.raises(Exception, match=r"person|signed_on"):
        await client.call("SignIntentAgreement", request)
    await channel.close()


def exercise(ledger: Ledger, folder: Path) -> Any:
    """Hand the canaries in, in several ways, and let every verb speak about them."""
    file = register(folder)
    report = ledger.hand_in(file, programme=PROGRAMME, code=1)
    ledger.run("import", file, "--programme", PROGRAMME, "--region", REGION, "--agency", "other-agency", code=1)
    asyncio.run(refuse_calls(ledger))
    asked = ("--programme", PROGRAMME)
    ledger.run("figures", *asked)
    for figure in ("agreements_signed", "employment_starts"):
        ledger.run("members", figure, *asked)
    issue = ledger.members("issues_opened", *asked)[0]
    ledger.run("entry", issue["log"], issue["index"])
    ledger.run("record", issue["person"])
    ledger.run("status")
    return report


def test_no_canary_is_found_anywhere_but_in_the_workbooks(shared_ledger: Ledger, tmp_path: Path) -> None:
    ledger = shared_ledger
    report = exercise(ledger, tmp_path)
    recorded = {sheet: numbers["recorded"] for sheet, numbers in report["sheets"].items()}
    assert recorded == {"培训花名册": 1, "协议台账": 1, "上岗台账": 3, "回访记录": 2}
    # they did go in: the vault holds sealed values of them
    fields = {row[0] for row in ledger.read("registry", "SELECT DISTINCT field FROM vault_values")}
    assert {"name", "phone", "id_number"} < fields
    assert any(field.endswith("/issue") for field in fields)

    rejected = Path(report["rejected"])
    rows = "".join(str(cell.value) for sheet in load_workbook(rejected) for row in sheet.iter_rows() for cell in row)
    assert {REFUSED.name, REFUSED.id_number, SHIFTED} <= found_in(rows.encode())

    ledger.wait_projected()
    # JetStream's own files are compressed: its messages are looked through as a subscriber gets them
    streams = [message for messages in read_streams(ledger).values() for message in messages]
    told = b"\n".join(b"%s %r %s" % (one.subject.encode(), one.headers, one.data) for one in streams)
    assert b"IntentAgreementSigned" in told
    assert not found_in(told)
    # with the write-ahead logs as they are while processes run, or after they were killed
    assert not {str(path): leaked for path in files(ledger) if (leaked := found_in(path.read_bytes()))}
    assert not found_in(b"\n".join(ledger.said)), "on the screen"


def files(ledger: Ledger) -> list[Path]:
    """Every file of the ledger and every temporary file of its verbs."""
    everything = [path for folder in (ledger.data, ledger.scratch) for path in folder.rglob("*") if path.is_file()]
    names = {path.name for path in everything}
    assert {"registry.sqlite", "placement.sqlite", "outcomes.sqlite", "registry.log", "nats.log"} <= names
    assert any(path.suffix == ".blk" for path in everything), "JetStream keeps its messages elsewhere by now"
    return everything
