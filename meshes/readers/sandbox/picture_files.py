"""Find, check and load each picture of a text once.

The text names them by bytes.
"""

from __future__ import annotations

from pathlib import Path

from meshes.errors import ForeignFileError, MissingForeignError
from meshes.readers.sandbox import pictures, text_lines
from meshes.readers.sandbox.uris import beside


def file_of(name: bytes, *, folder: Path, root: Path) -> Path:
    """Find the file of a name of unknown encoding.

    Raises ForeignFileError.
    """
    first: ForeignFileError | None = None
    remark = name.partition(b" #")[0].rstrip()
    for reading in [*text_lines.readings(name), *(text_lines.readings(remark) if remark != name else ())]:
        try:
            return beside(reading, folder=folder, root=root)
        except ForeignFileError as error:
            first = first or error
    raise first or MissingForeignError("names no file")


class PictureFiles:
    """Pictures by the names in a file of ``folder``.

    JPEG or PNG files, in ``pictures``. ``clear``: which of them are clear in places.
    """

    def __init__(self, *, folder: Path, root: Path) -> None:
        self.folder, self.root = folder, root
        self.pictures: list[bytes] = []
        self.clear: list[bool] = []
        self._loaded: dict[str, int] = {}

    def load(self, name: bytes) -> int:
        """Load a picture; returns its number.

        Raises ForeignFileError.
        """
        path = file_of(name, folder=self.folder, root=self.root)
        key = str(path)
        if key not in self._loaded:
            data = pictures.checked(path.read_bytes(), path.name)
            self._loaded[key] = len(self.pictures)
            self.pictures.append(data)
            self.clear.append(pictures.may_be_seen_through(data))
        return self._loaded[key]
