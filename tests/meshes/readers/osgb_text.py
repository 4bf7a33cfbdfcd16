"""Scenes of OpenSceneGraph as text, and the tool that makes the binary form of them."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from pathlib import Path

import pytest

needs_tool = pytest.mark.skipif(shutil.which("osgconv") is None, reason="osgconv is not installed")

HEAD = "#Ascii Scene\n#Version 161\n#Generator OpenSceneGraph 3.6.5\n\n"
SQUARE = ((0, 0, 6), (10, 0, 6), (10, 8, 6), (0, 8, 6))


def convert(text: str, path: Path, *, hint: str = "IncludeData") -> Path:
    """Write a scene as ``.osgb``; pixels stay in it, or its pictures outside with ``UseExternal``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    source = path.with_name("scene.osgt")
    source.write_text(HEAD + text, encoding="utf-8")
    subprocess.run(
        ["osgconv", "-O", f"WriteImageHint={hint}", source.name, path.name],
        cwd=path.parent,
        env=os.environ | {"OSG_OPTIMIZER": "OFF"},
        check=True,
        capture_output=True,
        timeout=60,
    )
    source.unlink()
    return path


def array(kind: str, rows: object, number: int, binding: str = "BIND_PER_VERTEX") -> str:
    """``osg::Vec3Array`` and others, of rows of numbers."""
    listed = [" ".join(str(value) for value in row) for row in rows]  # type: ignore[attr-defined]
    return (
        f"osg::{kind} {{\nUniqueID {number}\nBinding {binding}\nvector {len(listed)} {{\n"
        + "\n".join(listed)
        + "\n}\n}\n"
    )


def faces(mode: str = "QUADS", corners: tuple[int, ...] = (0, 1, 2, 3)) -> str:
    """One set of primitives, with a number of its own."""
    text, number = " ".join(map(str, corners)), 1000 + sum(map(ord, mode)) + len(corners)
    listed = f"vector {len(corners)} {{\n{text}\n}}"
    return f"osg::DrawElementsUShort {{\nUniqueID {number}\nMode {mode}\n{listed}\n}}\n"


def geometry(*, state: str = "", colours: str = "", primitives: str = "", number: int = 3) -> str:
    """A square of 10 × 8 m whose picture covers it three times across."""
    places = ((0, 0), (3, 0), (3, 1), (0, 1))
    told = f"StateSet TRUE {{\nosg::StateSet {{\nUniqueID 40\n{state}\n}}\n}}\n" if state else ""
    return (
        f"osg::Geometry {{\nUniqueID {number}\n{told}PrimitiveSetList 1 {{\n{primitives or faces()}}}\n"
        f"VertexArray TRUE {{\n{array('Vec3Array', SQUARE, 50)}}}\n"
        + (f"ColorArray TRUE {{\n{colours}}}\n" if colours else "")
        + f"TexCoordArrayList 1 {{\n{array('Vec2Array', places, 52)}}}\n}}\n"
    )


def group(*children: str, kind: str = "osg::Group", more: str = "", number: int = 1) -> str:
    """A node with children; of a PagedLOD they come last."""
    listed = f"Children {len(children)} {{\n{''.join(children)}}}"
    inner = f"{more}\n{listed}" if kind == "osg::PagedLOD" else f"{listed}\n{more}"
    return f"{kind} {{\nUniqueID {number}\n{inner}\n}}\n"


def texture(image: str, *, wrap: str = "REPEAT", modes: str = "", attributes: str = "") -> str:
    """A state set with one picture, and what more it says."""
    return (
        (f"ModeList {modes.count(chr(10)) + 1} {{\n{modes}\n}}\n" if modes else "")
        + attributes
        + "TextureModeList 1 {\nData 1 {\nGL_TEXTURE_2D ON\n}\n}\n"
        f"TextureAttributeList 1 {{\nData 1 {{\nosg::Texture2D {{\nUniqueID 60\nWRAP_S {wrap}\nWRAP_T CLAMP\n"
        f"Image TRUE {{\n{image}\n}}\n}}\nValue OFF\n}}\n}}\n"
    )


def pixels(data: bytes, size: tuple[int, int], *, form: int, name: str = "roof.png") -> str:
    """An image in the text; ``form`` is OpenGL's number of its pixels' format."""
    return (
        f'ClassName osg::Image\nUniqueID 61\nFileName "{name}"\nWriteHint 0 0\nOrigin 0\n'
        f"Size {size[0]} {size[1]} 1\nInternalTextureFormat {form}\nPixelFormat {form}\nDataType 5121\n"
        f'Packing 1\nAllocationMode 1\nData 1 {{\n"{base64.b64encode(data).decode()}"\n}}'
    )


def named(name: str) -> str:
    """An image that is only a name."""
    return f'ClassName osg::Image\nUniqueID 61\nFileName "{name}"\nWriteHint 2 2'
