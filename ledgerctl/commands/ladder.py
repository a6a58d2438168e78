"""`ledgerctl ladder`: the outcome ladder of a cohort."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ledgerctl.options import DEFAULT_DATA_DIR, AsOf, DataDir, From, Json, Programme, Region, To


def run(
    programme: Programme = "",
    region: Region = "",
    start: From = "",
    end: To = "",
    point: AsOf = "",
    svg: Annotated[Path | None, typer.Option("--svg", metavar="FILE", help="Write the picture as SVG 矢量图.")] = None,
    png: Annotated[Path | None, typer.Option("--png", metavar="FILE", help="Write the picture as PNG 位图.")] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """Show how far the persons who completed in a window have come 成效阶梯.

    Completed, intent agreement, contract, started work, kept 30, 90, 180 days, wage proven: one cohort,
    all on one day (--to). What is not known yet stands apart and is never "no". The figure behind it is
    outcome_ladder: members outcome_ladder lists the persons, figure publish outcome_ladder signs it.

    \b
    Examples 示例:
      ledgerctl ladder --programme datong-hugong --to 2025-06-20
      ledgerctl ladder --programme datong-hugong --from 2025-01-01 --svg 成效.svg --png 成效.png
    """
    from ledgerctl.query import as_of, parameters
    from ledgerctl.session import run_async

    answer = run_async(_answer(data_dir, parameters(programme, region, start, end), as_of(point)))
    _tell(answer, svg, png, as_json=as_json)


async def _answer(data_dir: Path, asked: Any, point: Any) -> tuple[dict[str, int], dict[str, Any]]:
    from ledgerctl.ladder.rungs import FIGURE
    from ledgerctl.query import get_figure
    from ledgerctl.session import open_session

    async with open_session(data_dir) as session:
        return await get_figure(session, FIGURE, asked, point)


def _tell(answer: tuple[dict[str, int], dict[str, Any]], svg: Path | None, png: Path | None, *, as_json: bool) -> None:
    from ledgerctl.ladder.rungs import ladder_of
    from ledgerctl.printers import print_json, print_table, say

    cut, figure = answer
    ladder = ladder_of(figure)
    said = {name: value for name, value in figure["parameters"].items() if value}
    title = " ".join(["成效阶梯 outcome ladder", *(f"{name} {value}" for name, value in said.items())])
    _draw(ladder, title, svg, png)
    if as_json:
        print_json({"cut": cut, "parameters": figure["parameters"], **ladder.to_json()})
        return
    rows = [
        [f"{rung.zh} {rung.en}", rung.yes, _share(rung.yes, ladder.persons), rung.not_yet_known, rung.unknown]
        for rung in ladder.rungs
    ]
    columns = ["阶梯 rung", "人 persons", "占结业 share", "尚不知道 not yet", "不详 unknown"]
    print_table(columns, rows, title=title, align=dict.fromkeys(columns[1:], "right"))
    say(f"有合同而无意向协议 contract without agreement {ladder.contract_without_agreement:,}")
    say(f"只在结业前上岗 started before completing only {ladder.started_before:,}")


def _draw(ladder: Any, title: str, svg: Path | None, png: Path | None) -> None:
    from ledgerctl.ladder import picture
    from ledgerctl.printers import say, write_file

    if svg is not None:
        write_file(svg, picture.svg(ladder, title).encode())
        say(f"✓ {svg}")
    if png is not None:
        chinese = picture.draws_chinese()
        shown = title if chinese else title.replace("成效阶梯 ", "")
        write_file(png, picture.png(ladder, shown, chinese=chinese))
        say(f"✓ {png}")
        if not chinese:
            say("! 本机没有中文字体,图中只有英文 · no Chinese font is installed: the labels are in English")


def _share(count: int, persons: int) -> str:
    return f"{100 * count / persons:.1f} %" if persons else "–"
