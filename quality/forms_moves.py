"""The form that moves a registration to another pathway or version."""

from typing import Any
from uuid import UUID

from django import forms

from assessment.forms import LinesField
from centres.models import Registration
from qualifications.models import Pathway


class MoveForm(forms.Form):
    """Where to, why, and from which pathway the mover saw it go."""

    pathway = forms.UUIDField(widget=forms.HiddenInput)
    shown = forms.UUIDField(widget=forms.HiddenInput)
    reason = LinesField(
        label="Why the learner moves",
        required=False,
        max_length=2000,
        help_text="Needed where a smaller award leaves out a unit that is confirmed.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, *args: Any, registration: Registration, target: Pathway, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.registration = registration
        if target.credits >= registration.pathway.credits:
            self.fields["reason"].help_text = ""

    def clean_shown(self) -> UUID:
        """Refuse a move from another pathway than the page showed."""
        shown: UUID = self.cleaned_data["shown"]
        if shown != self.registration.pathway_id:
            raise forms.ValidationError(
                "This registration was moved meanwhile. Read the page again before you go on."
            )
        return shown
