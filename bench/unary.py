"""One command a call, many callers at once: the followup service as it runs anywhere, beside a bare echo."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Final

from bench import echo, rig
from bench.load import calls_per_second, client
from bench.outcome import Outcome, against_sketch
from ledger_api.common.v1 import common_pb2
from ledger_api.followup.v1 import facts_pb2, followup_pb2

AT_LEAST: Final = 0.45
PATH: Final = "/ledger_api.followup.v1.FollowupService/OpenIssue"


def measure(folder: Path, *, quick: bool) -> list[Outcome]:
    """Calls a second, SQLite FULL, the relay at work beside it."""
    rounds, calls = (3, 2_000) if quick else (9, 6_000)
    request = fresh_issue().SerializeToString()
    with ExitStack() as stack:
        nats = stack.enter_context(rig.broker(folder))
        service = stack.enter_context(rig.service("followup", folder / "followup", nats.url))
        (folder / "echo").mkdir()
        bare = stack.enter_context(rig.process(["-m", "bench.echo"], folder / "echo", {}))
        ours, sketch, cpu = [], [], []
        for warming in (True, *[False] * rounds):
            sketched = calls_per_second(bare.address, echo.PATH, request, calls, folder)
            used = rig.cpu_seconds(service.pid)
            served = calls_per_second(service.address, PATH, request, calls, folder)
            if not warming:
                ours.append(served)
                sketch.append(sketched)
                cpu.append((rig.cpu_seconds(service.pid) - used) / calls * 1e6)
        recorded = rig.size_of_log(folder / "followup")
        if recorded != calls * (rounds + 1):
            raise RuntimeError(f"{calls * (rounds + 1)} commands were accepted and {recorded} entries recorded")
    return [
        against_sketch(
            "unary",
            "one command a call over gRPC, recorded and fsynced before it is answered",
            "calls/s",
            ours=ours,
            sketch=("bare grpc.aio echo", sketch),
            at_least=AT_LEAST,
            notes=[client(), f"the service used {sorted(cpu)[rounds // 2]:.0f} µs of processor time a call"],
        )
    ]


def fresh_issue() -> followup_pb2.OpenIssueRequest:
    """A command that names no aggregate: the same bytes again record another issue."""
    return followup_pb2.OpenIssueRequest(
        context=common_pb2.Context(agency="datong-hrss", actor="st_" + "7a1c" * 8),
        issue=facts_pb2.IssueOpened(
            programme="datong-hugong", region="630121", person="pr_" + "5d0c" * 8, kind="wages", opened_on="2025-03-05"
        ),
    )
