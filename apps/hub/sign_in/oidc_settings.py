"""Define how an office's own sign-in service is used (``[oidc]`` of ``users.toml``).

::

    [oidc]
    issuer = "https://login.example.org/realms/water"
    client_id = "twin"
    client_secret_env = "TWIN_OIDC_SECRET"    # or client_secret_file; neither for a public client
    groups_claim = "groups"

    [oidc.rights]
    hydrology = {role = "operate", sees = "restricted"}
    "*" = {role = "watch", sees = "public"}   # everybody else of the office; without it they are refused
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from apps.hub.visitor import ACCESS, ROLES, Role
from twin.catalog.types import Access, Strict
from twin.errors import TwinError

EVERYBODY = "*"


class OidcError(TwinError):
    """Sign-in by the office's service failed; ``status`` of the answer."""

    zh = "统一登录未成功，请重试或使用本地账号"
    status = 401


class OidcUnreachableError(OidcError):
    """Service does not answer, or not as it must; ``issuer``."""

    zh = "统一登录服务 {issuer} 没有正常应答，请稍候再试，或使用本地账号"
    status = 503


class OidcSetupError(OidcError):
    """Client secret is missing here."""

    zh = "统一登录尚未配置好，请联系管理员"
    status = 503


class OidcNoRightsError(OidcError):
    """Person has no rights here; ``user``."""

    zh = "{user} 在此没有权限，请联系管理员"
    status = 403


def _issuer(text: str) -> str:
    parts = urlsplit(text)
    here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and here):
        raise ValueError("must be an https:// address")
    return text


class Rights(Strict):
    """Rights of everybody in a group."""

    role: Role
    sees: Access = "internal"


class OidcSettings(Strict):
    """Sign-in service of an office (OpenID Connect).

    ``user_claim`` names the claim that is the user's name, ``name_claim`` the full name, ``groups_claim`` the
    groups (a text or a list), which ``rights`` maps to roles.
    """

    issuer: Annotated[str, AfterValidator(_issuer)]
    client_id: Annotated[str, Field(min_length=1)]
    client_secret_env: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,63}$")] | None = None
    client_secret_file: str | None = None
    scope: str = "openid profile"
    user_claim: str = "preferred_username"
    name_claim: str = "name"
    groups_claim: str = "groups"
    label: Annotated[str, Field(max_length=40)] = ""
    rights: Annotated[dict[str, Rights], Field(min_length=1)]

    @model_validator(mode="after")
    def _one_secret(self) -> OidcSettings:
        if self.client_secret_env is not None and self.client_secret_file is not None:
            raise ValueError("name client_secret_env or client_secret_file, not both")
        if "openid" not in self.scope.split():
            raise ValueError("scope must contain openid")
        return self

    @property
    def stamp(self) -> str:
        """Digest: sign-ins made with other settings end."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    def secret(self) -> str | None:
        """Return the client's secret; raises KeyError or OSError where it is missing."""
        if self.client_secret_env is not None:
            return os.environ[self.client_secret_env]
        if self.client_secret_file is not None:
            return Path(self.client_secret_file).read_text("utf-8").strip()
        return None

    def rights_of(self, claimed: Any) -> Rights | None:
        """Return the widest role and access of groups, or None."""
        groups = [claimed] if isinstance(claimed, str) else claimed if isinstance(claimed, list) else []
        named = {EVERYBODY, *(group for group in groups if isinstance(group, str))}
        found = [rights for group, rights in self.rights.items() if group in named]
        if not found:
            return None
        role = max((one.role for one in found), key=ROLES.index)
        return Rights(role=role, sees=max((one.sees for one in found), key=ACCESS.index))


@dataclass(frozen=True, kw_only=True)
class OfficeUser:
    """Person whom the office's service has signed in."""

    name: str
    full_name: str
    rights: Rights
