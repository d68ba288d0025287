"""One sheet as it is read: by its learner, its assessor and those who check."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessment.documents import visible_documents
from assessment.models import Audience, Document, Sheet
from assessment.queries.desk import decision_strip
from assessment.queries.tree import criterion_mark
from assessment.queries.work import GateLine, SheetWork, gate_lines, whole_sheets, work_on
from centres.models import Centre, Registration, Role, User
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
    papers: tuple[Document, ...]
    reads_as_assessor: bool


def sheets_to_read(centre: Centre, reader: User, roles: frozenset[Role]) -> Any:
    """The sheets that a person may read: a learner their own once signed; an assessor their own
    and the signed ones of registrations allocated to them; who checks or manages, all signed."""
    sheets = whole_sheets(centre)
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


def sheet_page(sheet: Sheet, reader: User, roles: frozenset[Role]) -> SheetPage:
    """A sheet of ``sheets_to_read`` for its reader, in four queries.

    Whoever is the learner reads what is for the learner, whatever other roles they hold.
    """
    work = work_on(sheet)
    is_learner = sheet.learner_id == reader.pk
    audiences = (Audience.LEARNER,) if is_learner else tuple(Audience)
    comments = work.comments_for(*audiences)
    labels = {audience.value: str(audience.label) for audience in Audience}
    papers = visible_documents(centre=sheet.centre, user=reader, roles=roles).filter(sheet=sheet)
    if is_learner:
        papers = papers.filter(copy=Document.Copy.LEARNER)
    return SheetPage(
        sheet=sheet,
        work=work,
        is_learner=is_learner,
        audiences=tuple(audience.value for audience in audiences),
        strip=decision_strip(work.tree, work.judgements, lambda mark: f"#c-{mark}"),
        parts=tuple(
            OutcomePart(
                number=outcome.number,
                title=outcome.title,
                lines=tuple(_line(work, criterion) for criterion in outcome.criteria),
                comments=tuple(
                    (labels[c.audience], c.text) for c in comments if c.outcome_id == outcome.id
                ),
            )
            for unit in work.tree.units
            for outcome in unit.outcomes
        ),
        papers=tuple(papers.order_by("-copy")),
        reads_as_assessor=Role.ASSESSOR in roles and not is_learner,
    )


def _line(work: SheetWork, criterion: TreeCriterion) -> JudgedLine:
    judgement = work.judgements.get(criterion.id)
    return JudgedLine(
        criterion=criterion,
        mark=criterion_mark(work.tree, criterion),
        decision=(judgement.decision if judgement else "") or "undecided",
        feedback=judgement.feedback if judgement else "",
        gates=gate_lines(criterion, judgement),
    )
