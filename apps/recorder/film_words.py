"""Words of a film from its basin: moment, title block, panels."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

from apps.formatting import written
from apps.recorder.film_chart import FilmChart
from apps.recorder.film_frame import NumberWords
from apps.recorder.film_numbers import FilmNumbers
from apps.recorder.text_values import TextValues
from apps.recorder.water_over_time import WaterOverTime
from apps.texts import texts
from twin.basin import Basin
from twin.bilingual import Language
from twin.moment import Moment
from twin.storyboard.storyboard import Shot, Storyboard


class FilmWords:
    """Words of a film in its language."""

    def __init__(self, storyboard: Storyboard, basin: Basin) -> None:
        self._board, self._basin = storyboard, basin
        self.language: Language = storyboard.language
        self._zone = ZoneInfo(basin.site.time_zone)

    def moment(self, moment: Moment, water: WaterOverTime) -> str:
        """Return mode, time and run of a moment in words."""
        t = texts(self.language)
        mode = "mode_" + moment.mode.replace("-", "_")
        if moment.mode == "history" and moment.run is None:
            mode = "mode_past"
        return " · ".join(
            part
            for part in (
                t[mode],
                "" if moment.valid_at is None else written(moment.valid_at, self._zone),
                water.name(self.language),
                t["mode_not_live"] if moment.valid_at is None else "",
            )
            if part
        )

    @cached_property
    def block(self) -> str:
        """Title block on one line.

        The storyboard's fields, else the site's."""
        t, language, site = texts(self.language), self.language, self._basin.site.title_block
        given = {} if self._board.title_block is None else dict(self._board.title_block)
        fields = {**dict(site), **{name: value for name, value in given.items() if value is not None}}
        unit, title, classification = (fields[name] for name in ("unit", "title", "classification"))
        name = self._basin.catalog.head.name[language]
        approval, datum = fields["map_approval"], self._basin.catalog.head.vertical.working
        return " · ".join(
            part
            for part in (
                unit[language] if unit else "",
                title[language] if title else name,
                "" if self._board.dated is None else f"{self._board.dated:%Y-%m-%d}",
                classification[language] if classification else "",
                f"{t['paper_approval']} {approval}" if approval else "",
                t[f"datum_{datum}"],
            )
            if part
        )

    def day(self, moment: Moment) -> date | None:
        """Return the day whose levels are in force.

        None where a what-if is of no day."""
        if moment.valid_at is not None:
            return moment.valid_at.astimezone(self._zone).date()
        return self._board.dated

    @cached_property
    def _numbers(self) -> FilmNumbers:
        return FilmNumbers(self._basin, self.language)

    def numbers(self, shot: Shot, moment: Moment, water: WaterOverTime) -> tuple[NumberWords, ...]:
        """Return the figures of a shot's numbers panel, if any."""
        if "numbers" not in shot.panels:
            return ()
        return self._numbers.of(moment, source=water.source(self.language), day=self.day(moment))

    @cached_property
    def _values(self) -> TextValues:
        return TextValues(self._numbers, self.language, self._zone)

    def filled(self, text: str, water: WaterOverTime, t: float, *, seconds: float) -> str:
        """Fill a text's fields as of a second of a shot."""
        return self._values.filled(text, water, t, seconds=seconds)

    def chart(self, shot: Shot, water: WaterOverTime) -> FilmChart | None:
        """Return the chart of a shot, or None."""
        if "chart" not in shot.panels:
            return None
        moment = water.at(0.0)
        mode = texts(self.language)["mode_" + moment.mode.replace("-", "_")]
        return FilmChart(water, self._basin, day=self.day(moment), language=self.language, mode=mode)
