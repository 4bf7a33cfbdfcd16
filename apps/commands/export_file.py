"""Write observations for other programs: CSV without formulas, and Parquet."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.observation_rows import COLUMNS, TIMES, csv_cells


@dataclass(frozen=True, kw_only=True)
class Written:
    """Number of rows that a file got.

    ``hours`` of them are hourly values of observations that were thinned out.
    """

    observations: int
    hours: int

    def __str__(self) -> str:
        remark = ""
        if not self.observations:
            remark = " (none are known of this stretch)"
        elif self.hours:
            remark = f" ({self.hours:,} are estimates: hourly means, sums or totals of what was thinned out)"
        return f"{self.observations:,} observations{remark}"


def write(path: Path, rows: Iterator[dict[str, Any]], *, suffix: str) -> Written:
    """Write rows of ``COLUMNS``: Parquet for ``.parquet``, else CSV.

    Raises OSError.
    """
    return _write_parquet(path, rows) if suffix == ".parquet" else _write_csv(path, rows)


def _write_csv(path: Path, rows: Iterator[dict[str, Any]]) -> Written:
    count = hours = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        for row in rows:
            writer.writerow(csv_cells(row))
            count += 1
            hours += row["count"] is not None
    return Written(observations=count, hours=hours)


def _write_parquet(path: Path, rows: Iterator[dict[str, Any]]) -> Written:
    import pyarrow  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    time = pyarrow.timestamp("us", tz="UTC")
    number = pyarrow.float64()
    kinds = dict.fromkeys(TIMES, time) | dict.fromkeys(("value", "lowest", "highest"), number)
    kinds |= dict.fromkeys(("revision", "count"), pyarrow.int32()) | {"synthetic": pyarrow.bool_()}
    schema = pyarrow.schema([(name, kinds.get(name, pyarrow.string())) for name in COLUMNS])
    count = hours = 0
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while batch := [row for _, row in zip(range(50_000), rows, strict=False)]:
            writer.write_table(pyarrow.Table.from_pylist(batch, schema=schema))
            count += len(batch)
            hours += sum(row["count"] is not None for row in batch)
    return Written(observations=count, hours=hours)
