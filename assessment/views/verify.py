"""Is this document genuine? Asked by anybody, with the file or with the code printed on it."""

import time
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from assessment.paper.seal import MAX_BYTES
from assessment.verdicts import Verdict
from assessment.verification import Answer, verify_code, verify_file
from centres.refusals import Refusal

FILES_A_MINUTE = 30
CODES_A_MINUTE = 20  # of 420 million million: nobody finds one by trying
UNREAD_BYTES = 2 * MAX_BYTES  # a request above this is answered without being read


class CheckForm(forms.Form):
    """A file or a code."""

    file = forms.FileField(required=False, allow_empty_file=True)
    code = forms.CharField(required=False, max_length=64)

    def clean(self) -> dict[str, object]:
        """One of the two is needed; a file answers more than a code, so it goes first."""
        if self.cleaned_data.get("file") is None and not self.cleaned_data.get("code"):
            raise ValidationError("Neither a file nor a code was given.")
        return self.cleaned_data


# Without a token: nothing is changed, and people who refuse cookies may check as well. Without a
# transaction around it: the counter below must not hold others up while a file is being read.
@csrf_exempt
@transaction.non_atomic_requests
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """The page, and the answer for what was given."""
    if request.method != "POST":
        return _page(request)
    if int(request.META.get("CONTENT_LENGTH") or 0) > UNREAD_BYTES:
        return _page(request, answer=verify_file(bytes(MAX_BYTES + 1)), status=413)
    if not _within_rate(request, "file", FILES_A_MINUTE):
        return _slow_down(request)
    form = CheckForm(request.POST, request.FILES)
    if not form.is_valid():
        refusal = Refusal(
            rule="There is nothing to check yet: neither a file nor a code was given.",
            remedy="Choose the PDF file, or type the code printed beside the square.",
        )
        return _page(request, refusal=refusal, status=422)
    upload: UploadedFile[Any] | None = form.cleaned_data["file"]
    if upload is not None:
        return _page(request, answer=verify_file(upload.read(MAX_BYTES + 1)))
    return _code_answer(request, form.cleaned_data["code"])


@transaction.non_atomic_requests
@never_cache
@require_safe
def check_code(request: HttpRequest, code: str) -> HttpResponse:
    """The answer for a code in the address, where the square on a paper leads."""
    return _code_answer(request, code)


def _code_answer(request: HttpRequest, code: str) -> HttpResponse:
    if not _within_rate(request, "code", CODES_A_MINUTE):
        return _slow_down(request)
    answer = verify_code(code)
    unknown = answer.verdict in (Verdict.CODE_UNKNOWN, Verdict.NOT_A_CODE)
    return _page(request, answer=answer, typed=code[:64], status=404 if unknown else 200)


def _slow_down(request: HttpRequest) -> HttpResponse:
    refusal = Refusal(
        rule="From your address come more checks in a minute than we answer, to keep codes from "
        "being guessed.",
        remedy="Wait a minute, then check again.",
    )
    response = _page(request, refusal=refusal, status=429)
    response["Retry-After"] = "60"
    return response


def _page(
    request: HttpRequest,
    *,
    answer: Answer | None = None,
    refusal: Refusal | None = None,
    typed: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {"answer": answer, "refusal": refusal, "typed": typed}
    return render(request, "assessment/verify/check.html", context, status=status)


def _within_rate(request: HttpRequest, what: str, most: int) -> bool:
    """Whether this address has asked at most so often within this minute."""
    address = get_adapter().get_client_ip(request)
    key = f"verify:{what}:{address}:{int(time.time() // 60)}"
    asked = cache.get(key, 0) + 1
    cache.set(key, asked, 120)
    return bool(asked <= most)
