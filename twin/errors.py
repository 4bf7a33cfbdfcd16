"""Errors that a person can mend.

Every error says in two languages what is wrong, where, and what to do: the message given when it is raised is
the English sentence, ``zh`` of its class the Chinese one, filled with the error's data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from twin.readable import readable


class TwinError(Exception):
    """Base of everything the packages raise on purpose.

    ``message`` is one English line; keyword arguments become attributes. In ``zh`` they stand in braces,
    beside ``{message}`` and ``{place}``, the file or folder that the message begins with.
    """

    zh: ClassVar[str] = "操作未能完成：{message}"

    def __init__(self, message: str, **data: object) -> None:
        super().__init__(message)
        self.message = readable(message)
        self.data = data
        for name, value in data.items():
            setattr(self, name, value)

    def __str__(self) -> str:
        return self.message

    def in_chinese(self) -> str:
        """Format the class's Chinese sentence.

        One whose data is missing gives way to the message.
        """
        try:
            return self.zh.format(**{"message": self.message, "place": _place(self.message), **self.data})
        except (KeyError, ValueError, TypeError):
            return TwinError.zh.format(message=self.message)


@dataclass(frozen=True)
class Reason:
    """Reason why something is unusable, in English and Chinese."""

    message: str
    zh: str = ""

    def __str__(self) -> str:
        return self.message

    @classmethod
    def of(cls, error: Exception) -> Reason:
        """Return the reason of an error.

        One that is none of ours has no Chinese.
        """
        zh = error.in_chinese() if isinstance(error, TwinError) else ""
        return cls(str(error) or type(error).__name__, zh)


def programs_fault(error: Exception) -> str:
    """Return the reason for data on which the program crashed.

    It failed otherwise than by an error of its own.
    """
    return f"a fault of the program ({type(error).__name__}): report it with this file; the log says where"


def _place(message: str) -> str:
    """The file or folder that a message begins with, in brackets; nothing where it names none."""
    where, colon, _ = message.partition(": ")
    return f"（{where}）" if colon and "/" in where else ""
