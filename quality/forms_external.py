"""Forms of visits, confirmations and holds; every choice is of the centre they are made for."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.db.models import Q
from django.utils import timezone

from assessment.forms import LinesField
from assessment.models import Sheet
from centres.forms import PersonChoice, day_field
from centres.models import Centre, Registration, Role, User
from centres.queries import members_with
from centres.reauthentication import ProofForm
from portfolios.file_types import ACCEPTED
from qualifications.models import Qualification
from quality.actions.holds import PLACED_HERE
from quality.actions.visits import LONGEST_AFTER
from quality.models import Hold, Visit, VisitSheet
from quality.queries.confirmations import confirmable, sheets_among
from quality.queries.review import staff_of
from quality.queries.where import EXPIRES, SHOWS, WAITS_ON, WhereFilter

if TYPE_CHECKING:
    QualificationField = forms.ModelChoiceField[Qualification]
    SheetsField = forms.ModelMultipleChoiceField[Sheet]
else:
    QualificationField = forms.ModelChoiceField
    SheetsField = forms.ModelMultipleChoiceField


def qualifications_of(centre: Centre) -> Any:
    """The qualifications that learners of the centre are registered on."""
    registered = Registration.objects.for_centre(centre)
    return Qualification.objects.filter(
        Q(centre_id=None) | Q(centre_id=centre.pk),
        pk__in=registered.values("pathway__specification__qualification"),
    ).order_by("number")


class QualificationChoice(QualificationField):
    """Choose a qualification by its number and title."""

    def label_from_instance(self, qualification: Qualification) -> str:
        """As the awarding body lists it."""
        return f"{qualification.number} {qualification.title}"


class SheetsChoice(SheetsField):
    """Choose among sheets, each by its learner, assessment and attempt."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, sheet: Sheet) -> str:
        """Whose it is, and for what."""
        submission = sheet.submission
        name = submission.registration.certificate_name
        return f"{name}, {submission.assessment.title}, attempt {submission.attempt}"


def lines(rows: int, **attributes: str) -> forms.Textarea:
    """A text area of so many rows."""
    return forms.Textarea(
        attrs={"rows": rows, "class": f"rows-{6 if rows > 3 else max(rows, 2)}", **attributes}
    )


def _choices(form: forms.Form, name: str, queryset: Any) -> None:
    cast("forms.ModelChoiceField[Any]", form.fields[name]).queryset = queryset


class VisitForm(forms.Form):
    """A visit to be arranged."""

    eqa = PersonChoice(
        label="External quality assurer",
        queryset=User.objects.none(),
        empty_label="Choose a person",
        help_text="People with that role in this centre.",
    )
    qualification = QualificationChoice(
        label="Qualification",
        queryset=Qualification.objects.none(),
        empty_label="Choose a qualification",
        help_text="They can open every learner’s work on it, and nothing else.",
    )
    opens_on = day_field("Opens on", initial=timezone.localdate)
    closes_on = day_field("Closes on", "The last day on which it can be signed.")
    reference = forms.CharField(
        label="Reference", max_length=60, required=False, help_text="The awarding body’s, if any."
    )
    days_after = forms.IntegerField(
        label="Days to read on after closing", min_value=0, max_value=LONGEST_AFTER, initial=14
    )

    def __init__(self, *args: Any, centre: Centre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "eqa", members_with(centre, Role.EQA))
        _choices(self, "qualification", qualifications_of(centre))


class ChoiceForm(forms.Form):
    """Why a sheet is chosen."""

    reason = forms.CharField(label="Why this sheet", max_length=300, required=False)


class FindingForm(forms.Form):
    """What the EQA makes of a sheet."""

    decision = forms.ChoiceField(
        label="Your decision",
        choices=VisitSheet.Decision.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    comment = LinesField(
        label="Comment",
        max_length=5000,
        required=False,
        help_text="The centre reads it once you close the visit.",
        widget=lines(4),
    )
    action_text = LinesField(
        label="Required action", max_length=2000, required=False, widget=lines(2)
    )
    action_owner = PersonChoice(
        label="Who does it",
        queryset=User.objects.none(),
        required=False,
        empty_label="Nobody",
    )
    action_due_on = day_field("Due on", required=False)
    note = LinesField(
        label="Private note",
        max_length=5000,
        required=False,
        help_text="Nobody but you reads it.",
        widget=lines(2),
    )

    def __init__(self, *args: Any, centre: Centre, published: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "action_owner", staff_of(centre))
        if not published:
            del self.fields["decision"]


class NotesForm(forms.Form):
    """The EQA's own notes."""

    notes = LinesField(
        label="Your notes",
        max_length=10_000,
        required=False,
        help_text="Nobody but you reads them.",
        widget=lines(4),
    )


class ReportTextForm(forms.Form):
    """The report that closing signs."""

    report = LinesField(
        label="Report to the centre",
        max_length=10_000,
        required=False,
        help_text="The centre reads it once you close the visit.",
        widget=lines(6),
    )


class CloseForm(ProofForm):
    """How the visit ends, what was shown, and the proof."""

    outcome = forms.ChoiceField(choices=Visit.Outcome.choices, widget=forms.HiddenInput)
    shown = forms.RegexField(regex=r"^[0-9a-f]{64}$", widget=forms.HiddenInput)


class ReportForm(forms.Form):
    """An external report made elsewhere."""

    file = forms.FileField(
        label="The report",
        help_text="As it came from the external quality assurer.",
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
    )
    reference = forms.CharField(label="Reference", max_length=60)
    eqa_name = forms.CharField(label="External quality assurer", max_length=200)
    reported_on = day_field("Date of the report")
    releases = forms.BooleanField(label="It releases the work ticked below", required=False)
    sheets = SheetsChoice(
        label="What it releases",
        queryset=Sheet.objects.none(),
        required=False,
        help_text="Passes that are internally confirmed and not held.",
    )

    def __init__(
        self, *args: Any, centre: Centre, qualification: Qualification, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        ready = confirmable(centre, qualification)
        _choices(self, "sheets", sheets_among(centre, ready))
        self.fields["sheets"].initial = [sheet.pk for sheet in ready]

    def clean(self) -> dict[str, Any]:
        """What is ticked counts only where the report releases it."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("releases") and "sheets" in cleaned:
            cleaned["sheets"] = cleaned["sheets"].none()
        return cleaned


class DirectClaimsForm(forms.Form):
    """A direct-claims status to be recorded."""

    qualification = QualificationChoice(
        label="Qualification",
        queryset=Qualification.objects.none(),
        empty_label="Choose a qualification",
    )
    file = forms.FileField(
        label="The awarding body’s notice",
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
    )
    reference = forms.CharField(label="Reference", max_length=60)
    starts_on = day_field("Holds from")
    ends_on = day_field("Holds until", "Empty where the notice names no end.", required=False)

    def __init__(self, *args: Any, centre: Centre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "qualification", qualifications_of(centre))


class EndForm(forms.Form):
    """The last day of a status."""

    on = day_field("Last day", initial=timezone.localdate)


class ClaimForm(forms.Form):
    """What is claimed."""

    sheets = SheetsChoice(label="Results to claim", queryset=Sheet.objects.none())

    def __init__(
        self, *args: Any, centre: Centre, qualification: Qualification, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        ready = confirmable(centre, qualification)
        _choices(self, "sheets", sheets_among(centre, ready))
        self.fields["sheets"].initial = [sheet.pk for sheet in ready]


class HoldForm(forms.Form):
    """Why work is held."""

    kind = forms.ChoiceField(
        label="Because of",
        choices=[(kind.value, Hold.Kind(kind).label) for kind in PLACED_HERE],
        widget=forms.RadioSelect,
    )
    reason = LinesField(label="Reason", max_length=2000, widget=lines(3))


class LiftForm(forms.Form):
    """Why a hold is lifted."""

    reason = LinesField(label="Why it is lifted", max_length=2000, widget=lines(3))


class WhereForm(forms.Form):
    """The line of filters above the list; what can't be read is left out, never refused."""

    q = forms.CharField(required=False, max_length=100)
    pathway = forms.UUIDField(required=False)
    on = forms.ChoiceField(required=False, choices=[("", ""), *WAITS_ON.items()])
    expires = forms.ChoiceField(required=False, choices=[("", ""), *EXPIRES.items()])
    show = forms.ChoiceField(required=False, choices=[("", ""), *SHOWS.items()])

    def chosen(self) -> WhereFilter:
        """What was read."""
        self.is_valid()
        read = self.cleaned_data
        return WhereFilter(
            text=read.get("q", ""),
            pathway=read.get("pathway"),
            on=read.get("on", ""),
            expires=read.get("expires", ""),
            show=read.get("show", ""),
        )
