"""Check picture sizes and frame rates against H.264's levels.

ITU-T H.264 (08/2021), table A-1: frame size in macroblocks of 16 × 16 samples, and macroblocks a second.
"""

from __future__ import annotations

from math import ceil, sqrt

LEVELS: dict[str, tuple[int, int]] = {"5.2": (36_864, 2_073_600), "6.2": (139_264, 16_711_680)}
"""Level to the most macroblocks a frame and a second. 5.2 is what players and phones of today take."""


def h264_fault(size: tuple[int, int], fps: int) -> str:
    """Return why H.264 cannot hold a picture, or ''.

    ``size`` is width and height in pixels.
    """
    odd = [f"{name} {value}" for name, value in zip(("width", "height"), size, strict=True) if value % 2]
    if odd:
        near = f"{size[0] - size[0] % 2} × {size[1] - size[1] % 2}"
        return f"H.264 holds even sizes only, not {' and '.join(odd)}: write {near}"
    if not _fits(size, fps, "6.2"):
        return f"{size[0]} × {size[1]} at {fps} frames/s is more than H.264 can hold (level 6.2)"
    return ""


def h264_doubt(size: tuple[int, int], fps: int) -> str:
    """Return why many players cannot play a picture, or ''."""
    if h264_fault(size, fps) or _fits(size, fps, "5.2"):
        return ""
    return f"{size[0]} × {size[1]} at {fps} frames/s is above H.264 level 5.2: many players cannot play it"


def _fits(size: tuple[int, int], fps: int, level: str) -> bool:
    most, most_a_second = LEVELS[level]
    across, down = ceil(size[0] / 16), ceil(size[1] / 16)
    return (
        across * down <= most and max(across, down) <= sqrt(8 * most) and across * down * fps <= most_a_second
    )
