"""Name the command that starts a painter on a node of a cluster."""

from __future__ import annotations

import subprocess
import sys

from apps.cluster.errors import ClusterError, no_answer

ANSWERED_S = 90.0
"""Within which a cluster and all of its nodes answer."""


def checked(address: str) -> tuple[str, int]:
    """Check a cluster in a child process; returns its head's address and the cores of all nodes.

    Raises ClusterError.
    """
    if address == "local":
        raise ClusterError(
            "painters run on this machine without --ray; --ray is the address of a cluster, or auto",
            in_zh="本机绘图不需要 --ray；--ray 应为集群地址或 auto",
        )
    command = [sys.executable, "-m", "apps.cluster", address]
    try:
        found = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False, timeout=ANSWERED_S
        )
    except subprocess.TimeoutExpired:
        raise no_answer(address, ANSWERED_S) from None
    if found.returncode:
        lines = found.stderr.strip().splitlines() or [f"it ended with status {found.returncode}"]
        message = lines[-1].removeprefix("Error: ")
        raise ClusterError(message, in_zh=message)
    head, cores = found.stdout.split()[-2:]
    return head, int(cores)


def painter_command(address: str) -> list[str]:
    """Return the command of a painter on a node, as :class:`PainterClient` takes it."""
    return [sys.executable, "-m", "apps.cluster.painter_relay", address]
