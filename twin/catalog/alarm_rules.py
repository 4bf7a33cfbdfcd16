"""Alarm rules of ``site.yaml``, with hysteresis and delay.

Ranks: 1 is the gravest, 4 a notice. Delays are in the time of the data, so that a back-fill or a replay gives
the same alarms as the live run did.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from twin.catalog.types import Height, Slug, Strict, Text, refuse_twice

Rank = Annotated[int, Field(ge=1, le=4)]
Minutes = Annotated[float, Field(ge=0, le=10_080)]
WaterClass = Literal["I", "II", "III", "IV", "V"]


class LevelRules(Strict):
    """Characteristic levels of the reservoir that alarm, and how."""

    ranks: dict[Slug, Rank] = Field(
        default={"flood-limit": 3, "normal": 2, "design": 1, "check": 1},
        description="The id of a level in 'levels': the rank of the alarm when the water is above it.",
    )
    hysteresis_m: float = Field(default=0.02, ge=0, le=5, description="It ends this far below the level.")
    on_delay_min: Minutes = 10
    off_delay_min: Minutes = 30


class RiverLevels(Strict):
    """Warning (警戒) and guaranteed (保证) levels of a river station.

    In what it reports.
    """

    station: Annotated[Text, Field(min_length=1, max_length=40)]
    warning_m: Height
    guaranteed_m: Height | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.guaranteed_m is not None and self.guaranteed_m < self.warning_m:
            raise ValueError(
                f"guaranteed_m ({self.guaranteed_m:.10g}) lies below warning_m ({self.warning_m:.10g}): "
                "were they mixed up?"
            )
        return self


class RiverRules(Strict):
    """River stages over their warning and guaranteed levels."""

    levels: list[RiverLevels] = Field(default=[])
    warning_rank: Rank = 3
    guaranteed_rank: Rank = 1
    hysteresis_m: float = Field(default=0.05, ge=0, le=5)
    on_delay_min: Minutes = 5
    off_delay_min: Minutes = 30

    @field_validator("levels")
    @classmethod
    def _a_station_once(cls, levels: list[RiverLevels]) -> list[RiverLevels]:
        refuse_twice((level.station for level in levels), what="station")
        return levels


class RainSignal(Strict):
    """Amount of rain in a number of hours."""

    id: Literal["blue", "yellow", "orange", "red"]
    rain_mm: float = Field(gt=0, le=2000)
    hours: int = Field(ge=1, le=72)
    rank: Rank


NATIONAL_SIGNALS = (
    RainSignal(id="red", rain_mm=100, hours=3, rank=1),
    RainSignal(id="orange", rain_mm=50, hours=3, rank=2),
    RainSignal(id="yellow", rain_mm=50, hours=6, rank=3),
    RainSignal(id="blue", rain_mm=50, hours=12, rank=4),
)
"""The national rainstorm signals (blue, yellow, orange, red), the gravest first."""


class RainRules(Strict):
    """Signals of rain in the last hours at each rain station.

    The gravest that holds counts.
    """

    signals: list[RainSignal] = Field(default=list(NATIONAL_SIGNALS))
    off_delay_min: Minutes = 60

    @field_validator("signals")
    @classmethod
    def _a_colour_once(cls, signals: list[RainSignal]) -> list[RainSignal]:
        refuse_twice((signal.id for signal in signals), what="signal")
        return signals


class QualityRules(Strict):
    """Required water class (GB 3838-2002) of each section.

    Against which the section's class is compared.
    """

    target: WaterClass = "III"
    targets: dict[str, WaterClass] = Field(default={}, description="By station, where it is another one.")
    rank: Rank = 3
    worse_rank: Rank = Field(default=2, description="Two classes or more below the target.")
    newest_days: float = Field(default=45, gt=0, le=400, description="Older values judge nothing.")


class NitrogenRules(Strict):
    """Reference mean of total nitrogen at each section.

    The mean of the last twelve months is compared with that of an earlier year.
    """

    reference_year: int = Field(default=2021, ge=1980, le=2100)
    means_mg_l: dict[str, Annotated[float, Field(gt=0, le=100)]] = Field(
        default={}, description="The reference year's mean by station; one without it is not judged."
    )
    rank: Rank = 3


class SilenceRules(Strict):
    """Rules of silent stations.

    Dead ones by their own interval; the lake's gauge when stale.
    """

    rank: Rank = 4
    reservoir_rank: Rank = 2


class AlarmRules(Strict):
    """Rules of a site.

    Without the section, the national ones and those of the characteristic levels.
    """

    levels: LevelRules = LevelRules()
    rivers: RiverRules = RiverRules()
    rain: RainRules = RainRules()
    quality: QualityRules = QualityRules()
    nitrogen: NitrogenRules = NitrogenRules()
    silence: SilenceRules = SilenceRules()
