"""Check the sockets of browsers, and cut those that have gone."""

from __future__ import annotations

import asyncio
import contextlib
import socket as sockets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apps.hub.liveness import Liveness
from apps.hub.refusal_counter import refusals
from apps.hub.sign_in.listening import is_loopback

if TYPE_CHECKING:
    from aiohttp import web

    from apps.stream.pacing import Credit

CHECK_EVERY_S = 0.5
SIGNED_IN_EVERY = 6
"""Checks; a desk is closed so soon after its visitor was signed out, removed or given other rights."""
UNSENT = 128 * 1024
"""Bytes that the system takes beyond those on the line; what waits longer can still be replaced here."""
_BYTES_ACKED = slice(120, 128)
"""tcpi_bytes_acked in Linux' struct tcp_info (linux/tcp.h)."""


@dataclass(frozen=True, kw_only=True)
class DeskLimits:
    """Most desks open at once.

    In all, of an address, of who has signed in.
    An office comes from one address; this machine's own has no limit (programs, proxies).
    """

    desks: int = 400
    of_address: int = 100
    of_visitor: int = 20


class BrowserSocket:
    """WebSocket of a browser, with the signs of its being alive.

    ``credit`` counts its pictures; ``signed_in`` returns whether its visitor is still who opened it;
    ``visitor`` is that one's name, '' where nobody signs in.
    """

    def __init__(
        self,
        socket: web.WebSocketResponse,
        request: web.Request,
        credit: Credit,
        signed_in: Callable[[], bool],
        visitor: str,
    ) -> None:
        self.socket = socket
        self.signed_in = signed_in
        self.address, self.visitor = request.remote or "", visitor
        self.liveness = Liveness(clock=time.monotonic)
        self._transport = request.transport
        self._credit = credit
        self._tcp: Any = request.get_extra_info("socket")
        with contextlib.suppress(OSError, AttributeError):  # not TCP, or not Linux
            self._tcp.setsockopt(sockets.IPPROTO_TCP, sockets.TCP_NOTSENT_LOWAT, UNSENT)

    async def check(self) -> None:
        """Check the browser: ping it, or cut it."""
        if self._transport is None or self._transport.is_closing():
            return
        waiting = self._transport.get_write_buffer_size()
        unconfirmed_s = self._credit.unconfirmed_s
        if self.liveness.rests(waiting=waiting > 0, unconfirmed_s=unconfirmed_s):
            return
        found = self.liveness.look(
            taken=self._taken(waiting),
            waiting=waiting > 0,
            unconfirmed_s=unconfirmed_s,
            slowest_s=self._credit.slowest_s,
        )
        if found == "cut":
            refusals.refuse("a browser that takes nothing of what is sent was cut")
            self.cut()
        elif found == "ping":
            with contextlib.suppress(ConnectionError):
                await self.socket.ping()

    def cut(self) -> None:
        """End the connection at once, without a goodbye."""
        if self._transport is not None:
            self._transport.abort()

    def _taken(self, waiting: int) -> int:
        """Bytes that the browser's system has acknowledged."""
        try:
            info = self._tcp.getsockopt(sockets.IPPROTO_TCP, sockets.TCP_INFO, _BYTES_ACKED.stop)
            return int.from_bytes(info[_BYTES_ACKED], "little")
        except (OSError, AttributeError):
            return -waiting


class SocketWatch:
    """Check of all open sockets, by one timer."""

    def __init__(self, limits: DeskLimits | None = None) -> None:
        self.limits = DeskLimits() if limits is None else limits
        self._open: set[BrowserSocket] = set()

    def __len__(self) -> int:
        return len(self._open)

    def is_full(self, address: str, visitor: str) -> bool:
        """Return whether a visitor at an address gets no other desk."""
        limits = self.limits
        of_address = sum(one.address == address for one in self._open if not is_loopback(address))
        of_visitor = sum(one.visitor == visitor for one in self._open if visitor)
        return (
            len(self._open) >= limits.desks
            or of_address >= limits.of_address
            or of_visitor >= limits.of_visitor
        )

    def add(self, browser: BrowserSocket) -> None:
        """Check a socket from now on."""
        self._open.add(browser)

    def discard(self, browser: BrowserSocket) -> None:
        """Check a socket no longer."""
        self._open.discard(browser)

    async def run(self) -> None:
        """Check all sockets until cancelled."""
        checks = 0
        while True:
            await asyncio.sleep(CHECK_EVERY_S)
            checks += 1
            for browser in tuple(self._open):
                await browser.check()
                if checks % SIGNED_IN_EVERY == 0 and not browser.signed_in():
                    browser.cut()
