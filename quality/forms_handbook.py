"""Forms of handbooks: the file, the answers to doubtful readings, the draft."""

from typing import Any, cast
from uuid import UUID

from django import forms

from qualifications.models import CODE_LENGTH, Specification
from quality.models import HandbookWarning
from quality.queries.handbook import Candidate

ACCEPTED = ".docx,.pdf,.txt,.md"


class HandbookForm(forms.Form):
    """The handbook's file."""

    file = forms.FileField(
        label="The handbook",
        help_text="The awarding body’s own document: Word, PDF with text, plain text or Markdown.",
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
    )


class AnswerForm(forms.Form):
    """Readings that were ticked, and what the person has done about them."""

    warnings = forms.TypedMultipleChoiceField(coerce=UUID)
    resolution = forms.ChoiceField(choices=HandbookWarning.Resolution.choices)
    note = forms.CharField(
        label="What was corrected",
        required=False,
        max_length=500,
        help_text="Needed where you corrected the draft.",
    )

    def __init__(self, *args: Any, warnings: list[UUID], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.TypedMultipleChoiceField", self.fields["warnings"])
        field.choices = [(str(pk), str(pk)) for pk in warnings]


class DraftForm(forms.Form):
    """The version that the draft stands on, and its own label."""

    known = forms.ChoiceField(
        label="Stands on",
        widget=forms.RadioSelect,
        help_text="Its rules, sheets, pathways, templates and verbs are taken over.",
    )
    version = forms.CharField(
        label="Version label",
        max_length=CODE_LENGTH,
        help_text="As the handbook prints it, or your own, such as 2.0-handbook.",
    )

    def __init__(
        self, *args: Any, candidates: tuple[Candidate, ...], chosen: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.versions = {str(one.specification.pk): one.specification for one in candidates}
        field = cast("forms.ChoiceField", self.fields["known"])
        field.choices = [(str(one.specification.pk), _name(one)) for one in candidates]
        field.initial = chosen if chosen in self.versions else next(iter(self.versions), "")

    @property
    def base(self) -> Specification | None:
        """The version that is chosen so far."""
        return self.versions.get(str(self["known"].value() or ""))


def _name(one: Candidate) -> str:
    version = one.specification
    whose = "your centre’s own" if one.is_own else "shared"
    label = f"{version.qualification.number} version {version.version} ({whose})"
    return f"{label}: {one.shared} of {one.units} units"
