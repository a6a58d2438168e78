"""Published figures, read from the publication service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from ledger.note import parse_note
from ledger_api.publication.v1 import publication_pb2 as pb
from ledgerctl.publishing.signed import PUBLICATION
from ledgerctl.query import cut_json
from ledgerctl.session import Session


async def get_published(session: Session, index: int) -> pb.PublishedFigure:
    """One published figure. Raises CallRefused (no_such_entry, not_a_figure)."""
    answer: pb.PublishedFigure = await session.client(PUBLICATION).call(
        "GetPublished", pb.GetPublishedRequest(index=index)
    )
    return answer


async def published_figures(
    session: Session, figure: str = "", programme: str = "", *, standing: bool = False
) -> AsyncIterator[pb.PublishedFigure]:
    """Published figures in the order of their entries, page after page."""
    token = ""
    while True:
        request = pb.ListPublishedRequest(
            figure=figure, programme=programme, standing=standing, page_size=500, page_token=token
        )
        answer = await session.client(PUBLICATION).call("ListPublished", request)
        for one in answer.figures:
            yield one
        token = answer.next_page_token
        if not token:
            return


def published_json(one: pb.PublishedFigure) -> dict[str, Any]:
    """A published figure as it is printed."""
    import json

    return {
        "entry": one.index,
        "leaf_hash": one.leaf_hash.hex(),
        "recorded": one.recorded,
        "agency": one.agency,
        "figure": one.figure,
        "parameters": json.loads(one.parameters),
        "value": one.value,
        "unit": one.unit,
        "grade": one.grade,
        "matched": one.matched,
        "counted": one.counted,
        "persons": one.persons,
        "rule_sha256": one.rule_sha256,
        "rule_version": one.rule_version,
        "cut": cut_json(one.cut),
        "publisher": parse_note(one.statement.encode()).signatures[0].name,
        "statement": one.statement,
        "supersedes": one.supersedes if one.HasField("supersedes") else None,
        "reason": one.reason if one.HasField("reason") else None,
        "superseded_by": one.superseded_by if one.HasField("superseded_by") else None,
    }
