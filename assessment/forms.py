"""What an assessor fills in: a judgement with its counts, a comment, the signature."""

import json
import re
from decimal import ROUND_CEILING, Decimal
from typing import Any

from django import forms

from assessment.models import Decision
from assessment.queries.work import GateLine
from centres.reauthentication import ProofForm
from qualifications.queries import TreeCriterion
from qualifications.rules import hours_in_words

HOURS = re.compile(r"^(?P<hours>\d{1,4})\s*(?:h|:)\s*(?P<minutes>[0-5]?\d)?\s*(?:min|m)?$", re.I)
COUNT = "count-"
PART_NAME = re.compile(r"[dfcoex](:[\w.:\- ]{0,80})?")
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


def count_in_words(line: GateLine) -> str:
    """A stored count as it is shown in its field."""
    if not line.value or line.rule.unit_of_measure != "hours":
        return line.value
    return hours_in_words(int(Decimal(line.value) * 60 // 1))


class JudgementForm(forms.Form):
    """A criterion's decision, feedback and counts. Only what was sent counts as typed."""

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
    revision = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    tab = forms.CharField(required=False, max_length=40)

    def __init__(
        self, *args: Any, criterion: TreeCriterion, gates: tuple[GateLine, ...] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.criterion = criterion
        self.fields["feedback"].label = f"Feedback on {criterion.number}"
        lines = {line.rule.code: line for line in gates}
        for rule in criterion.gates:
            line = lines.get(rule.code)
            hours = rule.unit_of_measure == "hours"
            self.fields[COUNT + rule.code] = forms.CharField(
                label=f"{rule.label}: what you counted",
                required=False,
                max_length=20,
                help_text="Hours and minutes, such as 18 h 45." if hours else "A whole number.",
                initial=count_in_words(line) if line else "",
                widget=forms.TextInput(
                    attrs={"class": "form-control", "inputmode": "text" if hours else "numeric"}
                ),
            )

    def count_fields(self) -> list[forms.BoundField]:
        """The fields of what is counted."""
        return [self[name] for name in self.fields if name.startswith(COUNT)]

    def typed(self) -> dict[str, Any]:
        """What ``save_judgement`` is given: None for what was not sent."""
        sent = self.data
        cleaned = self.cleaned_data
        return {
            "decision": cleaned["decision"] if "decision" in sent else None,
            "feedback": cleaned["feedback"] if "feedback" in sent else None,
            "counts": {
                rule.code: hours_as_decimal(cleaned[COUNT + rule.code])
                if rule.unit_of_measure == "hours"
                else cleaned[COUNT + rule.code].strip()
                for rule in self.criterion.gates
                if COUNT + rule.code in sent
            },
            "base_revision": cleaned["revision"] or 0,
            "tab": cleaned["tab"],
        }


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


__all__ = ["CommentForm", "JudgementForm", "SignForm", "count_in_words", "hours_as_decimal"]
