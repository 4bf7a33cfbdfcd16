"""Check a trigger's role, and write operations to the audit journal."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from apps.parts.triggers import InputRefusedError

if TYPE_CHECKING:
    from apps.hub.audit import AuditJournal
    from apps.hub.visitor import Role, Visitor

logger = logging.getLogger(__name__)


class RoleMissingError(InputRefusedError):
    """Trigger that the visitor's role does not allow."""

    zh = "您的账号没有此项操作的权限，未作更改；需要时请与管理员联系"


def declared(role: Role, call: Callable[..., Any]) -> Callable[..., Any]:
    """Declare the role that a trigger of the desk itself needs."""

    @wraps(call)
    def action(*args: Any, **kwargs: Any) -> Any:
        return call(*args, **kwargs)

    action.needs = role  # type: ignore[attr-defined]
    return action


def permitted(name: str, call: Callable[..., Any], *, visitor: Visitor, audit: AuditJournal) -> Any:
    """Return a trigger that checks the visitor's role before each call.

    What watching does not allow is written to the journal before it is done. A trigger that declares no role
    is nobody's. It raises RoleMissingError.
    """
    role: Role | None = getattr(call, "needs", None)

    @wraps(call)
    def checked(*args: Any, **kwargs: Any) -> Any:
        if role is None or not visitor.may(role):
            raise RoleMissingError(
                f"your account may not do this, nothing has changed; it needs the role {role}",
                trigger=name,
                argument="role",
            )
        if role != "watch":
            try:
                audit.record(visitor, "operated", trigger=name, arguments=[*args, *kwargs.values()])
            except OSError:  # the journal of alarms names the visitor as well
                logger.exception("an operation is not in the audit journal")
        return call(*args, **kwargs)

    return checked
