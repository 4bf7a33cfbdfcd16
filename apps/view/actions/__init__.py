"""What a browser may do. Each class offers its methods as the page's triggers.

Arguments come from a browser: every method states their kinds, and pydantic refuses all others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import ConfigDict, Field, validate_call

Number = Annotated[float, Field(allow_inf_nan=False)]
Word = Annotated[str, Field(max_length=64)]

F = TypeVar("F", bound=Callable[..., Any])


def trigger(method: F) -> F:
    """Mark a method as a trigger of its name, with its arguments checked strictly."""
    checked = validate_call(config=ConfigDict(strict=True))(method)
    checked.is_trigger = True  # type: ignore[attr-defined]
    return checked


class Actions(Protocol):
    """Any class with methods marked by :func:`trigger`."""


def triggers(*actions: Actions) -> dict[str, Callable[..., Any]]:
    """All triggers of some actions, by name."""
    return {
        name: getattr(action, name)
        for action in actions
        for name in dir(type(action))
        if getattr(getattr(type(action), name), "is_trigger", False)
    }
