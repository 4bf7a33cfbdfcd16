"""Register actions of a browser.

Each class offers its methods as the page's triggers. Arguments come from a browser: every method states their
kinds, and pydantic refuses all others.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import ConfigDict, Field, ValidationError, validate_call

from twin.errors import TwinError

Number = Annotated[float, Field(allow_inf_nan=False)]
Word = Annotated[str, Field(max_length=64)]

F = TypeVar("F", bound=Callable[..., Any])


class InputRefusedError(TwinError):
    """Invalid argument of a trigger.

    ``argument`` names it, ``why`` is pydantic's message.
    """

    zh = "输入或请求的内容无法使用，画面与数值未变"


def operator_trigger(method: F) -> F:
    """Mark a method as a trigger for operators; see :func:`trigger`."""
    marked = trigger(method)
    marked.needs = "operate"  # type: ignore[attr-defined]
    return marked


def trigger(method: F) -> F:
    """Mark a method as a trigger for everyone.

    Its arguments are checked strictly. A trigger raises InputRefusedError for those that cannot be used: the
    page says so, nothing vanishes.
    """
    checked = validate_call(config=ConfigDict(strict=True))(method)

    @wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return checked(*args, **kwargs)
        except ValidationError as error:
            if error.title.rpartition(".")[2] != method.__name__:
                raise  # a fault of the program's own
            first = error.errors(include_url=False, include_input=False)[0]
            argument = str(first["loc"][-1]) if first["loc"] else method.__name__
            raise InputRefusedError(
                "what was typed or sent cannot be used, nothing has changed",
                trigger=method.__name__,
                argument=argument,
                why=first["type"],
            ) from None

    call.is_trigger = True  # type: ignore[attr-defined]
    call.needs = "watch"  # type: ignore[attr-defined]
    return call  # type: ignore[return-value]


class Actions(Protocol):
    """Class with methods marked by :func:`trigger`."""


def triggers(*actions: Actions) -> dict[str, Callable[..., Any]]:
    """Collect all triggers of some actions, by name."""
    return {
        name: getattr(action, name)
        for action in actions
        for name in dir(type(action))
        if getattr(getattr(type(action), name), "is_trigger", False)
    }
