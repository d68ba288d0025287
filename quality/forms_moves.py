"""The form that moves a registration to another pathway or version."""

from typing import Any
from uuid import UUID

from django import forms

from assessment.forms import LinesField
from quality.queries.combination import MovePreview


class MoveForm(forms.Form):
    """Where to, why, and from which pathway the mover saw it go."""

    pathway = forms.UUIDField(widget=forms.HiddenInput)
    shown = forms.UUIDField(widget=forms.HiddenInput)
    reason = LinesField(
        label="Why the learner moves",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, preview: MovePreview, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.registration = preview.registration
        if preview.verdict.asks_reason:
            reason = self.fields["reason"]
            reason.required = True
            reason.help_text = preview.verdict.sentence
            reason.error_messages["required"] = preview.remedy

    def clean_shown(self) -> UUID:
        """Refuse a move from another pathway than the page showed."""
        shown: UUID = self.cleaned_data["shown"]
        if shown != self.registration.pathway_id:
            raise forms.ValidationError(
                "This registration was moved meanwhile. Read the page again before you go on."
            )
        return shown
