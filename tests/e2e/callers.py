"""Somebody who keeps asking while processes die, and remembers every answer.

One request at a time to each write service, each with a request id of its own, sent again with the same
id until it is answered. What was answered must be in the log for ever, once, with the same bytes.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, NamedTuple

from ledger.errors import Unavailable
from ledger.rpc.client import Client, connect, service_named
from ledger_api.common.v1.common_pb2 import Context
from ledger_api.followup.v1 import facts_pb2 as followup_facts
from ledger_api.followup.v1 import followup_pb2 as followup
from ledger_api.placement.v1 import facts_pb2 as placement_facts
from ledger_api.placement.v1 import placement_pb2 as placement
from ledger_api.registry.v1 import registry_pb2 as registry
from ledger_api.training.v1 import facts_pb2 as training_facts
from ledger_api.training.v1 import training_pb2 as training
from tests.e2e import books
from tests.e2e.checks import Entry
from tests.support.ledger import REGION, Ledger

PROGRAMME: Final = "calls"
AGENCY: Final = "caller"
#: between two requests to one service, so that the processes have time for others
PACE_SECONDS: Final = 0.2
ANSWER_SECONDS_MAX: Final = 3.0
ABOUT: Final[dict[str, Any]] = {"programme": PROGRAMME, "region": REGION}
#: far away from the people in registers
FIRST_PERSON: Final = 500_000


class Answer(NamedTuple):
    """A receipt, and the request id it was given for."""

    request: str
    log: str
    index: int  # type: ignore[assignment]  # rather this name than tuple.index
    leaf_hash: bytes
    duplicate: bool


def context(request: str) -> Context:
    return Context(request_id=request, agency=AGENCY, actor="sv_caller")


def hold_activity(number: int) -> Any:
    held = training_facts.ActivityHeld(
        **ABOUT, activity=str(number), title="义诊", kind="volunteering", started_on="2025-03-05"
    )
    return training.HoldActivityRequest(context=context(f"training-{number}"), held=held)


def hold_matching_event(number: int) -> Any:
    held = placement_facts.MatchingEventHeld(
        **ABOUT, event_no=str(number), title="春风行动", kind="job_fair", held_on="2025-03-05"
    )
    return placement.HoldMatchingEventRequest(context=context(f"placement-{number}"), held=held)


def observe_wage(number: int) -> Any:
    wage = followup_facts.WageObserved(
        **ABOUT, person=f"pr_{number:032x}", month="2025-04", wage_fen=400_000, observed_on="2025-05-12", proof="bank"
    )
    return followup.ObserveWageRequest(context=context(f"followup-{number}"), wage=wage)


ASKED: Final[dict[str, tuple[str, Callable[[int], Any]]]] = {
    "training": ("HoldActivity", hold_activity),
    "placement": ("HoldMatchingEvent", hold_matching_event),
    "followup": ("ObserveWage", observe_wage),
}


class Caller:
    """Asks from a thread of its own between `with` and its end."""

    def __init__(self, ledger: Ledger) -> None:
        self._addresses = {name: ledger.home.address(name) for name in (*ASKED, "registry")}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._ask_all()), name="caller")
        self.answers: list[Answer] = []
        self.persons: dict[str, str] = {}
        """Identity number → the reference it was given."""
        self.asked: Counter[str] = Counter()
        self.failures: list[BaseException] = []

    def __enter__(self) -> Caller:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._stopping.set()
        self._thread.join()

    async def _ask_all(self) -> None:
        tasks = [self._ask_in_turn(service) for service in ASKED]
        self.failures += [
            error
            for error in await asyncio.gather(*tasks, self._resolve_in_turn(), return_exceptions=True)
            if error is not None
        ]

    async def _ask_in_turn(self, service: str) -> None:
        """Requests 0, 1, 2, …; every third is sent once more after it was answered, as a careful client may."""
        method, build = ASKED[service]
        channel = connect(self._addresses[service])
        client = Client(channel, service_named(service))
        number = 0
        while not self._stopping.is_set():
            request = build(number)
            for _ in range(2 if number % 3 == 0 else 1):
                receipt = await self._until_answered(service, client, method, request)
                if receipt is not None:
                    answer = (receipt.log, receipt.index, receipt.leaf_hash, receipt.duplicate)
                    self.answers.append(Answer(request.context.request_id, *answer))
            number += 1
            await asyncio.sleep(PACE_SECONDS)
        await channel.close()

    async def _resolve_in_turn(self) -> None:
        """The registry stores no request ids: asking again for the same number must give the same reference."""
        channel = connect(self._addresses["registry"])
        client = Client(channel, service_named("registry"))
        number = FIRST_PERSON
        while not self._stopping.is_set():
            request = resolve(number)
            answer = await self._until_answered("registry", client, "ResolvePersons", request)
            if answer is not None:
                self.persons[request.persons[0].id_number] = answer.persons[0].person
            number += 1
            await asyncio.sleep(2 * PACE_SECONDS)
        await channel.close()

    async def _until_answered(self, service: str, client: Client, method: str, request: Any) -> Any:
        """The answer; None if it was time to stop before there was one: then nobody knows."""
        while not self._stopping.is_set():
            self.asked[service] += 1
            try:
                return await client.call(method, request, seconds=ANSWER_SECONDS_MAX)
            except Unavailable:
                await asyncio.sleep(PACE_SECONDS)
        return None


def resolve(*numbers: int) -> Any:
    """A request for the references of these people."""
    people = [books.person(number) for number in numbers]
    return registry.ResolvePersonsRequest(
        context=context(""), persons=[registry.PersonData(id_number=who.id_number, name=who.name) for who in people]
    )


def check_answers(caller: Caller, ledger: Ledger, logs: dict[str, list[Entry]]) -> None:
    """Every receipt leads to the bytes it was given for, each request was recorded at most once, and every
    reference is still that of its person."""
    assert not caller.failures, caller.failures
    requested: Counter[str] = Counter()
    for service in ASKED:
        requested.update(entry.told["request"] for entry in logs[service] if entry.told["agency"] == AGENCY)
    assert set(requested.values()) <= {1}, "a request was recorded twice"
    places: dict[str, tuple[str, int]] = {}
    for answer in caller.answers:
        entry = logs[answer.log.rpartition("/")[2]][answer.index]
        assert (entry.leaf_hash, entry.told["request"]) == (answer.leaf_hash, answer.request)
        assert places.setdefault(answer.request, (answer.log, answer.index)) == (answer.log, answer.index)
    assert len(places) >= len(requested) - len(ASKED), "more entries than one unanswered request a service explains"
    asyncio.run(_check_persons(caller, ledger))
    registered = Counter(entry.told["data"]["person"] for entry in logs["registry"])
    assert set(registered.values()) == {1}
    assert set(caller.persons.values()) <= registered.keys()


async def _check_persons(caller: Caller, ledger: Ledger) -> None:
    channel = connect(ledger.home.address("registry"))
    client = Client(channel, service_named("registry"))
    numbers = [FIRST_PERSON + at for at in range(len(caller.persons))]
    for start in range(0, len(numbers), 1_000):
        request = resolve(*numbers[start : start + 1_000])
        answer = await client.call("ResolvePersons", request)
        for asked, given in zip(request.persons, answer.persons, strict=True):
            assert caller.persons[asked.id_number] == given.person
            assert not given.registered
    await channel.close()
