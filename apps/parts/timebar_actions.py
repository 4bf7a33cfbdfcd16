"""The time bar: play, pause, scrub, speed, leave."""

from __future__ import annotations

import asyncio
from typing import Annotated

from pydantic import Field

from apps.parts.state import TypedView
from apps.parts.triggers import Number, trigger
from apps.session.controller import Controller
from apps.session.playback import SPEEDS
from twin.errors import TwinError

TICK_S = 1 / 15
"""How often a replay moves on."""


class FloodActions:
    """Nothing happens where there is no flood."""

    def __init__(self, board: Controller) -> None:
        self._board = board
        self._playing: asyncio.Task[None] | None = None

    @trigger
    def play_pause(self) -> None:
        """Start or stop the replay."""
        playback = self._board.session.playback
        if playback is None:
            return
        if playback.playing:
            self.stop()
            self._replay()
        else:
            self.stop()
            playback.play()
            self._playing = asyncio.create_task(self._play())

    @trigger
    def scrub(self, at: Number) -> None:
        """Show the flood at a time, seconds since 1970; one outside it is refused in words."""
        board = self._board
        if board.session.playback is None:
            return
        self.stop()
        was = board.session.replaying
        try:
            board.session.seek(at)
        except TwinError as error:
            board.tell(error)
            return
        self._shown(was)

    @trigger
    def speed(self, hours_per_second: int) -> None:
        """Another speed; one that is not offered changes nothing."""
        session = self._board.session
        if session.playback is not None and hours_per_second in SPEEDS:
            session.playback.set_speed(hours_per_second)
            self._board.area.recaption()

    @trigger
    def leave_flood(self) -> None:
        """Back from the replay to a what-if at its level."""
        self.stop()
        self._board.session.leave_replay()
        self._board.area.changed()
        self._board.publish_moment()

    @trigger
    def measure(self, rem_px: Annotated[Number, Field(ge=8, le=80)]) -> None:
        """The page's letters have this size; the chart follows it."""
        self._board.rem_px = rem_px
        self._board.publish_chart()

    def stop(self) -> None:
        """Stop playing, wherever it is."""
        if self._playing is not None:
            self._playing.cancel()
            self._playing = None
        if self._board.session.playback is not None:
            self._board.session.playback.pause()

    async def _play(self) -> None:
        playback = self._board.session.playback
        while playback is not None:
            self._replay()
            if not playback.playing:
                return
            await asyncio.sleep(TICK_S)

    def _replay(self) -> None:
        was = self._board.session.replaying
        self._board.session.replay()
        self._shown(was)

    def _shown(self, was_replaying: bool) -> None:
        if not was_replaying:
            self._board.refuse_typed(TypedView())
            self._board.publish(chart_open=True)
        self._board.area.changed()
        self._board.publish_moment_soon()
