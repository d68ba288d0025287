"""My work, and the page of one unit: what is claimed, what is missing, what comes next."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from centres.access import CentreRequest, may
from centres.models import Registration
from portfolios.actions import add_several_evidence
from portfolios.file_types import ACCEPTED, LARGEST, TAKEN
from portfolios.next_step import next_step
from portfolios.queries import my_work, unit_page
from portfolios.standing import UNCHECKED, standing_of_submissions
from portfolios.views.found import may_change, registration_to_change, registration_to_read


@may("change_portfolio")
@require_safe
def mine(request: CentreRequest) -> HttpResponse:
    """The learner's registrations with their assessments and what is next for each."""
    work = my_work(centre=request.centre, learner=request.user)
    return render(request, "portfolios/mine.html", {"work": work})


@may("see_portfolio")
@require_safe
def unit(request: CentreRequest, registration_id: UUID, assessment_id: UUID) -> HttpResponse:
    """One assessment of one registration; staff read it, its learner works on it."""
    registration = registration_to_read(request, registration_id)
    return _unit_page(request, registration, assessment_id)


@may("change_portfolio")
@require_POST
def evidence_add(
    request: CentreRequest, registration_id: UUID, assessment_id: UUID
) -> HttpResponse:
    """Add files: one with an answer in JSON for the script, or several from the plain form."""
    registration = registration_to_change(request, registration_id)
    unit_page(centre=request.centre, registration=registration, assessment_id=assessment_id)
    added, refused = _add(request, registration)
    if request.accepts("application/json") and not request.accepts("text/html"):
        if refused:
            return JsonResponse({"refusal": " ".join(refused)}, status=422)
        return JsonResponse({"added": added}, status=201)
    if added:
        messages.success(request, f"Added: {', '.join(added)}. Open each and say what it shows.")
    if refused:
        return _unit_page(request, registration, assessment_id, refused=refused, status=422)
    return redirect("portfolios:unit", request.centre.slug, registration.pk, assessment_id)


def _add(request: CentreRequest, registration: Registration) -> tuple[list[str], list[str]]:
    """Titles of the items added, and sentences on what was refused."""
    uploads = request.FILES.getlist("files")
    if not uploads:
        return [], ["No file was chosen. Choose one or several, then add them."]
    added, refused = add_several_evidence(
        actor=request.user, centre=request.centre, registration=registration, uploads=uploads
    )
    several = len(uploads) > 1
    return [str(item) for item in added], [
        f"{name}: {refusal}" if several else str(refusal) for name, refusal in refused
    ]


def _unit_page(
    request: CentreRequest,
    registration: Registration,
    assessment_id: UUID,
    *,
    refused: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    page = unit_page(centre=request.centre, registration=registration, assessment_id=assessment_id)
    own = may_change(request, registration)
    last = page.last_attempt
    decided = [last.id] if last and last.outcome else []
    standing = standing_of_submissions(request.centre, decided).get(last.id) if last else None
    if page.kept and last is None:
        standing = page.kept.standing
    context = {
        "page": page,
        "own": own,
        "standing": standing,
        "next": next_step(page, request.centre.slug, standing or UNCHECKED) if own else None,
        "refused": refused,
        "accepted": ACCEPTED,
        "taken": TAKEN,
        "largest": LARGEST,
    }
    return render(request, "portfolios/unit.html", context, status=status)
