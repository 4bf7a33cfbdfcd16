"""Why a source cannot be used: which file, what is wrong with it and, where there is one, the remedy."""

from __future__ import annotations

from twin.errors import TwinError


class IngestError(TwinError):
    """A source that cannot be used; ``path`` is its file."""


class MissingFileError(IngestError):
    """There is no such file, or it may not be read."""


class EmptyFileError(IngestError):
    """The file has no bytes, or holds no rows, features or cells of use."""


class FormatError(IngestError):
    """The file is not of the format that the catalog names."""


class UnsupportedError(IngestError):
    """The file is sound, but of a format or kind that is not read."""


class CrsError(IngestError):
    """The file does not say where on earth it lies, or contradicts the catalog."""


class TurnedError(IngestError):
    """A raster whose rows do not run east-west."""


class ValuesError(IngestError):
    """Values that no such source can have: infinities, impossible heights, broken numbers."""


class TooLargeError(IngestError):
    """More cells, features or rows than are read."""


class TableError(IngestError):
    """A table with a broken line."""


class ColumnError(IngestError):
    """A column or attribute that is needed or named, and is not there or holds no numbers."""


class LimitError(IngestError):
    """Reading took too long, too much memory, or crashed the reader."""


class SeedError(IngestError):
    """The reservoir's seed lies outside the terrain, or where no water is."""


BY_NAME: dict[str, type[IngestError]] = {
    error.__name__: error
    for error in (
        IngestError,
        MissingFileError,
        EmptyFileError,
        FormatError,
        UnsupportedError,
        CrsError,
        TurnedError,
        ValuesError,
        TooLargeError,
        TableError,
        ColumnError,
        LimitError,
    )
}
"""What a guarded child may answer with."""
