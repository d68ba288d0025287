"""What a learner has achieved in the combination, and the move to another one."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from centres.access import CentreRequest, allowed, may
from centres.models import Registration, Role
from centres.pathways import targets_of
from centres.refusals import Refusal
from centres.views.answers import form_answer, posted
from portfolios.reach import registrations_in_reach
from qualifications.models import Pathway
from qualifications.rules import is_same_award
from qualifications.version_names import version_name
from quality.actions.moves import move_registration
from quality.forms_moves import MoveForm
from quality.models import Visit
from quality.queries.combination import combination_page, move_preview, move_previews


def _in_reach(request: CentreRequest) -> "QuerySet[Registration]":
    """Whose combination a person reads: as portfolios, and an EQA those of an open visit."""
    rows = registrations_in_reach(request)
    if Role.EQA in request.roles:
        visits = Visit.objects.for_centre(request.centre).open_to(request.user)
        mine = Q(pathway__specification__qualification__in=visits.values("qualification"))
        everyone = Registration.objects.for_centre(request.centre)
        rows = everyone.filter(mine | Q(pk__in=rows.values("pk")))
    return rows.select_related("centre", "learner", "pathway__specification__qualification")


@may("see_combination")
@require_safe
def combination(request: CentreRequest, registration_id: UUID) -> HttpResponse:
    """What is achieved, what counts where, and what is missing."""
    registration = get_object_or_404(_in_reach(request), pk=registration_id)
    page = combination_page(registration, request.user)
    context = {
        "page": page,
        "can": {
            "move": allowed(request.roles, "change_registrations"),
            "see_record": allowed(request.roles, "see_record"),
            "see_registration": allowed(request.roles, "see_registrations"),
        },
    }
    return render(request, "quality/moves/combination.html", context)


@may("change_registrations")
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: CentreRequest, registration_id: UUID) -> HttpResponse:
    """Choose where to, see what that changes, and move."""
    rows = Registration.objects.for_centre(request.centre).select_related(
        "centre", "learner", "pathway__specification__qualification"
    )
    registration = get_object_or_404(rows, pk=registration_id)
    data = posted(request)
    target = _target(registration, request.GET.get("to") if data is None else data.get("pathway"))
    if target is None:
        return _choices(request, registration)
    shown = {"pathway": target.pk, "shown": registration.pathway_id}
    preview = move_preview(registration, target)
    form = MoveForm(data, preview=preview, initial=shown)
    refusal = None
    if form.is_valid():
        try:
            _move(request, registration, target, form)
        except Refusal as refused:
            refusal = refused
        else:
            return redirect("quality:combination", request.centre.slug, registration.pk)
    context = {"form": form, "preview": preview}
    return form_answer(request, "quality/moves/move.html", context, refusal)


def _target(registration: Registration, asked: str | None) -> Pathway | None:
    """The pathway asked for, if moves lead there; 404 for any other."""
    if not asked:
        return None
    for target in targets_of(registration):
        if str(target.pk) == asked:
            return target
    raise Http404


def _move(
    request: CentreRequest, registration: Registration, target: Pathway, form: MoveForm
) -> None:
    before = registration.pathway
    move_registration(
        actor=request.user,
        centre=request.centre,
        registration=registration,
        pathway=target,
        reason=form.cleaned_data["reason"],
    )
    again = is_same_award(before, target)
    named = version_name(target.specification, request.centre.name)
    where = f"version {named}" if again else target.code
    messages.success(request, f"Moved to {where}. The learner has been told.")


def _choices(request: CentreRequest, registration: Registration) -> HttpResponse:
    """Every place that moves lead to, with what each would keep."""
    context = {"registration": registration, "previews": move_previews(registration)}
    status = 422 if request.method == "POST" else 200
    return render(request, "quality/moves/choose.html", context, status=status)
