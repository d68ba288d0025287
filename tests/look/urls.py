"""Addresses for trying the shared look: sample pages, and a small server side of its scripts."""

import json
import time
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import include, path
from django.views.decorators.csrf import ensure_csrf_cookie


class Draft:
    """What the small server holds: one draft, and how it answers."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.fields: dict[str, str] = {"decision": "", "feedback": "As first stored."}
        self.revision = 3
        self.tab = ""
        self.answer: str = "save"
        self.requests: list[dict[str, str]] = []
        self.submitted: list[dict[str, str]] = []
        self.uploads: list[tuple[str, int]] = []


draft = Draft()


class Everything(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Name as certificated", help_text="As it stands in the passport.")
    roles = forms.MultipleChoiceField(
        label="Roles",
        help_text="One person may hold several.",
        choices=[("assessor", "Assessor"), ("iqa", "IQA")],
        widget=forms.CheckboxSelectMultiple,
    )
    pathway = forms.ChoiceField(label="Pathway", choices=[("", "Choose"), ("21", "8588-21")])
    comment = forms.CharField(label="Comment", required=False, widget=forms.Textarea)
    own = forms.BooleanField(label="This is my own work")

    def clean(self) -> None:
        raise forms.ValidationError("The learner is 17 on that day. Wait until 2 Feb 2027.")


@transaction.non_atomic_requests
@ensure_csrf_cookie
def desk(request: HttpRequest) -> HttpResponse:
    return render(request, "look/desk.html", {"draft": draft})


@transaction.non_atomic_requests
def autosave(request: HttpRequest) -> HttpResponse:
    sent = {name: str(request.POST[name]) for name in request.POST}
    draft.requests.append(sent)
    if draft.answer == "refuse":
        return JsonResponse(
            {"refusal": "The sheet is signed. Correct it by a new version."}, status=422
        )
    if draft.answer == "refuse a bare decision" and "feedback" not in sent:
        time.sleep(0.6)
        return JsonResponse({"refusal": "A referral needs feedback."}, status=422)
    if draft.answer == "break":
        return HttpResponse(status=503)
    if int(sent["revision"]) != draft.revision and sent["tab"] != draft.tab:
        conflict = {
            "fields": draft.fields,
            "saved_at": "14:31",
            "saved_by": "",
            "revision": draft.revision,
        }
        return JsonResponse({"conflict": conflict}, status=409)
    draft.fields |= {name: sent[name] for name in draft.fields if name in sent}
    draft.revision += 1
    draft.tab = sent["tab"]
    said = {"so-far": f"Revision {draft.revision}"}
    return JsonResponse({"saved_at": "14:32", "revision": draft.revision, "said": said})


@transaction.non_atomic_requests
def submit(request: HttpRequest) -> HttpResponse:
    draft.submitted.append({name: str(request.POST[name]) for name in request.POST})
    return HttpResponse("submitted")


@transaction.non_atomic_requests
@ensure_csrf_cookie
def unit(request: HttpRequest) -> HttpResponse:
    return render(request, "look/unit.html", {"draft": draft})


@transaction.non_atomic_requests
def upload(request: HttpRequest) -> HttpResponse:
    for file in request.FILES.getlist("files"):
        if file.name and file.name.endswith(".exe"):
            return JsonResponse({"refusal": "A program is not evidence."}, status=422)
        draft.uploads.append((str(file.name), int(file.size or 0)))
    return HttpResponse(json.dumps({}), status=201, content_type="application/json")


@transaction.non_atomic_requests
def form(request: HttpRequest) -> HttpResponse:
    filled: dict[str, Any] | None = {"name": ""} if "filled" in request.GET else None
    return render(request, "look/form.html", {"form": Everything(filled)})


@transaction.non_atomic_requests
def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


site = ([path("privacy/", empty, name="privacy"), path("appeals/", empty, name="appeals")], "pages")

urlpatterns = [
    path("", empty, name="home"),
    path("accounts/", include("allauth.urls")),
    path("", include(site)),
    path("desk/", desk, name="desk"),
    path("autosave/", autosave, name="autosave"),
    path("submit/", submit, name="submit"),
    path("unit/", unit, name="unit"),
    path("upload/", upload, name="upload"),
    path("form/", form, name="form"),
]
