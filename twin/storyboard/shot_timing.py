"""Check the times within shots: order, bounds, overlaps."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from twin.catalog.yaml_tree import Path as KeyPath
from twin.storyboard.problem_list import ProblemList
from twin.storyboard.shot_texts import Timed
from twin.storyboard.storyboard import Shot, Storyboard

SLACK_S = 1e-6
"""Times are written in decimals; what differs by less is the same time."""


def check_timing(storyboard: Storyboard, problems: ProblemList) -> None:
    """Add problems of times within shots.

    Keys out of order or outside their shot, overlapping captions, dissolves without room.
    """
    for number, shot in enumerate(storyboard.shots):
        at: KeyPath = ("shots", number)
        if round(shot.seconds * storyboard.fps) < 1:
            words = f"{shot.seconds:g} s is shorter than a frame at {storyboard.fps} frames/s"
            problems.add((*at, "seconds"), "too-short", words)
        _check_keys(shot, at, problems)
        _check_words(shot, at, problems)
        _check_fade(storyboard.shots, number, problems)


def _check_keys(shot: Shot, at: KeyPath, problems: ProblemList) -> None:
    keys = shot.camera.keys
    ends = [(key.at_s, key.at_s + key.dwell_s) for key in keys]
    _check_order((*at, "camera", "keys"), ends, shot, problems)
    if shot.water is not None:
        for name, times in (
            ("levels", [key.at_s for key in shot.water.levels]),
            ("storages", [key.at_s for key in shot.water.storages]),
        ):
            _check_order((*at, "water", name), [(time, time) for time in times], shot, problems)


def _check_order(at: KeyPath, ends: Sequence[tuple[float, float]], shot: Shot, problems: ProblemList) -> None:
    """Keys given by begin and end, s: one after the other, all within the shot."""
    for number, (begin_s, end_s) in enumerate(ends):
        if end_s > shot.seconds + SLACK_S:
            rest = "" if begin_s == end_s else f" and rests until {end_s:g} s"
            words = f"is at {begin_s:g} s{rest}, outside the shot, which ends at {shot.seconds:g} s"
            problems.add((*at, number, "at_s"), "outside-shot", words)
    for number, (before, after) in enumerate(pairwise(ends), start=1):
        if after[0] <= before[0]:
            words = f"is at {after[0]:g} s, not after the key before it, at {before[0]:g} s"
            problems.add((*at, number, "at_s"), "out-of-order", words)
        elif after[0] < before[1] - SLACK_S:
            words = f"is at {after[0]:g} s, while the key before it rests until {before[1]:g} s"
            problems.add((*at, number, "at_s"), "out-of-order", words)


def _check_words(shot: Shot, at: KeyPath, problems: ProblemList) -> None:
    timed: list[tuple[KeyPath, Timed]] = [] if shot.title is None else [((*at, "title"), shot.title)]
    timed += [((*at, "captions", k), caption) for k, caption in enumerate(shot.captions)]
    timed += [((*at, "callouts", k), callout) for k, callout in enumerate(shot.callouts)]
    for path, one in timed:
        if one.from_s >= shot.seconds:
            words = f"begins at {one.from_s:g} s, after the shot, which ends at {shot.seconds:g} s"
            problems.add((*path, "from_s"), "outside-shot", words)
        elif one.to_s is not None and one.to_s > shot.seconds + SLACK_S:
            words = f"ends at {one.to_s:g} s, after the shot, which ends at {shot.seconds:g} s"
            problems.add((*path, "to_s"), "outside-shot", words)
    if shot.poster_s is not None and shot.poster_s > shot.seconds + SLACK_S:
        words = f"is {shot.poster_s:g} s, outside the shot, which ends at {shot.seconds:g} s"
        problems.add((*at, "poster_s"), "outside-shot", words)
    shown = sorted(
        (caption.from_s, shot.seconds if caption.to_s is None else caption.to_s, number)
        for number, caption in enumerate(shot.captions)
    )
    for (_, end_s, first), (begin_s, _, second) in pairwise(shown):
        if begin_s < end_s - SLACK_S:
            words = (
                f"begins at {begin_s:g} s, while captions[{first}] shows until {end_s:g} s: "
                f"give that one to_s: {begin_s:g}"
            )
            problems.add((*at, "captions", second), "overlap", words)


def _check_fade(shots: Sequence[Shot], number: int, problems: ProblemList) -> None:
    fade_s, at = shots[number].fade_s, ("shots", number, "fade_s")
    if not fade_s:
        return
    if number == 0:
        problems.add(
            at, "bad-fade", "dissolves from a shot before; the first shot has none", hint="leave it out"
        )
    elif fade_s > shots[number].seconds + SLACK_S:
        words = f"{fade_s:g} s is longer than the shot, {shots[number].seconds:g} s"
        problems.add(at, "bad-fade", words)
