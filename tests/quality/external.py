"""Short ways to the states that external quality assurance starts from."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from assessment.models import Sheet
from centres.ledger import action
from centres.models import Notice, Role, Signature, User
from centres.refusals import Refusal
from centres.signatures import Manifest, sign
from centres.tenancy import centre_context
from qualifications.models import Qualification
from quality.actions.direct_claims import confirm_direct_claims, record_direct_claims
from quality.actions.holds import place_hold
from quality.actions.reports import record_report
from quality.actions.visits import (
    arrange_visit,
    choose_sheet,
    close_visit,
    publish_choices,
    save_finding,
)
from quality.models import (
    DirectClaims,
    ExternalReport,
    Hold,
    Release,
    ReleaseItem,
    SamplingPlan,
    Visit,
    VisitSheet,
)
from quality.queries.visit_closing import closing_of
from tests.assessment.scenes import new_events, refusing
from tests.cast import Cast, fresh_proof

DAY = datetime.timedelta(days=1)


def qualification_of(cast: Cast) -> Qualification:
    """The one on which Una and Ted are registered."""
    found: Qualification = cast.una_registration.pathway.specification.qualification
    return found


def released(cast: Cast, *sheets: Sheet, by: User | None = None) -> Release:
    """Confirm sheets internally by a signed release under an approved plan."""
    lea = by or cast.lea
    with centre_context(cast.centre.pk):
        plan = SamplingPlan.objects.for_centre(cast.centre).first()
        if plan is None:
            plan = SamplingPlan.objects.create(
                centre=cast.centre,
                qualification=qualification_of(cast),
                name="Plan 2026",
                version=1,
                rules="One in four.",
                baseline_percent=25,
                drafted_by=cast.jo,
                approved_at=timezone.now(),
            )
        release = Release.objects.create(
            centre=cast.centre, plan=plan, reviewed=1, decided=2, released_by=lea
        )
        ReleaseItem.objects.bulk_create(
            ReleaseItem(centre=cast.centre, release=release, sheet=sheet) for sheet in sheets
        )
        manifest = Manifest({"release": str(release.pk)})
        action(sign)(
            actor=lea,
            centre=cast.centre,
            permission="release_work",
            purpose=Signature.Purpose.RELEASE,
            subject_kind=Release._meta.label_lower,
            subject_id=release.pk,
            sentence="I release this work.",
            manifest=manifest,
            shown_digest=manifest.digest,
            proof=fresh_proof(),
        )
    return release


def arranged(cast: Cast, **changes: Any) -> Visit:
    """A visit of Eve's, open today."""
    today = timezone.localdate()
    given = {
        "actor": cast.max,
        "centre": cast.centre,
        "eqa": cast.eve,
        "qualification": qualification_of(cast),
        "opens_on": today,
        "closes_on": today + 4 * DAY,
        "reference": "EQ-1",
        **changes,
    }
    with centre_context(cast.centre.pk):
        return arrange_visit(**given)


def chosen(cast: Cast, visit: Visit, *sheets: Sheet, reason: str = "") -> list[VisitSheet]:
    """Sheets that Eve has chosen, unseen by the centre."""
    with centre_context(cast.centre.pk):
        return [
            choose_sheet(
                actor=cast.eve, centre=cast.centre, visit=visit, sheet=sheet, reason=reason
            )
            for sheet in sheets
        ]


def published(cast: Cast, visit: Visit, *sheets: Sheet) -> list[VisitSheet]:
    """Sheets that Eve has chosen and shown to the centre."""
    chosen(cast, visit, *sheets)
    with centre_context(cast.centre.pk):
        return publish_choices(actor=cast.eve, centre=cast.centre, visit=visit)


def found(cast: Cast, visit: Visit, sheet: Sheet, decision: str = "agree", **more: Any) -> None:
    """What Eve makes of a published sheet."""
    with centre_context(cast.centre.pk):
        save_finding(
            actor=cast.eve,
            centre=cast.centre,
            visit=visit,
            sheet=sheet,
            decision=decision,
            **more,
        )


def closed(cast: Cast, visit: Visit, outcome: str = "release") -> Visit:
    """The visit, signed off by Eve."""
    with centre_context(cast.centre.pk):
        visit = Visit.objects.for_centre(cast.centre).get(pk=visit.pk)
        return close_visit(
            actor=cast.eve,
            centre=cast.centre,
            visit=visit,
            outcome=outcome,
            shown_digest=closing_of(visit, outcome).manifest.digest,
            proof=fresh_proof(),
        )


def told(cast: Cast, person: User) -> list[str]:
    """The kinds of a person's notices, oldest first."""
    with centre_context(cast.centre.pk):
        rows = Notice.objects.for_centre(cast.centre).filter(recipient=person)
        return list(rows.order_by("made_at").values_list("kind", flat=True))


def give_role(cast: Cast, person: User, role: Role) -> None:
    """A further role of a person, from long ago."""
    cast.centre.memberships.create(user=person, role=role, starts_on=datetime.date(2026, 1, 5))


def kept(model: Any, cast: Cast) -> Any:
    """All rows of a table of the centre; call it within the centre."""
    return model.objects.for_centre(cast.centre)


@contextmanager
def refusing_is(cast: Cast, kind: type[Refusal], match: str) -> Iterator[None]:
    """A block within the centre that is refused so, and leaves no event."""
    with new_events(cast) as events, pytest.raises(kind, match=match), refusing(cast):
        yield
    assert events == []


def file(name: str = "report.txt", content: bytes = b"What was seen.") -> SimpleUploadedFile:
    """A report or notice."""
    return SimpleUploadedFile(name, content)


def reported(cast: Cast, *sheets: Sheet, **changes: Any) -> ExternalReport:
    """A report that releases these sheets, recorded by Max."""
    given = {
        "actor": cast.max,
        "centre": cast.centre,
        "qualification": qualification_of(cast),
        "upload": file(),
        "reference": "R-7",
        "eqa_name": "Rae Spindle",
        "reported_on": timezone.localdate(),
        "releases": bool(sheets),
        "sheets": sheets,
        **changes,
    }
    with refusing(cast):
        return record_report(**given)


def status_of(cast: Cast, *, confirmed: bool = True, **changes: Any) -> DirectClaims:
    """A direct-claims status from today, recorded by Max and confirmed by Lea."""
    given = {
        "actor": cast.max,
        "centre": cast.centre,
        "qualification": qualification_of(cast),
        "upload": file("notice.txt", b"Granted."),
        "reference": "DCS-1",
        "starts_on": timezone.localdate(),
        **changes,
    }
    with refusing(cast):
        status = record_direct_claims(**given)
        if confirmed:
            confirm_direct_claims(actor=cast.lea, centre=cast.centre, status=status)
    return status


def held(cast: Cast, who: str = "una", **changes: Any) -> Hold:
    """A hold on the work of Una or Ted, placed by Max for an appeal."""
    given = {
        "actor": cast.max,
        "centre": cast.centre,
        "registration": getattr(cast, f"{who}_registration"),
        "assessment": cast.assessment,
        "kind": "appeal",
        "reason": "The learner appeals.",
        **changes,
    }
    with refusing(cast):
        return place_hold(**given)
