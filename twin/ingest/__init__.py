"""Read files of a catalog in a guarded child.

With one clear line for what is wrong.
"""

from twin.ingest.errors import (
    ColumnError,
    CrsError,
    EmptyFileError,
    FormatError,
    IngestError,
    LimitError,
    MissingFileError,
    SeedError,
    TableError,
    TooLargeError,
    TurnedError,
    UnsupportedError,
    ValuesError,
)
from twin.ingest.features import Features, Table
from twin.ingest.limits import Limits
from twin.ingest.read import (
    ByteRaster,
    HeightRaster,
    read_heights,
    read_landcover,
    read_picture,
    read_raster,
)
from twin.ingest.read_tables import read_table
from twin.ingest.read_vectors import read_vector
from twin.ingest.seed import seed_cell

__all__ = [
    "ByteRaster",
    "ColumnError",
    "CrsError",
    "EmptyFileError",
    "Features",
    "FormatError",
    "HeightRaster",
    "IngestError",
    "LimitError",
    "Limits",
    "MissingFileError",
    "SeedError",
    "Table",
    "TableError",
    "TooLargeError",
    "TurnedError",
    "UnsupportedError",
    "ValuesError",
    "read_heights",
    "read_landcover",
    "read_picture",
    "read_raster",
    "read_table",
    "read_vector",
    "seed_cell",
]
