"""Plays quality assurance for a centre of the demonstration, step by step as the story tells it."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from assessment.actions import save_judgement, sign_sheet
from assessment.manifest import sheet_manifests
from assessment.models import Judgement, Sheet
from assessment.queries.tree import criterion_mark, sheet_tree
from centres.models import Centre, Registration, Role, User
from config.demo import files
from config.demo.proof import just_proved
from config.demo.story import Correction, House, Move, Plan, Release, Report, Review, Step, Visit
from portfolios.models import SubmissionItem
from qualifications.models import Criterion, Pathway, Qualification
from quality.actions import plans, releases, reports, reviews, samples, visits
from quality.actions.moves import move_registration
from quality.models import Sample, VisitSheet
from quality.queries.confirmations import confirmable
from quality.queries.plans import plan_manifest
from quality.queries.release import release_manifest, release_work
from quality.queries.review import review_manifest, review_of
from quality.queries.samples import samples_to_see
from quality.queries.standings import current_sheets
from quality.queries.visit_closing import closing_of

DAYS_TO_REVIEW = 14


@dataclass(frozen=True)
class Stage:
    """The centre with its people by key."""

    centre: Centre
    people: dict[str, User]

    def sheet(self, learner: str) -> Sheet:
        """The learner's sheet that stands."""
        found: Sheet = current_sheets(self.centre).get(learner=self.people[learner])
        return found


def play_quality(house: House, centre: Centre, people: dict[str, User]) -> None:
    """The plans, then each step in its order."""
    stage = Stage(centre, people)
    for plan in house.plans:
        _plan(stage, plan)
    for step in house.quality:
        _step(stage, step)


def _step(stage: Stage, step: Step) -> None:
    if isinstance(step, Review):
        _review(stage, step)
    elif isinstance(step, Correction):
        _correct(stage, step)
    elif isinstance(step, Visit):
        _visit(stage, step)
    elif isinstance(step, Release):
        _release(stage, step)
    elif isinstance(step, Move):
        _move(stage, step)
    else:
        _report(stage, step)


def _plan(stage: Stage, story: Plan) -> None:
    """The internal quality assurer drafts, the lead approves."""
    plan = plans.draft_plan(
        actor=stage.people["jo"],
        centre=stage.centre,
        qualification=_qualification(story.qualification),
        name=story.name,
        rules=story.rules,
        baseline_percent=story.percent,
    )
    plans.approve_plan(
        actor=stage.people["lea"],
        centre=stage.centre,
        plan=plan,
        shown_digest=plan_manifest(plan).digest,
        proof=just_proved(),
    )


def _review(stage: Stage, story: Review) -> None:
    """Choose the sheet, look at its parts, conclude and sign; without a conclusion it waits."""
    reviewer = stage.people["jo"]
    chosen = _chosen(stage, story)
    seen = samples_to_see(stage.centre, reviewer, frozenset({Role.IQA}))
    sample = seen.get(pk=chosen.pk)
    asked: dict[str, Any] = {"actor": reviewer, "centre": stage.centre, "sample": sample}
    for part in review_of(stage.centre, sample).parts:
        if part.mark in story.points:
            verdict, comment, audience, mark = story.points[part.mark]
            reviews.save_point(
                **asked,
                part_id=part.id,
                verdict=verdict,
                comment=comment,
                audience=audience,
                mark=mark or None,
            )
    if not story.typed:
        return
    typed: dict[str, Any] = dict(story.typed)
    if "action_text" in typed:
        due = timezone.localdate() + datetime.timedelta(days=DAYS_TO_REVIEW)
        typed |= {"action_owner": str(stage.people["pat"].pk), "action_due_on": due}
    reviews.save_conclusion(**asked, typed=typed)
    shown = review_manifest(review_of(stage.centre, seen.get(pk=chosen.pk))).digest
    reviews.sign_review(**asked, shown_digest=shown, proof=just_proved())


def _chosen(stage: Stage, story: Review) -> Sample:
    due = timezone.localdate() + datetime.timedelta(days=DAYS_TO_REVIEW)
    sheet = stage.sheet(story.learner)
    common: dict[str, Any] = {
        "actor": stage.people["jo"],
        "centre": stage.centre,
        "reviewer": stage.people["jo"],
        "due_on": due,
    }
    if story.reason:
        return samples.choose_sample(**common, sheet=sheet, reason=story.reason)
    qualification = sheet.submission.assessment.specification.qualification
    samples.draw_sample(**common, qualification=qualification, wanted=1, seed=story.seed)
    found: Sample = Sample.objects.for_centre(stage.centre).get(sheet=sheet)
    return found


def _correct(stage: Stage, story: Correction) -> None:
    """The assessor changes what was returned and signs the next version."""
    assessor = stage.people["pat"]
    draft = Sheet.objects.for_centre(stage.centre).get(
        learner=stage.people[story.learner], signed_at__isnull=True, replaces__isnull=False
    )
    tree = sheet_tree(draft.submission.assessment)
    for criterion in tree.criteria:
        mark = criterion_mark(tree, criterion)
        if mark not in story.judgements:
            continue
        decision, feedback = story.judgements[mark]
        standing = Judgement.objects.for_centre(stage.centre).get(
            sheet=draft, criterion=criterion.id
        )
        save_judgement(
            actor=assessor,
            centre=stage.centre,
            submission=draft.submission,
            criterion=Criterion.objects.get(pk=criterion.id),
            decision=decision,
            feedback=feedback,
            counts=story.counts.get(mark, {}),
            base_revision=standing.revision,
            tab="demo",
        )
    sign_sheet(
        actor=assessor,
        centre=stage.centre,
        submission=draft.submission,
        shown_digest=sheet_manifests(draft).file.digest,
        proof=just_proved(),
    )


def _visit(stage: Stage, story: Visit) -> None:
    """Arrange, choose unseen, publish; a visit that closes agrees with all and releases."""
    centre, eqa = stage.centre, stage.people["eve"]
    today = timezone.localdate()
    visit = visits.arrange_visit(
        actor=stage.people["max"],
        centre=centre,
        eqa=eqa,
        qualification=_qualification(story.qualification),
        opens_on=today,
        closes_on=today + datetime.timedelta(days=4),
        reference=story.reference,
    )
    asked: dict[str, Any] = {"actor": eqa, "centre": centre, "visit": visit}
    for learner, reason in story.choices.items():
        visits.choose_sheet(**asked, sheet=stage.sheet(learner), reason=reason)
    visits.publish_choices(**asked)
    if not story.closes:
        return
    for choice in VisitSheet.objects.for_centre(centre).filter(visit=visit).select_related("sheet"):
        items = SubmissionItem.objects.for_centre(centre).filter(submission=choice.sheet.submission)
        for item in items:
            visits.record_view(**asked, item=item)
        visits.save_finding(
            **asked, sheet=choice.sheet, decision="agree", comment="Decided as the evidence shows."
        )
    visits.save_visit_notes(
        **asked, report="The sample was decided soundly and checked by the plan."
    )
    visit.refresh_from_db()
    visits.close_visit(
        **{**asked, "visit": visit},
        outcome="release",
        shown_digest=closing_of(visit, "release").manifest.digest,
        proof=just_proved(),
    )


def _release(stage: Stage, story: Release) -> None:
    """The lead releases what nobody sampled."""
    lead, qualification = stage.people["lea"], _qualification(story.qualification)
    found = release_work(stage.centre, lead, qualification)
    releases.release_unsampled(
        actor=lead,
        centre=stage.centre,
        qualification=qualification,
        sheets=[row.id for row in found.chosen],
        shown_digest=release_manifest(found).digest,
        proof=just_proved(),
        justification=story.justification,
    )


def _report(stage: Stage, story: Report) -> None:
    """The manager records a report that came on paper."""
    qualification = _qualification(story.qualification)
    pages = [[("Outcome", "The work sampled is decided soundly and is released.")]]
    reports.record_report(
        actor=stage.people["max"],
        centre=stage.centre,
        qualification=qualification,
        upload=SimpleUploadedFile(
            f"{story.reference}.pdf", files.pdf(f"Report {story.reference}", pages)
        ),
        reference=story.reference,
        eqa_name=story.eqa_name,
        reported_on=timezone.localdate(),
        releases=True,
        sheets=confirmable(stage.centre, qualification),
    )


def _qualification(number: str) -> Qualification:
    return Qualification.objects.get(number=number)


def _move(stage: Stage, story: Move) -> None:
    """The manager moves the learner on; the awarding body's new number has not come yet."""
    registration = Registration.objects.for_centre(stage.centre).get(
        learner=stage.people[story.learner]
    )
    start = registration.pathway.specification_id
    move_registration(
        actor=stage.people["max"],
        centre=stage.centre,
        registration=registration,
        pathway=Pathway.objects.get(code=story.pathway, specification=start),
        reason=story.reason,
    )
