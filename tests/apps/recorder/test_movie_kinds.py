"""MP4, WebM and GIF hold the pictures in their times, and the sound from where the film begins."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from apps.recorder.animated_gif import write_gif
from apps.recorder.encoding import encode_segment
from apps.recorder.joining import join_segments
from apps.recorder.recording_job import CONTAINERS, Codec, Segment
from twin.arrays import F64, U8

FPS, SIZE = 10, (64, 48)
COLOURS = np.array([(200, 40, 40), (40, 160, 60), (50, 60, 200)], dtype=np.uint8)
"""Of the film's seconds."""
SEGMENTS = [Segment(number=k, first=10 + 10 * k, end=20 + 10 * k) for k in range(2)]
"""Its second and third second."""


def pictures(segment: Segment) -> Iterator[U8]:
    for number in range(segment.first, segment.end):
        yield np.broadcast_to(COLOURS[number // FPS], (SIZE[1], SIZE[0], 3))


def segments(folder: Path, codec: Codec) -> list[tuple[Path, Segment]]:
    files = [(folder / f"{one.number}.{CONTAINERS[codec]}", one) for one in SEGMENTS]
    for file, segment in files:
        encode_segment(file, pictures(segment), size=SIZE, fps=FPS, codec=codec, draft=True)
    return files


@pytest.fixture
def beeps(tmp_path: Path) -> Path:
    """A sound of four seconds: silent but for the third, 2 s to 3 s."""
    at_s = np.arange(4 * 16_000) / 16_000
    loud = np.where((at_s >= 2.0) & (at_s < 3.0), 12_000.0, 0.0)
    samples = (loud * np.sin(2 * np.pi * 440.0 * at_s)).astype("<i2")
    with wave.open(str(tmp_path / "beeps.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(samples.tobytes())
    return tmp_path / "beeps.wav"


def loudness(movie: Path) -> F64:
    """The sound's mean square in each tenth of a second."""
    with av.open(str(movie)) as source:
        rate = source.streams.audio[0].rate
        parts = [frame.to_ndarray().reshape(-1, frame.samples)[0] for frame in source.decode(audio=0)]
    samples = np.concatenate(parts).astype(np.float64)
    tenths = len(samples) * 10 // rate
    return np.square(samples[: tenths * rate // 10].reshape(tenths, -1)).mean(axis=1)


@pytest.mark.parametrize("codec", ["h264", "vp9"])
def test_a_part_of_a_film_has_its_pictures_and_its_part_of_the_sound(
    tmp_path: Path, beeps: Path, codec: Codec
) -> None:
    out = tmp_path / f"movie.{CONTAINERS[codec]}"
    join_segments(out, segments(tmp_path, codec), codec=codec, fps=FPS, sound=beeps)
    with av.open(str(out)) as movie:
        frames = list(movie.decode(video=0))
        assert movie.streams.audio[0].codec_context.name == {"h264": "aac", "vp9": "opus"}[codec]
    assert [round(float(frame.time or 0.0) * FPS) for frame in frames] == list(range(20))
    shown = [frame.to_ndarray(format="rgb24").mean(axis=(0, 1)) for frame in frames]
    off = np.abs(np.array(shown) - COLOURS[[1] * 10 + [2] * 10])
    assert off.max() < 12.0
    loud = loudness(out)
    assert 19 <= len(loud) <= 21, "no longer than the pictures"
    assert loud[:9].max() < 0.01 * loud[11:19].min(), "silent in the film's second second, not in its third"


def test_a_gif_is_endless_and_as_long_as_its_pictures(tmp_path: Path) -> None:
    out = tmp_path / "chat.gif"
    write_gif(out, segments(tmp_path, "h264"), fps=FPS)
    with Image.open(out) as gif:
        assert gif.info["loop"] == 0 and gif.size == SIZE
        seconds, means = 0.0, []
        for number in range(gif.n_frames):
            gif.seek(number)
            seconds += gif.info["duration"] / 1000
            means.append(np.asarray(gif.convert("RGB")).mean(axis=(0, 1)))
    assert seconds == pytest.approx(2.0)
    assert np.abs(means[0] - COLOURS[1]).max() < 16 and np.abs(means[-1] - COLOURS[2]).max() < 16
