"""Restart the hub's process when a signal ends it.

The parent holds the port: a browser that comes back meanwhile waits in its queue, and is not refused. It does
nothing else, so that nothing ends it.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from socket import socket

import click

from apps.child_processes import ChildEndedError, Restarts
from twin.errors import Reason

SERVED_S = 2.0
"""A hub that ran so long has answered browsers: it is started again at once."""
ENDINGS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def supervise(command: Sequence[str], listening: socket) -> int:
    """Run a command on a listening socket until it ends by itself.

    ``--socket`` and the socket's number are added to it. It is started again, after growing pauses, when a
    signal ends it that was not sent to this process. Returns its exit status.
    """
    handle, restarts = listening.fileno(), Restarts()
    while True:
        started = time.monotonic()
        child = subprocess.Popen(
            [*command, "--socket", str(handle)],
            pass_fds=(handle,),
            process_group=0,  # a terminal's Ctrl-C comes here only, and is passed on once
        )
        with _passed_on(child) as ending:
            status = child.wait()
        if status >= 0 or ending:
            return max(status, 0)
        how = f"it was ended by {signal.Signals(-status).name}"
        ran_s = time.monotonic() - started
        wait_s = restarts.wait_s(Reason.of(ChildEndedError(how)), ran_s=ran_s, well=ran_s > SERVED_S)
        click.echo(f"twin: the hub ended: {how}; again in {wait_s:g} s", err=True)
        time.sleep(wait_s)


def hub_command() -> list[str]:
    """Return the command line of this process, to run once more."""
    return [sys.executable, "-m", "apps.cli", *sys.argv[1:]]


@contextlib.contextmanager
def _passed_on(child: subprocess.Popen[bytes]) -> Iterator[list[int]]:
    """Pass on signals that ask this process to end; yields those that came."""
    came: list[int] = []

    def end(number: int, _: object) -> None:
        came.append(number)
        child.terminate()

    before = {number: signal.signal(number, end) for number in ENDINGS}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
