"""Good files with some bytes changed: each is read or refused, in one line and in time."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from meshes.errors import ForeignFileError
from tests.meshes.readers.test_bad_files import read, sound

MANY = 2000 if os.environ.get("TWIN_ENDURANCE") == "1" else 40
VERDICT_S = 10.0


def mutated(data: bytes, dice: np.random.Generator) -> bytes:
    """Bytes changed, cut out, doubled, or set to what counts and offsets dislike."""
    wild = bytearray(data)
    for _ in range(int(dice.integers(1, 6))):
        at = int(dice.integers(0, len(wild)))
        match int(dice.integers(0, 4)):
            case 0:
                wild[at] = int(dice.integers(0, 256))
            case 1:
                wild[at : at + 4] = dice.choice(
                    [b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f", b"9999"]
                )
            case 2:
                del wild[at : at + int(dice.integers(1, 40))]
            case _:
                wild[at:at] = wild[at : at + int(dice.integers(1, 40))]
        if not wild:
            return b""
    return bytes(wild)


@pytest.mark.timeout(3600)
def test_every_mutated_file_has_a_verdict_in_time(tmp_path: Path) -> None:
    dice = np.random.default_rng(20250727)
    files = list(sound(tmp_path))
    wholes = [path.read_bytes() for path in files]
    read(files[0])  # the libraries are loaded
    refused = 0
    for number in range(MANY):
        which = number % len(files)
        files[which].write_bytes(mutated(wholes[which], dice))
        start = time.monotonic()
        try:
            read(files[which])
        except ForeignFileError as error:
            refused += 1
            assert str(files[which]) in str(error)
            assert "\n" not in str(error)
        assert time.monotonic() - start < VERDICT_S, (number, files[which].name)
        files[which].write_bytes(wholes[which])
    assert 0 < refused < MANY
