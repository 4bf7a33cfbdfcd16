"""Sign people in by their office's service (OpenID Connect).

Authorization code with PKCE, state and nonce; the service's keys and addresses are those it publishes.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Mapping
from typing import Any

import httpx2
from authlib.integrations.base_client import BaseApp, OAuthError
from authlib.integrations.base_client.async_app import AsyncOAuth2Mixin
from authlib.integrations.base_client.async_openid import AsyncOpenIDMixin
from authlib.integrations.httpx_client import AsyncOAuth2Client

from apps.hub.sign_in.oidc_settings import (
    OfficeUser,
    OidcError,
    OidcNoRightsError,
    OidcSettings,
    OidcSetupError,
    OidcUnreachableError,
)

ANSWER_S = 10.0
METADATA_S = 3600.0
LONGEST_NAME = 64
ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""Signatures by a key that only the service has: neither "none" nor ones by a shared secret."""


class OidcClient(AsyncOAuth2Mixin, AsyncOpenIDMixin, BaseApp):  # type: ignore[misc]  # authlib carries no types
    """Authlib's client, without a web framework."""

    client_cls = AsyncOAuth2Client


class OfficeService:
    """Sign-in service of an office."""

    def __init__(self, settings: OidcSettings) -> None:
        self.settings = settings
        self._client: OidcClient | None = None
        self._loaded = 0.0

    async def begin(self, redirect_uri: str) -> tuple[str, dict[str, str]]:
        """Return the service's page for a person, and what :meth:`finish` needs.

        Raises OidcError.
        """
        client = await self._ready()
        made = await client.create_authorization_url(redirect_uri)
        return made["url"], {key: made[key] for key in ("state", "nonce", "code_verifier")}

    async def finish(
        self, answer: Mapping[str, str], begun: Mapping[str, str], redirect_uri: str
    ) -> OfficeUser:
        """Return who it is whom the service sends back.

        ``answer`` is the query it adds, ``begun`` what :meth:`begin` returned to this browser. Raises
        OidcError.
        """
        if not begun or not hmac.compare_digest(
            begun["state"].encode(), answer.get("state", "").encode("utf-8", "replace")
        ):
            raise OidcError("this sign-in was not begun in this browser, or too long ago: begin anew")
        if answer.get("iss", self.settings.issuer) != self.settings.issuer:
            raise OidcError("the answer is of another service than the sign-in")
        if "error" in answer:
            raise OidcError(f"the service refused: {answer.get('error_description', answer['error']):.200}")
        client = await self._ready()
        try:
            token = await client.fetch_access_token(
                redirect_uri, code=answer.get("code", ""), code_verifier=begun["code_verifier"]
            )
            options = {
                "iss": {"essential": True, "value": self.settings.issuer},
                "aud": {"essential": True, "value": self.settings.client_id},
            }
            claims = await client.parse_id_token(token, begun["nonce"], claims_options=options)
            if claims is None:
                raise OidcError("the service sent no id_token: is openid in its scopes?")
            claims = dict(claims) | await self._more(client, token, claims)
        except httpx2.HTTPError as error:
            raise self._unreachable(error) from error
        except OidcError:
            raise
        except OAuthError as error:
            raise OidcError(f"the service refused: {error.description or error.error:.200}") from error
        except Exception as error:
            raise OidcError(f"the service's answer cannot be believed: {error!s:.200}") from error
        return self._user(claims)

    async def _more(self, client: OidcClient, token: Any, claims: Mapping[str, Any]) -> dict[str, Any]:
        """What the service tells of a person beside the signed token, where that lacks what is needed."""
        settings = self.settings
        lacks = settings.user_claim not in claims or settings.groups_claim not in claims
        if not lacks or "userinfo_endpoint" not in client.server_metadata:
            return {}
        told = dict(await client.userinfo(token=token))
        if told.get("sub") != claims["sub"]:
            raise OidcError("the service told of another person than it has signed in")
        return {key: value for key, value in told.items() if key not in claims}

    def _user(self, claims: Mapping[str, Any]) -> OfficeUser:
        settings = self.settings
        name = str(claims.get(settings.user_claim, "")).strip().lower()
        if not name or len(name) > LONGEST_NAME or not name.isprintable() or " " in name:
            raise OidcError(f"the service's claim {settings.user_claim} is no user's name: {name!r:.80}")
        rights = settings.rights_of(claims.get(settings.groups_claim))
        if rights is None:
            raise OidcNoRightsError(f"{name} has no rights here: ask your administrator", user=name)
        full_name = str(claims.get(settings.name_claim) or "")[:LONGEST_NAME]
        return OfficeUser(name=name, full_name=full_name if full_name.isprintable() else "", rights=rights)

    async def _ready(self) -> OidcClient:
        """The client, with what the service publishes of itself."""
        settings = self.settings
        if self._client is not None and time.monotonic() - self._loaded < METADATA_S:
            return self._client
        try:
            secret = settings.secret()
        except (KeyError, OSError) as error:
            where = settings.client_secret_env or settings.client_secret_file
            raise OidcSetupError(f"the client secret of [oidc] is missing: {where}") from error
        client = OidcClient(
            None,
            client_id=settings.client_id,
            client_secret=secret,
            server_metadata_url=f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": settings.scope, "code_challenge_method": "S256", "timeout": ANSWER_S},
        )
        try:
            metadata = await client.load_server_metadata()
            if metadata.get("issuer") != settings.issuer:
                raise ValueError(f"it calls itself {metadata.get('issuer')!r:.200}")
            missing = {"authorization_endpoint", "token_endpoint", "jwks_uri"} - metadata.keys()
            if missing:
                raise ValueError(f"it does not name its {', '.join(sorted(missing))}")
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, TypeError) as error:
            raise self._unreachable(error) from error
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [one for one in offered if one in ALGORITHMS]
        self._client, self._loaded = client, time.monotonic()
        return client

    def _unreachable(self, error: Exception) -> OidcUnreachableError:
        issuer = self.settings.issuer
        why = f"{type(error).__name__}: {error}" if isinstance(error, httpx2.HTTPError) else str(error)
        return OidcUnreachableError(f"the sign-in service {issuer} cannot be used: {why:.300}", issuer=issuer)
