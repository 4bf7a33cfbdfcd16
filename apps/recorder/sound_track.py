"""Encode a film's sound, as far as the pictures go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import av

from apps.recorder.recording_errors import RecordingError

if TYPE_CHECKING:
    Packet = av.Packet[av.AudioStream]

RATE = 48_000


class SoundTrack:
    """Sound of a film, encoded as the movie grows.

    From ``start_s`` to ``end_s`` of the film. Raises RecordingError for a file without sound, or one that
    cannot be read.
    """

    def __init__(self, file: Path, *, start_s: float, end_s: float) -> None:
        self._file, self._skip = file, round(start_s * RATE)
        self._most = round((end_s - start_s) * RATE)
        try:
            self._source = av.open(str(file))
        except (OSError, av.error.FFmpegError) as error:
            raise RecordingError(f"{file}: the sound cannot be read ({error})") from None
        if not self._source.streams.audio:
            self._source.close()
            raise RecordingError(f"{file}: has no sound that can be read")

    def __enter__(self) -> SoundTrack:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._source.close()

    def start(self, movie: av.container.OutputContainer) -> None:
        """Add the sound's stream to a movie, before its first packet."""
        codec = "aac" if movie.format.name == "mp4" else "libopus"
        stream = movie.add_stream(codec, rate=RATE)
        assert isinstance(stream, av.AudioStream)
        stream.codec_context.layout = "stereo"
        stream.codec_context.bit_rate = 160_000
        self._movie, self._packets = movie, self._encoded(stream)
        self._waiting: Packet | None = None

    def mux_until(self, end_s: float) -> None:
        """Write the sound before a time of the movie, s."""
        while (packet := self._waiting or next(self._packets, None)) is not None:
            assert packet.pts is not None and packet.time_base is not None
            if packet.pts * packet.time_base >= end_s:
                self._waiting = packet
                return
            self._waiting = None
            self._movie.mux(packet)

    def _encoded(self, stream: av.AudioStream) -> Iterator[Packet]:
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
        fifo, at, written = av.AudioFifo(), 0, 0
        for frame in self._frames(resampler):
            first, at = at, at + frame.samples
            if at <= self._skip:
                continue
            frame.pts = None
            fifo.write(frame)
            if first < self._skip:
                fifo.read(self._skip - first)
            while written < self._most and (part := fifo.read(min(1024, self._most - written))) is not None:
                part.pts, part.sample_rate = written, RATE
                written += part.samples
                yield from stream.encode(part)
            if written >= self._most:
                break
        yield from stream.encode(None)

    def _frames(self, resampler: av.AudioResampler) -> Iterator[av.AudioFrame]:
        for frame in self._source.decode(audio=0):
            yield from resampler.resample(frame)
        yield from resampler.resample(None)
