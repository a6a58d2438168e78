"""`ledgerctl figures`: the catalogue counted, with what was left out and why."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ledgerctl.options import DEFAULT_DATA_DIR, AsOf, DataDir, Extra, From, Json, Programme, Region, To


def run(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]…", help="Figure ids; without: all.")] = None,
    programme: Programme = "",
    region: Region = "",
    start: From = "",
    end: To = "",
    point: AsOf = "",
    extra: Extra = [],  # noqa: B006  # typer reads the default and never changes it
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """Count figures 统计指标. Every answer names its cut; unknown is never "no".

    \b
    Examples 示例:
      ledgerctl figures --programme datong-hugong
      ledgerctl figures agreements_signed persons_with_agreement --to 2025-06-20
      ledgerctl figures mean_monthly_wage --param min_proof=bank --json
    """
    from ledgerctl.printers import print_json
    from ledgerctl.query import as_of, extra_parameters, parameters
    from ledgerctl.session import run_async

    asked = parameters(programme, region, start, end, extra_parameters(extra))
    cut, figures = run_async(count(data_dir, ids or [], asked, as_of(point)))
    if as_json:
        print_json({"cut": cut, "figures": figures})
    else:
        print_figures(cut, figures)


async def count(data_dir: Any, ids: list[str], asked: Any, point: Any) -> tuple[dict[str, int], list[Any]]:
    """(cut, figures): all figures at one cut; no ids: the whole catalogue."""
    from ledger_api.audit.v1 import audit_pb2 as pb
    from ledgerctl.query import figure_ids, get_figure
    from ledgerctl.session import open_session

    async with open_session(data_dir) as session:
        cut: dict[str, int] = {}
        figures = []
        for figure in ids or await figure_ids(session):
            # the first answer's cut holds for all the others
            cut, answer = await get_figure(session, figure, asked, pb.AsOf(cut=pb.Cut(sizes=cut)) if cut else point)
            figures.append(answer)
        return cut, figures


def print_figures(cut: dict[str, int], figures: list[Any]) -> None:
    """The table for people."""
    from ledgerctl.printers import out, print_table
    from ledgerctl.wording import excluded_text, value_text

    print_table(
        ["指标 id", "名称", "name", "值 value", "单位", "依据 grade", "纳入 counted", "排除 excluded"],
        [
            [
                figure["id"],
                figure["name_zh"],
                figure["name_en"],
                value_text(figure),
                figure["unit"],
                figure["grade"],
                figure["counted"],
                excluded_text(figure["excluded"]),
            ]
            for figure in figures
        ],
        align={"值 value": "right", "纳入 counted": "right"},
    )
    for figure in figures:
        for note in figure.get("notes", []):
            out(f"  {figure['id']}: {note}")
    out("截面 cut: " + "  ".join(f"{log}@{size}" for log, size in cut.items()))
