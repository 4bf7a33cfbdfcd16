"""Listen on the address of a server."""

from __future__ import annotations

import errno
import socket

from twin.errors import TwinError

BACKLOG = 128
"""Connections that wait while the hub starts."""


class PortBusyError(TwinError):
    """Port is taken; attributes ``host`` and ``port``."""

    zh = "端口 {port} 已被占用，请用 --port 换一个"


class AddressError(TwinError):
    """Address cannot be bound; attributes ``host`` and ``port``."""

    zh = "无法在 {host}:{port} 上监听，请检查 --host 与 --port"


def listen(host: str, port: int) -> socket.socket:
    """Open a listening socket; port 0 is any free one.

    Raises PortBusyError or AddressError.
    """
    try:
        return socket.create_server((host, port), backlog=BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortBusyError(
                f"port {port} on {host} is taken: choose another with --port", host=host, port=port
            ) from error
        raise AddressError(
            f"cannot listen on {host}:{port}: {error.strerror or error}", host=host, port=port
        ) from error
