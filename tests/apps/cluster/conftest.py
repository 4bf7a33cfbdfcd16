"""A Ray of two nodes on this machine, on the loopback."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
NODE = {"node_ip_address": "127.0.0.2", "include_dashboard": False, "object_store_memory": 80 * 1024 * 1024}


@pytest.fixture(scope="session")
def cluster() -> Iterator[Any]:
    """Two nodes: the head without cores, one with two; tests add more and remove them."""
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={**NODE, "num_cpus": 0})
    yield cluster
    cluster.shutdown()
