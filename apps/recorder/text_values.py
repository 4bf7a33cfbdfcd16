"""Fill fields of a shot's words with a moment's values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from apps.formatting import fixed
from apps.recorder.film_numbers import FilmNumbers
from apps.recorder.water_over_time import WaterOverTime
from apps.texts import texts
from apps.value_words import counted
from twin.bilingual import Language
from twin.moment import Moment
from twin.storyboard.text_fields import FIELD


class TextValues:
    """Values of fields (:data:`twin.storyboard.text_fields.FIELDS`) in a film's language."""

    def __init__(self, numbers: FilmNumbers, language: Language, zone: ZoneInfo) -> None:
        self._numbers, self._language, self._zone = numbers, language, zone

    def filled(self, text: str, water: WaterOverTime, t: float, *, seconds: float) -> str:
        """Fill a text's fields as of ``t`` s of a shot.

        ``seconds`` is the shot's length. A field of a time is '' where the water is of no time.
        """
        if "{" not in text:
            return text
        moment = water.at(t)
        values = self._values(moment, water, seconds)
        return FIELD.sub(lambda found: values[found[1]]() if found[1] in values else found[0], text)

    def _values(
        self, moment: Moment, water: WaterOverTime, seconds: float
    ) -> Mapping[str, Callable[[], str]]:
        numbers, language = self._numbers, self._language
        at = None if moment.valid_at is None else moment.valid_at.astimezone(self._zone)
        return {
            "level_m": lambda: fixed(moment.level_m, 2),
            "from_level_m": lambda: fixed(water.at(0.0).level_m, 2),
            "to_level_m": lambda: fixed(water.at(seconds).level_m, 2),
            "storage": lambda: numbers.storage_words(moment),
            "area": lambda: numbers.area_words(moment),
            "affected_villages": lambda: counted(numbers.affected(moment).villages, language),
            "affected_households": lambda: counted(numbers.affected(moment).households, language),
            "affected_people": lambda: counted(numbers.affected(moment).people, language),
            "date": lambda: "" if at is None else self._day(at),
            "time": lambda: "" if at is None else f"{at:%H:%M}",
        }

    def _day(self, at: datetime) -> str:
        month = at.month if self._language == "zh" else f"{at:%B}"
        return texts(self._language)["film_day"].format(day=at.day, month=month)
