"""Command ``twin studio``: serve the studio alone, and open it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import webbrowser
from pathlib import Path

import click

from apps.commands.options import basin_options

ADDRESS = re.compile(r"http://\S+")


@click.command()
@basin_options
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="By itself any that is free.")
@click.option("--no-browser", is_flag=True, help="Print the address, and open nothing.")
def studio(catalog: Path, root: Path | None, store: Path | None, port: int, no_browser: bool) -> None:
    """Open the studio on this machine, where films are made.

    It serves the loopback interface only, without sign-in, until it is stopped (Ctrl-C).
    """
    command = [sys.executable, "-m", "apps.cli", "serve", str(catalog), "--open", "--port", str(port)]
    for name, value in (("--root", root), ("--store", store)):
        command += [name, str(value)] if value is not None else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        before = signal.signal(signal.SIGTERM, lambda *_: server.terminate())
        try:
            assert server.stdout is not None
            for line in server.stdout:
                if (found := ADDRESS.search(line)) is not None:
                    address = f"{found[0]}studio"
                    click.echo(address)
                    if not no_browser:
                        webbrowser.open(address)
        except KeyboardInterrupt:
            pass  # the terminal has sent it to the server as well
        finally:
            signal.signal(signal.SIGTERM, before)
            server.terminate()
            server.wait()
    sys.exit(max(0, server.returncode))
