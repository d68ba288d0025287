"""Forms of approvals; every choice is of the centre that they are made for."""

import datetime
from typing import Any, cast

from django import forms
from django.utils import timezone

from assessment.forms import LinesField
from centres.approvals import offered_qualifications
from centres.forms import day_field
from centres.models import Approval, Centre
from portfolios.file_types import ACCEPTED
from qualifications.models import Qualification
from quality.forms_external import QualificationChoice, lines
from quality.models import ApprovalPaper


class ApprovalDatesForm(forms.Form):
    """What the awarding body's letter and catalogue say of an approval."""

    reference = forms.CharField(
        label="Reference", max_length=60, help_text="As the awarding body’s letter gives it."
    )
    starts_on = day_field("Approved from")
    ends_on = day_field("Approved until", "Empty where the letter names no end.", required=False)
    last_registration_on = day_field(
        "Last day to register learners",
        "Where the awarding body has announced one. After it nobody is enrolled.",
        required=False,
    )
    last_certification_on = day_field(
        "Last day to certificate", "Where the awarding body has announced one.", required=False
    )


def days_of(approval: Approval) -> dict[str, str | datetime.date | None]:
    """An approval as the form shows it."""
    return {name: getattr(approval, name) for name in ApprovalDatesForm.base_fields}


class ApprovalForm(ApprovalDatesForm):
    """An approval to be recorded."""

    qualification = QualificationChoice(
        label="Qualification",
        queryset=Qualification.objects.none(),
        empty_label="Choose a qualification",
    )
    field_order = ("qualification",)

    def __init__(self, *args: Any, centre: Centre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Any]", self.fields["qualification"])
        field.queryset = offered_qualifications(centre).order_by("number")


class EndApprovalForm(forms.Form):
    """The last day of an approval."""

    on = day_field(
        "Last day", "The last day on which learners are enrolled.", initial=timezone.localdate
    )


class ApprovalPaperForm(forms.Form):
    """A paper to be kept with an approval."""

    kind = forms.ChoiceField(
        label="What it is", choices=ApprovalPaper.Kind.choices, widget=forms.RadioSelect
    )
    title = forms.CharField(
        label="Title", max_length=200, help_text="So that it is told from others of its kind."
    )
    file = forms.FileField(
        label="File", widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED})
    )


class OverrideForm(forms.Form):
    """Why learners are enrolled on units past their review dates."""

    reason = LinesField(
        label="Reason",
        max_length=2000,
        help_text="Such as what the awarding body has agreed, with whom and when.",
        widget=lines(4),
    )
