"""A centre with rows in every table of the chain, so that every leak has something to leak."""

from assessment.models import Sheet
from centres.tenancy import centre_context
from portfolios.models import SubmissionItem
from qualifications.models import Criterion
from quality.actions.visits import record_view
from quality.models import KeptDecision, Sample
from tests.assessment import marking
from tests.assessment.scenes import signed
from tests.cast import Cast
from tests.quality import alignments, approvals, external, handbooks, internal, moving


def fill(cast: Cast) -> None:
    """Play the chain once, from an approval with its paper and override to a return and a mark."""
    una, ted = signed(cast), signed(cast, "ted")
    internal.approved(cast)
    internal.raised(cast, una)
    internal.release(cast, ted, justification="A small cohort.")
    external.reported(cast, ted)
    external.status_of(cast)
    external.held(cast, "ted")
    _visit(cast, una)
    _returned(cast, internal.signed_by_another(cast, "nia"))
    scene = marking.orchard(cast)
    marking.save(scene, marking.hand_in(scene), 1, mark="10")
    approvals.papered(cast)
    approvals.allowed(cast)
    _kept(cast, ted)
    handbooks.read(cast)
    _aligned(cast)


def _visit(cast: Cast, sheet: Sheet) -> None:
    """Eve opens one item of a published sheet."""
    visit = external.arranged(cast)
    external.published(cast, visit, sheet)
    with centre_context(cast.centre.pk):
        item = SubmissionItem.objects.for_centre(cast.centre).filter(submission=sheet.submission)[0]
        record_view(actor=cast.eve, centre=cast.centre, visit=visit, item=item)


def _returned(cast: Cast, sheet: Sheet) -> None:
    """Jo draws a sheet and returns it."""
    internal.drew(cast, 1)
    with centre_context(cast.centre.pk):
        sample: Sample = Sample.objects.for_centre(cast.centre).get(sheet=sheet)
    internal.say(cast, sample, "1.1", verdict="agree")
    conclusion = {**internal.TESTS, "outcome": "return", "reason": "Read 1.1 again."}
    internal.conclude(cast, sample, **conclusion)
    internal.sign(cast, sample)


def _kept(cast: Cast, sheet: Sheet) -> None:
    """Ted moves to the Diploma; a pass of his is kept, as in a move to a newer version."""
    move = moving.moved(cast, moving.diploma(), registration=moving.registration_of(cast, "ted"))
    with centre_context(cast.centre.pk):
        KeptDecision.objects.create(
            centre=cast.centre,
            move=move,
            registration=cast.ted_registration,
            criterion=Criterion.objects.filter(unit__ref="8588-502")[0],
            sheet=sheet,
        )


def _aligned(cast: Cast) -> None:
    """A programme's alignment, approved and followed by Una, and its next version."""
    done = alignments.approved(cast)
    alignments.placed(cast, done)
    alignments.next_of(cast, done)
