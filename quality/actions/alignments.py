"""Alignments: starting one, keeping what is typed, approving or discarding it, its next version."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone

from assessment.actions import DraftConflict, Saved
from assessment.documents import send_after_commit
from assessment.paper.codes import new_code
from centres.access import check_may
from centres.clock import database_now
from centres.ledger import action, record
from centres.models import Centre, Signature, User
from centres.refusals import ChangedSinceShown, Refusal, TransitionError
from centres.signatures import Proof, sign
from qualifications.models import Pathway, Unit
from qualifications.rules import listed
from quality.alignment_jobs import PAPER_TASK, TEMPLATE_VERSION
from quality.models import (
    Alignment,
    AlignmentCriterion,
    AlignmentPaper,
    AlignmentUnit,
    Coverage,
)
from quality.models.alignment import NAME_LIMIT, TEXT_LIMIT
from quality.queries.alignment_approvers import PERMISSION, approvers_of, with_approvers
from quality.queries.alignments import (
    PEOPLE,
    AlignmentWork,
    CriterionLine,
    UnitLine,
    alignable_pathways,
    alignment_manifest,
    alignment_sentence,
    alignment_work,
    suggested_coverage,
)

COVER = ("title", "overview", *PEOPLE)
OF_UNIT = ("coverage", "comment", "assessment_title")
LONG = frozenset({"overview", "comment"})
# How the page names the two texts of a criterion, before its number.
OF_CRITERION = {"strategies-": "learning_strategies", "evidence-": "assessment_evidence"}


@action
def start_alignment(*, actor: User, centre: Centre, pathway: Pathway, title: str) -> Alignment:
    """Begin the alignment of a programme with a pathway.

    Refuses (``Refusal``) a pathway that the centre is not approved to offer, and a programme
    without a title or with one that is too long.
    """
    check_may(actor, centre, "change_alignments")
    if not alignable_pathways(centre).filter(pk=pathway.pk).exists():
        raise Refusal(
            rule="A programme is aligned with a qualification that the centre is approved for.",
            remedy="Under Approvals, record the awarding body’s approval first.",
        )
    clean = _clean({"title": title})
    _check_titled(clean)
    alignment = Alignment.objects.create(
        centre=centre,
        pathway=pathway,
        title=clean["title"],
        drafted_by=actor,
        writers=[actor.pk],
    )
    _record_start(actor, alignment)
    return alignment


def save_cover(
    *,
    actor: User,
    centre: Centre,
    alignment: Alignment,
    typed: Mapping[str, str],
    base_revision: int,
) -> Saved:
    """Keep what was typed on the cover; ``typed`` goes by field, what it leaves out stays.

    Refuses (``TransitionError``) an approved alignment, and (``Refusal``) texts that are too long
    and a programme without a title. What was saved since ``base_revision`` is never overwritten:
    both texts are told (``DraftConflict``). Whoever changes something becomes one of the version's
    writers, who don't approve it. Drafts don't enter the ledger.
    """
    return _save_cover(
        actor=actor, centre=centre, alignment=alignment, typed=typed, base_revision=base_revision
    )


@action
def _save_cover(
    *,
    actor: User,
    centre: Centre,
    alignment: Alignment,
    typed: Mapping[str, str],
    base_revision: int,
) -> Saved:
    check_may(actor, centre, "change_alignments")
    held = _locked_draft(centre, alignment)
    clean = _clean({name: text for name, text in typed.items() if name in COVER})
    now = {name: getattr(held, name) for name in COVER}
    if all(now[name] == text for name, text in clean.items()):
        return Saved(held.revision, held.saved_at)
    if held.revision != base_revision:
        raise DraftConflict(now, held.revision, held.saved_at)
    _check_titled({**now, **clean})
    held.writers = _writers_with(actor, held)
    return _keep(held, clean)


def save_unit(
    *,
    actor: User,
    centre: Centre,
    alignment: Alignment,
    unit: Unit,
    typed: Mapping[str, str],
    base_revision: int,
) -> Saved:
    """Keep what was typed on a unit's page, its criteria among it, unfinished or not.

    ``typed`` goes by field: ``coverage``, ``comment``, ``assessment_title``, and for each
    criterion ``strategies-1.1`` and ``evidence-1.1``. Refuses (``Refusal``) a coverage of one's
    own without a comment, full coverage of one's own where no criterion says anything, and
    otherwise as ``save_cover`` does.
    """
    return _save_unit(
        actor=actor,
        centre=centre,
        alignment=alignment,
        unit=unit,
        typed=typed,
        base_revision=base_revision,
    )


@action
def _save_unit(
    *,
    actor: User,
    centre: Centre,
    alignment: Alignment,
    unit: Unit,
    typed: Mapping[str, str],
    base_revision: int,
) -> Saved:
    check_may(actor, centre, "change_alignments")
    held = _locked_draft(centre, alignment)
    line = alignment_work(centre, held).unit(unit.pk)
    if line is None:
        raise Refusal(
            rule=f"{unit.ref} is no unit of {held.pathway.code}.",
            remedy="Open the unit from the alignment.",
        )
    now = unit_texts(line)
    clean = _clean({name: text for name, text in typed.items() if name in now})
    changed = {name: text for name, text in clean.items() if now[name] != text}
    row = line.row
    if not changed:
        return Saved(row.revision, row.saved_at)
    if row.revision != base_revision:
        raise DraftConflict(now, row.revision, row.saved_at)
    _check_override(line, {**now, **changed})
    if actor.pk not in held.writers:
        held.writers = _writers_with(actor, held)
        held.save(update_fields=["writers"])
    _keep_criteria(held, line, changed)
    return _keep(row, {name: text for name, text in changed.items() if name in OF_UNIT})


@action
def approve_alignment(
    *, actor: User, centre: Centre, alignment: Alignment, shown_digest: str, proof: Proof
) -> Alignment:
    """Approve a draft by name: it never changes again, and its paper is made.

    Refuses (``TransitionError``) one that is approved already, (``ChangedSinceShown``) a change
    since it was shown, and (``Refusal``) whoever wrote in it, a cover without overview or
    Assessment Manager/QA, any unit without a title of assessment, and any that is covered in part
    or not at all: nothing rests on such an alignment.
    """
    check_may(actor, centre, PERMISSION)
    held = _locked_draft(centre, alignment)
    _check_another(actor, held)
    work = alignment_work(centre, held)
    manifest = alignment_manifest(work)
    if manifest.digest != shown_digest:
        raise ChangedSinceShown(
            rule="The draft has changed since it was shown to you, so nothing was approved.",
            remedy="Read what stands below, then approve that.",
        )
    _check_cover(work)
    _check_covered(work)
    _check_assessments(work)
    signature = sign(
        actor=actor,
        centre=centre,
        permission=PERMISSION,
        purpose=Signature.Purpose.ALIGNMENT,
        subject_kind=Alignment._meta.label_lower,
        subject_id=held.pk,
        sentence=alignment_sentence(work),
        manifest=manifest,
        shown_digest=shown_digest,
        proof=proof,
    )
    held.approved_by, held.approved_name = actor, signature.signer_name
    held.approved_at = signature.signed_at
    held.save(update_fields=["approved_by", "approved_name", "approved_at"])
    record(
        "alignment.approved",
        centre=centre,
        actor=actor,
        subject=held,
        pathway=str(held.pathway_id),
        version=held.version,
        digest=signature.digest,
    )
    _queue_paper(actor, held, signature)
    return held


@action
def start_next_version(*, actor: User, centre: Centre, alignment: Alignment) -> Alignment:
    """Begin the next version of an approved alignment, as a copy of all that it says.

    Refuses (``TransitionError``) a draft, and one whose next version was begun already.
    """
    check_may(actor, centre, "change_alignments")
    held: Alignment = (
        Alignment.objects.for_centre(centre)
        .select_related("pathway__specification__qualification")
        .get(pk=alignment.pk)
    )
    if held.approved_at is None:
        raise TransitionError(
            rule="This version is a draft still.", remedy="Change it as it stands."
        )
    copied = {name: getattr(held, name) for name in COVER}
    try:
        with transaction.atomic():
            made = Alignment.objects.create(
                centre=centre,
                pathway=held.pathway,
                version=held.version + 1,
                replaces=held,
                drafted_by=actor,
                writers=[actor.pk],
                **copied,
            )
    except IntegrityError as clash:
        raise TransitionError(
            rule="The next version was begun already.",
            remedy="Open it from the list and change it there.",
        ) from clash
    _copy_said(held, made)
    _record_start(actor, made)
    return made


@action
def discard_alignment(*, actor: User, centre: Centre, alignment: Alignment) -> None:
    """Take a draft away with all that it says; the version before it stands as it is.

    Refuses (``TransitionError``) an approved one.
    """
    check_may(actor, centre, "change_alignments")
    held = _locked_draft(centre, alignment)
    record(
        "alignment.discarded",
        centre=centre,
        actor=actor,
        subject=held,
        pathway=str(held.pathway_id),
        version=held.version,
    )
    for model in (AlignmentCriterion, AlignmentUnit):
        model.objects.for_centre(centre).filter(alignment=held).delete()
    held.delete()


def unit_texts(line: UnitLine) -> dict[str, str]:
    """What a unit's page holds, by the names of its fields."""
    texts = {name: str(getattr(line.row, name)) for name in OF_UNIT}
    for each in line.criteria:
        texts[f"strategies-{each.criterion.number}"] = each.strategies
        texts[f"evidence-{each.criterion.number}"] = each.evidence
    return texts


def _locked_draft(centre: Centre, alignment: Alignment) -> Alignment:
    held: Alignment = (
        Alignment.objects.for_centre(centre)
        .select_related("pathway__specification__qualification", "centre")
        .select_for_update(of=("self",))
        .get(pk=alignment.pk)
    )
    if held.approved_at:
        raise TransitionError(
            rule="This version is approved and never changes.",
            remedy="Begin the next version to change the alignment.",
        )
    return held


def _clean(typed: Mapping[str, str]) -> dict[str, str]:
    """The texts without outer blanks and with line feeds. Refuses what is too long."""
    clean = {name: text.replace("\r\n", "\n").strip() for name, text in typed.items()}
    for name, text in clean.items():
        limit = TEXT_LIMIT if name in LONG or "-" in name else NAME_LIMIT
        if len(text) > limit:
            raise Refusal(
                rule=f"This text has {len(text):,} characters; {limit:,} are the most.",
                remedy="Shorten it. Nothing typed is lost.",
            )
    if clean.get("coverage", "") not in ("", *Coverage.values):
        raise Refusal(
            rule="The coverage of a unit is none, partial or full.",
            remedy="Choose one of them, or leave it to the criteria.",
        )
    return clean


def _check_titled(texts: Mapping[str, str]) -> None:
    if not texts["title"]:
        raise Refusal(
            rule="An alignment names the programme that it is about.",
            remedy="Give the programme’s title.",
        )


def _check_override(line: UnitLine, texts: Mapping[str, str]) -> None:
    """``texts`` are all of the unit's, as they would be kept."""
    if texts["coverage"] and not texts["comment"]:
        raise Refusal(
            rule="A coverage that is set by hand needs a comment.",
            remedy="Say under Comment why it is not what the criteria suggest.",
        )
    after = [
        CriterionLine(
            each.criterion,
            texts[f"strategies-{each.criterion.number}"],
            texts[f"evidence-{each.criterion.number}"],
        )
        for each in line.criteria
    ]
    if texts["coverage"] == Coverage.FULL and suggested_coverage(after) == Coverage.NONE:
        raise Refusal(
            rule=f"No criterion of {line.unit.ref} says anything, so it can’t be set to full.",
            remedy="Fill in at least one criterion, or leave the coverage to the criteria.",
        )


def _check_another(actor: User, held: Alignment) -> None:
    row = with_approvers(Alignment.objects.for_centre(held.centre), held.centre).get(pk=held.pk)
    approvers = approvers_of(row)
    if approvers.has_written(actor):
        raise Refusal(
            rule="You wrote in this version, and an approval is a check on somebody else’s work.",
            remedy=approvers.remedy,
        )


def _check_cover(work: AlignmentWork) -> None:
    if not work.cover_gaps:
        return
    raise Refusal(
        rule="An approved alignment says what the programme is and who manages its assessment. "
        + " ".join(work.cover_gaps),
        remedy="Fill that in on the cover. The other names may stay open.",
    )


def _check_covered(work: AlignmentWork) -> None:
    if not work.short:
        return
    raise Refusal(
        rule="Nothing may rest on an alignment that covers a unit in part or not at all. "
        + " ".join(line.gap_sentence for line in work.short),
        remedy="Fill in what is missing; or, where evidence elsewhere covers it, set the unit’s "
        "coverage by hand with a comment.",
    )


def _check_assessments(work: AlignmentWork) -> None:
    untitled = [line.unit.ref for line in work.units if line.is_untitled]
    if untitled:
        raise Refusal(
            rule="An approved alignment says for each unit which assessment is externally "
            f"verified. There is no title of assessment yet for {listed(untitled)}.",
            remedy="Give it on the page of the unit.",
        )


def _writers_with(actor: User, held: Alignment) -> list[UUID]:
    return held.writers if actor.pk in held.writers else [*held.writers, actor.pk]


def _keep(row: Any, texts: Mapping[str, str]) -> Saved:
    for name, text in texts.items():
        setattr(row, name, text)
    row.revision += 1
    row.saved_at = timezone.now()
    row.save()
    return Saved(row.revision, row.saved_at)


def _keep_criteria(alignment: Alignment, line: UnitLine, changed: Mapping[str, str]) -> None:
    """One row for each criterion on which something changed."""
    fields: dict[UUID, dict[str, str]] = {}
    for each in line.criteria:
        for prefix, field in OF_CRITERION.items():
            name = f"{prefix}{each.criterion.number}"
            if name in changed:
                fields.setdefault(each.criterion.pk, {})[field] = changed[name]
    for criterion_id, texts in fields.items():
        AlignmentCriterion.objects.for_centre(alignment.centre).update_or_create(
            defaults=texts,
            create_defaults={**texts, "centre": alignment.centre},
            alignment=alignment,
            criterion_id=criterion_id,
        )


def _copy_said(old: Alignment, new: Alignment) -> None:
    """Criteria first: a unit's own coverage rests on them, and is left out where it can't."""
    criteria = AlignmentCriterion.objects.for_centre(old.centre).filter(alignment=old)
    said = list(criteria.select_related("criterion"))
    units = list(AlignmentUnit.objects.for_centre(old.centre).filter(alignment=old))
    filled = {
        row.criterion.unit_id
        for row in said
        if (row.learning_strategies + row.assessment_evidence).strip()
    }
    for unit in units:
        if unit.coverage == Coverage.FULL and unit.unit_id not in filled:
            unit.coverage = ""
    rows: tuple[tuple[Any, list[Any]], ...] = ((AlignmentCriterion, said), (AlignmentUnit, units))
    for model, copies in rows:
        for row in copies:
            row.pk, row.alignment = uuid4(), new
            row._state.adding = True
        model.objects.bulk_create(copies)


def _queue_paper(actor: User, alignment: Alignment, signature: Signature) -> None:
    """The paper's row, within the transaction that approves; the workers are told after it."""
    paper = AlignmentPaper.objects.create(
        centre=alignment.centre,
        alignment=alignment,
        template_version=TEMPLATE_VERSION,
        manifest=signature.manifest,
        manifest_digest=signature.digest,
        code=new_code(),
        queued_at=database_now(),
        signers=[signature.role],
    )
    record(
        "document.queued",
        centre=alignment.centre,
        actor=actor,
        subject=paper,
        **paper.about,
        template_version=TEMPLATE_VERSION,
        manifest=paper.manifest_digest,
    )
    send_after_commit(alignment.centre_id, [paper.pk], task=PAPER_TASK)


def _record_start(actor: User, alignment: Alignment) -> None:
    record(
        "alignment.started",
        centre=alignment.centre,
        actor=actor,
        subject=alignment,
        pathway=str(alignment.pathway_id),
        version=alignment.version,
    )
