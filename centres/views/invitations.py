"""Invitations: sent and withdrawn by the centre manager, taken up by a guest with the link."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from centres.access import CentreRequest, guest, may
from centres.actions import (
    accept_invitation,
    invite_person,
    show_invitation_link,
    withdraw_invitation,
)
from centres.actions.invitations import refuse_closed
from centres.forms import InvitationForm, JoinForm
from centres.invitations import token_digest
from centres.models import Invitation, Membership, Role, User
from centres.refusals import Refusal
from centres.views.answers import form_answer, posted

GONE = 410


@may("change_people")
@require_http_methods(["GET", "POST"])
def invite(request: CentreRequest) -> HttpResponse:
    """Invite a person to a role."""
    form = InvitationForm(posted(request))
    refusal = None
    if form.is_valid():
        try:
            invitation, _ = invite_person(
                actor=request.user,
                centre=request.centre,
                email=form.cleaned_data["email"],
                full_name=form.cleaned_data["full_name"],
                role=Role(form.cleaned_data["role"]),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(
                request,
                f"{invitation.full_name} is invited. The link goes to {invitation.email} and works "
                f"until {timezone.localtime(invitation.expires_at):%-d %b %Y}.",
            )
            return redirect("centres:people", request.centre.slug)
    return form_answer(request, "centres/people_invite.html", {"form": form}, refusal)


@may("change_people")
@require_http_methods(["GET", "POST"])
def withdraw(request: CentreRequest, invitation_id: UUID) -> HttpResponse:
    """Make the link of an invitation useless."""
    mine = Invitation.objects.for_centre(request.centre)
    invitation = get_object_or_404(mine, pk=invitation_id)
    refusal = None
    if request.method == "POST":
        try:
            withdraw_invitation(actor=request.user, centre=request.centre, invitation=invitation)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, f"The invitation to {invitation.email} is withdrawn.")
            return redirect("centres:people", request.centre.slug)
    context = {"invitation": invitation}
    return form_answer(request, "centres/invitation_withdraw.html", context, refusal)


@may("change_people")
@never_cache
@require_POST
def show_link(request: CentreRequest, invitation_id: UUID) -> HttpResponse:
    """The link of an invitation whose e-mail does not go out."""
    mine = Invitation.objects.for_centre(request.centre)
    invitation = get_object_or_404(mine, pk=invitation_id)
    context: dict[str, object] = {"invitation": invitation}
    try:
        context["link"] = show_invitation_link(
            actor=request.user, centre=request.centre, invitation=invitation
        )
    except Refusal as refused:
        return form_answer(request, "centres/invitation_link.html", context, refused)
    return render(request, "centres/invitation_link.html", context)


@guest
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def invitation(request: CentreRequest, token: str) -> HttpResponse:
    """Take up an invitation, by the person it is for: with a new login or with theirs."""
    mine = Invitation.objects.for_centre(request.centre)
    found = get_object_or_404(mine, token_digest=token_digest(token))
    try:
        refuse_closed(found)
    except Refusal as closed:
        context = {"invitation": found, "refusal": closed}
        return render(request, "centres/invitation_closed.html", context, status=GONE)
    if User.objects.filter(email=found.email).exists():
        return _take_up(request, found, token)
    if _visitor(request) is not None:
        return _not_yours(request, found)
    return _join(request, found, token)


def _visitor(request: HttpRequest) -> User | None:
    """Who is signed in, on a page that is open to guests."""
    return request.user if isinstance(request.user, User) else None


def _take_up(request: CentreRequest, found: Invitation, token: str) -> HttpResponse:
    """A person with a login takes up the role, signed in as the invited address."""
    visitor = _visitor(request)
    if visitor is None:
        return render(request, "centres/invitation_sign_in.html", {"invitation": found})
    if visitor.email != found.email:
        return _not_yours(request, found)
    refusal = None
    if request.method == "POST":
        try:
            accept_invitation(token=token, centre=request.centre, user=visitor)
        except Refusal as refused:
            refusal = refused
        else:
            return _welcome(request, found)
    return form_answer(request, "centres/invitation_take_up.html", {"invitation": found}, refusal)


def _join(request: CentreRequest, found: Invitation, token: str) -> HttpResponse:
    """A new person chooses a password and is signed in."""
    start = {"full_name": found.full_name}
    form = JoinForm(posted(request), initial=start, email=found.email)
    refusal = None
    if form.is_valid():
        try:
            membership: Membership = accept_invitation(
                token=token, centre=request.centre, **form.cleaned_data
            )
        except Refusal as refused:
            refusal = refused
        else:
            login(request, membership.user)
            return _welcome(request, found)
    context = {"invitation": found, "form": form}
    return form_answer(request, "centres/invitation_join.html", context, refusal)


def _not_yours(request: CentreRequest, found: Invitation) -> HttpResponse:
    """Signed in as somebody else: nothing can be taken up."""
    status = 409 if request.method == "POST" else 200
    context = {"invitation": found}
    return render(request, "centres/invitation_not_yours.html", context, status=status)


def _welcome(request: CentreRequest, found: Invitation) -> HttpResponse:
    messages.success(
        request, f"Welcome to {request.centre.name}: you are {found.get_role_display().lower()}."
    )
    return redirect("home")
