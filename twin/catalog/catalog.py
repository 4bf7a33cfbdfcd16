"""Catalog as read: head, site, valid entries and broken ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, get_args

from twin.catalog.entries import Entry
from twin.catalog.head import CatalogHead
from twin.catalog.problems import CatalogError, Problem
from twin.catalog.site import Site
from twin.catalog.types import Names
from twin.errors import Reason, TwinError

E = TypeVar("E", bound=Entry)

SHIPPED = Path(__file__).resolve().parents[1]
"""Where ``twin:`` uris start: the package's own folder."""


class NoSuchDataError(TwinError):
    """Missing entry: the catalog has none (whole) of this kind or id."""

    zh = "数据目录中没有可用的所需数据：{message}"


@dataclass(frozen=True, kw_only=True)
class BrokenEntry:
    """Unusable data set, shown greyed with the reason."""

    id: str
    kind: str
    title: Names
    problems: tuple[Problem, ...]

    @property
    def reason(self) -> str:
        """First problem and its key, in one line."""
        first, own = self.problems[0], f"entries.{self.id}"
        if first.key.startswith(f"{own}."):
            return f"{first.key.removeprefix(own)[1:]}: {first.message}"
        return first.message

    @property
    def why(self) -> Reason:
        """Reason, for screens."""
        return Reason(self.reason, CatalogError.zh.format(message=self.reason))


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """Data sets of a basin.

    ``root`` is the folder that relative uris start from.
    """

    path: Path
    root: Path
    head: CatalogHead
    site: Site
    entries: Mapping[str, Entry]
    broken: Mapping[str, BrokenEntry]
    lines: Mapping[str, int]
    """The line of each entry in the file, for messages."""

    @property
    def needs_sample(self) -> bool:
        """Whether an entry needs the sample's generator."""
        return any(entry.driver == "sample" for entry in self.entries.values())

    def path_of(self, entry: Entry, *, sample: Path | None = None) -> Path:
        """Return the path of the entry's file.

        ``sample`` is the folder that the sample was generated into. Raises NoSuchDataError for a sample's
        entry where no such folder is given.
        """
        if entry.driver == "sample":
            if sample is None:
                raise NoSuchDataError(f"{entry.id} is generated: run 'twin build' first", entry=entry.id)
            return sample / entry.uri
        return self.beside(entry.uri)

    def beside(self, uri: str) -> Path:
        """Return the path of a second file that an entry names."""
        return SHIPPED / uri.removeprefix("twin:") if uri.startswith("twin:") else self.root / uri

    def of_class(self, wanted: type[E]) -> list[E]:
        """Return the entries of a class, in catalog order.

        ``VectorEntry`` includes the barriers.
        """
        return [entry for entry in self.entries.values() if isinstance(entry, wanted)]

    def only(self, wanted: type[E]) -> E:
        """Return one entry of a class with a kind of its own.

        Raises NoSuchDataError with the reason.
        """
        found = self.of_class(wanted)
        if found:
            return found[0]
        kind = _kind(wanted)
        self._refuse_broken(kind)
        raise NoSuchDataError(f"{self.path} has no entry of the kind {kind}", kind=kind)

    def whole(self, wanted: type[E]) -> list[E]:
        """Return all entries of a class with a kind of its own.

        Raises NoSuchDataError where one is broken.
        """
        self._refuse_broken(_kind(wanted))
        return self.of_class(wanted)

    def _refuse_broken(self, kind: str) -> None:
        for broken in self.broken.values():
            if broken.kind == kind:
                raise NoSuchDataError(
                    f"{broken.id} cannot be used: {broken.problems[0]}", entry=broken.id, kind=broken.kind
                )

    def optional(self, wanted: type[E]) -> E | None:
        """Return the first entry of a class, or None."""
        return next(iter(self.of_class(wanted)), None)


def _kind(wanted: type[Entry]) -> str:
    """The kind that a model says itself: with the table of kinds, every product would depend on every row."""
    (kind,) = get_args(wanted.model_fields["kind"].annotation)
    return str(kind)
