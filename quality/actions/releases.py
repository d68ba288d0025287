"""Releasing what was not sampled: one signature of the lead over a list of sheets."""

import uuid
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.urls import reverse

from centres.access import check_may
from centres.duties import duties_apart
from centres.ledger import action, record
from centres.models import Centre, Signature, User
from centres.notices import notify
from centres.refusals import ChangedSinceShown, Refusal, TransitionError
from centres.signatures import Proof, sign
from qualifications.models import Qualification
from quality.locks import lock_sheets
from quality.models import Release, ReleaseItem, SamplingPlan
from quality.papers import reissue_papers
from quality.queries.release import (
    ReleaseWork,
    release_changes,
    release_manifest,
    release_work,
)

JUSTIFICATION_LIMIT = 5000  # characters
SOURCE = "8588 handbook, roles"


@action
def release_unsampled(
    *,
    actor: User,
    centre: Centre,
    qualification: Qualification,
    sheets: Iterable[UUID],
    shown_digest: str,
    proof: Proof,
    justification: str = "",
    shown_parts: Mapping[str, str] | None = None,
) -> Release:
    """Confirm internally, by one signature, passes that nobody sampled; tell their learners.

    ``sheets`` are ids, all that are released, and ``shown_digest`` covers them; the justification
    is typed with the signature and signed along. Refuses (``Refusal``) without an approved plan, an
    empty list, a sheet whose learner's work the lead assessed at any attempt (naming it), and a
    share of reviewed work below the plan's baseline without a justification; (``TransitionError``)
    a sheet that no longer stands, is sampled, held, released or no pass; (``ChangedSinceShown``)
    what changed since it was shown.
    """
    check_may(actor, centre, "release_work")
    justification = justification.strip()
    wanted = frozenset(sheets)
    lock_sheets(centre, wanted)
    found = release_work(centre, actor, qualification, chosen=wanted)
    plan = found.plan
    if plan is None:
        raise Refusal(
            rule="Work is released under a plan, and none is approved for this qualification.",
            remedy="Draft a sampling plan and approve it.",
        )
    _check_sheets(found, wanted)
    if release_manifest(found).digest != shown_digest:
        raise ChangedSinceShown(
            rule="What you were shown has changed since, so nothing was released.",
            remedy="Read what changed, then sign what stands now.",
            changes=release_changes(found, shown_parts or {}),
        )
    _check_share(found, plan, justification)
    manifest = release_manifest(found, justification)
    release_id = uuid.uuid4()
    signature = sign(
        actor=actor,
        centre=centre,
        permission="release_work",
        purpose=Signature.Purpose.RELEASE,
        subject_kind=Release._meta.label_lower,
        subject_id=release_id,
        sentence=found.sentence,
        manifest=manifest,
        shown_digest=manifest.digest,
        proof=proof,
        builds_on=(found.plan_digest, *(row.digest for row in found.chosen)),
    )
    release = Release.objects.create(
        id=release_id,
        centre=centre,
        plan=plan,
        reviewed=found.reviewed,
        decided=found.decided,
        justification=justification,
        released_by=actor,
        released_at=signature.signed_at,
    )
    with duties_apart():
        for row in found.chosen:
            ReleaseItem.objects.create(centre=centre, release=release, sheet=row.sheet)
    record(
        "release.signed",
        centre=centre,
        actor=actor,
        subject=release,
        plan=str(plan.pk),
        sheets=sorted(str(row.id) for row in found.chosen),
        reviewed=found.reviewed,
        decided=found.decided,
        digest=signature.digest,
    )
    _carry_out(actor, centre, found)
    return release


def _carry_out(actor: User, centre: Centre, found: ReleaseWork) -> None:
    """The papers anew, and the word to each learner."""
    for row in found.chosen:
        reissue_papers(actor=actor, centre=centre, sheet=row.sheet)
        notify(
            centre=centre,
            recipient=row.sheet.learner,
            kind="sheet_confirmed",
            title=f"Internally confirmed: {row.assessment}",
            text="The centre’s quality assurer has released your result: pass. It stays "
            "provisional until the external checks are done.",
            path=reverse("assessment:sheet", args=[centre.slug, row.id]),
        )


def _check_sheets(found: ReleaseWork, wanted: frozenset[UUID]) -> None:
    if not wanted:
        raise Refusal(
            rule="A release names the work that it releases.",
            remedy="Choose at least one sheet of the list.",
        )
    gone = wanted - {row.id for row in found.chosen}
    if gone:
        count = len(gone)
        raise TransitionError(
            rule=f"{count} of the sheets {'is' if count == 1 else 'are'} no longer a pass that "
            "stands unsampled, unreleased and without a hold.",
            remedy="Read the list as it stands now, then sign that.",
        )
    if found.own:
        names = "; ".join(f"{row.learner}, {row.assessment}" for row in found.own)
        raise Refusal(
            rule=f"You have assessed an attempt at this work, so you can’t release it: {names}.",
            remedy="Leave it out; another lead releases it, or a colleague reviews it.",
            source=SOURCE,
        )


def _check_share(found: ReleaseWork, plan: SamplingPlan, justification: str) -> None:
    if len(justification) > JUSTIFICATION_LIMIT:
        raise Refusal(
            rule=f"The justification has {len(justification):,} characters; "
            f"{JUSTIFICATION_LIMIT:,} is the most.",
            remedy="Shorten it.",
        )
    if found.below_baseline and not justification:
        raise Refusal(
            rule=f"{found.reviewed} of {found.decided} were reviewed ({found.percent} %); the plan "
            f"says {plan.baseline_percent} %.",
            remedy="Review more first, or say why the rest is released all the same.",
        )
