"""Errors of drawing a scene."""

from __future__ import annotations

from twin.errors import TwinError


class LayerError(TwinError):
    """Base of everything the package ``layers`` raises on purpose."""

    zh = "图层无法显示：{message}"


class NoFontError(LayerError):
    """Missing font with Chinese characters."""

    zh = "系统缺少中文字体，请安装 fonts-noto-cjk"


class NoOpenGLError(LayerError):
    """OpenGL cannot draw off-screen on this machine; ``how`` is what happened."""

    zh = "本机无法绘制三维画面：请安装 libegl1 与 libgl1-mesa-dri（{message}）"


class RenderError(LayerError):
    """VTK reported an error while drawing."""

    zh = "画面绘制出错：{message}"


class TilesMissingError(LayerError):
    """Tiles that a picture needs are not there; ``tiles`` names them."""

    zh = "画面所需的瓦片缺失：{message}"


class PlotterError(LayerError):
    """Plotter that cannot show scenes, or scene unfit for one."""

    zh = "该绘图窗口无法显示此场景：{message}"


class UnknownFloodError(LayerError):
    """Level for which no connection levels were computed; ``level_m``, ``cap_m``."""

    zh = "水位 {level_m:g} m 超出已计算淹没范围的高度 {cap_m:.2f} m"


def refuse_unknown_flood(level_m: float, *, cap_m: float) -> None:
    """Raise UnknownFloodError at levels without known connection levels.

    At or above the level up to which they are known.
    """
    if not level_m < cap_m:
        raise UnknownFloodError(
            f"the flood is known below {cap_m:.2f} m only, not at {level_m:g} m", level_m=level_m, cap_m=cap_m
        )
