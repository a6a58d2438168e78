"""Spellings of one name or one phone."""

from __future__ import annotations

import pytest

from services.registry.alike import name_key, phone_key


@pytest.mark.parametrize(
    "spellings",
    [
        ["张三", " 张 三 ", "张\u3000三", "张\t三"],
        ["买买提·吐尔逊", "买买提•吐尔逊", "买买提・吐尔逊", "买买提.吐尔逊", "买买提．吐尔逊", "买买提 · 吐尔逊"],
        ["John Smith", "JOHN SMITH", "Ｊohn Smith"],
    ],
)
def test_width_case_blanks_and_dots_make_no_other_name(spellings: list[str]) -> None:
    assert len({name_key(spelling) for spelling in spellings}) == 1


def test_other_names_are_other() -> None:
    assert len({name_key(name) for name in ("张三", "张三丰", "章三", "买买提", "买买提·吐尔逊")}) == 5


def test_a_blank_name_has_no_key() -> None:
    assert name_key(" \u3000\t") == ""


@pytest.mark.parametrize(
    "spellings",
    [
        ["13800000001", "138 0000 0001", "138-0000-0001", "+86 13800000001", "008613800000001", "１３８００００００01"],
        ["0971-2822222", "09712822222", "(0971)2822222"],
    ],
)
def test_blanks_dashes_and_country_code_make_no_other_phone(spellings: list[str]) -> None:
    assert len({phone_key(spelling) for spelling in spellings}) == 1


def test_other_phones_are_other() -> None:
    phones = ("13800000001", "13800000002", "2822222", "09712822222", "转机", "无号")
    assert len({phone_key(phone) for phone in phones}) == len(phones)
