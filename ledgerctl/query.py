"""What figures, members and claims have in common: parameters in, answers out."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import Any

from ledger_api.audit.v1 import audit_pb2 as pb
from ledgerctl.failures import BadInput
from ledgerctl.session import Session


def parameters(
    programme: str = "", region: str = "", start: str = "", end: str = "", extra: Mapping[str, str] | None = None
) -> pb.Parameters:
    """The request's parameters. Raises BadInput: a date that does not exist, a region there is none of."""
    for name, value in (("--from", start), ("--to", end)):
        if value:
            _date(name, value)
    if region:
        check_region(region)
    message = pb.Parameters(programme=programme, region=region, to=end, extra=dict(extra or {}))
    setattr(message, "from", start)
    return message


def extra_parameters(given: list[str]) -> dict[str, str]:
    """`NAME=VALUE` options as a mapping. Raises BadInput."""
    pairs = [item.partition("=") for item in given]
    for name, equals, _ in pairs:
        if not name or not equals:
            raise BadInput(
                f"--param {name}: 应写成 名称=值 · expected NAME=VALUE", "例如 for example --param min_proof=bank"
            )
    return {name: value for name, _, value in pairs}


def check_region(code: str) -> None:
    """Raises BadInput: not 2, 4 or 6 digits, or not of a province there is."""
    from ledgerctl.registers.places import is_province

    if not re.fullmatch(r"[0-9]{2}|[0-9]{4}|[0-9]{6}", code) or not is_province(code[:2]):
        raise BadInput(
            f"--region {code}: 不是行政区划代码 · is no code of GB/T 2260",
            "写六位代码，如 630121；全省写 630000 · six digits, e.g. 630121, or 630000 for the whole province",
        )


def as_of(text: str) -> pb.AsOf | None:
    """`2025-06-20`, `{"log":size,…}` or `log@size log@size…`; None for nothing. Raises BadInput."""
    text = text.strip().removeprefix("--as-of").strip().strip("'")
    if not text:
        return None
    if text.startswith("{") or "@" in text:
        try:
            return pb.AsOf(cut=pb.Cut(sizes=_sizes(text)))
        except (ValueError, AttributeError, TypeError):
            raise BadInput(
                f"--as-of {text}: 不是有效的截面 · not a cut",
                '照 figures 打印的写 · as figures prints it: {"ledger.local/placement":120,…}',
            ) from None
    _date("--as-of", text)
    return pb.AsOf(date=text)


def _sizes(text: str) -> dict[str, int]:
    if text.startswith("{"):
        return {str(log): int(size) for log, size in json.loads(text).items()}
    pairs = (part.rpartition("@") for part in re.split(r"[\s,]+", text))
    return {log: int(size) for log, _, size in pairs}


def cut_json(cut: pb.Cut) -> dict[str, int]:
    """A cut as it is printed and as `--as-of` takes it."""
    return dict(sorted(cut.sizes.items()))


def cut_text(cut: Mapping[str, int]) -> str:
    """A cut as a person can paste it behind a command, in a shell."""
    return f"截面 cut: --as-of '{json.dumps(dict(sorted(cut.items())), separators=(',', ':'))}'"


async def get_figure(
    session: Session, figure: str, asked: pb.Parameters, point: pb.AsOf | None
) -> tuple[dict[str, int], dict[str, Any]]:
    """(cut, figure) from the audit service."""
    request = pb.GetFigureRequest(id=figure, parameters=asked, as_of=point)
    answer = await session.client("audit").call("GetFigure", request, seconds=120.0)
    return cut_json(answer.cut), json.loads(answer.figure_json)


async def figure_ids(session: Session) -> list[str]:
    """Every id of the catalogue, in its order."""
    answer = await session.client("audit").call("ListFigures", pb.ListFiguresRequest())
    return [figure.id for figure in answer.figures]


async def all_members(
    session: Session, figure: str, asked: pb.Parameters, point: pb.AsOf | None, page_size: int = 5_000
) -> AsyncIterator[pb.Member]:
    """Every member of a figure, page after page at one cut."""
    token = ""
    while True:
        request = pb.ListMembersRequest(id=figure, parameters=asked, as_of=point, page_size=page_size, page_token=token)
        answer = await session.client("audit").call("ListMembers", request, seconds=120.0)
        for member in answer.members:
            yield member
        token = answer.next_page_token
        if not token:
            return


def member_json(member: pb.Member) -> dict[str, Any]:
    """One member as a JSON line."""
    return {
        "key": member.key,
        "person": member.person or None,
        "value": member.value if member.HasField("value") else None,
        "counted": member.counted,
        "reason": member.reason or None,
        "log": member.log,
        "index": member.index,
    }


def details_of(member: pb.Member) -> dict[str, Any]:
    """The further columns of the figure's own."""
    found: dict[str, Any] = json.loads(member.details_json or b"{}")
    return found


def _date(name: str, value: str) -> None:
    try:
        date.fromisoformat(value)
    except ValueError:
        raise BadInput(f"{name} {value}: 不是日期 · not a date", "写成 2025-06-20 · write it as 2025-06-20") from None
