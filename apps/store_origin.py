"""Fetch generations from a hub into a local cache.

For a machine that does not see its store. Files are addressed by their SHA-256
(``apps/hub/store_mirror.py``); one whose content has another is refused.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from apps.product_cache import ProductCache
from twin.store import StoreError, write_whole
from twin.strict_json import JsonError, parse_json

URL, TOKEN = "TWIN_ORIGIN", "TWIN_TOKEN"
"""Names of the environment variables of ``ray start`` with the hub's address and a program's token."""
AT_ONCE = 4
TIMEOUT_S = 60.0
CHUNK = 1 << 20


class StoreOrigin:
    """Store of the hub at ``url``, mirrored into a cache."""

    def __init__(self, url: str, *, token: str = "", cache: ProductCache) -> None:
        self.url = url.rstrip("/")
        self._url = urlsplit(self.url)
        self._token, self._cache = token, cache
        self._brought: dict[str, Path] = {}

    @classmethod
    def of_environment(cls) -> StoreOrigin | None:
        """Return the origin that the environment names; None for a shared folder."""
        url = os.environ.get(URL)
        if not url:
            return None
        return cls(url, token=os.environ.get(TOKEN, ""), cache=ProductCache.of_this_node())

    def bring(self, generation: str) -> tuple[Path, Path]:
        """Fetch what is missing of a generation.

        Returns its catalog and its store. Raises StoreError for a hub that does not answer or refuses, and
        for a file of another hash.
        """
        store = self._cache.folder
        if generation not in self._brought:
            told = self._listing(generation)
            for name, files in told["products"].items():
                self._cache.take(name, partial(self._fill, files))
            (store / "generations").mkdir(exist_ok=True)
            write_whole(store / "generations" / f"{generation}.json", json.dumps(told["generation"]))
            self._brought[generation] = _write_catalog(store, told)
        return self._brought[generation], store

    def _fill(self, files: Mapping[str, str], folder: Path) -> None:
        for name in files:
            if not (folder / name).resolve().is_relative_to(folder.resolve()):
                raise StoreError(f"{self.url}: a product has a file outside of its folder: {name}")
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shares = [list(files.items())[k::AT_ONCE] for k in range(AT_ONCE)]
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="fetch") as pool:
            list(pool.map(partial(self._fetch, folder), shares))

    def _fetch(self, folder: Path, files: Sequence[tuple[str, str]]) -> None:
        """Fetch (name, digest) files over one connection."""
        with closing(self._connection()) as line:
            for name, digest in files:
                found = sha256()
                with (folder / name).open("wb") as file, self._get(line, f"blobs/{digest}") as answer:
                    while block := answer.read(CHUNK):
                        found.update(block)
                        file.write(block)
                if found.hexdigest() != digest:
                    raise StoreError(
                        f"{self.url}/tiles/blobs/{digest}: its content has another hash "
                        f"({found.hexdigest()[:8]}…) and is refused: the hub's store is damaged, or somebody "
                        "changed it on its way"
                    )

    def _listing(self, generation: str) -> dict[str, Any]:
        with closing(self._connection()) as line, self._get(line, f"{generation}/mirror.json") as answer:
            try:
                told = parse_json(answer.read())
            except JsonError as error:
                raise StoreError(f"{self.url}: its list of files is not whole: {error}") from None
        assert isinstance(told, dict)
        return told

    def _connection(self) -> HTTPConnection:
        kind = HTTPSConnection if self._url.scheme == "https" else HTTPConnection
        return kind(self._url.hostname or "", self._url.port, timeout=TIMEOUT_S)

    def _get(self, line: HTTPConnection, path: str) -> HTTPResponse:
        """Ask for an address below ``/tiles/``."""
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        try:
            line.request("GET", f"{self._url.path}/tiles/{path}", headers=headers)
            answer = line.getresponse()
        except (OSError, HTTPException, ValueError) as error:
            raise StoreError(f"{self.url}: the store's hub does not answer: {error}") from None
        if answer.status != HTTPStatus.OK:
            answer.close()
            raise StoreError(
                f"{self.url}/tiles/{path}: the hub refuses it ({answer.status}): {TOKEN} is a token with "
                "'--sees restricted' (twin token add)"
            )
        return answer


def _write_catalog(store: Path, told: Mapping[str, Any]) -> Path:
    """Write catalog and site; sources, which nobody reads to draw, are empty files."""
    catalog = yaml.safe_load(told["catalog"])
    text = told["catalog"] + told["site"] + "\n".join(told["entries"])
    folder = store / "catalogs" / sha256(text.encode()).hexdigest()[:16]
    path = folder / "data_catalog.yaml"
    if not path.exists():
        (folder / "sources").mkdir(parents=True, exist_ok=True)
        for id_ in told["entries"]:
            entry = catalog["entries"][id_]
            for key in {"uri", "datastreams"} & entry.keys():
                if not str(entry[key]).startswith("twin:"):
                    entry[key] = f"sources/{id_}-{Path(str(entry[key])).name}"
                    (folder / entry[key]).touch()
        catalog["site"] = "site.yaml"
        write_whole(folder / "site.yaml", told["site"])
        write_whole(path, yaml.safe_dump(catalog, allow_unicode=True, sort_keys=False))
    return path
