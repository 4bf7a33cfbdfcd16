"""Moment: the time to which every picture and number belongs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from twin.comparing import rounded_level

Mode = Literal["live", "history", "what-if", "forecast", "drill"]

Level = Annotated[float, Field(ge=-500, le=9000), AfterValidator(rounded_level)]
"""A level in m, rounded to 0.1 mm: what is shown, stored and linked is one and the same number."""

EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""No moment of a basin lies outside; beyond the calendar's ends a time has no form in any other zone."""
Time = Annotated[AwareDatetime, Field(ge=EARLIEST, lt=LATEST)]
Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:+-]{0,63}$")]


class Moment(BaseModel):
    """Time of a state, and its two water levels.

    Times are aware, kept in UTC. ``valid_at`` is the time the picture is of (None: no time, a what-if of a
    level); ``known_at`` the time whose knowledge it was made with (None: all that is known). ``run`` names a
    scenario, forecast or replay, ``generation`` the build that was seen. ``highest_m`` is the highest level
    since the event ``since``: pockets above the level now stay full to their sills up to it.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)

    mode: Mode
    level_m: Level
    highest_m: Level
    valid_at: Time | None = None
    known_at: Time | None = None
    run: Word | None = None
    generation: Word | None = None
    since: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,64}$")] | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Moment:
        if self.highest_m < self.level_m:
            raise ValueError("the highest level cannot lie below the level now")
        if self.mode in ("forecast", "drill") and self.run is None:
            raise ValueError(f"a moment of the mode {self.mode} belongs to a run")
        if self.mode == "live" and self.run is not None:
            raise ValueError("a live moment belongs to no run")
        if self.mode != "what-if" and self.valid_at is None:
            raise ValueError(f"a moment of the mode {self.mode} has a time")
        for time in (self.valid_at, self.known_at):
            if time is not None and time.utcoffset() != timedelta(0):
                raise ValueError("a moment's times are in UTC")
        return self

    @property
    def is_live(self) -> bool:
        """Whether it is the present; all else must be marked."""
        return self.mode == "live"

    def at_level(self, level_m: float, *, valid_at: datetime | None = None) -> Moment:
        """Return the moment after the water went on to ``level_m``.

        The highest level rises with it, never falls.
        """
        return Moment(
            **self.model_dump(exclude={"level_m", "highest_m", "valid_at"}),
            level_m=level_m,
            highest_m=max(level_m, self.highest_m),
            valid_at=self.valid_at if valid_at is None else valid_at,
        )


def what_if(level_m: float, *, generation: str | None = None, run: str | None = None) -> Moment:
    """Return a hypothetical moment at a level, without a past."""
    return Moment(mode="what-if", level_m=level_m, highest_m=level_m, generation=generation, run=run)
