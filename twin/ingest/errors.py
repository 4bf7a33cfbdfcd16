"""Why a source cannot be used: which file, what is wrong with it and, where there is one, the remedy."""

from __future__ import annotations

from twin.errors import TwinError


class IngestError(TwinError):
    """A source that cannot be used; ``path`` is its file."""

    zh = "数据文件无法读取：{message}"


class MissingFileError(IngestError):
    """There is no such file, or it may not be read."""

    zh = "找不到数据文件：{message}"


class EmptyFileError(IngestError):
    """The file has no bytes, or holds no rows, features or cells of use."""

    zh = "数据文件是空的：{message}"


class FormatError(IngestError):
    """The file is not of the format that the catalog names."""

    zh = "文件格式不符：{message}"


class UnsupportedError(IngestError):
    """The file is sound, but of a format or kind that is not read."""

    zh = "文件完好，但暂不支持读取此格式或内容：{message}"


class CrsError(IngestError):
    """The file does not say where on earth it lies, or contradicts the catalog."""

    zh = "数据文件没有可用的坐标系：{message}"


class TurnedError(IngestError):
    """A raster whose rows do not run east-west."""

    zh = "栅格不是正北朝上：{message}"


class ValuesError(IngestError):
    """Values that no such source can have: infinities, impossible heights, broken numbers."""

    zh = "数据中没有有效数值：{message}"


class TooLargeError(IngestError):
    """More cells, features or rows than are read."""

    zh = "数据文件过大：{message}"


class TableError(IngestError):
    """A table with a broken line."""

    zh = "表格有误：{message}"


class ColumnError(IngestError):
    """A column or attribute that is needed or named, and is not there or holds no numbers."""

    zh = "表格缺少所需的列：{message}"


class LimitError(IngestError):
    """Reading took too long, too much memory, or crashed the reader."""

    zh = "读取超出时间或内存限制，已停止：{message}"


class SeedError(IngestError):
    """The reservoir's seed lies outside the terrain, or where no water is."""

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
