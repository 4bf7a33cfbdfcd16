"""A live service that ends or hangs is started again; one that only slept is left alone."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from apps import child_processes
from apps.child_processes import AGAIN_S, HUNG, Restarts, run_child
from apps.error_messages import told
from apps.heartbeat import BEAT_S, MISSED, Heartbeat, HeartbeatMonitor
from apps.live.launcher import Launcher
from twin.errors import Reason

CHILD = """
import asyncio, os, sys
from apps.heartbeat import Heartbeat
from twin.store import StoreError

async def main(then):
    heartbeat = Heartbeat(1)
    heartbeat.ready = True
    beating = asyncio.create_task(heartbeat.run())
    await asyncio.sleep(0.2)
    if then == "loop":
        while True:
            pass
    if then == "fail":
        heartbeat.failed(StoreError("/data: the disk is full"))
        return
    if then == "stop":
        os.kill(os.getpid(), 19)
    if then == "nap":
        os.system(f"(sleep 1.5; kill -CONT {os.getpid()}) >/dev/null &")
        os.kill(os.getpid(), 19)
        await asyncio.sleep(0.2)
        heartbeat.failed(StoreError("awake again"))
        return
    await asyncio.sleep(600)

asyncio.run(main(sys.argv[1]))
"""


def child(then: str) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(CHILD), then]


async def test_a_child_says_why_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    ready: list[bool] = []
    reason = await run_child(child("fail"), name="child", on_ready=lambda: ready.append(True))
    assert ready == [True]
    assert reason == Reason("/data: the disk is full", "数据存储区出错：/data: the disk is full")


@pytest.mark.parametrize("how", ["stop", "loop"])
async def test_a_child_that_hangs_is_ended_within_a_few_beats(how: str) -> None:
    """Neither a stopped process nor one in a dead loop takes SIGTERM."""
    hung: list[float] = []
    reason = await run_child(child(how), name="child", on_ready=lambda: hung.append(time.monotonic()))
    assert reason == HUNG
    assert told(reason, "zh") == "没有响应，已被结束并重新启动"
    assert time.monotonic() - hung[0] < 2 * MISSED * BEAT_S


async def test_a_child_that_only_slept_a_while_is_left_alone() -> None:
    reason = await run_child(child("nap"), name="child", on_ready=lambda: None)
    assert reason.message == "awake again"


async def test_a_service_ended_as_hung_is_given_twice_the_time_when_it_starts_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One that is only slow would otherwise be ended for ever."""
    monkeypatch.setattr(child_processes, "MISSED", 2)
    monkeypatch.setattr(child_processes, "WELL_S", 1000.0)
    service = Launcher(tmp_path / "none.yaml", root=None, store=None)
    service._command = child("nap")  # 1.5 s: three beats
    reasons: list[Reason] = []
    service.on_change = lambda: reasons.extend([service.reason] if service.reason else [])
    running = asyncio.create_task(service.run())
    await _until(lambda: len(reasons) == 2)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert [str(reason) for reason in reasons] == [str(HUNG), "awake again"]


async def test_what_a_starved_parent_did_not_read_is_no_silence() -> None:
    """A suspended machine stops both; ticks are counted, not seconds."""
    stream = asyncio.StreamReader()
    monitor = HeartbeatMonitor()
    listening = asyncio.create_task(monitor.listen(stream))
    silence = asyncio.create_task(monitor.silence(beat_s=0.01))
    stream.feed_data(b'{"alive": true}\n')
    await asyncio.sleep(0.02)
    time.sleep(0.5)
    stream.feed_data(b'{"alive": true}\n')
    await asyncio.sleep(0.02)
    assert not silence.done()
    stream.feed_eof()
    await asyncio.gather(listening, silence)


async def test_a_pipe_that_nobody_empties_does_not_hold_the_service() -> None:
    reading, writing = os.pipe()
    heartbeat = Heartbeat(writing)
    for _ in range(20_000):
        heartbeat.failed(RuntimeError("x" * 400))
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        lines = stream.read().splitlines()
    assert all(json.loads(line)["failed"] == "x" * 400 for line in lines)


async def test_killed_four_times_it_is_back_each_time_and_soon(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(child_processes, "AGAIN_S", tuple(wait / 10 for wait in AGAIN_S))
    started = tmp_path / "started"
    script = f"import os; open({str(started)!r}, 'a').write(f'{{os.getpid()}}\\n')\n{textwrap.dedent(CHILD)}"
    service = Launcher(tmp_path / "none.yaml", root=None, store=None)
    service._command = [sys.executable, "-c", script, "run"]
    reasons: list[Reason | None] = []
    service.on_change = lambda: reasons.append(service.reason)
    running = asyncio.create_task(service.run())
    for count in range(1, 6):
        await _until(lambda: len(_pids(started)) == count)  # noqa: B023
        await _until(lambda: service.reason is None)
        os.kill(_pids(started)[-1], signal.SIGKILL)
        await _until(lambda: service.reason is not None)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert {reason.zh[:4] for reason in reasons if reason is not None} == {"意外结束"}
    assert "SIGKILL" in str(reasons[0])


def test_the_waits_before_a_restart_are_short_at_first_and_no_storm_later() -> None:
    restarts = Restarts()
    reason = Reason("it fell")
    first, *_ = waits = [restarts.wait_s(reason, ran_s=1.0) for _ in range(10)]
    assert first == 0.0
    assert sum(waits[:4]) < 5.0
    assert waits[-1] >= 30.0
    assert restarts.wait_s(reason, ran_s=1000.0) == 0.0, "one that was well for long is back at once"


def test_one_that_had_worked_is_back_at_once_and_patience_with_hangs_is_lost_again() -> None:
    restarts = Restarts()
    fell = Reason("it fell")
    assert [restarts.wait_s(fell, ran_s=1.0, well=True) for _ in range(10)] == [0.0] * 10
    usual = restarts.patience
    assert restarts.wait_s(HUNG, ran_s=1.0, well=True) == 0.0
    assert restarts.patience == 2 * usual
    restarts.hung()  # it did not answer in time, and then ended by itself
    restarts.wait_s(fell, ran_s=1.0, well=True)
    assert restarts.patience == 4 * usual
    for _ in range(2):
        restarts.wait_s(fell, ran_s=1.0, well=True)
    assert restarts.patience == usual


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0.01)


def _pids(file: Path) -> list[int]:
    return [int(line) for line in file.read_text().split()] if file.exists() else []


ORPHAN = """
import subprocess, sys
from apps.child_processes import end_with_parent
child = subprocess.Popen([sys.executable, "-c",
                          "import os; from apps.child_processes import end_with_parent; end_with_parent(); "
                          "print(os.getpid(), flush=True); os.kill(os.getpid(), 19)"],
                         stdout=subprocess.PIPE, text=True)
print(child.stdout.readline().strip(), flush=True)
import os
os.kill(os.getpid(), 9)
"""


def test_a_child_that_hangs_ends_with_its_parent_and_frees_what_it_holds() -> None:
    end = subprocess.run(
        [sys.executable, "-c", ORPHAN], capture_output=True, text=True, timeout=60, check=False
    )
    pid = int(end.stdout)
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(timeout=10)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
