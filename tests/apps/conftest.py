"""Time that a test sets."""

from __future__ import annotations

import pytest

from tests.apps.clock import Clock


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until a test moves it."""
    return Clock()
