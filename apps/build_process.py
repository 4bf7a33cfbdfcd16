"""Run a build in a child process, with progress as JSON lines.

A server builds in a child, so that what building needs (compiler, GDAL, data frames) never swells the
process that draws.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from apps.child_processes import end
from twin.bilingual import in_both
from twin.build import Step
from twin.errors import TwinError
from twin.store import Generation

if TYPE_CHECKING:
    from meshes.pipeline import Detail

logger = logging.getLogger(__name__)

LEFT_OUT = 3
"""Exit status of ``twin build`` and ``twin check`` where the basin can be opened without one of its entries,
or without what ``site.yaml`` says; 1 where it cannot be built at all."""
ALIVE_EVERY_S = 1.0
SILENT_S, HUNG_S = 30.0, 600.0
"""From when on a silent build is told of, and ended."""
PUBLISHED, OUTCOME = "published", "outcome"
"""The key of a line that names a generation, and of the one that says what it lacks."""


class BuildFailedError(TwinError):
    """Build process ended with an error; the message is its own line."""

    zh = "数据产品生成失败：{message}"


@dataclass(frozen=True, kw_only=True)
class BuildState:
    """Progress of a build, named in both languages.

    What is being made, part done 0–1, seconds left.
    """

    title: Mapping[str, str]
    done: float
    seconds_left: float
    silent_s: float = 0.0
    """Seconds without a sign of life of the process that builds; 0 while it gives signs."""


def json_lines(stream: TextIO) -> Callable[..., None]:
    """Return a progress callback that prints JSON lines.

    One for each state, for the process that started this one.
    """

    def tell(step: Step, *, done: float, seconds_left: float) -> None:
        state = BuildState(title=in_both(*step.title), done=done, seconds_left=seconds_left)
        stream.write(json.dumps(asdict(state), ensure_ascii=False) + "\n")
        stream.flush()

    return tell


@contextmanager
def signs_of_life(stream: TextIO) -> Iterator[None]:
    """Print empty documents regularly from a thread, as a heartbeat.

    A step may take minutes without progress.
    """
    over = threading.Event()

    def beat() -> None:
        while not over.wait(ALIVE_EVERY_S):
            stream.write("{}\n")
            stream.flush()

    thread = threading.Thread(target=beat, name="signs of life", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def published_line(stream: TextIO) -> Callable[[Generation], None]:
    """Return a callback that prints published generations as JSON lines.

    The id of each generation that can be opened.
    """

    def tell(generation: Generation) -> None:
        stream.write(json.dumps({PUBLISHED: generation.id}) + "\n")
        stream.flush()

    return tell


def outcome_line(stream: TextIO, outcome: dict[str, object]) -> None:
    """Print what a build omitted or doubts as one JSON line."""
    stream.write(json.dumps({OUTCOME: outcome}, ensure_ascii=False) + "\n")
    stream.flush()


async def build_in_child(
    catalog: Path,
    *,
    root: Path | None,
    store: Path | None,
    detail: Detail | None = None,
    on_state: Callable[[BuildState], None],
    on_published: Callable[[str], None] = lambda generation: None,
) -> None:
    """Run ``twin build`` in a child process and yield its states.

    And the generations that it publishes. A child that gives no sign of life is told as a state with
    ``silent_s``, and ended after ten minutes: a step that holds the interpreter for long is no fault. Raises
    BuildFailedError.
    """
    command = [sys.executable, "-m", "apps.cli", "build", str(catalog), "--progress", "signs"]
    command += ["--root", str(root)] if root else []
    command += ["--store", str(store)] if store else []
    command += ["--detail", detail] if detail else []
    child = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None and child.stderr is not None
    errors = asyncio.create_task(child.stderr.read())
    heard = _Heard(on_state)
    silence = asyncio.create_task(heard.silence(child))
    try:
        async for line in child.stdout:
            said = json.loads(line)
            heard.sign()
            if PUBLISHED in said:
                on_published(said[PUBLISHED])
            elif said and OUTCOME not in said:
                heard.state(BuildState(**said))
        if heard.hung:
            raise BuildFailedError(
                f"it gave no sign of life for {HUNG_S / 60:.0f} min and was ended; try again"
            )
        lines = (await errors).decode(errors="replace").strip().splitlines()
        if await child.wait() not in (0, LEFT_OUT):
            raise BuildFailedError(lines[-1].removeprefix("twin: ") if lines else "the build was ended")
        for told in lines:  # the page says it at the layers, this is for whoever reads the log
            logger.warning("%s", told)
    finally:
        silence.cancel()
        if child.returncode is None:
            await end(child)
        await asyncio.gather(silence, errors, return_exceptions=True)


class _Heard:
    """Counts ticks without a sign of the child; ticks, not seconds: a suspended machine stops both."""

    def __init__(self, on_state: Callable[[BuildState], None]) -> None:
        self._on_state = on_state
        self._last: BuildState | None = None
        self._silent_s = 0.0
        self.hung = False

    def sign(self) -> None:
        if self._silent_s >= SILENT_S and self._last is not None:
            self._on_state(self._last)
        self._silent_s = 0.0

    def state(self, state: BuildState) -> None:
        self._last = state
        self._on_state(state)

    async def silence(self, child: asyncio.subprocess.Process) -> None:
        while self._silent_s < HUNG_S:
            await asyncio.sleep(ALIVE_EVERY_S)
            self._silent_s += ALIVE_EVERY_S
            if self._silent_s >= SILENT_S:
                last = self._last or BuildState(title=in_both(""), done=0.0, seconds_left=0.0)
                self._on_state(replace(last, silent_s=self._silent_s))
        self.hung = True
        child.kill()
