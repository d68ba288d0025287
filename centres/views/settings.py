"""What a centre asks of its people."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from centres.access import SECOND_FACTORS, CentreRequest, may
from centres.actions import set_second_factor
from centres.forms import SettingsForm
from centres.queries import staff_without_second_factor
from centres.refusals import Refusal
from centres.views.answers import form_answer, posted


@may("change_centre")
@require_http_methods(["GET", "POST"])
def settings(request: CentreRequest) -> HttpResponse:
    """Whether everybody who works here needs a second step."""
    centre = request.centre
    start = {"requires_second_factor": centre.requires_second_factor}
    form = SettingsForm(posted(request), initial=start)
    refusal = None
    if form.is_valid():
        required = form.cleaned_data["requires_second_factor"]
        try:
            set_second_factor(actor=request.user, centre=centre, required=required)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, "The settings are saved.")
            return redirect("centres:settings", centre.slug)
    context = {
        "form": form,
        "without": staff_without_second_factor(centre),
        "has_one": bool(request.standing.factors & SECOND_FACTORS),
    }
    return form_answer(request, "centres/settings.html", context, refusal)
