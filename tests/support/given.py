"""Given / when / then for a log: commands go in, and one sees what was recorded or refused.

ledger = Ledger("placement")
ledger.given(SignIntentAgreement(signed=sample(IntentAgreementSigned)))
result = ledger.when(WithdrawIntentAgreement(withdrawn=sample(IntentAgreementWithdrawn)))
assert recorded(result).index == 1
assert ledger.events() == [...]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from ledger.append import Ask, Book, Receipt, Result, Rules
from ledger.decider import Command, State
from ledger.entry import Entry, EventReader, decode
from ledger.errors import Refusal
from ledger.event import Event
from ledger.store import Store
from ledger.store.memory import MemoryStore
from services.followup.decider import decide as decide_followup
from services.placement.decider import decide as decide_placement
from services.publication.decider import decide as decide_publication
from services.training.decider import decide as decide_training
from tests.support.samples import CATALOGUES

AGENCY: Final = "datong-hrss"
OTHER_AGENCY: Final = "xining-hrss"
ACTOR: Final = "st_" + "7a1c" * 8
#: 2025-03-05T08:31:07Z
NOW: Final = 1_741_163_467.0

RULES: Final = {
    "training": Rules(CATALOGUES["training"], decide_training),
    "placement": Rules(CATALOGUES["placement"], decide_placement),
    "followup": Rules(CATALOGUES["followup"], decide_followup),
    "publication": Rules(CATALOGUES["publication"], decide_publication),
}


class Ledger:
    """One log, with a clock that moves when it is told to and ids that count."""

    def __init__(self, service: str, store: Store | None = None) -> None:
        self.now = NOW
        self.rules = RULES[service]
        self.store: Store = store if store is not None else MemoryStore(f"ledger.local/{service}")
        self.book = Book(self.rules, clock=lambda: self.now, ids=self._ids)
        self._reader = EventReader(self.rules.catalogue)
        self._given_ids = 0

    def _ids(self, count: int) -> Iterator[str]:
        for _ in range(count):
            self._given_ids += 1
            yield f"01970c2e-0000-7000-8000-{self._given_ids:012d}"

    def given(self, *commands: Command) -> list[Receipt]:
        """Commands that are accepted, each in a transaction of its own, before what the test is about."""
        return [recorded(self.when(command)) for command in commands]

    def when(self, command: Command, **about: Any) -> Result:
        """One command in a transaction of its own. `about`: fields of `Ask`."""
        [result] = self.batch(ask(command, **about))
        return result

    def batch(self, *asks: Ask) -> list[Result]:
        """Commands of one batch, in one transaction."""
        [results] = self.commit(asks)
        return results

    def commit(self, *batches: Sequence[Ask]) -> list[list[Result]]:
        """Several batches in one transaction, as the appender does when they wait together."""
        with self.store.transaction() as transaction:
            return self.book.write(transaction, batches)

    def entries(self, start: int = 0) -> list[Entry]:
        return [decode(row.leaf) for row in self.store.read(start, 2**53)]

    def events(self, start: int = 0) -> list[Event]:
        """What the log holds, from an index on."""
        return [self._reader.event(entry) for entry in self.entries(start)]

    def state(self, subject: str) -> State:
        """What stands in a stream now."""
        with self.store.transaction() as transaction:
            return self.book._fold(transaction.streams([subject]).get(subject, ()))

    def live(self, subject: str) -> dict[str, Event]:
        return {slot: fact.event for slot, fact in self.state(subject).facts.items()}

    def size(self) -> int:
        return self.store.head().size


def ask(command: Command, **about: Any) -> Ask:
    return Ask(command, **({"agency": AGENCY, "actor": ACTOR} | about))


def recorded(result: Result) -> Receipt:
    """The receipt; fails the test if the command was refused."""
    assert isinstance(result, Receipt), result
    return result


def refused(result: Result, rule: str) -> Refusal:
    """The refusal; fails the test if there is none or it is another one."""
    assert isinstance(result, Refusal), result
    assert result.rule == rule, result
    assert result.message
    assert result.zh
    return result
