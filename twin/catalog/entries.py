"""Models of catalog entries, one per kind of data set.

``kind`` says what the data means and decides which keys an entry may have; ``driver`` says how it is read.
Kinds are open: a kind without a row in ``layer_kinds.py`` is a plain vector layer.
"""

from __future__ import annotations

import posixpath
import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from twin.catalog.landcover_classes import CoverName
from twin.catalog.model_files import file_fault
from twin.catalog.types import Access, Colour, Crs, Encoding, Height, Metres, Names, Place, Slug, Strict, Text
from twin.catalog.unread import unread
from twin.vertical import Reference

MADE = ("sample", "terrain")
"""Drivers of what a build makes itself: by the sample's generator, or from the basin's own terrain."""
VectorFormat = Literal["GeoJSON", "GPKG", "ESRI Shapefile"]
VECTOR_SUFFIXES: dict[str, VectorFormat] = {
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".geojsonl": "GeoJSON",
    ".geojsons": "GeoJSON",
    ".ndjson": "GeoJSON",
    ".gpkg": "GPKG",
    ".shp": "ESRI Shapefile",
}


def _uri(value: str) -> str:
    """A relative path that stays inside its root; ``twin:`` names a file that ships with the program."""
    path = value.removeprefix("twin:")
    if value.lower().endswith(".vrt"):
        raise ValueError("is a .vrt, which can point at any file or network address; name the GeoTIFF itself")
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", path):
        raise ValueError("is an address or a drive; only files below the root (--root) are read")
    if path.startswith(("/", "~")) or "\\" in path or "\0" in path:
        raise ValueError("must be a relative path with '/' below the root (--root)")
    if posixpath.normpath(path).split("/")[0] in ("..", ".", ""):
        raise ValueError("leads out of the root (--root)")
    return value


def _reference(value: object) -> object:
    return "1985" if value == 1985 and not isinstance(value, bool) else value


class Show(Strict):
    """Display of a data set before anyone changes it."""

    visible: bool = True
    opacity: float = Field(default=1.0, ge=0, le=1)
    colour: Colour | None = None
    outline: Colour | None = None
    width_px: float | None = Field(default=None, ge=0.5, le=20)
    label: Text | None = Field(default=None, description="The attribute whose text is the label.")


class Heights(Strict):
    """Height reference of a data set.

    ``offset_m`` is added to its heights to give working heights.
    """

    reference: Annotated[Reference, BeforeValidator(_reference)]
    offset_m: float | None = Field(default=None, ge=-200, le=200)
    note: Text | None = None


class Entry(Strict):
    """Common keys of every data set."""

    id: Slug
    kind: Slug
    title: Names
    driver: str
    uri: Annotated[str, AfterValidator(_uri), Field(min_length=1, max_length=500)]
    edition: Text
    since: date | None = Field(default=None, description="The day from which this edition holds.")
    owner: Text | None = None
    source: Text
    licence: Text | None = None
    access: Access
    note: Text | None = None
    show: Show = Show()


class RasterEntry(Entry):
    """Raster: GeoTIFF, another format, or one of the sample's generator."""

    driver: Literal["raster", "sample"]
    format: Literal["GTiff", "COG"] | None = Field(
        default=None, description="Told by what the file holds, whatever stands here."
    )
    crs: Crs | None = Field(default=None, description="Needed where the file does not say it.")
    nodata: float | None = Field(default=None, description="Where the file does not declare its own.")

    @model_validator(mode="after")
    def _no_gcj02(self) -> RasterEntry:
        if self.crs == "GCJ-02":
            raise ValueError("a raster cannot be in GCJ-02: warp it to WGS84 or CGCS2000 first")
        return self


class HeightEntry(RasterEntry):
    """Raster of heights."""

    vertical: Heights
    band: int = Field(default=1, ge=1, le=1000)
    unit_mult: float = Field(default=1.0, gt=0, le=1e6, description="Turns the file's unit into metres.")


class TerrainEntry(HeightEntry):
    """Ground that water is computed on, resampled for finer insets only."""

    kind: Literal["terrain"]
    bed: Literal["surveyed", "none"] = Field(
        description="Whether the ground under the water was surveyed; with 'none' no depth is shown."
    )
    vertical_error_m: float = Field(gt=0, le=50)


class InsetEntry(HeightEntry):
    """Finer survey of a part of the terrain, laid into it.

    A dam's surroundings, the bed of an arm, a strip by lidar.
    """

    kind: Literal["inset"]


class SurroundingsEntry(HeightEntry):
    """Coarse catchment around the terrain, for the eye."""

    kind: Literal["surroundings"]


class LandcoverEntry(RasterEntry):
    """Land cover, a class a cell; the surface picture's source."""

    kind: Literal["landcover"]
    band: int = Field(default=1, ge=1, le=1000)
    classes: dict[Annotated[str, Field(pattern=r"^-?\d{1,9}$")], CoverName] | None = Field(
        default=None,
        description="The file's number: the class it means. Others are told, and are unknown. "
        "Without it the file holds the program's own numbers.",
    )


class ImageryEntry(RasterEntry):
    """Picture of the ground from above.

    It replaces the painted one where it is not clear. Of several the one with finer cells lies above, of
    equally fine ones the later in the catalog.
    """

    kind: Literal["imagery"]
    bands: list[Annotated[int, Field(ge=1, le=1000)]] | None = Field(
        default=None,
        description="The numbers of the bands that are red, green and blue, or of the one that is grey.",
    )

    @model_validator(mode="after")
    def _one_or_three_bands(self) -> ImageryEntry:
        if self.bands is not None and len(self.bands) not in (1, 3):
            raise ValueError("bands are three numbers (red, green, blue) or one (grey)")
        return self


class VectorEntry(Entry):
    """Points, lines or polygons.

    ``rename`` and ``unit_mult`` adapt the attributes of a foreign file.
    """

    driver: Literal["vector", "sample"]
    format: VectorFormat | None = Field(default=None, description="Told from the file's ending where absent.")
    layer: Text | None = Field(default=None, description="Which layer of a file that holds several.")
    crs: Crs | None = Field(
        default=None, description="Needed where the file does not say it; GCJ-02 never is."
    )
    encoding: Encoding | None = Field(default=None, description="Of a Shapefile's texts.")
    rename: dict[Text, Text] = Field(default={}, description="The file's attribute: the name it gets.")
    unit_mult: dict[Text, float] = Field(default={}, description="After renaming: attribute: factor.")

    @model_validator(mode="after")
    def _format_is_known(self) -> VectorEntry:
        if self.format is None and posixpath.splitext(self.uri)[1].lower() not in VECTOR_SUFFIXES:
            raise ValueError(
                unread(self.uri)
                or f"cannot tell the format of {self.uri!r}: set format to GeoJSON, GPKG or ESRI Shapefile"
            )
        return self

    @property
    def ogr_driver(self) -> VectorFormat:
        """OGR driver that may open the file."""
        return self.format or VECTOR_SUFFIXES[posixpath.splitext(self.uri)[1].lower()]


class Anchor(Place):
    """Anchor of a model in metres on a local tangent plane."""

    height_m: Height = Field(description="Of the model's origin, in the entry's vertical reference.")
    heading_deg: float = Field(
        default=0.0, ge=-360, le=360, description="Where the model's +Y points: 0 true north, 90 east."
    )
    scale: float = Field(default=1.0, gt=0, le=1e6, description="Metres in a unit of the file.")
    origin: tuple[Metres, Metres, Metres] = Field(
        default=(0.0, 0.0, 0.0), description="The point of the file, Z up, that stands on the anchor."
    )


class ModelEntry(Entry):
    """Streamed 3D models: the sample's villages, or foreign ones.

    What others made has one place: by ``crs``, by ``ecef``, or by an ``anchor``; an OSGB tree may leave it to
    its own ``metadata.xml``, which the ``uri`` names; its folder serves as well.
    """

    kind: Literal["model"]
    driver: Literal["sample", "surface", "tileset", "points", "osgb"]
    crs: Crs | None = Field(default=None, description="The file's coordinates are of this system.")
    ecef: bool = Field(default=False, description="A tileset in earth-centred coordinates (EPSG:4978).")
    anchor: Anchor | None = Field(default=None, description="For a model in a frame of its own.")
    up: Literal["Y", "Z"] | None = Field(
        default=None, description="The file's upright axis, where it is not the format's own."
    )
    unit_mult: float | None = Field(
        default=None, gt=0, le=1e6, description="Turns heights into metres where the file does not say."
    )
    vertical: Heights
    ground: bool = Field(
        default=True,
        description="Whether it brings the ground that it stands on, so that the terrain's own steps back.",
    )
    detail: Literal["normal", "high"] = Field(
        default="normal", description="How fine the sample's villages are made; high is for measuring."
    )

    @model_validator(mode="after")
    def _one_place(self) -> ModelEntry:
        given = [name for name in ("crs", "ecef", "anchor") if getattr(self, name)]
        if self.driver == "sample":
            if "anchor" in given or "ecef" in given or self.up:
                raise ValueError(
                    "the sample's models have their place already: leave out ecef, anchor and up"
                )
            return self
        if len(given) > 1:
            raise ValueError(f"has more than one place ({', '.join(given)}): keep one of them")
        if not given and self.driver != "osgb":
            raise ValueError(
                "has no place: give crs (the coordinates' system), ecef: true (a tileset on the globe), "
                "or anchor (a model in a frame of its own)"
            )
        return self

    @model_validator(mode="after")
    def _place_fits_the_driver(self) -> ModelEntry:
        if self.ecef and self.driver != "tileset":
            raise ValueError("ecef is for the driver tileset: give crs or anchor")
        if self.ecef and self.vertical.reference != "ellipsoidal":
            raise ValueError("heights in ECEF are ellipsoidal: write vertical: {reference: ellipsoidal}")
        if self.up and self.driver == "osgb":
            raise ValueError("an OSGB tree stands on Z always: leave out up")
        if self.up and self.driver != "surface" and self.anchor is None:
            raise ValueError("up turns surfaces, and other models in a frame of their own: leave it out")
        if self.unit_mult is not None and (self.anchor is not None or self.ecef):
            raise ValueError("unit_mult is for heights in a crs: an anchor has its scale")
        if "detail" in self.model_fields_set and self.driver != "sample":
            raise ValueError("detail is for the sample's models: leave it out")
        if "ground" in self.model_fields_set and self.driver in ("sample", "points"):
            raise ValueError("ground is for surfaces made by others: leave it out")
        return self

    @model_validator(mode="after")
    def _file_fits_the_driver(self) -> ModelEntry:
        if fault := file_fault(self.driver, self.uri):
            raise ValueError(fault)
        return self


class BarrierEntry(VectorEntry):
    """Dams and dikes as lines or polygons, with crest heights."""

    kind: Literal["barriers"]
    crest_field: Text | None = Field(default=None, description="The attribute that holds the crest's height.")
    crest_m: Height | None = Field(default=None, description="One crest height for all of them.")
    vertical: Heights | None = Field(default=None, description="Of the crests; working heights where absent.")

    @model_validator(mode="after")
    def _one_crest(self) -> BarrierEntry:
        if (self.crest_field is None) == (self.crest_m is None):
            raise ValueError("a barrier needs either crest_field (an attribute) or crest_m (one height)")
        return self


class BuildingsEntry(VectorEntry):
    """Footprints of buildings, with households and people where they are known.

    Or those of the sample's village models.
    """

    kind: Literal["buildings"]


class TableEntry(Entry):
    """CSV with a header line."""

    driver: Literal["table"]
    format: Literal["CSV"] = "CSV"
    encoding: Encoding | None = Field(default=None, description="Of its texts, where they do not show it.")
    rename: dict[Text, Text] = Field(default={}, description="The file's column: the name it gets.")
    unit_mult: dict[Text, float] = Field(default={}, description="After renaming: column: factor.")


class CurveEntry(TableEntry):
    """Dated edition of the level-area-storage curve.

    The first in the catalog is the default one.
    """

    kind: Literal["curve"]
    status: Literal["published", "surveyed", "derived"]


class RunEntry(TableEntry):
    """Flood as points of inflow, release and level; published or reconstructed."""

    kind: Literal["run"]
    status: Literal["published", "reconstructed"]


class OutletsEntry(TableEntry):
    """Rating tables of outlets: discharge by opening and level, a line each.

    Columns outlet, opening, level_m and discharge_m3s; name_zh and name_en where there are any.
    """

    kind: Literal["outlets"]
    opening_unit: Literal["", "m", "%"] = Field(
        default="", description="What openings are counted in; '' for gates, or shares of the whole."
    )


class StationsEntry(Entry):
    """Monitoring stations and what each of them measures.

    Or the sample's own. The station table has the columns of SL 323's ST_STBPRP_B (stcd, stnm, lgtd, lttd,
    sttp) or ours (id, name_zh, kind, lon, lat); the datastreams' table has station, property and interval_s.
    """

    kind: Literal["stations"]
    driver: Literal["table", "sample"]
    format: Literal["CSV"] = "CSV"
    encoding: Encoding | None = Field(default=None, description="Of its texts, where they do not show it.")
    rename: dict[Text, Text] = Field(default={}, description="The station table's column: the name it gets.")
    crs: Crs = Field(default="EPSG:4490", description="Of the stations' longitudes and latitudes.")
    datastreams: Annotated[str, AfterValidator(_uri), Field(min_length=1, max_length=500)] | None = Field(
        default=None, description="The CSV of what each station measures."
    )

    @model_validator(mode="after")
    def _has_datastreams(self) -> StationsEntry:
        if self.driver == "table" and self.datastreams is None:
            raise ValueError("needs datastreams: a CSV with station, property and interval_s")
        return self
