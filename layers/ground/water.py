"""Set water levels and colours as uniforms of the terrain's shader.

Nothing is recomputed when the level changes.
"""

from __future__ import annotations

from collections.abc import Mapping

from layers.gl.uniforms import Uniforms
from layers.layer import Layer, LegendEntry
from layers.light import WaterColours
from layers.tiles.water_raster import HAIR_CM, WaterRaster
from twin.water.centimetres import extent_level_m

NOWHERE_M = -1e6  # the level of a flood that is not shown
STRIPE_PX = 7.0


class WaterLayer(Layer):
    """Flood at one level, with pockets a higher level left behind."""

    kind = "water"

    def __init__(
        self,
        *,
        raster: WaterRaster,
        grid_shape: tuple[int, int],
        bed_m: float | None,
        uniforms: Uniforms,
        colours: WaterColours,
        title: Mapping[str, str],
    ) -> None:
        super().__init__("water", title=title, legend=_legend(colours))
        self._uniforms = uniforms
        self._raster = raster
        self._levels = (NOWHERE_M, NOWHERE_M)
        self._error_m = 0.0
        self._colours = colours
        self._compare_m: float | None = None
        uniforms.set(
            gridSize=(float(grid_shape[1]), float(grid_shape[0])),
            cropStart=(float(raster.start[0]), float(raster.start[1])),
            surveyedAbove=-1.0 if bed_m is None else raster.above_base_cm(bed_m) + 0.5,
            shallowColour=colours.shallow,
            deepColour=colours.deep,
            unsurveyedColour=colours.unsurveyed,
            shoreColour=colours.shore,
            possibleColour=colours.possible,
            mirrored=colours.mirrored,
            deepDepth=100.0 * colours.deep_m,
            clearDepth=100.0 * colours.clear_m,
            reflection=colours.reflection,
            shoreLine=colours.shore_line,
            stripeWidth=STRIPE_PX,
        )
        self.restyle()

    def show(
        self,
        *,
        level_m: float,
        highest_m: float | None = None,
        possible_m: float = 0.0,
        compare_m: float | None = None,
    ) -> None:
        """Show the flood at ``level_m`` after a peak of ``highest_m``.

        Both are drawn at their whole centimetres. ``possible_m`` > 0 marks the belt within that many metres
        of the level, where wet or dry is not certain. ``compare_m`` marks the ground between that level and
        this one, newly wet or dried.
        """
        top_m = level_m if highest_m is None else max(level_m, highest_m)
        self._levels = (extent_level_m(level_m), extent_level_m(top_m))
        self._error_m = possible_m
        self._compare_m = compare_m
        self.restyle()

    @property
    def has_marks(self) -> bool:
        """Whether the shader must search for marked shore belts."""
        return self.visible and (self._error_m > 0.0 or self._compare_m is not None)

    def restyle(self) -> None:
        level, highest = self._levels if self.visible else (NOWHERE_M, NOWHERE_M)
        other = level if self._compare_m is None else self._compare_m
        above_base = self._raster.above_base_cm
        self._uniforms.set(
            level=level,
            highest=highest,
            levelCm=above_base(level),
            highestCm=above_base(highest),
            possibleCm=100.0 * self._error_m - 2.0 * HAIR_CM,  # the hair up must not let a cell in
            compareColour=self._colours.newly_wet if level >= other else self._colours.dried,
            compareLow=above_base(min(level, other)),
            compareHigh=above_base(max(level, other)),
            waterOpacity=self.opacity,
        )


def _legend(colours: WaterColours) -> tuple[LegendEntry, ...]:
    def entry(colour: tuple[float, float, float], zh: str, en: str) -> LegendEntry:
        return LegendEntry(
            colour="#{:02x}{:02x}{:02x}".format(*(round(255 * c) for c in colour)), text={"zh": zh, "en": en}
        )

    return (
        entry(colours.shallow, "浅水", "shallow"),
        entry(colours.deep, f"水深 {colours.deep_m:.0f} 米以上", f"deeper than {colours.deep_m:.0f} m"),
        entry(colours.unsurveyed, "库底无测量", "bed not surveyed"),
        entry(colours.possible, "可能淹没（误差范围内）", "possibly wet (within the error)"),
        entry(colours.newly_wet, "比对：新增淹没", "compared: newly wet"),
        entry(colours.dried, "比对：退水露出", "compared: dried"),
    )
