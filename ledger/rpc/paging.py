"""Page sizes and page tokens (AIP-158): a size is coerced, a token is opaque and says where to go on."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import msgspec

from ledger.rpc.checks import Malformed


def size_of_page(asked: int, *, default: int, most: int) -> int:
    """What to answer: `default` for 0, never more than `most`."""
    return default if asked <= 0 else min(asked, most)


def token(place: Any) -> str:
    """An opaque token for a place, given as any JSON value."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode()


def place_of(page_token: str, kind: Any) -> Any:
    """The place a token stands for, as `kind`; None for an empty token. Raises Malformed."""
    if not page_token:
        return None
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(page_token), type=kind)
    except (binascii.Error, ValueError, msgspec.DecodeError):
        raise Malformed(
            [("page_token", "page_token", "this is no page token of this method; start again without one")]
        ) from None
