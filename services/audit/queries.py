"""Figures, their members and the entries behind them, read from the outcomes database."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, text

from ledger.errors import LedgerError, Refused
from ledger.refusals import no_such_entry
from services.audit import checkpoints, notes, statements
from services.audit.answers import (
    Cut,
    FigureAnswer,
    Member,
    Statement,
    Tally,
    distribution,
    in_unit,
    thousandths,
    value_of,
)
from services.audit.checkpoints import SignedCut
from services.audit.database import (
    AsOf,
    Held,
    checked,
    distinct,
    held,
    newest_day,
    parked_within,
    recorded_by,
    resolve,
    snapshot,
    unheard_of,
)
from services.audit.parameters import Parameters
from services.audit.refusals import log_stopped, not_published_by, unknown_figure, unknown_log
from services.audit.statement import Input, Publication, Stated, body, seen
from services.outcomes.catalogue import COLUMNS, CatalogueError, FigureRule, load, parse
from services.outcomes.schema import schema_sha256

#: Answers kept: each is a few hundred bytes.
CACHED_ANSWERS: Final = 4_096
#: Members in one page.
PAGE_MAX: Final = 5_000
#: Members read at once where all of them are: each time the figure is counted anew.
WHOLE_PAGE: Final = 50_000
#: Rows held at once where members are only looked at.
STREAMED_ROWS: Final = 2_000


_PUBLISHED_BY: Final = text(
    "SELECT 1 FROM figure_published WHERE figure = :figure AND rule_sha256 = :rule "
    "UNION SELECT 1 FROM figure_restated WHERE figure = :figure AND rule_sha256 = :rule"
)


#: Of the bytes a rule's hash is taken over, where the prelude ends.
_FIGURE_BEGINS: Final = "\n-- id: "


class FigureBroken(LedgerError):
    """A figure's members contradict its own header or the law matched = counted + excluded. Nothing is answered."""


class StoredEntry(NamedTuple):
    """The exact bytes of an entry and their leaf hash, and what is held when it was read."""

    leaf: bytes
    leaf_hash: bytes
    cut: Cut


def rule_of(id: str) -> FigureRule:
    """The rule of a figure. Raises Refused (unknown_figure)."""
    rules = load()
    if id not in rules:
        raise unknown_figure(id, rules)
    return rules[id]


class AuditQueries:
    """All that audit reads. Each call is one read-only transaction; calls may come from any thread.

    Answers are remembered by (rule hash, parameters, cut): entries are never changed, so they stay true.
    """

    def __init__(self, engine: Engine, *, cached_answers: int = CACHED_ANSWERS) -> None:
        self.engine = engine
        self._answers = _Remembered(cached_answers)

    def held(self) -> Held:
        """How much of each log is projected, what has stopped, what is parked."""
        with snapshot(self.engine) as connection:
            return held(connection)

    def current_cut(self) -> Cut:
        """All that is projected now."""
        return self.held().cut

    def resolve_cut(self, as_of: AsOf = None) -> Cut:
        """What had been recorded by the end of a Shanghai day, or a cut by sizes (a log that is not
        named is not read), or now. Raises Refused (bad_as_of, bad_parameter, unknown_log, cut_ahead).
        """
        with snapshot(self.engine) as connection:
            return resolve(connection, as_of)

    def figure(self, rule: FigureRule, parameters: Parameters, cut: Cut | None = None) -> FigureAnswer:
        """A figure at a cut (None: now). Raises Refused (unknown_log, cut_ahead), FigureBroken."""
        with snapshot(self.engine) as connection:
            now = held(connection)
            cut = now.cut if cut is None else checked(cut, now.cut)
            parked = parked_within(connection, cut) if now.parked else 0
            # an entry that was parked may be read after all: then its cut gives another answer
            key = (rule.rule_sha256, parameters, tuple(sorted(cut.items())), parked)
            answer = self._answers.get(key)
            if answer is None:
                answer = _count(connection, rule, parameters, cut)
                self._answers.put(key, answer)
        said = list(answer.notes)
        if parameters.from_dropped:
            said.append(notes.stock(rule))
        if parked:
            said.append(notes.parked(parked))
        return replace(answer, notes=(*said, *notes.stopped(now.stopped)))

    def members(
        self,
        rule: FigureRule,
        parameters: Parameters,
        cut: Cut | None = None,
        after: tuple[str, str, int] | None = None,
        limit: int = 500,
    ) -> list[Member]:
        """Members, counted and excluded, by (key, log, index); `after`: the `place` of the last one seen.

        At most `limit`. Pages of one cut fit together. Raises Refused (unknown_log, cut_ahead).
        """
        with snapshot(self.engine) as connection:
            cut = held(connection).cut if cut is None else checked(cut, held(connection).cut)
            values = statements.bound(parameters, cut, _to_day(connection, parameters, cut))
            values["page_size"] = max(1, limit)
            if after is not None:
                values |= dict(zip(("after_key", "after_log", "after_idx"), after, strict=True))
            sql = statements.page(rule, cut, after=after is not None)
            return [_member(rule, row) for row in connection.execute(text(sql), values)]

    def all_members(self, rule: FigureRule, parameters: Parameters, cut: Cut) -> Iterator[list[Member]]:
        """Every member of a cut, page by page."""
        after = None
        while page := self.members(rule, parameters, cut, after, WHOLE_PAGE):
            yield page
            after = page[-1].place

    def published_rule(self, id: str, text: bytes) -> FigureRule:
        """An earlier rule of a figure, by the text it was published with. Raises Refused (not_published_by).

        Text that came from outside is run only if the publication log names its hash: then audit ran it before.
        """
        named = hashlib.sha256(text).hexdigest()
        with snapshot(self.engine) as connection:
            if connection.execute(_PUBLISHED_BY, {"figure": id, "rule": named}).first() is None:
                raise not_published_by(id, named, "nothing was published by it")
        try:
            prelude, begins, figure = text.decode().partition(_FIGURE_BEGINS)
            return parse(id, begins[1:] + figure, prelude + begins[:1])
        except (CatalogueError, UnicodeDecodeError) as error:
            raise not_published_by(id, named, str(error)) from error

    def signed_cut(self, as_of: AsOf = None) -> SignedCut:
        """The newest cut not beyond a point whose sizes were all signed.

        Raises Refused (bad_as_of, bad_parameter, unknown_log, cut_ahead).
        """
        with snapshot(self.engine) as connection:
            return checkpoints.newest(connection, as_of)

    def statement(
        self, rule: FigureRule, parameters: Parameters, publication: Publication, as_of: AsOf = None
    ) -> tuple[Stated, SignedCut]:
        """What is to be signed of a figure, at a signed cut.

        Raises Refused as `signed_cut` does; cut_not_signed, nothing_signed; log_stopped: what contradicts
        itself is not stated. FigureBroken.
        """
        with snapshot(self.engine) as connection:
            signed = checkpoints.to_state(connection, as_of, publication.publisher)
            stopped = held(connection).stopped
        for log in signed.cut:
            if log in stopped:
                raise log_stopped(log, stopped[log])
        answer = self.figure(rule, parameters, signed.cut)
        with snapshot(self.engine) as connection:
            cut = checked(signed.cut, held(connection).cut)
            values = statements.bound(answer.parameters, cut, _to_day(connection, answer.parameters, cut))
            reading = connection.execution_options(stream_results=True, yield_per=STREAMED_ROWS)
            members = seen(_member(rule, row) for row in reading.execute(text(statements.every(rule, cut)), values))
            parked = parked_within(connection, cut)
        if (members.counted, members.excluded) != (answer.counted, answer.matched - answer.counted):
            raise FigureBroken(
                f"{rule.id}: {members.counted} of the members are counted, {answer.counted} in the figure"
            )
        inputs = [Input(head.log, head.size, head.root) for head in signed.heads]
        return Stated(answer, body(answer, inputs, members, parked, publication, schema_sha256())), signed

    def log_pages(self, log: str, start: int, stop: int) -> Iterator[tuple[int, list[bytes]]]:
        """(index of the first, stored bytes) of entries [start, stop), page by page.

        Raises Refused (unknown_log, cut_ahead). Unavailable: the copy has a hole.
        """
        if start < stop:
            self.resolve_cut({log: stop})
        while start < stop:
            with snapshot(self.engine) as connection:
                leaves = checkpoints.read_page(connection, log, start, stop)
            yield start, leaves
            start += len(leaves)

    def entry(self, log: str, index: int) -> StoredEntry:
        """The stored bytes of an entry. Raises Refused (unknown_log, no_such_entry)."""
        with snapshot(self.engine) as connection:
            cut = held(connection).cut
            if log not in cut:
                raise unknown_log(log, cut)
            asked = {"log": log, "idx": index}
            row = connection.execute(
                text("SELECT leaf, leaf_hash FROM entries WHERE log = :log AND idx = :idx"), asked
            ).one_or_none()
        if row is None:
            raise Refused(no_such_entry(index))
        return StoredEntry(bytes(row.leaf), bytes(row.leaf_hash), cut)


def _to_day(connection: Connection, parameters: Parameters, cut: Cut) -> int:
    return newest_day(connection, cut) if parameters.to_day is None else parameters.to_day


def _count(connection: Connection, rule: FigureRule, parameters: Parameters, cut: Cut) -> FigureAnswer:
    newest = newest_day(connection, cut)
    to_day = newest if parameters.to_day is None else parameters.to_day
    values = statements.bound(parameters, cut, to_day)
    late = to_day < newest
    if late:
        by_then = recorded_by(connection, cut, to_day)
        values |= {f"by_{at}": by_then[log] for at, log in enumerate(sorted(cut))}
    erasures = connection.execute(text("SELECT 1 FROM person_erased LIMIT 1")).first() is not None

    tally = text(statements.tally(rule, cut, partial(distinct, connection), late=late, erasures=erasures))
    numbers, *by_value = connection.execute(tally, values).all()
    row = iter(numbers[1:])
    matched, counted = next(row), next(row)
    recorded = Tally(next(row), next(row))
    persons, erased, possible = next(row), next(row), next(row)
    total, base = next(row), next(row)
    excluded = {reason: next(row) for reason in rule.exclusions}
    splits = {split.column: {value: next(row) for value in split.values} for split in rule.splits}
    beside = {one.unit: in_unit(next(row), rule.scale) for one in rule.beside}
    if matched != counted + sum(excluded.values()):
        raise FigureBroken(f"{rule.id}: {matched} matched, {counted} counted, excluded {excluded}")
    for column, parts in splits.items():
        if sum(parts.values()) != counted:
            raise FigureBroken(f"{rule.id}: {counted} counted, but by {column} {parts}")

    spread = None
    if rule.measure in ("mean", "median"):
        spread = distribution([(one[1], one[2]) for one in by_value], possible if rule.coverage else None)
    stated = _statements(connection, rule, cut, values) if rule.measure == "statement" else ()
    value = value_of(rule, counted, excluded, spread, stated, total, base)
    said = [notes.erased(erased)] if erased else []
    if not any(cut.values()):
        said.append(notes.before_everything())
    elif not matched:
        said += [notes.nothing_of(name, value) for name, value in unheard_of(connection, parameters, cut)]
    if value is None:
        said += [notes.several_statements(len(stated)) if stated else notes.no_values()]
    return FigureAnswer(
        rule=rule,
        parameters=replace(parameters, to_day=to_day),
        cut=cut,
        value=value,
        unit=stated[0].unit if len(stated) == 1 else rule.unit,
        matched=matched,
        counted=counted,
        excluded={reason: count for reason, count in excluded.items() if count},
        persons=counted if rule.one_a_person else persons,
        recorded_by_to=recorded,
        splits=splits,
        beside=beside,
        distribution=spread,
        statements=stated,
        notes=tuple(said),
    )


def _statements(connection: Connection, rule: FigureRule, cut: Cut, values: Mapping[str, Any]) -> tuple[Statement, ...]:
    rows = connection.execute(text(statements.stated(rule, cut)), values)
    return tuple(
        Statement(indicator, thousandths(milli), unit, kind, as_of_on, source, log, index)
        for indicator, milli, unit, kind, as_of_on, source, log, index in rows
    )


def _member(rule: FigureRule, row: Sequence[Any]) -> Member:
    key, person, value, counted, reason, log, index = row[: len(COLUMNS)]
    details = dict(zip(rule.columns, row[len(COLUMNS) :], strict=True))
    return Member(key, person, value, bool(counted), reason, log, index, details)


class _Remembered:
    """The answers used last, up to a number."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._answers: OrderedDict[Hashable, FigureAnswer] = OrderedDict()

    def get(self, key: Hashable) -> FigureAnswer | None:
        with self._lock:
            answer = self._answers.get(key)
            if answer is not None:
                self._answers.move_to_end(key)
            return answer

    def put(self, key: Hashable, answer: FigureAnswer) -> None:
        with self._lock:
            self._answers[key] = answer
            while len(self._answers) > self._size:
                self._answers.popitem(last=False)
