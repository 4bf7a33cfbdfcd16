"""Find the font of saved pictures.

One that has Chinese characters, or a clear error.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

from layers.errors import NoFontError

FAMILY = "Noto Sans CJK SC"
_FOLDERS = (
    "/usr/share/fonts/opentype/noto",
    "/usr/share/fonts/noto-cjk",
    "/usr/share/fonts/google-noto-cjk",
    "/usr/local/share/fonts",
)


@lru_cache(maxsize=64)
def font(size_px: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Return Noto Sans CJK in its Simplified Chinese face.

    Raises NoFontError where it is not installed.
    """
    path, face = font_file(bold=bold)
    return ImageFont.truetype(str(path), size_px, index=face)


def font_file(*, bold: bool = False) -> tuple[Path, int]:
    """Return the font's file, and which face of its collection it is.

    Raises NoFontError where it is not installed.
    """
    name = "NotoSansCJK-Bold.ttc" if bold else "NotoSansCJK-Regular.ttc"
    for folder in _FOLDERS:
        path = Path(folder) / name
        if path.is_file():
            return path, _face(path)
    raise NoFontError(
        f"{name} is not installed, so names cannot be drawn: install the package fonts-noto-cjk", name=name
    )


def require_fonts() -> None:
    """Find both weights before anything is drawn.

    Raises NoFontError.
    """
    for bold in (False, True):
        font(16, bold=bold)


@lru_cache(maxsize=4)
def _face(path: Path) -> int:
    """Which face of the collection writes Simplified Chinese."""
    for index in range(16):
        try:
            family, _ = ImageFont.truetype(str(path), 12, index=index).getname()
        except OSError:
            break
        if family == FAMILY:
            return index
    raise NoFontError(f"{path} has no face {FAMILY}; install the package fonts-noto-cjk", name=str(path))
