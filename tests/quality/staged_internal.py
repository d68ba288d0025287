"""What the routes of internal quality assurance name, made on the stage when first asked for."""

from typing import Any

from django.utils import timezone

from assessment.models import Sheet
from centres.models import User
from centres.tenancy import centre_context
from quality.models import RequiredAction, Review, Sample, SamplingPlan
from quality.queries.plans import plan_manifest
from quality.queries.release import release_manifest, release_work
from quality.queries.review import review_manifest
from tests import stage as staging
from tests.cast import PASSWORD
from tests.quality import internal
from tests.quality.internal import WEEK, qualification_of
from tests.stage import Stage

Args = tuple[Any, ...]


def first(model: Any, stage: Stage, **narrowed: Any) -> Any:
    """The centre's first such row of a table, if any."""
    with centre_context(stage.cast.centre.pk):
        return model.objects.for_centre(stage.cast.centre).filter(**narrowed).first()


def qualification_args(stage: Stage) -> Args:
    """The qualification of both learners, with a plan in force."""
    if not first(SamplingPlan, stage, approved_at__isnull=False):
        internal.approved(stage.cast)
    return (qualification_of(stage.cast).pk,)


def draft(stage: Stage) -> SamplingPlan:
    """A plan that is not approved."""
    found = first(SamplingPlan, stage, approved_at__isnull=True)
    return found or internal.drafted(stage.cast)


def draft_args(stage: Stage) -> Args:
    """That draft."""
    return (draft(stage).pk,)


def plan_to_draft(stage: Stage) -> dict[str, Any]:
    """A version as it is typed."""
    return {"name": "Winter 2027", "rules": "A third.", "baseline_percent": "33"}


def approval(stage: Stage) -> dict[str, Any]:
    """What the draft shows for signing."""
    with centre_context(stage.cast.centre.pk):
        return {"shown": plan_manifest(draft(stage)).digest, "password": PASSWORD}


def sheet_args(stage: Stage) -> Args:
    """Una's sheet, in no sample, under a plan in force."""
    qualification_args(stage)
    assert stage.una.sheet
    return (stage.una.sheet.pk,)


def work_args(stage: Stage) -> Args:
    """Ted's work in progress, under a plan in force."""
    qualification_args(stage)
    return (stage.ted.registration.pk, stage.cast.assessment.pk)


def choice(stage: Stage) -> dict[str, Any]:
    """A reason, a reviewer and a day."""
    due = (timezone.localdate() + WEEK).isoformat()
    return {"reason": "Second attempt", "reviewer": stage.cast.jo.pk, "due_on": due}


def draw(stage: Stage) -> dict[str, Any]:
    """A draw of one."""
    return {**choice(stage), "wanted": "1", "seed": "stage"}


def sample(stage: Stage) -> Sample:
    """Una's sheet, chosen by Lea for Jo."""
    found = first(Sample, stage)
    if found:
        return found  # type: ignore[no-any-return]
    qualification_args(stage)
    assert stage.una.sheet
    return internal.chosen(stage.cast, stage.una.sheet)


def sample_args(stage: Stage) -> Args:
    """That sample, not reviewed."""
    return (sample(stage).pk,)


def part_args(stage: Stage) -> Args:
    """Its first criterion."""
    return (sample(stage).pk, "1.1")


def others_at(args: Any) -> Any:
    """Lea may review, but is not this sample's reviewer."""

    def others(stage: Stage) -> list[tuple[User, Args]]:
        return [(stage.cast.lea, args(stage))]

    return others


def strangers_to_review(stage: Stage) -> list[tuple[User, Args]]:
    """Kit is an assessor, but did not sign the sheet; Pat reads nothing before it is signed."""
    return [(stage.cast.kit, sample_args(stage)), (stage.cast.pat, sample_args(stage))]


def conclusion(stage: Stage) -> dict[str, Any]:
    """Agreement with an action for Pat."""
    return {
        **internal.TESTS,
        "remarks": "Orderly.",
        "outcome": "action",
        "action_text": "Say where.",
        "action_owner": stage.cast.pat.pk,
        "action_due_on": (timezone.localdate() + WEEK).isoformat(),
        "revision": "0",
    }


def concluded_args(stage: Stage) -> Args:
    """The sample with a review that could be signed."""
    chosen = sample(stage)
    if not first(Review, stage):
        internal.say(stage.cast, chosen, "1.1", verdict="agree")
        internal.conclude(stage.cast, chosen, **internal.TESTS, outcome="agree")
    return (chosen.pk,)


def review_to_sign(stage: Stage) -> dict[str, Any]:
    """What that review shows for signing."""
    concluded_args(stage)
    shown = review_manifest(internal.read(stage.cast, sample(stage))).digest
    return {"shown": shown, "parts": "{}", "password": PASSWORD}


def release_args(stage: Stage) -> Args:
    """The qualification, with Ted's pass to be released."""
    assert stage.ted.submission
    with centre_context(stage.cast.centre.pk):
        signed = Sheet.objects.for_centre(stage.cast.centre).signed()
        if not signed.filter(submission=stage.ted.submission).exists():
            staging.sign(stage.cast, stage.cast.pat, stage.ted.submission)
    return qualification_args(stage)


def release_to_sign(stage: Stage) -> dict[str, Any]:
    """What the release shows for signing."""
    release_args(stage)
    cast = stage.cast
    with centre_context(cast.centre.pk):
        work = release_work(cast.centre, cast.lea, qualification_of(cast))
        shown = release_manifest(work).digest
    return {
        "shown": shown,
        "parts": "{}",
        "justification": "Standardised.",
        "password": PASSWORD,
    }


def action_args(stage: Stage) -> Args:
    """An action for Pat from a review of Una's sheet."""
    found = first(RequiredAction, stage)
    if found is None:
        qualification_args(stage)
        assert stage.una.sheet
        found = internal.raised(stage.cast, stage.una.sheet)
    return (found.pk,)


def answered_args(stage: Stage) -> Args:
    """The same, answered."""
    (pk,) = action_args(stage)
    found = first(RequiredAction, stage, pk=pk)
    if not found.answered_at:
        internal.answer(stage.cast, found, stage.cast.pat)
    return (pk,)


def kit_at_action(stage: Stage) -> list[tuple[User, Args]]:
    """Kit works here, but it is not Kit's action."""
    return [(stage.cast.kit, action_args(stage))]
