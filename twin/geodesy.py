"""Measure true lengths and areas on the ellipsoid, in any CRS.

A projection keeps areas, or angles, or lengths along some lines, and never all of them: EPSG:3857 shows Miyun
1.73 times as large as it is, its UTM zone 0.08 % too small. How much is found by differentiating PROJ's
inverse, and not from PROJ's own factors, which take 3857 and its like for maps of a sphere (0.1 % off here).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from twin.arrays import F64
from twin.crs import WGS84, FrameError, crs_name, known_crs

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


_STEP: Final = 1e-4
"""Of the differences, in radii of the earth: fourth order leaves 1e-16, rounding 1e-12."""
_EDGE_M: Final = 200.0
"""Longer edges are parted: a straight line of the CRS and the geodesic then lie 1.4 mm apart at 60°."""
_MOST_EDGES: Final = 100_000
"""Of one ring; the edges of what is larger than 20,000 km around stay longer."""


class Scale(NamedTuple):
    """Scale factors of a CRS at points, least and most.

    Metres of the CRS per metre on the ground, by direction.
    """

    largest: F64
    smallest: F64

    @property
    def areal(self) -> F64:
        """Square metres of the CRS per square metre on the ground."""
        return self.largest * self.smallest


class _Earth(NamedTuple):
    """How a CRS lies on its ellipsoid: to (longitude, latitude), radians in their unit, metres in its own."""

    transformer: Any
    geod: Any
    angle_rad: float
    unit_m: float


def zone_area_m2(
    south_rad: ArrayLike, north_rad: ArrayLike, *, semi_major_m: float, flattening: float
) -> F64:
    """Return the area between two parallels per radian, m².

    Of longitude, without loss of digits for thin zones. The authalic integral (Snyder 1987, eq. 3-12) as
    differences: q(φ) = sin φ / (1 − e² sin²φ) + artanh(e sin φ) / e, times b²/2.
    """
    south, north = np.asarray(south_rad, np.float64), np.asarray(north_rad, np.float64)
    e2 = flattening * (2.0 - flattening)
    a, b = np.sin(south), np.sin(north)
    rise = 2.0 * np.cos((north + south) / 2.0) * np.sin((north - south) / 2.0)  # sin north − sin south
    first = rise * (1.0 + e2 * a * b) / ((1.0 - e2 * a * a) * (1.0 - e2 * b * b))
    e = np.sqrt(e2)
    second = np.arctanh(e * rise / (1.0 - e2 * a * b)) / e if e > 0 else rise
    out: F64 = semi_major_m**2 * (1.0 - e2) / 2.0 * (first + second)
    return out


def scale(x: ArrayLike, y: ArrayLike, *, crs: str) -> Scale:
    """Return scales of a projected CRS at points of it, any shape.

    Raises FrameError outside the CRS.
    """
    ground_m: F64 = np.asarray(np.linalg.svd(_steps(x, y, crs=crs), compute_uv=False), np.float64)
    if not ground_m.all():
        raise FrameError(
            f"{crs_name(crs)} does not reach there: all around is one place on the ground", crs=crs
        )
    smallest, largest = np.moveaxis(np.asarray(1.0 / ground_m, np.float64), -1, 0)
    return Scale(largest=largest, smallest=smallest)


def turned_deg(x: ArrayLike, y: ArrayLike, *, crs: str) -> F64:
    """Return angles between a CRS's axes and true north.

    Between y and true north, or x and true east if larger, at points of it.
    """
    lon, lat = _radians(_earth(crs), np.asarray(x, np.float64), np.asarray(y, np.float64))
    east = np.stack([-np.sin(lon), np.cos(lon), np.zeros_like(lon)], axis=-1)
    north = np.stack([-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)], axis=-1)
    steps = _steps(x, y, crs=crs)
    along = np.einsum("...ki,...ik->...i", steps, np.stack([east, north], axis=-2))
    cosines = along / np.linalg.norm(steps, axis=-2)
    out: F64 = np.degrees(np.arccos(np.clip(cosines, -1.0, 1.0))).max(axis=-1)
    return out


def true_north_deg(x: float, y: float, *, crs: str) -> float:
    """Return the direction of true north at a point.

    Degrees clockwise from the projected CRS's y.
    """
    lon, lat = _radians(_earth(crs), np.asarray(x, np.float64), np.asarray(y, np.float64))
    north = np.array([-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)])
    right, up = np.linalg.lstsq(_steps(x, y, crs=crs), north, rcond=None)[0]
    return float(np.degrees(np.arctan2(right, up)))


def distance_m(start: tuple[float, float], end: tuple[float, float], *, crs: str) -> float:
    """Return the geodesic distance of two points of a CRS, m."""
    earth = _earth(crs)
    lon, lat = _radians(earth, np.array([start[0], end[0]]), np.array([start[1], end[1]]))
    return float(earth.geod.inv(lon[0], lat[0], lon[1], lat[1], radians=True)[2])


def shape_area_m2(shape: BaseGeometry, *, crs: str) -> float:
    """Return the area of polygons with holes, m².

    And of several of them; 0 of lines and points. Their edges are straight in the CRS, as whoever drew them
    saw them.
    """
    from shapely.geometry.polygon import orient  # noqa: PLC0415  (only builds and checks load shapely)

    earth = _earth(crs)
    total = 0.0
    for part in _parts(shape, "Polygon"):
        turned = orient(part)  # shells counter-clockwise, holes clockwise
        for ring in (turned.exterior, *turned.interiors):
            lon, lat = _parted(ring, earth)
            total += float(earth.geod.polygon_area_perimeter(lon, lat, radians=True)[0])
    return abs(total)


def ellipsoid(crs: str) -> Any:
    """Return the ellipsoid (``pyproj.Geod``) of a CRS.

    Lengths and areas are counted on it.
    """
    return _earth(crs).geod


def _parts(shape: BaseGeometry, kind: str) -> Iterable[Any]:
    if shape.geom_type == kind:
        yield shape
    for part in getattr(shape, "geoms", ()):
        yield from _parts(part, kind)


def _parted(line: Any, earth: _Earth) -> tuple[F64, F64]:
    """Longitudes and latitudes (radians) along a line whose long edges are parted."""
    import shapely  # noqa: PLC0415

    most = _EDGE_M / (earth.unit_m if earth.unit_m else float(earth.geod.a) * earth.angle_rad)
    most = max(most, line.length / _MOST_EDGES)
    x, y = shapely.get_coordinates(shapely.segmentize(line, most)).T
    return _radians(earth, x, y)


def _steps(x: ArrayLike, y: ArrayLike, *, crs: str) -> F64:
    """Metres in space per metre of a projected CRS: (..., 3, 2), a column for a step in x and one in y."""
    earth = _earth(crs)
    step_m = _STEP * float(earth.geod.a)
    move = np.array([-2.0, -1.0, 1.0, 2.0]) * (step_m / earth.unit_m)
    weight = np.array([1.0, -8.0, 8.0, -1.0]) / (12.0 * step_m)
    x, y = np.broadcast_arrays(np.asarray(x, np.float64)[..., None], np.asarray(y, np.float64)[..., None])
    # In space neither the antimeridian nor a pole is a special place.
    across = np.einsum("k,...kj->...j", weight, _in_space(earth, x + move, y))
    along = np.einsum("k,...kj->...j", weight, _in_space(earth, x, y + move))
    steps: F64 = np.stack([across, along], axis=-1)
    if not np.isfinite(steps).all():
        raise FrameError(f"{crs_name(crs)} has no place on the ground for such coordinates", crs=crs)
    return steps


def _in_space(earth: _Earth, x: F64, y: F64) -> F64:
    """Points on the ellipsoid in coordinates from the earth's centre, m, shape (..., 3)."""
    lon, lat = _radians(earth, *np.broadcast_arrays(x, y))
    with np.errstate(invalid="ignore"):  # PROJ says inf where a CRS does not reach
        normal = float(earth.geod.a) / np.sqrt(1.0 - float(earth.geod.es) * np.sin(lat) ** 2)
        flat = normal * np.cos(lat)
        out: F64 = np.stack(
            [flat * np.cos(lon), flat * np.sin(lon), normal * (1.0 - float(earth.geod.es)) * np.sin(lat)],
            axis=-1,
        )
    return out


def _radians(earth: _Earth, x: F64, y: F64) -> tuple[F64, F64]:
    """Longitude and latitude in radians."""
    lon, lat = (x, y) if earth.transformer is None else earth.transformer.transform(x, y)
    return np.asarray(lon) * earth.angle_rad, np.asarray(lat) * earth.angle_rad


@lru_cache(maxsize=64)
def _earth(name: str) -> _Earth:
    """A CRS on its own ellipsoid; on WGS84's where its datum is a sphere, of which nobody surveys.

    PROJ takes latitudes on a sphere for geodetic ones (EPSG:3785, 3408, MODIS' sinusoidal grid).
    """
    from pyproj import Geod, Transformer  # noqa: PLC0415  (pyproj costs 60 ms)

    crs = known_crs(WGS84 if name == "GCJ-02" else name)
    geographic = crs.geodetic_crs
    geod = geographic.get_geod()
    if geod is None or geod.f == 0:
        geod = Geod(ellps="WGS84")
    angle = float(geographic.axis_info[0].unit_conversion_factor)
    if crs.is_geographic:
        return _Earth(transformer=None, geod=geod, angle_rad=angle, unit_m=0.0)
    unit = float(crs.axis_info[0].unit_conversion_factor)
    transformer = Transformer.from_crs(crs, geographic, always_xy=True)
    return _Earth(transformer=transformer, geod=geod, angle_rad=angle, unit_m=unit)
