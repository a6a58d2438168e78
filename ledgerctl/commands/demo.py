"""`ledgerctl demo`: one programme from its registers to a figure that proves itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ledgerctl.options import DEFAULT_DATA_DIR, DataDir

#: The folder with the examples lies beside the code: a demonstration is run from a checkout.
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
#: The figure whose evidence is shown, and which is published and proven.
SHOWN = "agreements_signed"
#: Where its bundle and the policy are left, in the data folder.
FOLDER = "demo"


def run(
    programme: Annotated[str, typer.Option("--programme", help="A folder under examples/ 示例.")] = "datong",
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Hand in a programme's registers, count, check the claims, show evidence, publish and prove a figure 演示.

    It starts the ledger and stops it. It can be run again over the same data: what is recorded or published
    already stays as it is. Exit 0: the figure is proven; otherwise what the verifier says: 1 contradicted,
    2 not enough, 3 malformed.

    \b
    Examples 示例:
      ledgerctl demo
      ledgerctl demo --programme datong --data-dir /tmp/ledger
    """
    from ledgerctl.embedded.control import start, stop_all
    from ledgerctl.embedded.home import Home
    from ledgerctl.failures import BadInput
    from ledgerctl.printers import say
    from ledgerctl.session import run_async

    folder = EXAMPLES / programme
    registers = sorted(folder.glob("*.xlsx"))
    registers = [path for path in registers if not path.name.endswith(".rejected.xlsx")]
    if not registers:
        known = ", ".join(sorted(path.parent.name for path in EXAMPLES.glob("*/claims.toml")))
        raise BadInput(f"没有示例 {programme} · there is no example {programme}", f"there are: {known}")
    home = Home(data_dir)
    say("① 启动台账 · starting the ledger")
    started = start(home, say)
    try:
        verdict = run_async(_show(data_dir, folder, registers))
    finally:
        if started.kept:
            say("台账原已在运行,保持运行 · the ledger was running before and is left running: ledgerctl down")
        else:
            stop_all(home, say)
            say("✓ 台账已停止,数据保留 · the ledger is stopped, its data stays; start it with: ledgerctl up")
    if verdict:
        raise typer.Exit(verdict)


async def _show(data_dir: Path, folder: Path, registers: list[Path]) -> int:
    """All that is shown; returns the verifier's exit code."""
    from ledger_api.audit.v1 import audit_pb2 as pb
    from ledgerctl.claims import contradictions, load
    from ledgerctl.commands.claims import judge_all, print_contradictions, print_judgements
    from ledgerctl.commands.figures import count, print_figures
    from ledgerctl.importing.handing_in import HandIn, Stated, hand_in, setup_for
    from ledgerctl.importing.telling import told
    from ledgerctl.printers import say
    from ledgerctl.query import parameters

    setup = setup_for(registers[0], Stated("", "", ""))
    say(f"② 导入台账 · handing in {len(registers)} workbooks of {setup.programme}")
    told(await hand_in(data_dir, HandIn(registers, Stated("", "", ""), None, "sv_demo", None, True)))
    claims = load(folder / "claims.toml")
    end = max(claim.as_of for claim in claims)
    asked = parameters(setup.programme, end=end)
    say(f"③ 统计指标 · figures of {setup.programme} to {end}")
    cut, figures = await count(data_dir, [], asked, None)
    print_figures(cut, figures)
    say("④ 核对公开数字 · the published figures")
    cut, judged = await judge_all(data_dir, claims)
    print_judgements(cut, judged)
    print_contradictions(contradictions(judged))
    say("⑤ 证据 · the evidence of one record")
    await _evidence(data_dir, asked, pb.AsOf(cut=pb.Cut(sizes=cut)))
    left = data_dir.resolve() / FOLDER  # noqa: ASYNC240  # nothing else runs meanwhile
    left.mkdir(exist_ok=True)
    say("⑥ 公布一个数字,由旁人独立核验 · one figure is published, and checked by a program that trusts nobody here")
    return await _proof(data_dir, asked, left)


async def _evidence(data_dir: Path, asked: Any, point: Any) -> None:
    import hashlib

    from ledger_api.audit.v1 import audit_pb2 as pb
    from ledgerctl.printers import out
    from ledgerctl.query import all_members
    from ledgerctl.session import open_session

    async with open_session(data_dir) as session:
        async for member in all_members(session, SHOWN, asked, point, page_size=50):
            if member.counted:
                break
        else:
            out("没有记录 · no record")
            return
        request = pb.GetEntryRequest(log=member.log, index=member.index)
        answer = await session.client("audit").call("GetEntry", request)
    out(f"  {member.key}  {member.person}  → {member.log} @ {member.index}")
    out(f"  {answer.leaf.decode()}")
    leaf_hash = hashlib.sha256(b"\x00" + answer.leaf).hexdigest()
    out(f"  SHA-256(0x00 || bytes) = {leaf_hash}")


async def _proof(data_dir: Path, asked: Any, folder: Path) -> int:
    """Publish the figure, export it to `folder`, have it verified; returns the verifier's exit code."""
    import asyncio
    import shlex

    from ledger.policy import NONE, Policy
    from ledger.runtime.process import write_atomically
    from ledgerctl.exporting.collect import collect
    from ledgerctl.exporting.published import at
    from ledgerctl.failures import Failure
    from ledgerctl.printers import out
    from ledgerctl.publishing import proving
    from ledgerctl.publishing.publish import Wanted, publish
    from ledgerctl.session import open_session
    from ledgerctl.vkeys import vkeys

    bundle, policy = folder / f"{SHOWN}.tar.gz", folder / "policy.txt"
    keys = tuple(vkeys(data_dir).values())
    write_atomically(policy, Policy(keys, {}, {}, NONE).text())
    async with open_session(data_dir) as session:
        try:
            receipt, published = await publish(session, Wanted(SHOWN, asked, None, "", "sv_demo", ""))
        except Failure as no:
            raise Failure(no.message, f"ledgerctl up --detach; {no.remedy}") from no
        report = await collect(session, await at(session, published.index), keys, bundle)
    again = "已有公布 published before" if receipt.duplicate else "已公布 published"
    out(f"  {again}: {published.value} {published.unit}  → {receipt.log} @ {published.index}")
    out(f"  {report['entries']:,} entries, {report['members']:,} members  → {bundle}")
    out(f"  $ {shlex.join(proving.command(bundle, policy))}")
    verdict = await asyncio.to_thread(proving.prove, bundle, policy)
    for line in verdict.said:
        out(f"  {line}")
    return verdict.code
