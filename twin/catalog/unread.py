"""Formats that are sound but not read, with remedies."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

_VECTOR = "convert it to GeoPackage (ogr2ogr a.gpkg it, or QGIS: Export)"
_TABLE = "save the sheet as CSV (UTF-8)"
_ARCHIVE = "unpack it, and name the file inside"
_RASTER = "it is a raster: read it by a kind with the driver raster"

UNREAD: Mapping[str, tuple[str, str]] = {
    ".zip": ("a ZIP archive", _ARCHIVE),
    ".rar": ("a RAR archive", _ARCHIVE),
    ".7z": ("a 7z archive", _ARCHIVE),
    ".gz": ("a gzip archive", _ARCHIVE),
    ".tgz": ("a tar archive", _ARCHIVE),
    ".tar": ("a tar archive", _ARCHIVE),
    ".gdb": ("an Esri file geodatabase", _VECTOR),
    ".mdb": ("an Access database", _VECTOR),
    ".accdb": ("an Access database", _VECTOR),
    ".kml": ("KML", _VECTOR),
    ".kmz": ("KMZ, which is packed KML", _VECTOR),
    ".ovkml": ("KML", _VECTOR),
    ".gml": ("GML", _VECTOR),
    ".gpx": ("GPX", _VECTOR),
    ".dxf": ("a DXF drawing", _VECTOR),
    ".dwg": ("a DWG drawing", "save it as DXF, and convert that to GeoPackage (QGIS: Export)"),
    ".dgn": ("a DGN drawing", _VECTOR),
    ".tab": ("a MapInfo table", _VECTOR),
    ".mif": ("MapInfo's MIF", _VECTOR),
    ".mid": ("MapInfo's MIF", _VECTOR),
    ".fgb": ("FlatGeobuf", _VECTOR),
    ".parquet": ("Parquet", _VECTOR),
    ".geoparquet": ("GeoParquet", _VECTOR),
    ".topojson": ("TopoJSON", _VECTOR),
    ".e00": ("an ArcInfo interchange file", _VECTOR),
    ".vct": ("VCT, the exchange format of Chinese land surveys", _VECTOR),
    ".wl": ("a MapGIS file", "save it as Shapefile in MapGIS"),
    ".wp": ("a MapGIS file", "save it as Shapefile in MapGIS"),
    ".wt": ("a MapGIS file", "save it as Shapefile in MapGIS"),
    ".udb": ("a SuperMap database", "export it as Shapefile in SuperMap"),
    ".udbx": ("a SuperMap database", "export it as GeoPackage in SuperMap"),
    ".sqlite": ("a SQLite database", _VECTOR),
    ".db": ("a SQLite database", _VECTOR),
    ".osm": ("OpenStreetMap's XML", _VECTOR),
    ".pbf": ("OpenStreetMap's PBF", _VECTOR),
    ".lyr": ("a style of ArcGIS without data", "name the file that holds the data"),
    ".lyrx": ("a style of ArcGIS without data", "name the file that holds the data"),
    ".qgz": ("a project of QGIS without data", "name the file that holds the data"),
    ".qgs": ("a project of QGIS without data", "name the file that holds the data"),
    ".mxd": ("a project of ArcGIS without data", "name the file that holds the data"),
    ".aprx": ("a project of ArcGIS without data", "name the file that holds the data"),
    ".dbf": ("a part of a Shapefile", "name the .shp beside it"),
    ".shx": ("a part of a Shapefile", "name the .shp beside it"),
    ".prj": ("a part of a Shapefile", "name the .shp beside it"),
    ".cpg": ("a part of a Shapefile", "name the .shp beside it"),
    ".xlsx": ("an Excel workbook", _TABLE),
    ".xlsm": ("an Excel workbook", _TABLE),
    ".xls": ("an old Excel workbook", _TABLE),
    ".et": ("a WPS workbook", _TABLE),
    ".slk": ("an old Excel sheet (SYLK)", _TABLE),
    ".mht": ("a web archive, as which Excel saves too", _TABLE),
    ".rtf": ("a text of Word (RTF)", "save its table as CSV (UTF-8)"),
    ".docx": ("a text of Word", "save its table as CSV (UTF-8)"),
    ".doc": ("a text of Word", "save its table as CSV (UTF-8)"),
    ".ods": ("an OpenDocument spreadsheet", _TABLE),
    ".csv": ("a table", "save it with its places as GeoPackage (QGIS: Add Delimited Text Layer)"),
    ".txt": ("plain text", "save it with its places as GeoPackage (QGIS: Add Delimited Text Layer)"),
    ".pdf": ("a PDF", "ask for the data that it was made from"),
    ".tif": ("a GeoTIFF", _RASTER),
    ".tiff": ("a GeoTIFF", _RASTER),
    ".img": ("an Erdas image", _RASTER),
    ".gltf": ("a 3D model", "read it as kind: model"),
    ".glb": ("a 3D model", "read it as kind: model"),
    ".obj": ("a 3D model", "read it as kind: model"),
    ".las": ("a point cloud", "read it as kind: model"),
    ".laz": ("a point cloud", "read it as kind: model"),
}
"""What a file is by its ending, for drivers that do not read it; and what to do."""


def unread(uri: str) -> str:
    """Return the remedy of a known foreign ending, or ''.

    As in ``is KML, which is not read: convert it …``.
    """
    named = UNREAD.get(posixpath.splitext(uri.rstrip("/"))[1].lower())
    return f"is {named[0]}, which is not read: {named[1]}" if named else ""


def words(ending: str) -> str:
    """Return the sentence of an ending of ``UNREAD``."""
    name, mend = UNREAD[ending]
    return f"is {name}, which is not read: {mend}"
