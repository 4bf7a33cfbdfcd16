"""Run the hub: port, TLS, trial of OpenGL, signals."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from socket import socket
from typing import TYPE_CHECKING, Any

import click
from aiohttp import web

from apps.hub.edge import EdgeRunner
from apps.hub.hub_server import Hub
from apps.hub.port import listen
from apps.hub.store_lease import require_one_machine
from apps.memory import set_malloc_thresholds
from apps.painter.painter_client import COMMAND
from apps.systemd import notify, stay_alive
from layers.gl.offscreen import require_opengl
from twin.store import Store

if TYPE_CHECKING:
    from apps.hub.sign_in.listening import Listening
    from meshes.pipeline import Detail


def serve(
    catalog: Path,
    *,
    root: Path | None = None,
    store: Path | None = None,
    detail: Detail | None = None,
    listening: Listening,
    painters: int | None = None,
    painter_command: Sequence[str] = COMMAND,
    users: Path | None = None,
    sock: socket | None = None,
) -> None:
    """Serve a basin until the process is ended.

    What is missing is built first. Without ``users`` nobody needs to sign in. With ``sock``, which listens
    there already, no other is opened.

    Raises CatalogError where the catalog cannot be used, NoOpenGLError where this machine cannot draw, and
    what :meth:`Listening.check` and :func:`apps.hub.port.listen` raise.
    """
    listening.check(users)
    require_one_machine(Store.beside(catalog, store).folder)
    sock = sock or listen(listening.host, listening.port)
    set_malloc_thresholds()
    where: dict[str, Any] = {"root": root, "store": store, "detail": detail, "users": users}
    where |= {"painters": painters, "painter_command": painter_command}
    with contextlib.suppress(web.GracefulExit):  # a signal that ends it is no failure
        asyncio.run(_serve(catalog, listening, sock, **where))


async def _serve(catalog: Path, listening: Listening, sock: socket, **where: Any) -> None:
    with ThreadPoolExecutor(1) as trial:
        can_draw = trial.submit(require_opengl)  # a second, beside the making of the page
        hub = Hub(catalog, **where, proxies=listening.proxies)
        await asyncio.wrap_future(can_draw)
    certificate = listening.certificate
    if certificate is not None:
        hub.app.cleanup_ctx.append(certificate.follow)
    runner = EdgeRunner(hub.app, handle_signals=True)
    await runner.setup()
    alive = None
    try:
        context = None if certificate is None else certificate.context
        site = web.SockSite(runner, sock, ssl_context=context)
        await site.start()
        address = listening.address(runner.addresses[0][1])
        click.echo(address)
        if hub.sign_in is not None and (first := hub.sign_in.first_link.address):
            click.echo(f"No users yet. Within an hour, make the administrator at: {address}{first}")
        alive = asyncio.create_task(stay_alive())
        with contextlib.suppress(asyncio.CancelledError, web.GracefulExit):
            await asyncio.Event().wait()
    finally:
        notify("STOPPING=1")
        if alive is not None:
            alive.cancel()
        await runner.cleanup()
