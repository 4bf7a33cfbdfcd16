"""Make the product of one step of a build on a node."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apps.cluster.cluster_errors import ClusterError
from apps.product_cache import ProductCache

if TYPE_CHECKING:
    from meshes.pipeline import Detail

Files = dict[str, bytes]
"""Content of a product's files, by their path in its folder."""


@dataclass(frozen=True, kw_only=True)
class StepOrder:
    """Step to make, and what it needs.

    ``key`` is what its product is named by, ``keys`` are those of the products that it needs. ``needs`` are
    their names and files, by step: the files are references to Ray objects.
    """

    catalog: Path
    root: Path | None
    store: Path
    detail: Detail | None
    step: str
    key: str
    keys: Mapping[str, str]
    needs: Mapping[str, tuple[str, Any]]


def files_of(folder: Path) -> Files:
    """Read the files of a product."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def write_files(files: Files, folder: Path) -> None:
    """Write files of a product into a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def make_on_node(order: StepOrder) -> Files:
    """Make a step's product and return its files.

    From the products of a store that this node sees, else from those that come with the order. Raises what
    making raises, ClusterError where code, libraries or sources here would make another product.
    """
    from meshes.pipeline import steps_of  # noqa: PLC0415  (brings GDAL)
    from twin.build.keys import key_of  # noqa: PLC0415
    from twin.catalog import load_catalog_leniently  # noqa: PLC0415
    from twin.store import Store  # noqa: PLC0415

    cache = ProductCache.of_this_node()
    cache.folder.mkdir(parents=True, exist_ok=True)
    try:
        catalog, _ = load_catalog_leniently(order.catalog, root=order.root)
        steps = {step.name: step for step in steps_of(catalog, detail=order.detail)}
        step = steps.get(order.step)
        if step is None or key_of(step, Store(cache.folder), order.keys) != order.key:
            raise _other(order.step)
        needed = {name: _needed(order, name, cache) for name in step.needs}
        with tempfile.TemporaryDirectory(prefix="twin-step-") as name:
            step.make(Path(name), needed, lambda part: None)
            return files_of(Path(name))
    finally:
        cache.close()


def _needed(order: StepOrder, step: str, cache: ProductCache) -> Path:
    import ray  # noqa: PLC0415  (a node has it)

    name, files = order.needs[step]
    shared = order.store / "products" / name
    return shared if shared.is_dir() else cache.take(name, partial(write_files, ray.get(files)))


def _other(step: str) -> ClusterError:
    import ray  # noqa: PLC0415

    node = ray.util.get_node_ip_address()
    return ClusterError(
        f"the node {node} would make another product of the step {step}: its catalog, sources, code or "
        "libraries are not those of the machine that asks",
        in_zh=f"节点 {node} 的目录、原始数据、程序或库与本机不同，步骤 {step} 的结果将不一致",
    )
