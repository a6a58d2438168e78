"""A service that serves nothing but health: what the process machinery needs to see of one.

Started as `python -m tests.support.fake_service`; LEDGER_NAME says which it plays. It fails to
start if a file `fail` lies in its key folder.
"""

from __future__ import annotations

import os

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from ledger.errors import Unavailable
from ledger.runtime.process import Process, run
from ledger.runtime.settings import ServiceSettings


async def serve(settings: ServiceSettings, process: Process) -> None:
    assert settings.key_dir is not None
    if (settings.key_dir / "fail").exists():
        raise Unavailable("told to fail")
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    servicer = health.aio.HealthServicer()
    await servicer.set("", health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    host = settings.listen.rpartition(":")[0]
    port = server.add_insecure_port(settings.listen)
    await server.start()
    process.ready(f"{host}:{port}")
    await process.stopping.wait()
    await server.stop(grace=1)


if __name__ == "__main__":
    run(os.environ["LEDGER_NAME"], serve)
