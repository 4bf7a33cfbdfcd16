"""A square with a picture as OBJ, MTL and JPEG, and what its reading must give."""

from __future__ import annotations

from pathlib import Path

from meshes.readers.sandbox import obj
from meshes.readers.sandbox.parts import RawPart
from tests.meshes.readers.foreign import jpeg

SQUARE = "v 0 0 0\nv 4 0 0\nv 4 4 0\nv 0 4 0\nvt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\n"
OBJ = f"mtllib a.mtl\n{SQUARE}usemtl wall\nf 1/1 2/2 3/3 4/4\n"
MTL = "newmtl wall\nKd 0.2 0.4 0.6\nmap_Kd t.jpg\n"
KD = (51, 102, 153, 255)
WHITE = (255, 255, 255, 255)


def write_square(folder: Path) -> Path:
    """Write ``a.obj``, ``a.mtl`` and ``t.jpg``; returns the folder."""
    (folder / "a.obj").write_text(OBJ)
    (folder / "a.mtl").write_text(MTL)
    (folder / "t.jpg").write_bytes(jpeg())
    return folder


def read(folder: Path) -> tuple[list[RawPart], list[bytes], list[str]]:
    return obj.read(folder / "a.obj", root=folder)


def is_painted(folder: Path) -> None:
    """The square has its picture, upright, and nothing is told."""
    (part,), pictures, notes = read(folder)
    assert notes == []
    assert pictures[part.picture] == jpeg()
    assert part.base == WHITE
    assert part.tcoord is not None
    at = [part.position[:, :2] / 4, part.tcoord * (1, -1) + (0, 1)]
    assert at[0].tolist() == at[1].tolist()
    assert len(part.triangles) == 2


def loses_its_picture(folder: Path, words: str) -> None:
    """The square keeps its shape in the material's colour, and one line says why."""
    (part,), pictures, notes = read(folder)
    assert (pictures, part.picture, part.tcoord) == ([], -1, None)
    assert part.base == KD
    assert len(part.triangles) == 2
    assert len(notes) == 1
    assert words in notes[0]
    assert "wall" in notes[0]
