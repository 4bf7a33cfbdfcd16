"""Questions outside the range for which there is an answer."""

from __future__ import annotations

from twin.errors import TwinError


def level_text(level_m: float) -> str:
    """A level with two decimals, and with more where it has them: 160.00, 160.0001."""
    text = f"{level_m:.4f}"
    return text.removesuffix("00") if text.endswith("00") else text.rstrip("0")


class LevelOutOfRange(TwinError):  # noqa: N818  (named as the operators say it)
    """A level without an answer; attributes ``level_m``, ``lowest_m``, ``highest_m``, and as texts."""

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
    """A highest level below the level now; attributes ``highest_m``, ``level_m``, and as texts."""

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
    """A storage without an answer; attributes ``storage_m3``, ``lowest_m3``, ``highest_m3``."""

    def __init__(self, storage_m3: float, *, lowest_m3: float, highest_m3: float) -> None:
        super().__init__(
            f"storage {storage_m3:g} m³ lies outside {lowest_m3:.4g} to {highest_m3:.4g} m³: give one inside",
            storage_m3=storage_m3,
            lowest_m3=lowest_m3,
            highest_m3=highest_m3,
        )
