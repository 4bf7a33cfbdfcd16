"""Define visitors: their roles, and what may be sent to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from aiohttp import web

from twin.access import LEVELS, allows

if TYPE_CHECKING:
    from twin.catalog.types import Access

Role = Literal["watch", "operate", "administer"]
ROLES: tuple[Role, ...] = get_args(Role)
"""Each role may do what those before it may."""
ACCESS = LEVELS
"""Each level sees what those before it see."""


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Visitor of one request, socket or desk.

    ``name`` is the sign-in name, '' where nobody needs to sign in. ``sees`` is the highest ``access`` of the
    catalog entries that may be sent to the visitor. ``full_name`` is what others read, where it is known.
    """

    name: str
    role: Role
    sees: Access
    full_name: str = ""

    def may(self, role: Role) -> bool:
        """Return whether the visitor has a role, or one above it."""
        return ROLES.index(self.role) >= ROLES.index(role)

    def may_see(self, access: Access) -> bool:
        """Return whether entries of an access level may be sent.

        An unknown level sees nothing.
        """
        return allows(self.sees, access)


OPEN = Visitor(name="", role="administer", sees="restricted")
"""Visitor of a server without sign-in, which listens on the loopback interface only."""

VISITOR = web.RequestKey("visitor", Visitor)


def visitor_of(request: web.Request) -> Visitor:
    """Return the visitor who sent a request; :mod:`apps.hub.permissions` has checked it."""
    return request[VISITOR]
