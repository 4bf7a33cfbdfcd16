"""Error of a shot that cannot be evaluated."""

from __future__ import annotations

from twin.errors import TwinError


class ShotError(TwinError):
    """Shot of a storyboard that cannot be made.

    ``words`` is the reason in Chinese; ``reason`` is it in English, without the shot.
    """

    zh = "镜头 {shot}：{words}"

    def __init__(self, message: str, *, shot: str, words: str) -> None:
        super().__init__(f"shot {shot}: {message}", shot=shot, words=words)
        self.reason = message
