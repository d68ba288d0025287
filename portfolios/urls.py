"""Addresses of the learner's pages, below ``/c/<centre>/``."""

from django.urls import path

from portfolios.views import evidence, submission, work

app_name = "portfolios"
WORK = "portfolio/<uuid:registration_id>/<uuid:assessment_id>/"
ITEM = "evidence/<uuid:evidence_id>/"

urlpatterns = [
    path("my-work/", work.mine, name="mine"),
    path(WORK, work.unit, name="unit"),
    path(f"{WORK}add/", work.evidence_add, name="evidence-add"),
    path(f"{WORK}submit/", submission.submit, name="submit"),
    path("submission/<uuid:submission_id>/", submission.submission, name="submission"),
    path("evidence/file/<uuid:version_id>/", evidence.evidence_file, name="evidence-file"),
    path(ITEM, evidence.evidence, name="evidence"),
    path(f"{ITEM}replace/", evidence.evidence_replace, name="evidence-replace"),
    path(f"{ITEM}withdraw/", evidence.evidence_withdraw, name="evidence-withdraw"),
    path(f"{ITEM}restore/", evidence.evidence_restore, name="evidence-restore"),
    path(f"{ITEM}claim/", evidence.claim_add, name="claim-add"),
    path("claim/<uuid:claim_id>/withdraw/", evidence.claim_withdraw, name="claim-withdraw"),
    path("claim/<uuid:claim_id>/restore/", evidence.claim_restore, name="claim-restore"),
]
