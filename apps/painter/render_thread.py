"""Thread that owns VTK.

An OpenGL context belongs to the thread that made it, and drawing a frame takes tens of milliseconds on a
CPU. VTK lets go of the interpreter while it draws, so a thread of its own leaves the event loop free to
read the mouse and to send the frame before. Whatever touches the scene goes through :meth:`call` or
:meth:`post`; nothing else may.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


class RenderThread:
    """Runs functions in order on one thread."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="render")

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``function`` on the render thread and await its result."""
        return await asyncio.wrap_future(self._pool.submit(function, *args, **kwargs))

    def post(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> None:
        """Schedule ``function`` on the render thread.

        What it raises is logged.
        """
        self._pool.submit(function, *args, **kwargs).add_done_callback(_log_failure)

    def close(self) -> None:
        """Drop what waits and let the running call end."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _log_failure(future: Future[T]) -> None:
    if not future.cancelled() and (error := future.exception()) is not None:
        logger.error("the scene refused a change", exc_info=error)
