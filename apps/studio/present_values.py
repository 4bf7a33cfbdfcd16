"""Read the present values of stations, to be frozen into a storyboard."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twin.basin import Basin
    from twin.storyboard.frozen_values import FrozenValue


def present_values(basin: Basin) -> list[FrozenValue]:
    """Return the newest value of each station, as ``twin storyboard freeze`` does.

    None where the basin has no stations or no value of today. Call it in a thread. Raises StoreError.
    """
    from apps.recorder.freezing import NothingToFreezeError, freeze, utc_now  # noqa: PLC0415  (SQLAlchemy)
    from twin.live import NoStationsError, open_database  # noqa: PLC0415
    from twin.stations.store import Reader  # noqa: PLC0415

    try:
        with closing(open_database(basin, write=False)) as database:
            return freeze(basin, Reader(database), now=utc_now()).frozen.values
    except (NoStationsError, NothingToFreezeError):
        return []
