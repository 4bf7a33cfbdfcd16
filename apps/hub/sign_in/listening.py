"""Listen where nobody comes in unasked or reads along."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path

from apps.hub.sign_in.certificate import Certificate
from apps.hub.sign_in.users import read_users
from twin.errors import TwinError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class ExposedError(TwinError):
    """Address that others reach, without sign-in or without TLS; ``host``."""

    zh = "{host} 可被他人访问：{remedy_zh}"


@dataclass(frozen=True, kw_only=True)
class Listening:
    """Address to listen on, and how others reach it.

    ``certificate`` encrypts; ``proxies`` are networks of proxies that do so before this server, empty where
    there is none.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    certificate: Certificate | None = None
    proxies: tuple[Network, ...] = ()

    def check(self, users: Path | None) -> None:
        """Check that the address is not exposed.

        ``users`` is the file of users; None where nobody signs in. Raises ExposedError, UsersError or
        CertificateError.
        """
        if users is None and self.proxies:
            raise self._exposed(
                "--open is for this machine only, and a proxy lets others in: leave out one of them",
                "--open 只供本机使用，不能与 --behind-proxy 同用",
            )
        if not is_loopback(self.host):
            self._check_exposed(users)
        if self.certificate is not None:
            self.certificate.check()

    def _check_exposed(self, users: Path | None) -> None:
        if users is None:
            raise self._exposed(
                f"--open is for this machine only, and others reach {self.host}: leave out --open or --host",
                "--open 只供本机使用，请去掉 --open 或 --host",
            )
        if not read_users(users):
            raise self._exposed(
                f"others reach {self.host}, and {users} has no users: add one with 'twin user add'",
                "尚无用户，请先运行 twin user add",
            )
        if self.certificate is None and not self.proxies:
            raise self._exposed(
                f"others reach {self.host}, and passwords would be readable on the way: give --certificate "
                "and --key, or --behind-proxy behind one that has TLS",
                "密码会在途中被人读到，请给出 --certificate 与 --key，或在带 TLS 的代理之后用 --behind-proxy",
            )

    def _exposed(self, message: str, zh: str) -> ExposedError:
        return ExposedError(message, host=self.host, remedy_zh=zh)

    def address(self, port: int) -> str:
        """Return the address of the first page."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http{'' if self.certificate is None else 's'}://{host}:{port}/"


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches an address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
