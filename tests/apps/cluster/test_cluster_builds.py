"""A build over several nodes makes byte for byte what a local one makes, whatever becomes of the nodes."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from apps.cluster.build_steps import ClusterPlacer
from apps.cluster.connecting import connected
from meshes.pipeline import build
from tests.apps.cluster.conftest import NODE
from tests.meshes.build_foreign.making import model, write_obj
from tests.meshes.build_foreign.test_foreign_steps import ANCHOR, with_models
from tests.shared_store import SharedStore
from tests.small import write_small_basin
from twin.build import BuildReport
from twin.store import Store

HOUSES = ("a", "b", "c")


@pytest.fixture(scope="module")
def catalog(shared_store: SharedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A basin with three models and a broken one, built here up to them."""
    catalog = shared_store.build(write_small_basin(tmp_path_factory.mktemp("cluster")))
    folder = catalog.parent
    models = []
    for house in HOUSES:
        write_obj(folder / house / "house.obj")
        models.append(model(house, "surface", f"{house}/house.obj", ANCHOR, reference="local"))
    (folder / "broken").mkdir()
    (folder / "broken" / "cloud.laz").write_bytes(b"LASF and nothing more")
    with_models(catalog, *models, model("broken", "points", "broken/cloud.laz", ANCHOR, reference="local"))
    return catalog


def contents(store: Path) -> dict[str, bytes]:
    files = (file for file in (store / "products").rglob("*") if file.is_file())
    return {file.relative_to(store).as_posix(): file.read_bytes() for file in files}


def placed(ray: Any, catalog: Path) -> BuildReport:
    store = Store.beside(catalog).folder
    return build(catalog, placer=ClusterPlacer(ray, catalog, root=None, store=store, detail=None))


@contextmanager
def without_models(catalog: Path) -> Iterator[dict[str, bytes]]:
    """The store as it was before its models; yields what a local build makes of them."""
    store = Store.beside(catalog)
    build(catalog)
    made = contents(store.folder)
    for product in (store.folder / "products").glob("models-*"):
        shutil.rmtree(product)
    yield made


def test_products_and_faults_are_those_of_a_local_build_and_a_lost_node_costs_nothing_else(
    cluster: Any, catalog: Path, tmp_path: Path
) -> None:
    nodes = [cluster.add_node(**NODE, num_cpus=1, env_vars={"TMPDIR": str(tmp_path)})]
    here = build(catalog).generation
    with without_models(catalog) as made, connected(cluster.address) as ray:
        report: list[BuildReport] = []
        building = threading.Thread(target=lambda: report.append(placed(ray, catalog)))
        building.start()
        while building.is_alive() and not list(tmp_path.glob("twin-step-*")):
            building.join(0.01)
        assert building.is_alive(), "a step runs on the first node"
        nodes.append(cluster.add_node(**NODE, num_cpus=1))
        cluster.remove_node(nodes[0], allow_graceful=False)
        building.join()
        assert sorted(report[0].made) == [f"models/{house}/000" for house in HOUSES]
        assert contents(Store.beside(catalog).folder) == made
        assert report[0].generation == here, "the same faults, too"
    cluster.remove_node(nodes[1])
