"""Edit the camera of a shot: views, circle, line followed."""

from __future__ import annotations

from apps.studio.field_values import Value, refused, replaced
from apps.studio.followed_lines import FollowedLine
from apps.studio.shot_edits import changed_shot
from twin.storyboard.camera_track import CameraKey, CameraTrack, Follow, Orbit
from twin.storyboard.storyboard import Shot

TURN_DEG, PITCH_DEG = 90.0, -30.0
BEHIND_M, DOWN_DEG = 3000.0, -25.0
"""A camera that follows a line looks at it from so far behind."""
FOLLOW = ("follow", "upstream", "distance_m", "pitch_deg")


def with_camera(shot: Shot, kind: Value, *, here: CameraKey, line: FollowedLine | None = None) -> Shot:
    """Return the shot with another kind of camera: ``keys``, ``orbit``, ``follow``.

    It begins with what it had, else with the present view ``here`` and the first ``line`` of the basin.
    Raises ShotFieldError.
    """
    camera = shot.camera
    first = camera.keys[0] if camera.keys else _begun(camera.orbit, here)
    if kind == "keys":
        track = camera if camera.keys else CameraTrack(keys=[first])
    elif kind == "orbit":
        track = camera if camera.orbit else CameraTrack(orbit=_orbit(first if first.target else here))
    elif kind == "follow" and (camera.follow is not None or line is not None):
        track = camera if line is None or camera.follow else CameraTrack(follow=_follow(line))
    else:
        raise refused("camera", kind)
    return changed_shot(shot, camera=track)


def with_camera_field(shot: Shot, field: str, value: Value) -> Shot:
    """Return the shot with a field of its circle or flight set.

    ``turn_deg`` of a circle; ``follow`` (layer/feature), ``upstream``, ``distance_m``, ``pitch_deg`` of a
    flight along a line. Raises ValueError.
    """
    orbit, follow = shot.camera.orbit, shot.camera.follow
    if field == "turn_deg" and orbit is not None:
        return changed_shot(shot, camera=CameraTrack(orbit=replaced(orbit, turn_deg=float(value))))
    if follow is None or field not in FOLLOW:
        raise ValueError("the shot's camera has no such field")
    if field == "follow":
        layer, _, feature = str(value).partition("/")
        new = replaced(follow, layer=layer, feature=feature, places=[])
    elif field == "upstream":
        new = replaced(follow, upstream=bool(value))
    else:
        new = replaced(follow, **{field: float(value)})
    return changed_shot(shot, camera=CameraTrack(follow=new))


def with_key(shot: Shot, number: int, key: CameraKey) -> Shot:
    """Return the shot with one camera key replaced; raises ShotFieldError."""
    keys = list(shot.camera.keys)
    try:
        keys[number] = key
        ordered = sorted(keys, key=lambda one: one.at_s)
        return changed_shot(shot, camera=CameraTrack(keys=ordered))
    except (IndexError, ValueError) as error:
        raise refused("key", number) from error


def without_key(shot: Shot, number: int) -> Shot:
    """Return the shot without one of its camera keys.

    Raises ShotFieldError.
    """
    keys = list(shot.camera.keys)
    if len(keys) < 2 or not 0 <= number < len(keys):
        raise refused("key", number)
    del keys[number]
    keys[0] = replaced(keys[0], at_s=0.0)
    return changed_shot(shot, camera=CameraTrack(keys=keys))


def _begun(orbit: Orbit | None, here: CameraKey) -> CameraKey:
    """The view that a circle begins with."""
    if orbit is None:
        return here
    return CameraKey(
        at_s=0.0,
        target=orbit.around,
        target_m=orbit.around_m,
        distance_m=orbit.distance_m,
        pitch_deg=orbit.pitch_deg,
        heading_deg=orbit.from_deg,
    )


def _orbit(key: CameraKey) -> Orbit:
    if key.target is None or key.distance_m is None:
        raise ValueError("a circle needs a target")
    return Orbit(
        around=key.target,
        around_m=key.target_m,
        distance_m=key.distance_m,
        pitch_deg=PITCH_DEG if key.pitch_deg is None else key.pitch_deg,
        from_deg=key.heading_deg or 0.0,
        turn_deg=TURN_DEG,
    )


def _follow(line: FollowedLine) -> Follow:
    return Follow(layer=line.layer, feature=line.feature, distance_m=BEHIND_M, pitch_deg=DOWN_DEG)
