"""Forms of the catalogue desk: each shows one part of a specification and carries its digest.

A field is called as the entry's own field, so that what is shown and what was typed are read and
written without a list of names beside them. What the parts must be is said by the catalogue's
reader, once; here only what a form needs.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.http import QueryDict

from centres.forms import day_field
from centres.reauthentication import ProofForm
from qualifications.catalogue_edits import Mark
from qualifications.catalogue_entries import (
    BulletEntry,
    CorrectionEntry,
    CriterionEntry,
    PathwayEntry,
    RuleEntry,
    SectionEntry,
    SpecificationEntry,
    UnitEntry,
    VerbEntry,
)
from qualifications.marked_yaml import LARGEST
from qualifications.models import CODE_LENGTH, TITLE_LENGTH, UnitOfMeasure

if TYPE_CHECKING:
    RowSet = forms.BaseFormSet[Any]
else:
    RowSet = forms.BaseFormSet

LONGEST = 4000  # characters of one text, as the reader of files takes it
LONGEST_LIST = 60_000
MOST_ROWS = 200

E = TypeVar("E", UnitEntry, CriterionEntry, PathwayEntry)


class LineField(forms.CharField):
    """A text of one line; where somebody pressed Enter, a space stands."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", LONGEST)
        if options["max_length"] > TITLE_LENGTH:
            options.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        """Before its length is checked."""
        text = super().to_python(value) or ""
        return re.sub(r"\s*[\r\n]+\s*", " ", text)


class LinesField(forms.CharField):
    """Several texts, one a line; empty lines don't count."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", "One a line.")
        widget = forms.Textarea(attrs={"rows": 4})
        super().__init__(required=False, max_length=LONGEST_LIST, widget=widget, **options)

    def prepare_value(self, value: Any) -> Any:
        """The texts below one another; what was typed as it was typed."""
        return "\n".join(value) if isinstance(value, tuple | list) else value

    def clean(self, value: Any) -> Any:
        """A tuple of texts."""
        lines = (line.strip() for line in super().clean(value).splitlines())
        return tuple(line for line in lines if line)


class PartForm(forms.Form):
    """A part of a specification, and a digest of what it was shown from."""

    digest = forms.RegexField(regex=r"^[0-9a-f]{64}$", widget=forms.HiddenInput)

    def row_forms(self) -> list[tuple[str, forms.Form]]:
        """The rows of a page that has some, each with what it is called."""
        return []

    def typed(self, *leave_out: str) -> dict[str, Any]:
        """What was typed, by the names of the entry's fields; after ``is_valid()``."""
        without = {"digest", *leave_out}
        return {name: value for name, value in self.cleaned_data.items() if name not in without}


def shown(entry: Any, form: type[forms.Form]) -> dict[str, Any]:
    """What a form shows of an entry at first."""
    names = (name for name in form.base_fields if hasattr(entry, name))
    return {name: _shown(getattr(entry, name)) for name in names}


def _shown(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, tuple):
        return tuple(written_bullet(v) if isinstance(v, BulletEntry) else v for v in value)
    return value


class NoPartForm(PartForm):
    """Only the digest: for a button that changes something as it stands."""


class HeadForm(PartForm):
    """What the version is called and where it comes from."""

    version = LineField(
        label="Version label",
        max_length=CODE_LENGTH,
        help_text="As the awarding body prints it, or your own for a correction, such as 2.0a.",
    )
    source = LineField(label="Source", help_text="The document and its date.")
    corrected_on = day_field(
        "Corrected on", help_text="The day of the last correction to the source.", required=False
    )


class UnitForm(PartForm):
    """The facts of a unit, but for its reference, credits and hours."""

    title = LineField(label="Title", max_length=TITLE_LENGTH)
    short_title = LineField(label="Short title", max_length=100)
    number = LineField(label="Number", max_length=CODE_LENGTH)
    uan = LineField(
        label="Unit accreditation number",
        max_length=CODE_LENGTH,
        required=False,
        help_text="Such as H/617/2907.",
    )
    level = forms.IntegerField(label="Level", min_value=1, max_value=8)
    aim = LineField(label="Aim", required=False)
    review_on = day_field(
        "Review date",
        help_text="After it, a new registration needs an override.",
        required=False,
    )
    available_from = day_field("Available from", required=False)
    sector = LineField(label="Subject sector", max_length=TITLE_LENGTH, required=False)
    support_body = LineField(label="Supported by", max_length=TITLE_LENGTH, required=False)
    submitter = LineField(label="Submitted by", max_length=TITLE_LENGTH, required=False)
    availability = LineField(label="Available to", max_length=TITLE_LENGTH, required=False)
    body_requirements = LineField(label="Assessment requirements of the body", required=False)
    nos = LinesField(
        label="National occupational standards", help_text="Codes, one a line, such as CM15."
    )
    indicative_content = LinesField(label="Indicative content")


class OutcomeForm(PartForm):
    """An outcome's title and text; its number stays."""

    title = LineField(label="Title", max_length=TITLE_LENGTH)
    text = LineField(label="What the learner will be able to do")


class PathwayForm(PartForm):
    """The facts of a pathway, but for its code, award, units, credits and hours."""

    title = LineField(label="Title", max_length=TITLE_LENGTH)
    alternative_code = LineField(label="Second code", max_length=CODE_LENGTH, required=False)
    accreditation_number = LineField(
        label="Accreditation number",
        max_length=CODE_LENGTH,
        required=False,
        help_text="Such as 603/3758/8.",
    )
    minimum_age = forms.IntegerField(
        label="Youngest age", min_value=1, max_value=99, required=False, help_text="In years."
    )
    registration_years = forms.IntegerField(
        label="A registration lasts",
        min_value=1,
        max_value=20,
        required=False,
        help_text="In years.",
    )


class CriterionForm(PartForm):
    """A criterion with its descriptors; a new one says also where a mark sheet marks it."""

    verb = forms.ChoiceField(label="Verb", help_text="The statement begins with it.")
    statement = LineField(label="Statement")
    depth = LinesField(label="Depth", help_text="How far it goes. One point a line.")
    guidance = LinesField(label="Guidance", help_text="One point a line.")
    example_evidence = LinesField(label="Example evidence", help_text="One example a line.")
    referral = LinesField(label="Typical of a referral", help_text="One example a line.")
    passes = LinesField(label="Typical of a pass", help_text="One example a line.")
    marked_at = forms.ChoiceField(
        label="Marked under", help_text="The line of the mark sheet that asks for it."
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        verbs: Sequence[VerbEntry],
        has_descriptors: bool,
        marks: Sequence[tuple[str, str]] = (),
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        if not has_descriptors:
            del self.fields["referral"], self.fields["passes"]
        _choices(self, "verb", [("", "Choose the verb"), *((v.word, v.word) for v in verbs)])
        if marks:
            _choices(self, "marked_at", [("", "Choose the line"), *marks])
        else:
            del self.fields["marked_at"]

    @property
    def mark(self) -> Mark | None:
        """The bullet that was chosen, if the page asked for one."""
        chosen = self.cleaned_data.get("marked_at")
        return Mark(*(int(place) for place in chosen.split("-"))) if chosen else None


class NewOutcomeForm(CriterionForm):
    """A new outcome with its first criterion."""

    title = LineField(label="Title of the outcome", max_length=TITLE_LENGTH)
    text = LineField(label="What the learner will be able to do")
    field_order = ("title", "text")

    def outcome(self) -> dict[str, Any]:
        """What was typed of the outcome itself."""
        return {name: self.cleaned_data[name] for name in self.field_order}


class RowForm(forms.Form):
    """One row of a list; ``name`` says which, for the screen and where two texts are compared.

    ``called`` is the field that names a row, ``unique`` one that no two rows share.
    """

    name = "Row"
    called = ""
    unique = ""

    @property
    def heading(self) -> str:
        """What is held under this row, by its name."""
        return str(self.initial.get(self.called, ""))

    @property
    def place(self) -> str:
        """How the reader calls what was typed."""
        return f"{self.name.lower()} {self.cleaned_data.get(self.called, '')}"


class RuleRow(RowForm):
    """A gate or an item of the checklist."""

    name = "Rule"
    called = "label"
    criterion = forms.ChoiceField(label="Criterion")
    is_gate = forms.TypedChoiceField(
        label="Kind",
        choices=[
            ("", "Choose"),
            ("True", "Gate: must be met for a pass"),
            ("False", "Item of the checklist"),
        ],
        coerce=lambda value: value == "True",
        empty_value=None,
    )
    code = LineField(
        label="Code", max_length=CODE_LENGTH, help_text="Such as practice_hours: small letters."
    )
    label = LineField(label="Label", max_length=TITLE_LENGTH)
    minimum = forms.DecimalField(label="Minimum", required=False, max_digits=5, decimal_places=2)
    maximum = forms.DecimalField(label="Maximum", required=False, max_digits=5, decimal_places=2)
    exceptional_maximum = forms.DecimalField(
        label="Maximum by an approved exception", required=False, max_digits=5, decimal_places=2
    )
    unit_of_measure = forms.ChoiceField(
        label="Counted in", required=False, choices=[("", "Nothing is counted")]
    )
    source = LineField(
        label="Source", max_length=TITLE_LENGTH, help_text="Where the rule is printed."
    )

    def __init__(self, *args: Any, numbers: Sequence[str], **options: Any) -> None:
        super().__init__(*args, **options)
        _choices(self, "criterion", [("", "Choose"), *((n, n) for n in numbers)])
        _choices(self, "unit_of_measure", [("", "Nothing is counted"), *UnitOfMeasure.choices])

    @property
    def place(self) -> str:
        """By its code."""
        return f"rule {self.cleaned_data.get('code', '')}"

    @staticmethod
    def entry(typed: Mapping[str, Any]) -> RuleEntry:
        """The rule that was typed."""
        return RuleEntry(**typed)


class SectionRow(RowForm):
    """A section of a mark sheet; each bullet names its criteria after a bar."""

    name = "Section"
    called = "title"
    title = LineField(label="Title", max_length=TITLE_LENGTH)
    maximum = forms.IntegerField(label="Maximum", min_value=1, max_value=100)
    minimum = forms.IntegerField(
        label="Minimum", min_value=1, max_value=100, help_text="Half of the maximum."
    )
    bullets = LinesField(
        label="Lines, with their criteria",
        help_text="One a line: the text, a bar, and the criteria it stands for, such as"
        " “Plans the sessions | D5.02 1.1, D5.03 2.1”. A line may stand for none.",
    )

    def clean_bullets(self) -> tuple[BulletEntry, ...]:
        """Each line's text and criteria; whether there are such criteria the reader says."""
        return tuple(read_bullet(line) for line in self.cleaned_data["bullets"])

    @staticmethod
    def entry(typed: Mapping[str, Any]) -> SectionEntry:
        """The section that was typed."""
        return SectionEntry(**typed)


class VerbRow(RowForm):
    """A verb and its meaning."""

    name = "Verb"
    called = unique = "word"
    word = LineField(label="Verb", max_length=CODE_LENGTH)
    meaning = LineField(label="What it asks of the learner")

    @staticmethod
    def entry(typed: Mapping[str, Any]) -> VerbEntry:
        """The verb that was typed."""
        return VerbEntry(**typed)


class CorrectionRow(RowForm):
    """A mistake of the source: what it says, what is used here, and why."""

    name = "Correction"
    called = "field"
    field = LineField(label="What is corrected", max_length=TITLE_LENGTH)
    raw = LineField(label="The source says")
    used = LineField(label="Used here")
    reason = LineField(label="Reason")
    unit = forms.ChoiceField(label="Shown beside unit", required=False)
    criterion = LineField(
        label="And criterion", required=False, max_length=5, help_text="Its number in the unit."
    )

    def __init__(self, *args: Any, refs: Sequence[str], **options: Any) -> None:
        super().__init__(*args, **options)
        _choices(self, "unit", [("", "The qualification itself"), *((ref, ref) for ref in refs)])

    @staticmethod
    def entry(typed: Mapping[str, Any]) -> CorrectionEntry:
        """The correction that was typed."""
        return CorrectionEntry(**typed)


class SizeRow(RowForm):
    """Credits and hours of one unit or pathway, which the reader calls ``ref``."""

    def __init__(self, *args: Any, ref: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.ref = ref

    @property
    def place(self) -> str:
        """By what it is the size of; nothing of it is typed here."""
        return f"{self.name.lower()} {self.ref}"


class UnitSizeRow(SizeRow):
    """A unit's credits and hours."""

    name = "Unit"
    credits = forms.IntegerField(label="Credits", min_value=1, max_value=500)
    glh = forms.IntegerField(
        label="Guided learning hours", min_value=1, max_value=10_000, required=False
    )


class PathwaySizeRow(SizeRow):
    """A pathway's credits and hours."""

    name = "Pathway"
    credits = forms.IntegerField(label="Credits", min_value=1, max_value=500)
    glh = forms.IntegerField(
        label="Guided learning hours", min_value=1, max_value=10_000, required=False
    )
    tqt = forms.IntegerField(
        label="Total qualification time", min_value=1, max_value=10_000, required=False
    )
    glh_includes_support = forms.BooleanField(
        label="The guided hours hold induction and tutorials", required=False
    )
    induction_hours = forms.DecimalField(
        label="Induction, hours", min_value=Decimal(0), max_digits=5, decimal_places=2
    )
    tutorial_hours = forms.DecimalField(
        label="Tutorials, hours", min_value=Decimal(0), max_digits=5, decimal_places=2
    )


class RowsForm(PartForm):
    """A list of rows that are changed, added and taken out together."""

    rows: RowSet
    row_count = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        row: type[RowForm],
        held: Sequence[Mapping[str, Any]],
        row_options: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        kinds = forms.formset_factory(
            row,
            extra=2,
            can_delete=True,
            can_delete_extra=False,
            max_num=MOST_ROWS,
            validate_max=True,
        )
        # A row that somebody else has added meanwhile is none of those that were posted.
        posted = len(held) if data is None else _count(data.get("row-INITIAL_FORMS"))
        self.rows = kinds(
            data, initial=list(held)[:posted], prefix="row", form_kwargs=dict(row_options or {})
        )
        self.initial["row_count"] = len(held)
        self.row_name = row.name
        for held_row in self.rows.initial_forms:
            held_row.fields["DELETE"].label = f"Take this {row.name.lower()} out"

    def is_valid(self) -> bool:
        """Both the page's own fields and every row, so that all that is wrong is said at once."""
        self.rows.is_valid()  # first, as the page's own check reads what was typed into them
        return super().is_valid() and self.rows.is_valid()

    def clean(self) -> dict[str, Any]:
        """A row that is held goes only where somebody said so, never by not arriving."""
        cleaned: dict[str, Any] = super().clean() or {}
        arrived = self.rows.initial_form_count()
        if cleaned.get("row_count") != arrived or self.rows.total_form_count() < arrived:
            raise forms.ValidationError("Not every row arrived. Open the page again.")
        self._check_unique()
        return cleaned

    def _check_unique(self) -> None:
        """Of two rows of one name, a list by names would keep the second alone."""
        met: set[str] = set()
        for row in self._kept():
            name = row.cleaned_data.get(row.unique) if row.unique else None
            if name and name in met:
                row.add_error(
                    row.unique, f"“{name}” stands in two rows. Take one of them out, or rename it."
                )
            met.add(name or "")

    def row_forms(self) -> list[tuple[str, forms.Form]]:
        """The rows that are held, then the empty ones."""
        held = self.rows.initial_form_count()
        return [
            (f"{self.row_name} {n}" if n <= held else f"Another {self.row_name.lower()}", row)
            for n, row in enumerate(self.rows.forms, 1)
        ]

    def entries(self) -> list[Any]:
        """An entry for each row that was typed and is not taken out."""
        return [
            row.entry({name: row.cleaned_data[name] for name in row.base_fields})
            for row in self._kept()
        ]

    def _kept(self) -> list[Any]:
        """The rows that were typed and are not taken out."""
        typed = (row for row in self.rows.forms if getattr(row, "cleaned_data", None))
        return [row for row in typed if not row.cleaned_data.get("DELETE")]


class SizesForm(PartForm):
    """Credits and hours of every unit and pathway, on one page, because they add up."""

    def __init__(
        self, data: QueryDict | None = None, *, entry: SpecificationEntry, **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.units = [
            UnitSizeRow(data, prefix=f"unit-{n}", initial=shown(unit, UnitSizeRow), ref=unit.ref)
            for n, unit in enumerate(entry.units, 1)
        ]
        self.pathways = [
            PathwaySizeRow(
                data,
                prefix=f"pathway-{n}",
                initial=shown(pathway, PathwaySizeRow),
                ref=pathway.code,
            )
            for n, pathway in enumerate(entry.pathways, 1)
        ]
        self.legends = [
            *(f"Unit {unit.ref} {unit.title}" for unit in entry.units),
            *(f"Pathway {pathway.code} {pathway.title}" for pathway in entry.pathways),
        ]

    def is_valid(self) -> bool:
        """Every row, so that all that is wrong is said at once."""
        wrong = [row for _, row in self.row_forms() if not row.is_valid()]
        return super().is_valid() and not wrong

    def row_forms(self) -> list[tuple[str, forms.Form]]:
        """The units, then the pathways."""
        return list(zip(self.legends, [*self.units, *self.pathways], strict=True))


class VersionForm(forms.Form):
    """The label of a new version."""

    version = LineField(
        label="Version label",
        max_length=CODE_LENGTH,
        help_text="As the awarding body prints it, or your own for a correction, such as 2.0a.",
    )


class ImportForm(forms.Form):
    """A specification file, uploaded or pasted."""

    file = forms.FileField(
        label="File",
        required=False,
        allow_empty_file=True,  # refused by the reader, in its own words
        help_text="YAML, at most 1 MB, as the export writes it.",
    )
    text = forms.CharField(
        label="Or its text",
        required=False,
        strip=False,
        max_length=LARGEST,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
    )
    version = LineField(
        label="New version label",
        required=False,
        max_length=CODE_LENGTH,
        help_text="Left empty, the label in the file counts.",
    )

    def clean(self) -> dict[str, Any]:
        """One of the two, read as text; ``text`` and ``name`` say what to read."""
        cleaned: dict[str, Any] = super().clean() or {}
        upload, text = cleaned.get("file"), cleaned.get("text") or ""
        if self.errors:
            return cleaned
        if upload and text.strip():
            raise forms.ValidationError("Give a file or its text, not both.")
        if upload:
            cleaned["name"], cleaned["text"] = upload.name, self._read(upload)
        elif text.strip():
            cleaned["name"] = "text"
        else:
            raise forms.ValidationError("Choose a file, or paste its text.")
        return cleaned

    def _read(self, upload: Any) -> str:
        if upload.size > LARGEST:
            raise forms.ValidationError(
                f"The file has {upload.size:,} bytes; at most {LARGEST:,} are read."
                " Give each specification a file of its own."
            )
        raw: bytes = upload.read()
        try:
            return raw.decode()
        except UnicodeDecodeError as fault:
            line = raw.count(b"\n", 0, fault.start) + 1
            raise forms.ValidationError(
                f"Line {line} of the file is not UTF-8 text. Save the file as UTF-8."
            ) from fault


class PublishForm(ProofForm):
    """The digest of what was shown, and the proof that it is the person named."""

    shown = forms.RegexField(regex=r"^[0-9a-f]{64}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "password" in self.fields:
            self.fields[
                "password"
            ].help_text = "Your password is asked for again because you are about to publish."


def written_bullet(bullet: BulletEntry) -> str:
    """A bullet as one line: its text, a bar, its criteria."""
    named = ", ".join(f"{ref} {number}" for ref, number in bullet.criteria)
    return f"{bullet.text} | {named}" if named or "|" in bullet.text else bullet.text


def read_bullet(line: str) -> BulletEntry:
    """A line as a bullet; what follows the last bar are its criteria."""
    text, bar, named = line.rpartition("|")
    if not bar:
        return BulletEntry(line, ())
    keys = (part.strip().rpartition(" ") for part in named.split(",") if part.strip())
    return BulletEntry(text.strip(), tuple((ref.strip(), number) for ref, _, number in keys))


def changed(entry: E, form: PartForm, *leave_out: str) -> E:
    """An entry with what was typed into the fields that are called as its own."""
    return replace(entry, **form.typed("marked_at", *leave_out))


def _count(written: str | None) -> int:
    return int(written) if written and written.isdecimal() and len(written) < 5 else 0


def _choices(form: forms.Form, name: str, choices: Iterable[tuple[str, str]]) -> None:
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} is chosen from a list")
    field.choices = list(choices)
