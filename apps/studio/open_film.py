"""Edit one storyboard: undo, saving as it changes, changes on the disk."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Literal

from apps.studio.edit_history import EditHistory
from apps.studio.storyboard_folder import FilmChangedError, Listed, StoryboardFolder, Version
from twin.errors import TwinError
from twin.storyboard.storyboard import Storyboard

logger = logging.getLogger(__name__)

SAVE_AFTER_S = 0.4
"""Edits that follow each other so closely are saved once."""
LOOK_EVERY_S = 1.0

Saved = Literal["saved", "saving", "failed", "changed", "broken", "gone"]
"""How the file agrees with what is open: the disk refuses, somebody else changed it (neither is overwritten),
it cannot be read, it is not there any more."""


class OpenFilm:
    """Storyboard that is open in one studio, and its file.

    ``on_change`` is called when storyboard, file or state are others. A change of the file is read, and what
    was open is one undo away; where there were edits that were not saved, :meth:`keep_mine` or
    :meth:`take_theirs` decides, and nothing is lost by either.
    """

    def __init__(self, folder: StoryboardFolder, *, on_change: Callable[[], None] = lambda: None) -> None:
        self.folder = folder
        self.on_change = on_change
        self.name = ""
        self.history: EditHistory | None = None
        self.saved: Saved = "saved"
        #: Why it is not saved, or not read; None where it is.
        self.error: TwinError | None = None
        #: Somebody else's edit was taken over, since the last edit here.
        self.reread = False
        self._version: Version = ""
        self._dirty = False
        self._saving: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()

    @property
    def board(self) -> Storyboard | None:
        """Storyboard as it is now; None while no film is open."""
        return None if self.history is None else self.history.board

    async def listed(self) -> list[Listed]:
        """List the folder's films, the newest first."""
        return await asyncio.to_thread(self.folder.listed)

    async def sounds(self) -> list[str]:
        """List the folder's sound files."""
        return await asyncio.to_thread(self.folder.sounds)

    async def open(self, name: str) -> None:
        """Open a film; raises what :meth:`StoryboardFolder.read` raises, and the former stays open."""
        board, version = await asyncio.to_thread(self.folder.read, name)
        await self.flush()
        self._took(name, board, version)

    async def create(self, name: str, board: Storyboard) -> None:
        """Create a film and open it."""
        version = await asyncio.to_thread(self.folder.create, name, board)
        await self.flush()
        self._took(name, board, version)

    async def copy(self, name: str) -> str:
        """Copy a film; return the copy's name."""
        return await asyncio.to_thread(self.folder.copy, name)

    async def delete(self, name: str) -> None:
        """Move a film to the trash; the open one is closed."""
        if name == self.name:
            await self.flush()
        async with self._lock:
            await asyncio.to_thread(self.folder.delete, name)
            if name == self.name:
                self.name, self.history, self._version = "", None, ""
        self._settle("saved")

    async def rename(self, new: str) -> None:
        """Rename the open film."""
        await self.flush()
        async with self._lock:
            await asyncio.to_thread(self.folder.rename, self.name, new)
            self.name = new
        self.on_change()

    def do(self, board: Storyboard) -> bool:
        """Make an edited storyboard the present one; it is saved soon."""
        if self.history is None or not self.history.do(board):
            return False
        self._edited()
        return True

    def undo(self) -> None:
        """Go back one edit."""
        if self.history is not None and self.history.undo():
            self._edited()

    def redo(self) -> None:
        """Go forward one edit."""
        if self.history is not None and self.history.redo():
            self._edited()

    def keep_mine(self) -> None:
        """Overwrite the changed file, which goes to the trash."""
        if self.saved in ("changed", "broken", "gone"):
            self._start(over=None)

    async def take_theirs(self) -> None:
        """Open what the file has now; undo brings back the other."""
        if self.saved == "changed":
            self._dirty = False
            await self._reread()

    async def flush(self) -> None:
        """Save at once what is not saved yet."""
        if self._saving is not None:
            self._saving.cancel()
            await asyncio.gather(self._saving, return_exceptions=True)
        if self._dirty and self.saved in ("saved", "saving", "failed"):
            await self._save(self._version)

    async def follow(self) -> None:
        """Read the file again whenever it changes, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.look()
            except Exception:  # what is open stays, and the next look may succeed
                logger.exception("the open film's file could not be looked at")

    async def look(self) -> None:
        """Compare the file with what was read or written last."""
        if self.history is None:
            return
        async with self._lock:
            version = await asyncio.to_thread(self.folder.version, self.name)
        if version == self._version:
            if self.saved in ("broken", "gone") or (self.saved == "changed" and not self._dirty):
                self._settle("saved")
        elif not version:
            if self.saved != "gone":
                self._settle("gone")
        elif self._dirty:
            if self.saved != "changed":
                self._settle("changed")
        else:
            await self._reread()

    # -- the file -------------------------------------------------------------------------------------

    def _took(self, name: str, board: Storyboard, version: Version) -> None:
        self.name, self.history, self._version = name, EditHistory(board), version
        self._dirty = self.reread = False
        self._settle("saved")

    async def _reread(self) -> None:
        name = self.name
        try:
            board, version = await asyncio.to_thread(self.folder.read, name)
        except TwinError as error:
            if self.saved != "broken" or str(error) != str(self.error):
                self._settle("broken", error)
            return
        if name == self.name and self.history is not None and not self._dirty:
            self._version = version
            self.reread = self.history.do(board)
            self._settle("saved")

    def _edited(self) -> None:
        self._dirty, self.reread = True, False
        if self.saved in ("changed", "broken", "gone"):
            self.on_change()  # somebody decides first
        else:
            self.saved = "saving"
            self._start(over=self._version)
            self.on_change()

    def _start(self, *, over: Version | None) -> None:
        if self._saving is not None:
            self._saving.cancel()
        self._saving = asyncio.create_task(self._save_soon(over))

    async def _save_soon(self, over: Version | None) -> None:
        await asyncio.sleep(SAVE_AFTER_S if over is not None else 0.0)
        await asyncio.shield(self._save(over))

    async def _save(self, over: Version | None) -> None:
        async with self._lock:
            board = self.board
            if board is None:
                return
            try:
                over = self._version if over is not None else None
                self._version = await asyncio.to_thread(self.folder.write, self.name, board, over=over)
            except FilmChangedError as error:
                gone = not await asyncio.to_thread(self.folder.version, self.name)
                self._settle("gone" if gone else "changed", error)
                return
            except TwinError as error:
                self._settle("failed", error)
                return
            self._dirty = board is not self.board
        if not self._dirty:
            self._settle("saved")

    def _settle(self, saved: Saved, error: TwinError | None = None) -> None:
        self.saved, self.error = saved, error
        self.on_change()
