"""Run ``python -m apps.painter SOCKET CATALOG``, started by a hub.

The socket is shared by hub and painter only.
"""

from __future__ import annotations

import socket
from pathlib import Path

import click

from apps.child_processes import end_with_parent
from apps.logs import configure_logging
from apps.painter.process import LIMIT_MB, main
from layers.gl.offscreen import trust_opengl


@click.command()
@click.argument("handle", type=int)
@click.argument("catalog", type=click.Path(path_type=Path))
@click.option("--root", type=click.Path(path_type=Path))
@click.option("--store", type=click.Path(path_type=Path))
@click.option("--limit-mb", type=float, default=LIMIT_MB, show_default=True)
def paint(handle: int, catalog: Path, root: Path | None, store: Path | None, limit_mb: float) -> None:
    """Draw what the hub requests over the socket HANDLE."""
    end_with_parent()
    configure_logging()
    trust_opengl()
    main(socket.socket(fileno=handle), catalog, root=root, store=store, limit_mb=limit_mb)


if __name__ == "__main__":
    paint()
