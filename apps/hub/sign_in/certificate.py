"""Load the server's TLS certificate, and reload a renewed one."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web

from twin.disk import refusal
from twin.errors import TwinError

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 10.0
SOON = timedelta(days=14)


class CertificateError(TwinError):
    """Certificate or key cannot be used."""

    zh = "TLS 证书：{message}"


class Certificate:
    """TLS certificate (PEM, with its chain) and key of a server.

    A renewed one is used for connections from then on; one that cannot be used is logged, and the old stays.
    """

    def __init__(self, certificate: Path, key: Path) -> None:
        self._files = certificate, key
        self._mark: object = None
        self._context: ssl.SSLContext | None = None

    @property
    def context(self) -> ssl.SSLContext:
        """Context of the server: TLS 1.2 or later; raises CertificateError."""
        if self._context is None:
            self._context = self._loaded()
        return self._context

    def check(self) -> None:
        """Load certificate and key; raises CertificateError."""
        self._context = self._loaded()
        if (doubt := self._doubt()) is not None:
            logger.warning("twin: %s", doubt)

    async def follow(self, app: web.Application) -> AsyncIterator[None]:
        """Reload files when they change, while an application runs."""
        del app
        following = asyncio.create_task(self._follow())
        yield
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            self.reload()

    def reload(self) -> None:
        """Use changed files, if they can be used."""
        if self._marks() == self._mark:
            return
        try:
            self._loaded()  # tried first: a context that took half of a pair is spoilt
            self.context.load_cert_chain(*self._files, password=_no_password)
        except (CertificateError, OSError) as error:
            logger.error("twin: %s; the certificate loaded before stays", error)
        else:
            logger.warning("twin: %s is loaded anew", self._files[0])

    def _loaded(self) -> ssl.SSLContext:
        self._mark = self._marks()
        certificate, key = self._files
        for file in self._files:
            try:
                file.open("rb").close()
            except OSError as error:
                raise CertificateError(str(refusal(error, file))) from error
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        try:
            context.load_cert_chain(certificate, key, password=_no_password)
        except ssl.SSLError as error:
            reason = error.reason or ""
            if reason == "KEY_VALUES_MISMATCH":
                raise CertificateError(f"{key}: not the key of {certificate}") from error
            raise CertificateError(
                f"{certificate} and {key} cannot be used ({reason or error}): wanted are a certificate with "
                "its chain, and its key without a password, both in PEM"
            ) from error
        return context

    def _doubt(self) -> str | None:
        from cryptography import x509  # noqa: PLC0415  (only for its dates)

        try:
            read = x509.load_pem_x509_certificate(self._files[0].read_bytes())
        except ValueError:  # ssl took it
            return None
        now, ends = datetime.now(UTC), read.not_valid_after_utc
        if ends < now or now < read.not_valid_before_utc:
            return f"{self._files[0]}: valid from {read.not_valid_before_utc:%F} to {ends:%F}, not now"
        return f"{self._files[0]}: valid until {ends:%F} only; renew it" if ends < now + SOON else None

    def _marks(self) -> object:
        try:
            return [(stat.st_mtime_ns, stat.st_size, stat.st_ino) for stat in (f.stat() for f in self._files)]
        except OSError:
            return None


def _no_password() -> str:
    """An empty password, where OpenSSL would ask for one at the terminal."""
    return ""
