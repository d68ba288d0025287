"""Saving a draft of a mark sheet: an assessor's mark and words on one section."""

from collections.abc import Mapping
from typing import Any

from assessment.actions.drafts import Saved, clean_counts, clean_text, keep
from assessment.queries.marks import mark_source, section_rules
from assessment.queries.tree import sheet_tree
from centres.models import Centre, User
from centres.refusals import Refusal
from portfolios.models import Submission
from qualifications.models import MarkSection
from qualifications.queries import AssessmentTree, TreeSection


def save_section(  # noqa: PLR0913
    *,
    actor: User,
    centre: Centre,
    submission: Submission,
    section: MarkSection,
    mark: int | str | None = None,
    strengths: str | None = None,
    improvements: str | None = None,
    counts: Mapping[str, Any] | None = None,
    base_revision: int = 0,
    tab: str = "",
) -> Saved:
    """Keep what the assessor typed on one section; what is None stays as it was.

    ``mark`` is a whole number from 0 to the section's maximum, or an empty text to take it back
    (D5 and D7 specifications, mark sheets); anything else is refused (``Refusal``). A section
    below its minimum may lack words until the sheet is signed. All the rest, two tabs and a
    submission that is decided among it, is as for ``save_judgement``.
    """
    tree = sheet_tree(submission.assessment)
    shown = _section(tree, section)
    typed: dict[str, Any] = {}
    if mark is not None:
        typed["mark"] = _clean_mark(tree, shown, mark)
    if strengths is not None:
        typed["strengths"] = clean_text(strengths, "The text on strengths")
    if improvements is not None:
        typed["improvements"] = clean_text(improvements, "The text on areas for improvement")
    typed |= clean_counts(section_rules(tree, shown), counts or {}, f"section {shown.position}")
    kept = keep(
        actor=actor,
        centre=centre,
        submission=submission,
        kind="section",
        key={"section": section},
        typed=typed,
        base_revision=base_revision,
        tab=tab,
    )
    if isinstance(kept, Refusal):
        raise kept
    return kept


def _section(tree: AssessmentTree, section: MarkSection) -> TreeSection:
    found = next((part for part in tree.sections if part.id == section.pk), None)
    if found is None:
        raise Refusal(
            rule="This section is not part of the assessment.",
            remedy="Open the marking desk again from your queue.",
        )
    return found


def _clean_mark(tree: AssessmentTree, section: TreeSection, mark: int | str) -> int | str:
    text = str(mark).strip()
    if not text:
        return ""
    whole = text.isascii() and text.isdigit() and len(text) < 6
    if not whole or int(text) > section.maximum:
        raise Refusal(
            rule=f"“{text[:20]}” is no mark for {section.title}: a mark is a whole number from 0 "
            f"to {section.maximum}.",
            remedy="Correct the mark, then save again. Your texts stay in the form.",
            source=mark_source(tree),
        )
    return int(text)
