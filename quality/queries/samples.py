"""What may be sampled, the seeded draw, and who may not review it."""

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import JSONObject

from assessment.models import Sheet
from centres.models import Centre, Role, Signature, User
from qualifications.models import Qualification
from quality.models import Review, ReviewPoint, Sample
from quality.queries.standings import current_sheets

Row = TypeVar("Row", bound=models.Model)


def drawn(pool: Iterable[UUID], seed: str, wanted: int) -> tuple[UUID, ...]:
    """Draw from a pool, the same each time for the same pool, seed and number.

    The pool is ordered by id first, so that the order in which it was read does not matter. Fewer
    are drawn where the pool holds fewer.
    """
    ordered = sorted(pool)
    chance = random.Random(seed)  # noqa: S311 – repeatable on purpose, and no secret
    return tuple(chance.sample(ordered, min(wanted, len(ordered))))


def unsampled(centre: Centre, qualification: Qualification) -> Any:
    """Sheets whose decision stands, with no route yet and in no sample, by id."""
    sampled = Sample.objects.for_centre(centre).filter(sheet=OuterRef("pk"))
    rows = current_sheets(centre, qualification)
    return rows.filter(
        ~Exists(sampled), released_at__isnull=True, confirmed_at__isnull=True
    ).order_by("pk")


def samples_to_see(centre: Centre, person: User, roles: frozenset[Role]) -> Any:
    """The samples that a person may open.

    Quality assurers and managers see all but those of their own work; an assessor the signed
    reviews of sheets that they signed. Each brings its review (``review_row``) with what is said
    of each part (``point_rows``), whether its sheet ``stands``, and the assessor's
    ``decision_digest``.
    """
    rows = (
        _with_review(Sample.objects.for_centre(centre), centre)
        .exclude(learner=person)
        .select_related(
            "centre",
            "plan",
            "learner",
            "registration__pathway",
            "assessment__specification__qualification",
            "sheet__submission",
            "sheet__assessor",
            "reviewer",
            "chosen_by",
            "draw",
        )
    )
    if roles & {Role.IQA, Role.LEAD_IQA, Role.MANAGER}:
        return rows
    signed = Review.objects.for_centre(centre).signed().filter(sample=OuterRef("pk"))
    return rows.filter(Exists(signed), sheet__assessor=person)


def assessed_before(
    centre: Centre, person: User, works: Sequence[tuple[UUID, UUID]]
) -> tuple[Sheet, ...]:
    """The sheets that a person signed at any attempt of these (registration, assessment) works."""
    registrations = {registration for registration, _ in works}
    rows = (
        Sheet.objects.for_centre(centre)
        .signed()
        .filter(assessor=person, submission__registration__in=registrations)
        .select_related("submission__registration", "submission__assessment")
    )
    wanted = set(works)
    return tuple(
        row
        for row in rows
        if (row.submission.registration_id, row.submission.assessment_id) in wanted
    )


def row_from(model: type[Row], facts: Mapping[str, Any]) -> Row:
    """A row of a model from the JSON of ``as_json``, as if it had been read by itself."""
    fields = [field for field in model._meta.concrete_fields if field.attname in facts]
    return model.from_db(
        "default",
        [field.attname for field in fields],
        [field.to_python(facts[field.attname]) for field in fields],
    )


def as_json(model: type[models.Model], **more: str) -> JSONObject:
    """Every column of a row as JSON, for reading it along with another."""
    names = {field.attname: field.attname for field in model._meta.concrete_fields}
    return JSONObject(**names, **more)


def _with_review(rows: Any, centre: Centre) -> Any:
    review = Review.objects.for_centre(centre).filter(sample=OuterRef("pk"))
    points = ReviewPoint.objects.for_centre(centre).filter(review__sample=OuterRef("pk"))
    decision = Signature.objects.for_centre(centre).filter(
        purpose=Signature.Purpose.DECISION, subject_id=OuterRef("sheet")
    )
    return rows.annotate(
        review_row=Subquery(
            review.values(row=as_json(Review, owner_name="action_owner__full_name"))[:1]
        ),
        point_rows=ArraySubquery(points.values(row=as_json(ReviewPoint))),
        stands=Exists(current_sheets(centre).filter(pk=OuterRef("sheet"))),
        decision_digest=Subquery(decision.values("digest")[:1]),
    )
