"""Forms of handbooks: the file, the answers to doubtful readings, the draft."""

from typing import Any, cast
from uuid import UUID

from django import forms

from centres.models import Centre
from qualifications.models import CODE_LENGTH, Specification
from qualifications.version_names import version_name
from quality.handbook_files import ACCEPTED, MAY_BE
from quality.models import HandbookWarning
from quality.queries.handbooks.bases import Candidate


class HandbookForm(forms.Form):
    """The handbook's file."""

    file = forms.FileField(
        label="The handbook",
        help_text=f"The awarding body’s own document: {MAY_BE}",
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
    )


class SeenForm(forms.Form):
    """The time of the newest answer that a page showed; none where it showed no answer."""

    seen = forms.DateTimeField(required=False)


class AnswerForm(SeenForm):
    """Readings that were ticked, and what the person has done about them."""

    warnings = forms.TypedMultipleChoiceField(coerce=UUID)
    resolution = forms.ChoiceField(choices=HandbookWarning.Resolution.choices)
    note = forms.CharField(required=False)  # its length is refused by the action, which keeps it

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
        help_text="No other version of the qualification that you can see may bear it.",
    )

    def __init__(
        self,
        *args: Any,
        centre: Centre,
        candidates: tuple[Candidate, ...],
        chosen: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.candidates = {str(one.specification.pk): one for one in candidates}
        field = cast("forms.ChoiceField", self.fields["known"])
        field.choices = [(str(one.specification.pk), _name(centre, one)) for one in candidates]
        field.initial = chosen if chosen in self.candidates else next(iter(self.candidates), "")
        if field.initial:
            label = self.candidates[field.initial].free_label(centre)
            self.fields["version"].initial = label
            self.fields["version"].help_text += f" “{label}” is free."

    @property
    def base(self) -> Specification | None:
        """The version that is chosen so far."""
        found = self.candidates.get(str(self["known"].value() or ""))
        return found.specification if found else None


def _name(centre: Centre, one: Candidate) -> str:
    name = version_name(one.specification, centre.name)
    number = one.specification.qualification.number
    return f"{number} version {name}: {one.shared} of {one.units} units"
