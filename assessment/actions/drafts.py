"""Saving a draft: what an assessor types on a sheet, kept whole whatever two tabs do."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from assessment.corrections import corrected_sheet
from assessment.models import (
    Audience,
    Comment,
    Decision,
    DraftRevision,
    Finding,
    Judgement,
    SectionMark,
    Sheet,
)
from assessment.queries.tree import outcomes_of, sheet_tree
from assessment.states import Act, SubmissionState, check_allows
from centres.access import check_may
from centres.ledger import action
from centres.models import Centre, Registration, User
from centres.refusals import Refusal, TransitionError
from portfolios.models import Closure, Submission
from qualifications.models import Criterion, LearningOutcome
from qualifications.queries import TreeRule
from qualifications.rules import has_number

TEXT_LIMIT = 5000  # characters
HIGHEST_COUNT = Decimal(9999)
WHOLE = {"clients", "items", "months"}

Typed = Mapping[str, Any]
Part = Judgement | SectionMark | Comment

PARTS: dict[str, type[Part]] = {
    "judgement": Judgement,
    "section": SectionMark,
    "comment": Comment,
}


@dataclass(frozen=True)
class Saved:
    """That a draft is kept: the revision to build on and when it was saved."""

    revision: int
    saved_at: datetime.datetime


class DraftConflict(TransitionError):
    """Another tab saved something else meanwhile; ``current`` holds what it saved, by field.

    Nothing was overwritten, and what was typed here is kept beside it.
    """

    def __init__(self, current: Typed, revision: int, saved_at: datetime.datetime) -> None:
        super().__init__(
            rule="Another tab saved something else here since you opened this page.",
            remedy="Both texts are here. Choose which one stays, then save again.",
        )
        self.current = current
        self.revision = revision
        self.saved_at = saved_at


def save_judgement(  # noqa: PLR0913
    *,
    actor: User,
    centre: Centre,
    submission: Submission,
    criterion: Criterion,
    decision: str | None = None,
    feedback: str | None = None,
    counts: Mapping[str, Any] | None = None,
    base_revision: int = 0,
    tab: str = "",
) -> Saved:
    """Keep what the assessor typed on one criterion; what is None stays as it was.

    Opens the assessor's draft sheet where there is none. A draft may be unfinished: a referral
    without feedback is kept, and refused only when it is signed. ``counts`` goes by rule code, of
    gates and of the checklist: hours, whole numbers, or a ``Finding`` where a rule has no number;
    an empty text takes it back, and what is no sane number or finding is refused (``Refusal``).
    What another tab saved since ``base_revision`` is never overwritten (``DraftConflict``).
    Refuses a submission that is decided (``TransitionError``). In the last two cases what was
    typed is kept in ``DraftRevision``, so catch them within the transaction around the call.
    Drafts don't enter the ledger.
    """
    rules = _rules_judged(submission, criterion)
    typed: dict[str, Any] = {}
    if decision is not None:
        if decision not in {"", *Decision.values}:
            raise Refusal(
                rule="A criterion is a pass, a referral, or undecided.",
                remedy="Choose one of the two.",
            )
        typed["decision"] = decision
    if feedback is not None:
        typed["feedback"] = clean_text(feedback, "The feedback")
    typed |= clean_counts(rules, counts or {}, criterion.number)
    kept = keep(
        actor=actor,
        centre=centre,
        submission=submission,
        kind="judgement",
        key={"criterion": criterion},
        typed=typed,
        base_revision=base_revision,
        tab=tab,
    )
    if isinstance(kept, Refusal):
        raise kept
    return kept


def save_comment(
    *,
    actor: User,
    centre: Centre,
    submission: Submission,
    outcome: LearningOutcome,
    audience: str,
    text: str,
    base_revision: int = 0,
    tab: str = "",
) -> Saved:
    """Keep the assessor's comment on a learning outcome for one audience; as ``save_judgement``."""
    if audience not in Audience.values:
        raise Refusal(
            rule="A comment is for the learner, for assessors, or for the file.",
            remedy="Choose one of the three.",
        )
    tree = sheet_tree(submission.assessment)
    if tree.sections:
        raise Refusal(
            rule="A mark sheet has no comments on learning outcomes.",
            remedy="Write strengths and areas for improvement under the section.",
        )
    if outcome.pk not in {part.id for part in outcomes_of(tree)}:
        raise Refusal(
            rule="This learning outcome is not part of the assessment.",
            remedy="Open the marking desk again from your queue.",
        )
    kept = keep(
        actor=actor,
        centre=centre,
        submission=submission,
        kind="comment",
        key={"outcome": outcome, "audience": audience},
        typed={"text": clean_text(text, "The comment")},
        base_revision=base_revision,
        tab=tab,
    )
    if isinstance(kept, Refusal):
        raise kept
    return kept


def check_may_mark(actor: User, centre: Centre, submission: Submission, permission: str) -> None:
    """Refuse who is not an assessor of this registration now, and everybody on their own work."""
    check_may(actor, centre, permission)
    if submission.learner_id == actor.pk:
        raise Refusal(
            rule="Nobody assesses their own work.",
            remedy="Ask the centre manager to allocate another assessor.",
        )
    allocated = Registration.objects.for_centre(centre).for_assessor(actor)
    if not allocated.filter(pk=submission.registration_id).exists():
        raise PermissionDenied("this registration is not allocated to this assessor")


def decided_by(centre: Centre, submission: Submission) -> str:
    """Who signed the submission's sheet and when, as a sentence's end; empty while nobody has."""
    signed = (
        Sheet.objects.for_centre(centre)
        .signed()
        .filter(submission=submission)
        .select_related("assessor")
        .order_by("-version")
        .first()
    )
    if signed is None:
        return ""
    at = timezone.localtime(signed.signed_at)
    return f"{signed.assessor.full_name} signed it on {at:%-d %b %Y, %H:%M}"


@action
def keep(
    *,
    actor: User,
    centre: Centre,
    submission: Submission,
    kind: str,
    key: Typed,
    typed: Typed,
    base_revision: int,
    tab: str,
) -> Saved | Refusal:
    """Merge what was typed into the stored part, of one of ``PARTS``, under the sheet's lock.

    ``typed`` is clean already; an empty text takes a field back. A refusal that must not
    undo what it keeps is returned, not raised.
    """
    check_may_mark(actor, centre, submission, "mark_work")
    if all(value == "" for value in typed.values()) and not _own_sheets(actor, centre, submission):
        return Saved(0, timezone.now())
    sheet = _draft_sheet(actor, centre, submission)
    closed = Closure.objects.for_centre(centre).standing().filter(submission=submission).exists()
    if sheet is None or closed:
        return _too_late(actor, centre, submission, sheet, kind, typed, tab)
    model = PARTS[kind]
    part = model.objects.for_centre(centre).filter(sheet=sheet, **key).first()
    if part is None:
        part = model(centre=centre, sheet=sheet, **key)
    elif part.revision != base_revision and not _same_tab(centre, part, tab):
        typed, clashes = _merge(
            _content_at(centre, part, kind, base_revision), _content(part), typed
        )
        if clashes:
            _append(centre, sheet, f"{kind}-aside", part, {**typed, **clashes.typed}, tab)
            return DraftConflict(clashes.current, part.revision, part.saved_at)
    before = _content(part)
    _set(part, typed)
    if _content(part) == before:
        return Saved(part.revision, part.saved_at)
    part.revision += 1
    part.saved_at = timezone.now()
    part.save()
    _append(centre, sheet, kind, part, _content(part), tab)
    return Saved(part.revision, part.saved_at)


def _own_sheets(actor: User, centre: Centre, submission: Submission) -> list[Sheet]:
    rows = Sheet.objects.for_centre(centre).filter(submission=submission, assessor=actor)
    return list(rows.order_by("signed_at"))


def _draft_sheet(actor: User, centre: Centre, submission: Submission) -> Sheet | None:
    """The assessor's draft, locked; opened where there is none. None once the work is decided."""
    drafts = Sheet.objects.for_centre(centre).filter(
        submission=submission, assessor=actor, signed_at__isnull=True
    )
    sheet: Sheet | None = drafts.select_for_update().first()
    if (
        sheet
        or Closure.objects.for_centre(centre).standing().filter(submission=submission).exists()
    ):
        return sheet
    corrects = corrected_sheet(centre, submission)
    Sheet.objects.for_centre(centre).get_or_create(
        centre=centre,
        submission=submission,
        assessor=actor,
        signed_at=None,
        defaults={
            "learner_id": submission.learner_id,
            "replaces": corrects.replaces if corrects else None,
            "reason": corrects.reason if corrects else "",
        },
    )
    return drafts.select_for_update().first()


def _too_late(
    actor: User,
    centre: Centre,
    submission: Submission,
    sheet: Sheet | None,
    kind: str,
    typed: Typed,
    tab: str,
) -> Refusal:
    """The refusal of a save after the decision; what was typed stays beside the sheet."""
    sheet = sheet or next(iter(_own_sheets(actor, centre, submission)), None)
    if sheet:
        _append(centre, sheet, f"{kind}-aside", sheet, dict(typed), tab)
    try:
        check_allows(SubmissionState.DECIDED, Act.SAVE, decided_by=decided_by(centre, submission))
    except TransitionError as refusal:
        return refusal
    raise RuntimeError("a decided submission allows a save")


@dataclass(frozen=True)
class Clashes:
    """Fields that two tabs filled in differently: what is stored, and what was typed here."""

    current: dict[str, Any]
    typed: dict[str, Any]

    def __bool__(self) -> bool:
        return bool(self.current)


def _merge(base: Typed, current: Typed, typed: Typed) -> tuple[dict[str, Any], Clashes]:
    """What this tab changed since ``base``, apart from what another tab changed differently."""
    changed = {name: value for name, value in typed.items() if value != base.get(name, "")}
    clashing = {
        name
        for name, value in changed.items()
        if current.get(name, "") not in {base.get(name, ""), value}
    }
    return (
        {name: value for name, value in changed.items() if name not in clashing},
        Clashes(
            current={name: current.get(name, "") for name in sorted(clashing)},
            typed={name: changed[name] for name in sorted(clashing)},
        ),
    )


def _content(part: Part) -> dict[str, Any]:
    """A part's fields by name; counts one by one, as they are merged."""
    if isinstance(part, Comment):
        return {"text": part.text}
    counts = {f"counts.{code}": value for code, value in part.counts.items()}
    if isinstance(part, SectionMark):
        return {
            "mark": "" if part.mark is None else part.mark,
            "strengths": part.strengths,
            "improvements": part.improvements,
            **counts,
        }
    return {"decision": part.decision, "feedback": part.feedback, **counts}


def _set(part: Part, typed: Typed) -> None:
    for name, value in typed.items():
        field, _, code = name.partition(".")
        if not code:
            setattr(part, field, None if field == "mark" and value == "" else value)
        elif not isinstance(part, Comment):
            counts = {**part.counts, code: value}
            part.counts = {key: counts[key] for key in sorted(counts) if counts[key] != ""}


def _content_at(centre: Centre, part: Part, kind: str, revision: int) -> dict[str, Any]:
    """The part as it was at a revision; empty before the first."""
    row = (
        DraftRevision.objects.for_centre(centre)
        .filter(part_id=part.pk, part_kind=kind, revision=revision)
        .first()
    )
    return dict(row.content) if row else {}


def _same_tab(centre: Centre, part: Part, tab: str) -> bool:
    """Whether the stored text came from this very tab, whose answer may have got lost."""
    return bool(tab) and (
        DraftRevision.objects.for_centre(centre)
        .filter(part_id=part.pk, revision=part.revision, tab=tab)
        .exclude(part_kind__endswith="-aside")
        .exists()
    )


def _append(
    centre: Centre,
    sheet: Sheet,
    kind: str,
    part: Part | Sheet,
    content: Typed,
    tab: str,
) -> None:
    DraftRevision.objects.create(
        centre=centre,
        sheet=sheet,
        part_kind=kind,
        part_id=part.pk,
        revision=0 if isinstance(part, Sheet) else part.revision,
        content=content,
        tab=tab[:40],
    )


def clean_text(text: str, what: str) -> str:
    """The text as it is stored; refuses (``Refusal``) one that is too long."""
    text = text.replace("\r\n", "\n").replace("\x00", "")
    if len(text) > TEXT_LIMIT:
        raise Refusal(
            rule=f"{what} has {len(text):,} characters; {TEXT_LIMIT:,} is the most.",
            remedy="Shorten it; nothing of it is lost meanwhile.",
        )
    return text.strip()


def _rules_judged(submission: Submission, criterion: Criterion) -> tuple[TreeRule, ...]:
    """What is counted and looked for on a criterion that is decided by itself."""
    tree = sheet_tree(submission.assessment)
    judged = next((c for c in tree.criteria if c.id == criterion.pk), None)
    if judged is None or tree.sections:
        raise Refusal(
            rule="This assessment is marked section by section."
            if tree.sections
            else "This criterion is not part of the assessment.",
            remedy="Open the marking desk again from your queue.",
        )
    return judged.rules


def clean_counts(rules: Iterable[TreeRule], counts: Typed, where: str) -> dict[str, str | int]:
    """Counts by field, as they are stored: hours as a decimal text, whole numbers as integers, and
    findings as they are."""
    by_code = {rule.code: rule for rule in rules}
    unknown = sorted(set(counts) - set(by_code))
    if unknown:
        raise Refusal(
            rule=f"Nothing called “{unknown[0][:40]}” is counted on {where}.",
            remedy="Open the marking desk again from your queue.",
        )
    return {
        f"counts.{code}": _clean_count(by_code[code], value)
        if has_number(by_code[code])
        else _clean_finding(by_code[code], value)
        for code, value in counts.items()
    }


def _clean_finding(rule: TreeRule, value: Any) -> str:
    text = "" if value is None else str(value).strip()
    if text not in {"", *Finding.values}:
        raise Refusal(
            rule=f"{rule.label}: “{text[:20]}” is no answer.",
            remedy="Choose found, not found, or not looked at.",
            source=rule.source,
        )
    return text


def _clean_count(rule: TreeRule, value: Any) -> str | int:
    if value is None or str(value).strip() == "":
        return ""
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        number = Decimal("NaN")
    whole = rule.unit_of_measure in WHOLE
    if (
        not number.is_finite()
        or not 0 <= number <= HIGHEST_COUNT
        or (whole and number != number.to_integral_value())
        or number != number.quantize(Decimal("0.01"))
    ):
        kind = "a whole number" if whole else "hours, such as 18.75"
        raise Refusal(
            rule=f"{rule.label}: “{str(value)[:20]}” is not a count.",
            remedy=f"Give {kind}, from 0 to {HIGHEST_COUNT}.",
            source=rule.source,
        )
    return int(number) if whole else f"{number.normalize():f}"
