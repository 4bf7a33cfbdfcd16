"""``twin serve`` as a process, for tests that end its parts."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil


class Serving:
    """A server and its address; ``process`` starts the hub again, and the hub its painters."""

    def __init__(self, url: str, process: psutil.Process) -> None:
        self.url = url
        self.process = process

    @property
    def hub(self) -> psutil.Process | None:
        """The process that answers; None while there is none."""
        found = [child for child in self.process.children() if "--socket" in child.cmdline()]
        return found[0] if found else None

    @property
    def painters(self) -> list[psutil.Process]:
        return [one for one in self.process.children(recursive=True) if _paints(one)]


def _paints(process: psutil.Process) -> bool:
    try:
        return "apps.painter" in process.cmdline()
    except psutil.Error:  # it has just ended
        return False


@asynccontextmanager
async def serving(catalog: Path, *options: str) -> AsyncIterator[Serving]:
    """Serve a catalog on a free port until the end of the block; all of it has ended then."""
    command = [sys.executable, "-m", "apps.cli", "serve", "--open", str(catalog), "--port", "0", *options]
    child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert child.stdout is not None
    process = psutil.Process(child.pid)
    try:
        async with asyncio.timeout(60):
            line = (await child.stdout.readline()).decode()
        found = re.search(r"http://\S+", line)
        assert found is not None, line
        yield Serving(found.group(), process)
    finally:
        below = process.children(recursive=True)
        child.terminate()
        await child.wait()
        _, alive = await asyncio.to_thread(psutil.wait_procs, below, timeout=10)
        assert alive == [], "all of a server ends with it"
