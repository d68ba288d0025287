"""From an awarding body's handbook to a version of the centre's own, each step by a named person.

The file is read by a worker; people answer for its doubtful readings, make a draft of it on the
frame of a version that is known, put the draft right and publish it. The centre alone sees it.
"""

import datetime
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from centres.access import check_may
from centres.clock import database_now
from centres.ledger import action, record
from centres.models import Centre, User
from centres.refusals import ChangedSinceShown, Refusal, TransitionError
from centres.signatures import FRESH, Proof
from portfolios.files import remove_file, store_upload
from qualifications.actions import (
    DraftError,
    PublishedError,
    StaleDraftError,
    VersionTakenError,
    discard_draft,
    make_draft,
    publish_draft,
    revise_draft,
)
from qualifications.catalogue import specifications_for
from qualifications.catalogue_entries import SpecificationEntry
from qualifications.handbook.corrections import correction_told, standing_texts, with_correction
from qualifications.handbook.entry import drafted, shared_refs
from qualifications.handbook.kept import from_kept
from qualifications.held_content import held_content
from qualifications.models import Specification
from quality.handbook_files import HANDBOOK
from quality.handbook_jobs import add_warnings, send_after_commit
from quality.models import HandbookImport, HandbookWarning

MAY = "import_handbook"
State = HandbookImport.State
Resolution = HandbookWarning.Resolution
NOTE_LIMIT = 500  # characters of a note


@action
def import_handbook(*, actor: User, centre: Centre, upload: "UploadedFile[Any]") -> HandbookImport:
    """Keep a handbook's file and queue its reading.

    Refuses what ``store_upload`` refuses, and so every kind but Word, PDF and text; then there is
    neither a row nor a file.
    """
    check_may(actor, centre, MAY)
    stored = store_upload(actor=actor, centre=centre, upload=upload, permission=MAY, use=HANDBOOK)
    try:
        made = HandbookImport.objects.create(
            centre=centre,
            file=stored,
            name=stored.name[:200],
            progress="Waiting for a worker",
            asked_by=actor,
            queued_at=database_now(),
        )
        record(
            "handbook.imported",
            centre=centre,
            actor=actor,
            subject=made,
            file=stored.sha256,
            size=stored.size,
        )
    except BaseException:
        remove_file(stored)
        raise
    send_after_commit(centre.pk, [made.pk])
    return made


@action
def answer_warnings(
    *,
    actor: User,
    centre: Centre,
    handbook: HandbookImport,
    warnings: Collection[uuid.UUID],
    resolution: str,
    note: str = "",
    seen: datetime.datetime | None = None,
) -> int:
    """Accept doubtful readings as they were taken, or say how they were corrected in the draft.

    Of several, those that have an answer keep it; one alone is answered anew, until the draft is
    published. ``seen`` is the time of the newest answer that the person was shown: one that
    somebody else has given since is not overwritten unread. Returns how many were answered.
    Refuses an unknown answer, no reading at all, several that are all answered, a note that is
    too long, and a correction without a note or before there is a draft to correct.
    """
    check_may(actor, centre, MAY)
    held = _under_review(centre, handbook)
    note = " ".join(note.split())
    _check_answer(held, warnings, resolution, note)
    rows = HandbookWarning.objects.for_centre(centre).filter(handbook=held, pk__in=warnings)
    if rows.count() != len(set(warnings)):
        raise Refusal(
            rule="A reading that you ticked is not one of this handbook.",
            remedy="Open the page again.",
        )
    if len(set(warnings)) > 1:
        rows = rows.filter(resolution="")
    else:
        _check_seen(rows.select_related("resolved_by").get(), actor, seen)
    positions = sorted(rows.values_list("position", flat=True))
    if not positions:
        raise Refusal(
            rule="Each of these readings has an answer already, and answers given stay.",
            remedy="Change an answer by ticking that reading alone.",
        )
    rows.update(resolution=resolution, note=note, resolved_by=actor, resolved_at=database_now())
    record(
        "handbook.answered",
        centre=centre,
        actor=actor,
        subject=held,
        warnings=positions,
        resolution=resolution,
        note=note,
    )
    return len(positions)


@action
def draft_handbook(
    *, actor: User, centre: Centre, handbook: HandbookImport, known: Specification, version: str
) -> Specification:
    """Make a draft of the centre's own: the handbook's wording on the frame of a known version.

    Where the two don't fit, further doubtful readings are added to those to be answered for.
    Refuses a second draft, a version that the centre can't see or that shares no unit with the
    handbook, and a label that is held; raises ``CatalogueFaultsError`` with every rule that the
    content breaks.
    """
    check_may(actor, centre, MAY)
    held = _under_review(centre, handbook)
    if held.specification_id is not None:
        raise TransitionError(
            rule="There is a draft of this handbook already.",
            remedy="Change that draft, or give the import up and import the handbook again.",
        )
    base = specifications_for(centre.pk).get(pk=known.pk)
    read, content = from_kept(held.result), held_content(base)
    if not shared_refs(read, [unit.ref for unit in content.units]):
        raise no_match()
    made = drafted(read, content, version=version)
    with _catalogue_refusals():
        draft = make_draft(specification=base, version=version, centre_id=centre.pk)
        draft = revise_draft(specification=draft, entry=made.entry, expected_digest=draft.digest)
    held.specification = draft
    held.save(update_fields=["specification"])
    add_warnings(centre, held, read, made.doubts)
    record(
        "handbook.drafted",
        centre=centre,
        actor=actor,
        subject=held,
        specification=str(draft.pk),
        based_on=str(base.pk),
        version=version,
        digest=draft.digest,
        warnings=len(made.doubts),
    )
    return draft


def no_match() -> Refusal:
    """Why a handbook can't become a version: there is nothing known to stand on."""
    return Refusal(
        rule="No version in your catalogue has the units of this handbook, so its rules, result"
        " sheets, mark sheets and pathways are missing.",
        remedy="Ask whoever runs the site to enter the qualification; until then export what was"
        " read.",
    )


@action
def revise_handbook(
    *,
    actor: User,
    centre: Centre,
    handbook: HandbookImport,
    entry: SpecificationEntry,
    expected_digest: str,
) -> Specification:
    """Make ``entry`` the content of the draft that was shown with that digest.

    Refuses content that changed since it was shown; raises ``CatalogueFaultsError``.
    """
    check_may(actor, centre, MAY)
    held = _under_review(centre, handbook)
    draft = _draft_of(centre, held)
    with _catalogue_refusals():
        revised = revise_draft(specification=draft, entry=entry, expected_digest=expected_digest)
    if revised.digest != expected_digest:
        record(
            "handbook.revised",
            centre=centre,
            actor=actor,
            subject=held,
            specification=str(revised.pk),
            digest_before=expected_digest,
            digest=revised.digest,
        )
    return revised


@action
def take_correction(
    *,
    actor: User,
    centre: Centre,
    handbook: HandbookImport,
    warning: HandbookWarning,
    entry: SpecificationEntry,
    used: str,
    expected_digest: str,
    seen: datetime.datetime | None = None,
) -> Specification:
    """Claim the known version's correction that a doubt offers, in ``entry``, which has it applied.

    What is printed stays beside it, ``used`` says in short what is used instead; the doubt is
    answered, with ``seen`` as in ``answer_warnings``. Refuses a doubt that offers none, an entry
    that still has the printed words, no ``used``, and content that changed since it was shown;
    raises ``CatalogueFaultsError``.
    """
    check_may(actor, centre, MAY)
    held = _under_review(centre, handbook)
    row = HandbookWarning.objects.for_centre(centre).get(handbook=held, pk=warning.pk)
    base = _draft_of(centre, held).based_on
    taken = correction_told(row.why, held_content(base)) if base else None
    if taken is None:
        raise Refusal(
            rule="No version that is known corrects this reading.",
            remedy="Correct the draft, then say what was corrected.",
        )
    used = " ".join(used.split())
    if not used:
        raise Refusal(
            rule="A correction says what is used instead of the printed words.",
            remedy="Write it in a few words.",
        )
    if standing_texts(taken, entry):
        raise Refusal(
            rule=f"The text still has the words that are put right: “{taken.raw}”.",
            remedy="Change them in each text that has them. To leave them as printed, go back and"
            " accept the reading: then no correction is claimed.",
        )
    revised = revise_handbook(
        actor=actor,
        centre=centre,
        handbook=held,
        entry=with_correction(entry, replace(taken, used=used)),
        expected_digest=expected_digest,
    )
    answer_warnings(
        actor=actor,
        centre=centre,
        handbook=held,
        warnings=[row.pk],
        resolution=Resolution.CORRECTED,
        note=f"The known version’s correction is taken: {taken.field}"[:NOTE_LIMIT],
        seen=seen,
    )
    return revised


def closed_since(held: HandbookImport) -> TransitionError:
    """Why nothing more is saved in the draft of a closed import: who closed it, and when."""
    at = f"{timezone.localtime(held.closed_at):%-d %b %Y, %H:%M}" if held.closed_at else ""
    if held.state == State.PUBLISHED:
        return TransitionError(
            rule=f"{held.closed_by} published this version on {at}, and a published version never"
            " changes.",
            remedy="Copy what you typed. A correction is a new version: import the handbook again,"
            " and make a draft that stands on this one.",
        )
    return TransitionError(
        rule=f"{held.closed_by} gave this import up on {at}, and its draft went with it.",
        remedy="Copy what you typed. To go on, import the handbook again and make a draft.",
    )


@action
def publish_handbook(
    *, actor: User, centre: Centre, handbook: HandbookImport, shown_digest: str, proof: Proof
) -> Specification:
    """Publish the draft as a version that this centre alone sees, in the actor's name.

    Refuses while a doubtful reading is open, a proof older than five minutes, an actor without a
    name, and content that changed since it was shown.
    """
    check_may(actor, centre, MAY)
    held = _under_review(centre, handbook)
    draft = _draft_of(centre, held)
    _check_answered(centre, held)
    now = database_now()
    if not (now - FRESH <= proof.at <= now):
        raise Refusal(
            rule="Publishing needs a proof that it is you, not older than five minutes.",
            remedy="Give your password again.",
        )
    if not actor.full_name.strip():
        raise Refusal(
            rule="A version is published by a named person, and your login has no name.",
            remedy="Have your name entered first.",
        )
    with _catalogue_refusals():
        published = publish_draft(
            specification=draft, name=actor.full_name, expected_digest=shown_digest
        )
    held.state, held.closed_by, held.closed_at = State.PUBLISHED, actor, now
    held.save(update_fields=["state", "closed_by", "closed_at"])
    record(
        "handbook.published",
        centre=centre,
        actor=actor,
        subject=held,
        specification=str(published.pk),
        version=published.version,
        shown_digest=shown_digest,
        digest=published.digest,
        method=proof.method,
    )
    return published


@action
def discard_handbook(*, actor: User, centre: Centre, handbook: HandbookImport) -> None:
    """Give an import up: its draft goes, what was read stays on record.

    Refuses one that is published, refused or given up already.
    """
    check_may(actor, centre, MAY)
    held = _locked(centre, handbook)
    if held.state not in (State.QUEUED, State.READING, State.READ):
        raise TransitionError(
            rule=f"This import is closed: {held.get_state_display().lower()}.",
            remedy="Nothing needs doing.",
        )
    draft = _draft_of(centre, held) if held.specification_id else None
    held.specification, held.token, held.lease_until, held.progress = None, None, None, ""
    held.state, held.closed_by, held.closed_at = State.DISCARDED, actor, database_now()
    held.save()
    if draft is not None:
        with _catalogue_refusals():
            discard_draft(specification=draft)
    record(
        "handbook.discarded",
        centre=centre,
        actor=actor,
        subject=held,
        digest=draft.digest if draft else None,
    )


@action
def clear_handbook(*, actor: User, centre: Centre, handbook: HandbookImport) -> None:
    """Take an import that could not be read, or was given up, out of the list; it stays on record.

    Refuses any other, and one that is taken out already.
    """
    check_may(actor, centre, MAY)
    held = _locked(centre, handbook)
    if not held.can_be_cleared:
        raise TransitionError(
            rule="Only an import that could not be read, or was given up, is taken out of the list,"
            " once.",
            remedy="Open it to see how it stands.",
        )
    held.cleared_at = database_now()
    held.save(update_fields=["cleared_at"])
    record("handbook.cleared", centre=centre, actor=actor, subject=held)


def _locked(centre: Centre, handbook: HandbookImport) -> HandbookImport:
    rows = HandbookImport.objects.for_centre(centre).select_for_update(of=("self",))
    held: HandbookImport = rows.get(pk=handbook.pk)
    return held


def _under_review(centre: Centre, handbook: HandbookImport) -> HandbookImport:
    held = _locked(centre, handbook)
    if held.state != State.READ:
        raise TransitionError(
            rule=f"This import is not under review: {held.get_state_display().lower()}.",
            remedy="Open it to see how it stands.",
        )
    return held


def _draft_of(centre: Centre, held: HandbookImport) -> Specification:
    own = Specification.objects.filter(centre_id=centre.pk)
    draft = own.filter(pk__in=[held.specification_id]).first()
    if draft is None:
        raise TransitionError(
            rule="There is no draft of this handbook yet.", remedy="Make the draft first."
        )
    return draft


def _check_answer(
    held: HandbookImport, warnings: Collection[uuid.UUID], resolution: str, note: str
) -> None:
    if resolution not in Resolution.values or not warnings:
        raise Refusal(
            rule="An answer is for one doubtful reading or more: accepted, or corrected.",
            remedy="Tick the readings, then press the button below them that says what you have"
            " done.",
        )
    if len(note) > NOTE_LIMIT:
        raise Refusal(
            rule=f"This note has {len(note):,} characters; {NOTE_LIMIT} are the most.",
            remedy="Shorten it, then answer: nothing typed is lost.",
        )
    if resolution == Resolution.CORRECTED and not note:
        raise Refusal(
            rule="A correction says what was put right.",
            remedy="Write a note, such as the number that the handbook prints.",
        )
    if resolution == Resolution.CORRECTED and held.specification_id is None:
        raise TransitionError(
            rule="There is no draft yet in which a reading could be corrected.",
            remedy="Make the draft first, and correct it there.",
        )


def _check_seen(row: HandbookWarning, actor: User, seen: datetime.datetime | None) -> None:
    """Whoever answers a reading anew has read the answer that somebody else gave."""
    if row.resolved_at is None or row.resolved_by in (None, actor):
        return
    if seen is None or row.resolved_at > seen:
        at = timezone.localtime(row.resolved_at)
        said = ": ".join(filter(None, (row.get_resolution_display().lower(), row.note)))
        raise ChangedSinceShown(
            rule=f"{row.resolved_by} answered reading {row.position} on {at:%-d %b %Y, %H:%M},"
            f" after your page was opened: {said.removesuffix('.')}.",
            remedy="Read that answer, then answer again if yours should stand.",
        )


def _check_answered(centre: Centre, held: HandbookImport) -> None:
    rows = HandbookWarning.objects.for_centre(centre).filter(handbook=held)
    if waiting := rows.filter(resolution="").count():
        raise TransitionError(
            rule=f"{waiting} doubtful reading{'' if waiting == 1 else 's'} of this handbook"
            f" {'is' if waiting == 1 else 'are'} not answered for.",
            remedy="Accept each, or correct it in the draft and say so.",
        )


@contextmanager
def _catalogue_refusals() -> Iterator[None]:
    """What the catalogue refuses becomes a refusal of an action."""
    try:
        yield
    except DraftError as refused:
        rule = f"{refused.rule[0].upper()}{refused.rule[1:]}."
        kinds: dict[type[DraftError], type[Refusal]] = {
            StaleDraftError: ChangedSinceShown,
            VersionTakenError: Refusal,
            PublishedError: TransitionError,
        }
        kind = kinds.get(type(refused), TransitionError)
        raise kind(rule=rule, remedy=f"{refused.remedy}.") from refused
