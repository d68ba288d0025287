"""Forms of internal quality assurance; every choice is of the centre they are made for."""

from typing import Any, cast

from django import forms

from assessment.forms import LinesField, SignForm
from assessment.models import Audience
from centres.forms import PersonChoice, day_field
from centres.models import Centre, User
from qualifications.queries import TreeSection
from quality.models import Review, ReviewPoint
from quality.models.review import Check
from quality.queries.plans import reviewers_of
from quality.queries.review import staff_of


class PlanForm(forms.Form):
    """A version of a sampling plan."""

    name = forms.CharField(label="Name", max_length=120, help_text="Such as “Autumn 2026”.")
    baseline_percent = forms.IntegerField(
        label="Share to review, in %",
        min_value=1,
        max_value=100,
        help_text="Of the decided work. Below it the rest is released only with a reason.",
    )
    rules = LinesField(
        label="Why work is chosen",
        max_length=5000,
        help_text="One rule a line: new assessors, second attempts, kinds of evidence.",
        widget=forms.Textarea(attrs={"rows": 8, "class": "rows-6"}),
    )


class ReviewerForm(forms.Form):
    """Who reviews, and by when."""

    reviewer = PersonChoice(
        label="Reviewer",
        queryset=User.objects.none(),
        empty_label="Choose a reviewer",
        help_text="Nobody reviews work that they assessed at any attempt.",
    )
    due_on = day_field("Due")

    def __init__(self, *args: Any, centre: Centre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[User]", self.fields["reviewer"])
        field.queryset = reviewers_of(centre)


class ChoiceForm(ReviewerForm):
    """One piece of work, chosen by hand."""

    reason = forms.CharField(
        label="Why this one",
        max_length=300,
        help_text="The rule of the plan, or what you noticed.",
    )

    field_order = ["reason", "reviewer", "due_on"]


class DrawForm(ReviewerForm):
    """A random draw."""

    wanted = forms.IntegerField(label="How many", min_value=1, max_value=1000)
    seed = forms.CharField(
        label="Seed",
        max_length=64,
        required=False,
        help_text="Leave it empty and one is made up. With the same seed and pool anybody can "
        "repeat the draw.",
    )

    field_order = ["wanted", "seed", "reviewer", "due_on"]


class PointForm(forms.Form):
    """What is said of one criterion or section. Only what was sent counts as typed."""

    verdict = forms.ChoiceField(
        choices=ReviewPoint.Verdict.choices, required=False, widget=forms.RadioSelect
    )
    mark = forms.CharField(
        required=False,
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "class": "form-control mark-field",
                "inputmode": "numeric",
                "autocomplete": "off",
            }
        ),
    )
    comment = LinesField(
        label="Comment",
        required=False,
        max_length=5000,
        help_text="A query needs it: what you question, and why.",
        widget=forms.Textarea(attrs={"rows": 4, "class": "form-control rows-3", "data-key": "f"}),
    )
    audience = forms.ChoiceField(
        label="Who reads the comment",
        choices=Audience.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    revision = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, section: TreeSection | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if section is None:
            del self.fields["mark"]
            return
        self.fields["mark"].label = f"Your mark out of {section.maximum}"
        self.fields["mark"].help_text = f"A whole number; {section.minimum} is the minimum."

    def typed(self) -> dict[str, Any]:
        """What ``save_point`` is given."""
        names = ("verdict", "mark", "comment", "audience")
        sent = {
            name: self.cleaned_data[name]
            for name in names
            if name in self.data and name in self.fields
        }
        if not sent.get("audience", "x"):  # nothing chosen is no answer: it stays as it was
            del sent["audience"]
        return {**sent, "base_revision": self.cleaned_data["revision"] or 0}


class ConclusionForm(forms.Form):
    """The five tests, the remarks and the outcome. Only what was sent counts as typed."""

    remarks = LinesField(
        label="Remarks",
        required=False,
        max_length=5000,
        help_text="For the file: what you looked at, and anything that the criteria do not hold.",
        widget=forms.Textarea(attrs={"rows": 4, "class": "form-control rows-3"}),
    )
    outcome = forms.ChoiceField(label="Outcome", required=False, widget=forms.RadioSelect)
    reason = LinesField(
        label="Why it goes back",
        required=False,
        max_length=5000,
        help_text="The assessor reads this and decides again.",
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control rows-3"}),
    )
    action_text = LinesField(
        label="Action",
        required=False,
        max_length=2000,
        help_text="What is to be done; the decision stands meanwhile.",
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control rows-3"}),
    )
    action_owner = PersonChoice(
        label="Owner of the action",
        queryset=User.objects.none(),
        required=False,
        empty_label="Nobody yet",
    )
    action_due_on = day_field("Action due", required=False)
    revision = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, centre: Centre, interim: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        noted = Review.Outcome.NOTED
        choices = [(v, label) for v, label in Review.Outcome.choices if (v == noted) == interim]
        cast(forms.ChoiceField, self.fields["outcome"]).choices = choices
        owner = cast("forms.ModelChoiceField[User]", self.fields["action_owner"])
        owner.queryset = staff_of(centre)
        owner.widget.attrs["class"] = "form-select"
        self.fields["action_due_on"].widget.attrs["class"] = "form-control"
        for name in Review.TESTS:
            self.fields[name] = forms.ChoiceField(
                label=name.capitalize(),
                choices=Check.choices,
                required=False,
                widget=forms.RadioSelect,
            )
        if interim:
            for name in ("reason", "action_text", "action_owner", "action_due_on"):
                del self.fields[name]

    def tests(self) -> list[forms.BoundField]:
        """The fields of the five tests."""
        return [self[name] for name in Review.TESTS]

    def typed(self) -> dict[str, Any]:
        """What ``save_conclusion`` is given."""
        sent = {name: v for name, v in self.cleaned_data.items() if name in self.data}
        sent.pop("revision", None)
        if "action_owner" in sent:
            owner = sent["action_owner"]
            sent["action_owner"] = owner.pk if owner else ""
        return sent


class AnswerForm(forms.Form):
    """What was done about an action."""

    answer = LinesField(
        label="What was done",
        max_length=2000,
        help_text="Whoever closes the action reads this.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ReleaseForm(SignForm):
    """The list that is released, the reason where one is needed, and the proof."""

    justification = LinesField(
        label="Why the rest is released all the same",
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
