"""Make the link by which the first administrator signs in."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.hub.sign_in.users import Users

VALID_S = 3600.0


class FirstLink:
    """Link that makes the first administrator.

    Good for an hour, while there are no users. Who reads the server's output may use it; nobody can guess it.
    """

    def __init__(self, users: Users, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._users = users
        self._clock = clock
        self._token = secrets.token_urlsafe(24)
        self._until = clock() + VALID_S
        self._in_use = False

    @property
    def address(self) -> str:
        """Address below the server's root; '' where there are users already."""
        return "" if self._users.all() else f"sign-in?first={self._token}"

    def is_valid(self, token: str) -> bool:
        """Return whether a token is the link's, and may be used now."""
        known = hmac.compare_digest(token.encode(), self._token.encode())
        return known and not self._in_use and self._clock() < self._until and not self._users.all()

    @contextmanager
    def used(self) -> Iterator[None]:
        """Refuse the link while it is being used.

        It stays good where that fails.
        """
        self._in_use = True
        try:
            yield
        finally:
            self._in_use = False
