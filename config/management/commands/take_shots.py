"""A screenshot of every main page of the demonstration, desktop and phone."""

import contextlib
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from assessment.models import Sheet
from centres.models import Approval, Centre, PathwayMove, Registration, User
from centres.tenancy import centre_context
from config.demo.views import PLATFORM_STAFF
from config.management.commands.play_demo import free_port, stop_process
from portfolios.models import Closure, Evidence, Submission
from qualifications.models import Assessment
from quality.models import Alignment, HandbookImport, RequiredAction, Sample, Visit
from quality.queries.standings import current_sheets

WIDTHS = {"desktop": 1280, "phone": 360}
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


class Command(BaseCommand):
    """Needs a played demonstration (make demo) and Chromium; writes into ``var/shots/``."""

    help = "Take a screenshot of every main page, at 1280 and 360 px."

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve, sign in as each person, visit and photograph."""
        if not settings.DEMO:
            raise CommandError("Screenshots are taken of the demonstration: use make shots.")
        if not Centre.objects.filter(slug="alder").exists():
            raise CommandError("There is nothing to show yet: run make demo first.")
        folder = settings.BASE_DIR / "var" / "shots"
        folder.mkdir(parents=True, exist_ok=True)
        with _site() as url:
            for name in _photograph(url, folder):
                self.stdout.write(name)


Shot = tuple[str, str | None, str]


@dataclass(frozen=True)
class Scene:
    """What of the demonstration's first centre the pictures show."""

    slug: str
    qualification: UUID
    specification: UUID
    unit: tuple[UUID, UUID]
    evidence: UUID
    started: UUID
    decided: UUID
    sheet: Sheet
    corrected: Sheet
    marked: Sheet
    mark_sheet: tuple[UUID, str]
    reviewed: UUID
    planned: UUID
    owed: UUID
    visit_closed: UUID
    visit_open: UUID
    moved: UUID
    approved: UUID
    aligned: UUID
    aligned_unit: UUID
    imported: UUID
    follower: UUID

    def at(self, name: str, *args: Any) -> str:
        """A page of the centre."""
        return reverse(name, args=[self.slug, *args])


def scene() -> Scene:
    """Read it from what the demonstration has played."""
    centre = Centre.objects.get(slug="alder")
    with centre_context(centre.pk):
        asha = Registration.objects.for_centre(centre).get(learner__email=person("asha"))
        evidence = Evidence.objects.for_centre(centre).filter(registration=asha).first()
        if evidence is None:
            raise CommandError("The demonstration has no evidence: run make clean demo.")
        assessment = Assessment.objects.select_related("specification").get(
            code="501-portfolio", specification_id=asha.pathway.specification_id
        )
        closed = Closure.objects.for_centre(centre).standing().values("submission")
        waiting = Submission.objects.for_centre(centre).exclude(pk__in=closed)
        sheets = {
            row.learner.email: row for row in current_sheets(centre).select_related("learner")
        }
        marked = sheets[person("rhea")].submission.assessment
        visits = list(Visit.objects.for_centre(centre).order_by("arranged_at"))
        approvals = Approval.objects.for_centre(centre)
        samples = Sample.objects.for_centre(centre)
        return Scene(
            slug=centre.slug,
            qualification=assessment.specification.qualification_id,
            specification=assessment.specification_id,
            unit=(asha.pk, assessment.pk),
            evidence=evidence.pk,
            started=waiting.get(learner__email=person("finn")).pk,
            decided=waiting.get(learner__email=person("cleo")).pk,
            sheet=sheets[person("una")],
            corrected=sheets[person("omar")],
            marked=sheets[person("rhea")],
            mark_sheet=(marked.specification_id, marked.code),
            reviewed=samples.get(sheet=sheets[person("una")]).pk,
            planned=samples.get(sheet=sheets[person("omar")]).pk,
            owed=RequiredAction.objects.for_centre(centre).get().pk,
            visit_closed=visits[0].pk,
            visit_open=visits[1].pk,
            moved=PathwayMove.objects.for_centre(centre).get().registration_id,
            approved=approvals.get(qualification__number="8588").pk,
            aligned=Alignment.objects.for_centre(centre).approved().get().pk,
            aligned_unit=assessment.assessment_units.get().unit_id,
            imported=HandbookImport.objects.for_centre(centre).get().pk,
            follower=waiting.get(learner__email=person("finn")).registration_id,
        )


def person(key: str) -> str:
    """The address of somebody of the demonstration's first centre."""
    return f"{key}@alder.example.org"


def main_pages() -> list[Shot]:
    """(name of the picture, e-mail of the person or None, path) of every main page."""
    shown = scene()
    return [
        ("welcome", None, reverse("home")),
        ("sign-in", None, reverse("account_login")),
        ("verify", None, reverse("verify:check")),
        *_learner(shown),
        *_assessor(shown),
        *_internal(shown),
        *_external(shown),
        *_manager(shown),
        *_catalogue(shown),
    ]


def _learner(shown: Scene) -> Iterator[Shot]:
    who = person("asha")
    yield "home", who, reverse("home")
    yield "learner-work", who, shown.at("portfolios:mine")
    yield "learner-unit", who, shown.at("portfolios:unit", *shown.unit)
    yield "learner-evidence", who, shown.at("portfolios:evidence", shown.evidence)
    yield "learner-submit", who, shown.at("portfolios:submit", *shown.unit)
    una = person("una")
    registration = shown.sheet.submission.registration_id
    yield "learner-confirmed", una, shown.at("portfolios:mine")
    yield "learner-passed-unit", una, shown.at("portfolios:unit", registration, shown.unit[1])
    yield "learner-sheet", una, shown.at("assessment:sheet", shown.sheet.pk)
    yield "learner-record", una, shown.at("quality:record", registration)
    yield "learner-notices", una, shown.at("centres:notices")
    programme = (shown.follower, shown.unit[1])
    yield "learner-programme", person("finn"), shown.at("portfolios:unit", *programme)
    yield "learner-combination", person("ivo"), shown.at("quality:combination", shown.moved)


def _assessor(shown: Scene) -> Iterator[Shot]:
    who = person("pat")
    yield "assessor-queue", who, shown.at("assessment:queue")
    yield "assessor-desk", who, shown.at("assessment:desk", shown.started)
    yield "assessor-sign", who, shown.at("assessment:sign", shown.decided)
    yield "assessor-sheet", who, shown.at("assessment:sheet", shown.corrected.pk)
    yield "assessor-mark-sheet", who, shown.at("assessment:sheet", shown.marked.pk)
    yield "assessor-actions", who, shown.at("quality:actions")
    yield "assessor-action", who, shown.at("quality:action", shown.owed)


def _internal(shown: Scene) -> Iterator[Shot]:
    who = person("jo")
    yield "iqa-sampling", who, shown.at("quality:grid", shown.qualification)
    yield "iqa-plans", who, shown.at("quality:plans", shown.qualification)
    yield "iqa-plan", who, shown.at("quality:plan-draft", shown.qualification)
    yield "iqa-draw", who, shown.at("quality:draw", shown.qualification)
    yield "iqa-review-desk", who, shown.at("quality:review-part", shown.planned, "1.3")
    yield "iqa-conclude", who, shown.at("quality:review-conclude", shown.planned)
    yield "iqa-review", who, shown.at("quality:review", shown.reviewed)
    lead = person("lea")
    yield "lead-release", lead, shown.at("quality:release", shown.qualification)
    yield "lead-handbooks", lead, shown.at("quality:handbooks")
    yield "lead-handbook", lead, shown.at("quality:handbook", shown.imported)
    yield "lead-handbook-unit", lead, shown.at("quality:handbook-unit", shown.imported, 1)
    yield "lead-handbook-draft", lead, shown.at("quality:handbook-draft", shown.imported)


def _external(shown: Scene) -> Iterator[Shot]:
    who = person("eve")
    yield "eqa-visits", who, shown.at("quality:visits")
    yield "eqa-visit", who, shown.at("quality:visit-room", shown.visit_open)
    sheet = (shown.visit_open, shown.marked.pk)
    yield "eqa-mark-sheet", who, shown.at("quality:visit-sheet", *sheet)
    yield "eqa-close", who, shown.at("quality:visit-close", shown.visit_open)
    yield "eqa-visit-closed", who, shown.at("quality:visit-room", shown.visit_closed)
    sheet = (shown.visit_closed, shown.sheet.pk)
    yield "eqa-sheet", who, shown.at("quality:visit-sheet", *sheet)


def _manager(shown: Scene) -> Iterator[Shot]:
    who = person("max")
    yield "manager-registrations", who, shown.at("quality:where")
    registration = shown.sheet.submission.registration_id
    yield "manager-record", who, shown.at("quality:record", registration)
    yield "manager-numbers", who, shown.at("centres:registrations")
    yield "manager-registration", who, shown.at("centres:registration", shown.unit[0])
    yield "manager-visits", who, shown.at("quality:visits")
    yield "manager-arrange", who, shown.at("quality:visit-arrange")
    yield "manager-visit", who, shown.at("quality:visit", shown.visit_closed)
    yield "manager-confirmations", who, shown.at("quality:confirmations")
    yield "manager-report", who, shown.at("quality:report-record", shown.qualification)
    yield "manager-approvals", who, shown.at("quality:approvals")
    yield "manager-approval", who, shown.at("quality:approval", shown.approved)
    yield "manager-alignments", who, shown.at("quality:alignments")
    yield "manager-alignment", who, shown.at("quality:alignment", shown.aligned)
    unit = (shown.aligned, shown.aligned_unit)
    yield "manager-alignment-unit", who, shown.at("quality:alignment-unit", *unit)
    yield "manager-learners", who, shown.at("quality:alignment-learners", shown.aligned)
    yield "manager-programme", who, shown.at("quality:programme", shown.follower)
    yield "manager-move", who, shown.at("quality:move", registration)
    yield "manager-people", who, shown.at("centres:people")
    yield "manager-settings", who, shown.at("centres:settings")


def _catalogue(shown: Scene) -> Iterator[Shot]:
    who = person("max")
    yield "catalogue", who, shown.at("centres:catalogue")
    yield "catalogue-search", who, shown.at("centres:catalogue-search") + "?q=supervision"
    here = shown.specification
    yield "catalogue-qualification", who, shown.at("centres:qualification", here)
    yield "catalogue-unit", who, shown.at("centres:unit", here, "8588-501")
    yield "catalogue-criterion", who, shown.at("centres:criterion", here, "8588-501", "3.3")
    yield "catalogue-corrections", who, shown.at("centres:corrections", here)
    yield "catalogue-mark-sheet", who, shown.at("centres:sheet", *shown.mark_sheet)
    yield "platform-catalogue", PLATFORM_STAFF, reverse("catalogue:list")
    yield "platform-version", PLATFORM_STAFF, reverse("catalogue:outline", args=[here])
    yield "platform-draft", PLATFORM_STAFF, reverse("catalogue:draft", args=[here])


@contextlib.contextmanager
def _site() -> Iterator[str]:
    """The site on a free port, for as long as the pictures take."""
    port = free_port(0)
    url = f"http://localhost:{port}"
    site = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "config.wsgi", "--worker-class", "gthread"),
            *("--threads", "4", "--bind", f"localhost:{port}", "--log-level", "warning"),
        ],
        cwd=settings.BASE_DIR,
        env={**os.environ, "SITE_URL": url},
        start_new_session=True,
    )
    try:
        for _try in range(100):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{url}/health/live", timeout=2).close()  # noqa: S310
                break
            time.sleep(0.2)
        yield url
    finally:
        stop_process(site)


def _photograph(url: str, folder: Path) -> Iterator[str]:
    """Visit every page as its person, at both widths."""
    from playwright.sync_api import sync_playwright

    pages = list(main_pages())
    people = {user.email: str(user.pk) for user in User.objects.all()}
    with sync_playwright() as play:
        chromium = play.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=FLAGS
        )
        for device, width in WIDTHS.items():
            signed_in: str | None = ""
            context = chromium.new_context(viewport={"width": width, "height": 800})
            for name, email, path in pages:
                if email != signed_in:
                    context.close()
                    context = chromium.new_context(viewport={"width": width, "height": 800})
                    page = context.new_page()
                    page.goto(url)
                    if email:
                        page.click(f'form[action$="/{people[email]}/"] button')
                    signed_in = email
                page.goto(url + path, wait_until="networkidle")
                if "desk" in name:
                    page.wait_for_timeout(2500)  # Chromium draws a PDF after the page is loaded
                page.screenshot(path=folder / f"{name}-{device}.png", full_page=True)
                yield f"{name}-{device}.png"
        chromium.close()
