"""What the tests of portfolios share: evidence in Una's portfolio, and work that is ready."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:
    from centres.models import Registration, User
    from portfolios.models import Evidence, Submission
    from qualifications.models import Criterion
    from tests.cast import Cast


@pytest.fixture
def signed_in() -> "Callable[..., Client]":
    """A browser of a person who gave their password ``ago`` seconds ago; None: not in this one."""

    def browser(user: "User", ago: float | None = 10) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        if ago is not None:
            session["account_authentication_methods"] = [
                {"method": "password", "at": time.time() - ago}
            ]
            session["account_authentication_methods_user"] = str(user.pk)
        session.save()
        return client

    return browser


@pytest.fixture
def criteria(alder: "Cast") -> "dict[str, Criterion]":
    """The criteria of unit 501 by their numbers."""
    from qualifications.models import Criterion

    rows = Criterion.objects.filter(unit__assessment_units__assessment=alder.assessment)
    return {row.number: row for row in rows.order_by("position")}


@pytest.fixture
def add() -> "Callable[..., Evidence]":
    """Add a file to a registration, by its learner."""
    from portfolios.actions import add_evidence
    from tests.portfolios.samples import upload

    def added(
        registration: "Registration", name: str = "plan.pdf", content: bytes | None = None
    ) -> "Evidence":
        return add_evidence(
            actor=registration.learner,
            centre=registration.centre,
            registration=registration,
            upload=upload(name, content),
        )

    return added


@pytest.fixture
def make_ready(add: "Callable[..., Evidence]") -> "Callable[..., list[Evidence]]":
    """Give every criterion of unit 501 evidence, spread over a number of items."""
    from portfolios.actions import make_claim
    from portfolios.models import Evidence
    from qualifications.models import Criterion
    from tests.portfolios.samples import pdf_number

    def ready(registration: "Registration", items: int = 2) -> list[Evidence]:
        rows = Criterion.objects.filter(
            specification_id=registration.pathway.specification_id, unit__number="501"
        )
        made = [add(registration, f"item {n}.pdf", pdf_number(n)) for n in range(items)]
        for place, criterion in enumerate(rows.order_by("position")):
            make_claim(
                actor=registration.learner,
                centre=registration.centre,
                evidence=made[place % items],
                criterion=criterion,
            )
        return made

    return ready


@pytest.fixture
def hand_in() -> "Callable[..., Submission]":
    """Hand in unit 501 as it stands, by its learner."""
    from portfolios.actions import submit_work
    from portfolios.declarations import CURRENT
    from portfolios.manifest import submission_manifest
    from qualifications.models import Assessment
    from tests.cast import fresh_proof

    def handed_in(registration: "Registration") -> "Submission":
        assessment = Assessment.objects.get(
            code="501-portfolio", specification_id=registration.pathway.specification_id
        )
        shown = submission_manifest(
            centre=registration.centre, registration=registration, assessment=assessment
        )
        return submit_work(
            actor=registration.learner,
            centre=registration.centre,
            registration=registration,
            assessment=assessment,
            declaration_version=CURRENT.version,
            shown_digest=shown.digest,
            proof=fresh_proof(),
        )

    return handed_in


@pytest.fixture
def events() -> "Callable[[Cast], list[str]]":
    """The names of a centre's events since this fixture was made for it, in their order."""
    from centres.models import AuditEvent

    seen: dict[object, int] = {}

    def names(cast: "Cast") -> list[str]:
        rows = list(
            AuditEvent.objects.for_centre(cast.centre).order_by("seq").values_list("action", "seq")
        )
        last = seen.get(cast.centre.pk, 0)
        seen[cast.centre.pk] = rows[-1][1] if rows else 0
        return [name for name, seq in rows if seq > last]

    return names
