"""What both ends of a call agree on. A client needs this and nothing of the server."""

from __future__ import annotations

from typing import Any, Final

import grpc
from google.rpc.status_pb2 import Status

MESSAGE_BYTES_MAX: Final = 4 * 1024 * 1024
#: Where a failed call carries its `google.rpc.Status`.
DETAILS_KEY: Final = "grpc-status-details-bin"


def read_details(error: grpc.aio.AioRpcError | grpc.RpcError) -> Status | None:
    """The status that came with a failed call; None: the server sent none."""
    metadata: Any = error.trailing_metadata()
    for key, value in metadata or ():
        if key == DETAILS_KEY:
            return Status.FromString(value)
    return None
