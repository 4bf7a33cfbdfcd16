"""Explain why a database or broker is unreachable."""

from __future__ import annotations

_REASONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "the login is refused: look at user and password",
        ("password authentication failed", "access denied", "not authori", "bad user name", "login failed"),
    ),
    ("it lets nobody in from here with this login", ("no password supplied", "no pg_hba.conf entry")),
    (
        "no such host is known",
        ("resolve host", "name or service not known", "translate host", "getaddrinfo", "name resolution"),
    ),
    ("nobody answers there", ("connection refused", "errno 111", "no route to host", "is unreachable")),
    ("no answer in time", ("timed out", "timeout expired", "statement timeout")),
    ("its certificate is not trusted, or it does not speak TLS", ("certificate", "ssl", "tls")),
    ("this login may not read it", ("permission denied",)),
    ("there is no such database", ('" does not exist', "unknown database")),
    ("the file cannot be opened", ("unable to open database file",)),
    ("the file is no database, or is damaged", ("file is not a database", "malformed")),
    ("it hung up", ("closed the connection", "connection reset", "broken pipe", "disconnected")),
)
"""What it means, and what drivers say, in small letters."""


def why_unreachable(error: BaseException) -> str:
    """Explain a failed or lost connection in one line."""
    said = _first_line(error)
    small = said.lower()
    return next((ours for ours, theirs in _REASONS if any(words in small for words in theirs)), said[:160])


def why_no_address(error: BaseException) -> str:
    """Explain an invalid database URL in one line.

    Never with the URL, which holds a password.
    """
    if isinstance(error, ImportError) or "load plugin" in str(error).lower():
        return "is of a database that is not spoken here; postgresql and sqlite are"
    return "is no database's address; write it like postgresql+psycopg://user:password@host:5432/name"


def _first_line(error: BaseException) -> str:
    told = str(getattr(error, "orig", None) or error)
    return " ".join((told.splitlines() or [""])[0].split()) or type(error).__name__
