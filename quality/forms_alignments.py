"""Forms of alignments; every choice is of the centre they are made for."""

from typing import Any, cast

from django import forms

from assessment.forms import LinesField
from centres.forms import PathwayChoice
from centres.models import Centre, Registration
from qualifications.models import Pathway
from quality.models import Alignment, Coverage
from quality.models.alignment import NAME_LIMIT, TEXT_LIMIT
from quality.queries.alignment_learners import open_programmes, placeable
from quality.queries.alignments import PEOPLE, UnitLine, alignable_pathways

AS_SUGGESTED = ("", "As the criteria suggest")


def _line() -> forms.TextInput:
    return forms.TextInput(attrs={"class": "form-control"})


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "class": "form-control rows-3"})


class WholeLinesField(LinesField):
    """Lines that are refused where they are too many, with all of them still in the page.

    The browser's own limit is left away: it cuts a pasted text off without a word.
    """

    default_error_messages = {
        "max_length": "It has %(show_value)d characters; %(limit_value)d are the most. Shorten it."
    }

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Those of any text but its limit."""
        attrs = super().widget_attrs(widget)
        return {name: value for name, value in attrs.items() if name != "maxlength"}


class StartForm(forms.Form):
    """The programme and the pathway that it is mapped to."""

    title = forms.CharField(
        label="Programme", max_length=NAME_LIMIT, help_text="The programme’s title."
    )
    pathway = PathwayChoice(
        label="Pathway",
        queryset=Pathway.objects.none(),
        empty_label="Choose a pathway",
        help_text="Of the qualifications that the centre is approved to offer.",
    )

    def __init__(self, *args: Any, centre: Centre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(PathwayChoice, self.fields["pathway"])
        field.queryset, field.centre_name = alignable_pathways(centre), centre.name


class DraftForm(forms.Form):
    """A draft whose texts may stay empty. Only what was sent counts as typed."""

    revision = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def typed(self) -> dict[str, str]:
        """The texts that were sent, by field."""
        return {
            name: str(value)
            for name, value in self.cleaned_data.items()
            if name in self.data and name != "revision"
        }


class CoverForm(DraftForm):
    """The cover and the overview."""

    title = forms.CharField(
        label="Programme", required=False, max_length=NAME_LIMIT, widget=_line()
    )
    overview = WholeLinesField(
        label="Overview",
        required=False,
        max_length=TEXT_LIMIT,
        help_text="What the programme is, whom it is for and how it runs.",
        widget=_lines(6),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in PEOPLE.items():
            self.fields[name] = forms.CharField(
                label=label, required=False, max_length=NAME_LIMIT, widget=_line()
            )

    def people(self) -> list[forms.BoundField]:
        """The fields of those named on the cover."""
        return [self[name] for name in PEOPLE]


class UnitForm(DraftForm):
    """What the alignment says of one unit, with two texts for each criterion."""

    assessment_title = forms.CharField(
        label="Title of assessment for external verification",
        required=False,
        max_length=NAME_LIMIT,
        help_text="Needed for approval.",
        widget=_line(),
    )
    coverage = forms.ChoiceField(
        label="Coverage",
        choices=[AS_SUGGESTED, *Coverage.choices],
        required=False,
        help_text="Full by hand needs at least one criterion that says something. What is not "
        "filled in is then named when the alignment is approved and on its paper, beside your "
        "comment.",
    )
    comment = WholeLinesField(
        label="Comment",
        required=False,
        max_length=TEXT_LIMIT,
        help_text="A coverage that is set by hand needs it: why it is not what is suggested.",
        widget=_lines(3),
    )

    def __init__(self, *args: Any, line: UnitLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line
        for each in line.criteria:
            number = each.criterion.number
            self.fields[f"strategies-{number}"] = WholeLinesField(
                label=f"Learning strategies for {number}",
                required=False,
                max_length=TEXT_LIMIT,
                widget=_lines(3),
            )
            self.fields[f"evidence-{number}"] = WholeLinesField(
                label=f"Assessment evidence for {number}",
                required=False,
                max_length=TEXT_LIMIT,
                widget=_lines(3),
            )

    def parts(self) -> list[dict[str, Any]]:
        """Each outcome with its criteria and their two fields."""
        return [
            {
                "outcome": group.outcome,
                "criteria": [
                    {
                        "line": each,
                        "strategies": self[f"strategies-{each.criterion.number}"],
                        "evidence": self[f"evidence-{each.criterion.number}"],
                    }
                    for each in group.criteria
                ],
            }
            for group in self.line.outcomes
        ]


class LearnersForm(forms.Form):
    """The registrations that are placed on an alignment."""

    registrations = forms.ModelMultipleChoiceField(queryset=Registration.objects.none())

    def __init__(self, *args: Any, centre: Centre, alignment: Alignment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelMultipleChoiceField[Any]", self.fields["registrations"])
        field.queryset = placeable(centre, alignment)
        field.error_messages["required"] = "Nobody is ticked. Tick at least one learner."


class ProgrammeForm(forms.Form):
    """The programme that one registration follows, if any."""

    alignment = forms.ModelChoiceField(
        label="Programme",
        queryset=Alignment.objects.none(),
        required=False,
        blank=True,
        empty_label="No programme",
        widget=forms.RadioSelect,
    )

    def __init__(
        self, *args: Any, centre: Centre, registration: Registration, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Any]", self.fields["alignment"])
        field.queryset = open_programmes(centre, registration)
