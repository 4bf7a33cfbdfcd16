"""Cache of products on a node, bounded in size.

A product is immutable and its name has the hash of all that it was made from, so what is there is right. It
appears by a rename when it is whole; what was used longest ago is removed first, never what a process holds.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from twin.disk import StoreError

FOLDER, LIMIT_GB = "TWIN_CACHE", "TWIN_CACHE_GB"
"""Names of the environment variables of ``ray start`` that set folder and size."""
USUAL_GB = 20.0


class ProductCache:
    """Products below ``folder``, of ``limit_gb`` gigabytes at most.

    The layout is that of a store. Products that this object has taken stay until it is closed.
    """

    def __init__(self, folder: Path, *, limit_gb: float = USUAL_GB) -> None:
        self.folder, self._limit = folder, limit_gb * 1e9
        self._held: dict[str, IO[str]] = {}

    @classmethod
    def of_this_node(cls) -> ProductCache:
        """Return the cache that the environment names, by itself below ``~/.cache``."""
        folder = Path(os.environ.get(FOLDER) or Path.home() / ".cache" / "miyun-twin")
        return cls(folder, limit_gb=float(os.environ.get(LIMIT_GB) or USUAL_GB))

    def take(self, name: str, fill: Callable[[Path], None]) -> Path:
        """Return a product's folder, filled where it is missing.

        It is held from now on. Raises StoreError where it is larger than the cache, and what ``fill`` raises.
        """
        products = self.folder / "products"
        products.mkdir(parents=True, exist_ok=True)
        path = products / name
        if name not in self._held:
            self._held[name] = lock = (products / f"{name}.lock").open("a")
            fcntl.flock(lock, fcntl.LOCK_SH)
        with _alone(products / "filling.lock"):
            if not path.is_dir():
                partial = products / f"partial-{name}"
                shutil.rmtree(partial, ignore_errors=True)
                partial.mkdir()
                try:
                    fill(partial)
                    self._make_room(partial)
                    partial.rename(path)
                except BaseException:
                    shutil.rmtree(partial, ignore_errors=True)
                    raise
        os.utime(path)
        return path

    def close(self) -> None:
        """Let go of all products."""
        for lock in self._held.values():
            lock.close()
        self._held.clear()

    def _make_room(self, new: Path) -> None:
        """Remove products until all of them and a new one fit."""
        products = self.folder / "products"
        others = [one for one in products.iterdir() if one.is_dir() and one != new]
        sizes = {one: _nbytes(one) for one in (new, *others)}
        for old in sorted(others, key=lambda one: one.stat().st_mtime):
            if sum(sizes.values()) <= self._limit:
                return
            with (products / f"{old.name}.lock").open("a") as lock, contextlib.suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(old)
                del sizes[old]
        if sum(sizes.values()) > self._limit:
            raise StoreError(
                f"{self.folder}: the cache of products holds {self._limit / 1e9:g} GB, and what is in use "
                f"needs {sum(sizes.values()) / 1e9:.1f}: start Ray there with a larger {LIMIT_GB}"
            )


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a lock, so that of several processes one fetches."""
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _nbytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
