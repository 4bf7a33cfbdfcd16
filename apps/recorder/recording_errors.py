"""Errors of recording a film."""

from __future__ import annotations

from twin.errors import TwinError


class RecordingError(TwinError):
    """Film that cannot be recorded."""

    zh = "影片无法录制：{message}"


class WorkerDiedError(RecordingError):
    """Drawing process died several times; ``segment`` is what it drew."""

    zh = "绘制进程多次意外结束：{message}"


class OtherDriverError(RecordingError):
    """Seconds of a film drawn by two graphics drivers: frames would differ."""

    zh = "影片的一部分由另一种显卡驱动绘制，画面会有差异：{message}"


class RecordingBusyError(RecordingError):
    """Film that is being recorded already."""

    zh = "另一个进程正在录制该影片：{message}"
