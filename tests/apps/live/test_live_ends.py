"""The live service ends when it is told to, at whatever moment that comes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import psutil
import pytest

from apps.live.server import LiveServer


class Source:
    """Nothing ever happens here, but it may be said to."""

    def on_change(self, wake: Any) -> None:
        self.wake = wake

    def now(self) -> None:
        return None


@pytest.mark.parametrize("steps", range(8))
def test_a_server_that_is_told_to_end_as_something_changes_ends(tmp_path: Path, steps: int) -> None:
    """With Python 3.11's ``wait_for`` one of these moments was lost, and the service outlived its server."""

    async def told() -> None:
        source = Source()
        server = LiveServer(source, folder=tmp_path)  # type: ignore[arg-type]
        telling = asyncio.create_task(server._publish())
        for _ in range(3):
            await asyncio.sleep(0)
        source.wake()
        for _ in range(steps):
            await asyncio.sleep(0)
        telling.cancel()
        done, _ = await asyncio.wait([telling], timeout=2.0)
        assert done

    asyncio.run(told())


@pytest.mark.parametrize("steps", range(8))
def test_a_server_that_is_told_to_end_as_it_starts_listens_no_longer(tmp_path: Path, steps: int) -> None:
    """Python's start_server loses its socket where it is cancelled at one moment of these."""

    async def started() -> set[tuple[str, int]]:
        server = LiveServer(Source(), folder=tmp_path)  # type: ignore[arg-type]
        running = asyncio.create_task(server.run())
        for _ in range(steps):
            await asyncio.sleep(0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return _listening()

    before = _listening()
    assert asyncio.run(started()) == before
    assert not list(tmp_path.iterdir())


def _listening() -> set[tuple[str, int]]:
    own = psutil.Process().net_connections("tcp")
    return {tuple(at.laddr) for at in own if at.status == psutil.CONN_LISTEN}
