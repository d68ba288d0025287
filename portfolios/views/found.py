"""Fetching for the views: what is found is what this person may reach; all else is the same 404."""

from uuid import UUID

from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404

from centres.access import CentreRequest, allowed
from centres.models import Registration
from centres.refusals import ChangedSinceShown, Refusal, TransitionError
from portfolios.models import Claim, Evidence, EvidenceVersion, Submission
from portfolios.queries import with_assessors
from portfolios.reach import own_registrations, registrations_in_reach
from qualifications.models import AssessmentUnit


def registration_to_read(request: CentreRequest, registration_id: UUID) -> Registration:
    """A registration in reach, with its pathway, learner and assessors."""
    rows = registrations_in_reach(request).select_related("pathway", "learner")
    return get_object_or_404(with_assessors(request.centre, rows), pk=registration_id)


def registration_to_change(request: CentreRequest, registration_id: UUID) -> Registration:
    """One of the person's own."""
    rows = own_registrations(request).select_related("pathway", "learner")
    return get_object_or_404(with_assessors(request.centre, rows), pk=registration_id)


def evidence_to_read(request: CentreRequest, evidence_id: UUID) -> Evidence:
    """An item of a registration in reach."""
    rows = Evidence.objects.for_centre(request.centre).filter(
        registration__in=registrations_in_reach(request)
    )
    return get_object_or_404(
        rows.select_related("registration__pathway", "registration__learner"), pk=evidence_id
    )


def evidence_to_change(request: CentreRequest, evidence_id: UUID) -> Evidence:
    """An item of one of the person's own registrations."""
    rows = Evidence.objects.for_centre(request.centre).filter(
        registration__in=own_registrations(request)
    )
    return get_object_or_404(
        rows.select_related("registration__pathway", "registration__learner"), pk=evidence_id
    )


def claim_to_change(request: CentreRequest, claim_id: UUID) -> Claim:
    """A claim on such an item."""
    rows = Claim.objects.for_centre(request.centre).filter(
        evidence__registration__in=own_registrations(request)
    )
    return get_object_or_404(
        rows.select_related("evidence__registration__pathway", "evidence__registration__learner"),
        pk=claim_id,
    )


def version_to_read(request: CentreRequest, version_id: UUID) -> EvidenceVersion:
    """A version of an item of a registration in reach, with its file."""
    rows = EvidenceVersion.objects.for_centre(request.centre).filter(
        evidence__registration__in=registrations_in_reach(request)
    )
    return get_object_or_404(rows.select_related("file", "evidence"), pk=version_id)


def submission_to_read(request: CentreRequest, submission_id: UUID) -> Submission:
    """A submission of a registration in reach, with what its page names.

    ``is_asked`` says whether the registration's pathway still asks for its assessment.
    """
    covered = AssessmentUnit.objects.filter(
        assessment=OuterRef("assessment"),
        unit__pathway_units__pathway=OuterRef("registration__pathway"),
    )
    rows = (
        Submission.objects.for_centre(request.centre)
        .filter(registration__in=registrations_in_reach(request))
        .annotate(is_asked=Exists(covered))
    )
    return get_object_or_404(
        rows.select_related("registration__pathway", "learner", "assessment"), pk=submission_id
    )


def may_change(request: CentreRequest, registration: Registration) -> bool:
    """Whether the page shows its reader how to change what is on it."""
    return registration.learner_id == request.user.pk and allowed(request.roles, "change_portfolio")


def refusal_status(refusal: Refusal) -> int:
    """409 where the state or a change forbids it, else 422."""
    return 409 if isinstance(refusal, TransitionError | ChangedSinceShown) else 422
