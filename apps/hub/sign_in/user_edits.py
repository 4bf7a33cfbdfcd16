"""Change the file of users, keeping its comments.

Written whole, for this system user only; two changes at once wait for each other.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tomlkit

from apps.hub.audit import keep_owner
from apps.hub.sign_in.users import NAME, NAME_WORDS, UsersError, parse_document, read_users
from twin.disk import refusal, sync

HEAD = "Users of the twin: see 'twin user --help'. A running server reads changes of this file by itself."


def add_user(path: Path, name: str, *, password: str, **settings: Any) -> None:
    """Add a user.

    ``password`` is a hash, ``settings`` the other keys of :class:`User`.
    Raises UsersError where the name is taken or cannot be one.
    """
    with _document(path) as document:
        require_new(path, name)
        users = document.setdefault("users", tomlkit.table(is_super_table=True))
        users[name] = tomlkit.item(_given(settings) | {"password": password})


def change_user(path: Path, name: str, **settings: Any) -> None:
    """Change settings of a user; those that are None stay.

    Raises UsersError where there is no such user.
    """
    with _document(path) as document:
        require_known(path, name)
        user = document["users"][name]
        for key, value in _given(settings).items():
            user[key] = value


def remove_user(path: Path, name: str) -> None:
    """Remove a user; raises UsersError where there is none of that name."""
    with _document(path) as document:
        require_known(path, name)
        del document["users"][name]


def require_new(path: Path, name: str) -> None:
    """Raise UsersError where a name is taken or cannot be one."""
    if not NAME.fullmatch(name):
        raise UsersError(f"{name!r:.80} cannot be a user's name: {NAME_WORDS}")
    if name in read_users(path):
        raise UsersError(f"{path}: there is a user {name} already: change it with 'twin user set'")


def require_known(path: Path, name: str) -> None:
    """Raise UsersError where there is no such user."""
    users = read_users(path)
    if name not in users:
        known = ", ".join(sorted(users)) or "none"
        raise UsersError(f"{path}: there is no user {name!r:.80}; there are: {known}")


def _given(settings: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in settings.items() if value is not None}


@contextmanager
def _document(path: Path) -> Iterator[Any]:
    """The file as TOML, written when the block ends without an error."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            read_users(path)
            if path.exists():
                document = tomlkit.parse(path.read_text("utf-8"))
            else:
                document = tomlkit.document()
                document.add(tomlkit.comment(HEAD))
            yield document
            text = tomlkit.dumps(document)
            parse_document(text.encode(), path)
            write_private(path, text)
        finally:
            os.close(folder)
    except OSError as error:
        raise UsersError(str(refusal(error, path))) from error


def write_private(path: Path, text: str) -> None:
    """Write a file atomically, readable by this system user only.

    Raises OSError.
    """
    partial = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        keep_owner(handle, path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
        sync(path.parent)
    finally:
        partial.unlink(missing_ok=True)
