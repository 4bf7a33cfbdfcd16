"""Decide what one of several hubs on a store does alone.

Locks of the kernel: they end with the process that holds them, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import socket
from contextlib import suppress
from pathlib import Path

from twin.store import StoreError

HUBS, WALL = "hubs.lock", "wall.lock"


class StoreLease:
    """Exclusive lock on a file of the store, tried without waiting."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def take(self) -> bool:
        """Take the lock; False while another process holds it.

        A store that cannot be written has no other hub either: True.
        """
        if self._file is not None:
            return True
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            return True
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def require_one_machine(store: Path, *, machine: str = "") -> None:
    """Refuse to serve a store that a hub of another machine serves.

    Sign-ins and desks are SQLite files, which two machines cannot share. The lock is held until this process
    ends. Raises StoreError.
    """
    machine = machine or socket.gethostname()
    path = store / HUBS
    try:
        store.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        return  # said where it is written to
    with suppress(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(file, 0)
        os.pwrite(file, machine.encode(), 0)
    fcntl.flock(file, fcntl.LOCK_SH)
    there = os.pread(file, 256, 0).decode(errors="replace")
    if there != machine:
        os.close(file)
        raise StoreError(
            f"{store}: the machine {there} serves it: hubs of one store run on one machine (others draw for "
            "it: --ray)"
        )
