"""Addresses of a centre's catalogue, people, registrations and settings, below ``/c/<centre>/``."""

from django.urls import path

from centres.views import catalogue, invitations, notices, people, registrations, settings

app_name = "centres"

SPECIFICATION = "catalogue/<uuid:specification_id>/"

urlpatterns = [
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read_all, name="notices-read"),
    path("notices/<uuid:notice_id>/", notices.notice, name="notice"),
    path("catalogue/", catalogue.catalogue, name="catalogue"),
    path("catalogue/search/", catalogue.search, name="catalogue-search"),
    path(SPECIFICATION, catalogue.qualification, name="qualification"),
    path(f"{SPECIFICATION}corrections/", catalogue.corrections, name="corrections"),
    path(f"{SPECIFICATION}differences/<uuid:other_id>/", catalogue.differences, name="differences"),
    # A reference or a code is whatever the awarding body prints, a stroke included.
    path(
        f"{SPECIFICATION}units/<path:ref>/criteria/<str:number>/",
        catalogue.criterion,
        name="criterion",
    ),
    path(f"{SPECIFICATION}units/<path:ref>/", catalogue.unit, name="unit"),
    path(f"{SPECIFICATION}sheets/<path:code>/", catalogue.sheet, name="sheet"),
    path("settings/", settings.settings, name="settings"),
    path("people/", people.people, name="people"),
    path("people/invite/", invitations.invite, name="people-invite"),
    path("people/<uuid:user_id>/role/", people.add_role, name="people-role-add"),
    path("people/roles/<uuid:membership_id>/end/", people.end_role, name="people-membership-end"),
    path(
        "people/invitations/<uuid:invitation_id>/withdraw/",
        invitations.withdraw,
        name="invitation-withdraw",
    ),
    path(
        "people/invitations/<uuid:invitation_id>/link/",
        invitations.show_link,
        name="invitation-link",
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
