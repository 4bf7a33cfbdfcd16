"""Merge OpenSceneGraph's state sets, inner ones over outer ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from meshes.readers.sandbox.osgt import Block, numbers
from meshes.tiles.finish import Finish, Wrap

_WRAPS: dict[str, Wrap] = {"REPEAT": "repeat", "MIRROR": "mirror"}
_DEFAULT_DIFFUSE = 0.8
"""Of ``osg::Material``: what nobody set."""
_LIT = ("DIFFUSE", "AMBIENT_AND_DIFFUSE")


@dataclass(frozen=True, kw_only=True)
class StateSet:
    """State of the surfaces below.

    ``textures``: ``osg::Texture2D`` by unit; ``modes``: of OpenGL; ``unread``: what changes the appearance
    and is left out, in words.
    """

    modes: tuple[tuple[str, bool], ...] = ()
    textures: tuple[tuple[int, Block], ...] = ()
    unit_modes: tuple[tuple[int, bool], ...] = ()
    material: Block | None = None
    alpha_func: Block | None = None
    replaces: bool = False
    unread: frozenset[str] = frozenset()

    def on(self, mode: str) -> bool:
        """Return whether a mode of OpenGL is switched on."""
        return dict(self.modes).get(mode, False)

    def drawn(self) -> list[Block]:
        """Return the textures that are not switched off, by their units."""
        switches = dict(self.unit_modes)
        return [texture for unit, texture in sorted(self.textures, key=_unit) if switches.get(unit, True)]


def _unit(pair: tuple[int, Block]) -> int:
    return pair[0]


def merged(state: StateSet, told: Block, of: Callable[[Block], Block]) -> StateSet:
    """Merge a state set over a state; ``of`` finds shared objects."""
    modes, units = dict(state.modes), dict(state.unit_modes)
    for row in told.list("ModeList"):
        name, _, value = row.partition(b" ")
        modes[name.decode("ascii", "replace")] = value.startswith(b"ON")
    state = replace(state, modes=tuple(modes.items()))
    for attribute in map(of, told.inner("AttributeList")):
        if attribute.kind == "osg::Material":
            state = replace(state, material=attribute)
        elif attribute.kind == "osg::AlphaFunc":
            state = replace(state, alpha_func=attribute)
        elif attribute.kind == "osg::Program":
            state = replace(state, unread=state.unread | {"shaders of surfaces"})
    for unit, data in enumerate(told.inner("TextureModeList")):
        for row in data.rows:
            if row.startswith(b"GL_TEXTURE_"):
                units[unit] = b"ON" in row.split()
    textures = dict(state.textures)
    for unit, data in enumerate(told.inner("TextureAttributeList")):
        for attribute in map(of, data.blocks):
            if attribute.kind.startswith("osg::Texture"):
                textures[unit] = attribute
            elif attribute.kind == "osg::TexEnv":
                state = replace(state, replaces=attribute.word("Mode") == "REPLACE")
            elif attribute.kind == "osg::TexMat":
                state = replace(state, unread=state.unread | {"matrices of texture coordinates"})
    return replace(state, textures=tuple(textures.items()), unit_modes=tuple(units.items()))


def finish(state: StateSet, texture: Block | None) -> Finish:
    """Return wrap and alpha modes with OpenSceneGraph's defaults.

    Wrap clamps where the file has none; alpha is tested or blended.
    """
    across, down = (
        "clamp" if texture is None else _WRAPS.get(texture.word(f"WRAP_{axis}"), "clamp") for axis in "ST"
    )
    test = state.alpha_func
    if state.on("GL_ALPHA_TEST") and test is not None and test.word("Function") in ("GREATER", "GEQUAL"):
        cutoff = float(numbers(test.row("ReferenceValue") or b"1")[0])
        return Finish(wrap=(across, down), alpha="mask", cutoff=min(1.0, max(0.0, cutoff)))
    return Finish(wrap=(across, down), alpha="blend" if state.on("GL_BLEND") else "opaque")


def base(state: StateSet, *, textured: bool) -> tuple[int, int, int, int]:
    """Return the material's colour, RGBA.

    What is lit and what shines by itself, as OpenGL adds them. Its default grey is nobody's word: it does not
    darken a picture.
    """
    if state.material is None or state.replaces:
        return (255, 255, 255, 255)
    red, green, blue, alpha = _colour(state.material, "Diffuse")
    lit = (red, green, blue)
    if textured and all(abs(value - _DEFAULT_DIFFUSE) < 1e-3 for value in lit):
        lit = (1.0, 1.0, 1.0)
    shine = _colour(state.material, "Emission")[:3]
    if state.material.word("ColorMode") in _LIT:
        lit = (1.0, 1.0, 1.0)  # the vertices' colours take its place
    whole = [round(255 * min(1.0, max(0.0, a + b))) for a, b in zip(lit, shine, strict=True)]
    return (whole[0], whole[1], whole[2], round(255 * min(1.0, max(0.0, alpha))))


def vertex_colours(state: StateSet) -> bool:
    """Return whether the vertices' colours count.

    Not under a material that leaves them out, or a mere picture.
    """
    if state.replaces:
        return False
    return state.material is None or state.material.word("ColorMode", "OFF") != "OFF"


def _colour(material: Block, name: str) -> tuple[float, float, float, float]:
    """Of its front: ``Diffuse TRUE Front r g b a Back r g b a``."""
    words = (material.row(name) or b"").split()
    if b"Front" not in words:
        return (0.0, 0.0, 0.0, 1.0) if name != "Diffuse" else (0.8, 0.8, 0.8, 1.0)
    at = words.index(b"Front") + 1
    red, green, blue, clear = numbers(b" ".join(words[at : at + 4]), least=4).tolist()
    return red, green, blue, clear
