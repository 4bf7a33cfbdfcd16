"""Questions outside the range for which there is an answer."""

from __future__ import annotations

import math

from twin.errors import TwinError


def level_text(level_m: float) -> str:
    """Format a level with two decimals, or more.

    Where it has them: 160.00, 160.0001.
    """
    text = f"{level_m:.4f}"
    return text.removesuffix("00") if text.endswith("00") else text.rstrip("0")


class LevelOutOfRange(TwinError):  # noqa: N818  (named as the operators say it)
    """Level without an answer.

    Attributes ``level_m``, ``lowest_m``, ``highest_m``, and as texts.
    """

    zh = "水位 {level} m 超出可计算范围（{lowest} 至 {highest} m）"

    def __init__(self, level_m: float, *, lowest_m: float, highest_m: float) -> None:
        asked = f"{level_m:.10g}"
        texts = {"level": asked, "lowest": level_text(lowest_m), "highest": level_text(highest_m)}
        super().__init__(
            f"level {texts['level']} m lies outside {texts['lowest']} to {texts['highest']} m: "
            "give one inside",
            level_m=level_m,
            lowest_m=lowest_m,
            highest_m=highest_m,
            **texts,
        )


class HighestBelowLevel(TwinError):  # noqa: N818
    """Highest level below the level now.

    Attributes ``highest_m``, ``level_m``, and as texts.
    """

    zh = "历史最高水位 {highest} m 低于当前水位 {level} m，请给出不低于当前水位的值"

    def __init__(self, highest_m: float, *, level_m: float) -> None:
        texts = {"level": level_text(level_m), "highest": level_text(highest_m)}
        super().__init__(
            f"the highest level {texts['highest']} m lies below the level now, {texts['level']} m: "
            "give one at or above it",
            level_m=level_m,
            highest_m=highest_m,
            **texts,
        )


class StorageOutOfRange(TwinError):  # noqa: N818
    """Storage without an answer.

    Attributes ``storage_m3``, ``lowest_m3``, ``highest_m3``, and as texts. The ends are rounded inwards, to
    whole m³: what is named as the end is itself taken.
    """

    zh = "蓄水量 {storage_yi} 亿m³ 超出可计算范围（{lowest_yi} 至 {highest_yi} 亿m³）"

    def __init__(self, storage_m3: float, *, lowest_m3: float, highest_m3: float) -> None:
        texts = {
            "storage": f"{storage_m3:,.12g}",
            "lowest": f"{math.ceil(lowest_m3):,}",
            "highest": f"{math.floor(highest_m3):,}",
        }
        super().__init__(
            f"storage {texts['storage']} m³ lies outside {texts['lowest']} to {texts['highest']} m³: "
            "give one inside",
            storage_m3=storage_m3,
            lowest_m3=lowest_m3,
            highest_m3=highest_m3,
            storage_yi=_yi(storage_m3),
            lowest_yi=_yi(math.ceil(lowest_m3)),
            highest_yi=_yi(math.floor(highest_m3)),
            **texts,
        )


def _yi(volume_m3: float) -> str:
    """In 1e8 m³ (亿), as people say it: at least two decimals, and to the cubic metre where it has them."""
    text = f"{volume_m3 / 1e8:.8f}"
    return text[:-6] + text[-6:].rstrip("0")
