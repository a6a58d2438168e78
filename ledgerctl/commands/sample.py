"""`ledgerctl sample draw | list | show | take`: verification samples that nobody could steer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ledgerctl.options import DEFAULT_DATA_DIR, DataDir, Extra, From, Json, Programme, Region, To

app = typer.Typer(help="Verification samples 抽样核验.", no_args_is_help=True, rich_markup_mode=None)

Entry = Annotated[int, typer.Argument(min=0, metavar="ENTRY", help="The sample's entry, as sample list shows it.")]
Agency = Annotated[str, typer.Option("--agency", metavar="A", help="Who draws or verifies 核验单位.")]
Actor = Annotated[str, typer.Option("--actor", help="Reference of the member of staff, st_….")]


@app.callback()
def _sample() -> None:
    """Draw members of a published figure by lot, take what was found, print the corrected figure 抽样核验."""


@app.command("draw")
def draw(
    figure: Annotated[str, typer.Option("--figure", metavar="ID", help="A published figure 已公布指标.")],
    seed: Annotated[
        str,
        typer.Option("--seed-from", metavar="LOG@SIZE", help="The lot: a checkpoint younger than the figure 检查点."),
    ],
    size: Annotated[int, typer.Option("--size", min=1, help="How many to draw 抽取数.")] = 299,
    programme: Programme = "",
    region: Region = "",
    start: From = "",
    end: To = "",
    extra: Extra = [],  # noqa: B006  # typer reads the default and never changes it
    sheet: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.csv", help="Write the sheet to fill in 核验表.")
    ] = None,
    agency: Agency = "",
    actor: Actor = "sv_ledgerctl",
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """Draw a sample of a published figure's members and record the draw 抽样.

    The lot is a checkpoint signed after the figure was published: whoever published it could not know
    it. Best take one of a log that somebody else runs. A figure is drawn from once; the same draw
    again prints the same sample. 299 members without a fault show, at 95 %, fewer than 1 % faults.
    Exit 0: drawn. 1: refused.

    \b
    Examples 示例:
      ledgerctl sample draw --figure agreements_signed --programme datong-hugong --seed-from training@1310
      ledgerctl sample draw --figure agreements_signed --seed-from publication@2 --size 100 --out 核验表.csv
    """
    from ledgerctl.query import extra_parameters, parameters
    from ledgerctl.session import run_async

    asked = parameters(programme, region, start, end, extra_parameters(extra))
    run_async(_draw(data_dir, figure, asked, seed, size, sheet, agency, actor, as_json))


async def _draw(
    data_dir: Path,
    figure: str,
    asked: Any,
    seed: str,
    size: int,
    sheet: Path | None,
    agency: str,
    actor: str,
    as_json: bool,
) -> None:
    from ledgerctl.printers import print_json, say, write_file
    from ledgerctl.sampling import samples, worksheet
    from ledgerctl.session import open_session

    async with open_session(data_dir) as session:
        published = await samples.standing(session, figure, asked)
        lot = await samples.seed_from(session, seed, published)
        drawn, members = await samples.drawn_of(session, published, lot, size)
        receipt = await samples.record_draw(session, drawn, agency or session.home.agency, actor)
    if sheet is not None:
        write_file(sheet, worksheet.blank(members))
    if as_json:
        told = _fields(drawn)
        sampled = [member._asdict() for member in members]
        print_json({"entry": receipt.index, "duplicate": receipt.duplicate, **told, "members": sampled})
        return
    say(
        f"✓ 从 {drawn.population:,} 中抽取 {drawn.size:,} · drawn {drawn.size:,} of {drawn.population:,}, "
        f"entry {receipt.index}"
    )
    if sheet is not None:
        say(f"  核验表 the sheet to fill in: {sheet}; 交回 hand it in: ledgerctl sample take {receipt.index} {sheet}")
    else:
        _print_members(members, {})


@app.command("take")
def take(
    sample: Entry,
    sheet: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The sheet, filled in 填好的核验表.")],
    agency: Agency = "",
    actor: Actor = "sv_ledgerctl",
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """Take a filled sheet: 属实, 不实 or 无法核实 with the day 收回核验结果. Rows without a result stay open.

    A result handed in anew corrects the one before it. A sheet with a row that cannot be read, or of a
    member that was not drawn, is refused whole.

    \b
    Examples 示例:
      ledgerctl sample take 3 核验表.csv
    """
    from ledgerctl.failures import BadInput
    from ledgerctl.sampling import worksheet
    from ledgerctl.session import run_async

    try:
        rows = worksheet.filled(sheet.read_bytes())
    except OSError as error:
        raise BadInput(f"读不到文件 · cannot read {sheet}: {error.strerror}") from error
    run_async(_take(data_dir, sample, rows, agency, actor, as_json))


async def _take(data_dir: Path, entry: int, rows: list[Any], agency: str, actor: str, as_json: bool) -> None:
    from ledgerctl.printers import print_json, say
    from ledgerctl.sampling import samples
    from ledgerctl.session import open_session

    async with open_session(data_dir) as session:
        sample = await samples.sample_at(session, entry)
        by = agency or session.home.agency
        recorded, already = await samples.take(session, sample, rows, by, actor)
        sample = await samples.sample_at(session, entry)
    if as_json:
        print_json({"recorded": recorded, "already": already, **_told(sample)})
        return
    say(f"✓ 记录 recorded {recorded:,} · 已有 already {already:,}")
    _print_estimate(sample)


@app.command("list")
def list_(data_dir: DataDir = DEFAULT_DATA_DIR, as_json: Json = False) -> None:
    """List samples and how far they are 抽样清单.

    \b
    Examples 示例:
      ledgerctl sample list
    """
    from ledgerctl.session import run_async

    run_async(_list(data_dir, as_json))


async def _list(data_dir: Path, as_json: bool) -> None:
    from ledgerctl.printers import print_json, print_table
    from ledgerctl.sampling import samples
    from ledgerctl.session import open_session

    async with open_session(data_dir) as session:
        found = await samples.samples(session)
    if as_json:
        print_json([_told(sample) for sample in found])
        return
    columns = [
        "条目 entry",
        "指标 figure",
        "公布 published",
        "总体 of",
        "抽取 drawn",
        "属实 ✓",
        "不实 ✗",
        "无法核实 ?",
        "未核 open",
    ]
    rows = [
        [str(one.entry), one.drawn.figure, str(one.drawn.published), one.drawn.population, one.drawn.size, *one.tally()]
        for one in found
    ]
    print_table(columns, rows, align=dict.fromkeys((columns[0], *columns[2:]), "right"))


@app.command("show")
def show(sample: Entry, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: Json = False) -> None:
    """Draw a recorded sample again, and print it with its results and the corrected figure 核验结论.

    Exit 1: drawn again it comes out another one; whoever recorded it did not draw it.

    \b
    Examples 示例:
      ledgerctl sample show 3
    """
    from ledgerctl.session import run_async

    run_async(_show(data_dir, sample, as_json))


async def _show(data_dir: Path, entry: int, as_json: bool) -> None:
    from ledgerctl.printers import print_json
    from ledgerctl.sampling import samples
    from ledgerctl.session import open_session

    async with open_session(data_dir) as session:
        sample = await samples.sample_at(session, entry)
        members = await samples.drawn_again(session, sample)
    results = {place: one.result for place, one in sample.results.items()}
    if as_json:
        told = [{**one._asdict(), "result": results.get((one.log, one.index))} for one in members]
        print_json({**_told(sample), "members": told})
        return
    _print_members(members, results)
    _print_estimate(sample)


def _told(sample: Any) -> dict[str, Any]:
    from ledgerctl.sampling.estimate import CONFIDENCE, estimate

    tally = sample.tally()
    found = estimate(tally, sample.drawn.population)
    corrected = None if found is None else {**found._asdict(), "confidence": CONFIDENCE}
    drawn = _fields(sample.drawn)
    return {"entry": sample.entry, "agency": sample.agency, **drawn, "results": tally._asdict(), "estimate": corrected}


def _fields(message: Any) -> dict[str, Any]:
    unset = {
        field.name for field in message.DESCRIPTOR.fields if field.has_presence and not message.HasField(field.name)
    }
    return {field.name: getattr(message, field.name) for field in message.DESCRIPTOR.fields if field.name not in unset}


def _print_members(members: Any, results: Any) -> None:
    from ledgerctl.printers import print_table
    from ledgerctl.sampling.worksheet import RESULTS

    words = {code: zh for zh, code in RESULTS.items()}
    rows = [
        [str(number), one.key, one.log, str(one.index), words.get(results.get((one.log, one.index), ""), "–")]
        for number, one in enumerate(members, 1)
    ]
    print_table(["序号", "记录 key", "日志 log", "条目 entry", "结果 result"], rows)


def _print_estimate(sample: Any) -> None:
    from ledgerctl.printers import out
    from ledgerctl.sampling.estimate import CONFIDENCE, estimate

    drawn, tally = sample.drawn, sample.tally()
    out(
        f"{drawn.figure}: 属实 confirmed {tally.confirmed:,} · 不实 refuted {tally.refuted:,} · "
        f"无法核实 unreachable {tally.unreachable:,} · 未核 open {tally.pending:,} / {drawn.size:,}"
    )
    found = estimate(tally, drawn.population)
    if found is None:
        out("尚无核验结果 · nothing is verified yet")
        return
    out(
        f"公布 published {drawn.population:,} → 更正后 corrected {found.corrected:,} "
        f"({CONFIDENCE:.0%}: {found.least:,} – {found.most:,}; 无法核实者不计 what cannot be verified is not counted)"
    )
