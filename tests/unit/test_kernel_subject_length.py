"""A stream name has a limit, because databases index it."""

from __future__ import annotations

from ledger.append import SUBJECT_CHARS_MAX, Ask, Book, Receipt, Rules
from ledger.errors import Refusal
from ledger.store.memory import MemoryStore
from services.training import decider
from services.training.commands import OpenClass
from services.training.events import CATALOGUE, ClassOpened


def open_class(class_no: str) -> Ask:
    opened = ClassOpened(
        programme="p", region="630121", class_no=class_no, occupation="o", provider="v", opened_on="2025-01-01"
    )
    return Ask(OpenClass(opened=opened), "a", "st_1")


def write(ask: Ask) -> Receipt | Refusal:
    with MemoryStore("ledger.local/training").transaction() as transaction:
        [[result]] = Book(Rules(CATALOGUE, decider.decide)).write(transaction, [[ask]])
    return result


def test_a_name_at_the_limit_is_recorded_and_one_beyond_it_is_refused() -> None:
    fits = "x" * (SUBJECT_CHARS_MAX - len("class/a/p/"))
    assert isinstance(write(open_class(fits)), Receipt)
    refused = write(open_class(fits + "x"))
    assert isinstance(refused, Refusal)
    assert refused.rule == "subject_too_long"


def test_escaping_counts() -> None:
    refused = write(open_class("/" * 200))
    assert isinstance(refused, Refusal)
    assert refused.rule == "subject_too_long"
