"""The link of an invitation: how it is made, kept as a hash alone, and written again to be sent."""

import base64
import hashlib
import hmac
import secrets

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes

from centres import letters
from centres.models import Invitation

KIND = "invitation"
LASTS_DAYS = 14
SALT_BYTES = 32


def new_salt() -> str:
    """256 random bits, of which and the site's secret key a token is made."""
    return secrets.token_hex(SALT_BYTES)


def make_token(invitation: Invitation, secret: str | bytes | None = None) -> str:
    """The token of an invitation that has its salt still: 256 bits, as 43 characters.

    A keyed hash, so that neither the database alone nor a backup of it opens a role.
    """
    key = hashlib.sha256(b"invitation link " + force_bytes(secret or settings.SECRET_KEY)).digest()
    message = f"{invitation.pk} {invitation.token_salt}".encode()
    made = hmac.new(key, message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def token_digest(token: str) -> str:
    """What is kept of a link: the SHA-256 of its token, as 64 hex digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_link(invitation: Invitation, token: str) -> str:
    """The full address that the invited person opens."""
    path = reverse("centres:invitation", args=[invitation.centre.slug, token])
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def invitation_message(invitation: Invitation) -> EmailMessage | None:
    """The e-mail with the link; None for an invitation that is closed by now."""
    if not invitation.is_open:
        return None
    token = token_again(invitation)
    body = render_to_string(
        "centres/invitation_mail.txt",
        {"invitation": invitation, "link": invitation_link(invitation, token)},
    )
    return EmailMessage(
        subject=f"Your invitation to {invitation.centre.name}", body=body, to=[invitation.email]
    )


def token_again(invitation: Invitation) -> str:
    """The token that was handed out, by the key of that time, which may have been rotated since.

    Raises ``ValueError`` where the salt is forgotten, or none of the site's keys makes that token.
    """
    if invitation.token_salt:
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
            token = make_token(invitation, secret)
            if hmac.compare_digest(token_digest(token), invitation.token_digest):
                return token
    raise ValueError(f"the link of invitation {invitation.pk} can't be made again")


# The salt is forgotten with the sending: from then on the link is in that e-mail alone.
letters.KINDS[KIND] = letters.Kind(
    model=Invitation, write=invitation_message, once_sent={"token_salt": ""}
)
