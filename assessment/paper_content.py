"""Reads all that one copy of a result sheet says, in a constant number of queries."""

import datetime
import json
import zoneinfo
from decimal import Decimal
from typing import Any, cast

from django.conf import settings
from django.urls import reverse

from assessment.models import Audience, Decision, Document
from assessment.paper import content
from assessment.queries.work import SheetWork, gate_lines, sheet_work
from centres.canonical import text_hash
from centres.models import Registration, Role, Signature
from portfolios.models import Submission
from qualifications.queries import AssessmentTree, TreeCriterion, TreeOutcome

STANDINGS = {
    Document.Standing.PROVISIONAL: content.Standing(
        label="Decided by the assessor",
        explanation="The centre has not yet checked the decision, and the result can change.",
        is_provisional=True,
    ),
}
HEADINGS = {
    Audience.LEARNER: "Assessor on outcome {number}",
    Audience.ASSESSOR: "Assessor to assessors and quality assurers, outcome {number}",
    Audience.FILE: "Assessor to the file, outcome {number}",
}
AUDIENCES = {
    Document.Copy.LEARNER: (str(Audience.LEARNER),),
    Document.Copy.FILE: tuple(Audience.values),
}
METHODS = {"password": "password", "webauthn": "passkey", "totp": "password and code"}
NUMBERS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def paper_of(
    document: Document, *, at: datetime.datetime | None = None, sealed_by: str = ""
) -> content.ResultPaper:
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
    zone = zoneinfo.ZoneInfo(centre.time_zone)
    attempts = Submission.objects.for_centre(centre).filter(
        registration=registration,
        assessment=submission.assessment_id,
        submitted_at__lte=sheet.signed_at,
    )
    return content.ResultPaper(
        centre_name=centre.name,
        centre_number=signed["centre"]["number"],
        learner_name=registration.certificate_name,
        registration_number=signed["registration"]["number"],
        qualification_title=registration.pathway.title,
        units=tuple(
            content.UnitLine(ref=unit.ref, title=unit.title, credits=unit.credits, uan=unit.uan)
            for unit in tree.units
        ),
        attempt=submission.attempt,
        attempts_so_far=attempts.count(),
        submitted_at=_moment(submission.submitted_at, zone),
        specification_label=_specification(tree),
        counts=_counts(work),
        copy=cast(content.Copy, row.copy),
        standing=STANDINGS[Document.Standing(row.standing)],
        outcome=cast(content.Decision, sheet.outcome),
        outcome_sentence=_outcome_sentence(work),
        outcomes=_outcomes(work, AUDIENCES[Document.Copy(row.copy)]),
        signatures=_signatures(work, zone),
        waiting=(
            content.WaitingLine(
                who="Quality assurer", role="IQA", meaning="Unit outcome: not decided yet."
            ),
        ),
        digest=row.manifest_digest,
        code=row.code,
        verify_url=settings.SITE_URL + reverse("verify:code", args=[row.code]),
        time_zone=_zone_name(centre.time_zone),
        issued_on=_day(at or row.queued_at, zone),
        sealed_by=sealed_by,
    )


def _check_name(registration: Registration, signed: dict[str, Any]) -> None:
    if text_hash(registration.certificate_name) == signed["registration"]["certificate_name"]:
        return
    raise content.PaperFault(
        "The name for the certificate was changed after the sheet was signed, and a paper says "
        "only what was signed. Put the name back as it was then; the paper is made at its next "
        "try."
    )


def _outcomes(work: SheetWork, audiences: tuple[str, ...]) -> tuple[content.JudgedOutcome, ...]:
    comments = work.comments_for(*audiences)
    return tuple(
        content.JudgedOutcome(
            number=outcome.number,
            title=outcome.title,
            unit_ref=unit.ref,
            criteria=tuple(_criterion(each, work.judgements[each.id]) for each in outcome.criteria),
            comments=tuple(
                _comment(outcome, comment)
                for comment in comments
                if comment.outcome_id == outcome.id
            ),
        )
        for unit in work.tree.units
        for outcome in unit.outcomes
    )


def _criterion(criterion: TreeCriterion, judgement: Any) -> content.JudgedCriterion:
    return content.JudgedCriterion(
        number=criterion.number,
        verb=criterion.verb,
        statement=criterion.statement,
        referral_signs=criterion.referral,
        pass_signs=criterion.passes,
        feedback=judgement.feedback,
        decision=judgement.decision,
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
            signed_at=_moment(row.signed_at, zone),
            method=METHODS.get(row.method, row.method),
            digest=row.short_digest,
        )
        for row in rows.order_by("signed_at")
    )


def _counts(work: SheetWork) -> tuple[content.Count, ...]:
    """What the assessor counted: each total of hours, with what was counted beside it."""
    hours: list[tuple[str, list[str]]] = []
    for criterion in work.tree.criteria:
        beside: list[str] | None = None
        for line in gate_lines(criterion, work.judgements[criterion.id]):
            if line.value and line.rule.unit_of_measure == "hours":
                beside = [_hours(Decimal(line.value))]
                hours.append((line.rule.label, beside))
            elif line.value and beside is not None:
                beside.append(f"{line.value} {line.rule.unit_of_measure}")
    return tuple(content.Count(label=label, value=", ".join(values)) for label, values in hours)


def _outcome_sentence(work: SheetWork) -> str:
    decisions = {each.number: work.judgements[each.id].decision for each in work.tree.criteria}
    referred = [number for number, decided in decisions.items() if decided == Decision.REFERRAL]
    passed = len(decisions) - len(referred)
    if not referred:
        return f"All {_number(passed)} criteria are a pass."
    if len(referred) == 1:
        sentence = f"One criterion, {referred[0]}, is a referral"
    else:
        listed = f"{', '.join(referred[:-1])} and {referred[-1]}"
        sentence = f"{_number(len(referred)).capitalize()} criteria, {listed}, are referrals"
    if not passed:
        return f"{sentence}."
    verb = "is a pass and carries" if passed == 1 else "are a pass and carry"
    return f"{sentence}; {_number(passed)} {verb} over."


def _specification(tree: AssessmentTree) -> str:
    label = f"version {tree.version}"
    if tree.corrected_on:
        label += f", corrected {tree.corrected_on.day} {tree.corrected_on:%b %Y}"
    return label


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def _hours(hours: Decimal) -> str:
    whole, minutes = divmod(round(hours * 60), 60)
    return f"{whole} h {minutes:02}" if minutes else f"{whole} h"


def _day(moment: datetime.datetime, zone: zoneinfo.ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b %Y}"


def _moment(moment: datetime.datetime, zone: zoneinfo.ZoneInfo) -> str:
    return f"{_day(moment, zone)}, {moment.astimezone(zone):%H:%M}"


def _zone_name(name: str) -> str:
    if name == "Europe/London":
        return "UK time"
    city = name.rsplit("/", maxsplit=1)[-1].replace("_", " ")
    return f"times as in {city}" if "/" in name else city
