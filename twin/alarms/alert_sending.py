"""Send an alert by mail or to a webhook.

Blocking: to be called in a thread.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

import httpx2

from twin.errors import TwinError

if TYPE_CHECKING:
    from twin.catalog.alert_receivers import AlertMail, AlertReceiver, AlertWebhook

TIMEOUT_S = 15.0
SIGNATURE = "Twin-Signature"


class AlertRefusedError(TwinError):
    """Alert that could not be sent.

    ``receiver``, and the reason in one line.
    """

    zh = "通知“{receiver}”未能发出：{why}"

    def __init__(self, receiver: str, why: str) -> None:
        line = " ".join(why.split())[:300]
        super().__init__(f"alert {receiver}: {line}", receiver=receiver, why=line)


def send(receiver: AlertReceiver, body: Mapping[str, Any]) -> None:
    """Send a document to its receiver; raises AlertRefusedError."""
    try:
        if receiver.mail is not None:
            _mail(receiver.mail, body)
        elif receiver.webhook is not None:
            _post(receiver.webhook, body)
    except (
        OSError,
        smtplib.SMTPException,
        httpx2.HTTPError,
        httpx2.InvalidURL,
        ValueError,
        KeyError,
    ) as error:
        raise AlertRefusedError(receiver.id, str(error) or type(error).__name__) from None


def signature_of(content: bytes, secret: str) -> str:
    """Return the HMAC-SHA256 of a body as ``sha256=…`` (RFC 2104)."""
    return "sha256=" + hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()


def _secret(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise ValueError(f"the environment variable {name} is not set")
    return value


def _post(webhook: AlertWebhook, body: Mapping[str, Any]) -> None:
    content = json.dumps(dict(body), ensure_ascii=False, allow_nan=False).encode()
    headers = {
        "Content-Type": "application/json",
        SIGNATURE: signature_of(content, _secret(webhook.secret_env)),
    }
    with httpx2.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client:
        answer = client.post(_secret(webhook.url_env), content=content, headers=headers)
    if not answer.is_success:
        raise ValueError(f"the webhook answered {answer.status_code}")


def _mail(mail: AlertMail, body: Mapping[str, Any]) -> None:
    message = EmailMessage()
    message["From"], message["To"] = mail.sender, ", ".join(mail.to)
    message["Subject"] = " ".join(str(body["subject"]).split())
    message.set_content(str(body["text"]))
    context = ssl.create_default_context(cafile=mail.ca_file)
    if mail.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.port, timeout=TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(mail.host, mail.port, timeout=TIMEOUT_S)
    with server:
        if mail.security == "starttls":
            server.starttls(context=context)
        if mail.user_env is not None and mail.password_env is not None:
            server.login(_secret(mail.user_env), _secret(mail.password_env))
        refused = server.send_message(message)
    if refused:
        raise ValueError("some addresses were refused: " + ", ".join(sorted(refused)))
