"""`ledgerctl claims`: read published figures out of an article, and hold them against the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ledgerctl.options import DEFAULT_DATA_DIR, AsOf, DataDir, Json, Programme, Region

app = typer.Typer(
    help="Published figures held against the ledger 核对公开数字.", no_args_is_help=True, rich_markup_mode=None
)

#: Figures asked for at the same time: more than the audit service counts at once would only wait there.
AT_ONCE = 4


@app.callback()
def _claims() -> None:
    """Published figures held against the ledger 核对公开数字."""


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A claims.toml.")],
    point: AsOf = "",
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """Give each claim of FILE its verdict 逐条核对, with the ledger's value and the same facts in other units;
    then hold the claims against each other 相互核对.

    Exit 0: every claim is supported, and none contradicts another or itself. 1: anything else.

    \b
    Examples 示例:
      ledgerctl claims check examples/datong/claims.toml
      ledgerctl claims check examples/datong/claims.toml --json
    """
    from ledgerctl.claims import ClaimsError, contradictions, load
    from ledgerctl.failures import BadInput, ExitCode
    from ledgerctl.freshness import look, notes
    from ledgerctl.printers import print_json, say
    from ledgerctl.query import as_of
    from ledgerctl.session import run_async

    at = as_of(point)
    logs = look(data_dir)
    try:
        cut, judged = run_async(judge_all(data_dir, load(file), at))
    except ClaimsError as error:
        raise BadInput(str(error), "examples/datong/claims.toml shows the form") from error
    against = contradictions(judged)
    if as_json:
        found = [one.to_json() for one in against]
        print_json({"cut": cut, "claims": [one.to_json() for one in judged], "contradictions": found})
    else:
        print_judgements(cut, judged)
        print_contradictions(against)
    for note in notes(logs, cut, at):
        say(f"! {note}")
    if against or any(one.verdict != "supported" for one in judged):
        raise typer.Exit(ExitCode.FINDINGS)


@app.command("read")
def read(
    article: Annotated[Path, typer.Argument(metavar="ARTICLE.txt", help="UTF-8 or GB18030 text; - is standard input.")],
    out_file: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Default claims.toml; with --json none; - prints."),
    ] = None,
    programme: Programme = "",
    region: Region = "",
    as_of: Annotated[
        str,
        typer.Option("--as-of", metavar="DATE", help="The last day it speaks of 截止日期; without: its first date."),
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Write over FILE.")] = False,
    as_json: Json = False,
) -> None:
    """Find the figures an article may claim 读出公开数字, and write them down for a person to confirm.

    Each comes with its qualifier, unit, subject and sentence, and the figure it may speak of. What is
    damaged is marked doubtful, never guessed. `claims check` takes a claim only once somebody has
    written `confirmed = true` on it. Nothing is asked of the ledger.

    Exit 0: the article was read, also where it holds no figure. 2: it cannot be read, or FILE exists.

    \b
    Examples 示例:
      ledgerctl claims read 报道.txt --out claims.toml --programme datong-hugong --as-of 2025-06-20
      ledgerctl claims read 报道.txt --json
    """
    from ledgerctl import reading
    from ledgerctl.failures import BadInput
    from ledgerctl.printers import out, print_json, say

    _check_date(as_of)
    target = out_file if out_file is not None or as_json else Path("claims.toml")
    if target is not None and str(target) != "-" and target.exists() and not force:
        raise BadInput(
            f"{target} 已存在，没有覆盖 · {target} exists and was left alone",
            "--out 换个文件名 another name; --force 覆盖 writes over it",
        )
    try:
        text = reading.article(article)
    except reading.ArticleError as error:
        raise BadInput(str(error)) from error
    found = reading.read(text, as_of)
    if as_json:
        print_json([one.to_json() for one in found])
    doubtful = sum(one.doubtful for one in found)
    say(f"读出 {len(found)} 条，存疑 {doubtful} 条 · {len(found)} candidates, {doubtful} of them doubtful")
    if target is None:
        return
    day = as_of or reading.first_date(text)
    if not day:
        say("文中没有日期：请填 as_of，或用 --as-of 重读 · no date in the article: fill in as_of, or use --as-of")
    elif not as_of:
        say(f"截止日期取文中第一个日期 {day} · as_of is the first date of the article, {day}")
    name = "标准输入 standard input" if str(article) == "-" else article.name
    written = reading.claims_toml(found, name=name, as_of=day, programme=programme, region=region)
    if str(target) == "-":
        out(written)
        return
    try:
        target.write_text(written, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"写不了 {target} · cannot write {target}: {error.strerror}", "--out FILE") from error
    say(f"已写入 {target}；逐条核对，改为 confirmed = true，再 claims check · written: confirm each, then check")


def _check_date(as_of: str) -> None:
    from datetime import date

    from ledgerctl.failures import BadInput

    try:
        date.fromisoformat(as_of or "2025-06-20")
    except ValueError as error:
        raise BadInput(
            f"--as-of {as_of}: 应为日期 · must be a date", "写成 2025-06-20 · write it as 2025-06-20"
        ) from error


async def judge_all(data_dir: Path, claims: Any, point: Any = None) -> tuple[dict[str, int], list[Any]]:
    """(cut, judgements): all claims at one cut, that of `point` (None: now).

    What several claims ask for is counted once, a few at a time.
    """
    import asyncio

    from ledger_api.audit.v1 import audit_pb2 as pb
    from ledgerctl.claims import judge, judge_alone, siblings
    from ledgerctl.session import open_session

    def asks(claim: Any) -> list[tuple[Any, ...]]:
        names = (claim.figure, *siblings(claim.figure)) if claim.figure else ()
        return [(figure, *sorted(claim.query().items())) for figure in names]

    asked = {key: (claim, key[0]) for claim in claims for key in asks(claim)}
    async with open_session(data_dir) as session:
        cut: dict[str, int] = {}
        answers: dict[tuple[Any, ...], Any] = {}
        at_once = asyncio.Semaphore(AT_ONCE)

        async def ask(key: tuple[Any, ...]) -> None:
            async with at_once:
                answers[key] = (await _figure(session, *asked[key], there))[1]

        if asked:
            # the first answer's cut holds for all the others
            first = next(iter(asked))
            cut, answers[first] = await _figure(session, *asked[first], point)
            there = pb.AsOf(cut=pb.Cut(sizes=cut))
            await asyncio.gather(*(ask(key) for key in asked if key != first))
    judged = []
    for claim in claims:
        found = [answers[key] for key in asks(claim)]
        judged.append(judge(claim, found[0], found[1:]) if found else judge_alone(claim))
    return cut, judged


async def _figure(session: Any, claim: Any, figure: str, point: Any) -> tuple[dict[str, int], Any]:
    from ledgerctl.query import get_figure, parameters

    query = claim.query()
    known = {name: query.pop(name, "") for name in ("programme", "region", "from", "to")}
    asked = parameters(known["programme"], known["region"], known["from"], known["to"], query)
    return await get_figure(session, figure, asked, point)


def print_judgements(cut: dict[str, int], judged: list[Any]) -> None:
    """The table for people, then each sentence with its verdict and what it rests on."""
    from ledgerctl.claims.telling import VERDICTS, lines, notes
    from ledgerctl.printers import out, print_table
    from ledgerctl.query import cut_text

    print_table(
        ["编号 id", "公开表述 stated", "台账 ledger", "另计 also", "结论 verdict"],
        [
            [
                one.claim.id,
                one.stated.text,
                one.reading.text,
                " · ".join(other.text for other in one.others) or "–",
                VERDICTS[one.verdict],
            ]
            for one in judged
        ],
        styles={VERDICTS["supported"]: "green", VERDICTS["contradicted"]: "bold red"},
        whole=("编号 id",),
        spare=("另计 also",),
    )
    for one in judged:
        for line in lines(one):
            out(line)
    for note in notes(judged):
        out(f"! {note}")
    out(cut_text(cut))


def print_contradictions(against: Any) -> None:
    """What the claims say against each other, in words."""
    from ledgerctl.printers import out

    if against:
        out(f"相互矛盾 {len(against)} 处 · contradictions among the claims: {len(against)}")
    for one in against:
        out(f"  [{one.rule}] {one.zh}")
        out(f"  {' ' * (len(one.rule) + 2)} {one.en}")
