"""`ledgerctl claims check`: published sentences held against the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ledgerctl.options import DEFAULT_DATA_DIR, DataDir, Json

app = typer.Typer(
    help="Published figures held against the ledger 核对公开数字.", no_args_is_help=True, rich_markup_mode=None
)


@app.callback()
def _claims() -> None:
    """Published figures held against the ledger 核对公开数字."""


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A claims.toml.")],
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """Give each claim of FILE its verdict 逐条核对, with the ledger's value and the same facts in other units.

    Exit 0: every claim is supported. 1: at least one is not.

    \b
    Examples 示例:
      ledgerctl claims check examples/datong/claims.toml
      ledgerctl claims check examples/datong/claims.toml --json
    """
    from ledgerctl.claims import ClaimsError, load
    from ledgerctl.failures import BadInput, ExitCode
    from ledgerctl.printers import print_json
    from ledgerctl.session import run_async

    try:
        claims = load(file)
    except ClaimsError as error:
        raise BadInput(str(error), "examples/datong/claims.toml shows the form") from error
    cut, judged = run_async(judge_all(data_dir, claims))
    if as_json:
        print_json({"cut": cut, "claims": [one.to_json() for one in judged]})
    else:
        print_judgements(cut, judged)
    if any(one.verdict != "supported" for one in judged):
        raise typer.Exit(ExitCode.FINDINGS)


async def judge_all(data_dir: Path, claims: Any) -> tuple[dict[str, int], list[Any]]:
    """(cut, judgements): all claims at one cut."""
    from ledgerctl.claims import judge, siblings
    from ledgerctl.session import open_session

    async with open_session(data_dir) as session:
        cut: dict[str, int] = {}
        judged = []
        for claim in claims:
            cut, answer = await _figure(session, claim, claim.figure, cut)
            beside = [(await _figure(session, claim, other, cut))[1] for other in siblings(claim.figure)]
            judged.append(judge(claim, answer, beside))
        return cut, judged


async def _figure(session: Any, claim: Any, figure: str, cut: dict[str, int]) -> tuple[dict[str, int], Any]:
    from ledger_api.audit.v1 import audit_pb2 as pb
    from ledgerctl.query import get_figure, parameters

    query = claim.query()
    known = {name: query.pop(name, "") for name in ("programme", "region", "from", "to")}
    asked = parameters(known["programme"], known["region"], known["from"], known["to"], query)
    return await get_figure(session, figure, asked, pb.AsOf(cut=pb.Cut(sizes=cut)) if cut else None)


def print_judgements(cut: dict[str, int], judged: list[Any]) -> None:
    """The table for people, then each verdict in words."""
    from ledgerctl.printers import out, print_table

    print_table(
        ["编号 id", "公开表述 stated", "台账 ledger", "另计 also", "结论 verdict"],
        [
            [
                one.claim.id,
                one.claim.stated,
                one.reading.text,
                " · ".join(other.text for other in one.others) or "–",
                one.verdict,
            ]
            for one in judged
        ],
        styles={"supported": "green", "contradicted": "bold red"},
    )
    for one in judged:
        out(f"  {one.zh}")
        out(f"  {one.en}")
    out("截面 cut: " + "  ".join(f"{log}@{size}" for log, size in cut.items()))
