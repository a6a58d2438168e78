"""Is a process serving yet? Asked of itself, over the wire."""

from __future__ import annotations

import socket

from ledgerctl.embedded.home import Home
from ledgerctl.embedded.layout import BROKER
from ledgerctl.embedded.ports import LOOPBACK

ANSWER_SECONDS_MAX = 1.0


def is_ready(home: Home, name: str) -> bool:
    """Whether the living process answers: the broker greets, a service says SERVING."""
    if not home.slot(name).alive:
        return False
    if name == BROKER:
        return broker_greets(home.ports[BROKER])
    told = home.slot(name).ready()
    return told is not None and service_serves(str(told["address"]))


def broker_greets(port: int) -> bool:
    """Whether something on this port speaks first as NATS does."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=ANSWER_SECONDS_MAX) as connection:
            return connection.recv(5) == b"INFO "
    except OSError:
        return False


def service_serves(address: str) -> bool:
    """Whether the gRPC health service there says SERVING."""
    import grpc
    from grpc_health.v1 import health_pb2, health_pb2_grpc

    with grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)]) as channel:
        check = health_pb2_grpc.HealthStub(channel).Check  # type: ignore[attr-defined]  # not in its stubs
        try:
            answer = check(health_pb2.HealthCheckRequest(), timeout=ANSWER_SECONDS_MAX)
        except grpc.RpcError:
            return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)
