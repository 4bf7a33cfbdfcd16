"""Check that a permanent link belongs to this basin; name what differs."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

from twin.basin_circle import BasinCircle
from twin.scene import LinkError

if TYPE_CHECKING:
    from apps.session.session import Session
    from twin.scene import Scene


class ForeignLinkError(LinkError):
    """Link of a camera far from this basin.

    Or so far away that nothing is visible.
    """

    zh = "此链接所看的位置离本流域太远（{away_km:,.0f} km），未打开，可能属于另一个流域"


class UnknownInLinkError(LinkError):
    """Names in a link that are unknown here and ignored; ``names``."""

    zh = "此链接提到的 {names} 在这里没有，已略过，其余照常显示"


class WithoutInLinkError(LinkError):
    """Link of what is unknown here or withheld."""

    zh = "此链接中有些内容在这里没有或未向您开放，已略过，其余照常显示"


def refuse_foreign(scene: Scene, session: Session) -> None:
    """Refuse a camera that shows nothing of this basin.

    Raises ForeignLinkError. The target may lie up to four half diagonals of the terrain (at least 20 km) from
    its middle, the eye up to twenty (at least 100 km) from the target.
    """
    camera = scene.camera
    circle = BasinCircle.of(session.basin)
    away_m = circle.away_m(camera.target_east_m, camera.target_north_m)
    if away_m is not None:
        raise ForeignLinkError(
            f"the link looks at a place {away_m / 1000:,.0f} km from this basin: is it one of another basin?",
            away_km=away_m / 1000,
        )
    far_km = camera.distance_m / 1000
    if circle.is_far(camera.distance_m):
        raise ForeignLinkError(
            f"the link looks from {far_km:,.0f} km away, where this basin is not seen",
            away_km=far_km,
        )


def unknown_in(scene: Scene, session: Session, layers: Container[str]) -> LinkError | None:
    """Return what a link names that this basin does not have.

    Layers, a run; None where all is here.
    """
    names = [name for name in scene.layers if name not in layers]
    run = scene.moment.run
    here = {*session.run_notes, *([] if session.flood is None else [session.flood.id])}
    if run is not None and run not in here:
        names.insert(0, run)
    if not names:
        return None
    if not session.basin.whole:  # what is withheld is not named, and nobody learns whether anything is
        return WithoutInLinkError("the link shows more than is here or open to you: shown without it")
    shown = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
    return UnknownInLinkError(
        f"the link names what is not here, and is shown without it: {shown}", names=shown
    )
