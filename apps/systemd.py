"""Notify systemd: ready, and alive as long as the event loop runs."""

from __future__ import annotations

import asyncio
import os
import socket

ALIVE_EVERY_S = 5.0


def notify(state: str) -> bool:
    """Send a state such as ``READY=1`` to systemd.

    False where it did not start this process with ``Type=notify``.
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]  # Linux' abstract namespace
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
            sending.setblocking(False)
            sending.sendto(state.encode(), address)
    except OSError:
        return False
    return True


async def stay_alive() -> None:
    """Send ready, then signs of life for the watchdog, until cancelled."""
    notify("READY=1")
    while True:
        notify("WATCHDOG=1")
        await asyncio.sleep(ALIVE_EVERY_S)
