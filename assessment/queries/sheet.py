"""One sheet as it is read: by its learner, its assessor and those who check."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from assessment.documents import visible_documents
from assessment.models import Audience, Document, Sheet
from assessment.paper.content import Comment, SignatureLine, Standing
from assessment.paper_confirmation import (
    all_confirming_comments,
    confirming_signatures,
    standing_line,
)
from assessment.queries.blocks import GateLine
from assessment.queries.checklists import Checklist
from assessment.queries.desk import decision_strip
from assessment.queries.marks import MarkedSection, marked_sections
from assessment.queries.tree import criterion_mark
from assessment.queries.work import (
    SheetWork,
    criterion_checklists,
    gate_lines,
    whole_sheets,
    work_on,
)
from centres.models import Centre, Registration, Role, User
from portfolios.models import Reopening
from qualifications.queries import TreeCriterion

READS_SIGNED = frozenset({Role.IQA, Role.LEAD_IQA, Role.MANAGER})


@dataclass(frozen=True)
class JudgedLine:
    """A criterion with its decision."""

    criterion: TreeCriterion
    mark: str
    decision: str
    feedback: str
    gates: tuple[GateLine, ...]
    checklists: tuple[Checklist, ...]


@dataclass(frozen=True)
class OutcomePart:
    """A learning outcome with its decisions and the comments that the reader may read."""

    number: int
    title: str
    lines: tuple[JudgedLine, ...]
    comments: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class SheetPage:
    """What the sheet's page shows to one reader."""

    sheet: Sheet
    work: SheetWork
    is_learner: bool
    audiences: tuple[str, ...]
    strip: tuple[Mapping[str, Any], ...]
    parts: tuple[OutcomePart, ...]
    sections: tuple[MarkedSection, ...]
    papers: tuple[Document, ...]
    reads_as_assessor: bool

    @property
    def newest_paper(self) -> Document | None:
        """The paper that was queued last: it says how far the result is confirmed."""
        return max(self.papers, key=lambda paper: paper.queued_at, default=None)

    @property
    def standing(self) -> Standing | None:
        """How far the result is confirmed and by which route, as the newest paper says it."""
        return standing_line(self.newest_paper) if self.newest_paper else None

    @property
    def confirmed_by(self) -> tuple[SignatureLine, ...]:
        """The signatures of quality assurance."""
        zone = timezone.get_current_timezone()
        return confirming_signatures(self.newest_paper, zone) if self.newest_paper else ()

    @property
    def quality_comments(self) -> tuple[Comment, ...]:
        """What quality assurers say to this reader."""
        return all_confirming_comments(self.newest_paper) if self.newest_paper else ()

    @property
    def past(self) -> str:
        """Why this sheet no longer stands; empty for one that does."""
        if self.sheet.next_version:  # type: ignore[attr-defined]
            return "superseded"
        return "returned" if self.sheet.returned_at else ""  # type: ignore[attr-defined]


def sheets_to_read(centre: Centre, reader: User, roles: frozenset[Role]) -> Any:
    """The sheets that a person may read: a learner their own once signed; an assessor their own
    and the signed ones of registrations allocated to them; who checks or manages, all signed."""
    sheets = with_what_followed(whole_sheets(centre), centre)
    signed = sheets.signed()
    readable = signed if roles & READS_SIGNED else signed.filter(learner=reader)
    if Role.ASSESSOR in roles:
        allocated = Registration.objects.for_centre(centre).for_assessor(reader)
        readable = (
            readable
            | sheets.filter(assessor=reader)
            | signed.filter(submission__registration__in=allocated.values("pk"))
        )
    return readable


def with_what_followed(sheets: Any, centre: Centre) -> Any:
    """Sheets with ``next_version``, the signed one that corrected each, and ``returned_at``."""
    later = Sheet.objects.for_centre(centre).filter(
        submission=OuterRef("submission"), version__gt=OuterRef("version")
    )
    reopened = Reopening.objects.for_centre(centre).filter(
        closure__submission=OuterRef("submission"), reopened_at__gt=OuterRef("signed_at")
    )
    return sheets.annotate(
        next_version=Subquery(later.order_by("-version").values("pk")[:1]),
        returned_at=Subquery(reopened.order_by("reopened_at").values("reopened_at")[:1]),
    )


def sheet_page(sheet: Sheet, reader: User, roles: frozenset[Role]) -> SheetPage:
    """A sheet of ``sheets_to_read`` for its reader, in three queries.

    Whoever is the learner reads what is for the learner, whatever other roles they hold: no
    checklists.
    """
    work = work_on(sheet)
    is_learner = sheet.learner_id == reader.pk
    audiences = (Audience.LEARNER,) if is_learner else tuple(Audience)
    sections = marked_sections(work.tree, work.marks, lambda position: f"#s-{position}")
    papers = visible_documents(centre=sheet.centre, user=reader, roles=roles).filter(sheet=sheet)
    if is_learner:
        sections = tuple(dataclasses.replace(line, checklists=()) for line in sections)
        papers = papers.filter(copy=Document.Copy.LEARNER)
    return SheetPage(
        sheet=sheet,
        work=work,
        is_learner=is_learner,
        audiences=tuple(audience.value for audience in audiences),
        strip=()
        if sections
        else decision_strip(work.tree, work.judgements, lambda mark: f"#c-{mark}"),
        parts=() if sections else _outcome_parts(work, audiences),
        sections=sections,
        papers=tuple(papers),
        reads_as_assessor=Role.ASSESSOR in roles and not is_learner,
    )


def _outcome_parts(work: SheetWork, audiences: Iterable[str]) -> tuple[OutcomePart, ...]:
    comments = work.comments_for(*audiences)
    labels = {audience.value: str(audience.label) for audience in Audience}
    return tuple(
        OutcomePart(
            number=outcome.number,
            title=outcome.heading,
            lines=tuple(
                _line(work, criterion, checked=Audience.ASSESSOR in audiences)
                for criterion in outcome.criteria
            ),
            comments=tuple(
                (labels[c.audience], c.text) for c in comments if c.outcome_id == outcome.id
            ),
        )
        for unit in work.tree.units
        for outcome in unit.outcomes
    )


def _line(work: SheetWork, criterion: TreeCriterion, *, checked: bool) -> JudgedLine:
    judgement = work.judgements.get(criterion.id)
    return JudgedLine(
        criterion=criterion,
        mark=criterion_mark(work.tree, criterion),
        decision=(judgement.decision if judgement else "") or "undecided",
        feedback=judgement.feedback if judgement else "",
        gates=gate_lines(criterion, judgement),
        checklists=criterion_checklists(work.tree, criterion, judgement) if checked else (),
    )
