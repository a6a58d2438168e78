"""`ledgerctl record`: what became of one person."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ledgerctl.options import DEFAULT_DATA_DIR, AsOf, DataDir, Json, Programme


def run(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="A person reference, pr_….")],
    programme: Programme = "",
    point: AsOf = "",
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """Show a person's outcome record 个人结果档案: each step with its date and its entries.

    Exit 0: there is one. 1: the cut has none of this person.

    \b
    Examples 示例:
      ledgerctl record pr_5d0c8a… --programme datong-hugong
      ledgerctl record pr_5d0c8a… --json
    """
    import json

    from ledgerctl.failures import Failure
    from ledgerctl.printers import out, print_json
    from ledgerctl.query import as_of, cut_text
    from ledgerctl.session import run_async

    cut, records = run_async(_get(data_dir, person, programme, as_of(point)))
    if as_json:
        print_json({"cut": cut, "records": records})
    else:
        for record in records:
            out(json.dumps(record, ensure_ascii=False, indent=2))
        out(cut_text(cut))
    if not records:
        of = f"{person} 在项目 {programme} · of {programme}" if programme else person
        raise Failure(
            f"截面内没有此人的记录 · no record of {of} in the cut",
            "人员编号以 pr_ 开头，见 ledgerctl members · a reference begins with pr_, members lists them",
        )


async def _get(data_dir: Any, person: str, programme: str, point: Any) -> tuple[dict[str, int], list[Any]]:
    import json

    from ledger_api.audit.v1 import audit_pb2 as pb
    from ledgerctl.query import cut_json
    from ledgerctl.session import open_session

    async with open_session(data_dir) as session:
        request = pb.GetRecordRequest(person=person, programme=programme, as_of=point)
        answer = await session.client("audit").call("GetRecord", request)
        return cut_json(answer.cut), [json.loads(record) for record in answer.records_json]
