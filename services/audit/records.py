"""Outcome records of one person, now or as they could be known at a cut."""

from __future__ import annotations

from collections.abc import Mapping

from services.audit.answers import Cut
from services.audit.database import AsOf, held, resolve
from services.outcomes import records
from services.outcomes.projector import Outcomes
from services.outcomes.queries import PersonQueries


def records_of(outcomes: Outcomes, person: str, as_of: AsOf) -> tuple[Cut, Mapping[str, bytes]]:
    """(cut, programme → record). Records of now are kept; those of a past cut are folded when asked for.

    Raises Refused (bad_as_of, bad_parameter, unknown_log, cut_ahead).
    """
    database = outcomes.database
    with database.read() as connection:
        now = held(connection).cut
        cut = resolve(connection, as_of)
        if cut == now:
            return cut, outcomes.records_within(connection, person)
        queries = PersonQueries(database, cut)
        root = queries.roots(connection, [person])[person]
        folded = queries.refold(connection, [person]).records
        return cut, {record.programme: records.encode(record) for record in folded if record.person == root}
