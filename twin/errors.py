"""What can go wrong in a way that a person can mend.

Every error carries its data as attributes; ``apps.error_messages`` turns class and data into a sentence in
the language of the reader, and the message given here is the English one: what is wrong, where, what to do.
"""

from __future__ import annotations

from dataclasses import dataclass

from twin.readable import readable


class TwinError(Exception):
    """Base of everything the package ``twin`` raises on purpose.

    ``message`` is one English line; keyword arguments become attributes.
    """

    def __init__(self, message: str, **data: object) -> None:
        super().__init__(message)
        self.message = readable(message)
        self.data = data
        for name, value in data.items():
            setattr(self, name, value)

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True)
class Reason:
    """Why something cannot be used: an error that is kept. ``kind`` is its class, by whose name screens find
    the words of their reader's language."""

    message: str
    kind: str = TwinError.__name__

    def __str__(self) -> str:
        return self.message

    @classmethod
    def of(cls, error: Exception) -> Reason:
        """What an error says; what is none of ours counts as the base of ours."""
        kind = type(error) if isinstance(error, TwinError) else TwinError
        return cls(str(error) or type(error).__name__, kind.__name__)


def programs_fault(error: Exception) -> str:
    """What is said of data at which the program failed otherwise than by an error of its own."""
    return f"a fault of the program ({type(error).__name__}): report it with this file; the log says where"
