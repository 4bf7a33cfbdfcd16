"""Progress of a recording is told in frames and minutes, and what follows the last frame as well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pytest

from apps.parts.studio.recordings import progress
from apps.texts import texts


@dataclass
class Job:
    done: int
    total: int
    left_s: float | None


@pytest.mark.parametrize(
    ("job", "words"),
    [
        (Job(45, 450, None), "45 / 450 帧"),
        (Job(135, 450, 452.0), "135 / 450 帧 · 还需约 8 分钟"),
        (Job(440, 450, 9.0), "440 / 450 帧 · 还需不到 1 分钟"),
        (Job(450, 450, 0.0), "画面已录完，正在检查并制作幻灯片…"),
    ],
)
def test_a_recording_says_what_it_does(job: Job, words: str) -> None:
    assert progress(cast("Any", job), texts("zh")) == words
