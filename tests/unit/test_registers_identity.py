"""Identity numbers, credit codes and phones."""

from __future__ import annotations

from typing import Any

import pytest

from ledgerctl.registers.identity import (
    credit_code,
    holds_identity_number,
    holds_personal_number,
    identity_number,
    phone,
)
from ledgerctl.registers.problems import BadValue
from tests.support.registers import credit_code as make_code
from tests.support.registers import identity


def rule(cell: Any) -> str:
    with pytest.raises(BadValue) as bad:
        identity_number(cell)
    assert not any(digits in bad.value.zh + bad.value.en + str(bad.value) for digits in (str(cell), "1985"))
    return bad.value.rule


def ending_in(character: str) -> str:
    return next(number for number in map(identity, range(1, 1000)) if number.endswith(character))


def test_eighteen_digits_pass_and_are_kept() -> None:
    assert identity_number(identity(7)).number == identity(7)


def test_a_final_x_may_be_small_or_full_width() -> None:
    number = ending_in("X")
    for typed in (number, number.lower(), number[:17] + "Ｘ", number[:17] + "ｘ"):
        assert identity_number(typed).number == number


def test_full_width_digits_and_inner_blanks_are_tolerated() -> None:
    number = identity(3)
    wide = number.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    for typed in (
        wide,
        f"{number[:6]} {number[6:14]} {number[14:]}",
        f" {number}\t",
        f"'{number}",
        f"{number[:6]}　{number[6:]}",
    ):
        assert identity_number(typed).number == number


def test_fifteen_digits_are_upgraded() -> None:
    number = identity(12, born="19650102")
    assert identity_number(number[:6] + number[8:17]).number == number


def test_a_text_that_ends_in_zeros_is_fine() -> None:
    number = next(
        identity(at, born)
        for born in ("19850610", "19850620", "19850630", "19850710", "19850720", "19850810", "19850820")
        for at in (0, 100, 200, 300, 400, 500, 600, 700, 800, 900)
        if identity(at, born).endswith("000")
    )
    assert identity_number(number).number == number


@pytest.mark.parametrize(
    "cell",
    [990121198506150000, 9.90121198506150e17, 990121650102012, 9.9e17, "9.90121E+17", "9.90121e+17", "9E17", True],
)
def test_a_number_cell_has_lost_digits_and_the_remedy_is_named(cell: Any) -> None:
    with pytest.raises(BadValue) as bad:
        identity_number(cell)
    assert bad.value.rule == "numeric_identity"
    assert "文本" in bad.value.zh
    assert "format the column as text" in bad.value.en


def test_a_wrong_check_digit_is_refused() -> None:
    number = identity(5)
    assert rule(number[:17] + ("1" if number[17] != "1" else "2")) == "bad_identity_check"


@pytest.mark.parametrize("born", ["19850231", "19851301", "19850600", "18990101"])
def test_a_date_of_birth_that_does_not_exist_is_refused(born: str) -> None:
    assert rule(identity(1, born=born)) == "bad_identity_birth"


@pytest.mark.parametrize("cell", ["99012119850615", identity() + "1", "99012119850615ABCD", "张三", identity()[:17]])
def test_any_other_form_is_refused(cell: str) -> None:
    assert rule(cell) == "bad_identity_form"


def test_the_region_prefix_is_doubted_and_not_refused() -> None:
    # the sequence 000 is given to nobody, so these numbers are no one's
    for region, doubt in (
        ("630121", None),
        ("310103", "retired_region"),
        ("639999", "unknown_region"),
        ("830000", None),
    ):
        assert identity_number(identity(0, "19000101", region)).doubt == doubt
    for prefix in ("990000", "990121", "999999"):
        assert identity_number(identity(region=prefix)).doubt is None


def test_a_checked_number_does_not_show_itself() -> None:
    assert identity() not in repr(identity_number(identity()))


def test_a_credit_code_is_checked_and_made_plain() -> None:
    code = make_code()
    assert credit_code(code) == code
    assert credit_code(code.lower()) == code
    assert credit_code(f" {code[:9]} {code[9:]}") == code
    assert credit_code(code.translate(str.maketrans("0123456789", "０１２３４５６７８９"))) == code
    for wrong in (code[:17] + ("A" if code[17] != "A" else "B"), code[:17], "I" + code[1:], "无", 9.1e17, None):
        assert credit_code(wrong) is None


def test_published_credit_codes_pass() -> None:
    # from the examples printed in GB 32100 and in public registers of companies
    assert credit_code("91350100M000100Y43") == "91350100M000100Y43"


@pytest.mark.parametrize(
    ("cell", "digits"),
    [
        ("13800138000", "13800138000"), ("138 0013 8000", "13800138000"), ("138-0013-8000", "13800138000"),
        ("+86 138 0013 8000", "13800138000"), ("+86-13800138000", "13800138000"), ("8613800138000", "13800138000"),
        ("１３８００１３８０００", "13800138000"), (13800138000, "13800138000"), (13800138000.0, "13800138000"),
        ("0971-2722222", "09712722222"), ("(0971) 272 2222", "09712722222"), ("+86 971 2722222", "09712722222"),
        ("2722222", "2722222"), ("0971-2722222转801", "09712722222-801"),
    ],
)  # fmt: skip
def test_a_phone_is_read_with_blanks_dashes_and_country_code(cell: Any, digits: str) -> None:
    assert phone(cell) == digits


@pytest.mark.parametrize("cell", ["1380013800", "23800138000", "李某", "138001380001", True, "110"])
def test_what_is_no_phone_is_none(cell: Any) -> None:
    assert phone(cell) is None


def test_personal_numbers_inside_public_text_are_found() -> None:
    assert holds_identity_number(f"AG-{identity()}")
    assert holds_personal_number(f"联系 {identity()} 或")
    assert holds_personal_number("联系电话13800138000")
    assert holds_personal_number("电话 138-0013-8000")
    assert not holds_personal_number("大通县人民广场 2025 年第 3 场 11001 号")
    assert not holds_identity_number(make_code())
