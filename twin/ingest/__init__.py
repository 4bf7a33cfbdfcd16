"""Reading the files that a catalog names: in a guarded child, with one clear line for what is wrong."""

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
    ValuesError,
)
from twin.ingest.features import Features, Table
from twin.ingest.guard import Limits
from twin.ingest.read import (
    HeightRaster,
    read_bytes,
    read_classes,
    read_heights,
    read_picture,
    read_raster,
    read_table,
    read_vector,
)
from twin.ingest.seed import seed_cell

__all__ = [
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
    "ValuesError",
    "read_bytes",
    "read_classes",
    "read_heights",
    "read_picture",
    "read_raster",
    "read_table",
    "read_vector",
    "seed_cell",
]
