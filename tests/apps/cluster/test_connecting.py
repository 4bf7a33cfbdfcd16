"""What keeps a cluster from being used is one line: what, where, what to do."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from apps.cluster.cluster_errors import ClusterError
from apps.cluster.connecting import checked, connect
from apps.cluster.painters import painters_on_nodes
from tests.apps.cluster.conftest import NODE


@contextmanager
def refused(*words: str) -> Iterator[None]:
    with pytest.raises(ClusterError) as error:
        yield
    assert all(word in str(error.value) for word in words), str(error.value)
    assert len(str(error.value).splitlines()) == 1
    assert error.value.in_chinese() != str(error.value)


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with refused("Ray is not installed", "miyun-twin[cluster]"):
        connect("auto")


@pytest.mark.parametrize("address", ["ray://10.0.0.1:10001", "somewhere", "10.0.0.1:", "10.0.0.1:99999"])
def test_an_address_that_is_none(address: str) -> None:
    with refused("HOST:PORT", address):
        connect(address)


def test_an_address_behind_which_nothing_or_no_ray_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = f"127.0.0.1:{mute.getsockname()[1]}"
        with refused(address, "within 0.2 s", "ray start"):
            connect(address, wait_s=0.2)
    with refused(address, "ray start"):
        connect(address, wait_s=0.2)


def test_painters_need_no_ray_of_their_own() -> None:
    with refused("without --ray"):
        painters_on_nodes("local")


@pytest.mark.skipif(
    os.environ.get("TWIN_ENDURANCE") != "1", reason="needs a Ray of its own: script/endurance"
)
def test_a_node_without_the_project_is_named(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package of its name goes before ours on that node's path, as would the folder of whoever asks."""
    (tmp_path / "apps").mkdir()
    (tmp_path / "apps" / "__init__.py").touch()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    node = cluster.add_node(**NODE, num_cpus=1, env_vars={"PYTHONPATH": str(tmp_path)})
    try:
        with refused("the node 127.0.0.2", "No module named 'apps.cluster'", "install the same version"):
            checked(cluster.address)
    finally:
        cluster.remove_node(node)
