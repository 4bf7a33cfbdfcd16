"""The command ``twin`` for tests, run in this process."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from socket import socket
from unittest import mock

from apps.cli import cli, main


@dataclass(frozen=True)
class Result:
    returncode: int
    stdout: str
    stderr: str


def twin(*args: object) -> Result:
    """Run the command in this process, as its entry point does."""
    out, err = io.StringIO(), io.StringIO()
    with (
        redirect_stdout(out),
        redirect_stderr(err),
        mock.patch.object(sys, "argv", ["twin", *map(str, args)]),
        mock.patch("apps.commands.serve.supervise", _here),
        mock.patch("apps.commands.serve.end_with_parent"),
    ):
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
    return Result(code, out.getvalue(), err.getvalue())


def _here(command: Sequence[str], listening: socket) -> int:
    """What a child would do; the socket is its own."""
    _, _, _, *arguments = command
    cli.main([*arguments, "--socket", str(listening.detach())], standalone_mode=False)
    return 0


def one_line(result: Result, *words: str, code: int = 1) -> None:
    """The command failed with one line that holds the words, and no traceback."""
    assert result.returncode == code, result.stderr
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("twin: ")
    for word in words:
        assert word in lines[0]
