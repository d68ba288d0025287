"""What an assessor fills in: a judgement with its counts, a comment, the signature."""

import json
import re
from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Any

from django import forms

from assessment.models import Decision, Finding
from centres.reauthentication import ProofForm
from qualifications.queries import TreeCriterion, TreeRule, TreeSection
from qualifications.rules import amount_in_words, has_number, required_in_words

HOURS = re.compile(r"^(?P<hours>\d{1,4})\s*(?:h|:)\s*(?P<minutes>[0-5]?\d)?\s*(?:min|m)?$", re.I)
COUNT = "count-"
PART_NAME = re.compile(r"[dfclmsinkoex](:[\w.:\- ]{0,80})?")
PART_HASH = re.compile(r"[0-9a-f]{12,64}")


class LinesField(forms.CharField):
    """Text of several lines, each of whose ends counts as one character towards the limit.

    Browsers send CR and LF for what their own count, and the stored text, has as one.
    """

    def to_python(self, value: Any) -> str:
        """The text with LF at the end of each line."""
        text: str = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n")


def hours_as_decimal(text: str) -> str:
    """``18 h 45`` or ``18:45`` as ``18.75``; anything else as it is.

    Rounded up to a hundredth, so that the whole minutes are the same ones again.
    """
    found = HOURS.match(text.strip())
    if not found:
        return text.strip().replace(",", ".")
    minutes = int(found["hours"]) * 60 + int(found["minutes"] or 0)
    return str((Decimal(minutes) / 60).quantize(Decimal("0.01"), rounding=ROUND_CEILING))


def count_in_words(rule: TreeRule, stored: Any) -> str:
    """A stored count or finding as it is shown in its field."""
    value = str(stored)
    if not value or not _in_hours(rule):
        return value
    return amount_in_words(Decimal(value), rule.unit_of_measure)


def _in_hours(rule: TreeRule) -> bool:
    return has_number(rule) and rule.unit_of_measure == "hours"


def _count_field(rule: TreeRule, stored: Any) -> forms.CharField:
    """A small field for a number; a choice of three where there is no number to count to."""
    if not has_number(rule):
        choices = [("", "Not looked at"), *Finding.choices]
        return forms.CharField(
            label=rule.label,
            required=False,
            initial=stored,
            widget=forms.RadioSelect(choices=choices),
        )
    hours = _in_hours(rule)
    hint = "Hours and minutes, such as 18 h 45." if hours else "A whole number."
    asked = required_in_words(rule.minimum, rule.maximum, rule.unit_of_measure)
    return forms.CharField(
        label=f"{rule.label}: what you counted" if rule.is_gate else rule.label,
        required=False,
        max_length=20,
        help_text=hint if rule.is_gate else f"of {asked}",
        initial=count_in_words(rule, stored),
        widget=forms.TextInput(
            attrs={"class": "form-control", "inputmode": "text" if hours else "numeric"}
        ),
    )


class CountedForm(forms.Form):
    """A draft with a field for each gate and each item of a checklist.

    Only what was sent counts as typed.
    """

    revision = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    tab = forms.CharField(required=False, max_length=40)

    def __init__(
        self,
        *args: Any,
        rules: tuple[TreeRule, ...],
        counts: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rules = rules
        for rule in rules:
            stored = (counts or {}).get(rule.code, "")
            self.fields[COUNT + rule.code] = _count_field(rule, stored)

    def count_fields(self) -> list[forms.BoundField]:
        """The fields of what gates ask to be counted."""
        return [self[COUNT + rule.code] for rule in self.rules if rule.is_gate]

    def typed_of(self, *names: str) -> dict[str, Any]:
        """What an action is given: these fields, None for what was not sent, and the counts."""
        cleaned = self.cleaned_data
        return {
            **{name: cleaned[name] if name in self.data else None for name in names},
            "counts": {
                rule.code: hours_as_decimal(cleaned[COUNT + rule.code])
                if _in_hours(rule)
                else cleaned[COUNT + rule.code].strip()
                for rule in self.rules
                if COUNT + rule.code in self.data
            },
            "base_revision": cleaned["revision"] or 0,
            "tab": cleaned["tab"],
        }


class JudgementForm(CountedForm):
    """A criterion's decision, feedback, counts and what was looked for."""

    decision = forms.ChoiceField(
        label="Decision", choices=Decision.choices, required=False, widget=forms.RadioSelect
    )
    feedback = LinesField(
        label="Feedback",
        required=False,
        max_length=5000,
        help_text="The learner sees this. A referral needs it: what is missing, and what would "
        "meet it.",
        widget=forms.Textarea(attrs={"rows": 4, "class": "form-control rows-3", "data-key": "f"}),
    )

    def __init__(
        self,
        *args: Any,
        criterion: TreeCriterion,
        counts: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, rules=criterion.rules, counts=counts, **kwargs)
        self.fields["feedback"].label = f"Feedback on {criterion.number}"

    def typed(self) -> dict[str, Any]:
        """What ``save_judgement`` is given."""
        return self.typed_of("decision", "feedback")


class SectionForm(CountedForm):
    """A section's mark, strengths, areas for improvement, counts and what was looked for."""

    mark = forms.CharField(
        required=False,
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "class": "form-control mark-field",
                "inputmode": "numeric",
                "autocomplete": "off",
                "data-key": "m",
            }
        ),
    )
    strengths = LinesField(
        label="Strengths",
        required=False,
        max_length=5000,
        help_text="The learner sees this.",
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control rows-3", "data-key": "s"}),
    )
    improvements = LinesField(
        label="Areas for improvement",
        required=False,
        max_length=5000,
        help_text="The learner sees this. A section below its minimum needs it: what to redo.",
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control rows-3", "data-key": "a"}),
    )

    def __init__(
        self,
        *args: Any,
        section: TreeSection,
        rules: tuple[TreeRule, ...],
        counts: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, rules=rules, counts=counts, **kwargs)
        self.fields["mark"].label = f"Mark out of {section.maximum}"
        self.fields["mark"].help_text = f"A whole number; {section.minimum} is the minimum."

    def typed(self) -> dict[str, Any]:
        """What ``save_section`` is given."""
        return self.typed_of("mark", "strengths", "improvements")


class CommentForm(forms.Form):
    """A comment on a learning outcome for one audience."""

    text = LinesField(required=False, max_length=5000)
    revision = forms.IntegerField(required=False, min_value=0)
    tab = forms.CharField(required=False, max_length=40)
    criterion = forms.CharField(required=False, max_length=40)

    def typed(self) -> dict[str, Any]:
        """What ``save_comment`` is given."""
        cleaned = self.cleaned_data
        return {
            "text": cleaned["text"],
            "base_revision": cleaned["revision"] or 0,
            "tab": cleaned["tab"],
        }


class SignForm(ProofForm):
    """What was shown, by its digest and its parts, and the proof that it is the signer."""

    shown = forms.RegexField(regex=r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    parts = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)

    def clean_parts(self) -> dict[str, str]:
        """Only for saying what changed; anything unreadable says nothing.

        What is left is named as ``manifest_parts`` names it, since the names reach the page.
        """
        try:
            parts = json.loads(self.cleaned_data["parts"] or "{}")
        except (ValueError, RecursionError):  # nested deeper than the interpreter goes
            return {}
        if not isinstance(parts, dict):
            return {}
        return {
            name: value
            for name, value in parts.items()
            if PART_NAME.fullmatch(name) and isinstance(value, str) and PART_HASH.fullmatch(value)
        }


__all__ = [
    "CommentForm",
    "JudgementForm",
    "SectionForm",
    "SignForm",
    "count_in_words",
    "hours_as_decimal",
]
