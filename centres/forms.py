"""Forms about people and registrations; every choice is of the centre that they are made for."""

import datetime
from collections.abc import Collection, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.db.models import Q, QuerySet
from django.db.models.functions import Least
from django.forms.models import ModelChoiceIterator
from django.utils import timezone

from centres.approvals import enrolment_pathways
from centres.models import Approval, Centre, Registration, Role, User
from centres.queries import (
    SHOWS,
    SORTS,
    RegistrationFilter,
    members_with,
    open_pathways,
    running_on_same_award,
)
from qualifications.models import Pathway
from qualifications.version_names import NOBODY_NAMED, version_name

LATE_DAYS = 90

if TYPE_CHECKING:
    UserField = forms.ModelChoiceField[User]
    PathwayField = forms.ModelChoiceField[Pathway]
    PathwayIterator = ModelChoiceIterator[Pathway]
else:
    UserField = PathwayField = forms.ModelChoiceField
    PathwayIterator = ModelChoiceIterator


def day_field(label: str, help_text: str = "", **options: Any) -> forms.DateField:
    """A date, typed or picked."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        **options,
    )


class PersonChoice(UserField):
    """Choose a person by name and address."""

    def label_from_instance(self, person: User) -> str:
        """Name and address, since names repeat."""
        return f"{person.full_name} ({person.email})"


class PathwaysByQualification(PathwayIterator):
    """The pathways below their qualifications, in the order of the queryset."""

    def __iter__(self) -> Iterator[Any]:
        """The empty choice, then each qualification with its pathways."""
        yield ("", self.field.empty_label)
        for qualification, pathways in groupby(
            self.queryset, lambda pathway: pathway.specification.qualification
        ):
            label = f"{qualification.number} {qualification.title}"
            yield (label, [self.choice(pathway) for pathway in pathways])


class PathwayChoice(PathwayField):
    """Choose a pathway by its code, title and version, which may be ``centre_name``’s own."""

    iterator = PathwaysByQualification
    centre_name = NOBODY_NAMED

    def label_from_instance(self, pathway: Pathway) -> str:
        """As the awarding body lists it, with the version that will bind the registration."""
        name = version_name(pathway.specification, self.centre_name)
        return f"{pathway.code} {pathway.title}, version {name}"


class InvitationForm(forms.Form):
    """Whom to invite, as what."""

    full_name = forms.CharField(label="Name", max_length=200)
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="The link goes here, and it becomes the address to sign in with.",
    )
    role = forms.ChoiceField(
        label="Role", choices=Role.choices, widget=forms.RadioSelect, initial=Role.LEARNER
    )


class RoleForm(forms.Form):
    """A further role for a member."""

    role = forms.ChoiceField(label="Further role", widget=forms.RadioSelect)

    def __init__(self, *args: Any, held: frozenset[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["role"])
        field.choices = [(role.value, role.label) for role in Role if role not in held]


class EndRoleForm(forms.Form):
    """From which day a role no longer holds."""

    on = day_field(
        "Ends on",
        "From this day the role no longer holds. Today ends it at once.",
        initial=timezone.localdate,
    )


class JoinForm(forms.Form):
    """What a new person adds to the invitation: their name as they write it, and a password."""

    full_name = forms.CharField(
        label="Your name",
        max_length=200,
        help_text="As it should stand beside what you sign.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label="Choose a password",
        max_length=200,
        strip=False,
        help_text="Ten characters or more. Three or four words that only you would put together "
        "do well.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        """Refuse a password that is easily guessed, also from the person's own details."""
        content = super().clean() or {}
        password = content.get("password")
        if password:
            person = User(email=self.email, full_name=content.get("full_name", ""))
            try:
                validate_password(password, person)
            except forms.ValidationError as fault:
                self.add_error("password", fault)
        return content


def pathways_to_enrol_on(centre: Centre) -> QuerySet[Pathway]:
    """Pathways open to enrolment today, ninety days ago, or on an approval's last day since.

    An enrolment may be recorded late; ``check_open_to_enrolment`` decides by its own day.
    """
    today = timezone.localdate()
    since = today - datetime.timedelta(days=LATE_DAYS)
    lately = (since, today - datetime.timedelta(days=1))
    over = Approval.objects.for_centre(centre).filter(
        Q(ends_on__range=lately) | Q(last_registration_on__range=lately)
    )
    last_days = over.values_list(Least("ends_on", "last_registration_on"), flat=True)
    was_open = Q()
    for day in {today, since, *last_days}:
        was_open |= Q(pk__in=enrolment_pathways(centre, day).values("pk"))
    return open_pathways(centre).filter(was_open)


class EnrolmentForm(forms.Form):
    """A learner's enrolment on a pathway that the centre may enrol on, or might lately."""

    learner = PersonChoice(
        label="Learner",
        queryset=User.objects.none(),
        empty_label="Choose a learner",
        help_text="People with the role of learner in this centre.",
    )
    pathway = PathwayChoice(
        label="Qualification",
        queryset=Pathway.objects.none(),
        empty_label="Choose a pathway",
        help_text=f"What the centre is approved to enrol on, or was in the last {LATE_DAYS} days. "
        "The day of enrolment decides.",
    )
    certificate_name = forms.CharField(
        label="Name as it goes on the certificate",
        max_length=200,
        help_text="The learner's legal name, as the awarding body will print it.",
    )
    date_of_birth = day_field("Date of birth")
    enrolled_on = day_field("Enrolled on", initial=timezone.localdate)

    def __init__(self, *args: Any, centre: Centre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.centre = centre
        for name, choices in (
            ("learner", members_with(centre, Role.LEARNER)),
            ("pathway", pathways_to_enrol_on(centre)),
        ):
            cast("forms.ModelChoiceField[Any]", self.fields[name]).queryset = choices
        cast(PathwayChoice, self.fields["pathway"]).centre_name = centre.name

    def running(self, shown: Collection[str] = ()) -> tuple[Registration, ...]:
        """What the learner runs for the same award, unless ``shown`` names all of it by its id."""
        content = self.cleaned_data
        found = running_on_same_award(self.centre, content["learner"], content["pathway"])
        return () if {str(row.pk) for row in found} <= {*shown} else found

    def offers_nothing(self) -> bool:
        """Whether there is no pathway to choose, so that an approval comes first."""
        return not cast(Any, self.fields["pathway"]).queryset.exists()


class NumberForm(forms.Form):
    """The awarding body's registration."""

    number = forms.CharField(label="Registration number", max_length=30)
    registered_on = day_field("Registered on", "The awarding body's date, not the enrolment.")


class AllocationForm(forms.Form):
    """Which assessor."""

    assessor = PersonChoice(
        label="Assessor",
        queryset=User.objects.none(),
        empty_label="Choose an assessor",
        help_text="Assessors of this centre. Nobody assesses their own work.",
    )

    def __init__(
        self, *args: Any, centre: Centre, registration: Registration, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[User]", self.fields["assessor"])
        field.queryset = members_with(centre, Role.ASSESSOR).exclude(pk=registration.learner_id)


class SettingsForm(forms.Form):
    """What a centre asks of its people."""

    requires_second_factor = forms.BooleanField(
        label="Everybody who works here needs a second step",
        help_text="A passkey, or a code from an app beside the password, at sign-in and before "
        "each signature. Learners may leave it.",
        required=False,
    )


class RegistrationFilterForm(forms.Form):
    """The line of filters above the list; what can't be read is left out, never refused."""

    q = forms.CharField(required=False, max_length=100)
    pathway = forms.UUIDField(required=False)
    show = forms.ChoiceField(required=False, choices=[("", ""), *SHOWS.items()])
    sort = forms.RegexField(required=False, regex=f"^-?({'|'.join(SORTS)})$")

    def chosen(self) -> RegistrationFilter:
        """What to narrow and order by."""
        self.is_valid()
        content = self.cleaned_data
        sort = content.get("sort") or "expires"
        return RegistrationFilter(
            text=content.get("q", ""),
            pathway=content.get("pathway"),
            show=content.get("show", ""),
            sort=sort.removeprefix("-"),
            descending=sort.startswith("-"),
        )
