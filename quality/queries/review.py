"""A review: what it looks at, what is said so far, what still keeps it from being signed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from assessment.models import Audience, Comment, Decision, Judgement, SectionMark, Sheet
from assessment.queries.blocks import Block, GateLine
from assessment.queries.checklists import Checklist
from assessment.queries.handed_in import HandedIn, handed_in
from assessment.queries.marks import (
    section_checklists,
    section_criteria,
    section_lines,
    section_state,
)
from assessment.queries.tree import criterion_mark, sheet_tree
from assessment.queries.work import criterion_checklists, gate_lines
from centres.access import STAFF
from centres.canonical import canonical_json, sha256_hex, text_hash
from centres.models import Centre, Membership, User
from centres.signatures import Manifest
from portfolios.models import Submission
from qualifications.queries import AssessmentTree, TreeCriterion, TreeSection
from qualifications.rules import MarkOutcome, mark_outcome
from quality.models import Review, ReviewPoint, Sample
from quality.queries.samples import row_from
from quality.queries.standings import assessments_by_pathway

SCHEMA = 1
CONFIRMS = frozenset({Review.Outcome.AGREE.value, Review.Outcome.ACTION.value})
CONCLUSION = "conclude"


@dataclass(frozen=True)
class Part:
    """A criterion or a section of a mark sheet: what was decided, and what the reviewer says.

    ``mark`` is its name in addresses: ``1.3``, or ``s2`` for the second section.
    """

    mark: str
    label: str
    title: str
    criterion: TreeCriterion | None
    section: TreeSection | None
    point: ReviewPoint
    decision: str
    feedback: tuple[tuple[str, str], ...]
    gates: tuple[GateLine, ...]
    checklists: tuple[Checklist, ...]
    given: int | None

    @property
    def id(self) -> UUID:
        """Of the criterion or section."""
        part = self.criterion or self.section
        if part is None:
            raise RuntimeError("a part is a criterion or a section")
        return part.id

    @property
    def looked_at(self) -> bool:
        """Whether the reviewer said anything that counts on it."""
        return bool(self.point.verdict)


@dataclass(frozen=True)
class ReviewWork:
    """A sample with the sheet it looks at, if any, and its review as it stands."""

    sample: Any
    review: Review
    owner_name: str
    tree: AssessmentTree
    sheet: Sheet | None
    parts: tuple[Part, ...]

    @property
    def is_interim(self) -> bool:
        """Whether it looks at work in progress, and confirms nothing."""
        return bool(self.sample.kind == Sample.Kind.INTERIM)

    @property
    def is_marked(self) -> bool:
        """Whether the sheet is a mark sheet."""
        return bool(self.tree.sections)

    @property
    def stands(self) -> bool:
        """Whether the sheet is still the one that counts; so is all work in progress."""
        return self.is_interim or bool(self.sample.stands)

    @property
    def decision_digest(self) -> str:
        """The digest of the assessor's signature; empty for work in progress."""
        return str(self.sample.decision_digest or "")

    @property
    def looked_at(self) -> int:
        """How many parts the reviewer looked at."""
        return sum(part.looked_at for part in self.parts)

    @property
    def queries(self) -> tuple[Part, ...]:
        """Parts on which the reviewer does not agree."""
        return tuple(p for p in self.parts if p.point.verdict == ReviewPoint.Verdict.QUERY)

    @property
    def tests(self) -> tuple[tuple[str, str], ...]:
        """The five tests of the evidence with their answers."""
        return tuple((name, getattr(self.review, name)) for name in Review.TESTS)

    @property
    def qa_outcome(self) -> MarkOutcome | None:
        """What the reviewer's marks come to; None for anything but a mark sheet."""
        if not self.is_marked:
            return None
        return mark_outcome(self.tree.sections, [part.point.mark for part in self.parts])

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What keeps it from being signed."""
        return review_blocks(self)

    @property
    def strip(self) -> tuple[Mapping[str, Any], ...]:
        """Every part with the reviewer's verdict, as the criterion strip takes it."""
        return strip_of(self)

    @property
    def state(self) -> str:
        """A state of the look: of the signature once signed, of the review until then."""
        review = self.review
        if review.signed_at is None:
            return "in_review" if review.revision or self.looked_at else "planned"
        if self.is_interim or self.stands:
            return "valid"
        return "superseded" if review.outcome == Review.Outcome.RETURN else "stale"


@dataclass(frozen=True)
class ReviewDesk:
    """One part beside its evidence; ``is_asked`` says whether the learner's pathway still asks for
    the work."""

    review: ReviewWork
    part: Part
    submission: Submission | None
    is_asked: bool
    before: str
    after: str
    evidence: HandedIn | None
    said: tuple[tuple[str, str], ...]


VERDICTS: dict[str, dict[str, str]] = {
    ReviewPoint.Verdict.AGREE: {"kind": "ok", "icon": "tick", "word": "Agreed"},
    ReviewPoint.Verdict.QUERY: {"kind": "act", "icon": "flag", "word": "Query"},
    "": {"kind": "off", "icon": "ring", "word": "Not looked at"},
}


def review_of(centre: Centre, sample: Any) -> ReviewWork:
    """All of a review, in one query; ``sample`` comes from ``samples_to_see``."""
    facts = sample.review_row
    review = (
        row_from(Review, facts)
        if facts
        else Review(centre=centre, sample=sample, reviewer=sample.reviewer)
    )
    points = [row_from(ReviewPoint, row) for row in sample.point_rows]
    tree = sheet_tree(sample.assessment)
    judged: Mapping[Any, Any] = {}
    if sample.sheet_id and tree.sections:
        marks = SectionMark.objects.for_centre(centre).filter(sheet=sample.sheet_id)
        judged = {row.section_id: row for row in marks}
    elif sample.sheet_id:
        judgements = Judgement.objects.for_centre(centre).filter(sheet=sample.sheet_id)
        judged = {row.criterion_id: row for row in judgements}
    return ReviewWork(
        sample=sample,
        review=review,
        owner_name=(facts or {}).get("owner_name") or "",
        tree=tree,
        sheet=sample.sheet,
        parts=_parts(tree, judged, {p.criterion_id or p.section_id: p for p in points}),
    )


def review_desk(
    centre: Centre,
    found: ReviewWork,
    part: Part,
    *,
    item: int | None = None,
    place: int | None = None,
) -> ReviewDesk:
    """One part of a review beside its evidence, in three queries more."""
    marks = [each.mark for each in found.parts]
    at = marks.index(part.mark)
    submission = found.sheet.submission if found.sheet else _latest_submission(centre, found.sample)
    pathway = found.sample.registration.pathway_id
    evidence = None
    if submission is not None:
        evidence = handed_in(
            centre, submission, found.tree, _criteria(found.tree, part), item=item, place=place
        )
    return ReviewDesk(
        review=found,
        part=part,
        submission=submission,
        is_asked=found.sample.assessment_id in assessments_by_pathway({pathway})[pathway],
        before=marks[at - 1] if at else "",
        after=marks[at + 1] if at + 1 < len(marks) else "",
        evidence=evidence,
        said=_said(centre, found, part),
    )


def part_marked(found: ReviewWork, mark: str) -> Part | None:
    """The part that is called so, or none."""
    return next((part for part in found.parts if part.mark == mark), None)


def part_named(found: ReviewWork, part_id: UUID) -> Part | None:
    """The part with the id of a criterion or section, or none."""
    return next((part for part in found.parts if part.id == part_id), None)


def staff_of(centre: Centre) -> Any:
    """Who works in this centre today, by name; an action is required of one of them."""
    holding = Membership.objects.for_centre(centre).active().filter(role__in=STAFF)
    people = User.objects.filter(pk__in=holding.values("user"), is_active=True)
    return people.order_by("full_name")


def strip_of(found: ReviewWork, current: str = "") -> tuple[Mapping[str, Any], ...]:
    """Every part as the criterion strip takes it; with addresses while the review is a draft."""
    slug, sample = found.sample.centre.slug, found.sample.pk
    return tuple(
        {
            "number": part.label,
            "group": f"{part.criterion.unit_ref} {part.criterion.outcome_number}"
            if part.criterion
            else "sections",
            "url": f"#p-{part.mark}"
            if found.review.signed_at
            else reverse("quality:review-part", args=[slug, sample, part.mark]),
            "current": part.mark == current,
            **VERDICTS[part.point.verdict],
        }
        for part in found.parts
    )


def review_blocks(found: ReviewWork) -> tuple[Block, ...]:
    """What keeps a review from being signed. Each block names its part, or the conclusion.

    An interim review needs a look at one part only; a summative one all five tests, and on a mark
    sheet the reviewer's mark in every section (D5 and D7 specifications, mark sheets).
    """
    review = found.review
    noun = "section" if found.is_marked else "criterion"
    blocks = [
        Block(part.mark, f"{part.label} is queried without a comment: say what you question.")
        for part in found.queries
        if not part.point.comment.strip()
    ]
    if not found.looked_at:
        first = found.parts[0].mark
        blocks.append(Block(first, f"Nothing is looked at yet: agree or query one {noun}."))
    conclusions = [] if found.is_interim else _test_blocks(found)
    if not review.outcome:
        conclusions.append("The outcome is not chosen yet.")
    elif found.is_interim != (review.outcome == Review.Outcome.NOTED):
        conclusions.append(
            "An interim review is noted, and confirms nothing."
            if found.is_interim
            else "Only an interim review is noted: agree, or return it."
        )
    if review.outcome == Review.Outcome.RETURN and not review.reason.strip():
        conclusions.append("A decision is returned with a reason.")
    if review.outcome == Review.Outcome.ACTION:
        conclusions += _action_faults(review)
    if found.is_marked and not found.is_interim:
        blocks += [
            Block(part.mark, f"{part.title} has no mark of yours yet.")
            for part in found.parts
            if part.point.mark is None
        ]
        conclusions += _column_faults(found)
    return (*blocks, *(Block(CONCLUSION, text) for text in conclusions))


def review_manifest(found: ReviewWork) -> Manifest:
    """What the reviewer's signature covers: the sheet's signed digest, and all that is said, with
    its texts by hash."""
    sample, review = found.sample, found.review
    sheet = None
    if found.sheet:
        sheet = {
            "id": str(found.sheet.pk),
            "version": found.sheet.version,
            "outcome": found.sheet.outcome,
            "digest": found.decision_digest,
        }
    return Manifest(
        {
            "schema": SCHEMA,
            "kind": "internal review",
            "review": str(review.pk),
            "centre": {"id": str(sample.centre_id), "number": sample.centre.number},
            "plan": {"id": str(sample.plan_id), "version": sample.plan.version},
            "sample": {
                "id": str(sample.pk),
                "kind": str(sample.kind),
                "reason": text_hash(sample.reason),
            },
            "registration": str(sample.registration_id),
            "learner": str(sample.learner_id),
            "assessment": {
                "id": str(found.tree.id),
                "code": found.tree.code,
                "specification": found.tree.specification_digest,
            },
            "sheet": sheet,
            "points": [_point(part) for part in found.parts if _is_said(part)],
            "tests": dict(found.tests),
            "remarks": text_hash(review.remarks),
            "outcome": review.outcome,
            "reason": text_hash(review.reason) if review.outcome == Review.Outcome.RETURN else None,
            "action": {
                "text": text_hash(review.action_text),
                "owner": str(review.action_owner_id),
                "due_on": review.action_due_on.isoformat() if review.action_due_on else None,
            }
            if review.outcome == Review.Outcome.ACTION
            else None,
        }
    )


def review_sentence(found: ReviewWork) -> str:
    """What the reviewer's signature says, in the first person."""
    review, total = found.review, len(found.parts)
    noun = "sections" if found.is_marked else "criteria"
    if found.sheet is None:
        return (
            f"I have looked at {found.looked_at} of {total} {noun} of work in progress. I have had "
            "no part in assessing it. This is an interim review and confirms nothing."
        )
    sheet = found.sheet
    outcome = Decision(sheet.outcome).label.lower()
    looked = (
        f"I have reviewed {found.looked_at} of {total} {noun} of the decision on attempt "
        f"{sheet.submission.attempt} (sheet version {sheet.version}) with the evidence for "
        "them. I have had no part in assessing this work."
    )
    if review.outcome == Review.Outcome.RETURN:
        return f"{looked} I return the decision, {outcome}, to the assessor to be made again."
    agreed = f"{looked} I agree with the decision: {outcome}"
    if review.outcome == Review.Outcome.ACTION and review.action_due_on:
        due = f"{review.action_due_on:%-d %b %Y}"
        return f"{agreed}, with an action for {found.owner_name} by {due}."
    return f"{agreed}."


def review_parts(manifest: Mapping[str, Any]) -> dict[str, str]:
    """A short hash of each part of a review's manifest, to tell what changed.

    ``c`` is a criterion or section, ``d`` the tests, ``f`` the conclusion, ``x`` all the rest.
    """
    conclusion = ("remarks", "outcome", "reason", "action")
    parts: dict[str, Any] = {f"c:{row['part']}": row for row in manifest["points"]}
    parts["d"] = manifest["tests"]
    parts["f"] = {name: manifest[name] for name in conclusion}
    rest = {"points", "tests", *conclusion}
    parts["x"] = {name: value for name, value in manifest.items() if name not in rest}
    return {name: sha256_hex(canonical_json(part))[:12] for name, part in parts.items()}


def shown_parts(found: ReviewWork) -> str:
    """The parts of what is shown, as the form carries them."""
    return json.dumps(review_parts(review_manifest(found).content), separators=(",", ":"))


def changes_since(found: ReviewWork, shown: Mapping[str, str]) -> tuple[str, ...]:
    """What differs between the parts that were shown and those that stand now, in words."""
    now = review_parts(review_manifest(found).content)
    if not shown:
        return ()
    names = [name for name in {**now, **shown} if now.get(name) != shown.get(name)]
    said = {
        "d": "The five tests changed.",
        "f": "Your conclusion changed.",
        "x": "The sheet or its sample changed.",
    }
    return tuple(
        said.get(name) or f"What you say on {_name_of(found, name)} changed." for name in names
    )


def _name_of(found: ReviewWork, name: str) -> str:
    part_id = name.partition(":")[2]
    part = next((part for part in found.parts if str(part.id) == part_id), None)
    return part.label if part else "another part"


def _is_said(part: Part) -> bool:
    point = part.point
    return bool(point.verdict or point.comment.strip() or point.mark is not None)


def _point(part: Part) -> dict[str, Any]:
    return {
        "part": str(part.id),
        "name": part.mark,
        "verdict": part.point.verdict,
        "mark": part.point.mark,
        "comment": text_hash(part.point.comment),
        "audience": part.point.audience,
    }


def _test_blocks(found: ReviewWork) -> list[str]:
    faults = [
        f"Whether the evidence is {name} is not answered."
        for name, answer in found.tests
        if not answer
    ]
    no = [name for name, answer in found.tests if answer == "no"]
    if no and found.review.outcome == Review.Outcome.AGREE:
        faults.append(
            f"The evidence is not {' and not '.join(no)}, so it can’t be agreed as it is: agree "
            "with an action, or return it."
        )
    return faults


def _action_faults(review: Review) -> list[str]:
    faults = []
    if not review.action_text.strip():
        faults.append("The action does not say yet what to do.")
    if review.action_owner_id is None:
        faults.append("The action has no owner yet.")
    if review.action_due_on is None:
        faults.append("The action has no day by which it is due.")
    elif review.action_due_on < timezone.localdate():
        faults.append("The day by which the action is due is over.")
    return faults


def _column_faults(found: ReviewWork) -> list[str]:
    """A different outcome in the column of quality assurance goes back: it would stand."""
    column, sheet = found.qa_outcome, found.sheet
    if column is None or sheet is None or column.decision is None:
        return []
    if column.decision == sheet.outcome or found.review.outcome not in CONFIRMS:
        return []
    return [
        f"Your marks come to a {column.decision}, the assessor’s to a {sheet.outcome}: return the "
        "decision."
    ]


def _parts(
    tree: AssessmentTree, judged: Mapping[Any, Any], points: Mapping[Any, ReviewPoint]
) -> tuple[Part, ...]:
    if tree.sections:
        return tuple(
            _section_part(tree, section, judged.get(section.id), points.get(section.id))
            for section in tree.sections
        )
    return tuple(
        _criterion_part(tree, criterion, judged.get(criterion.id), points.get(criterion.id))
        for criterion in tree.criteria
    )


def _criterion_part(
    tree: AssessmentTree,
    criterion: TreeCriterion,
    judgement: Judgement | None,
    point: ReviewPoint | None,
) -> Part:
    mark = criterion_mark(tree, criterion)
    feedback = judgement.feedback if judgement else ""
    return Part(
        mark=mark,
        label=mark,
        title=criterion.statement,
        criterion=criterion,
        section=None,
        point=point or ReviewPoint(criterion_id=criterion.id),
        decision=judgement.decision if judgement else "",
        feedback=(("Feedback", feedback),) if feedback else (),
        gates=tuple(line for line in gate_lines(criterion, judgement) if line.value),
        checklists=criterion_checklists(tree, criterion, judgement),
        given=None,
    )


def _section_part(
    tree: AssessmentTree,
    section: TreeSection,
    row: SectionMark | None,
    point: ReviewPoint | None,
) -> Part:
    texts = (
        (("Strengths", row.strengths), ("Areas for improvement", row.improvements)) if row else ()
    )
    given = row.mark if row else None
    return Part(
        mark=f"s{section.position}",
        label=f"Section {section.position}",
        title=section.title,
        criterion=None,
        section=section,
        point=point or ReviewPoint(section_id=section.id),
        decision=section_state(section, given) if given is not None else "",
        feedback=tuple((name, text) for name, text in texts if text),
        gates=tuple(line for line in section_lines(tree, section, row) if line.value),
        checklists=section_checklists(tree, section, row),
        given=given,
    )


def _criteria(tree: AssessmentTree, part: Part) -> dict[UUID, str]:
    """The criteria whose evidence is shown beside a part, and how each is named there."""
    if part.criterion:
        return {part.criterion.id: ""}
    if part.section is None:
        return {}
    return {c.id: criterion_mark(tree, c) for c in section_criteria(tree, part.section)}


def _said(centre: Centre, found: ReviewWork, part: Part) -> tuple[tuple[str, str], ...]:
    """The assessor's comments on the outcome that a criterion belongs to, by audience."""
    if found.sheet is None or part.criterion is None:
        return ()
    outcome = next(o for u in found.tree.units for o in u.outcomes if part.criterion in o.criteria)
    comments = Comment.objects.for_centre(centre).filter(sheet=found.sheet, outcome=outcome.id)
    return tuple(
        (str(Audience(comment.audience).label), comment.text)
        for comment in comments.order_by("audience")
        if comment.text
    )


def _latest_submission(centre: Centre, sample: Sample) -> Submission | None:
    rows = Submission.objects.for_centre(centre).filter(
        registration=sample.registration_id, assessment=sample.assessment_id
    )
    found: Submission | None = rows.order_by("-attempt").first()
    return found
