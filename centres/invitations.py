"""The link of an invitation: how it is made, kept as a hash alone, written and sent."""

import hashlib
import logging
import secrets
from collections.abc import Callable

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.urls import reverse

from centres.models import Invitation

LASTS_DAYS = 14
MAIL_TIMEOUT = 10  # seconds; a request waits for it
TOKEN_BYTES = 32

log = logging.getLogger("criterion.mail")


def new_token() -> str:
    """256 random bits, for the link alone."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_digest(token: str) -> str:
    """What is kept of a link: the SHA-256 of its token, as 64 hex digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_link(invitation: Invitation, token: str) -> str:
    """The full address that the invited person opens."""
    path = reverse("centres:invitation", args=[invitation.centre.slug, token])
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def send_invitation(
    invitation: Invitation, token: str, on_unsent: Callable[[str], None] | None = None
) -> None:
    """Send the link by e-mail; when the mail server does not take it, hand it to ``on_unsent``."""
    link = invitation_link(invitation, token)
    centre = " ".join(invitation.centre.name.split())
    message = EmailMessage(
        subject=f"Your invitation to {centre}",
        body=render_to_string(
            "centres/invitation_mail.txt", {"invitation": invitation, "link": link}
        ),
        to=[invitation.email],
        connection=get_connection(timeout=MAIL_TIMEOUT),
    )
    try:
        message.send()
    except OSError as fault:  # smtplib's own exceptions are kinds of OSError
        log.warning("invitation %s was not sent: %s", invitation.pk, type(fault).__name__)
        if on_unsent is not None:
            on_unsent(link)
