"""Keep digests of the state that was sent to a browser."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

SHORT = 64
"""Bytes up to which a packed value is kept itself."""


class SentState(dict[str, Any]):
    """State values that were sent, in the place of trame's packed copies.

    Those of the page's template, texts and chart are the same on all desks and take 240 kB each.
    """

    def __init__(self, packed: Mapping[str, bytes]) -> None:
        super().__init__()
        self.update(packed)

    def update(self, packed: Mapping[str, bytes]) -> None:  # type: ignore[override]
        """Note packed values as sent."""
        super().update({key: one if len(one) <= SHORT else _Digest(one) for key, one in packed.items()})


class _Digest:
    """Digest that equals the bytes that it is of."""

    __hash__ = None  # type: ignore[assignment]
    __slots__ = ("_digest",)

    def __init__(self, packed: bytes) -> None:
        self._digest = _digest(packed)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, bytes) and _digest(other) == self._digest


def _digest(packed: bytes) -> bytes:
    return blake2b(packed, digest_size=16).digest()
