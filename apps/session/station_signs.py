"""Format what a station shows over the scene.

Its name, and a line with value, unit, trend and age or time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from apps.formatting import written
from apps.session.past_values import then_of
from apps.session.rain_now import rain_now
from apps.texts import texts
from apps.value_words import DOUBTFUL, aged, reading
from layers.labels.signs import Signs
from layers.labels.symbols import Sign
from twin.bilingual import Language
from twin.scene import Scene
from twin.stations.filter import Filter
from twin.stations.freshness import Freshness
from twin.stations.status import StationStatus

if TYPE_CHECKING:
    from twin.stations.snapshot import Now

Reach = Literal["now", "live", "off", "then", "drill"]
"""Of when values are shown: of now over the water of now; of now over another moment's, which is said; none
over another moment's; of the scene's own time; of a drill, which is said."""


_MARKS: Mapping[Reach, str] = {"live": "mode_live", "drill": "mode_drill"}
"""Words before values that are not of the water's own time."""


def reach(scene: Scene) -> Reach:
    """Return the time of which stations show values over a scene."""
    moment = scene.moment
    if moment.is_live:
        return "now"
    if then_of(moment) is not None:
        return "then"
    return "live" if scene.live_values else "off"


def signs_over(
    scene: Scene,
    found: Mapping[str, StationStatus],
    *,
    now: Now | None,
    elapsed_s: Callable[[str], float],
    zone: ZoneInfo,
    of: Reach | None = None,
    clock_s: float | None = None,
) -> Signs:
    """Return what stations show over a scene, and the bars of rain.

    ``found`` is their status at the scene's moment; ``now`` what the live service says, None where it is not
    heard: a bar shows no age, so it goes with the service. ``of`` is whose values these are, by default what
    the scene's moment wants. With ``clock_s``, the page's clock now, pages count ages on.
    """
    wanted, of = scene.filter, of or reach(scene)
    asked = wanted != Filter()
    signs = {
        id_: sign(
            status,
            scene.language,
            shown=wanted.passes(status),
            asked=asked,
            reach=of,
            zone=zone,
            clock_s=clock_s,
        )
        for id_, status in found.items()
    }
    rain = rain_now(now if of in ("now", "live", "drill") else None, elapsed_s)
    mark = texts(scene.language)[_MARKS[of]] if of in _MARKS else ""
    return Signs(stations=signs, rain_mm=rain, rain_mark=mark)


def sign(
    status: StationStatus,
    language: Language,
    *,
    shown: bool,
    asked: bool = False,
    reach: Reach = "now",
    zone: ZoneInfo,
    clock_s: float | None = None,
) -> Sign:
    """Return the sign of a station.

    A selected one is shown from any distance. Over the water of another moment it says that its value is
    live, over that of a past one of when it is.
    """
    station, t = status.station, texts(language)
    unheard = status.value is None or status.value.age_s is None
    if reach == "off" or (reach == "drill" and unheard):  # no value of the present passes for a drill's
        return Sign(name=station.name[language], detail="", state="unknown", shown=shown, asked=asked)
    warned = [t[f"storm_{a.signal}"] for a in status.alarms[:1] if a.signal]
    value, since_s = status.value, None
    if status.main is None or value is None or value.phenomenon_at is None or status.age_s is None:
        unknown = status.freshness is Freshness.UNKNOWN
        words = [t["not_known" if unknown else "no_value_then" if reach == "then" else "no_value"]]
    elif reach == "then" and status.freshness is Freshness.DEAD:
        words = [t["no_value_then"]]
    else:
        of = (
            written(value.phenomenon_at, zone)
            if reach == "then"
            else aged(status.freshness, status.age_s, language, short=True)
        )
        words = [reading(status.main, value, language), of]
        if clock_s is not None and reach != "then":
            since_s = round(clock_s - status.age_s, 1)
        if value.quality in DOUBTFUL:
            words.insert(1, t[f"quality_{value.quality}"])
    told = bool(warned) or (value is not None and value.age_s is not None)
    words = [*warned, *words]
    if reach in _MARKS and told:
        words[0] = f"{t[_MARKS[reach]]} {words[0]}"
    return Sign(
        name=station.name[language],
        detail=" · ".join(words),
        state=status.freshness.value,
        rank=status.rank,
        tone=status.tone,
        shown=shown,
        asked=asked,
        since_s=since_s,
    )
