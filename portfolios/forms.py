"""What a learner fills in: a file, a claim, the declaration."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms

from centres.reauthentication import ProofForm
from portfolios.anchors import anchor_for, read_place
from portfolios.declarations import Declaration
from portfolios.file_types import ACCEPTED, TAKEN
from portfolios.models import Anchor
from portfolios.notes import NOTE_LENGTH, one_line_end
from portfolios.queries import EvidencePage
from qualifications.models import Criterion

WHERE = {
    Anchor.PAGE: ("Page", "Such as 6. Leave it empty for the whole item."),
    Anchor.TIME: ("Time", "Minutes and seconds, such as 2:43. Leave it empty for the whole item."),
}


class FileForm(forms.Form):
    """One file, as the next version of an item."""

    file = forms.FileField(
        label="The newer file",
        help_text=f"{TAKEN}.",
        allow_empty_file=True,  # refused by the action, in its own words
        max_length=None,
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
    )


class NoteField(forms.CharField):
    """A text of several lines, each line end counted once."""

    def to_python(self, value: Any) -> str:
        """The text before its length is checked."""
        return super().to_python(one_line_end(value) if isinstance(value, str) else value) or ""


class ClaimForm(forms.Form):
    """A claim of one item for one criterion of its pathway."""

    criterion = forms.ChoiceField(label="Criterion")
    place = forms.CharField(max_length=12, required=False)
    note = NoteField(
        label="Note for your assessor",
        help_text="Where to look, or why this shows it. No client’s name.",
        max_length=NOTE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "rows-2"}),
    )

    def __init__(self, *args: Any, page: EvidencePage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._criteria = {str(criterion.pk): criterion for criterion in page.criteria}
        self._anchor = anchor_for(page.latest.file.kind)
        criterion = self.fields["criterion"]
        if not isinstance(criterion, forms.ChoiceField):
            raise TypeError("the criterion is chosen from a list")
        criterion.choices = _grouped(page.criteria)
        if self._anchor == Anchor.WHOLE:
            del self.fields["place"]
        else:
            self.fields["place"].label, self.fields["place"].help_text = WHERE[self._anchor]

    def clean_place(self) -> int | None:
        """The place as a number of pages or seconds."""
        try:
            return read_place(self._anchor, self.cleaned_data["place"])
        except ValueError as fault:
            raise forms.ValidationError(f"Not a place in this file: {fault}.") from fault

    @property
    def claim(self) -> dict[str, Any]:
        """What ``make_claim`` takes, after ``is_valid()``."""
        place = self.cleaned_data.get("place")
        return {
            "criterion": self._criteria[self.cleaned_data["criterion"]],
            "anchor": Anchor.WHOLE if place is None else self._anchor,
            "place": place,
            "note": self.cleaned_data["note"],
        }


def _grouped(criteria: Sequence[Criterion]) -> list[Any]:
    """The criteria under the titles of their outcomes, after an empty choice."""
    groups: dict[UUID, tuple[str, list[tuple[str, str]]]] = {}
    several = len({criterion.unit_id for criterion in criteria}) > 1
    for criterion in criteria:
        unit = f"{criterion.unit.number}: " if several else ""
        title = f"{unit}{criterion.outcome.number} {criterion.outcome.heading}"
        group = groups.setdefault(criterion.outcome_id, (title, []))
        group[1].append((str(criterion.pk), f"{criterion.number} {criterion.statement}"))
    return [("", "Choose the criterion that it shows"), *groups.values()]


class SubmitForm(ProofForm):
    """The declaration, given on what was shown."""

    agreed = forms.BooleanField(
        label="I declare this.",
        error_messages={
            "required": "Work is assessed only with its declaration: read it, then tick this box."
        },
    )
    declaration_version = forms.IntegerField(widget=forms.HiddenInput)
    shown_digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    shown_manifest = forms.CharField(required=False, widget=forms.HiddenInput)

    field_order = ["agreed", "password"]

    @classmethod
    def showing(
        cls, *args: Any, declaration: Declaration, digest: str, manifest: str, **kwargs: Any
    ) -> "SubmitForm":
        """The form for what is shown now."""
        return cls(
            *args,
            initial={
                "declaration_version": declaration.version,
                "shown_digest": digest,
                "shown_manifest": manifest,
            },
            **kwargs,
        )
