"""A session at the end of its flood."""

from __future__ import annotations

from apps.session.session import Session


def at_end(session: Session) -> Session:
    assert session.playback is not None and session.flood is not None
    session.playback.seek(session.flood.end)
    session.replay()
    return session
