"""Questions outside the range for which there is an answer."""

from __future__ import annotations

from twin.errors import TwinError


class LevelOutOfRange(TwinError):  # noqa: N818  (named as the operators say it)
    """A level without an answer; attributes ``level_m``, ``lowest_m``, ``highest_m``."""

    def __init__(self, level_m: float, *, lowest_m: float, highest_m: float) -> None:
        super().__init__(
            f"level {level_m:g} m lies outside {lowest_m:.2f} to {highest_m:.2f} m: give one inside",
            level_m=level_m,
            lowest_m=lowest_m,
            highest_m=highest_m,
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
