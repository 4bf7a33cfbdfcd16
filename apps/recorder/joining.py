"""Join segments into one movie, packet by packet."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from apps.recorder.recording_job import CONTAINERS, Codec, Segment
from apps.recorder.sound_track import SoundTrack

GROWING = {"movflags": "frag_keyframe+empty_moov+default_base_moof", "flush_packets": "1"}
WHOLE = {"movflags": "+faststart"}


class SegmentJoiner:
    """Movie that segments are appended to.

    With ``growing`` each second is a fragment of the file as soon as the next one comes: it plays while it is
    written, and after a kill.
    """

    def __init__(
        self, path: Path, *, codec: Codec, fps: int, growing: bool, sound: SoundTrack | None = None
    ) -> None:
        container = CONTAINERS[codec]
        options = (GROWING if growing else WHOLE) if container == "mp4" else {"flush_packets": "1"}
        self._movie = av.open(str(path), "w", format=container, options=options)
        self._stream: Any = None
        self._sound = sound
        self._frames, self._fps = 0, fps

    def append(self, file: Path, segment: Segment) -> None:
        """Append the packets of a segment's file."""
        with av.open(str(file)) as source:
            video = source.streams.video[0]
            if self._stream is None:
                self._stream = self._movie.add_stream_from_template(video)
                if self._sound is not None:
                    self._sound.start(self._movie)
            assert video.time_base is not None
            shift = round(Fraction(self._frames, self._fps) / video.time_base)
            for packet in source.demux(video):
                if packet.dts is None or packet.pts is None:
                    continue
                packet.pts += shift
                packet.dts += shift
                packet.stream = self._stream
                self._movie.mux(packet)
        self._frames += len(segment)
        if self._sound is not None:
            self._sound.mux_until(self._frames / self._fps)

    def close(self) -> None:
        """Close the file, its index written."""
        self._movie.close()


def join_segments(
    out: Path, files: Sequence[tuple[Path, Segment]], *, codec: Codec, fps: int, sound: Path | None = None
) -> None:
    """Write the whole movie with its sound, its index first.

    Raises OSError, and RecordingError for a sound that cannot be read.
    """
    with ExitStack() as stack:
        track = None
        if sound is not None:
            first, end = files[0][1].first, files[-1][1].end
            track = stack.enter_context(SoundTrack(sound, start_s=first / fps, end_s=end / fps))
        movie = SegmentJoiner(out, codec=codec, fps=fps, growing=False, sound=track)
        stack.callback(movie.close)
        for file, segment in files:
            movie.append(file, segment)
