"""What a station shows over the scene: its name, and a line with value, unit, trend and age."""

from __future__ import annotations

from apps.view.ages import age
from apps.view.state import Language
from apps.view.stations.words import DOUBTFUL, reading
from apps.view.texts import texts
from layers.stations import Sign
from twin.stations.model import Freshness
from twin.stations.standing import Standing


def sign(
    standing: Standing, language: Language, *, shown: bool, asked: bool = False, live: bool = True
) -> Sign:
    """The sign of a station as it stands now; one that was asked for is shown from however far.

    ``live`` says that the water is of now, too: over any other moment the sign says that its value is.
    """
    station = standing.station
    warned = [texts(language)[f"storm_{a.signal}"] for a in standing.alarms[:1] if a.signal]
    if standing.main is None or standing.value is None or standing.age_s is None:
        unknown = standing.freshness is Freshness.UNKNOWN
        words = [texts(language)["not_known" if unknown else "no_value"]]
    else:
        how_old = age(standing.age_s, language, short=True)
        words = [reading(standing.main, standing.value, language), how_old]
        if standing.value.quality in DOUBTFUL:
            words.insert(1, texts(language)[f"quality_{standing.value.quality}"])
        if not live:
            words[0] = f"{texts(language)['mode_live']} {words[0]}"
    return Sign(
        name=station.name[language],
        detail=" · ".join([*warned, *words]),
        state=standing.freshness.value,
        rank=standing.rank,
        tone=standing.tone,
        shown=shown,
        asked=asked,
    )
