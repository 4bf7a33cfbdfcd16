"""Step that makes others' 3D models ready for streaming."""

from __future__ import annotations

from pathlib import Path

from twin.build.sources import Sources, marks_beneath
from twin.build.step import Products, Step, StepProgress
from twin.catalog import Catalog, ModelEntry
from twin.products import model_step_name

NAMING_OTHERS = (".obj", ".ply", ".stl", ".glb", ".gltf", ".json", ".xml", ".osgb", "")
"""Files that name others beneath their folder, or have a .prj beside, which count as sources too; a folder
does as well."""


def foreign_steps(catalog: Catalog, entry: ModelEntry) -> list[Step]:
    """Make the step that converts a model which others made.

    A folder with its ``tileset.json``.
    """
    sources = Sources(catalog=catalog, entries=(entry,))
    path = catalog.path_of(entry)

    def make(folder: Path, products: Products, progress: StepProgress) -> None:
        from meshes.build.foreign.build import build_foreign  # noqa: PLC0415

        build_foreign(folder, catalog, entry, progress=progress)

    beneath = marks_beneath(_folder_of(path)) if path.suffix.lower() in NAMING_OTHERS else ""
    step = Step(
        name=model_step_name(entry.id, "000"),
        title=(f"转换{entry.title.zh}", f"converting {entry.title.en}"),
        make=make,
        sources=(*sources.files, *_prj_beside(path)),
        settings=sources.settings | {"beneath": beneath},
        seconds=20.0,
        entry=entry.id,
        required=False,
        late=True,
    )
    return [step]


def _folder_of(path: Path) -> Path:
    """The folder whose files count; above ``Data`` lies the metadata.xml of an OSGB tree."""
    if not path.is_dir():
        return path.parent
    return path.parent if path.name.lower() == "data" else path


def _prj_beside(path: Path) -> list[Path]:
    """The .prj beside a file, which is compared with the catalog's crs."""
    stems = (path.stem.lower(), path.name.lower(), f"{path.stem.lower()}_wkt")
    there = path.parent.iterdir() if path.is_file() else ()
    return sorted(file for file in there if file.suffix.lower() == ".prj" and file.stem.lower() in stems)
