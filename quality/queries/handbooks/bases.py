"""The versions that a draft can stand on, and what it would change of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import Lower

from centres.models import Centre
from qualifications.actions import versions_in_sight
from qualifications.catalogue import newest_first, specifications_for
from qualifications.catalogue_entries import SpecificationEntry
from qualifications.catalogue_file import CatalogueFaultsError, read_specification
from qualifications.catalogue_text import written_yaml
from qualifications.differences import Kind, Part, SpecificationDifferences, shown
from qualifications.differences import differences as differences_of
from qualifications.handbook.content import Handbook
from qualifications.handbook.entry import Drafted, drafted, shared_refs
from qualifications.handbook.kept import from_kept
from qualifications.held_content import held_content, held_contents
from qualifications.marked_yaml import Fault
from qualifications.models import Specification
from qualifications.models import Unit as UnitRow
from qualifications.queries import grouped
from quality.models import HandbookImport


@dataclass(frozen=True)
class Candidate:
    """A version that has units of the handbook; ``taken`` are the labels that no other version of
    its qualification may bear in this centre, in small letters."""

    specification: Specification
    shared: int
    units: int
    taken: frozenset[str]

    @property
    def is_own(self) -> bool:
        return self.specification.centre_id is not None

    def free_label(self, centre: Centre) -> str:
        """A label for a version of the centre's own that stands on this one: ``2.0 Alder``, with a
        number after it where that is taken, as on one that bears the centre's name already."""
        word = next((word for word in centre.name.split() if len(word) > len("the")), centre.name)
        name = word[:12]
        shared = re.sub(rf"(?i) {re.escape(name)}(?: \d+)?$", "", self.specification.version)
        stem = f"{shared[:20]} {name}"
        tries = (stem, *(f"{stem} {number}" for number in range(2, len(self.taken) + 3)))
        return next(label for label in tries if label.lower() not in self.taken)


def candidates(centre: Centre, handbook: Handbook) -> tuple[Candidate, ...]:
    """The versions that the handbook can stand on: most units first, own and newest before."""
    labels = versions_in_sight(OuterRef("qualification"), centre.pk).order_by()
    newest = newest_first(specifications_for(centre.pk)).annotate(
        labels=ArraySubquery(labels.values(label=Lower("version")))
    )
    refs = grouped(
        UnitRow.objects.filter(specification__in=newest.values("pk")), "specification_id"
    )
    found = [
        Candidate(
            row,
            len(shared_refs(handbook, [u.ref for u in refs[row.pk]])),
            len(refs[row.pk]),
            frozenset(row.labels),
        )
        for row in newest
    ]
    fitting = [one for one in found if one.shared]
    return tuple(sorted(fitting, key=lambda one: (-one.shared, not one.is_own)))


def last_own(centre: Centre, held: HandbookImport) -> Specification | None:
    """The version of its own that the centre published last, of the draft's qualification."""
    if held.specification is None:
        return None
    version = held.specification
    own = specifications_for(centre.pk).filter(
        centre_id=centre.pk, qualification=version.qualification_id
    )
    return own.exclude(pk=version.pk).order_by("-published_at").first()


@dataclass(frozen=True)
class Preview:
    """What a draft would be: how it differs from its base, and the rules that it would break."""

    drafted: Drafted
    differences: SpecificationDifferences
    faults: tuple[Fault, ...]


def preview_of(held: HandbookImport, base: Specification) -> Preview:
    """The draft on a base, before anything is written."""
    content = held_content(base)
    made = drafted(from_kept(held.result), content, version=content.version)
    faults: tuple[Fault, ...] = ()
    try:
        read_specification(written_yaml(made.entry), name="draft")
    except CatalogueFaultsError as refused:
        faults = tuple(refused.faults)
    return Preview(made, differences_of(content, made.entry), faults)


def compared_contents(
    against: Specification | None, held: HandbookImport
) -> SpecificationDifferences | None:
    """How the draft differs from another version; nothing where there is none to compare."""
    if against is None or held.specification is None:
        return None
    contents = held_contents([against, held.specification])
    return differences_of(contents[against.pk], contents[held.specification.pk])


@dataclass(frozen=True)
class HandChange:
    """What was changed of one sort, such as ``2 criteria changed``, and which."""

    counted: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Publishing:
    """What a version changes: against another one, and by hand since the draft was made from the
    reading. ``None`` where there is nothing to compare with."""

    against: SpecificationDifferences | None
    by_hand: tuple[HandChange, ...] | None


def publishing(against: Specification | None, held: HandbookImport) -> Publishing:
    """Both comparisons, their contents in one query."""
    draft = held.specification
    if draft is None:
        return Publishing(None, None)
    keys = [draft.pk, draft.based_on_id, against.pk if against else None]
    contents = held_contents(Specification(pk=key) for key in keys if key)
    now = contents[draft.pk]
    base = contents.get(draft.based_on_id) if draft.based_on_id else None
    by_hand = None
    if base is not None:
        made = drafted(from_kept(held.result), base, version=draft.version)
        by_hand = tuple(_hand_changes(differences_of(made.entry, now)))
    return Publishing(differences_of(contents[against.pk], now) if against else None, by_hand)


def _hand_changes(found: SpecificationDifferences) -> Iterator[HandChange]:
    """Each criterion by its number; a unit only where more differs of it than its criteria."""
    for kind, criteria in found.criteria_by_kind:
        noun = "criterion" if len(criteria) == 1 else "criteria"
        names = tuple(shown(criterion.key) for criterion in criteria)
        yield HandChange(f"{len(criteria)} {noun} {kind}", names)
    units = [unit for unit in found.units.differing if _differs_itself(unit)]
    if units:
        noun = "unit" if len(units) == 1 else "units"
        yield HandChange(
            f"{len(units)} {noun}, beside the criteria", tuple(unit.name for unit in units)
        )
    for parts in found.other_counts:
        if parts is not found.units:
            names = tuple(part.name for part in parts.differing)
            yield HandChange(f"{parts.title}, {parts.counted}", names)
    names = tuple(change.label for change in found.facts if "ublished" not in change.label)
    if names:
        yield HandChange("Of the version itself", names)


def _differs_itself(unit: Part) -> bool:
    return unit.kind != Kind.CHANGED or bool(unit.fields or unit.parts_called("Outcomes"))


def draft_content(held: HandbookImport) -> SpecificationEntry | None:
    """The content of the draft, or of the version that was published from it."""
    return held_content(held.specification) if held.specification else None
