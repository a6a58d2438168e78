"""A sheet without a column says nothing about what that column states."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger_api.followup.v1 import followup_pb2
from ledger_api.placement.v1 import placement_pb2
from ledger_api.training.v1 import training_pb2
from ledgerctl.registers.layout import SHEETS
from ledgerctl.registers.unstated import STATED_BY, unstated
from tests.support.registers import import_rows, row
from tests.support.samples import CATALOGUES

#: optional columns that state nothing of a fact: personal data, identities, texts for the vault
SAY_NOTHING = {"联系电话", "统一社会信用代码", "回访方式", "处理结果"}
#: optional columns that are part of what a record is: without them it is another one
IDENTITIES = {"推荐台账": {"用人单位"}}
MODULES = {"training": training_pb2, "placement": placement_pb2, "followup": followup_pb2}


def silent(tmp_path: Path, sheet: str, command: str, **cells: object) -> set[str]:
    [plan] = import_rows(tmp_path, sheet, row(sheet, **cells)).plans
    return set(plan.unstated.get(command, "").split(","))


def test_an_absent_column_is_silence_and_an_empty_cell_is_not(tmp_path: Path) -> None:
    assert {"ended", "checked", "started.kind"} <= silent(tmp_path, "上岗台账", "RecordEmployment")
    stated = silent(tmp_path, "上岗台账", "RecordEmployment", 离岗日期=None, 体检日期="无")
    assert not {"ended", "checked"} & stated
    assert {"ended.reason", "started.kind"} <= stated


def test_what_two_columns_state_is_silent_only_without_both(tmp_path: Path) -> None:
    assert "withdrawn" in silent(tmp_path, "协议台账", "RecordIntentAgreement")
    assert "withdrawn" not in silent(tmp_path, "协议台账", "RecordIntentAgreement", 状态="有效")
    assert "withdrawn" not in silent(tmp_path, "协议台账", "RecordContract", 协议类型="劳动合同", 撤回日期=None)


def test_what_rests_on_something_silent_is_silent() -> None:
    assert "revoked" in unstated("培训花名册", {"注销日期"})["RecordEnrolment"].split(",")
    assert "revoked" not in unstated("培训花名册", {"注销日期", "证书编号"})["RecordEnrolment"].split(",")


def test_a_sheet_with_every_column_is_silent_about_nothing() -> None:
    for sheet in SHEETS.values():
        assert unstated(sheet.name, {column.header for column in sheet.columns}) == {}


@pytest.mark.parametrize("name", SHEETS)
def test_every_optional_column_states_something_or_is_known_not_to(name: str) -> None:
    stating = {column for places in STATED_BY[name].values() for columns in places.values() for column in columns}
    optional = {column.header for column in SHEETS[name].columns if not column.required}
    assert optional - stating <= SAY_NOTHING | IDENTITIES.get(name, set())
    assert stating <= {column.header for column in SHEETS[name].columns}


@pytest.mark.parametrize("name", SHEETS)
def test_every_place_is_a_fact_of_its_command_or_a_field_of_one(name: str) -> None:
    for command, places in STATED_BY[name].items():
        request = MODULES[SHEETS[name].service].DESCRIPTOR.message_types_by_name[f"{command}Request"]
        for place in places:
            slot, dot, field = place.partition(".")
            fact = request.fields_by_name[slot].message_type
            assert not dot or field in fact.fields_by_name, place
            # a slot is kept by the name it has in its stream
            events = [event for catalogue in CATALOGUES.values() for event in catalogue.names]
            assert dot or slot in {event.slot for event in events if event.__name__ == fact.name}, place
