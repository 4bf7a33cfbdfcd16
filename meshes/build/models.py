"""The steps that make 3D models ready for streaming; a few villages a step, so that a kill loses little."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from twin.build import Step
from twin.build.sources import SAMPLE, Sources, marks_beneath
from twin.build.step import Tell
from twin.catalog import Catalog, ModelEntry, frame_of
from twin.products import model_step_name
from twin.sample.names import VILLAGES
from twin.vertical import ellipsoid_minus_working_m

Products = Mapping[str, Path]

BATCH = 6
"""Villages of one step."""
NAMING_OTHERS = (".obj", ".ply", ".stl", ".glb", ".gltf", ".json", ".xml", ".osgb", "")
"""Files that name others beneath their folder, or have a .prj beside, which count as sources too; a folder
does as well."""


def model_steps(catalog: Catalog, entry: ModelEntry) -> list[Step]:
    """The sample's villages in batches, or one step for what others made; each model becomes a folder with
    its ``tileset.json``."""
    if entry.driver != "sample":
        return [_foreign(catalog, entry)]
    return [_batch(catalog, entry, first) for first in range(0, len(VILLAGES), BATCH)]


def _foreign(catalog: Catalog, entry: ModelEntry) -> Step:
    sources = Sources(catalog=catalog, entries=(entry,))
    path = catalog.path_of(entry)

    def make(folder: Path, products: Products, tell: Tell) -> None:
        from meshes.build.foreign.build import build_foreign  # noqa: PLC0415

        build_foreign(folder, catalog, entry, tell=tell)

    beneath = marks_beneath(_folder_of(path)) if path.suffix.lower() in NAMING_OTHERS else ""
    return Step(
        name=model_step_name(entry.id, "000"),
        title=(f"转换{entry.title.zh}", f"converting {entry.title.en}"),
        make=make,
        sources=(*sources.files, *_prj_beside(path)),
        settings=sources.settings | {"beneath": beneath},
        code=("meshes.build.foreign.build",),
        seconds=20.0,
        entry=entry.id,
        required=False,
        late=True,
    )


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


def _batch(catalog: Catalog, entry: ModelEntry, first: int) -> Step:
    frame, last = frame_of(catalog.head), min(first + BATCH, len(VILLAGES))

    def make(folder: Path, products: Products, tell: Tell) -> None:
        from meshes.build.villages import build_villages  # noqa: PLC0415

        build_villages(
            folder,
            numbers=range(first, last),
            sample=products[SAMPLE],
            ground=products["ground"],
            frame=frame,
            ellipsoid_minus_working_m=ellipsoid_minus_working_m(catalog.head.vertical),
            detail=entry.detail,
            tell=tell,
        )

    return Step(
        name=model_step_name(entry.id, f"{first:03d}"),
        title=(f"构建村庄模型 {first + 1}–{last}", f"modelling villages {first + 1} to {last}"),
        make=make,
        needs=(SAMPLE, "ground"),
        settings={
            "detail": entry.detail,
            "frame": catalog.head.frame.model_dump(mode="json"),
            "vertical": catalog.head.vertical.model_dump(mode="json"),
        },
        code=("meshes.build.villages", "twin.vertical"),
        seconds=8.0 if entry.detail == "normal" else 120.0,
        entry=entry.id,
        required=False,
        late=True,
    )
