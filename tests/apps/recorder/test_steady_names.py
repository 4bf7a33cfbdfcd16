"""Names of a film come and go softly, none for less than half a second, the same from wherever one begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from apps.recorder.steady_names import LEAST_S, PlacedNames, SteadyNames
from layers.labels.overlay import Label, Overlay, ScaleBar

FPS, FIRST = 10, 30
SCALE = ScaleBar(share=0.1, length_m=100.0, text="100 m")
Shown = Mapping[str, set[int]]


def placing(shown: Shown) -> Callable[[int], PlacedNames]:
    """What a placer says, frame by frame, of names that show in some frames."""
    names = {name: Label(name, "places", "village", name, 0.5, 0.5, True) for name in shown}

    def place(number: int) -> PlacedNames:
        labels = tuple(names[name] for name, frames in shown.items() if number in frames)
        over = Overlay(labels=labels, marks=(), north_deg=0.0, scale=SCALE, synthetic=None, mode="live")
        return PlacedNames(over, tuple(label.id for label in labels))

    return place


def opacities(names: SteadyNames, start: int, end: int) -> list[dict[str, float]]:
    return [{x.id: x.opacity for x in names.overlay(number).labels} for number in range(start, end)]


def steady(shown: Shown, *, end: int = FIRST + 40) -> SteadyNames:
    return SteadyNames(placing(shown), first=FIRST, end=end, fps=FPS)


runs = st.dictionaries(
    st.sampled_from("abcd"), st.sets(st.integers(FIRST, FIRST + 39), max_size=40), min_size=1
)


@given(runs)
def test_no_name_shows_for_less_than_half_a_second(shown: Shown) -> None:
    found = opacities(steady(shown), FIRST, FIRST + 40)
    for name in shown:
        seen = "".join("#" if name in frame else "." for frame in found)
        for run in seen.split("."):
            assert not run or len(run) >= round(LEAST_S * FPS) or len(run) == 40


@given(runs)
def test_a_name_never_jumps_to_full_strength_within_a_shot(shown: Shown) -> None:
    found = opacities(steady(shown), FIRST, FIRST + 40)
    for before, after in pairwise(found):
        for name in before.keys() | after.keys():
            assert abs(after.get(name, 0.0) - before.get(name, 0.0)) <= 0.51  # two or three frames


@given(runs, st.integers(FIRST, FIRST + 39))
def test_names_are_the_same_wherever_a_segment_begins(shown: Shown, start: int) -> None:
    assert opacities(steady(shown), FIRST, FIRST + 40)[start - FIRST :] == opacities(
        steady(shown), start, FIRST + 40
    )


def test_a_name_that_shows_all_along_is_there_from_the_first_frame_to_the_last() -> None:
    found = opacities(steady({"a": set(range(FIRST, FIRST + 40))}), FIRST, FIRST + 40)
    assert all(frame == {"a": 1.0} for frame in found)
