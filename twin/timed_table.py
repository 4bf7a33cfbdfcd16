"""Read CSV of values over time, or refuse its lines."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from io import StringIO

import numpy as np

from twin.arrays import F64
from twin.bilingual import Language
from twin.errors import TwinError
from twin.stations.properties import PROPERTIES
from twin.stations.units import UnitError, in_own_unit
from twin.written_time import WrittenTimeError, read_time

LARGEST = 1024 * 1024
MOST_LINES = 20_000
MOST_SHOWN = 12

_HEAD = re.compile(r"(.+?)\s*[(\[【]\s*([^()\[\]【】]*?)\s*[)\]】]")
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d{1,2})?", re.ASCII)
_TIMES = {
    **dict.fromkeys(("time", "time_local", "datetime", "date", "tm"), "local"),
    **dict.fromkeys(("时间", "时刻", "日期", "日期时间"), "local"),
    **dict.fromkeys(("time_utc", "utc"), "utc"),
}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Column that a table may have.

    ``names`` in small letters. ``property`` is one of ``PROPERTIES``, whose unit its values are converted to
    and whose range they keep; without one the head's unit must be ``unit``, and values are at least 0.
    ``zh`` is how it is called, ``own`` the name that says its unit without brackets.
    """

    name: str
    names: tuple[str, ...]
    zh: str
    property: str = ""
    unit: str = ""
    own: str = ""


@dataclass(frozen=True)
class LineFault:
    """Fault of a line (the head is line 1), in both languages."""

    line: int
    zh: str
    en: str

    def words(self, language: Language) -> str:
        """Return the fault with its line."""
        return f"第 {self.line} 行：{self.zh}" if language == "zh" else f"line {self.line}: {self.en}"


class TimedTableError(TwinError):
    """Table that cannot be used; ``faults`` are its lines' faults."""

    zh = "数据表有 {count} 处错误，未采用：{words_zh}"

    faults: tuple[LineFault, ...]

    def __init__(self, faults: Sequence[LineFault]) -> None:
        shown = faults[:MOST_SHOWN]
        super().__init__(
            f"the table has {len(faults)} fault{'s' * (len(faults) > 1)} and is not used: "
            + "; ".join(fault.words("en") for fault in shown),
            count=len(faults),
            words_zh="；".join(fault.words("zh") for fault in shown),
            faults=tuple(faults),
        )


@dataclass(kw_only=True)
class _Column:
    """Column of a table: what it is, its unit's factor, its numbers."""

    wanted: Wanted | None
    clock: str = ""
    factor: float = 1.0
    values: list[float] = field(default_factory=list)


def read_timed_table(
    text: str, *, zone: tzinfo, wanted: Sequence[Wanted], example: str
) -> tuple[F64, Mapping[str, F64]]:
    """Return times and the columns' values, arrays (n,).

    Times in s since 1970 UTC, rising; n is at least 2. The head names a time (as ``twin.written_time`` reads
    it, of the clocks of ``zone``; ``time_utc`` is in UTC) and columns with their units in brackets. Commas,
    semicolons or tabs part them. ``example`` is a head that would do. Raises TimedTableError with every wrong
    line.
    """
    if len(text) > LARGEST:
        raise TimedTableError([LineFault(1, "文件超过 1 MB", "the file is larger than 1 MB")])
    text = text.lstrip("\ufeff")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise TimedTableError([LineFault(1, "不是 CSV 表", "is no CSV table")]) from None
    columns, faults = _heads(rows[0] if rows else [], wanted, example)
    if faults:
        raise TimedTableError(faults)
    times = _cells(rows, columns, zone, faults)
    if not faults and len(times) < 2:
        faults = [LineFault(len(rows) + 1, "至少需要两行数据", "at least two lines are needed")]
    if len(times) > MOST_LINES:
        faults = [LineFault(MOST_LINES + 2, f"超过 {MOST_LINES} 行", f"more than {MOST_LINES} lines")]
    if faults:
        raise TimedTableError(faults)
    return np.array(times), {c.wanted.name: np.array(c.values) for c in columns if c.wanted is not None}


def _heads(
    head: Sequence[str], wanted: Sequence[Wanted], example: str
) -> tuple[list[_Column], list[LineFault]]:
    """The columns, and what is wrong in the head."""
    columns: list[_Column] = []
    faults: list[LineFault] = []

    def refuse(zh: str, en: str) -> None:
        faults.append(LineFault(1, zh, en))

    for cell in head:
        written = cell.strip()
        plain = unicodedata.normalize("NFKC", written)
        found = _HEAD.fullmatch(plain)
        name, unit = (found[1].strip().lower(), found[2]) if found else (plain.strip().lower(), None)
        clock = _TIMES.get(name, "")
        known = next((each for each in wanted if name in each.names or name == each.own), None)
        column = _Column(wanted=known, clock=clock)
        if known is None and not clock:
            refuse(
                f"不认识的列“{written}”；可用：时间、" + "、".join(each.zh for each in wanted),
                f"unknown column {written!r}; known are time, " + ", ".join(each.name for each in wanted),
            )
        elif any(c.wanted is known and bool(c.clock) == bool(clock) for c in columns):
            refuse(f"列“{written}”出现两次", f"the column {written!r} stands there twice")
        elif known is not None and name != known.own:
            column.factor = _factor(known, unit, written, refuse)
        columns.append(column)
    if not faults and not any(column.clock for column in columns):
        refuse(f"没有时间列；第一行应如：{example}", f"no column of times; the first line is like {example}")
    return columns, faults


def _factor(known: Wanted, unit: str | None, written: str, refuse: Callable[[str, str], None]) -> float:
    """What makes the column's numbers the property's; refused where the head does not say it."""
    if not known.property:
        if (unit or "") != known.unit:
            refuse(
                f"“{written}”的单位应为 {known.unit or '无'}",
                f"{written!r} must be in {known.unit or 'no unit'}",
            )
        return 1.0
    shown = PROPERTIES[known.property].shown
    if unit is None:
        refuse(
            f"“{written}”没有单位，请写成如 {known.zh}({shown})",
            f"{written!r} has no unit: write it like {known.name} ({shown})",
        )
        return 1.0
    try:
        return in_own_unit(1.0, unit, known.property)
    except UnitError:
        refuse(f"“{unit}”不是{known.zh}的单位", f"{unit!r} is no unit of {known.name}")
        return 1.0


def _cells(
    rows: Sequence[Sequence[str]], columns: Sequence[_Column], zone: tzinfo, faults: list[LineFault]
) -> list[float]:
    """The times; numbers go to their columns, what is wrong to ``faults``."""
    times: list[float] = []
    for line, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(columns):
            zh = f"有 {len(row)} 格，应为 {len(columns)} 格"
            faults.append(LineFault(line, zh, f"has {len(row)} cells, not {len(columns)}"))
            continue
        for column, cell in zip(columns, row, strict=True):
            if column.wanted is None:
                _time(line, cell, UTC if column.clock == "utc" else zone, times, faults)
            else:
                _value(line, cell, column, column.wanted, faults)
    return times


def _time(line: int, cell: str, zone: tzinfo, times: list[float], faults: list[LineFault]) -> None:
    try:
        at = read_time(cell.strip(), zone=zone).timestamp()
    except WrittenTimeError as error:
        twice = "ambig" in str(error)
        zh = "可能是两个时刻，请写成如 2026-07-01 08:00" if twice else "不是时刻，请写成如 2026-07-01 08:00"
        en = "could be two times" if twice else "is no time"
        faults.append(
            LineFault(line, f"“{cell[:40]}”{zh}", f"{cell[:40]!r} {en}: write it like 2026-07-01 08:00")
        )
        return
    if times and at <= times[-1]:
        faults.append(
            LineFault(
                line,
                f"时刻“{cell}”不晚于上一行",
                f"the time {cell!r} is not after the line before",
            )
        )
    times.append(at)


def _value(line: int, cell: str, column: _Column, wanted: Wanted, faults: list[LineFault]) -> None:
    text = unicodedata.normalize("NFKC", cell).strip().replace("−", "-")
    if not text or not _NUMBER.fullmatch(text) or not any(sign.isdigit() for sign in text):
        zh = "是空的，请填数值（没有则填 0）" if not text else f"“{cell[:40]}”不是数值"
        en = "is empty: write a number, 0 for none" if not text else f"is {cell[:40]!r}, not a number"
        faults.append(LineFault(line, f"{wanted.zh}{zh}", f"{wanted.name} {en}"))
        return
    value = float(text.replace(",", "")) * column.factor
    kind = PROPERTIES.get(wanted.property)
    low, high = (0.0, 1e6) if kind is None else (kind.lowest, kind.highest)
    if not low <= value <= high:
        shown = cell.strip()
        faults.append(LineFault(line, f"{wanted.zh} {shown} 不可能", f"{wanted.name} of {shown} cannot be"))
        return
    column.values.append(value)
