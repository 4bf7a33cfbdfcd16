"""Read the users of a server from ``users.toml``.

::

    [users.wang]
    role = "operate"          # watch, operate or administer
    sees = "restricted"       # public, internal (default) or restricted
    full_name = "王工"
    password = "$argon2id$…"  # written by `twin user add` and `twin user passwd`
"""

from __future__ import annotations

import logging
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError

from apps.hub.sign_in.oidc_settings import OidcSettings
from apps.hub.visitor import Role, Visitor
from twin.catalog.types import Access, Strict
from twin.catalog.validation_messages import sentences
from twin.disk import refusal
from twin.errors import TwinError

logger = logging.getLogger(__name__)

NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
"""What may be a user's name; names are typed in any case and kept in lower case."""
NAME_WORDS = "small Latin letters, digits and . _ @ -, 64 at most"
LARGEST = 1 << 20
"""Bytes of a file of users that are read."""


class UsersError(TwinError):
    """File of users cannot be used or changed."""

    zh = "用户文件：{message}"


def _hash_of_password(text: str) -> str:
    if not text.startswith("$argon2id$"):  # the text itself is not repeated: it may be a password
        raise ValueError("is not a hash; set it with 'twin user passwd'")
    return text


class User(Strict):
    """Rights of a user, and hash of the password.

    ``sees`` is the highest ``access`` of catalog entries that is sent. A sign-in ends when unused for
    ``stay_days``, where given, else for 12 hours.
    """

    role: Role
    sees: Access = "internal"
    password: Annotated[str, AfterValidator(_hash_of_password)]
    full_name: Annotated[str, Field(max_length=64)] = ""
    disabled: bool = False
    stay_days: Annotated[int, Field(ge=1, le=3650)] | None = None

    def visitor(self, name: str) -> Visitor:
        """Return the visitor that a signed-in user is."""
        return Visitor(name=name, role=self.role, sees=self.sees, full_name=self.full_name)


class UsersDocument(Strict):
    """Whole file of users."""

    users: dict[str, User] = Field(default={})
    oidc: OidcSettings | None = None


class Users:
    """Users of a file, read anew whenever it changes.

    A file that is missing has no users. One that cannot be used is logged in one line, and the users read
    last stay.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mark: object = None
        self._document = UsersDocument()

    def check(self) -> None:
        """Warn where others can read the file.

        Raises UsersError where it cannot be used.
        """
        read_document(self.path)
        if self.path.exists() and self.path.stat().st_mode & 0o077:
            logger.warning(
                "twin: %s: others on this machine can read it; run: chmod 600 '%s'", self.path, self.path
            )

    def get(self, name: str) -> User | None:
        """Return the user of a name; None for none."""
        return self.all().get(name)

    def all(self) -> Mapping[str, User]:
        """Return all users by name."""
        return self._current().users

    @property
    def oidc(self) -> OidcSettings | None:
        """Sign-in service of the office, where there is one."""
        return self._current().oidc

    def _current(self) -> UsersDocument:
        mark = _mark(self.path)
        if mark != self._mark:
            self._mark = mark
            try:
                self._document = read_document(self.path)
            except UsersError as error:
                logger.error("twin: %s; the users read before stay", error)
        return self._document


def read_users(path: Path) -> Mapping[str, User]:
    """Read the users of a file, by name; raises UsersError."""
    return read_document(path).users


def read_document(path: Path) -> UsersDocument:
    """Read a file of users.

    A missing file is empty. Raises UsersError with the file, the line or the user, and what to do.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except FileNotFoundError:
        return UsersDocument()
    except OSError as error:
        raise UsersError(str(refusal(error, path))) from error
    if len(data) > LARGEST:
        raise UsersError(f"{path}: larger than {LARGEST >> 20} MiB")
    return parse_document(data, path)


def parse_document(data: bytes, path: Path) -> UsersDocument:
    """Parse the bytes of a file of users; raises UsersError."""
    try:
        document = UsersDocument.model_validate(tomllib.loads(data.decode("utf-8")))
    except UnicodeDecodeError as error:
        raise UsersError(f"{path}: not UTF-8; save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise UsersError(f"{path}: {error}; it is TOML, like [users.wang]") from error
    except RecursionError as error:
        raise UsersError(f"{path}: nested too deeply") from error
    except ValidationError as error:
        raise UsersError(f"{path}: {'; '.join(sentences(UsersDocument, error)[:4])}") from error
    for name in document.users:
        if not NAME.fullmatch(name):
            raise UsersError(f"{path}: {name!r} cannot be a user's name: {NAME_WORDS}")
    return document


def _mark(path: Path) -> object:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
