"""Signing in, and being refused, in the platform's chain; a typed address enters as a hash only."""

import hashlib
import hmac
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.dispatch import receiver

from centres.ledger import action, record
from centres.models import User


def address_hash(address: str) -> str:
    """A keyed hash of an address: equal addresses can be told, none can be guessed without the key.

    64 hex digits.
    """
    key = hashlib.sha256(b"sign-in address " + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, address.strip().lower().encode(), hashlib.sha256).hexdigest()


@receiver(user_logged_in)
@action
def record_sign_in(sender: Any, user: User, **kwargs: Any) -> None:
    """A person signed in; recorded last, after the row of the person was locked."""
    record("person.signed_in", centre=None, actor=user, subject=user)


@receiver(user_login_failed)
@action
def record_refused_sign_in(sender: Any, credentials: dict[str, Any], **kwargs: Any) -> None:
    """A sign-in was refused; the page that says so still commits."""
    typed = str(credentials.get("email") or credentials.get("username") or "")
    record(
        "person.sign_in_refused",
        centre=None,
        actor=None,
        address=address_hash(typed),
    )
