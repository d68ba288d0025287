"""The centre's people: who is what, a further role, and the end of one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from centres.access import CentreRequest, allowed, may, roles_held
from centres.actions import end_membership, start_membership
from centres.forms import EndRoleForm, RoleForm
from centres.models import Membership, Role, User
from centres.queries import invitations_waiting, people_of
from centres.refusals import Refusal
from centres.views.answers import form_answer, posted


@may("see_people")
@require_GET
def people(request: CentreRequest) -> HttpResponse:
    """Everybody with their roles, and the invitations that wait."""
    return render(
        request,
        "centres/people.html",
        {
            "people": people_of(request.centre),
            "invitations": invitations_waiting(request.centre),
            "can": {"change": allowed(request.roles, "change_people")},
        },
    )


@may("change_people")
@require_http_methods(["GET", "POST"])
def add_role(request: CentreRequest, user_id: UUID) -> HttpResponse:
    """Give a member a further role."""
    members = User.objects.filter(memberships__centre=request.centre).distinct()
    person = get_object_or_404(members, pk=user_id)
    held = roles_held(person, request.centre)
    form = RoleForm(posted(request), held=held)
    refusal = None
    if form.is_valid():
        role = Role(form.cleaned_data["role"])
        try:
            start_membership(actor=request.user, centre=request.centre, user=person, role=role)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, f"{person.full_name} is now also {role.label.lower()}.")
            return redirect("centres:people", request.centre.slug)
    context = {"form": form, "person": person, "held": sorted(role.label for role in held)}
    return form_answer(request, "centres/people_role_add.html", context, refusal)


@may("change_people")
@require_http_methods(["GET", "POST"])
def end_role(request: CentreRequest, membership_id: UUID) -> HttpResponse:
    """End a role, after saying what that means."""
    held = Membership.objects.for_centre(request.centre).active().select_related("user")
    membership = get_object_or_404(held, pk=membership_id)
    form = EndRoleForm(posted(request))
    refusal = None
    if form.is_valid():
        on = form.cleaned_data["on"]
        try:
            end_membership(actor=request.user, centre=request.centre, membership=membership, on=on)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, f"The role ends on {on:%-d %b %Y}: {membership}.")
            return redirect("centres:people", request.centre.slug)
    context = {"form": form, "membership": membership}
    return form_answer(request, "centres/membership_end.html", context, refusal)
