"""Catalog and site of a basin, read strictly.

``data_catalog.yaml`` and ``site.yaml``.
"""

from twin.catalog.catalog import BrokenEntry, Catalog, NoSuchDataError
from twin.catalog.entries import (
    BarrierEntry,
    BuildingsEntry,
    CurveEntry,
    Entry,
    HeightEntry,
    Heights,
    ImageryEntry,
    InsetEntry,
    LandcoverEntry,
    ModelEntry,
    OutletsEntry,
    RasterEntry,
    RunEntry,
    Show,
    StationsEntry,
    SurroundingsEntry,
    TableEntry,
    TerrainEntry,
    VectorEntry,
)
from twin.catalog.head import CatalogHead, Reservoir, VerticalSettings, frame_of
from twin.catalog.load import load_catalog, load_catalog_leniently
from twin.catalog.problems import CatalogError, Problem
from twin.catalog.site import CharacteristicLevel, Season, Site, Viewpoint
from twin.catalog.types import Names, Place

__all__ = [
    "BarrierEntry",
    "BrokenEntry",
    "BuildingsEntry",
    "Catalog",
    "CatalogError",
    "CatalogHead",
    "CharacteristicLevel",
    "CurveEntry",
    "Entry",
    "HeightEntry",
    "Heights",
    "ImageryEntry",
    "InsetEntry",
    "LandcoverEntry",
    "ModelEntry",
    "Names",
    "NoSuchDataError",
    "OutletsEntry",
    "Place",
    "Problem",
    "RasterEntry",
    "Reservoir",
    "RunEntry",
    "Season",
    "Show",
    "Site",
    "StationsEntry",
    "SurroundingsEntry",
    "TableEntry",
    "TerrainEntry",
    "VectorEntry",
    "VerticalSettings",
    "Viewpoint",
    "frame_of",
    "load_catalog",
    "load_catalog_leniently",
]
