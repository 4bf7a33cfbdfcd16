"""Errors between a hub and its painters."""

from __future__ import annotations

from twin.errors import TwinError


class PainterError(TwinError):
    """Error raised in a painter, in both languages.

    ``in_zh`` is the Chinese sentence.
    """

    zh = "画面无法绘制：{in_zh}"


class PainterGoneError(TwinError):
    """Painter ended before it answered, and none has come back in time."""

    zh = "绘图进程已中断，正在重新启动"


class PainterTooLargeError(TwinError):
    """Painter holds more memory than it may and ends itself.

    ``mb``, ``limit_mb``.
    """

    zh = "绘图进程占用内存 {mb:.0f} MB，超过上限 {limit_mb:.0f} MB，已重新启动"


class PainterMessageError(TwinError):
    """Message between hub and painter that is not whole."""

    zh = "与绘图进程的通信不完整：{message}"
