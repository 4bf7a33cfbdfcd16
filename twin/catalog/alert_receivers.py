"""Receivers of alerts in ``site.yaml``: mail and webhooks.

Secrets never stand in the file, only the names of environment variables that hold them.
"""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from twin.catalog.alarm_rules import Rank
from twin.catalog.feeds import EnvName
from twin.catalog.types import Slug, Strict, Text

Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Address = Annotated[str, Field(pattern=r"^[^@\s<>,;]{1,64}@[^@\s<>,;]{1,255}$")]
AlertChange = Literal["raised", "graver", "returned", "ended"]


class AlertHours(Strict):
    """Hours of a day in the site's zone.

    ``from`` may lie after ``to`` (a night).
    """

    from_: Clock = Field(alias="from")
    to: Clock

    def holds_at(self, at: time) -> bool:
        """Return whether a local time of day lies in them.

        ``to`` itself does not.
        """
        now = f"{at:%H:%M}"
        if self.from_ <= self.to:
            return self.from_ <= now < self.to
        return now >= self.from_ or now < self.to


class AlertMail(Strict):
    """Mail server and addresses; the connection is encrypted."""

    host: Annotated[Text, Field(min_length=1, max_length=253)]
    port: int = Field(default=587, ge=1, le=65_535)
    security: Literal["starttls", "tls"] = "starttls"
    ca_file: str | None = Field(default=None, description="Certificates to trust, beside the system's.")
    sender: Address
    to: Annotated[list[Address], Field(min_length=1, max_length=50)]
    user_env: EnvName | None = None
    password_env: EnvName | None = None


class AlertWebhook(Strict):
    """Address that gets a signed JSON document by POST."""

    url_env: EnvName
    secret_env: EnvName


class AlertReceiver(Strict):
    """Receiver of alerts: of which changes, at which hours."""

    id: Slug
    mail: AlertMail | None = None
    webhook: AlertWebhook | None = None
    from_rank: Rank = Field(default=2, description="Alarms of this rank and graver ones; 1 is the gravest.")
    changes: list[AlertChange] = Field(default=["raised", "graver"], min_length=1)
    hours: AlertHours | None = Field(default=None, description="At other hours nothing is sent.")
    language: Literal["zh", "en"] = "zh"

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.mail is None) == (self.webhook is None):
            raise ValueError("needs either mail or webhook")
        return self
