"""`ledgerctl figures`: the catalogue counted, with what was left out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
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
    """Count figures 统计指标. Every answer names its cut; unknown is never "no". Beside each figure stand the
    open findings of the audit rules about its members, within the same programme and region.

    \b
    Examples 示例:
      ledgerctl figures --programme datong-hugong
      ledgerctl figures agreements_signed persons_with_agreement --to 2025-06-20
      ledgerctl figures mean_monthly_wage --param min_proof=bank --json
    """
    from ledgerctl.freshness import look, notes
    from ledgerctl.printers import print_json
    from ledgerctl.query import as_of, extra_parameters, parameters
    from ledgerctl.session import run_async

    asked, at = parameters(programme, region, start, end, extra_parameters(extra)), as_of(point)
    logs = look(data_dir)
    cut, figures = run_async(count(data_dir, ids or [], asked, at))
    missing = notes(logs, cut, at)
    if as_json:
        for figure in figures:
            figure["notes"] = [*figure.get("notes", []), *missing]
        print_json({"cut": cut, "figures": figures})
    else:
        print_figures(cut, figures, missing)


async def count(data_dir: Any, ids: list[str], asked: Any, point: Any) -> tuple[dict[str, int], list[Any]]:
    """(cut, figures): all figures at one cut; no ids: the whole catalogue."""
    from ledger_api.audit.v1 import audit_pb2 as pb
    from ledgerctl.finding import findings_beside
    from ledgerctl.query import figure_ids, get_figure
    from ledgerctl.session import open_session

    async with open_session(data_dir) as session:
        cut: dict[str, int] = {}
        figures = []
        for figure in ids or await figure_ids(session):
            # the first answer's cut holds for all the others
            cut, answer = await get_figure(session, figure, asked, pb.AsOf(cut=pb.Cut(sizes=cut)) if cut else point)
            figures.append(answer)
        found = await findings_beside(session, [one["id"] for one in figures], asked.programme, asked.region, cut)
        for one in figures:
            one["findings"] = None if found is None else found.get(one["id"], {})
        return cut, figures


#: titles of the table; with the names in English left out first where it is too narrow
ID, NAME, NAME_EN = "指标 id", "名称", "name"
VALUE, GRADE, COUNTED, EXCLUDED = "值 value", "依据 grade", "纳入 counted", "排除 excluded"


def print_figures(cut: dict[str, int], figures: list[Any], missing: Sequence[str] = ()) -> None:
    """The table for people; `missing`: what the cut lacks."""
    from ledgerctl.printers import out, print_table
    from ledgerctl.query import cut_text
    from ledgerctl.wording import also_text, asked_text, excluded_text, found_text, with_unit

    out(asked_text(figures))
    shown = print_table(
        [ID, NAME, NAME_EN, VALUE, GRADE, COUNTED, EXCLUDED],
        [
            [
                figure["id"],
                figure["name_zh"],
                figure["name_en"],
                with_unit(figure),
                figure["grade"],
                figure["counted"],
                excluded_text(figure),
            ]
            for figure in figures
        ],
        align={VALUE: "right", COUNTED: "right"},
        whole=(ID, VALUE, COUNTED, EXCLUDED),
        spare=(NAME_EN, GRADE, EXCLUDED, COUNTED),
    )
    said = Counter(note for figure in figures for note in figure.get("notes", []))
    for figure in figures:
        left_out = () if EXCLUDED in shown or not figure["excluded"] else (f"{EXCLUDED}: {excluded_text(figure)}",)
        for line in (
            *left_out,
            *also_text(figure),
            *found_text(figure),
            *(note for note in figure.get("notes", []) if said[note] == 1),
        ):
            out(f"  {figure['id']}: {line}")
    for note in (*missing, *(note for note, times in said.items() if times > 1)):
        out(f"! {note}")
    out(cut_text(cut))
