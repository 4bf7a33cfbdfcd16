"""Make late steps of a build (villages, models) on cluster nodes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apps.cluster.cluster_errors import NodeLostError
from apps.cluster.connecting import cause_of
from apps.cluster.node_build import StepOrder, files_of, make_on_node, write_files
from twin.build import Step

if TYPE_CHECKING:
    from meshes.pipeline import Detail

WIDEST = 6
"""Processes of a step of villages: so many cores it takes, where the smallest node has them."""
RETRIES = 5
"""A step whose node is lost is made elsewhere, so many times."""


class ClusterPlacer:
    """Places steps as Ray tasks.

    Their files come back, and the build keeps them as its own.
    """

    def __init__(
        self, ray: Any, catalog: Path, *, root: Path | None, store: Path, detail: Detail | None
    ) -> None:
        self._ray = ray
        self._where: dict[str, Any] = {
            "catalog": catalog.absolute(),
            "root": None if root is None else root.absolute(),
            "store": store.absolute(),
            "detail": detail,
        }
        smallest = min(cores for node in ray.nodes() if (cores := int(node["Resources"].get("CPU", 0))))
        self._task = ray.remote(num_cpus=min(WIDEST, smallest), max_retries=RETRIES)(make_on_node)
        self._put: dict[str, Any] = {}

    def __call__(
        self, step: Step, *, keys: Mapping[str, str], products: Mapping[str, str]
    ) -> Callable[[Path], None]:
        """Begin a step on some node; the result waits for it and writes its files into a folder."""
        order = StepOrder(
            **self._where,
            step=step.name,
            key=keys[step.name],
            keys={name: keys[name] for name in step.needs},
            needs={name: (products[name], self._files(products[name])) for name in step.needs},
        )
        made = self._task.options(scheduling_strategy="SPREAD").remote(order)

        def fill(folder: Path) -> None:
            try:
                files = self._ray.get(made)
            except self._ray.exceptions.RayTaskError as error:
                raise error.cause from None
            except self._ray.exceptions.RayError as error:
                raise NodeLostError(
                    f"the step {step.name} was lost with its nodes: {cause_of(error)}",
                    in_zh=f"步骤 {step.name} 所在节点多次失联",
                ) from None
            write_files(files, folder)

        return fill

    def _files(self, product: str) -> Any:
        """A product's files as an object that nodes fetch once."""
        if product not in self._put:
            self._put[product] = self._ray.put(files_of(self._where["store"] / "products" / product))
        return self._put[product]
