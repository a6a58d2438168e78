"""Findings, read from the outcomes database: each audit rule is one statement over a cut.

A rule looks at all programmes and places, because a fact may contradict one of another; what is asked for
(a programme, a place, a person) is taken from what it finds. Nothing a caller said is part of a statement's text.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, text

from services.audit.answers import Cut
from services.audit.database import checked, held, newest_day, snapshot
from services.audit.finding import Asked, Evidence, Finding, Word, sentence
from services.audit.parameters import Parameters
from services.audit.refusals import bad_parameter, unknown_rule
from services.audit.statements import Bound, bound, with_members
from services.outcomes.rulebook import COLUMNS, AuditRule, load

#: Findings in one page: each is about a kilobyte, a message at most 4 MiB.
PAGE_MAX: Final = 1_000
#: Findings read at once where all of them are: each time their rule runs anew. Some tens of megabytes.
WHOLE_PAGE: Final = 20_000
#: Counts kept: some hundred groups each.
CACHED_COUNTS: Final = 512

_WORD: Final = ("settled_kind", "settled_reason", "settled_agency", "settled_recorded")
_PLACES: Final = ("after_key", "after_log", "after_idx")

After = tuple[str, str, str, int]


class Group(NamedTuple):
    """How many findings of one case a programme and a place have. `state`: open, explained, accepted or closed."""

    programme: str | None
    region: str | None
    case: str
    state: str
    count: int  # type: ignore[assignment]  # rather this name than tuple.count


def rules_of(ids: Iterable[str]) -> tuple[AuditRule, ...]:
    """These rules, none named: all of them; by id. Raises Refused (unknown_rule)."""
    known, wanted = load(), set(ids)
    for id in wanted:
        if id not in known:
            raise unknown_rule(id, known)
    return tuple(rule for id, rule in known.items() if not wanted or id in wanted)


class FindingQueries:
    """All that audit finds. Each page is one read-only transaction; calls may come from any thread.

    Counts are remembered by (rule hash, cut): entries are never changed, so they stay true.
    """

    def __init__(self, engine: Engine, *, cached_counts: int = CACHED_COUNTS) -> None:
        self._engine = engine
        self._room = cached_counts
        self._counts: OrderedDict[tuple[Any, ...], tuple[Group, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def page(self, asked: Asked, cut: Cut | None = None, after: After | None = None, limit: int = 500) -> list[Finding]:
        """Findings by (rule, key, log, index); `after`: the `place` of the last one seen.

        At most `limit`. Raises Refused (unknown_rule, bad_parameter, unknown_log, cut_ahead).
        """
        rules = rules_of(asked.rules)
        _check_thresholds(rules, asked.thresholds)
        found: list[Finding] = []
        for rule in rules:
            if after is not None and rule.id < after[0]:
                continue
            beyond = after[1:] if after is not None and rule.id == after[0] else None
            if not rule.cases_of(asked.severity):
                continue
            found += self._of_rule(rule, asked, cut, beyond, limit - len(found))
            if len(found) >= limit:
                break
        return found

    def pages(self, asked: Asked, cut: Cut, page_size: int = WHOLE_PAGE) -> Iterator[list[Finding]]:
        """All findings of a cut, page after page. Raises Refused as `page` does."""
        after: After | None = None
        while page := self.page(asked, cut, after, page_size):
            yield page
            if len(page) < page_size:
                return
            after = page[-1].place

    def counts(self, rule: AuditRule, cut: Cut | None = None) -> tuple[Group, ...]:
        """How many findings of a rule each programme and place has, at its default thresholds."""
        with snapshot(self._engine) as connection:
            now = held(connection)
            cut = now.cut if cut is None else checked(cut, now.cut)
            key = (rule.rule_sha256, tuple(sorted(cut.items())), now.parked)
            with self._lock:
                known = self._counts.get(key)
            if known is not None:
                return known
            values = _values(connection, rule, cut, Asked())
            rows = connection.execute(text(_grouped(rule, cut)), values)
            groups = tuple(Group(*row) for row in rows)
        with self._lock:
            self._counts[key] = groups
            while len(self._counts) > self._room:
                self._counts.popitem(last=False)
        return groups

    def _of_rule(
        self, rule: AuditRule, asked: Asked, cut: Cut | None, after: tuple[str, str, int] | None, limit: int
    ) -> list[Finding]:
        with snapshot(self._engine) as connection:
            now = held(connection).cut
            cut = now if cut is None else checked(cut, now)
            values = _values(connection, rule, cut, asked)
            values["page_size"] = limit
            if after is not None:
                values |= dict(zip(_PLACES, after, strict=True))
            rows = connection.execute(text(_page(rule, cut, asked, after=after is not None)), values)
            thresholds = {one.name: values[one.name] for one in rule.thresholds}
            return [_finding(rule, row, thresholds) for row in rows]


def _check_thresholds(rules: Sequence[AuditRule], given: Mapping[str, int]) -> None:
    known = {one.name for rule in rules for one in rule.thresholds}
    for name, value in given.items():
        if name not in known:
            names = ", ".join(sorted(known)) or "none"
            raise bad_parameter("threshold", name, f"one of these rules' own ({names})", f"所查规则的参数（{names}）")
        if not 0 <= value <= 10**9:
            raise bad_parameter(name, value, "a number from 0 to 1000000000", "0 至 1000000000 的整数")


def _values(connection: Connection, rule: AuditRule, cut: Cut, asked: Asked) -> Bound:
    values = bound(Parameters(), cut, newest_day(connection, cut))
    values |= {one.name: asked.thresholds.get(one.name, one.default) for one in rule.thresholds}
    # of the members; what the preludes call programme and region is left empty
    wanted = {"of_programme": asked.programme, "of_region": asked.region, "of_person": asked.person}
    return values | {"of_rule": rule.id, "of_key": asked.key, "of_state": asked.state} | wanted


def _found(rule: AuditRule) -> str:
    """The members with their whole key and the latest word on this very evidence."""
    columns = ", ".join(f"m.{name}" for name in (*COLUMNS[1:], *rule.facts))
    return f"""
SELECT m.key || '#' || m.finding AS key, {columns}, s.kind AS settled_kind, s.reason AS settled_reason,
       s.agency AS settled_agency, s.recorded AS settled_recorded
FROM members m
LEFT JOIN settled s ON s.key = m.key || '#' || m.finding AND s.rule = :of_rule
                   AND s.evidence_log = m.log AND s.evidence_entry = m.idx"""


def _page(rule: AuditRule, cut: Cut, asked: Asked, *, after: bool) -> str:
    columns = ", ".join(f"f.{name}" for name in (*COLUMNS, *rule.facts, *_WORD))
    cases = ", ".join(f"'{case}'" for case in rule.cases_of(asked.severity))
    where = [f"f.finding IN ({cases})"]
    if asked.programme:
        where.append("f.programme = :of_programme")
    if asked.region:
        where.append("substr(f.region, 1, length(CAST(:of_region AS TEXT))) = :of_region")
    if asked.person:
        where.append(
            "f.person = COALESCE((SELECT one.root FROM merged one WHERE one.person = :of_person),"
            " CAST(:of_person AS TEXT))"
        )
    if asked.key:
        where.append("f.key = :of_key")
    if asked.state:
        where.append("COALESCE(f.settled_kind, 'open') = :of_state")
    if after:
        where.append("(f.key, f.log, f.idx) > (:after_key, :after_log, :after_idx)")
    conditions = "\n  AND ".join(where)
    rest = f"""SELECT {columns}
FROM ({_found(rule)}
) f
WHERE {conditions}
ORDER BY f.key, f.log, f.idx
LIMIT :page_size"""
    return with_members(rule, cut, rest)


def _grouped(rule: AuditRule, cut: Cut) -> str:
    rest = f"""SELECT f.programme, f.region, f.finding, COALESCE(f.settled_kind, 'open'), COUNT(*)
FROM ({_found(rule)}
) f
GROUP BY f.programme, f.region, f.finding, COALESCE(f.settled_kind, 'open')
ORDER BY 1, 2, 3, 4"""
    return with_members(rule, cut, rest)


def _finding(rule: AuditRule, row: Sequence[Any], thresholds: Mapping[str, int]) -> Finding:
    key, person, programme, region, name, log, index, log2, index2 = row[: len(COLUMNS)]
    facts = dict(zip(rule.facts, row[len(COLUMNS) : -len(_WORD)], strict=True))
    case = rule.cases[name]
    words = {**facts, **thresholds}
    settled = row[-len(_WORD) :]
    return Finding(
        rule=rule,
        case=case,
        key=key,
        person=person,
        programme=programme,
        region=region,
        evidence=Evidence(log, index),
        other=None if log2 is None else Evidence(log2, index2),
        facts=facts,
        zh=sentence(case.zh, words),
        en=sentence(case.en, words),
        settled=None if settled[0] is None else Word(*settled),
    )
