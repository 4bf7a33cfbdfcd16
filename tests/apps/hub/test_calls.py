"""A browser's bytes are a call, or are refused with a line that holds nothing of them."""

from __future__ import annotations

import contextlib
import random
import struct
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.hub.calls import LARGEST_MESSAGE, BrowserMessageError, as_answer, as_error, read_call


def _message(content: Any) -> bytes:
    return _framed(msgpack.packb(content))


def _framed(packed: bytes, *, offset: int = 0, size: int | None = None) -> bytes:
    return struct.pack("<III", 7, offset, len(packed) if size is None else size) + packed


CALL = {"wslink": "1.0", "id": "rpc:1", "method": "m", "args": [1], "kwargs": {"a": 2}}


def test_a_call_is_read() -> None:
    call = read_call(_message(CALL))
    assert (call.id, call.method, call.args, call.kwargs) == ("rpc:1", "m", [1], {"a": 2})
    assert read_call(_message({"id": "rpc:2", "method": "m"})).args == []


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\0" * 12,
        _framed(b"\xc0"),
        _framed(msgpack.packb(CALL), offset=1),
        _framed(msgpack.packb(CALL), size=4_000_000_000),
        _framed(b"x", size=256 * 1024),
        _framed(b"\xc1"),
        _framed(msgpack.packb(CALL) + b"more"),
        _framed(b"\x91" * 100_000 + b"\x01"),
        _framed(b"\xdd\xff\xff\xff\xff"),
        _framed(b"\xdf\xff\xff\xff\xff"),
        _framed(b"\xc6\xff\xff\xff\xff"),
        _framed(b"\xd6\xff" + b"\xff" * 4),
        _framed(bytes(LARGEST_MESSAGE)),
        _message([1, 2]),
        _message({**CALL, "id": None}),
        _message({**CALL, "id": "x" * 65}),
        _message({**CALL, "method": ["m"]}),
        _message({**CALL, "args": "abc"}),
        _message({**CALL, "kwargs": [1]}),
        _message({**CALL, "kwargs": {b"a": 1}}),
    ],
)
def test_what_is_no_call_is_refused_in_a_short_line(message: bytes) -> None:
    with pytest.raises(BrowserMessageError) as refused:
        read_call(message)
    text = str(refused.value)
    assert len(text) < 80 and "\n" not in text and "xxx" not in text


@given(st.binary(max_size=300))
def test_random_bytes_are_a_call_or_refused(packed: bytes) -> None:
    for message in (packed, _framed(packed)):
        with contextlib.suppress(BrowserMessageError):
            read_call(message)


def test_a_call_with_bytes_changed_is_a_call_or_refused() -> None:
    chance = random.Random(18)
    whole = _message({**CALL, "args": [list(range(20)), {"a": 1.5, "b": None}]})
    for _ in range(3000):
        changed = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            changed[chance.randrange(12, len(changed))] = chance.randrange(256)
        with contextlib.suppress(BrowserMessageError):
            read_call(bytes(changed))


def test_answers_are_in_one_piece() -> None:
    for message in (as_answer("rpc:1", {"a": b"x" * 100}), as_error("rpc:1", -32601, "no such method")):
        _, offset, size = struct.unpack_from("<III", message)
        assert (offset, size) == (0, len(message) - 12)
        assert msgpack.unpackb(message[12:])["id"] == "rpc:1"
