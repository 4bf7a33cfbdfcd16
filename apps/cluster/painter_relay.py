"""Relay between a hub and a painter on another node.

``python -m apps.cluster.painter_relay ADDRESS SOCKET CATALOG``. To a hub it is a painter: the same socket,
heartbeats and log lines. It starts the painter on a node of a Ray cluster and passes bytes on, so the hub
itself never loads Ray, which ends its process when a cluster is lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
from typing import Any

import click

from apps.child_processes import ChildEndedError, end_with_parent, how_ended
from apps.cluster.cluster_errors import ClusterError, no_project
from apps.cluster.connecting import cause_of, connect
from apps.cluster.node_check import project_digest
from apps.cluster.painter_host import CHUNK, Chunk, PainterHost
from apps.heartbeat import Heartbeat
from apps.logs import configure_logging
from twin.errors import TwinError

PLACED_S = 25.0
"""Within which a node takes a painter, its Python's imports included."""


class PainterRelay:
    """Passes bytes between a hub and a painter on a node."""

    def __init__(self, ray: Any, sock: socket.socket) -> None:
        self._ray, self._sock = ray, sock

    async def run(self, arguments: tuple[str, ...]) -> None:
        """Pass on until either side ends.

        Raises ClusterError where no node takes the painter, ChildEndedError as it ends.
        """
        ray = self._ray
        starting = asyncio.create_task(Heartbeat(sys.stdout.fileno()).run())
        reader, writer = await asyncio.open_connection(sock=self._sock, limit=CHUNK)
        host = ray.remote(PainterHost).options(
            num_cpus=1, scheduling_strategy="SPREAD", max_restarts=0, max_concurrency=4
        )
        actor = host.remote()
        told = actor.run.options(num_returns="streaming").remote(project_digest(), arguments)
        reading = asyncio.create_task(self._hear(told, writer, starting))
        writing = asyncio.create_task(self._tell(actor, reader))
        try:
            await asyncio.wait((reading, writing), return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                reading.result()
        except ray.exceptions.RayError as error:
            raise ClusterError(
                f"the painter's node is gone or cannot run it: {cause_of(error)}",
                in_zh=f"绘图节点已失联或无法运行：{cause_of(error)}",
            ) from None
        finally:
            ray.kill(actor)

    async def _hear(self, told: Any, writer: asyncio.StreamWriter, starting: asyncio.Task[None]) -> None:
        """Write what the painter writes; from its first sign on the heartbeat is its own."""
        try:
            async with asyncio.timeout(PLACED_S) as limit:
                async for one in told:
                    limit.reschedule(None)
                    starting.cancel()
                    match await one:
                        case Chunk("picture", content):
                            writer.write(content)
                            await writer.drain()
                        case Chunk("beat", content):
                            _put(sys.stdout.fileno(), content)
                        case Chunk("log", content):
                            _put(sys.stderr.fileno(), content)
                        case str() as digest:
                            raise no_project(
                                "of a painter", f"{digest[:8]} there, {project_digest()[:8]} here"
                            )
                        case int() as status:
                            raise ChildEndedError(how_ended(status))
        except TimeoutError:
            raise ClusterError(
                f"no node of the Ray had a core free for a painter within {PLACED_S:g} s: fewer --painters, "
                "or more nodes",
                in_zh=f"集群在 {PLACED_S:g} 秒内没有空闲核心，请减少 --painters 或增加节点",
            ) from None

    async def _tell(self, actor: Any, reader: asyncio.StreamReader) -> None:
        while content := await reader.read(CHUNK):
            await actor.write.remote(content)


def _put(handle: int, content: bytes) -> None:
    with contextlib.suppress(OSError):
        os.write(handle, content)


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("address")
@click.argument("handle", type=int)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def relay(address: str, handle: int, arguments: tuple[str, ...]) -> None:
    """Start a painter on a node and relay its streams."""
    end_with_parent()
    configure_logging()
    status = 0
    try:
        ray = connect(address)
        asyncio.run(PainterRelay(ray, socket.socket(fileno=handle)).run(arguments))
    except TwinError as error:
        Heartbeat(sys.stdout.fileno()).failed(error)
        status = 1
    os._exit(status)


if __name__ == "__main__":
    relay()
