"""Compose the GLSL of streamed tiles.

A picture or colours, haze as the terrain's, and the flood by the water raster. A tile's positions are small
numbers around its own centre; ``MCWCMatrix`` moves and exaggerates them.
"""

from __future__ import annotations

from dataclasses import dataclass

from meshes.tiles.finish import Alpha


@dataclass(frozen=True, kw_only=True)
class ShaderVariant:
    """Variant of a shader: ``pictured`` or coloured, reachable by ``water`` or not.

    ``tinted``: colours are multiplied with the picture. ``alpha`` and ``cutoff`` as in ``Finish``.
    """

    pictured: bool
    water: bool = False
    tinted: bool = False
    alpha: Alpha = "opaque"
    cutoff: float = 0.5

    @property
    def coloured(self) -> bool:
        """Whether its vertices have colours."""
        return self.tinted or not self.pictured


_INPUT = """//VTK::System::Dec
//VTK::CustomUniforms::Dec
in vec4 vertexMC;
uniform mat4 MCDCMatrix;
uniform mat4 MCWCMatrix;
out vec4 seen;
"""

# A tile wins over the ground that lies right over it: it is drawn a little nearer to the eye than it is, and
# more so in the distance, where depth is told less exactly. This moves nothing on the screen.
_PLACE = """  vec3 here = vertexMC.xyz + MCWCMatrix[3].xyz / vec3(1.0, 1.0, exaggeration);
  vec3 look = (here - eye) * vec3(1.0, 1.0, exaggeration);
  float far = max(length(look), 0.01);
  float grazing = 1.0 - clamp(-look.z / far, 0.0, 1.0);
  vec3 nearer = vertexMC.xyz + (eye - here) * min(0.5, (0.5 + 0.001 * far) / far);
  gl_Position = MCDCMatrix * vec4(nearer, 1.0);
  float hazy = haze * (1.0 - exp(-far / visibility));
"""


def vertex(kind: ShaderVariant) -> str:
    """Return the vertex shader of a variant."""
    pictured, water = kind.pictured, kind.water
    return "".join(
        (
            _INPUT,
            "in vec2 tcoord;\n" if pictured else "",
            "in vec4 colourMC;\nout vec4 own;\n" if kind.coloured else "",
            "in vec2 placeMC;\nout vec4 spot;\n" if water else "",
            "void main() {\n",
            _PLACE,
            f"  seen = vec4({'tcoord' if pictured else 'vec2(0.0)'}, hazy, 0.0);\n",
            "  own = colourMC / 255.0;\n" if kind.coloured else "",
            "  spot = vec4(placeMC, here.z, reflection * pow(grazing, 4.0));\n" if water else "",
            "}\n",
        )
    )


# The raster is read as the terrain's shader reads it. What stands in the water is wet up to its surface.
_WATER_INPUT = """in vec4 spot;
uniform sampler2D waterRaster;
"""

_WATER = """  ivec2 cell = ivec2(floor(spot.xy * gridSize - cropStart));
  vec2 link = texelFetch(waterRaster, clamp(cell, ivec2(1), textureSize(waterRaster, 0) - 2), 0).xy * 65535.0;
  if (link.x <= levelCm || (link.x <= highestCm && link.y > 0.5)) {
    float surfaceCm = link.x <= levelCm ? levelCm : link.x;
    float depth = surfaceCm - levelCm + 100.0 * (level - spot.z);
    if (depth > 0.0) {
      float murk = depth / deepDepth;
      murk = 1.0 - 1.0 / (1.0 + murk * (2.0 + 4.0 * murk));
      vec3 water = mix(mix(shallowColour, deepColour, murk), mirrored, spot.w);
      colour = mix(colour, water, min(0.62 + 0.38 * depth / clearDepth, 1.0) * waterOpacity);
    }
  }
"""

# One of 16 pixels after the other gives way, spread evenly: what lies behind needs no order of drawing.
# The pattern moves with the four frames of a smooth still, whose mean has none. Blended alpha is drawn so as
# well: sorting every triangle, or peeling depths, costs a software renderer several frames for one.
_SCREEN_DOOR = """  ivec2 px = ivec2(gl_FragCoord.xy + doorShift) & 3;
  ivec2 mixed = ivec2(px.x ^ px.y, px.y);
  int rank = ((mixed.x & 1) << 3) | ((mixed.y & 1) << 2) | (mixed.x & 2) | ((mixed.y & 2) >> 1);
  if ((float(rank) + 0.5) / 16.0 > {share}) discard;
"""


def fragment(kind: ShaderVariant, *, faded: bool) -> str:
    """Return the fragment shader that goes with :func:`vertex`.

    ``faded`` where the layer is not fully opaque.
    """
    pictured, water = kind.pictured, kind.water
    land = "texture(surfacePicture, seen.xy)" if pictured else "own"
    door = "tileOpacity" if faded else ""
    if kind.alpha == "blend":
        door = "look.a * tileOpacity" if faded else "look.a"
    return "".join(
        (
            "//VTK::System::Dec\n//VTK::Output::Dec\n//VTK::CustomUniforms::Dec\nin vec4 seen;\n",
            "uniform sampler2D surfacePicture;\n" if pictured else "",
            "in vec4 own;\n" if kind.coloured else "",
            _WATER_INPUT if water else "",
            "void main() {\n",
            f"  vec4 look = {land}{' * own' if kind.tinted else ''};\n",
            f"  if (look.a < {kind.cutoff!r}) discard;\n" if kind.alpha == "mask" else "",
            _SCREEN_DOOR.replace("{share}", door) if door else "",
            "  vec3 colour = look.rgb;\n",
            _WATER if water else "",
            "  gl_FragData[0] = vec4(mix(colour, horizon, seen.z), 1.0);\n}\n",
        )
    )
