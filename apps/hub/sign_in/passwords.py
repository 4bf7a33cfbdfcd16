"""Hash and check passwords (argon2id)."""

from __future__ import annotations

import asyncio
import hashlib
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from apps.hub.sign_in.users import UsersError

LEAST = 10
LONGEST = 256
MOST_WAITING = 16
COMMON = frozenset({"password", "passw0rd", "1234567890", "0123456789", "qwertyuiop", "administrator"})


class PasswordLengthError(UsersError):
    """Password is too short or too long; ``least`` and ``longest``."""

    zh = "密码须有 {least} 至 {longest} 个字符"


class GuessablePasswordError(UsersError):
    """Password is easily guessed."""

    zh = "此密码容易被猜到，请用几个词组成，或由程序生成"


class Passwords:
    """Checks passwords in a thread, one at a time.

    A check takes 64 MiB and about 0.1 s of a core, on purpose; one runs, and ``MOST_WAITING`` wait.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
        self._turn = asyncio.Semaphore(1)
        self._waiting = 0
        self._nobodys = ""

    @property
    def busy(self) -> bool:
        """Whether too many wait for a check."""
        return self._waiting >= MOST_WAITING

    def hash(self, password: str) -> str:
        """Return the hash of a password."""
        return self._hasher.hash(_normal(password))

    async def check(self, hashed: str | None, password: str) -> bool:
        """Return whether a password has a hash.

        None for a user that does not exist, which takes as long.
        """
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(self._check, hashed, password)
        finally:
            self._waiting -= 1

    def _check(self, hashed: str | None, password: str) -> bool:
        if not self._nobodys:
            self._nobodys = self.hash("nobody has this password")
        if len(password) > LONGEST:
            hashed, password = None, ""
        try:
            return self._hasher.verify(hashed or self._nobodys, _normal(password)) and hashed is not None
        except (VerificationError, InvalidHashError):
            return False


def require_strong(password: str, name: str = "") -> None:
    """Raise PasswordLengthError or GuessablePasswordError for a weak password."""
    plain = _normal(password).casefold()
    if not LEAST <= len(plain) <= LONGEST:
        raise PasswordLengthError(
            f"a password has {LEAST} to {LONGEST} characters, this one {len(plain)}",
            least=LEAST,
            longest=LONGEST,
        )
    if (
        len(set(plain)) < 5
        or plain in COMMON
        or (len(name) > 2 and not plain.replace(name, "").strip("0123456789"))
    ):
        raise GuessablePasswordError(
            "this password is easily guessed; take several words, or one made by a program"
        )


def fingerprint(hashed: str) -> str:
    """Digest a password's hash: a sign-in ends when it changes."""
    return hashlib.sha256(hashed.encode()).hexdigest()[:16]


def _normal(password: str) -> str:
    """One form of the characters that keyboards and input methods write in several."""
    return unicodedata.normalize("NFKC", password)
