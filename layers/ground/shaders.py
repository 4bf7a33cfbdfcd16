"""Compose the GLSL of the ground and its water.

VTK fills in the lines that start with ``//VTK::`` and sets the uniforms. Terrain and water are one surface:
the vertex shader lifts what the flood has reached, the fragment shader decides wet or dry by the one raster
cell that the fragment lies in. See docs/decisions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

REACH = 0.75
"""Cells that 127 steps of a border's distance are; as in ``twin/build/area_raster.py``."""


@dataclass(frozen=True, kw_only=True)
class AreaStyle:
    """Areas of one data set in the shader, by their ``number``."""

    number: int
    colours: tuple[tuple[float, float, float], ...]
    start: tuple[int, int]
    finer: int


_HEAD = """//VTK::System::Dec
//VTK::Output::Dec
//VTK::CustomUniforms::Dec
"""

# Lifts a point to the flood, or to the sill of the pocket that a falling flood has left.
_LIFT = """float lifted(float height, float connection) {
  if (connection <= level) return max(height, level);
  return connection <= highest ? max(height, connection) : height;
}
"""

# A tile's positions are small numbers around its own centre; ``MCWCMatrix`` moves and exaggerates them.
_GROUND_INPUT = """//VTK::System::Dec
//VTK::CustomUniforms::Dec
in vec4 vertexMC;
in vec2 tcoord;
uniform mat4 MCDCMatrix;
uniform mat4 MCWCMatrix;
out vec4 seen;
"""

# ``seen`` is (place in the picture, share of haze, share of the sky that water mirrors towards the eye).
_SEEN = """  vec3 here = at.xyz + MCWCMatrix[3].xyz / vec3(1.0, 1.0, exaggeration);
  vec3 look = (here - eye) * vec3(1.0, 1.0, exaggeration);
  float far = length(look);
  float grazing = 1.0 - clamp(-look.z / far, 0.0, 1.0);
  seen = vec4(tcoord, haze * (1.0 - exp(-far / visibility)), reflection * pow(grazing, 4.0));
"""

# The coarse surroundings lie a little farther from the eye than they are, so that the terrain covers them.
_BEHIND = "  at.xyz += 0.01 * (here - eye);\n"


def ground_vertex(*, water: bool, placed: bool = False, behind: bool = False) -> str:
    """Return the vertex shader of ground that ``water`` may lift.

    ``placed`` tells the fragments their place on the raster without it, too. What is ``behind`` gives way to
    the terrain.
    """
    return "".join(
        (
            _GROUND_INPUT,
            "in vec2 placeMC;\nout vec2 spot;\n" if water or placed else "",
            "in float connectMC;\n" + _LIFT if water else "",
            "void main() {\n  vec4 at = vertexMC;\n",
            "  float base = MCWCMatrix[3].z / exaggeration;\n" if water else "",
            "  at.z = lifted(at.z + base, connectMC) - base;\n" if water else "",
            _SEEN,
            "  spot = placeMC;\n" if water or placed else "",
            _BEHIND if behind else "",
            "  gl_Position = MCDCMatrix * at;\n}\n",
        )
    )


# The raster holds whole centimetres of each cell: its connection level above ``rasterBase``, and how far its
# ground lies under that. Its rim is never wet. With 16 bits each, a look-up is one fetch of 32 bits.
_WATER = """  vec2 place = spot * gridSize - cropStart;
  ivec2 cell = clamp(ivec2(floor(place)), ivec2(1), textureSize(waterRaster, 0) - 2);
  vec2 here = fetched(cell);
  vec2 cellSize = 1.0 / max(samples * fwidth(place), vec2(1e-6));
  if (isWet(here)) {
    // The three cells nearest to this point beside its own: for a smooth bed and the distance to the shore.
    vec2 across = fract(place) - 0.5;
    ivec2 side = ivec2(across.x < 0.0 ? -1 : 1, across.y < 0.0 ? -1 : 1);
    vec2 beside = fetched(cell + ivec2(side.x, 0));
    vec2 above = fetched(cell + ivec2(0, side.y));
    vec2 corner = fetched(cell + side);
    vec2 off = abs(across);
    float bed = mix(mix(bedOf(here), bedOf(beside), off.x), mix(bedOf(above), bedOf(corner), off.x), off.y);
    float depth = max((here.x <= levelCm ? levelCm : here.x) - bed, 0.0);
    float murk = depth / deepDepth;
    murk = 1.0 - 1.0 / (1.0 + murk * (2.0 + 4.0 * murk));
    float cover = min(0.62 + 0.38 * depth / clearDepth, 1.0);
    bool surveyed = bedOf(here) > surveyedAbove;
    vec3 water = mix(surveyed ? mix(shallowColour, deepColour, murk) : unsurveyedColour, mirrored, seen.w);
    colour = mix(colour, water, surveyed ? cover * waterOpacity : waterOpacity);
    vec2 edge = (vec2(0.5) - off) * cellSize;
    float toShore = isWet(beside) ? 9.0 : edge.x;
    toShore = isWet(above) ? toShore : min(toShore, edge.y);
    toShore = isWet(corner) ? toShore : min(toShore, max(edge.x, edge.y));
    float line = clamp(0.5 * min(cellSize.x, cellSize.y) - 0.3, 0.0, 1.0) * clamp(1.6 - toShore, 0.0, 1.0);
    colour = mix(colour, shoreColour, shoreLine * waterOpacity * line);
  }
"""

_WATER_INPUT = """uniform sampler2D waterRaster;
vec2 fetched(ivec2 cell) { return texelFetch(waterRaster, cell, 0).xy * 65535.0; }
bool isWet(vec2 cell) { return cell.x <= levelCm || (cell.x <= highestCm && cell.y > 0.5); }
float bedOf(vec2 cell) { return cell.x - cell.y; }
"""

_SHORE_MARKS = """  bool between = here.x > compareLow && here.x <= compareHigh;
  if (between) colour = mix(colour, compareColour, 0.5);
  if (abs(here.x - levelCm) < possibleCm) {
    float stripe = step(0.5, fract((gl_FragCoord.x + gl_FragCoord.y) / (samples * stripeWidth)));
    colour = mix(colour, possibleColour, 0.22 + 0.38 * stripe);
  }
"""


_CUT = """  ivec2 own = clamp(ivec2(floor(spot * gridSize)), ivec2(0), textureSize(cutRaster, 0) - 1);
  float cut = cutOn * texelFetch(cutRaster, own, 0).x;
"""


def _cut_away(*, water: bool) -> str:
    """What is cut lies behind all else, just before the sky: it hides nothing of the model, and where the
    model's edge stands a little above or under the terrain's no sky shows between them. In the belt, whose
    cells are the model's in part, the ground only draws back by a twentieth of its distance: a coarse tile of
    the model may sag a little and must not drown in it, and the ground beyond stays where it is."""
    dry = "!isWet(here)" if water else "true"
    return f"""  gl_FragDepth = gl_FragCoord.z;
  if (cut > 0.75 && {dry}) gl_FragDepth = 0.9999985;
  else if (cut > 0.25 && {dry}) gl_FragDepth = 1.0 - (1.0 - gl_FragCoord.z) / 1.05;
"""


def _palette(colours: Sequence[tuple[float, float, float]]) -> str:
    """Colours by class, the class 0 clear."""
    rows = ["vec4(0.0)", *(f"vec4({r:.4f}, {g:.4f}, {b:.4f}, 1.0)" for r, g, b in colours)]
    return f"vec4[{len(rows)}]({', '.join(rows)})"


# A cell holds two classes and the straight border between them: twin/build/area_raster.py.
_AREA_INPUT = """uniform sampler2D areaRaster{n};
const vec4 areaColours{n}[{count}] = {palette};
vec4 area{n}() {{
  vec2 place = spot * gridSize * {finer:.1f} - vec2({left:.1f}, {top:.1f});
  ivec2 cell = ivec2(floor(place));
  ivec2 most = textureSize(areaRaster{n}, 0);
  if (cell.x < 0 || cell.y < 0 || cell.x >= most.x || cell.y >= most.y) return vec4(0.0);
  vec4 held = floor(texelFetch(areaRaster{n}, cell, 0) * 255.0 + 0.5);
  int both = int(held.x);
  vec4 inside = areaColours{n}[both / 16], outside = areaColours{n}[both % 16];
  vec3 border = (held.yzw - 128.0) / 127.0;
  float side = dot(border.xy, place - vec2(cell) - 0.5) - {reach} * border.z;
  vec2 step = max(fwidth(place), vec2(1e-6));
  float share = clamp(side / max(step.x, step.y) + 0.5, 0.0, 1.0);
  float solid = mix(outside.a, inside.a, share);
  vec3 tint = mix(outside.rgb * outside.a, inside.rgb * inside.a, share) / max(solid, 1e-3);
  return vec4(tint, solid * areaOpacity{n});
}}
"""


def _area_input(area: AreaStyle) -> str:
    return _AREA_INPUT.format(
        n=area.number,
        count=len(area.colours) + 1,
        palette=_palette(area.colours),
        finer=float(area.finer),
        left=float(area.start[0]),
        top=float(area.start[1]),
        reach=REACH,
    )


def ground_fragment(
    *,
    water: bool,
    marks: bool = False,
    muted: bool = False,
    fades: bool = False,
    cut: bool = False,
    areas: Sequence[AreaStyle] = (),
) -> str:
    """Return the fragment shader of ground.

    ``water``: the flood may be on it. ``marks``: so may the belt that is possibly wet, and that between two
    levels. ``muted``: the picture is paler than it is. ``fades``: the ground dissolves in haze towards its
    edges, instead of ending in a cliff. ``cut``: dry ground stands behind all else where a model has its own.
    ``areas`` are filled over land and water, the first undermost.
    What is not asked for costs nothing: the many small triangles of a terrain make every step of this count.
    """
    picture = "texture(surfacePicture, seen.xy).rgb"
    land = f"mix(vec3(0.86, 0.87, 0.86), {picture}, surfaceOpacity)" if muted else picture
    fade = " * smoothstep(0.0, edgeFade, min(inside.x, inside.y))" if fades else ""
    return "".join(
        (
            _HEAD,
            "in vec4 seen;\nuniform sampler2D surfacePicture;\n",
            "in vec2 spot;\n" if water or cut or fades or areas else "",
            "uniform sampler2D cutRaster;\n" if cut else "",
            _WATER_INPUT if water else "",
            *(_area_input(area) for area in areas),
            f"void main() {{\n  vec3 colour = {land};\n",
            _CUT if cut else "",
            _WATER if water else "",
            _cut_away(water=water) if cut else "",
            *(
                f"  vec4 filled{n} = area{n}();\n  colour = mix(colour, filled{n}.rgb, filled{n}.a);\n"
                for n in (area.number for area in areas)
            ),
            _SHORE_MARKS if water and marks else "",
            "  vec2 inside = min(spot, 1.0 - spot);\n" if fades else "",
            f"  gl_FragData[0] = vec4(mix(horizon, colour, (1.0 - seen.z){fade}), 1.0);\n}}\n",
        )
    )


SKY_VERTEX = """//VTK::System::Dec
//VTK::CustomUniforms::Dec
in vec4 vertexMC;
uniform mat4 MCDCMatrix;
out vec3 ray;
void main() {
  ray = vertexMC.xyz;
  vec4 at = MCDCMatrix * vec4(eye.xy + vertexMC.xy, eye.z + vertexMC.z / exaggeration, 1.0);
  gl_Position = vec4(at.xy, at.w * 0.999999, at.w);
}
"""

SKY_FRAGMENT = (
    _HEAD
    + """in vec3 ray;
void main() {
  vec3 look = normalize(ray);
  float up = clamp(look.z, 0.0, 1.0);
  vec3 colour = mix(horizon, zenith, 1.0 - exp(-3.2 * up));
  float sunward = max(dot(look, sunDirection), 0.0);
  colour += sunColour * (0.10 * pow(sunward, 8.0) + 0.35 * pow(sunward, 220.0)) * step(0.0, look.z);
  gl_FragData[0] = vec4(min(colour, vec3(1.0)), 1.0);
}
"""
)

LINE_VERTEX = (
    """//VTK::System::Dec
//VTK::CustomUniforms::Dec
in vec4 vertexMC;
in vec4 otherMC;
in vec3 sideMC;
uniform mat4 MCDCMatrix;
out vec4 line;
"""
    + _LIFT
    + """vec4 onScreen(vec3 at, float connection) {
  at.z = lifted(at.z, connection);
  float far = length((at - eye) * vec3(1.0, 1.0, exaggeration));
  at += (eye - at) * min(0.5, (6.0 + 0.004 * far) / far);
  return MCDCMatrix * vec4(at, 1.0);
}
void main() {
  vec4 own = onScreen(vertexMC.xyz, sideMC.y);
  vec4 other = onScreen(otherMC.xyz, otherMC.w);
  // A piece that passes the eye is cut there: beyond it the screen's left and right change places.
  if (own.w < 1.0 && other.w > 1.0) own = mix(other, own, (other.w - 1.0) / (other.w - own.w));
  else if (other.w < 1.0 && own.w > 1.0) other = mix(own, other, (own.w - 1.0) / (own.w - other.w));
  vec2 along = (other.xy / other.w - own.xy / own.w) * viewSize;
  along = dot(along, along) > 0.0 ? normalize(along) : vec2(1.0, 0.0);
  float scale = viewSize.y / 720.0;
  float ground = groundWidth * pixelsPerTangent / max(own.w, 1.0);
  float core = 0.5 * max(max(lineWidth * scale, 1.0), ground);
  float reach = core + casingWidth * scale + 0.7;
  vec2 offset = reach * sideMC.x * vec2(-along.y, along.x) - 0.4 * core * along;
  own.xy += 2.0 * offset / viewSize * own.w;
  float far = length((vertexMC.xyz - eye) * vec3(1.0, 1.0, exaggeration));
  bool drowned = sideMC.y <= level || (sideMC.y <= highest && vertexMC.z < sideMC.y);
  float seen = drowned && drowns > 0.5 ? 0.0 : 1.0;
  line = vec4(sideMC.z * reach, core, seen, haze * (1.0 - exp(-far / visibility)));
  gl_Position = own;
}
"""
)

LINE_FRAGMENT = (
    _HEAD
    + """in vec4 line;
void main() {
  float off = abs(line.x);
  float scale = viewSize.y / 720.0;
  float inner = 1.0 - smoothstep(line.y - 0.5, line.y + 0.5, off);
  float edge = line.y + casingWidth * scale;
  float cover = mix(0.55, 1.0, inner) * (1.0 - smoothstep(edge - 0.5, edge + 0.5, off));
  if (line.z < 0.5) discard;
  vec3 colour = mix(casingColour, lineColour, inner);
  gl_FragData[0] = vec4(mix(colour, horizon, line.w), cover * lineOpacity);
}
"""
)
