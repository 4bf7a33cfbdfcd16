"""Open the storyboard that a command names, with its basin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from apps.commands.options import PROJECT_CATALOG
from apps.recorder.film_check import film_problems
from twin.catalog.problems import Problem
from twin.catalog.yaml_tree import Document
from twin.storyboard.film_basin import FilmBasin, catalog_of, open_film_basin
from twin.storyboard.loading import StoryboardError, read_storyboard
from twin.storyboard.storyboard import Storyboard

if TYPE_CHECKING:
    from apps.recorder.recording_job import Codec, RecordingJob


def script_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add FILE, --catalog, --root and --store, the same on every command."""
    for option in (
        click.option("--store", type=click.Path(path_type=Path), help="Folder of products (default: .twin)."),
        click.option("--root", type=click.Path(path_type=Path), help="Folder that relative uris start from."),
        click.option(
            "--catalog", type=click.Path(path_type=Path), help="The basin's catalog (default: FILE's)."
        ),
        click.argument("file", type=click.Path(path_type=Path)),
    ):
        command = option(command)
    return command


@dataclass(frozen=True, kw_only=True)
class OpenedScript:
    """Storyboard with its lines, and the basin that it shows."""

    file: Path
    storyboard: Storyboard
    document: Document
    film: FilmBasin
    catalog: Path
    root: Path | None
    store: Path | None

    @classmethod
    def open(cls, file: Path, *, catalog: Path | None, root: Path | None, store: Path | None) -> OpenedScript:
        """Raises StoryboardError, CatalogError, NotBuiltError."""
        script, document = read_storyboard(file)
        catalog = catalog or catalog_of(script, file=file, default=PROJECT_CATALOG)
        film = open_film_basin(script, file=file, document=document, catalog=catalog, root=root, store=store)
        return cls(
            file=file,
            storyboard=script,
            document=document,
            film=film,
            catalog=catalog,
            root=root,
            store=store,
        )

    def changed(self, changes: Mapping[str, object]) -> OpenedScript:
        """Return the script with some fields changed."""
        return replace(self, storyboard=Storyboard.model_validate({**dict(self.storyboard), **changes}))

    def problems(self) -> tuple[Problem, ...]:
        """Return all that is wrong with the film, by line."""
        return film_problems(self.storyboard, self.film, file=self.file, document=self.document)

    def refuse(self) -> None:
        """Raise StoryboardError for what cannot be shown; print warnings."""
        problems = self.problems()
        for problem in problems:
            if problem.severity != "error":
                click.echo(str(problem), err=True)
        if errors := tuple(problem for problem in problems if problem.severity == "error"):
            raise StoryboardError(errors)

    def job(
        self,
        changes: Mapping[str, object] = MappingProxyType({}),
        *,
        draft: bool = False,
        codec: Codec = "h264",
        pngs: Path | None = None,
    ) -> RecordingJob:
        """Return the recording of the script with some fields changed."""
        from apps.recorder.recording_job import RecordingJob  # noqa: PLC0415

        board = dict(self.storyboard) | {"generation": self.film.basin.generation.id, **changes}
        return RecordingJob(
            board=Storyboard.model_validate(board),
            file=self.file.absolute(),
            catalog=self.catalog.absolute(),
            root=self.root,
            store=self.store,
            draft=draft,
            codec=codec,
            pngs=None if pngs is None else pngs.absolute(),
        )
