"""What can go wrong with geometry."""

from __future__ import annotations

from twin.errors import TwinError


class MeshError(TwinError):
    """Base of everything the package ``meshes`` raises on purpose."""

    zh = "三维模型有误：{message}"


class NoGroundError(MeshError):
    """The terrain has no cell with a height, so there is nothing to make a mesh of."""

    zh = "地形没有任何有效高程，无法生成模型"


class ForeignFileError(MeshError):
    """A mesh, point cloud or tileset made by others cannot be used; ``path`` is its file."""

    zh = "三维数据文件无法使用：{message}"


class MissingForeignError(ForeignFileError):
    """There is no such file, or it may not be read."""

    zh = "找不到三维数据文件：{message}"


class DamagedError(ForeignFileError):
    """The file is cut off, contradicts itself, or is not of the format it claims to be."""

    zh = "三维数据文件已损坏或格式不符：{message}"


class UnsupportedForeignError(ForeignFileError):
    """The file is sound, but uses something that is not read; the message names it."""

    zh = "文件完好，但暂不支持读取此格式或内容：{message}"


class UnsafeUriError(ForeignFileError):
    """A name in the file leads out of its folder or to a network."""

    zh = "三维数据文件引用了其文件夹以外的内容，已拒绝：{message}"


class OverLimitError(ForeignFileError):
    """Reading would take more memory, time, tiles or pixels than it may, or crashed the reader."""

    zh = "读取三维数据超出时间或内存限制，已停止：{message}"


class MissingToolError(ForeignFileError):
    """A program that reads this format is not installed."""

    zh = "缺少读取此格式所需的程序：{message}"


class BadTileError(MeshError):
    """A tile's file, or what is to be written into it, is not a tile as this system keeps them."""

    zh = "模型瓦片文件损坏，请重新生成：{message}"


class BadTilesetError(MeshError):
    """A tileset, on disk or as arrays, breaks the rules that streaming relies on."""

    zh = "模型瓦片集有误，请重新生成：{message}"


class BadSurfaceError(MeshError):
    """A surface's arrays do not fit together, or hold what is not a number."""

    zh = "三维模型的数据不一致：{message}"


class EmptySurfaceError(MeshError):
    """A surface has no triangle with an area, so there is nothing to build."""

    zh = "三维模型中没有可用的三角面：{message}"


class TilePictureError(MeshError):
    """A tile's picture is neither JPEG nor PNG, is broken, or is larger than anything we would show."""

    zh = "模型瓦片的纹理图片无法使用：{message}"


class PrefixError(MeshError):
    """A tileset is streamed already under this prefix, or none is."""

    zh = "模型瓦片集重复加载或不存在：{message}"


class PlacementError(MeshError):
    """Points made by others have no place in the frame, or one that cannot be meant."""

    zh = "三维模型无法定位，请检查 crs、ecef 或 anchor：{message}"
