"""The parts of a specification that the catalogue desk edits: what each shows, what it changes.

Every builder takes the whole content and finds its part in it, or raises ``NoSuchPartError``.
What a part is decides who collides: two people who change different ones are both right.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.http import QueryDict

from centres.forms_catalogue import (
    CorrectionRow,
    CriterionForm,
    HeadForm,
    NewOutcomeForm,
    NoPartForm,
    OutcomeForm,
    PartForm,
    PathwayForm,
    PathwaySizeRow,
    RowForm,
    RowsForm,
    RuleRow,
    SectionRow,
    SizesForm,
    UnitForm,
    UnitSizeRow,
    VerbRow,
    changed,
    shown,
)
from centres.refusals import ChangedSinceShown
from qualifications import catalogue_edits as edits
from qualifications.catalogue_entries import (
    CriterionEntry,
    OutcomeEntry,
    SpecificationEntry,
    UnitEntry,
)
from qualifications.models import SheetKind

OUTLINE_ENDS = " Only the unit’s size was held so far; from now on it has criteria."


@dataclass(frozen=True)
class Edit:
    """One page of edits: ``form`` takes what was posted, if anything, and a digest of what it was
    shown from; ``change`` makes the next content of a valid form.

    ``held`` is all that the page shows and changes, ``place`` how the reader of files calls it,
    ``anchor`` where the outline has it. ``adds`` is set where nothing that is held is changed.
    """

    title: str
    held: object
    form: Callable[[QueryDict | None, str], PartForm]
    change: Callable[[Any], SpecificationEntry]
    place: str = ""
    anchor: str = ""
    note: str = ""
    items: tuple[str, ...] = ()
    button: str = "Save"
    adds: bool = False

    @property
    def digest(self) -> str:
        """Of what is held: another one tells that somebody else has changed this very part."""
        return edits.part_digest([self.place, self.held])


Find = Callable[[SpecificationEntry], Edit]


@dataclass(frozen=True)
class Pair:
    """One field that two people see differently."""

    label: str
    held: str
    typed: str


def head(entry: SpecificationEntry) -> Edit:
    """The version's label, source and day of correction."""
    return Edit(
        title="Version and source",
        held=(entry.version, entry.source, entry.corrected_on),
        form=_plain(HeadForm, entry),
        change=lambda form: edits.with_head(entry, **form.typed()),
    )


def unit_facts(entry: SpecificationEntry, unit: int) -> Edit:
    """A unit's own facts."""
    held = edits.unit_at(entry, unit)
    return Edit(
        title=f"Facts of {held.ref}",
        held=shown(held, UnitForm),
        place=f"unit {held.ref}",
        form=_plain(UnitForm, held),
        change=lambda form: edits.with_unit(entry, unit, changed(held, form)),
        anchor=f"unit-{unit}",
        note="Credits and hours are changed on a page of their own, with those of the pathways.",
    )


def outcome(entry: SpecificationEntry, unit: int, number: int) -> Edit:
    """An outcome's title and text."""
    within = edits.unit_at(entry, unit)
    held = edits.outcome_of(within, number)
    return Edit(
        title=f"{within.ref}, outcome {number}",
        held=(held.title, held.text),
        place=f"unit {within.ref}, outcome {number}",
        form=_plain(OutcomeForm, held),
        change=lambda form: edits.with_outcome(entry, unit, number, **form.typed()),
        anchor=f"outcome-{unit}-{number}",
    )


def criterion(entry: SpecificationEntry, unit: int, number: str) -> Edit:
    """A criterion with its descriptors."""
    within = edits.unit_at(entry, unit)
    held = edits.criterion_of(within, number)

    def form(data: QueryDict | None, digest: str) -> PartForm:
        return CriterionForm(
            data,
            verbs=entry.verbs,
            has_descriptors=_has_descriptors(entry, within),
            initial={"digest": digest, **shown(held, CriterionForm)},
        )

    return Edit(
        title=f"{within.ref}, criterion {number}",
        held=held,
        place=f"unit {within.ref}, criterion {number}",
        form=form,
        change=lambda form: edits.with_criterion(entry, unit, changed(held, form)),
        anchor=f"criterion-{unit}-{number}",
    )


def added_criterion(entry: SpecificationEntry, unit: int, outcome_number: int) -> Edit:
    """A criterion more at an outcome's end."""
    within = edits.unit_at(entry, unit)
    number = edits.next_number(edits.outcome_of(within, outcome_number))
    return Edit(
        title=f"{within.ref}, new criterion {number}",
        held=_marks(entry, within),
        place=f"unit {within.ref}, criterion {number}",
        form=_new(CriterionForm, entry, within),
        change=lambda form: edits.with_added_criterion(
            entry, unit, outcome_number, changed(_empty(number), form), form.mark
        ),
        anchor=f"criterion-{unit}-{number}",
        button="Add the criterion",
        adds=True,
    )


def added_outcome(entry: SpecificationEntry, unit: int) -> Edit:
    """An outcome more at a unit's end, with its first criterion."""
    within = edits.unit_at(entry, unit)
    number = len(within.outcomes) + 1

    def change(form: NewOutcomeForm) -> SpecificationEntry:
        first = changed(_empty(f"{number}.1"), form, *form.field_order)
        outcome = OutcomeEntry(number, **form.outcome(), criteria=(first,))
        return edits.with_added_outcome(entry, unit, outcome, form.mark)

    return Edit(
        title=f"{within.ref}, new outcome {number}",
        held=_marks(entry, within),
        place=f"unit {within.ref}, outcome {number}",
        form=_new(NewOutcomeForm, entry, within),
        change=change,
        anchor=f"outcome-{unit}-{number}",
        note=f"An outcome has at least one criterion: this is {number}.1. More are added on the"
        " outline." + (OUTLINE_ENDS if within.outline_only else ""),
        button="Add the outcome",
        adds=True,
    )


def removed_criterion(entry: SpecificationEntry, unit: int, outcome_number: int) -> Edit:
    """An outcome without its last criterion."""
    within = edits.unit_at(entry, unit)
    last = _last(edits.outcome_of(within, outcome_number))
    return Edit(
        title=f"{within.ref}, remove criterion {last.number}",
        held=(last, _named(entry, within, (last,))),
        place=f"unit {within.ref}, criterion {last.number}",
        form=_plain(NoPartForm, None),
        change=lambda form: edits.without_last_criterion(entry, unit, outcome_number),
        anchor=f"outcome-{unit}-{outcome_number}",
        note=f"“{last.statement}” goes, with its descriptors.",
        items=_named(entry, within, (last,)),
        button=f"Remove criterion {last.number}",
    )


def removed_outcome(entry: SpecificationEntry, unit: int) -> Edit:
    """A unit without its last outcome."""
    within = edits.unit_at(entry, unit)
    if len(within.outcomes) < 2:  # a unit keeps one
        raise edits.NoSuchPartError
    last = within.outcomes[-1]
    return Edit(
        title=f"{within.ref}, remove outcome {last.number}",
        held=(last, _named(entry, within, last.criteria)),
        place=f"unit {within.ref}, outcome {last.number}",
        form=_plain(NoPartForm, None),
        change=lambda form: edits.without_last_outcome(entry, unit),
        anchor=f"unit-{unit}",
        note=f"“{last.title}” goes, with its criteria and their descriptors.",
        items=(
            *(f"{criterion.number} {criterion.statement}" for criterion in last.criteria),
            *_named(entry, within, last.criteria),
        ),
        button=f"Remove outcome {last.number}",
    )


def rules(entry: SpecificationEntry, unit: int) -> Edit:
    """A unit's gates and the items of its checklist."""
    held = edits.unit_at(entry, unit)
    numbers = [criterion.number for criterion in held.criteria]
    return Edit(
        title=f"Rules of {held.ref}",
        held=held.rules,
        place=f"unit {held.ref}",
        form=_rows(RuleRow, held.rules, numbers=numbers),
        change=lambda form: edits.with_rules(entry, unit, form.entries()),
        anchor=f"unit-{unit}",
        note="Gates stand first, then the checklist. Two empty rows are at the end; save to get"
        " more.",
    )


def sections(entry: SpecificationEntry, sheet: int) -> Edit:
    """The sections of a mark sheet."""
    held = edits.sheet_at(entry, sheet)
    if held.sheet_kind != SheetKind.MARK:
        raise edits.NoSuchPartError
    return Edit(
        title=f"Sections of {held.title}",
        held=held.sections,
        place=f"assessment {held.code}",
        form=_rows(SectionRow, held.sections),
        change=lambda form: edits.with_sections(entry, sheet, form.entries()),
        anchor="sheets",
        note="The maxima add up to 100, each minimum is half of its maximum, and every criterion"
        f" of {' and '.join(held.units)} is named at one line.",
    )


def verbs(entry: SpecificationEntry) -> Edit:
    """The verbs and what each asks."""
    return Edit(
        title="Verbs",
        held=entry.verbs,
        place="verbs",
        form=_rows(VerbRow, entry.verbs),
        change=lambda form: edits.with_verbs(entry, form.entries()),
        anchor="verbs",
    )


def corrections(entry: SpecificationEntry) -> Edit:
    """The source's mistakes."""
    return Edit(
        title="Corrections of the source",
        held=entry.corrections,
        form=_rows(CorrectionRow, entry.corrections, refs=[unit.ref for unit in entry.units]),
        change=lambda form: edits.with_corrections(entry, form.entries()),
        anchor="corrections",
    )


def sizes(entry: SpecificationEntry) -> Edit:
    """Credits and hours of the units and pathways together."""

    def change(form: SizesForm) -> SpecificationEntry:
        units = zip(entry.units, form.units, strict=True)
        pathways = zip(entry.pathways, form.pathways, strict=True)
        return edits.with_sizes(
            entry,
            [replace(unit, **row.cleaned_data) for unit, row in units],
            [replace(pathway, **row.cleaned_data) for pathway, row in pathways],
        )

    return Edit(
        title="Credits and hours",
        held=[
            *((unit.ref, shown(unit, UnitSizeRow)) for unit in entry.units),
            *((pathway.code, shown(pathway, PathwaySizeRow)) for pathway in entry.pathways),
        ],
        form=lambda data, digest: SizesForm(data, entry=entry, initial={"digest": digest}),
        change=change,
        anchor="pathways",
        note="The credits of a pathway’s units add up to its own, and so do the guided hours.",
    )


def pathway(entry: SpecificationEntry, place: int) -> Edit:
    """A pathway's own facts."""
    held = edits.pathway_at(entry, place)
    return Edit(
        title=f"Facts of {held.code}",
        held=shown(held, PathwayForm),
        place=f"pathway {held.code}",
        form=_plain(PathwayForm, held),
        change=lambda form: edits.with_pathway(entry, place, changed(held, form)),
        anchor="pathways",
        note="Credits and hours are changed on a page of their own, with those of the units. For"
        " another code, award or list of units, export the draft, change the file and import it.",
    )


def revision(find: Find, form: PartForm) -> Callable[[SpecificationEntry], SpecificationEntry]:
    """What a valid form makes of whatever content is held by then.

    The change raises ``ChangedSinceShown`` where its part is no longer as the form was shown it,
    and ``NoSuchPartError`` where it is gone; what else changed meanwhile stays as it is held.
    """

    def change(entry: SpecificationEntry) -> SpecificationEntry:
        edit = find(entry)
        if edit.digest != form.cleaned_data["digest"]:
            raise ChangedSinceShown(
                rule="Somebody else changed this part after you opened the page.",
                remedy="Compare the two, then save what should stand.",
            )
        return edit.change(form)

    return change


def differing(held: PartForm, typed: PartForm) -> list[Pair]:
    """Each field whose held text is not the typed one, as both were to be read on a page."""
    theirs, mine = _texts(held), _texts(typed)
    labels = [*mine, *(label for label in theirs if label not in mine)]
    return [
        Pair(label, theirs.get(label, ""), mine.get(label, ""))
        for label in labels
        if theirs.get(label, "") != mine.get(label, "")
    ]


def _texts(form: PartForm) -> dict[str, str]:
    """What stands in each field, by a label that says which row it is of; empty rows left out."""
    parts: list[tuple[str, forms.Form]] = [("", form), *form.row_forms()]
    found = {}
    for number, (name, part) in enumerate(parts):
        row = f"{name} ({number})" if name in dict(parts[:number]) else name
        fields = [field for field in part if not field.is_hidden and field.name != "DELETE"]
        texts = {str(field.label): _text(field) for field in fields}
        if not any(texts.values()):
            continue
        for label, text in texts.items():
            found[f"{row}, {label[:1].lower()}{label[1:]}" if row else label] = text
    return found


def typed_texts(data: QueryDict) -> list[str]:
    """All that was typed into a form whose part is not there any more, so that it can be kept."""
    passed = {"csrfmiddlewaretoken", "digest", "row_count"}
    return [
        value
        for name, values in data.lists()
        if name not in passed and not name.endswith("_FORMS")
        for value in values
        if value.strip()
    ]


def _text(field: forms.BoundField) -> str:
    value = field.value()
    if isinstance(field.field, forms.BooleanField):
        return "yes" if value else "no"
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def _plain(form: type[PartForm], held: Any) -> Callable[[QueryDict | None, str], PartForm]:
    return lambda data, digest: form(data, initial={"digest": digest, **shown(held, form)})


def _empty(number: str) -> CriterionEntry:
    return CriterionEntry(number, "", "", (), (), (), (), ())


def _new(
    form: type[CriterionForm], entry: SpecificationEntry, unit: UnitEntry
) -> Callable[[QueryDict | None, str], PartForm]:
    return lambda data, digest: form(
        data,
        verbs=entry.verbs,
        has_descriptors=_has_descriptors(entry, unit),
        marks=_marks(entry, unit),
        initial={"digest": digest},
    )


def _rows(
    row: type[RowForm], held: Sequence[Any], **row_options: Any
) -> Callable[[QueryDict | None, str], PartForm]:
    return lambda data, digest: RowsForm(
        data,
        row=row,
        held=[shown(entry, row) for entry in held],
        row_options=row_options,
        initial={"digest": digest},
    )


def _last(held: OutcomeEntry) -> CriterionEntry:
    if len(held.criteria) < 2:  # an outcome keeps one
        raise edits.NoSuchPartError
    return held.criteria[-1]


def _named(
    entry: SpecificationEntry, unit: UnitEntry, gone: Sequence[CriterionEntry]
) -> tuple[str, ...]:
    """What else a specification says of criteria that go, and what becomes of that."""
    numbers = {criterion.number for criterion in gone}
    keys = {(unit.ref, number) for number in numbers}
    return (
        *(
            f"The rule “{rule.label}” on {rule.criterion}"
            for rule in unit.rules
            if rule.criterion in numbers
        ),
        *(
            f"Its place at the line “{bullet.text}” in section “{section.title}”; the line stays"
            for sheet in entry.assessments
            for section in sheet.sections
            for bullet in section.bullets
            if keys.intersection(bullet.criteria)
        ),
        *(
            f"Its place among what the form “{template.title}” evidences; the form stays"
            for template in entry.templates
            if keys.intersection(template.criteria)
        ),
        *(
            f"Its place beside the correction “{note.field}”, which is shown beside the unit then"
            for note in entry.corrections
            if (note.unit, note.criterion) in keys
        ),
    )


def _has_descriptors(entry: SpecificationEntry, unit: UnitEntry) -> bool:
    """Descriptors stand on every criterion of a unit with a result sheet, or on none of them."""
    judged = any(
        unit.ref in sheet.units and sheet.sheet_kind == SheetKind.RESULT
        for sheet in entry.assessments
    )
    some = any(c.referral or c.passes for c in unit.criteria)
    return some or (judged and len(unit.criteria) == 1)


def _marks(entry: SpecificationEntry, unit: UnitEntry) -> list[tuple[str, str]]:
    """The bullets of the mark sheet that covers a unit, as choices."""
    return [
        (f"{n}-{place}-{position}", f"{section.title}: {bullet.text}")
        for n, sheet in enumerate(entry.assessments, 1)
        if unit.ref in sheet.units
        for place, section in enumerate(sheet.sections, 1)
        for position, bullet in enumerate(section.bullets, 1)
    ]
