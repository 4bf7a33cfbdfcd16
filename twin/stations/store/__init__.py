"""Store of observations: SQLite beside the products, or PostgreSQL.

The latter by its URL.
"""

from twin.stations.store.database import Database, NoObservationsError, StoreFullError, WriterBusyError
from twin.stations.store.group import GroupWriter
from twin.stations.store.reading import Reader, Series
from twin.stations.store.writing import Appended, Writer

__all__ = [
    "Appended",
    "Database",
    "GroupWriter",
    "NoObservationsError",
    "Reader",
    "Series",
    "StoreFullError",
    "Writer",
    "WriterBusyError",
]
