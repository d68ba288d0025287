"""Addresses of a centre's people and registrations, below ``/c/<centre>/``."""

from django.urls import path

from centres.views import invitations, people, registrations

app_name = "centres"

urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/invite/", invitations.invite, name="people-invite"),
    path("people/<uuid:user_id>/role/", people.add_role, name="people-role-add"),
    path("people/roles/<uuid:membership_id>/end/", people.end_role, name="people-membership-end"),
    path(
        "people/invitations/<uuid:invitation_id>/withdraw/",
        invitations.withdraw,
        name="invitation-withdraw",
    ),
    path("invitation/<slug:token>/", invitations.invitation, name="invitation"),
    path("registrations/", registrations.registrations, name="registrations"),
    path("registrations/new/", registrations.enrol, name="registration-new"),
    path("registrations/<uuid:registration_id>/", registrations.registration, name="registration"),
    path(
        "registrations/<uuid:registration_id>/number/",
        registrations.number,
        name="registration-number",
    ),
    path(
        "registrations/<uuid:registration_id>/assessors/",
        registrations.allocate,
        name="registration-allocate",
    ),
    path(
        "registrations/<uuid:registration_id>/assessors/<uuid:assessor_id>/release/",
        registrations.release,
        name="registration-release",
    ),
]
