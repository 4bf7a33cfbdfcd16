"""What can go wrong in a way that a person can mend.

Every error carries its data as attributes; ``apps.words`` turns class and data into a sentence in the
language of the reader, and the message given here is the English one: what is wrong, where, what to do.
"""

from __future__ import annotations


class TwinError(Exception):
    """Base of everything the package ``twin`` raises on purpose.

    ``message`` is one English line; keyword arguments become attributes.
    """

    def __init__(self, message: str, **data: object) -> None:
        super().__init__(message)
        self.message = message
        self.data = data
        for name, value in data.items():
            setattr(self, name, value)

    def __str__(self) -> str:
        return self.message
