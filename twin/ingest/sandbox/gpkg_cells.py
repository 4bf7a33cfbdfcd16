"""Find cells of a GeoPackage that are not of their column's type.

SQLite keeps any value in any column; OGR makes 0 of a text in a column of whole numbers, 1 of 1.5, and
nothing of a date that is none, without a word.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

_WHOLE = re.compile(r"(TINY|SMALL|MEDIUM|BIG)?INT(EGER)?|BOOLEAN")
_REAL = re.compile(r"DOUBLE|FLOAT|REAL")
_DATE = re.compile(r"DATE(TIME)?")
_RULES = (
    (_WHOLE, "typeof({0}) not in ('integer', 'null')", "no whole number"),
    (_REAL, "typeof({0}) not in ('integer', 'real', 'null')", "no number"),
    (_DATE, "{0} is not null and ({0} not glob '????-??-??*' or date({0}) is null)", "no date"),
)


@dataclass(frozen=True, kw_only=True)
class OddColumn:
    """Cells of a column that are not of its type.

    Which, how many, and a note on them.
    """

    table: str
    column: str
    where: str
    note: str

    @property
    def emptied(self) -> str:
        """Statement that empties them."""
        return f"update {quoted(self.table)} set {quoted(self.column)} = null where {self.where}"


def odd_columns(database: sqlite3.Connection, table: str) -> Iterator[OddColumn]:
    """Return a layer's columns with such cells.

    None of a view. Raises sqlite3.Error.
    """
    kind = database.execute("select type from sqlite_master where name = ?", (table,)).fetchone()
    if kind != ("table",):
        return
    for _, name, type_, _, _, key in database.execute(f"pragma table_info({quoted(table)})").fetchall():
        rule = next((rule for rule in _RULES if rule[0].fullmatch(str(type_).upper())), None)
        if rule is None or key:
            continue
        where = rule[1].format(quoted(name))
        count, first = database.execute(
            f"select count(*), min({quoted(name)}) from {quoted(table)} where {where}"
        ).fetchone()
        if count:
            cells = "cell" if count == 1 else "cells"
            note = f"{count:,} {cells} of {name} (such as {str(first)[:20]}): {rule[2]}, and left out"
            yield OddColumn(table=table, column=name, where=where, note=note)


def quoted(name: str) -> str:
    """Quote a name for a statement."""
    return '"{}"'.format(name.replace('"', '""'))
