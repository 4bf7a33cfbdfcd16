"""Open the basin that a storyboard shows: its catalog, generation and access."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from twin.access import NothingToSeeError
from twin.basin import Basin
from twin.catalog.layer_kinds import kind_of
from twin.catalog.types import Access
from twin.catalog.yaml_tree import Document
from twin.store import NotBuiltError, Store
from twin.storyboard.loading import StoryboardError
from twin.storyboard.problem_list import ProblemList
from twin.storyboard.storyboard import Storyboard


@dataclass(frozen=True, kw_only=True)
class FilmBasin:
    """Basin as a film shows it.

    ``left_out`` are the entries that are closed to the film's readers, with their access; ``titles`` are the
    titles, in both languages, of those among them that have a layer.
    """

    basin: Basin
    left_out: Mapping[str, Access]
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def open_film_basin(
    storyboard: Storyboard,
    *,
    file: Path,
    document: Document | None = None,
    catalog: Path,
    root: Path | None = None,
    store: Path | None = None,
) -> FilmBasin:
    """Open the generation that a storyboard names, without what its ``access`` closes.

    ``catalog`` is the one from :func:`catalog_of`. Raises StoryboardError where the generation is gone or the
    ground is closed to the film's access, CatalogError and NotBuiltError where there is no basin at all.
    """
    problems = ProblemList(file, document)
    try:
        whole = Basin.open(catalog, root=root, store=store, generation=storyboard.generation)
    except NotBuiltError as error:
        if storyboard.generation is None:
            raise
        kept = generations_of(Store.beside(catalog, store))
        words = f"the generation {storyboard.generation} is gone ({error})"
        hint = f"leave the key out for the newest; kept are {', '.join(kept)}" if kept else ""
        problems.add(("generation",), "gone", words, hint=hint)
        raise StoryboardError(problems.sorted()) from error
    try:
        seen = whole.seen_by(storyboard.access)
    except NothingToSeeError as error:
        words = f"the film is {storyboard.access}, and the ground or every curve of this basin is not"
        problems.add(("access",), "closed", words, hint="access: internal, or restricted")
        raise StoryboardError(problems.sorted()) from error
    closed = {id_: entry for id_, entry in whole.catalog.entries.items() if id_ not in seen.catalog.entries}
    return FilmBasin(
        basin=seen,
        left_out={id_: entry.access for id_, entry in closed.items()},
        titles=closed_titles(whole, seen),
    )


def closed_titles(whole: Basin, seen: Basin) -> dict[str, Mapping[str, str]]:
    """Return titles of withheld entries that have a layer, by its id."""
    return {
        kind_of(entry.kind).shown_by or id_: entry.title.model_dump()
        for id_, entry in whole.catalog.entries.items()
        if id_ not in seen.catalog.entries and kind_of(entry.kind).shown_by != "water"
    }


def catalog_of(storyboard: Storyboard, *, file: Path, default: Path) -> Path:
    """Return the data catalog of a storyboard's file, else the default."""
    return default if storyboard.catalog is None else file.parent / storyboard.catalog


def generations_of(store: Store) -> list[str]:
    """Return the ids of a store's generations, the newest first."""
    files = (store.folder / "generations").glob("*.json")
    return [file.stem for file in sorted(files, key=lambda file: file.stat().st_mtime, reverse=True)]
