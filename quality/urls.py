"""Addresses of quality assurance, below ``/c/<centre>/``."""

from django.urls import URLPattern, path

from quality.views import (
    alignment_learners,
    alignments,
    approvals,
    confirmations,
    handbook,
    handbook_draft,
    handbook_edit,
    holds,
    moves,
    plans,
    record,
    releases,
    required,
    reviews,
    sampling,
    visit_room,
    visits,
    where,
)

app_name = "quality"

SAMPLE = "quality/sample/<uuid:sample_id>/"
OF_QUALIFICATION = "quality/<uuid:qualification_id>/"

# Internal quality assurance.
urlpatterns: list[URLPattern] = [
    path("quality/", sampling.sampling, name="sampling"),
    path(OF_QUALIFICATION, sampling.grid, name="grid"),
    path(f"{OF_QUALIFICATION}draw/", sampling.draw, name="draw"),
    path(f"{OF_QUALIFICATION}plans/", plans.plans, name="plans"),
    path(f"{OF_QUALIFICATION}plans/draft/", plans.plan_draft, name="plan-draft"),
    path(f"{OF_QUALIFICATION}release/", releases.release, name="release"),
    path("quality/plan/<uuid:plan_id>/approve/", plans.plan_approve, name="plan-approve"),
    path("quality/sheet/<uuid:sheet_id>/choose/", sampling.choose, name="sample-choose"),
    path(
        "quality/interim/<uuid:registration_id>/<uuid:assessment_id>/",
        sampling.interim,
        name="sample-interim",
    ),
    path(SAMPLE, reviews.review, name="review"),
    path(f"{SAMPLE}take-over/", reviews.take_over, name="review-take-over"),
    path(f"{SAMPLE}conclude/", reviews.conclude, name="review-conclude"),
    path(f"{SAMPLE}conclude/save/", reviews.save_conclude, name="save-conclusion"),
    path(f"{SAMPLE}sign/", reviews.sign, name="review-sign"),
    path(f"{SAMPLE}part/<str:mark>/", reviews.part, name="review-part"),
    path(f"{SAMPLE}part/<str:mark>/save/", reviews.save_part, name="save-point"),
    path("actions/", required.actions, name="actions"),
    path("actions/<uuid:action_id>/", required.action, name="action"),
    path("actions/<uuid:action_id>/answer/", required.answer, name="action-answer"),
    path("actions/<uuid:action_id>/close/", required.close, name="action-close"),
]

# External quality assurance, confirmations and holds.
VISIT = "visit/<uuid:visit_id>/"
SHEET = f"{VISIT}sheet/<uuid:sheet_id>/"
CONFIRMS = "confirmations/<uuid:qualification_id>/"
STATUS = "confirmations/direct-claims/<uuid:status_id>/"

urlpatterns += [
    path("visits/", visits.visits, name="visits"),
    path("visits/arrange/", visits.arrange, name="visit-arrange"),
    path("visits/<uuid:visit_id>/", visits.visit, name="visit"),
    path(VISIT, visit_room.room, name="visit-room"),
    path(f"{VISIT}publish/", visit_room.publish, name="visit-publish"),
    path(f"{VISIT}notes/", visit_room.notes, name="visit-notes"),
    path(f"{VISIT}close/", visit_room.close, name="visit-close"),
    path(f"{VISIT}manifest.json", visit_room.manifest, name="visit-manifest"),
    path(SHEET, visit_room.sheet, name="visit-sheet"),
    path(f"{SHEET}choose/", visit_room.choose, name="visit-choose"),
    path(f"{SHEET}unchoose/", visit_room.unchoose, name="visit-unchoose"),
    path(f"{VISIT}evidence/<uuid:item_id>/", visit_room.evidence, name="visit-evidence"),
    path("confirmations/", confirmations.confirmations, name="confirmations"),
    path(f"{CONFIRMS}report/", confirmations.report, name="report-record"),
    path("confirmations/file/<uuid:file_id>/", confirmations.paper, name="confirmation-file"),
    path("confirmations/direct-claims/", confirmations.direct_claims, name="direct-claims-record"),
    path(f"{STATUS}confirm/", confirmations.confirm, name="direct-claims-confirm"),
    path(f"{STATUS}end/", confirmations.end, name="direct-claims-end"),
    path(f"{CONFIRMS}claim/", confirmations.claim, name="claim"),
    path(
        "record/<uuid:registration_id>/<uuid:assessment_id>/hold/", holds.place, name="hold-place"
    ),
    path("hold/<uuid:hold_id>/lift/", holds.lift, name="hold-lift"),
    path("record/<uuid:registration_id>/", record.record, name="record"),
    path("where/", where.where, name="where"),
]

# What a learner has achieved, and moves.
urlpatterns += [
    path(
        "registrations/<uuid:registration_id>/combination/", moves.combination, name="combination"
    ),
    path("registrations/<uuid:registration_id>/move/", moves.move, name="move"),
]

# Approvals.
APPROVAL = "approvals/<uuid:approval_id>/"
PAPER = "approvals/paper/<uuid:paper_id>/"

urlpatterns += [
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/new/", approvals.new, name="approval-new"),
    path(APPROVAL, approvals.approval, name="approval"),
    path(f"{APPROVAL}dates/", approvals.dates, name="approval-dates"),
    path(f"{APPROVAL}end/", approvals.end, name="approval-end"),
    path(f"{APPROVAL}papers/add/", approvals.paper_add, name="approval-paper-add"),
    path(PAPER, approvals.paper, name="approval-paper"),
    path(f"{PAPER}withdraw/", approvals.paper_withdraw, name="approval-paper-withdraw"),
    path(f"{APPROVAL}override/", approvals.override, name="approval-override"),
    path(
        "approvals/override/<uuid:override_id>/withdraw/",
        approvals.override_withdraw,
        name="approval-override-withdraw",
    ),
]

# Alignments.
ALIGNMENT = "alignments/<uuid:alignment_id>/"
ALIGNED_UNIT = f"{ALIGNMENT}unit/<uuid:unit_id>/"

urlpatterns += [
    path("alignments/", alignments.alignments, name="alignments"),
    path("alignments/new/", alignments.new, name="alignment-new"),
    path(ALIGNMENT, alignments.alignment, name="alignment"),
    path(f"{ALIGNMENT}cover/", alignments.cover, name="alignment-cover"),
    path(ALIGNED_UNIT, alignments.unit, name="alignment-unit"),
    path(f"{ALIGNED_UNIT}change/", alignments.unit_change, name="alignment-unit-change"),
    path(f"{ALIGNMENT}approve/", alignments.approve, name="alignment-approve"),
    path(f"{ALIGNMENT}next/", alignments.next_version, name="alignment-next"),
    path(f"{ALIGNMENT}discard/", alignments.discard, name="alignment-discard"),
    path(f"{ALIGNMENT}learners/", alignment_learners.learners, name="alignment-learners"),
    path(f"{ALIGNMENT}paper/", alignments.paper, name="alignment-paper"),
    path(
        "registrations/<uuid:registration_id>/programme/",
        alignment_learners.programme,
        name="programme",
    ),
]

# Handbooks.
HANDBOOK = "handbooks/<uuid:import_id>/"

urlpatterns += [
    path("handbooks/", handbook.handbooks, name="handbooks"),
    path("handbooks/new/", handbook.new, name="handbook-new"),
    path(HANDBOOK, handbook.handbook, name="handbook"),
    path(f"{HANDBOOK}unit/<int:place>/", handbook.unit, name="handbook-unit"),
    path(f"{HANDBOOK}source/", handbook.source, name="handbook-source"),
    path(f"{HANDBOOK}answers/", handbook.answers, name="handbook-answers"),
    path(f"{HANDBOOK}draft/", handbook_draft.draft, name="handbook-draft"),
    path(f"{HANDBOOK}draft/<str:part>/", handbook_edit.edit, name="handbook-edit"),
    path(f"{HANDBOOK}differences/", handbook_draft.differences, name="handbook-differences"),
    path(f"{HANDBOOK}export/", handbook_draft.export, name="handbook-export"),
    path(f"{HANDBOOK}publish/", handbook_draft.publish, name="handbook-publish"),
    path(f"{HANDBOOK}discard/", handbook.discard, name="handbook-discard"),
    path(f"{HANDBOOK}clear/", handbook.clear, name="handbook-clear"),
]
