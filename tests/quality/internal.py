"""Short ways to the states of internal quality assurance, by the real actions."""

import datetime
from typing import Any

from django.utils import timezone

from assessment.models import Sheet
from centres.actions import allocate_assessor, enrol_learner
from centres.models import Membership, Notice, Role, Signature, User
from centres.tenancy import centre_context
from qualifications.models import Qualification
from quality.actions.plans import approve_plan, draft_plan
from quality.actions.releases import release_unsampled
from quality.actions.required import answer_action, close_action
from quality.actions.reviews import save_conclusion, save_point, sign_review
from quality.actions.samples import choose_interim_sample, choose_sample, draw_sample
from quality.models import Draw, Release, RequiredAction, Review, Sample, SamplingPlan
from quality.queries.plans import plan_manifest
from quality.queries.release import release_manifest, release_work
from quality.queries.review import part_marked, review_manifest, review_of
from quality.queries.samples import samples_to_see
from tests import stage
from tests.assessment.scenes import refusing
from tests.cast import Cast, fresh_proof, make_user

WEEK = datetime.timedelta(days=7)
QUALITY = frozenset({Role.IQA, Role.LEAD_IQA})
KINDS = (
    "sample_chosen",
    "review_taken_over",
    "sheet_returned",
    "sheet_confirmed",
    "action_raised",
    "action_answered",
)
TESTS = dict.fromkeys(Review.TESTS, "yes")


def qualification_of(cast: Cast) -> Qualification:
    """The one on which Una and Ted are registered."""
    found: Qualification = cast.una_registration.pathway.specification.qualification
    return found


def drafted(cast: Cast, **changes: Any) -> SamplingPlan:
    """A draft of Jo's."""
    given = {
        "actor": cast.jo,
        "centre": cast.centre,
        "qualification": qualification_of(cast),
        "name": "Autumn 2026",
        "rules": "A quarter at random.\nEvery second attempt.",
        "baseline_percent": 25,
        **changes,
    }
    with refusing(cast):
        return draft_plan(**given)


def approved(cast: Cast, **changes: Any) -> SamplingPlan:
    """The same, approved by Lea."""
    return approve(cast, drafted(cast, **changes))


def approve(cast: Cast, plan: SamplingPlan, **changes: Any) -> SamplingPlan:
    """Lea approves a draft."""
    given = {
        "actor": cast.lea,
        "centre": cast.centre,
        "plan": plan,
        "shown_digest": plan_manifest(plan).digest,
        "proof": fresh_proof(),
        **changes,
    }
    with refusing(cast):
        return approve_plan(**given)


def chosen(cast: Cast, sheet: Sheet, **changes: Any) -> Sample:
    """A sheet chosen by Lea for Jo."""
    given = {
        "actor": cast.lea,
        "centre": cast.centre,
        "sheet": sheet,
        "reason": "First decision of a new assessor",
        "reviewer": cast.jo,
        "due_on": timezone.localdate() + WEEK,
        **changes,
    }
    with refusing(cast):
        return choose_sample(**given)


def drew(cast: Cast, wanted: int, **changes: Any) -> Draw:
    """A draw by Lea for Jo."""
    given = {
        "actor": cast.lea,
        "centre": cast.centre,
        "qualification": qualification_of(cast),
        "wanted": wanted,
        "reviewer": cast.jo,
        "due_on": timezone.localdate() + WEEK,
        **changes,
    }
    with refusing(cast):
        return draw_sample(**given)


def chosen_in_progress(cast: Cast, who: str = "una", **changes: Any) -> Sample:
    """Work in progress of Una or Ted, chosen by Lea for Jo."""
    given = {
        "actor": cast.lea,
        "centre": cast.centre,
        "registration": getattr(cast, f"{who}_registration"),
        "assessment": cast.assessment,
        "reason": "Support early",
        "reviewer": cast.jo,
        "due_on": timezone.localdate() + WEEK,
        **changes,
    }
    with refusing(cast):
        return choose_interim_sample(**given)


def say(cast: Cast, sample: Sample, name: str, **typed: Any) -> Any:
    """Jo (or another ``actor``) says something of a part, on the newest revision."""
    actor = typed.pop("actor", cast.jo)
    with refusing(cast):
        part = part_marked(read(cast, sample, within=True), name)
        assert part is not None
        typed.setdefault("base_revision", part.point.revision)
        return save_point(actor=actor, centre=cast.centre, sample=sample, part_id=part.id, **typed)


def conclude(cast: Cast, sample: Sample, **typed: Any) -> Any:
    """Jo (or another ``actor``) saves the conclusion, on the newest revision."""
    actor = typed.pop("actor", cast.jo)
    with refusing(cast):
        base = typed.pop("base_revision", read(cast, sample, within=True).review.revision)
        return save_conclusion(
            actor=actor, centre=cast.centre, sample=sample, typed=typed, base_revision=base
        )


def read(cast: Cast, sample: Sample, *, within: bool = False) -> Any:
    """The review as it stands."""
    if not within:
        with centre_context(cast.centre.pk):
            return read(cast, sample, within=True)
    samples = samples_to_see(cast.centre, cast.max, QUALITY)
    return review_of(cast.centre, samples.get(pk=sample.pk))


def agreed(cast: Cast, sheet: Sheet, **conclusion: Any) -> Sample:
    """A sheet that Jo has chosen, looked at, and reviewed; not signed."""
    sample = chosen(cast, sheet)
    say(cast, sample, "1.1", verdict="agree")
    conclude(cast, sample, **{**TESTS, "outcome": "agree", **conclusion})
    return sample


def sign(cast: Cast, sample: Sample, **changes: Any) -> Review:
    """Jo signs the review as it stands."""
    with refusing(cast):
        found = read(cast, sample, within=True)
        given = {
            "actor": cast.jo,
            "centre": cast.centre,
            "sample": sample,
            "shown_digest": review_manifest(found).digest,
            "proof": fresh_proof(),
            **changes,
        }
        return sign_review(**given)


def raised(cast: Cast, sheet: Sheet, **changes: Any) -> RequiredAction:
    """An action for Pat from a signed review of Jo's."""
    owner = changes.pop("owner", cast.pat)
    sample = agreed(
        cast,
        sheet,
        outcome="action",
        action_text="Say in the feedback where the evidence is.",
        action_owner=owner.pk,
        action_due_on=timezone.localdate() + WEEK,
        **changes,
    )
    review = sign(cast, sample)
    with centre_context(cast.centre.pk):
        found: RequiredAction = RequiredAction.objects.for_centre(cast.centre).get(review=review)
        return found


def answer(cast: Cast, required: RequiredAction, actor: User, text: str = "Done.") -> None:
    """Answer an action."""
    with refusing(cast):
        answer_action(actor=actor, centre=cast.centre, required=required, answer=text)


def close(cast: Cast, required: RequiredAction, actor: User) -> None:
    """Close an action."""
    with refusing(cast):
        close_action(actor=actor, centre=cast.centre, required=required)


def release(cast: Cast, *sheets: Sheet, actor: User | None = None, **changes: Any) -> Release:
    """Lea releases these sheets as they stand."""
    lead = actor or cast.lea
    with refusing(cast):
        ids = frozenset(sheet.pk for sheet in sheets)
        found = release_work(cast.centre, lead, qualification_of(cast), chosen=ids)
        given = {
            "actor": lead,
            "centre": cast.centre,
            "qualification": qualification_of(cast),
            "sheets": ids,
            "shown_digest": release_manifest(found).digest,
            "proof": fresh_proof(),
            **changes,
        }
        return release_unsampled(**given)


def signed_by_another(cast: Cast, key: str, *, referred: tuple[str, ...] = ()) -> Sheet:
    """A further learner's sheet, signed by Pat."""
    learner = make_user(f"{key}@{cast.centre.slug}.example.org", f"{key.title()} Further")
    Membership.objects.create(
        centre=cast.centre,
        user=learner,
        role=Role.LEARNER,
        starts_on=datetime.date(2026, 1, 5),
    )
    with centre_context(cast.centre.pk):
        registration = enrol_learner(
            actor=cast.max,
            centre=cast.centre,
            learner=learner,
            pathway=cast.una_registration.pathway,
            certificate_name=learner.full_name,
            date_of_birth=datetime.date(1990, 5, 17),
            enrolled_on=datetime.date(2026, 2, 2),
        )
        allocate_assessor(
            actor=cast.max, centre=cast.centre, registration=registration, assessor=cast.pat
        )
        submission = stage.submit(cast, stage.make_work(cast, learner, registration))
        stage.judge(cast, cast.pat, submission, referred)
        return stage.sign(cast, cast.pat, submission)


def give_role(cast: Cast, person: User, role: Role) -> None:
    """A further role from the start of the year."""
    Membership.objects.create(
        centre=cast.centre, user=person, role=role, starts_on=datetime.date(2026, 1, 5)
    )


def told(cast: Cast, person: User) -> list[str]:
    """The kinds of a person's notices from internal quality assurance, oldest first."""
    with centre_context(cast.centre.pk):
        notices = Notice.objects.for_centre(cast.centre).filter(recipient=person, kind__in=KINDS)
        return list(notices.order_by("made_at").values_list("kind", flat=True))


def signature_of(cast: Cast, purpose: str) -> Signature:
    """The one signature for a purpose."""
    with centre_context(cast.centre.pk):
        found: Signature = Signature.objects.for_centre(cast.centre).get(purpose=purpose)
        return found
