"""Settings of SL 651 in ``site.yaml``: address and accepted senders."""

from __future__ import annotations

import ipaddress
import logging
import re
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from twin.catalog.feeds import EnvName, FeedSpec, Port
from twin.catalog.types import Text
from twin.stations.feeds.base import Feed, FeedContext, FeedError
from twin.stations.feeds.secrets import secret_of

logger = logging.getLogger(__name__)


class Sl651Spec(FeedSpec):
    """SL 651-2014 over TCP: stations connect to this centre.

    Whoever reaches the port can send values in a station's name, so beyond this machine a password is needed.
    """

    driver: Literal["sl651"]
    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        max_length=200,
        description="Where to listen: 127.0.0.1 for this machine only, 0.0.0.0 or :: for every network.",
    )
    port: Port
    centre: int | None = Field(
        default=None,
        ge=1,
        le=255,
        description="Our address; where given, what is sent to another is refused.",
    )
    password_env: EnvName | None = Field(
        default=None, description="Holds four hexadecimal digits; needed where host is not this machine."
    )
    addresses: dict[Annotated[str, Field(pattern=r"^\d{10}$")], Text] = Field(
        default={}, description="A station's ten digits: our code; without it 00 and our code of eight."
    )

    level_bases: dict[Annotated[str, Field(pattern=r"^\d{10}$")], float] = Field(
        default={},
        description="A station's ten digits: the base of its relative stages (F5H), m; else learnt from its "
        "reports that also hold the whole stage.",
    )

    @model_validator(mode="after")
    def _guarded(self) -> Self:
        if self.password_env is None and not is_loopback(self.host):
            raise ValueError(
                f"listens on {self.host} without a password: name one in password_env, or leave host out to "
                "listen on this machine only"
            )
        return self

    def make(self, context: FeedContext) -> Feed:
        """Make the centre."""
        from twin.stations.feeds.sl651.centre import Centre, CentreSettings  # noqa: PLC0415

        ours = context.network.stations
        own = {f"{id_:>010}": id_ for id_ in ours if len(id_) <= 10}
        addresses = {digits.upper(): id_ for digits, id_ in (self.addresses or own).items()}
        for digits, id_ in addresses.items():
            if id_ not in ours:
                logger.warning("feed %s: addresses: %s names no station of ours: %s", self.id, digits, id_)
        settings = CentreSettings(
            stations=addresses,
            host=self.host,
            port=self.port,
            centre=self.centre,
            password=_password(self),
            level_bases_m={digits.upper(): base for digits, base in self.level_bases.items()},
        )
        return Centre(self.id, context.network, settings)


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine's loopback.

    A name other than localhost is not.
    """
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _password(spec: Sl651Spec) -> int | None:
    told = secret_of(spec.password_env)
    if told is None:
        return None
    if not re.fullmatch(r"[0-9A-Fa-f]{4}", told):
        raise FeedError(f"{spec.password_env} does not hold four hexadecimal digits")
    if int(told, 16) == 0:
        raise FeedError(
            f"{spec.password_env} holds 0000, which stations without a password send: choose another"
        )
    return int(told, 16)
