"""Start a pool's painters on the nodes of a cluster."""

from __future__ import annotations

import sys

from apps.cluster.cluster_errors import ClusterError
from apps.cluster.connecting import checked


def painters_on_nodes(address: str) -> tuple[list[str], int]:
    """Return the command of painters on a cluster, and its cores.

    The command starts one on some node. Raises ClusterError.
    """
    if address == "local":
        raise ClusterError(
            "painters run on this machine without --ray; with it: the address of a cluster, or auto",
            in_zh="本机绘图不需要 --ray；--ray 应为集群地址或 auto",
        )
    head, cores = checked(address)
    return [sys.executable, "-m", "apps.cluster.painter_relay", head], cores
