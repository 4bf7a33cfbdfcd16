"""Record films in the background, one at a time, queued.

Each job is a folder of the store with its storyboard, what the recorder writes and ``job.json``. A recorder
that is started again goes on where it was.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import secrets
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from apps.child_processes import end
from twin.access import LEVELS
from twin.catalog.types import Access
from twin.errors import TwinError
from twin.storyboard.storyboard import Storyboard
from twin.storyboard.writing import save
from twin.strict_json import JsonError, parse_json

logger = logging.getLogger(__name__)

FOLDER, STATE, SCRIPT, MOVIE = "films", "job.json", "storyboard.yaml", "film.mp4"
MOST_GB = 20.0
MOST_WAITING = 20
ID = re.compile(r"[0-9a-f]{12}")
SERVED = (".mp4", ".json", ".png", ".jpg", ".pptx", ".yaml")
"""Kinds of files of a job that are given out."""
LAST_LINES = 20
_COUNTED, _TOTAL = re.compile(r"(\d+) of (\d+) frames"), re.compile(r"(\d+) frames by ")

State = Literal["queued", "recording", "done", "failed", "cancelled"]


class FilmsFullError(TwinError):
    """Recordings that take all the place there is; ``most_gb``."""

    zh = "已录影片占满了 {most_gb:g} GB：请先删除不用的，再录制"


class FilmClosedError(TwinError):
    """Recording of more than its visitor may see; ``access``."""

    zh = "本片含有您的账号看不到的内容（{access}），不能录制；请改小“观看范围”"


class JobsFullError(TwinError):
    """Queue that is full; ``most``."""

    zh = "排队的录制已有 {most} 个，请等前面的完成"


@dataclass(frozen=True, kw_only=True)
class FilmJob:
    """Recording of a film.

    ``access`` is that of what it may show, ``error`` the recorder's own line.
    """

    id: str
    film: str
    by: str
    asked_at: str
    draft: bool
    access: Access = "restricted"
    state: State = "queued"
    done: int = 0
    total: int = 0
    left_s: float | None = None
    error: str = ""

    @property
    def waits(self) -> bool:
        """Whether it is not ended."""
        return self.state in ("queued", "recording")


Commands = Callable[[Path, FilmJob], Sequence[Sequence[str]]]
"""Commands of a job's folder: what records the movie, then what makes more of it."""


class FilmJobs:
    """Jobs of a hub; ``on_change`` is called when one is another."""

    def __init__(self, folder: Path, commands: Commands, *, most_gb: float = MOST_GB) -> None:
        self.folder, self._commands, self._most_gb = folder, commands, most_gb
        self.on_change: set[Callable[[], None]] = set()
        self._jobs: dict[str, FilmJob] = {}
        self._wanted = asyncio.Event()
        self._child: tuple[str, asyncio.subprocess.Process] | None = None

    @property
    def jobs(self) -> list[FilmJob]:
        """Jobs, the newest first."""
        return sorted(self._jobs.values(), key=lambda job: job.asked_at, reverse=True)

    def files(self, id_: str) -> dict[str, int]:
        """List the files of a job by name, with their bytes."""
        try:
            found = [one for one in self._of(id_).iterdir() if one.suffix in SERVED and one.name != STATE]
            return {one.name: one.stat().st_size for one in sorted(found) if not one.name.startswith(".")}
        except (OSError, KeyError):
            return {}

    def file(self, id_: str, name: str) -> Path | None:
        """Return the path of a job's file, or None."""
        return self._of(id_) / name if id_ in self._jobs and name in self.files(id_) else None

    async def add(
        self, film: str, board: Storyboard, *, by: str, draft: bool, sound: Path | None = None
    ) -> FilmJob:
        """Add a recording of a storyboard to the queue.

        Raises FilmsFullError, JobsFullError, StoreError, OSError.
        """
        if sum(job.waits for job in self._jobs.values()) >= MOST_WAITING:
            raise JobsFullError(f"{MOST_WAITING} recordings wait already", most=MOST_WAITING)
        if await asyncio.to_thread(_bytes_of, self.folder) > self._most_gb * 1e9:
            raise FilmsFullError(
                f"recordings take the {self._most_gb:g} GB there are: delete some first",
                most_gb=self._most_gb,
            )
        asked = datetime.now(UTC).isoformat(timespec="milliseconds")
        job = FilmJob(
            id=secrets.token_hex(6), film=film, by=by, asked_at=asked, draft=draft, access=board.access
        )
        await asyncio.to_thread(self._begin, job, board, sound)
        self._set(job)
        self._wanted.set()
        return job

    async def cancel(self, id_: str) -> None:
        """End a job that waits or records, and delete it."""
        job = self._jobs.get(id_)
        if job is None or not job.waits:
            return
        self._set(replace(job, state="cancelled"))
        if self._child is not None and self._child[0] == id_:
            await end(self._child[1])
        await self.delete(id_)

    async def delete(self, id_: str) -> None:
        """Delete a job that is ended, with its files."""
        job = self._jobs.get(id_)
        if job is not None and not job.waits:
            del self._jobs[id_]
            await asyncio.to_thread(shutil.rmtree, self._of(id_), ignore_errors=True)
            self._changed()

    async def run(self) -> None:
        """Record what is queued until cancelled; the recorder ends with it."""
        self._jobs = {job.id: job for job in await asyncio.to_thread(self._kept)}
        self._changed()
        while True:
            queued = [job for job in reversed(self.jobs) if job.state == "queued"]
            if not queued:
                self._wanted.clear()
                await self._wanted.wait()
                continue
            await self._record(queued[0])

    async def _record(self, job: FilmJob) -> None:
        self._set(replace(job, state="recording"))
        folder = self._of(job.id)
        lines: list[str] = []
        first, *others = self._commands(folder, job)
        code = await self._run(job.id, first, lines)
        if code != 0 or not (folder / MOVIE).exists():
            self._end(job.id, "failed", next((line for line in reversed(lines) if line), f"status {code}"))
            return
        for command in others:  # the movie is whole, whatever comes of them
            if await self._run(job.id, command, lines) != 0:
                logger.warning("twin: beside the recording %s: %s", job.id, lines[-1] if lines else "")
        self._end(job.id, "done", "")

    async def _run(self, id_: str, command: Sequence[str], lines: list[str]) -> int:
        """Run a command of a job; return its exit status."""
        try:
            child = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
            )
        except OSError as error:
            lines.append(str(error))
            return -1
        self._child = (id_, child)
        try:
            await self._follow(id_, child, lines)
            return await child.wait()
        finally:
            self._child = None
            if child.returncode is None:
                await end(child)

    async def _follow(self, id_: str, child: asyncio.subprocess.Process, lines: list[str]) -> None:
        """Read progress until the child ends."""
        assert child.stderr is not None
        began_s, first = time.monotonic(), -1
        while True:
            try:
                text = await child.stderr.readline()
            except ValueError:  # a line too long to read
                continue
            if not text:
                return
            line = text.decode(errors="replace").strip()
            lines[:] = [*lines[-LAST_LINES:], line]
            if (job := self._jobs.get(id_)) is None:
                continue
            if (whole := _TOTAL.match(line)) is not None:
                self._set(replace(job, total=int(whole[1])), write=False)
            if (found := _COUNTED.search(line)) is None:
                continue
            done, total = int(found[1]), int(found[2])
            first = done if first < 0 else first
            drawn = done - first
            left_s = None if drawn <= 0 else (time.monotonic() - began_s) / drawn * (total - done)
            self._set(replace(job, done=done, total=total, left_s=left_s), write=False)

    def _end(self, id_: str, state: State, error: str) -> None:
        job = self._jobs.get(id_)
        if job is not None and job.state == "recording":
            self._set(replace(job, state=state, error=error[:500], left_s=None))

    # -- the disk -------------------------------------------------------------------------------------

    def _of(self, id_: str) -> Path:
        if not ID.fullmatch(id_):
            raise KeyError(id_)
        return self.folder / id_

    def _begin(self, job: FilmJob, board: Storyboard, sound: Path | None) -> None:
        folder = self._of(job.id)
        folder.mkdir(parents=True)
        save(board, folder / SCRIPT)
        if sound is not None and board.sound is not None:
            (folder / board.sound).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(sound, folder / board.sound)

    def _set(self, job: FilmJob, *, write: bool = True) -> None:
        self._jobs[job.id] = job
        if write:
            try:
                new = self._of(job.id) / f".{STATE}"
                new.write_text(json.dumps(asdict(job), ensure_ascii=False), "utf-8")
                new.replace(self._of(job.id) / STATE)
            except OSError:
                logger.exception("the state of the recording %s is not on the disk", job.id)
        self._changed()

    def _kept(self) -> list[FilmJob]:
        """Jobs of the folder; one that was recorded when the hub ended waits again."""
        found = []
        for file in self.folder.glob(f"*/{STATE}"):
            try:
                job = _read(parse_json(file.read_text("utf-8")))
            except (OSError, JsonError, ValueError, TypeError) as error:
                logger.warning("twin: the recording %s cannot be read: %s", file.parent.name, error)
                continue
            if job.id == file.parent.name:
                found.append(replace(job, state="queued") if job.state == "recording" else job)
        return found

    def _changed(self) -> None:
        for call in tuple(self.on_change):
            call()


def _read(value: dict[str, Any]) -> FilmJob:
    job = FilmJob(**value)
    if job.state not in get_args(State) or job.access not in LEVELS or not ID.fullmatch(job.id):
        raise ValueError(f"no such state or access: {job.state}, {job.access}")
    return job


def _bytes_of(folder: Path) -> int:
    total = 0
    for file in folder.rglob("*"):
        try:
            total += file.stat().st_size
        except OSError:
            continue
    return total
