"""How the people of the demonstration prove who they are."""

import datetime

from centres.signatures import Proof


def just_proved() -> Proof:
    """They have just given their password."""
    return Proof(method="password", at=datetime.datetime.now(datetime.UTC))
