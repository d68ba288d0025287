"""The doubtful readings of an import: what each is about, and how it was answered before."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from centres.models import Centre
from qualifications.catalogue_entries import CorrectionEntry, SpecificationEntry
from qualifications.handbook.content import Handbook, Unit
from qualifications.handbook.corrections import correction_told, standing_texts
from qualifications.handbook.entry import RULES_KEPT
from qualifications.handbook.kinds import KINDS, OTHER, kind_of
from qualifications.handbook.numbers import same_ref
from qualifications.held_content import held_contents
from qualifications.models import Specification
from quality.models import HandbookImport, HandbookWarning
from quality.queries.handbooks.lines import Lines, draft_place, places_of

ACCEPTED = HandbookWarning.Resolution.ACCEPTED
FEWEST = 2  # doubts that are worth answering at once


@dataclass(frozen=True)
class Contents:
    """What an import's draft holds, and the version that it stands on, as far as there are any."""

    draft: SpecificationEntry | None
    base: SpecificationEntry | None


@dataclass(frozen=True)
class ShownDoubt:
    """A doubtful reading, with the unit that it is about, the place on that unit's page and the
    part of the draft where it can be put right, as far as its line or its first words tell.

    ``before`` is how the same reading was answered in an earlier import of this centre;
    ``corrects`` is the correction of the known version that can be taken.
    """

    row: HandbookWarning
    place: int | None
    ref: str
    anchor: str
    part: str
    before: HandbookWarning | None = None
    corrects: CorrectionEntry | None = None


@dataclass(frozen=True)
class Group:
    """Open doubts that can be accepted at once."""

    label: str
    first: int
    keys: tuple[UUID, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.keys)


def contents_of(held: HandbookImport) -> Contents:
    """Both in one query; neither without a draft."""
    draft = held.specification
    if draft is None:
        return Contents(None, None)
    keys = [key for key in (draft.pk, draft.based_on_id) if key]
    found = held_contents(Specification(pk=key) for key in keys)
    return Contents(found[draft.pk], found.get(draft.based_on_id) if draft.based_on_id else None)


def shown_doubts(
    centre: Centre, held: HandbookImport, handbook: Handbook, contents: Contents
) -> tuple[ShownDoubt, ...]:
    """Each doubt of an import, in their order."""
    warnings = HandbookWarning.objects.for_centre(centre).filter(handbook=held)
    rows = list(warnings.select_related("resolved_by").order_by("position"))
    about, before = _About(handbook, Lines(handbook)), _answered_before(centre, held, rows)
    return tuple(
        _shown(row, about, contents, before.get((row.why, row.raw)) if not row.resolution else None)
        for row in rows
    )


def groups_of(doubts: Sequence[ShownDoubt]) -> tuple[tuple[str, tuple[Group, ...]], ...]:
    """What can be answered at once: doubts that were accepted before, of a kind, of a unit."""
    waiting = [one for one in doubts if not one.row.resolution]
    again = [one for one in waiting if one.before and one.before.resolution == ACCEPTED]
    kinds = {kind: [d for d in waiting if kind_of(d.row.why) == kind] for kind in (*KINDS, OTHER)}
    refs = dict.fromkeys(one.ref for one in waiting if one.ref)
    found = (
        ("In an earlier import", _groups([("Accepted before, and read the same now", again)])),
        ("Of one kind", _groups((kind.label, kinds[kind]) for kind in kinds)),
        ("Of one unit", _groups((ref, [d for d in waiting if d.ref == ref]) for ref in refs)),
    )
    return tuple((heading, groups) for heading, groups in found if groups)


def open_kinds(centre: Centre, held: HandbookImport) -> tuple[Group, ...]:
    """The open doubts by their kind, for the page that can't publish yet."""
    rows = HandbookWarning.objects.for_centre(centre).filter(handbook=held, resolution="")
    waiting = [ShownDoubt(row, None, "", "", "") for row in rows.order_by("position")]
    found = ((kind, [d for d in waiting if kind_of(d.row.why) == kind]) for kind in (*KINDS, OTHER))
    return _groups(((kind.label, doubts) for kind, doubts in found), fewest=1)


def correction_at(
    centre: Centre, held: HandbookImport, position: int
) -> tuple[HandbookWarning, CorrectionEntry] | None:
    """The doubt at a position with the correction that it offers, if it offers one."""
    rows = HandbookWarning.objects.for_centre(centre).filter(handbook=held, position=position)
    row, base = rows.first(), contents_of(held).base
    taken = correction_told(row.why, base) if row and base else None
    return (row, taken) if row and taken else None


def _groups(
    found: Iterable[tuple[str, Sequence[ShownDoubt]]], *, fewest: int = FEWEST
) -> tuple[Group, ...]:
    return tuple(
        Group(label, doubts[0].row.position, tuple(one.row.pk for one in doubts))
        for label, doubts in found
        if len(doubts) >= fewest
    )


def _answered_before(
    centre: Centre, held: HandbookImport, rows: Sequence[HandbookWarning]
) -> dict[tuple[str, str], HandbookWarning]:
    """The last answers to the same doubts in the centre's earlier imports: the same sentence,
    which names the subject and the reason, about the same printed text."""
    raws = {row.raw for row in rows if not row.resolution}
    answered = (
        HandbookWarning.objects.for_centre(centre)
        .filter(handbook__asked_at__lt=held.asked_at, raw__in=raws)
        .exclude(resolution="")
        .select_related("handbook", "resolved_by")
        .defer("handbook__result")
        .order_by("resolved_at")
    )
    return {(row.why, row.raw): row for row in answered}


# The unit, and the criterion where there is one, that the sentence of a doubt begins with.
_NAMED = re.compile(r"([\w.-]{3,}?):? (?:([0-9]{1,2}\.[0-9]{1,2})\b)?")
_ANCHORS = {"unit": "facts", "outcome": "o-", "criterion": "c-"}


class _About:
    """Which unit and which part of it a doubtful reading is about."""

    def __init__(self, handbook: Handbook, lines: Lines) -> None:
        self.units = handbook.units
        self.by_line: dict[int | None, tuple[Unit, str]] = {}
        for unit in handbook.units:
            for part, place in places_of(unit):
                self.by_line.setdefault(lines.numbers.get(place), (unit, part))
        self.by_line.pop(None, None)

    def part_of(self, row: HandbookWarning) -> tuple[Unit, str] | None:
        """By its line, or by the words that its sentence begins with."""
        return self.by_line.get(row.line) or self._named(row.why)

    def _named(self, why: str) -> tuple[Unit, str] | None:
        found = _NAMED.match(why)
        unit = found and next((u for u in self.units if same_ref(found[1], u.ref.value)), None)
        if not found or not unit:
            return None
        numbers = {criterion.number.value for criterion in unit.criteria}
        return unit, f"criterion {found[2]}" if found[2] in numbers else "unit"


def _shown(
    row: HandbookWarning, about: _About, contents: Contents, before: HandbookWarning | None
) -> ShownDoubt:
    found, base, draft = about.part_of(row), contents.base, contents.draft
    offered = correction_told(row.why, base) if base else None
    parts = _parts(row, found, draft, offered)
    if found is None:
        return ShownDoubt(row, None, "", "", next(parts, ""), before, offered)
    unit, part = found
    kind, _, number = part.partition(" ")
    return ShownDoubt(
        row=row,
        place=about.units.index(unit) + 1,
        ref=unit.ref.value,
        anchor=f"{_ANCHORS[kind]}{number}",
        part=next(parts, ""),
        before=before,
        corrects=offered,
    )


def _parts(
    row: HandbookWarning,
    found: tuple[Unit, str] | None,
    draft: SpecificationEntry | None,
    offered: CorrectionEntry | None,
) -> Iterator[str]:
    """Where in the draft a doubt can be put right, the likeliest first."""
    if draft is None:
        return
    if offered:
        yield from (standing.part for standing in standing_texts(offered, draft)[:1])
    elif kind_of(row.why).code == "corrections":
        yield "corrections"
    at = draft_place(found[0], draft) if found else None
    if found and at:
        kind, _, number = found[1].partition(" ")
        if RULES_KEPT in row.why:
            yield f"rules-{at}"
        yield "-".join(filter(None, (kind, str(at), number)))
