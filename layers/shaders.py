"""The GLSL of the scene. VTK fills in the lines that start with ``//VTK::`` and sets the uniforms.

Terrain and water are one surface: the vertex shader lifts what the flood has reached, the fragment shader
decides wet or dry by the one raster cell that the fragment lies in. See docs/decisions.
"""

from __future__ import annotations

_HEAD = """//VTK::System::Dec
//VTK::Output::Dec
//VTK::CustomUniforms::Dec
"""

# ``seen`` is (place on the raster, share of haze, sine of the angle between the look and the horizon).
TERRAIN_VERTEX = """//VTK::System::Dec
//VTK::CustomUniforms::Dec
in vec4 vertexMC;
in vec2 tcoord;
in float connectMC;
uniform mat4 MCDCMatrix;
out vec4 seen;
void main() {
  vec4 at = vertexMC;
  if (connectMC <= level) at.z = max(at.z, level);
  else if (connectMC <= highest) at.z = max(at.z, connectMC);
  vec3 look = (at.xyz - eye) * vec3(1.0, 1.0, exaggeration);
  float far = length(look);
  seen = vec4(tcoord, haze * (1.0 - exp(-far / visibility)), -look.z / far);
  gl_Position = MCDCMatrix * at;
}
"""

_SURFACE = """in vec4 seen;
uniform sampler2D surfacePicture;
"""

_LAND = """  vec3 colour = mix(vec3(0.86, 0.87, 0.86), texture(surfacePicture, seen.xy).rgb, surfaceOpacity);
"""

# Towards the edge of what is known the ground dissolves in haze, instead of ending in a cliff.
_FINISH = """  vec2 inside = min(seen.xy, 1.0 - seen.xy);
  float known = edgeFade > 0.0 ? smoothstep(0.0, edgeFade, min(inside.x, inside.y)) : 1.0;
  gl_FragData[0] = vec4(mix(horizon, colour, (1.0 - seen.z) * known), 1.0);
}
"""

DRY_FRAGMENT = _HEAD + _SURFACE + "void main() {\n" + _LAND + _FINISH

# The coarse surroundings lie a little farther from the eye than they are, so that the terrain covers them.
SURROUNDINGS_VERTEX = """//VTK::System::Dec
//VTK::CustomUniforms::Dec
in vec4 vertexMC;
in vec2 tcoord;
uniform mat4 MCDCMatrix;
out vec4 seen;
void main() {
  vec3 look = (vertexMC.xyz - eye) * vec3(1.0, 1.0, exaggeration);
  float far = length(look);
  seen = vec4(tcoord, haze * (1.0 - exp(-far / visibility)), -look.z / far);
  gl_Position = MCDCMatrix * vec4(eye + (vertexMC.xyz - eye) * 1.01, 1.0);
}
"""

# The raster holds (connection level, ground) of every cell that water can reach, and a rim that it cannot.
# What a falling lake leaves behind lies below its sill by twin.water.centimetres.HOLLOW_M: connection levels
# are rounded up to whole centimetres, and that alone makes no pocket.
WET_FRAGMENT = (
    _HEAD
    + _SURFACE
    + """uniform sampler2D waterRaster;
bool isWet(vec2 cell) { return cell.x <= level || (cell.x <= highest && cell.x - cell.y >= 0.0098); }
void main() {
"""
    + _LAND
    + """  vec2 place = seen.xy * gridSize - cropStart;
  ivec2 last = textureSize(waterRaster, 0) - 1;
  ivec2 cell = clamp(ivec2(floor(place)), ivec2(0), last);
  vec2 here = texelFetch(waterRaster, cell, 0).xy;
  vec2 across = fract(place) - 0.5;
  // The three cells nearest to this point beside its own: for a smooth bed and the distance to the shore.
  ivec2 towards = ivec2(across.x < 0.0 ? -1 : 1, across.y < 0.0 ? -1 : 1);
  vec2 beside = texelFetch(waterRaster, clamp(cell + ivec2(towards.x, 0), ivec2(0), last), 0).xy;
  vec2 above = texelFetch(waterRaster, clamp(cell + ivec2(0, towards.y), ivec2(0), last), 0).xy;
  vec2 corner = texelFetch(waterRaster, clamp(cell + towards, ivec2(0), last), 0).xy;
  vec2 off = abs(across);
  vec2 perPixel = max(fwidth(place), vec2(1e-6));
  bool wet = isWet(here);
  if (wet) {
    float bed = mix(mix(here.y, beside.y, off.x), mix(above.y, corner.y, off.x), off.y);
    float depth = max((here.x <= level ? level : here.x) - bed, 0.0);
    float murk = 1.0 - exp(-3.0 * depth / deepDepth);
    vec3 water = mix(shallowColour, deepColour, murk);
    float cover = mix(0.62, 1.0, clamp(depth / clearDepth, 0.0, 1.0));
    if (here.y <= surveyedAbove) { water = unsurveyedColour; cover = 1.0; }
    float grazing = 1.0 - clamp(seen.w, 0.0, 1.0);
    water = mix(water, mix(zenith, horizon, grazing), reflection * grazing * grazing * grazing * grazing);
    colour = mix(colour, water, cover * waterOpacity);
    vec2 toEdge = (vec2(0.5) - off) / perPixel;
    float cellsSeen = smoothstep(0.6, 2.5, 1.0 / max(perPixel.x, perPixel.y));
    float toShore = 1e6;
    if (!isWet(beside)) toShore = toEdge.x;
    if (!isWet(above)) toShore = min(toShore, toEdge.y);
    if (!isWet(corner)) toShore = min(toShore, length(toEdge));
    float line = shoreLine * cellsSeen * waterOpacity * (1.0 - smoothstep(0.3, 1.6, toShore));
    colour = mix(colour, shoreColour, line);
  }
  if (here.x > compareLow && here.x <= compareHigh) colour = mix(colour, compareColour, 0.45);
  if (abs(here.x - level) < possible) {
    float stripe = step(0.5, fract((gl_FragCoord.x + gl_FragCoord.y) / 7.0));
    colour = mix(colour, possibleColour, 0.22 + 0.38 * stripe);
  }
"""
    + _FINISH
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

LINE_VERTEX = """//VTK::System::Dec
//VTK::CustomUniforms::Dec
in vec4 vertexMC;
in vec4 otherMC;
in vec3 sideMC;
uniform mat4 MCDCMatrix;
out vec4 line;
vec4 onScreen(vec3 at, float link) {
  if (link <= level) at.z = max(at.z, level);
  else if (link <= highest) at.z = max(at.z, link);
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
