"""A centre's rule that its staff prove who they are twice: asked at its door, page by page."""

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from centres.access import SECOND_FACTORS, Standing
from centres.models import Centre, Role

COME_BACK = "second_factor_come_back"  # in the session: where a person was when they were asked


def ask_for_second_factor(
    request: HttpRequest, centre: Centre, standing: Standing
) -> HttpResponse | None:
    """What stands between a member of staff and a centre that asks for a second step.

    None where there is nothing to ask. A person who has no authenticator gets a page that says
    what to do; one who has, but whose session began without it, is led to prove it once.
    """
    if not centre.requires_second_factor or standing.roles <= {Role.LEARNER}:
        return None
    here = request.get_full_path() if request.method == "GET" else reverse("home")
    if not standing.factors & SECOND_FACTORS:
        request.session[COME_BACK] = here
        return render(request, "centres/second_factor.html", {"for_centre": centre}, status=403)
    if proved_twice(request):
        request.session.pop(COME_BACK, None)
        return None
    return redirect(f"{_way_to_prove(standing)}?{urlencode({'next': here})}")


def proved_twice(request: HttpRequest) -> bool:
    """Whether a code, a recovery code or a passkey was given in this session."""
    return any(
        record.get("method") == "mfa"
        for record in get_authentication_records(request, request.user)
    )


def _way_to_prove(standing: Standing) -> str:
    if Authenticator.Type.TOTP in standing.factors:
        return reverse("mfa_reauthenticate")
    return reverse("mfa_reauthenticate_webauthn")
