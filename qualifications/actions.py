"""Writes specifications into the catalogue; a published one is never written again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Literal
from uuid import UUID

from django.db import IntegrityError, connections, transaction
from django.db.models import OuterRef, Q, QuerySet

from qualifications.catalogue_entries import SpecificationEntry, digest, first_difference
from qualifications.catalogue_file import CatalogueFaultsError, read_specification, shown_name
from qualifications.catalogue_text import written_yaml
from qualifications.draft_errors import (
    DraftError,
    DraftInUseError,
    PublishedError,
    StaleDraftError,
    VersionTakenError,
)
from qualifications.held_content import held_content
from qualifications.marked_yaml import Fault, Faults, Fields, Reading, Scalar
from qualifications.models import CODE_LENGTH, AwardingBody, Qualification, Specification
from qualifications.tree_writer import TREE, remove_tree, write_content

__all__ = [
    "TREE",
    "DraftError",
    "DraftInUseError",
    "Loaded",
    "PublishedError",
    "StaleDraftError",
    "VersionTakenError",
    "discard_draft",
    "load_specification",
    "load_specifications",
    "make_draft",
    "publish_draft",
    "revise_draft",
    "versions_in_sight",
]

State = Literal["loaded", "unchanged", "draft replaced"]


@dataclass(frozen=True)
class Loaded:
    """What became of one file."""

    file: str
    specification: Specification
    state: State
    units: int
    criteria: int

    def __str__(self) -> str:
        return (
            f"{self.file}: {self.specification.qualification.number}"
            f" version {self.specification.version}: {self.state},"
            f" {self.units} units, {self.criteria} criteria"
        )


def load_specification(
    source: Path | str, *, using: str = "owner", centre_id: UUID | None = None
) -> Loaded:
    """Load one file, or one text. Raises `CatalogueFaultsError`; see `load_specifications`."""
    return load_specifications([source], using=using, centre_id=centre_id)[0]


def load_specifications(
    sources: Sequence[Path | str], *, using: str = "owner", centre_id: UUID | None = None
) -> list[Loaded]:
    """Load files (paths) or texts, all of them or none, over the database alias `using`.

    Content that is held already is left alone, a draft that differs is replaced, and a file that
    names a publisher is published. Raises `CatalogueFaultsError` with every fault of every file,
    before anything is written; a published specification that differs is such a fault.
    """
    entries: list[tuple[str, SpecificationEntry]] = []
    faults: list[Fault] = []
    first_in: dict[tuple[str, str, str], str] = {}
    for source in sources:
        file = shown_name(source) if isinstance(source, Path) else "text"
        try:
            entry = read_specification(source)
        except CatalogueFaultsError as refused:
            faults.extend(refused.faults)
            continue
        key = (entry.awarding_body_code, entry.number, entry.version)
        if key in first_in:
            faults.append(_fault(file, entry, f"{first_in[key]} holds it too", "Keep one of them"))
        first_in[key] = file
        entries.append((file, entry))
    if faults:
        raise CatalogueFaultsError(faults)
    with transaction.atomic(using=using):
        _wait_for_other_loads(using)
        loaded = []
        for file, entry in entries:
            try:
                loaded.append(_load(file, entry, using, centre_id))
            except CatalogueFaultsError as refused:
                faults.extend(refused.faults)
        if faults:
            raise CatalogueFaultsError(faults)
    return loaded


def _wait_for_other_loads(using: str) -> None:
    """Two containers that start together load one after the other, until their transactions end."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('qualifications.load'))")


def _fault(file: str, entry: SpecificationEntry, rule: str, remedy: str) -> Fault:
    return Fault(file, 1, entry.label, rule, remedy)


def _load(file: str, entry: SpecificationEntry, using: str, centre_id: UUID | None) -> Loaded:
    def loaded(specification: Specification, state: State) -> Loaded:
        criteria = sum(len(unit.criteria) for unit in entry.units)
        return Loaded(file, specification, state, len(entry.units), criteria)

    qualification = _qualification(file, entry, using, centre_id)
    held = (
        Specification.objects.using(using)
        .select_for_update()
        .filter(qualification=qualification, version=entry.version, centre_id=centre_id)
        .first()
    )
    if held and held.digest == digest(entry):
        return loaded(held, "unchanged")
    if held and held.is_published:
        difference = first_difference(held_content(held, using=using), entry)
        raise _refusal(
            file,
            entry,
            "this version is published, and the file differs from it:"
            f" {difference or 'the digest that was published is another'}",
            "A published version is frozen: give the correction a new version label",
        )
    specification = held or Specification(qualification=qualification, centre_id=centre_id)
    try:
        write_content(specification, entry, using=using)
    except DraftInUseError as refused:
        raise _refusal(file, entry, refused.rule, refused.remedy) from None
    if entry.published:
        published_at = datetime.combine(entry.published, time(), UTC)
        _publish(specification, published_at, entry.published_by, using)
    return loaded(specification, "draft replaced" if held else "loaded")


def _publish(specification: Specification, published_at: datetime, name: str, using: str) -> None:
    """Last of all writes, because from here on the tree is frozen."""
    specification.published_at = published_at
    specification.published_by = name
    specification.save(using=using, update_fields=["published_at", "published_by", "digest"])


def _qualification(
    file: str, entry: SpecificationEntry, using: str, centre_id: UUID | None
) -> Qualification:
    body, _ = AwardingBody.objects.using(using).get_or_create(
        code=entry.awarding_body_code, defaults={"name": entry.awarding_body_name}
    )
    held, _ = Qualification.objects.using(using).get_or_create(
        awarding_body=body,
        number=entry.number,
        centre_id=centre_id,
        defaults={"title": entry.title, "level": entry.level},
    )
    if renamed := _renaming(held, entry, "the file"):
        raise _refusal(file, entry, *renamed)
    return held


def _renaming(
    held: Qualification, entry: SpecificationEntry, source: str
) -> tuple[str, str] | None:
    """Rule and remedy where the entry calls the qualification by another name, if it does."""
    offered = (
        ("the code of the awarding body", held.awarding_body.code, entry.awarding_body_code),
        ("the name of the awarding body", held.awarding_body.name, entry.awarding_body_name),
        ("the number of the qualification", held.number, entry.number),
        ("the title of the qualification", held.title, entry.title),
        ("the level of the qualification", held.level, entry.level),
    )
    for what, old, new in offered:
        if old != new:
            return (
                f'{what} is "{old}" in the catalogue, "{new}" in {source}',
                "It is the same for every version: write it as it is held",
            )
    return None


def _refusal(file: str, entry: SpecificationEntry, rule: str, remedy: str) -> CatalogueFaultsError:
    return CatalogueFaultsError([_fault(file, entry, rule, remedy)])


def make_draft(
    *,
    specification: Specification,
    version: str,
    using: str = "default",
    centre_id: UUID | None = None,
) -> Specification:
    """Copy a version's content into a draft under a new version label.

    The draft is shared, or `centre_id`'s own, which takes no label of a shared version either.
    Writes within `platform_context` or within that centre's context. Raises `VersionTakenError`,
    and `CatalogueFaultsError` for a label that cannot be one.
    """
    label = _checked_label(version)
    content = held_content(specification, using=using)
    entry = replace(content, version=label, published=None, published_by="")
    draft = Specification(
        qualification_id=specification.qualification_id,
        centre_id=centre_id,
        based_on_id=specification.pk,
    )
    with transaction.atomic(using=using):
        _refuse_taken_label(draft, label, using)
        try:
            with transaction.atomic(using=using):
                write_content(draft, entry, using=using)
        except IntegrityError:
            # Somebody else's draft came between the look and the write.
            _refuse_taken_label(draft, label, using)
            raise
    return draft


def revise_draft(
    *,
    specification: Specification,
    entry: SpecificationEntry,
    expected_digest: str,
    using: str = "default",
) -> Specification:
    """Give a draft the content of `entry`; the row keeps its id, its tree is written anew.

    `expected_digest` is that of the content which the person was shown: of two people who revise
    at once, the second is refused. The entry is held against every rule of a file. Raises
    `PublishedError`, `StaleDraftError`, `VersionTakenError`, `DraftInUseError` and
    `CatalogueFaultsError`, whose lines are those of `written_yaml(entry)`.
    """
    offered = written_yaml(replace(entry, published=None, published_by=""))
    sound = read_specification(offered, name="draft")
    with transaction.atomic(using=using):
        held = _locked_draft(specification, expected_digest, using)
        if renamed := _renaming(held.qualification, sound, "the draft"):
            raise _refusal("draft", sound, *renamed)
        if sound.version != held.version:
            _refuse_taken_label(held, sound.version, using)
        write_content(held, sound, using=using)
    return held


def publish_draft(
    *,
    specification: Specification,
    name: str,
    expected_digest: str,
    using: str = "default",
) -> Specification:
    """Freeze a draft, from now on, as published by the person of this name.

    Raises `PublishedError`, `VersionTakenError`, `StaleDraftError` where the draft is no longer
    what the person was shown, and `CatalogueFaultsError` where it breaks a rule of a file or the
    name is empty.
    """
    with transaction.atomic(using=using):
        held = _locked_draft(specification, expected_digest, using)
        if held.centre_id is not None:
            # A shared version may have come under the draft's label since the draft was made.
            _refuse_taken_label(held, held.version, using, "Give the draft another label first")
        now = datetime.now(UTC)
        content = held_content(held, using=using)
        offered = replace(content, published=now.date(), published_by=name)
        sound = read_specification(written_yaml(offered), name="draft")
        held.digest = digest(sound)
        _publish(held, now, sound.published_by, using)
    return held


def discard_draft(*, specification: Specification, using: str = "default") -> None:
    """Take a draft out of the catalogue.

    Raises `PublishedError`, `DraftInUseError`, and `StaleDraftError` where it is gone already.
    """
    with transaction.atomic(using=using):
        held = _locked_draft(specification, None, using)
        remove_tree(held, using=using)
        held.delete(using=using)


def _locked_draft(
    specification: Specification, expected_digest: str | None, using: str
) -> Specification:
    """The draft's row, locked, so that of two people the second sees what the first has done."""
    held = (
        Specification.objects.using(using)
        .select_for_update(of=("self",))
        .select_related("qualification__awarding_body")
        .filter(pk=specification.pk)
        .first()
    )
    if held is None:
        raise StaleDraftError(
            f"the draft of version {specification.version} is no longer there",
            "Start again from the versions of the qualification",
        )
    if held.is_published:
        raise PublishedError(held.version)
    if expected_digest is not None and held.digest != expected_digest:
        raise StaleDraftError(
            f"the draft of version {held.version} was changed by somebody else meanwhile",
            "Look at it as it is now, and make your change again",
        )
    return held


def _checked_label(version: str) -> str:
    """The label as a file may give it. Raises `CatalogueFaultsError`."""
    faults = Faults("draft")
    given = Fields(1, {"version": Scalar(1, version, "text")}, {"version": 1})
    label = Reading(given, "", faults).text("version", longest=CODE_LENGTH)
    if faults.found:
        raise CatalogueFaultsError(faults.found)
    return label


def versions_in_sight(
    qualification_id: UUID | OuterRef, centre_id: UUID | None
) -> QuerySet[Specification]:
    """Beside which versions a label has to be told apart: of the platform, the shared ones; of a
    centre, its own and those that are published for all."""
    rows = Specification.objects.filter(qualification=qualification_id)
    if centre_id is None:
        return rows.filter(centre_id=None)
    return rows.filter(Q(centre_id=centre_id) | Q(centre_id=None, published_at__isnull=False))


def _refuse_taken_label(
    draft: Specification, label: str, using: str, remedy: str = "Choose another label"
) -> None:
    taken = versions_in_sight(draft.qualification_id, draft.centre_id).using(using)
    if taken.filter(version__iexact=label).exclude(pk=draft.pk).exists():
        raise VersionTakenError(f"the qualification has a version {label} already", remedy)
