"""Errors of sources: file, fault, and remedy where there is one."""

from __future__ import annotations

from twin.errors import TwinError


class IngestError(TwinError):
    """Source that cannot be used; ``path`` is its file."""

    zh = "数据文件无法读取：{message}"


class MissingFileError(IngestError):
    """Missing file, or one that may not be read."""

    zh = "找不到数据文件：{message}"


class EmptyFileError(IngestError):
    """Empty file, or one without rows, features or cells."""

    zh = "数据文件是空的：{message}"


class FormatError(IngestError):
    """File is not of the format that the catalog names."""

    zh = "文件格式不符：{message}"


class UnsupportedError(IngestError):
    """Sound file of a format or kind that is not read."""

    zh = "文件完好，但暂不支持读取此格式或内容：{message}"


class CrsError(IngestError):
    """File without a CRS, or one that contradicts the catalog."""

    zh = "数据文件没有可用的坐标系：{message}"


class TurnedError(IngestError):
    """Raster with rows that do not run east-west."""

    zh = "栅格不是正北朝上：{message}"


class ValuesError(IngestError):
    """Values that no such source can have: infinities, impossible heights, broken numbers."""

    zh = "数据中没有有效数值：{message}"


class TooLargeError(IngestError):
    """Source has too many cells, features or rows."""

    zh = "数据文件过大：{message}"


class TableError(IngestError):
    """Table with a broken line."""

    zh = "表格有误：{message}"


class ColumnError(IngestError):
    """Column is missing, or holds no numbers."""

    zh = "表格缺少所需的列：{message}"


class LimitError(IngestError):
    """Reading took too long, too much memory, or crashed the reader."""

    zh = "读取超出时间或内存限制，已停止：{message}"


class SeedError(IngestError):
    """Reservoir's seed lies outside the terrain, or where no water is."""

    zh = "水库的种子点不可用：{message}"


BY_NAME: dict[str, type[IngestError]] = {
    error.__name__: error
    for error in (
        IngestError,
        MissingFileError,
        EmptyFileError,
        FormatError,
        UnsupportedError,
        CrsError,
        TurnedError,
        ValuesError,
        TooLargeError,
        TableError,
        ColumnError,
        LimitError,
    )
}
"""What a guarded child may answer with."""
