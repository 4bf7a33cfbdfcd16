"""Mutated files of every format: a verdict in time, in a person's words, and nothing left over."""

from __future__ import annotations

import os
import re
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from meshes.build.catalog_check import CheckReport
from tests.mutants.making import mutant
from tests.mutants.sound import Kind, kinds
from twin.errors import TwinError

MANY = 400 if os.environ.get("TWIN_ENDURANCE") == "1" else 1
"""Of each kind."""
VERDICT_S = 10.0
PYTHON = re.compile(
    r"Traceback|Errno|NoneType|object has no|no attribute '|argument|codec|to unpack|list index|subscript"
    r"|out of range|invalid literal|could not convert|broadcast|operand|reshape|buffer is"
    r"|\b(dict|str|int|float|tuple|ndarray|dtype|None|True|False)\b"
    r"|[A-Z]\w+(Error|Exception)\b|__\w+__|<\w+\.\w+|0x[0-9a-f]{6}"
)
"""What Python and numpy say of themselves, and no person needs."""


def said(kind: Kind) -> list[str]:
    """The lines that a reading ends with; none where the file is read."""
    try:
        found: Any = kind.read()
    except TwinError as error:
        return [str(error)]
    return [str(problem) for problem in found.problems] if isinstance(found, CheckReport) else []


@pytest.mark.timeout(7200)
def test_every_mutant_has_a_verdict_in_time_and_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = np.random.default_rng(20250727)
    passing = tmp_path / "passing"
    passing.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(passing))
    wrong: list[str] = []
    before = set(psutil.Process().children(recursive=True))  # browsers of other tests
    for kind in kinds(tmp_path):
        assert kind.path.suffix == ".yaml" or said(kind) == [], kind.name
        whole = kind.changed.read_bytes()
        for number in range(MANY):
            data = mutant(whole, dice)
            kind.changed.write_bytes(data)
            start = time.monotonic()
            lines = said(kind)
            took_s = time.monotonic() - start
            case = f"{kind.name} {number}"
            if took_s > VERDICT_S:
                wrong.append(f"{case}: {took_s:.1f} s")
            wrong += [f"{case}: {line}" for line in lines if "\n" in line or PYTHON.search(plain(line, kind))]
            wrong += [
                f"{case}: names no file: {line}" for line in lines if kind.path.parent.as_posix() not in line
            ]
        kind.changed.write_bytes(whole)
    assert not wrong, "\n".join(wrong)
    left = {
        p for p in psutil.Process().children(recursive=True) if "fork_server" not in " ".join(p.cmdline())
    }
    assert left <= before
    assert list(passing.iterdir()) == []


def plain(line: str, kind: Kind) -> str:
    """A line without the names of files and what it cites."""
    return re.sub(r"'[^']*'|\"[^\"]*\"", "", line.replace(str(kind.path.parent), ""))
