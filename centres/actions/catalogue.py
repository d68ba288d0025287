"""The shared catalogue, kept by the platform's own staff and recorded in the platform's chain.

A draft is made, changed, published by a named person, or discarded; what is published is frozen.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.core.exceptions import PermissionDenied

from centres.access import check_platform_staff
from centres.clock import database_now
from centres.ledger import action, record
from centres.models import User
from centres.refusals import ChangedSinceShown, Refusal, TransitionError
from centres.signatures import FRESH, Proof
from qualifications.actions import (
    DraftError,
    PublishedError,
    StaleDraftError,
    VersionTakenError,
    discard_draft,
    load_specification,
    make_draft,
    publish_draft,
    revise_draft,
)
from qualifications.catalogue_edits import as_draft
from qualifications.catalogue_entries import SpecificationEntry
from qualifications.catalogue_file import CatalogueFaultsError, read_specification
from qualifications.catalogue_text import written_yaml
from qualifications.held_content import held_content
from qualifications.marked_yaml import Fault
from qualifications.models import AwardingBody, Specification
from qualifications.platform import platform_context


@action
def draft_specification(
    *, actor: User, specification: Specification, version: str
) -> Specification:
    """Make a draft under a new version label from a published version.

    Refuses a label that is held already and a version that is no published one.
    """
    check_platform_staff(actor)
    _check_shared(specification)
    if not specification.is_published:
        raise TransitionError(
            rule="A draft is made from a published version.",
            remedy="Change this draft itself, or make one from the version before it.",
        )
    with _written_by_platform():
        draft = make_draft(specification=specification, version=version)
    record(
        "specification.drafted",
        centre=None,
        actor=actor,
        subject=draft,
        based_on=str(specification.pk),
        base_digest=specification.digest,
        digest=draft.digest,
    )
    return draft


@action
def revise_specification(
    *,
    actor: User,
    specification: Specification,
    change: Callable[[SpecificationEntry], SpecificationEntry],
) -> Specification:
    """Give a draft what ``change`` makes of its content.

    It is handed the content as it is once nobody else can change it, so that of two people who
    change different parts at once neither loses anything; whether its own part is still as it was
    shown is for it to refuse. What is so already changes nothing and leaves no event. Refuses a
    published version, a draft that is gone, and a label that is held already; raises
    ``CatalogueFaultsError`` with every rule that the content would break.
    """
    check_platform_staff(actor)
    _check_shared(specification)
    with _written_by_platform():
        held = _locked(specification)
        if held is None:
            raise StaleDraftError(
                f"the draft of version {specification.version} is no longer there",
                "Start again from the versions of the qualification",
            )
        if held.is_published:
            raise PublishedError(held.version)
        before = held.digest
        revised = revise_draft(
            specification=held, entry=change(held_content(held)), expected_digest=before
        )
    if revised.digest != before:
        record(
            "specification.revised",
            centre=None,
            actor=actor,
            subject=revised,
            digest_before=before,
            digest=revised.digest,
        )
    return revised


@action
def publish_specification(
    *, actor: User, specification: Specification, shown_digest: str, proof: Proof
) -> Specification:
    """Publish a draft, in the actor's name, as it was shown to them; from now on it is frozen.

    Refuses a proof of identity older than five minutes, an actor without a name, a version that
    is published already, and content that changed since it was shown.
    """
    check_platform_staff(actor)
    _check_shared(specification)
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
    with _written_by_platform():
        published = publish_draft(
            specification=specification, name=actor.full_name, expected_digest=shown_digest
        )
    based_on = published.based_on_id
    record(
        "specification.published",
        centre=None,
        actor=actor,
        subject=published,
        based_on=str(based_on) if based_on else None,
        shown_digest=shown_digest,
        digest=published.digest,
        method=proof.method,
    )
    return published


@action
def discard_specification(
    *, actor: User, specification: Specification, expected_digest: str
) -> None:
    """Take a draft out of the catalogue. Its content is gone; that it was there stays recorded.

    Refuses a published version, content that changed since it was shown, and a draft in use.
    """
    check_platform_staff(actor)
    _check_shared(specification)
    with _written_by_platform():
        _check_as_shown(specification, expected_digest)
        record(
            "specification.discarded",
            centre=None,
            actor=actor,
            subject=specification,
            digest=expected_digest,
        )
        discard_draft(specification=specification)


@action
def import_specification(*, actor: User, text: str, name: str, version: str = "") -> Specification:
    """Read a specification file's text in as a draft, under ``version`` where one is given.

    A publisher that it names is left out: who publishes it is a person of the platform's staff.
    Raises ``CatalogueFaultsError`` with every fault, and then nothing is written.
    """
    check_platform_staff(actor)
    entry = as_draft(read_specification(text, name=name), version)
    known = AwardingBody.objects.filter(code=entry.awarding_body_code)
    if not known.exists():
        raise _one_fault(
            name,
            _line_of(text, "awarding_body"),
            "awarding_body",
            f'there is no awarding body "{entry.awarding_body_code}" in the catalogue',
            "Have it entered by whoever runs the server, or correct its code",
        )
    label = Fault(
        name,
        _line_of(text, "version"),
        entry.label,
        f"version {entry.version} is in the catalogue already",
        "Give a version label of its own, here or in the file",
    )
    versions = Specification.objects.filter(
        centre_id=None,
        qualification__awarding_body__code=entry.awarding_body_code,
        qualification__number=entry.number,
    )
    if versions.filter(version=entry.version).exists():
        raise CatalogueFaultsError([label])
    base = versions.filter(published_at__isnull=False).order_by("-published_at").first()
    try:
        with _written_by_platform():
            loaded = load_specification(written_yaml(entry), using="default")
            if loaded.state != "loaded":  # somebody else was faster
                raise CatalogueFaultsError([label])
            draft = loaded.specification
            if base:
                draft.based_on = base
                draft.save(update_fields=["based_on"])
    except CatalogueFaultsError as refused:
        raise CatalogueFaultsError(
            [replace(fault, file=name) for fault in refused.faults]
        ) from refused
    record(
        "specification.imported",
        centre=None,
        actor=actor,
        subject=draft,
        based_on=str(base.pk) if base else None,
        digest=draft.digest,
    )
    return draft


def _check_shared(specification: Specification) -> None:
    """What a centre wrote itself is none of the platform's business."""
    if specification.centre_id is not None:
        raise PermissionDenied("a specification of a centre is that centre's own")


def _locked(specification: Specification) -> Specification | None:
    """The version's row as it is now, kept from others until the action ends; if it is there."""
    return Specification.objects.select_for_update().filter(pk=specification.pk).first()


def _check_as_shown(specification: Specification, expected_digest: str) -> None:
    """Before anything else, so that a fault is never about what somebody else has typed."""
    held = _locked(specification)
    if held and not held.is_published and held.digest != expected_digest:
        raise ChangedSinceShown(
            rule="Somebody else changed this draft after you opened the page.",
            remedy="Compare the two, then save what should stand.",
        )


@contextmanager
def _written_by_platform() -> Iterator[None]:
    """Leave to write shared rows; what the catalogue refuses becomes a refusal of an action."""
    try:
        with platform_context():
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


def _one_fault(file: str, line: int, place: str, rule: str, remedy: str) -> CatalogueFaultsError:
    return CatalogueFaultsError([Fault(file, line, place, rule, remedy)])


def _line_of(text: str, field: str) -> int:
    """The line on which a field of the top level stands; the first where it can't be told."""
    lines = text.splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.startswith(field)), 1)
