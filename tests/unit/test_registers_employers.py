"""Employers' keys, and households whose names must stay secret."""

from __future__ import annotations

import pytest

from ledgerctl.registers.employers import employer, household_kind, normalised_name
from tests.support.registers import credit_code


def test_a_valid_credit_code_is_the_key_and_the_name_stays() -> None:
    found = employer("南京安心家政服务有限公司", credit_code().lower(), "王小明")
    assert (found.key, found.name, found.household, found.doubt) == (
        credit_code(),
        "南京安心家政服务有限公司",
        None,
        None,
    )


@pytest.mark.parametrize("code", [None, "", "无", "/"])
def test_without_a_code_the_normalised_name_is_the_key(code: str | None) -> None:
    assert employer(" 安心家政 （南京）有限公司", code, "王小明").key == "安心家政(南京)有限公司"


def test_names_that_differ_in_blanks_width_or_brackets_are_one_key() -> None:
    assert (
        len(
            {
                normalised_name(name)
                for name in ("安心(南京)公司", "安心（南京）公司", "安心 【南京】公司", "安心〔南京〕公司")
            }
        )
        == 1
    )


@pytest.mark.parametrize("code", ["91320100MA1XYZ", "913201000000000000", 9.1320100e17])
def test_an_invalid_code_falls_back_to_the_name_with_a_doubt(code: object) -> None:
    found = employer("南京安心家政服务有限公司", code, "王小明")  # type: ignore[arg-type]
    assert (found.key, found.doubt) == ("南京安心家政服务有限公司", "bad_credit_code")


@pytest.mark.parametrize(
    "name",
    [
        "张三家",
        "李宅",
        "王女士",
        "刘阿姨家",
        "张三家庭",
        "雇主张三",
        "张三（雇主）",
        "城东区幸福小区3号楼2单元",
        "王某某",
        "赵家",
        "某户",
        "家庭",
    ],
)
def test_a_home_is_a_household(name: str) -> None:
    assert household_kind(normalised_name(name)) == "stated"
    found = employer(name, None, "王小明")
    assert (found.key, found.name, found.household) == (None, None, normalised_name(name))
    assert name not in repr(found)


@pytest.mark.parametrize("name", ["张三", "王小明", "欧阳娜娜", "扎西卓玛", "马哈麻", "王文化"])
def test_a_bare_personal_name_is_a_household(name: str) -> None:
    assert employer(name, None, "李四").household == name
    assert employer(name, None, "李四").doubt == "household_by_name"


@pytest.mark.parametrize(
    "name",
    [
        "江苏省第一人民医院",
        "天鹅到家",
        "好苏嫂",
        "吕梁山护工",
        "瑜悦高端母婴护理中心",
        "张记包子铺",
        "职工之家",
        "王阿姨家政服务部",
        "大通县妇联",
        "安心家政",
        "卫生院",
    ],
)
def test_an_organisation_is_not(name: str) -> None:
    assert household_kind(normalised_name(name)) is None


def test_who_works_on_their_own_account_keeps_their_name_out_of_the_log() -> None:
    assert employer("古丽热·买买提", None, "古丽热·买买提").household is not None
    own_firm = employer("王小明", credit_code(), "王小明")
    assert (own_firm.key, own_firm.name, own_firm.household) == (credit_code(), None, None)


def test_a_person_behind_an_invalid_code_is_still_a_household() -> None:
    assert employer("张三", "630121198506150000", "李四").household == "张三"
