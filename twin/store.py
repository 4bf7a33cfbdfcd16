"""Store of finished products and generations that name them.

::

    .twin/
      products/<step>-<key>/    a finished product; never written again
      generations/<id>.json     what one finished build consists of
      current                   the id of the generation to open
      sources.json              content hashes already taken, by size and time of change

A product appears under its name only when it is whole (written under ``partial-…``, synced, renamed), so a
build can be killed at any moment and run again. ``current`` moves by an atomic rename.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

from twin.disk import MACHINES_FAULT, is_full, refusal, sync
from twin.disk import StoreError as StoreError  # noqa: PLC0414  (its users find it here)
from twin.errors import Reason
from twin.strict_json import read_json

PARTIAL = "partial-"
CHUNK = 1 << 22


class StoreBusyError(StoreError):
    """Store is locked by another build."""

    zh = "另一个程序正在生成数据产品，请稍候再试"


class NotBuiltError(StoreError):
    """Missing generation: none is finished."""

    zh = "数据产品尚未生成，请先运行 twin build"


NOT_BUILT = Reason.of(NotBuiltError("it is not built yet: run twin build"))
"""The reason of data that is still to come."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Unusable catalog entry and the reason.

    It becomes a greyed layer. ``reason`` says it in English, ``zh`` in Chinese; ``kind`` is the class of the
    error. ``step`` and ``key`` say what was tried, so that the same inputs are not tried again by every
    start.
    """

    entry: str
    reason: str
    zh: str = ""
    kind: str = ""
    step: str = ""
    key: str = ""

    @property
    def why(self) -> Reason:
        """Reason, for screens."""
        return Reason(self.reason, self.zh)


@dataclass(frozen=True, kw_only=True)
class Generation:
    """Finished build: immutable, named by its contents."""

    id: str
    catalog: str
    created: str
    products: Mapping[str, str]
    faults: tuple[Fault, ...] = ()
    folder: Path = field(default=Path(), compare=False)

    def path(self, step: str) -> Path:
        """Return the folder of a step's product.

        Raises NotBuiltError where this generation has none.
        """
        if step not in self.products:
            raise NotBuiltError(
                f"generation {self.id} holds no product '{step}'; run 'twin build'", step=step
            )
        return self.folder / "products" / self.products[step]

    def has(self, step: str) -> bool:
        return step in self.products


@dataclass(frozen=True, kw_only=True)
class Pruned:
    """Removed generations, products and bytes.

    Generations by their ids, products by number.
    """

    generations: tuple[str, ...]
    products: int
    nbytes: int


class Store:
    """Folder of products and generations.

    ``folder`` is made when something is first written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def beside(cls, catalog: Path, folder: Path | None = None) -> Store:
        """Return the store of a catalog's file.

        ``.twin`` beside it, or ``folder`` where one is named.
        """
        return cls(folder if folder is not None else catalog.parent / ".twin")

    # -- reading --------------------------------------------------------------------------------------

    def current(self) -> Generation | None:
        """Return the generation to open, or None before the first build."""
        try:
            pointer = (self.folder / "current").read_text(encoding="utf-8").strip()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return self.generation(pointer)

    def generation(self, id: str) -> Generation:  # noqa: A002  (the field's own word)
        """Return a generation by its id.

        Raises NotBuiltError for an unknown or damaged one.
        """
        manifest = self.folder / "generations" / f"{id}.json"
        try:
            if not id.isalnum():
                raise ValueError("an id holds letters and digits only")
            data = read_json(manifest)
            faults = tuple(Fault(**fault) for fault in data.pop("faults"))
            found = Generation(**data, faults=faults, folder=self.folder)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise NotBuiltError(
                f"{self.folder}: no readable generation '{id}' ({error}); run 'twin build'", id=id
            ) from error
        missing = [name for name, product in found.products.items() if not self._product(product).is_dir()]
        if missing:
            raise NotBuiltError(
                f"{self.folder}: generation {id} misses {', '.join(missing)}; run 'twin build'", id=id
            )
        return found

    def product(self, step: str, key: str) -> str | None:
        """Return the name of a finished product, or None."""
        name = f"{step.replace('/', '-')}-{key}"
        return name if self._product(name).is_dir() else None

    def _product(self, name: str) -> Path:
        return self.folder / "products" / name

    # -- writing --------------------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the store for a build.

        Raises StoreBusyError, or StoreError where it cannot be written.
        """
        with self._explained():
            (self.folder / "products").mkdir(parents=True, exist_ok=True)
            (self.folder / "generations").mkdir(exist_ok=True)
            lock = (self.folder / "lock").open("w")
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise StoreBusyError(
                    f"{self.folder}: another build writes here; wait for it or give --store another folder"
                ) from error
            for left in (self.folder / "products").glob(f"{PARTIAL}*"):
                shutil.rmtree(left)  # what a killed build left behind
            yield

    def make(self, step: str, key: str, build: Callable[[Path], None]) -> str:
        """Run ``build`` on an empty folder; keep the product.

        Returns its name.
        """
        name = f"{step.replace('/', '-')}-{key}"
        partial = self._product(PARTIAL + name)
        with self._explained():
            partial.mkdir()
            try:
                build(partial)
                for file in partial.rglob("*"):
                    if file.is_file():
                        sync(file)
                partial.rename(self._product(name))
                sync(self.folder / "products")
            except BaseException as error:
                # GDAL and Arrow report a full disk in words of their own, so the disk itself is asked.
                full = isinstance(error, Exception) and is_full(partial)
                shutil.rmtree(partial, ignore_errors=True)
                if full:
                    raise OSError(errno.ENOSPC, "disk full") from error
                raise
        return name

    def publish(self, *, catalog: str, products: Mapping[str, str], faults: tuple[Fault, ...]) -> Generation:
        """Write the generation and move ``current`` to it.

        The same products give the same id.
        """
        content = json.dumps([catalog, dict(products), [asdict(fault) for fault in faults]], sort_keys=True)
        generation = Generation(
            id=sha256(content.encode()).hexdigest()[:12],
            catalog=catalog,
            created=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            products=dict(products),
            faults=faults,
            folder=self.folder,
        )
        manifest = self.folder / "generations" / f"{generation.id}.json"
        with self._explained():
            if not manifest.exists():
                data = {key: value for key, value in asdict(generation).items() if key != "folder"}
                write_whole(manifest, json.dumps(data, ensure_ascii=False, indent=1) + "\n")
            write_whole(self.folder / "current", generation.id + "\n")
        return self.generation(generation.id)

    def prune(self, *, keep: int) -> Pruned:
        """Remove old generations and unnamed products.

        The generation to open and the newest others stay, ``keep`` (≥ 1) in all, and what they name. What a
        view has open stays readable to it; tiles that it has not loaded yet are gone. Raises StoreBusyError
        while a build runs, StoreError, NotBuiltError where there is nothing to keep.
        """
        current = self.current()
        if current is None:
            raise NotBuiltError(f"{self.folder}: nothing is built here; run 'twin build'")
        with self.writing(), self._explained():
            manifests = {file.stem: file for file in (self.folder / "generations").glob("*.json")}
            whole = [one for name in manifests if (one := self._whole(name)) is not None]
            whole.sort(key=lambda one: (one.id == current.id, one.created), reverse=True)
            kept = {product for one in whole[:keep] for product in one.products.values()}
            old = sorted(manifests.keys() - {one.id for one in whole[:keep]})
            for name in old:
                manifests[name].unlink()
            gone = [folder for folder in (self.folder / "products").iterdir() if folder.name not in kept]
            size = sum(file.stat().st_size for folder in gone for file in folder.rglob("*") if file.is_file())
            for folder in gone:
                passing = folder.with_name(PARTIAL + folder.name)
                folder.rename(passing)  # a kill leaves nothing half there under its name
                shutil.rmtree(passing)
        return Pruned(generations=tuple(old), products=len(gone), nbytes=size)

    def _whole(self, id: str) -> Generation | None:  # noqa: A002  (the field's own word)
        try:
            return self.generation(id)
        except NotBuiltError:  # damaged, or without its products: nothing can open it
            return None

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what the system says of the disk into one line."""
        try:
            yield
        except OSError as error:
            remedy = "give --store a folder that can be written"
            if error.errno in (errno.ENOTDIR, errno.EEXIST):
                raise StoreError(f"{self.folder}: not a folder; {remedy}", errno=error.errno) from error
            if error.errno not in MACHINES_FAULT:
                raise
            raise refusal(error, self.folder, remedy=remedy) from error

    # -- hashes of sources ----------------------------------------------------------------------------

    def digest(self, source: Path) -> str:
        """Hash a file's content: SHA-256.

        Once for a given size and time of change.
        """
        return self._digests([source])[0]

    def _digests(self, sources: list[Path]) -> list[str]:
        notebook = self.folder / "sources.json"
        try:
            known: dict[str, str] = json.loads(notebook.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            known = {}
        digests, learned = [], False
        for source in sources:
            stat = source.stat()
            mark = f"{source.resolve()}|{stat.st_size}|{stat.st_mtime_ns}"
            if mark not in known:
                known[mark] = _digest(source)
                learned = True
            digests.append(known[mark])
        if learned and self.folder.is_dir():
            with contextlib.suppress(OSError):  # only saves time; a store that takes no writing can be served
                write_whole(notebook, json.dumps(known, indent=0))
        return digests


def _digest(source: Path) -> str:
    digest = sha256()
    with source.open("rb") as stream:
        while block := stream.read(CHUNK):
            digest.update(block)
    return digest.hexdigest()


def write_whole(path: Path, text: str) -> None:
    """Write a small file atomically.

    A reader gets the old text or the new one, never a part.
    """
    partial = path.with_name(f"{PARTIAL}{os.getpid()}-{path.name}")
    try:
        with partial.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
