"""Read the calls of browsers and pack the answers, as wslink does.

A message is twelve bytes (id, offset, size) and msgpack. wslink lets a message come in pieces and allocates
what the first piece declares: 26 kB of such headers took 508 MB. A page's messages fit into one piece, so
others are refused and nothing is ever pending.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgpack

from twin.errors import TwinError

LARGEST_MESSAGE = 256 * 1024
"""Bytes of one message from a browser; a scene's link is the longest that the page sends."""
LONGEST_ID = 64
PIECE = 64 * 1024
"""Longer messages to a browser come in pieces of so many bytes: each is a sign of life on a slow line."""
_HEADER = struct.Struct("<III")

METHOD_NOT_FOUND = -32601
FAILED = -32001


class BrowserMessageError(TwinError):
    """Message that no page of ours sends."""

    zh = "收到的消息不是本系统页面所发，已拒绝"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Call of a method, with an id for its answer."""

    id: str
    method: str
    args: list[Any]
    kwargs: dict[str, Any]


def read_call(message: bytes) -> Call:
    """Read a message.

    Raises BrowserMessageError, whose text names nothing that the message holds.
    """
    if len(message) <= _HEADER.size or len(message) > LARGEST_MESSAGE:
        raise BrowserMessageError("a message without content, or one that is too long")
    _, offset, size = _HEADER.unpack_from(message)
    if offset or size != len(message) - _HEADER.size:
        raise BrowserMessageError("a message in pieces")
    try:
        found = msgpack.unpackb(memoryview(message)[_HEADER.size :])
    except Exception:  # noqa: BLE001  (msgpack raises a dozen kinds at a stranger's bytes)
        raise BrowserMessageError("a message that is no msgpack") from None
    if not isinstance(found, dict):
        raise BrowserMessageError("a message that is no call")
    id_, method = found.get("id"), found.get("method")
    args, kwargs = found.get("args") or [], found.get("kwargs") or {}
    if not (isinstance(id_, str) and isinstance(method, str) and len(id_) <= LONGEST_ID):
        raise BrowserMessageError("a call without an id or a method")
    if not (
        isinstance(args, list) and isinstance(kwargs, dict) and all(isinstance(key, str) for key in kwargs)
    ):
        raise BrowserMessageError("a call whose arguments are no list")
    return Call(id=id_, method=method, args=args, kwargs=kwargs)


def as_answer(id_: str, result: Any) -> bytes:
    """Pack an answer, or what is published.

    Raises TypeError, ValueError or OverflowError for what cannot be packed.
    """
    return _as_message({"wslink": "1.0", "id": id_, "result": result})


def as_error(id_: str, code: int, text: str) -> bytes:
    """Pack the answer to a call that failed."""
    return _as_message({"wslink": "1.0", "id": id_, "error": {"code": code, "message": text}})


def pieces(message: bytes) -> Iterator[bytes]:
    """Split a packed message as wslink's client puts it together."""
    if len(message) <= PIECE:
        yield message
        return
    content = memoryview(message)[_HEADER.size :]
    for offset in range(0, len(content), PIECE):
        yield _HEADER.pack(1, offset, len(content)) + content[offset : offset + PIECE]


def _as_message(content: Mapping[str, Any]) -> bytes:
    packed: bytes = msgpack.packb(content)
    return _HEADER.pack(1, 0, len(packed)) + packed
