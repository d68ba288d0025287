"""Reads all that one copy of a sheet says, in a constant number of queries."""

import datetime
import json
import zoneinfo
from decimal import Decimal
from typing import Any, cast

from django.conf import settings
from django.urls import reverse

from assessment.mark_paper import mark_paper
from assessment.models import Audience, Document
from assessment.paper import content
from assessment.paper_confirmation import (
    METHODS,
    confirming_comments,
    confirming_signatures,
    day_words,
    moment_words,
    standing_line,
    waiting_lines,
)
from assessment.queries.blocks import GateLine
from assessment.queries.marks import section_lines
from assessment.queries.work import SheetWork, criterion_checklists, gate_lines, sheet_work
from centres.canonical import text_hash
from centres.models import Centre, Registration, Role, Signature
from centres.pathways import moves_of, pathway_at
from portfolios.models import Submission
from qualifications.queries import AssessmentTree, TreeCriterion, TreeOutcome
from qualifications.rules import amount_in_words
from qualifications.version_names import version_name

HEADINGS = {
    Audience.LEARNER: "Assessor on outcome {number}",
    Audience.ASSESSOR: "Assessor to assessors and quality assurers, outcome {number}",
    Audience.FILE: "Assessor to the file, outcome {number}",
}
AUDIENCES = {
    Document.Copy.LEARNER: (str(Audience.LEARNER),),
    Document.Copy.FILE: tuple(Audience.values),
}


def paper_of(
    document: Document, *, at: datetime.datetime | None = None, sealed_by: str = ""
) -> content.Paper:
    """What the document's copy says when it is issued at `at` (when it was queued, by default).

    The learner's copy has the comments for the learner and no others. The numbers of the centre
    and of the registration are those that were signed. Refuses (PaperFault) a name that was
    changed after the signature, which covers it by its hash alone.
    """
    row = Document.objects.for_centre(document.centre).select_related("sheet").get(pk=document.pk)
    work = sheet_work(row.sheet)
    sheet, submission, tree = work.sheet, work.submission, work.tree
    centre, registration = sheet.centre, submission.registration
    signed: dict[str, Any] = json.loads(row.manifest)
    _check_name(registration, signed)
    # A learner who has moved since was signed for under the pathway of that day.
    moves = list(moves_of(centre, registration))
    pathway = pathway_at(registration.pathway, moves, sheet.signed_at)
    zone = zoneinfo.ZoneInfo(centre.time_zone)
    attempts = Submission.objects.for_centre(centre).filter(
        registration=registration,
        assessment=submission.assessment_id,
        submitted_at__lte=sheet.signed_at,
    )
    said: dict[str, Any] = {
        "centre_name": centre.name,
        "centre_number": signed["centre"]["number"],
        "learner_name": registration.certificate_name,
        "registration_number": signed["registration"]["number"],
        "qualification_title": pathway.title,
        "units": tuple(
            content.UnitLine(ref=unit.ref, title=unit.title, credits=unit.credits, uan=unit.uan)
            for unit in tree.units
        ),
        "attempt": submission.attempt,
        "attempts_so_far": attempts.count(),
        "submitted_at": moment_words(submission.submitted_at, zone),
        "specification_label": _specification(tree, centre),
        "counts": _counts(work),
        "copy": cast(content.Copy, row.copy),
        "standing": standing_line(row),
        "outcome": cast(content.Decision, sheet.outcome),
        "signatures": _signatures(work, zone) + confirming_signatures(row, zone),
        "waiting": waiting_lines(row),
        "digest": row.manifest_digest,
        "code": row.code,
        "verify_url": settings.SITE_URL + reverse("verify:code", args=[row.code]),
        "time_zone": zone_words(centre.time_zone),
        "issued_on": day_words(at or row.queued_at, zone),
        "sealed_by": sealed_by,
    }
    if work.is_marked:
        return mark_paper(row, work, said)
    return content.ResultPaper(
        **said, outcome_sentence=work.outcome.summary, outcomes=_outcomes(row, work)
    )


def _check_name(registration: Registration, signed: dict[str, Any]) -> None:
    if text_hash(registration.certificate_name) == signed["registration"]["certificate_name"]:
        return
    raise content.PaperFault(
        "The name for the certificate was changed after the sheet was signed, and a paper says "
        "only what was signed. Put the name back as it was then; the paper is made at its next "
        "try."
    )


def _outcomes(row: Document, work: SheetWork) -> tuple[content.JudgedOutcome, ...]:
    comments = work.comments_for(*AUDIENCES[Document.Copy(row.copy)])
    return tuple(
        content.JudgedOutcome(
            number=outcome.number,
            title=outcome.heading,
            unit_ref=unit.ref,
            criteria=tuple(_criterion(row, work, each) for each in outcome.criteria),
            comments=tuple(
                _comment(outcome, comment)
                for comment in comments
                if comment.outcome_id == outcome.id
            )
            + confirming_comments(row, {str(each.id) for each in outcome.criteria}),
        )
        for unit in work.tree.units
        for outcome in unit.outcomes
    )


def _criterion(row: Document, work: SheetWork, criterion: TreeCriterion) -> content.JudgedCriterion:
    judgement = work.judgements[criterion.id]
    checklists = criterion_checklists(work.tree, criterion, judgement)
    return content.JudgedCriterion(
        number=criterion.number,
        verb=criterion.verb,
        statement=criterion.statement,
        referral_signs=criterion.referral,
        pass_signs=criterion.passes,
        feedback=judgement.feedback,
        decision=cast(content.Decision, judgement.decision),
        looked_for="".join(checklist.in_words for checklist in checklists)
        if row.copy == Document.Copy.FILE
        else "",
    )


def _comment(outcome: TreeOutcome, comment: Any) -> content.Comment:
    heading = HEADINGS[Audience(comment.audience)].format(number=outcome.number)
    return content.Comment(heading=heading, text=comment.text, audience=comment.audience)


def _signatures(work: SheetWork, zone: zoneinfo.ZoneInfo) -> tuple[content.SignatureLine, ...]:
    meanings = {
        Signature.Purpose.DECLARATION: "Declaration.",
        Signature.Purpose.DECISION: f"Assessor’s decision: {work.sheet.outcome}.",
    }
    rows = Signature.objects.for_centre(work.sheet.centre).filter(
        subject_id__in=[work.sheet.pk, work.submission.pk], purpose__in=meanings
    )
    return tuple(
        content.SignatureLine(
            name=row.signer_name,
            role=str(Role(row.role).label),
            meaning=meanings[Signature.Purpose(row.purpose)],
            sentence=row.sentence,
            signed_at=moment_words(row.signed_at, zone),
            method=METHODS.get(row.method, row.method),
            digest=row.short_digest,
        )
        for row in rows.order_by("signed_at")
    )


def _counts(work: SheetWork) -> tuple[content.Count, ...]:
    """What the assessor counted: each total of hours, with what was counted beside it."""
    hours: list[tuple[str, list[str]]] = []
    for lines in _counted(work):
        beside: list[str] | None = None
        for line in lines:
            if not line.value:
                continue
            counted = amount_in_words(Decimal(line.value), line.rule.unit_of_measure)
            if line.rule.unit_of_measure == "hours":
                beside = [counted]
                hours.append((line.rule.label, beside))
            elif beside is not None:
                beside.append(counted)
    return tuple(content.Count(label=label, value=", ".join(values)) for label, values in hours)


def _counted(work: SheetWork) -> list[tuple[GateLine, ...]]:
    tree = work.tree
    if work.is_marked:
        return [section_lines(tree, part, work.marks[part.id]) for part in tree.sections]
    return [gate_lines(each, work.judgements[each.id]) for each in tree.criteria]


def _specification(tree: AssessmentTree, centre: Centre) -> str:
    label = f"version {version_name(tree, centre.name)}"
    if tree.corrected_on:
        label += f", corrected {tree.corrected_on.day} {tree.corrected_on:%b %Y}"
    return label


def zone_words(name: str) -> str:
    """In which zone a paper's times are, as it prints it."""
    if name == "Europe/London":
        return "UK time"
    city = name.rsplit("/", maxsplit=1)[-1].replace("_", " ")
    return f"times as in {city}" if "/" in name else city
