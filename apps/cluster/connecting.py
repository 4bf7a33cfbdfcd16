"""Connect to a Ray cluster and check its nodes.

The library is imported here, where ``--ray`` is asked, and nowhere at import time.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from apps.cluster.cluster_errors import ClusterError, no_answer, no_project, no_ray
from apps.cluster.node_check import project_digest

logger = logging.getLogger(__name__)

WAIT_S = 10.0
"""Within which a Ray answers."""
CHECK_S = 60.0
"""Within which its nodes do: each starts a Python that imports the project."""
FOUND = "cluster"
"""The first word of the line that the child which checks a cluster prints."""
_HELLO = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
_SETTINGS = 4
"""Preface of HTTP/2 with an empty frame SETTINGS (RFC 9113, 3.4): a gRPC server answers with its own."""

ANSWERED_S = 90.0
"""Within which a cluster and all of its nodes answer."""


@dataclass(frozen=True, kw_only=True)
class RayNode:
    """Node of a cluster: its id, address and cores."""

    id: str
    address: str
    cores: int


def import_ray() -> Any:
    """Import Ray, without its usage statistics.

    Raises ClusterError where it is missing.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # else it warns of its next version
    try:
        import ray  # noqa: PLC0415
    except ImportError:
        raise no_ray() from None
    _keep_stdout(ray)
    return ray


def _keep_stdout(ray: Any) -> None:
    """Log what Ray prints of lost nodes: our standard output has JSON lines, beats, a command's result."""

    def log(data: dict[str, Any], ignore_prefix: bool = False) -> None:
        del ignore_prefix
        logger.debug("ray: %s", " ".join(map(str, data["lines"])))

    setattr(ray._private.worker, "print_to_stdstream", log)  # noqa: B010


def connect(address: str, *, wait_s: float = WAIT_S) -> Any:
    """Connect this process to a Ray cluster.

    Returns the module ``ray``. ``address`` is HOST:PORT of its head, ``auto`` for the one that runs on this
    machine, ``local`` for a new one that ends with this process. Raises ClusterError.
    """
    ray = import_ray()
    if address not in ("auto", "local"):
        _probe(address, wait_s)
    try:
        ray.init(
            address=address,
            include_dashboard=False if address == "local" else None,
            log_to_driver=False,
            logging_level="ERROR",
        )
    except (ConnectionError, RuntimeError, ValueError):
        raise no_answer(address, wait_s) from None
    return ray


@contextlib.contextmanager
def connected(address: str) -> Iterator[Any]:
    """Connect for a block, as :func:`connect` does."""
    ray = connect(address)
    try:
        yield ray
    finally:
        ray.shutdown()


def checked(address: str) -> tuple[str, int]:
    """Check a cluster in a child process.

    Returns its head's address and the cores of all nodes. Raises ClusterError.
    """
    command = [sys.executable, "-m", "apps.cluster.check_cluster", address]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=False, timeout=ANSWERED_S)
    except subprocess.TimeoutExpired:
        raise no_answer(address, ANSWERED_S) from None
    if found.returncode:
        lines = found.stderr.strip().splitlines() or [f"it ended with status {found.returncode}"]
        message = lines[-1].removeprefix("Error: ")
        raise ClusterError(message, in_zh=message)
    (line,) = (line for line in found.stdout.splitlines() if line.startswith(FOUND))
    _, head, cores = line.split()
    return head, int(cores)


def check_nodes(ray: Any) -> tuple[RayNode, ...]:
    """List the nodes, each checked to have this project.

    One that is lost meanwhile is left out. Raises ClusterError.
    """
    nodes = [
        RayNode(id=node["NodeID"], address=node["NodeManagerAddress"], cores=int(cores))
        for node in ray.nodes()
        if node["Alive"] and (cores := node["Resources"].get("CPU", 0)) >= 1
    ]
    ends_s, asked = time.monotonic() + CHECK_S, _ask_each(ray, nodes)
    found = tuple(
        node for node, answer in zip(nodes, asked, strict=True) if _has_project(ray, node, answer, ends_s)
    )
    if not found:
        raise ClusterError("no node of the Ray has a core for us", in_zh="集群中没有可用的处理器核心")
    return found


def _has_project(ray: Any, node: RayNode, answer: Any, ends_s: float) -> bool:
    """Whether a node is still there; raises ClusterError where its project is none or another one."""
    lost = (ray.exceptions.TaskUnschedulableError, ray.exceptions.NodeDiedError)
    try:
        theirs = ray.get(answer, timeout=max(0.0, ends_s - time.monotonic()))
    except lost:
        return False
    except ray.exceptions.GetTimeoutError:
        raise ClusterError(
            f"the node {node.address} does not start a Python within {CHECK_S:g} s: see its Ray logs",
            in_zh=f"节点 {node.address} 在 {CHECK_S:g} 秒内未能启动 Python",
        ) from None
    except ray.exceptions.RayError as error:
        raise no_project(node.address, cause_of(error)) from None
    if theirs != (ours := project_digest()):
        raise no_project(node.address, f"{theirs[:8]} there, {ours[:8]} here")
    return True


def cause_of(error: Exception) -> str:
    """Return the exception on a node from a Ray error."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    named = [line for line in lines if line.startswith(("ModuleNotFoundError", "ImportError"))]
    return (named or lines or [type(error).__name__])[-1][:200]


def _ask_each(ray: Any, nodes: Sequence[RayNode]) -> list[Any]:
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy  # noqa: PLC0415

    task = ray.remote(num_cpus=0, max_retries=0)(project_digest)
    on = [NodeAffinitySchedulingStrategy(node.id, soft=False) for node in nodes]
    return [task.options(scheduling_strategy=strategy).remote() for strategy in on]


def _probe(address: str, wait_s: float) -> None:
    """Refuse an address that is none, or behind which no Ray answers; Ray itself would try for minutes."""
    host, colon, port = address.rpartition(":")
    if "://" in address or not (colon and host and port.isdecimal() and int(port) < 65536):
        raise ClusterError(
            f"--ray is HOST:PORT of a head ('ray start --head' prints it), auto or local, not {address}",
            in_zh=f"--ray 应为主节点的 主机:端口、auto 或 local，而不是 {address}",
        )
    ends_s = time.monotonic() + wait_s
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=wait_s) as line:
            if os.environ.get("RAY_USE_TLS", "0") != "0":
                return
            line.sendall(_HELLO)
            line.settimeout(max(0.1, ends_s - time.monotonic()))
            answer = line.recv(9)
    except OSError:
        raise no_answer(address, wait_s) from None
    if len(answer) < 4 or answer[3] != _SETTINGS:
        raise no_answer(address, wait_s)
