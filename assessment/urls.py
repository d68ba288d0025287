"""Addresses of assessment below ``/c/<centre>/``."""

from django.urls import include, path, register_converter

from assessment.views import desk, queue, section, sheet, sign

app_name = "assessment"


class CriterionMark:
    """A criterion in an address: ``1.3``, or ``D5.02-1.3`` where several units are assessed."""

    regex = r"(?:[A-Za-z0-9][A-Za-z0-9.]*(?:-[0-9]+)?-)?[0-9]{1,2}\.[0-9]{1,2}"

    def to_python(self, value: str) -> str:
        """As it is."""
        return value

    def to_url(self, value: str) -> str:
        """As it is."""
        return value


register_converter(CriterionMark, "criterion")

urlpatterns = [
    path("marking/", queue.queue, name="queue"),
    path("marking/<uuid:submission_id>/", desk.open_desk, name="desk"),
    path("marking/<uuid:submission_id>/sign/", sign.sign, name="sign"),
    path("marking/<uuid:submission_id>/manifest.json", sign.manifest, name="manifest"),
    path(
        "marking/<uuid:submission_id>/comment/<uuid:outcome_id>/<slug:audience>/save/",
        desk.save_comment_view,
        name="save-comment",
    ),
    path(
        "marking/<uuid:submission_id>/<criterion:mark>/", desk.desk_criterion, name="desk-criterion"
    ),
    path(
        "marking/<uuid:submission_id>/<criterion:mark>/save/",
        desk.save_judgement_view,
        name="save-judgement",
    ),
    path(
        "marking/<uuid:submission_id>/section/<int:position>/",
        section.desk_section,
        name="desk-section",
    ),
    path(
        "marking/<uuid:submission_id>/section/<int:position>/save/",
        section.save_section_view,
        name="save-section",
    ),
    path("sheet/<uuid:sheet_id>/", sheet.sheet, name="sheet"),
    path("submission/<uuid:submission_id>/sheet/", sheet.submission_sheet, name="submission-sheet"),
    path("", include("assessment.document_urls")),
]
