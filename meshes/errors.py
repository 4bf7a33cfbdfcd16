"""Errors of geometry and of files that hold it."""

from __future__ import annotations

from twin.errors import TwinError


class MeshError(TwinError):
    """Base of everything the package ``meshes`` raises on purpose."""

    zh = "三维模型有误：{message}"


class NoGroundError(MeshError):
    """Terrain without a height: there is nothing to mesh."""

    zh = "地形没有任何有效高程，无法生成模型"


class ForeignFileError(MeshError):
    """Foreign mesh, point cloud or tileset cannot be used.

    ``path`` is its file.
    """

    zh = "三维数据文件无法使用：{message}"


class MissingForeignError(ForeignFileError):
    """Missing file, or one that may not be read."""

    zh = "找不到三维数据文件：{message}"


class DamagedError(ForeignFileError):
    """File is truncated, contradictory, or of another format."""

    zh = "三维数据文件已损坏或格式不符：{message}"


class UnsupportedForeignError(ForeignFileError):
    """File is sound, but uses something that is not read.

    The message names it.
    """

    zh = "文件完好，但暂不支持读取此格式或内容：{message}"


class UnsafeUriError(ForeignFileError):
    """Name in the file leads out of its folder.

    Or to a network.
    """

    zh = "三维数据文件引用了其文件夹以外的内容，已拒绝：{message}"


class OverLimitError(ForeignFileError):
    """Reading exceeds its limits, or crashed the reader.

    Of memory, time, tiles or pixels.
    """

    zh = "读取三维数据超出时间或内存限制，已停止：{message}"


class MissingToolError(ForeignFileError):
    """Program that reads this format is not installed."""

    zh = "缺少读取此格式所需的程序：{message}"


class BadTileError(MeshError):
    """Invalid tile: its file, or what should be written."""

    zh = "模型瓦片文件损坏，请重新生成：{message}"


class BadTilesetError(MeshError):
    """Tileset breaks rules of streaming, on disk or as arrays."""

    zh = "模型瓦片集有误，请重新生成：{message}"


class BadSurfaceError(MeshError):
    """Surface arrays do not fit together, or hold no numbers."""

    zh = "三维模型的数据不一致：{message}"


class EmptySurfaceError(MeshError):
    """Surface without a triangle that has an area."""

    zh = "三维模型中没有可用的三角面：{message}"


class TilePictureError(MeshError):
    """Tile picture is neither JPEG nor PNG, broken, or too large."""

    zh = "模型瓦片的纹理图片无法使用：{message}"


class PrefixError(MeshError):
    """Tileset is streamed already under this prefix, or none is."""

    zh = "模型瓦片集重复加载或不存在：{message}"


class PlacementError(MeshError):
    """Foreign points have no place in the frame, or none plausible."""

    zh = "三维模型无法定位，请检查 crs、ecef 或 anchor：{message}"
