"""What the demonstration made: logins, sheets and their papers, for people and for programs."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.urls import reverse

from assessment.models import Document, Sheet
from centres.models import Centre, Membership
from centres.tenancy import centre_context
from config.demo.story import PASSWORD
from config.demo.views import DEMO_CENTRES

FOLDER = settings.BASE_DIR / "var" / "demo"


def papers_are_made() -> tuple[int, int]:
    """(issued, all) papers of the demonstration's centres."""
    issued = total = 0
    for centre in Centre.objects.filter(slug__in=DEMO_CENTRES):
        with centre_context(centre.pk):
            papers = Document.objects.for_centre(centre)
            total += papers.count()
            issued += papers.filter(state=Document.State.ISSUED).count()
    return issued, total


def write_summary(url: str) -> dict[str, Any]:
    """Copy the PDFs beside ``var/demo/summary.json`` and write it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    logins: list[dict[str, str]] = []
    sheets: list[dict[str, Any]] = []
    for centre in Centre.objects.filter(slug__in=DEMO_CENTRES):
        members = Membership.objects.active().filter(centre=centre).select_related("user")
        logins += [
            {
                "email": row.user.email,
                "password": PASSWORD,
                "role": row.role,
                "centre": centre.slug,
            }
            for row in members
        ]
        with centre_context(centre.pk):
            sheets += _sheets(centre, url)
    summary = {"url": url, "logins": logins, "sheets": sheets}
    (FOLDER / "summary.json").write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n")
    return summary


def _sheets(centre: Centre, url: str) -> list[dict[str, Any]]:
    """Each signed sheet with its file copy and its learner's copy."""
    rows = (
        Sheet.objects.for_centre(centre)
        .signed()
        .select_related("submission__assessment", "submission__registration")
        .order_by("signed_at")
    )
    papers: dict[Any, dict[str, Document]] = {}
    for paper in Document.objects.for_centre(centre).filter(state=Document.State.ISSUED):
        papers.setdefault(paper.sheet_id, {})[paper.copy] = paper
    made = []
    for sheet in rows:
        copies = {
            copy: _copied(paper, centre, sheet) for copy, paper in papers.get(sheet.pk, {}).items()
        }
        whole = papers.get(sheet.pk, {}).get(Document.Copy.FILE)
        if whole is None:
            continue
        made.append(
            {
                "centre": centre.slug,
                "learner": sheet.submission.registration.certificate_name,
                "assessment": sheet.submission.assessment.code,
                "attempt": sheet.submission.attempt,
                "outcome": sheet.outcome,
                "standing": whole.standing,
                "route": "decided",
                "pdf": str(copies[Document.Copy.FILE]),
                "learner_pdf": str(copies.get(Document.Copy.LEARNER, "")),
                "sha256": whole.sha256,
                "verify_url": url + reverse("verify:code", args=[whole.code]),
            }
        )
    return made


def _copied(paper: Document, centre: Centre, sheet: Sheet) -> Path:
    """The paper's bytes as a file with a speaking name."""
    submission = sheet.submission
    name = (
        f"{centre.slug}-{submission.registration.number}-{submission.assessment.code}"
        f"-attempt-{submission.attempt}-{paper.copy}.pdf"
    )
    with default_storage.open(paper.key) as held:
        (FOLDER / name).write_bytes(held.read())
    return FOLDER / name
