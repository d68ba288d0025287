"""What the reader of files refuses about an edit, in the words of the form that was filled in.

The reader names the fields and lines of a file; whoever edits on a page has neither. Each of its
rules that an edit can break stands here once more, with the field that it is about.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse

from centres.catalogue_parts import Edit
from centres.forms_catalogue import PartForm, RowForm
from qualifications.catalogue_entries import SpecificationEntry
from qualifications.marked_yaml import Fault
from qualifications.models import Specification


@dataclass(frozen=True)
class RefusedLine:
    """One line at the top of a page: what is refused, and where it is put right."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Wording:
    """A rule of the reader: the field that it is about, and what it says of that field.

    Groups of the pattern may stand in ``field`` and ``says``.
    """

    pattern: str
    field: str
    says: str


WORDINGS = (
    # a criterion
    Wording(
        r'the statement does not begin with its verb "(.+)"',
        "statement",
        "The statement does not begin with its verb “{0}”. Begin it with the verb, or choose"
        " another verb above.",
    ),
    Wording(
        r'the verb "(.+)" is not among the verbs',
        "verb",
        "The verb “{0}” is not among the verbs. Keep it under Verbs, or give the criterion"
        " another one first.",
    ),
    Wording(
        r"criterion \S+ has no 'descriptors', where others of the unit have them",
        "referral",
        "The other criteria of the unit say what is typical of a referral and of a pass. Write at"
        " least one line of each.",
    ),
    Wording(
        r"'referral' is an empty list",
        "referral",
        "Nothing is said of a referral. Write at least one line, as there is one of a pass.",
    ),
    Wording(
        r"'pass' is an empty list",
        "passes",
        "Nothing is said of a pass. Write at least one line, as there is one of a referral.",
    ),
    # rules
    Wording(
        r"criterion (\S+) has two rules called (\S+)",
        "code",
        "Criterion {0} has two rules with the code {1}. Give one of them another code.",
    ),
    Wording(
        r"a gate needs a minimum or a maximum",
        "minimum",
        "A gate needs a minimum or a maximum. Type one, or make the rule an item of the checklist.",
    ),
    Wording(
        r"the minimum (\S+) is above the maximum (\S+)",
        "maximum",
        "The maximum {1} is below the minimum {0}. Put one of the two right.",
    ),
    Wording(
        r"'exceptional_maximum' is not above the maximum",
        "exceptional_maximum",
        "It is not above the maximum. Type a higher number, or leave it empty.",
    ),
    Wording(
        r"'unit_of_measure' is missing",
        "unit_of_measure",
        "A number is given, but not what is counted. Choose what it is counted in.",
    ),
    Wording(
        r"'unit_of_measure' wants .+",
        "unit_of_measure",
        "Choose what the number is counted in, or take the number out.",
    ),
    Wording(
        r"'(minimum|maximum|exceptional_maximum)' is written (.+)",
        "{0}",
        "{1} can’t be counted. Type a number from 0 to 999.",
    ),
    # a mark sheet
    Wording(
        r"the maxima of the sections add up to (\d+) and their minima to (\d+), .+",
        "maximum",
        "The maxima of all sections add up to {0}, not to 100. Change the maximum of a section,"
        " and its minimum to half of it.",
    ),
    Wording(
        r"the minimum (\d+) is not half of the maximum (\d+)",
        "minimum",
        "{0} is not half of the maximum {1}: a section is passed with half of its marks. Change"
        " one of the two.",
    ),
    Wording(
        r"criterion (\S+ \S+) is in no section",
        "bullets",
        "No line names criterion {0}. Add it after the bar of the line that asks for it, such as"
        " “… | {0}”.",
    ),
    Wording(
        r"criterion (\S+ \S+) is marked already, on line \d+",
        "bullets",
        "Criterion {0} is named at two lines of the sheet. Take it out of one of them.",
    ),
    Wording(
        r'"(.+)" names no criterion of the units (.+)',
        "bullets",
        "“{0}” is no criterion of {1}. Correct what stands after the bar, or take it out.",
    ),
    Wording(
        r"'bullets' is an empty list",
        "bullets",
        "The section has no line. Write at least one.",
    ),
    Wording(
        r"'sections' .+",
        "title",
        "A mark sheet needs a section. Keep one at least.",
    ),
    # sizes
    Wording(
        r"the units add up to (\d+) credits, the pathway says (\d+)",
        "credits",
        "The credits of its units add up to {0}, not to {1}. Type {0} here, or change the credits"
        " of one of its units.",
    ),
    Wording(
        r"the guided hours add up to (\S+), the pathway says (\d+)",
        "glh",
        "The guided hours of its units add up to {0}, with induction and tutorials where the box"
        " is ticked, not to {1}. Change one of them, or the box.",
    ),
    Wording(
        r"the total time is (\d+) h where (\d+) × (\d+) credits? make (\d+) h",
        "tqt",
        "{2} credits of {1} hours make {3} hours, not {0}. Type {3}, or change the credits.",
    ),
    # a unit
    Wording(
        r"the review on (\S+) is not after the unit is available, on (\S+)",
        "review_on",
        "The review date is not after the day from which the unit is available. Change one of the"
        " two.",
    ),
    Wording(
        r"the number (.+) belongs to another unit already",
        "number",
        "Another unit has the number {0}. Give each unit its own.",
    ),
    Wording(r"the standard (\S+) is given twice", "nos", "{0} is given twice. Keep one of them."),
    # verbs and corrections
    Wording(
        r'the verb "(.+)" is not in lower case',
        "word",
        "“{0}” is not in lower case. Write it in small letters without signs.",
    ),
    Wording(
        r"'verbs' .+",
        "word",
        "Every criterion needs its verb. Keep one at least.",
    ),
    Wording(
        r"'criterion' stands without 'unit'",
        "unit",
        "A criterion is named, but not its unit. Choose the unit, as numbers repeat from one to"
        " another.",
    ),
    Wording(
        r"(?:the )?unit (.*?) ?has no criterion (\S+)",
        "criterion",
        "The unit has no criterion {1}. Type the number of one that it has.",
    ),
    # any text
    Wording(
        r"'(\w+)' holds the character (U\+\w+), which cannot be shown",
        "{0}",
        "It holds a sign that can’t be shown ({1}). Type the words around it again.",
    ),
    Wording(
        r"'(\w+)' has (\d+) characters; at most (\d+) fit",
        "{0}",
        "{1} characters are too many: at most {2} fit. Shorten it.",
    ),
    Wording(r"'(\w+)' is empty", "{0}", "Nothing is written here. Write it."),
    Wording(
        r"'(\w+)' is \"(.*)\", which is not of the form (.+?)(?:, in quotes)?",
        "{0}",
        "“{1}” is not written as {2} is. Write it in that way.",
    ),
)


def refused_lines(
    form: PartForm,
    edit: Edit,
    draft: Specification,
    held: SpecificationEntry,
    faults: Iterable[Fault] = (),
) -> list[RefusedLine]:
    """What is refused, each line leading to its field or to the page of another part.

    Tells the form's fields too, and puts the focus on the first of them. What is refused about a
    form as a whole is said where the form stands.
    """
    elsewhere = [line for fault in faults for line in _told(form, edit, draft, held, fault)]
    lines: list[RefusedLine] = []
    first: forms.BoundField | None = None
    for legend, part in _parts(form):
        for name, errors in part.errors.items():
            if name not in part.fields or part[name].is_hidden:
                continue
            field = part[name]
            first = first or field
            named = f"{legend}, {field.label}" if legend else field.label
            lines += [RefusedLine(f"{named}: {error}", f"#{field.auto_id}") for error in errors]
    if first is not None:
        first.field.widget.attrs["autofocus"] = True
    return [*lines, *elsewhere]


def _told(
    form: PartForm, edit: Edit, draft: Specification, held: SpecificationEntry, fault: Fault
) -> Iterator[RefusedLine]:
    """Put a fault at its field; where the form has none, give the line for the top of the page."""
    place, field, says = _worded(fault)
    if field == "number" and field in form.fields:  # of two units, the reader names the later one
        place = edit.place
    part = _part_at(form, edit, place, field)
    if part is not None:
        part.add_error(field, says)
    elif edit.adds or _is_within(place, edit.place):
        yield RefusedLine(says)
    else:
        yield RefusedLine(f"{place[:1].upper()}{place[1:]}: {says}", _page_of(place, draft, held))


def _worded(fault: Fault) -> tuple[str, str, str]:
    """The fault's place, the field that it is about, and what it says there."""
    place = fault.place
    if own := re.fullmatch(r"criterion (\S+) has no 'descriptors', .+", fault.rule):
        place = f"{place}, criterion {own[1]}"
    for wording in WORDINGS:
        if found := re.fullmatch(wording.pattern, fault.rule):
            groups = [group or "" for group in found.groups()]
            field = wording.field.format(*groups)
            if place == "verbs" and groups:  # the reader names a verb where it names other fields
                place = f"verb {groups[0]}"
                field = "word" if field == "word" else "meaning"
            return place, "passes" if field == "pass" else field, wording.says.format(*groups)
    return place, "", f"{fault.rule[:1].upper()}{fault.rule[1:]}. {fault.remedy}."


def _part_at(form: PartForm, edit: Edit, place: str, field: str) -> forms.Form | None:
    """The form or the row that has the field and is about the place, the last of several."""
    if field in form.fields and (edit.adds or _is_within(place, edit.place)):
        return form
    rows: list[Any] = [row for _, row in _parts(form)[1:] if field in row.fields]
    named = [row for row in rows if isinstance(row, RowForm) and place.endswith(row.place)]
    if named:
        return named[-1]
    return rows[0] if rows and place == edit.place else None


def _is_within(place: str, whole: str) -> bool:
    return place == whole or (whole != "" and place.startswith(f"{whole}, "))


def _parts(form: PartForm) -> list[tuple[str, forms.Form]]:
    """The form itself, then its rows but for those that are taken out, each with its legend."""
    rows = [
        (legend, row)
        for legend, row in form.row_forms()
        if not getattr(row, "cleaned_data", {}).get("DELETE")
    ]
    return [("", form), *rows]


def _page_of(place: str, draft: Specification, held: SpecificationEntry) -> str:
    """The page on which what stands at a place is changed; nothing where there is none."""
    refs = {unit.ref: n for n, unit in enumerate(held.units, 1)}
    found = re.match(r"unit (\S+?)(?:, (criterion|outcome|rule) (\S+))?(?:,.*)?$", place)
    if found and found[1] in refs:
        sort, which = found[2], found[3]
        args = [draft.pk, refs[found[1]]]
        if sort == "criterion":
            return reverse("catalogue:criterion", args=[*args, which])
        if sort == "outcome":
            return reverse("catalogue:outcome", args=[*args, int(which)])
        return reverse(f"catalogue:{'rules' if sort == 'rule' else 'unit'}", args=args)
    for n, sheet in enumerate(held.assessments, 1):
        if sheet.sections and _is_within(place, f"assessment {sheet.code}"):
            return reverse("catalogue:sections", args=[draft.pk, n])
    pages = {"pathway": "sizes", "correction": "corrections", "verbs": "verbs"}
    page = pages.get(place.partition(" ")[0])
    return reverse(f"catalogue:{page}", args=[draft.pk]) if page else ""
