"""Build basins out of one store for the whole run: a product is made by whichever worker needs it first."""

from __future__ import annotations

import fcntl
import shutil
from pathlib import Path

from twin.store import Store


class SharedStore:
    """A store of products that all workers of one run share, by the keys of ``twin build``.

    For tests whose subject is not the build. It ends with the run, so nothing in it can be stale.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, catalog: Path) -> Path:
        """Build a catalog like ``twin build`` into the store beside it; returns the catalog.

        What was made of the same inputs is copied (9 ms instead of 400), so a test may change what it gets.
        """
        from meshes.pipeline import build

        self._folder.mkdir(exist_ok=True)
        with (self._folder / "queue").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # a store refuses a second build, here it waits
            made = build(catalog, store=self._folder).generation
        own = Store.beside(catalog)
        with own.writing():
            for product in made.products.values():
                if not (place := own.folder / "products" / product).exists():
                    shutil.copytree(self._folder / "products" / product, place)
            for known in ("code.json", "sources.json"):  # hashes that a server asks for at its start
                shutil.copyfile(self._folder / known, own.folder / known)
            own.publish(catalog=made.catalog, products=made.products, faults=made.faults)
        return catalog
