"""No number of a person gets into a log, not through the front door either."""

from __future__ import annotations

import pytest

from ledger.append import Ask, Book, Receipt, Rules
from ledger.decider import Command, Retract
from ledger.errors import Refusal
from ledger.personal import holds_number_of_somebody
from ledger.store.memory import MemoryStore
from services.training import decider
from services.training.commands import OpenClass
from services.training.events import CATALOGUE, ClassOpened

IDENTITY = "990222199001017779"


def write(command: Command) -> Receipt | Refusal:
    with MemoryStore("ledger.local/training").transaction() as transaction:
        [[result]] = Book(Rules(CATALOGUE, decider.decide)).write(transaction, [[Ask(command, "a", "st_1")]])
    return result


def open_class(**changes: str) -> OpenClass:
    stated = {"class_no": "C-1", "occupation": "养老护理员", "provider": "v", **changes}
    return OpenClass(opened=ClassOpened(programme="p", region="630121", opened_on="2025-01-01", **stated))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (IDENTITY, True),
        (f"张三{IDENTITY}", True),
        (IDENTITY[:-1] + ("2" if IDENTITY[-1] != "2" else "3"), False),  # the check digit does not fit
        ("电话13912345678", True),
        ("+8613912345678", True),
        ("139123456789", False),
        ("91320100MA1XYZ0000", False),
        ("pr_" + "0" * 32, False),
        ("养老护理员", False),
    ],
)
def test_what_looks_like_somebody(text: str, found: bool) -> None:
    assert holds_number_of_somebody(text) is found


def test_a_code_may_look_like_a_mobile_number_and_not_like_an_identity_number() -> None:
    assert isinstance(write(open_class(class_no="13912345678")), Receipt)
    refused = write(open_class(class_no=IDENTITY))
    assert isinstance(refused, Refusal)
    assert refused.rule == "personal_data"


@pytest.mark.parametrize("text", [f"养老护理员 {IDENTITY}", "养老护理员 13912345678"])
def test_free_text_with_a_number_of_somebody_is_refused_without_quoting_it(text: str) -> None:
    refused = write(open_class(occupation=text))
    assert isinstance(refused, Refusal)
    assert refused.rule == "personal_data"
    assert text[-11:] not in refused.message + refused.zh


def test_so_is_a_reason() -> None:
    store = MemoryStore("ledger.local/training")
    book = Book(Rules(CATALOGUE, decider.decide))
    with store.transaction() as transaction:
        book.write(transaction, [[Ask(open_class(), "a", "st_1")]])
    with store.transaction() as transaction:
        [[refused]] = book.write(transaction, [[Ask(Retract(entry=0, reason="call 13912345678"), "a", "st_1")]])
    assert isinstance(refused, Refusal)
    assert refused.rule == "personal_data"
