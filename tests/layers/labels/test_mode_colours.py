"""The frames of what is not live: told apart by everyone, and like no alarm (ISA-101)."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from layers.labels.theme import MODE_INK, MODES, THEME
from twin.arrays import F64

#: Machado, Oliveira, Fernandes 2009: what dichromats see of linear RGB.
SIGHT: dict[str, F64] = {
    "whole": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1.0, 1.089])
FAR = 20.0
"""Distance in CIELAB at which two colours of large areas are not confused."""


def linear(colour: str) -> F64:
    stored = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(stored <= 0.04045, stored / 12.92, ((stored + 0.055) / 1.055) ** 2.4)


def lab(colour: str, sight: F64) -> F64:
    x, y, z = np.cbrt(XYZ @ np.clip(sight @ linear(colour), 1e-3, 1) / WHITE)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def apart(one: str, other: str, sight: F64) -> float:
    return float(np.linalg.norm(lab(one, sight) - lab(other, sight)))


@pytest.mark.parametrize("sight", SIGHT)
def test_no_two_modes_look_alike(sight: str) -> None:
    for one, other in combinations(MODES.values(), 2):
        assert apart(one.colour, other.colour, SIGHT[sight]) > FAR, (one, other)


def test_no_mode_has_the_colour_of_an_alarm() -> None:
    for mode in MODES.values():
        for alarm in THEME["station"]["alarms"].values():
            assert apart(mode.colour, alarm["disc"], SIGHT["whole"]) > FAR, (mode, alarm)


def test_the_words_on_a_tab_are_read_easily() -> None:
    """WCAG 2: at least 4.5 to 1."""
    for mode in MODES.values():
        dark, light = sorted(float(XYZ[1] @ linear(colour)) for colour in (MODE_INK, mode.colour))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, mode
