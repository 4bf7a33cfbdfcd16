"""Model of ``site.yaml``: seasonal levels, viewpoints, time zone."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from twin.catalog.alarm_rules import AlarmRules
from twin.catalog.alert_receivers import AlertReceiver
from twin.catalog.feeds import EnvName, FeedSpec
from twin.catalog.title_block import TitleBlock
from twin.catalog.types import Height, MonthDay, Names, Place, Slug, Strict, Text, refuse_twice
from twin.catalog.wall_site import WallScreen


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("is no time zone; write one like Asia/Shanghai") from error
    return value


class Season(Strict):
    """Days of every year, both included.

    ``from`` may lie after ``to`` (a season over the new year).
    """

    from_: MonthDay = Field(alias="from")
    to: MonthDay

    def holds_on(self, day: date) -> bool:
        """Return whether ``day`` lies in the season."""
        today = f"{day:%m-%d}"
        if self.from_ <= self.to:
            return self.from_ <= today <= self.to
        return today >= self.from_ or today <= self.to


class CharacteristicLevel(Strict):
    """Level with a name, like the flood-limit level.

    It may hold in a season only, or no longer.
    """

    id: Slug
    name: Names
    level_m: Height
    season: Season | None = None
    since: date | None = None
    until: date | None = None
    derived: bool = Field(default=False, description="Computed from other figures, not published itself.")
    source: Text

    @model_validator(mode="after")
    def _holds_at_all(self) -> CharacteristicLevel:
        if self.since and self.until and self.until < self.since:
            raise ValueError(f"holds on no day: until ({self.until}) lies before since ({self.since})")
        return self

    def holds_on(self, day: date) -> bool:
        """Return whether the level is in force on ``day``."""
        if (self.since and day < self.since) or (self.until and day > self.until):
            return False
        return self.season is None or self.season.holds_on(day)


class Viewpoint(Strict):
    """Named camera, aimed at ``target`` from ``distance_m`` away.

    ``heading_deg`` is the compass direction of the look (0 north, 90 east); ``pitch_deg`` is its angle to the
    horizon, negative downwards (-90 is straight down). ``target_m`` is the height of the target, working.
    """

    id: Slug
    name: Names
    target: Place
    target_m: Height = 155.0
    distance_m: float = Field(ge=50, le=500_000)
    heading_deg: float = Field(ge=0, lt=360)
    pitch_deg: float = Field(ge=-90, le=-1)


class ObservationStore(Strict):
    """Database of observations: SQLite in the store, or PostgreSQL."""

    url_env: EnvName | None = Field(
        default=None,
        description="The environment variable that holds the database's URL; SQLite in the store without it.",
    )
    keep_days: int = Field(default=3650, ge=1, le=36_500, description="Older observations are thinned out.")


class Site(Strict):
    """Contents of ``site.yaml``.

    Without the file: the defaults below, and no named level or viewpoint.
    """

    version: Literal[1] = 1
    time_zone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    hydrological_day_start: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "08:00"
    start_level_m: Height | None = Field(default=None, description="The level a fresh desk shows.")
    levels: list[CharacteristicLevel] = Field(default=[])
    viewpoints: list[Viewpoint] = Field(default=[])
    home: Slug | None = Field(default=None, description="The viewpoint a fresh desk looks from.")
    observations: ObservationStore = ObservationStore()
    feeds: list[FeedSpec] = Field(default=[])
    alarms: AlarmRules = AlarmRules()
    alerts: list[AlertReceiver] = Field(default=[], description="Who is sent changes of alarms.")
    wall: WallScreen = WallScreen()
    title_block: TitleBlock = Field(default=TitleBlock(), description="Of pictures and pages to keep.")

    @field_validator("levels", "viewpoints", "feeds", "alerts")
    @classmethod
    def _names_are_unique(cls, things: list[Any]) -> list[Any]:
        refuse_twice((thing.id for thing in things), what="id")
        return things

    @field_validator("home")
    @classmethod
    def _home_is_there(cls, home: str | None, info: ValidationInfo) -> str | None:
        views = info.data.get("viewpoints")  # None where one of them is wrong, which is said already
        if home is not None and views is not None and home not in {view.id for view in views}:
            raise ValueError(f"names no viewpoint: {home!r}")
        return home

    @field_validator("wall")
    @classmethod
    def _tour_is_of_viewpoints(cls, wall: WallScreen, info: ValidationInfo) -> WallScreen:
        views = info.data.get("viewpoints")
        unknown = set(wall.tour.places) - {view.id for view in views or ()}
        if views is not None and unknown:
            raise ValueError(f"the tour names no viewpoint: {', '.join(sorted(unknown))}")
        return wall

    @property
    def home_viewpoint(self) -> Viewpoint | None:
        """Viewpoint that ``home`` names, else the first one, else None."""
        return next((v for v in self.viewpoints if v.id == self.home), next(iter(self.viewpoints), None))

    def levels_on(self, day: date) -> list[CharacteristicLevel]:
        """Return the levels in force on ``day``, lowest first."""
        return sorted((x for x in self.levels if x.holds_on(day)), key=lambda x: x.level_m)
