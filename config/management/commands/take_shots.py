"""A screenshot of every main page of the demonstration, desktop and phone, light and dark."""

import contextlib
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from assessment.models import Sheet
from centres.models import Centre, Registration, User
from centres.tenancy import centre_context
from config.management.commands.play_demo import free_port, stop_process
from portfolios.models import Closure, Evidence, Submission
from qualifications.models import Assessment

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


def main_pages() -> Iterator[tuple[str, str | None, str]]:
    """(name of the picture, e-mail of the person or None, path) of every main page."""
    yield "welcome", None, reverse("home")
    yield "sign-in", None, reverse("account_login")
    yield "verify", None, reverse("verify:check")
    centre = Centre.objects.get(slug="alder")
    slug = centre.slug

    def at(key: str) -> str:
        return f"{key}@alder.example.org"

    with centre_context(centre.pk):
        mine = Registration.objects.for_centre(centre)
        asha = mine.get(learner__email=at("asha"))
        evidence = Evidence.objects.for_centre(centre).filter(registration=asha).first()
        assessment = Assessment.objects.get(
            code="501-portfolio", specification_id=asha.pathway.specification_id
        )
        closed = Closure.objects.for_centre(centre).values("submission")
        waiting = Submission.objects.for_centre(centre).exclude(pk__in=closed)
        started = waiting.get(learner__email=at("finn"))
        decided = waiting.get(learner__email=at("cleo"))
        sheet = Sheet.objects.for_centre(centre).signed().get()
    if evidence is None:
        raise CommandError("The demonstration has no evidence: run make clean demo.")
    yield "home", at("asha"), reverse("home")
    yield "learner-work", at("asha"), reverse("portfolios:mine", args=[slug])
    unit = [slug, asha.pk, assessment.pk]
    yield "learner-unit", at("asha"), reverse("portfolios:unit", args=unit)
    yield "learner-evidence", at("asha"), reverse("portfolios:evidence", args=[slug, evidence.pk])
    yield "learner-submit", at("asha"), reverse("portfolios:submit", args=unit)
    yield "learner-sheet", at("una"), reverse("assessment:sheet", args=[slug, sheet.pk])
    yield "assessor-queue", at("pat"), reverse("assessment:queue", args=[slug])
    yield "assessor-desk", at("pat"), reverse("assessment:desk", args=[slug, started.pk])
    yield "assessor-sign", at("pat"), reverse("assessment:sign", args=[slug, decided.pk])
    yield "assessor-sheet", at("pat"), reverse("assessment:sheet", args=[slug, sheet.pk])
    yield "manager-registrations", at("max"), reverse("centres:registrations", args=[slug])
    yield "manager-registration", at("max"), reverse("centres:registration", args=[slug, asha.pk])
    yield "manager-people", at("max"), reverse("centres:people", args=[slug])


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
    """Visit every page as its person, at both widths; dark too for the desktop."""
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
