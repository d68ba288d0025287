"""The parts of a specification that the catalogue desk edits: what each shows, what it changes.

Every builder takes the whole content and finds its part in it, or raises ``NoSuchPartError``.
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
    NoPartForm,
    OutcomeForm,
    PartForm,
    RowForm,
    RowsForm,
    RuleRow,
    SectionRow,
    SizesForm,
    UnitForm,
    VerbRow,
    changed,
    shown,
)
from qualifications import catalogue_edits as edits
from qualifications.catalogue_entries import (
    CriterionEntry,
    OutcomeEntry,
    SpecificationEntry,
    UnitEntry,
)
from qualifications.models import SheetKind


@dataclass(frozen=True)
class Edit:
    """One page of edits: ``form`` takes what was posted, if anything, and the content's digest;
    ``change`` makes the next content of a valid form; ``anchor`` is its place in the outline."""

    title: str
    form: Callable[[QueryDict | None, str], PartForm]
    change: Callable[[Any], SpecificationEntry]
    anchor: str = ""
    note: str = ""
    button: str = "Save"


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
        form=_plain(HeadForm, entry),
        change=lambda form: edits.with_head(entry, **form.typed()),
    )


def unit_facts(entry: SpecificationEntry, unit: int) -> Edit:
    """A unit's own facts."""
    held = edits.unit_at(entry, unit)
    return Edit(
        title=f"Facts of {held.ref}",
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
        form=_plain(OutcomeForm, held),
        change=lambda form: edits.with_outcome(entry, unit, number, **form.typed()),
        anchor=f"unit-{unit}",
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
        form=form,
        change=lambda form: edits.with_criterion(entry, unit, changed(held, form)),
        anchor=f"unit-{unit}",
    )


def added_criterion(entry: SpecificationEntry, unit: int, outcome_number: int) -> Edit:
    """A criterion more at an outcome's end."""
    within = edits.unit_at(entry, unit)
    number = edits.next_number(edits.outcome_of(within, outcome_number))
    empty = CriterionEntry(number, "", "", (), (), (), (), ())

    def form(data: QueryDict | None, digest: str) -> PartForm:
        return CriterionForm(
            data,
            verbs=entry.verbs,
            has_descriptors=_has_descriptors(entry, within),
            marks=_marks(entry, within),
            initial={"digest": digest},
        )

    return Edit(
        title=f"{within.ref}, new criterion {number}",
        form=form,
        change=lambda form: edits.with_added_criterion(
            entry, unit, outcome_number, changed(empty, form), form.mark
        ),
        anchor=f"unit-{unit}",
        button="Add the criterion",
    )


def removed_criterion(entry: SpecificationEntry, unit: int, outcome_number: int) -> Edit:
    """An outcome without its last criterion."""
    within = edits.unit_at(entry, unit)
    last = _last(edits.outcome_of(within, outcome_number))
    return Edit(
        title=f"{within.ref}, remove criterion {last.number}",
        form=_plain(NoPartForm, None),
        change=lambda form: edits.without_last_criterion(entry, unit, outcome_number),
        anchor=f"unit-{unit}",
        note=f"“{last.statement}” goes, with its descriptors and rules, and from the lines of mark"
        " sheets and the templates that name it.",
        button=f"Remove criterion {last.number}",
    )


def rules(entry: SpecificationEntry, unit: int) -> Edit:
    """A unit's gates and the items of its checklist."""
    held = edits.unit_at(entry, unit)
    numbers = [criterion.number for criterion in held.criteria]
    return Edit(
        title=f"Rules of {held.ref}",
        form=_rows(RuleRow, held.rules, numbers=numbers),
        change=lambda form: edits.with_rules(entry, unit, form.entries()),
        anchor=f"unit-{unit}",
        note="Gates stand first, then the checklist. Two rows are left empty; save to get more.",
    )


def sections(entry: SpecificationEntry, sheet: int) -> Edit:
    """The sections of a mark sheet."""
    held = edits.sheet_at(entry, sheet)
    if held.sheet_kind != SheetKind.MARK:
        raise edits.NoSuchPartError
    return Edit(
        title=f"Sections of {held.title}",
        form=_rows(SectionRow, held.sections),
        change=lambda form: edits.with_sections(entry, sheet, form.entries()),
        anchor="sheets",
        note="The maxima add up to 100, and every criterion of "
        f"{', '.join(held.units)} is named once.",
    )


def verbs(entry: SpecificationEntry) -> Edit:
    """The verbs and what each asks."""
    return Edit(
        title="Verbs",
        form=_rows(VerbRow, entry.verbs),
        change=lambda form: edits.with_verbs(entry, form.entries()),
        anchor="verbs",
    )


def corrections(entry: SpecificationEntry) -> Edit:
    """The source's mistakes."""
    return Edit(
        title="Corrections of the source",
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
        form=lambda data, digest: SizesForm(data, entry=entry, initial={"digest": digest}),
        change=change,
        note="The credits of a pathway’s units add up to its own, and so do the guided hours.",
    )


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
