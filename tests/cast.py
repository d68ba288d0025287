"""The cast: the same people in every test, made through the real actions where there is one."""

import datetime
import time
from dataclasses import dataclass, fields

from django.test import Client

from centres.actions import allocate_assessor, enrol_learner, record_registration
from centres.models import Centre, Membership, Registration, Role, User
from centres.signatures import Proof
from centres.tenancy import centre_context
from qualifications.models import Assessment, Pathway
from tests.approved import approve

PASSWORD = "a long enough password"


@dataclass
class Cast:
    """One centre and its people. Una and Ted learn; Pat marks both, Kit marks Ted only."""

    centre: Centre
    una: User
    ted: User
    pat: User
    kit: User
    jo: User
    lea: User
    max: User
    ada: User
    tia: User
    eve: User
    assessment: Assessment
    una_registration: Registration
    ted_registration: Registration

    @property
    def people(self) -> list[User]:
        """Everybody."""
        return [
            value for field in fields(self) if isinstance(value := getattr(self, field.name), User)
        ]


ROLES = {
    "una": ("Una Hornbeam", Role.LEARNER),
    "ted": ("Ted Rowan", Role.LEARNER),
    "pat": ("Pat Willow", Role.ASSESSOR),
    "kit": ("Kit Aspen", Role.ASSESSOR),
    "jo": ("Jo Hawthorn", Role.IQA),
    "lea": ("Lea Linden", Role.LEAD_IQA),
    "max": ("Max Cedar", Role.MANAGER),
    "ada": ("Ada Elm", Role.ADMINISTRATOR),
    "tia": ("Tia Laurel", Role.TUTOR),
    "eve": ("Eve Larch", Role.EQA),
}


def make_user(email: str, name: str) -> User:
    """A person with a login."""
    return User.objects.create_user(email, PASSWORD, full_name=name)


def make_cast(slug: str, name: str, number: str) -> Cast:
    """A centre with everybody in it; both learners are registered on the Level 5 Certificate."""
    centre = Centre.objects.create(slug=slug, name=name, number=number)
    people: dict[str, User] = {}
    for key, (full_name, role) in ROLES.items():
        people[key] = make_user(
            f"{key}@{slug}.example.org", f"{full_name} of {name.split(maxsplit=1)[0]}"
        )
        Membership.objects.create(
            centre=centre,
            user=people[key],
            role=role,
            starts_on=datetime.date(2026, 1, 5),
        )
    pathway = Pathway.objects.get(code="8588-21", specification__centre_id=None)
    assessment = Assessment.objects.get(
        code="501-portfolio", specification_id=pathway.specification_id
    )
    registrations: dict[str, Registration] = {}
    approve(centre, actor=people["max"])
    with centre_context(centre.pk):
        for key, last in (("una", 1), ("ted", 2)):
            registration = enrol_learner(
                actor=people["max"],
                centre=centre,
                learner=people[key],
                pathway=pathway,
                certificate_name=people[key].full_name,
                date_of_birth=datetime.date(1990, 5, 17),
                enrolled_on=datetime.date(2026, 2, 2),
            )
            record_registration(
                actor=people["max"],
                centre=centre,
                registration=registration,
                number=f"{slug[:2].upper()}-036{last}",
                registered_on=datetime.date(2026, 2, 16),
            )
            assessors = ("pat",) if key == "una" else ("pat", "kit")
            for assessor in assessors:
                allocate_assessor(
                    actor=people["max"],
                    centre=centre,
                    registration=registration,
                    assessor=people[assessor],
                )
            registrations[key] = registration
    return Cast(
        centre=centre,
        assessment=assessment,
        una_registration=registrations["una"],
        ted_registration=registrations["ted"],
        **people,
    )


def fresh_proof() -> Proof:
    """A proof of identity given just now."""
    return Proof(method="password", at=datetime.datetime.now(datetime.UTC))


def sign_in_client(client: Client, user: User) -> Client:
    """Sign in with the authentication on record, as allauth would have it."""
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client
