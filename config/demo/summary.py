"""What the demonstration made: logins, sheets and their papers, for people and for programs."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.urls import reverse

from assessment.models import Document, PaperRow, Sheet
from centres.models import Centre, Membership
from centres.tenancy import centre_context
from config.demo.story import PASSWORD
from config.demo.views import DEMO_CENTRES, PLATFORM_STAFF
from quality.models import AlignmentPaper, HandbookImport, HandbookWarning
from quality.queries.handbooks.imports import UNDER_WAY
from quality.queries.standings import current_sheets, standing_of_sheet

FOLDER = settings.BASE_DIR / "var" / "demo"


def jobs_done() -> tuple[int, int]:
    """(done, all) jobs of the worker for the demonstration's centres: papers and handbooks."""
    done = total = 0
    for centre in Centre.objects.filter(slug__in=DEMO_CENTRES):
        with centre_context(centre.pk):
            for kind in (Document, AlignmentPaper):
                papers = kind.objects.for_centre(centre)
                total += papers.count()
                done += papers.filter(state=PaperRow.State.ISSUED).count()
            handbooks = HandbookImport.objects.for_centre(centre)
            total += handbooks.count()
            done += handbooks.exclude(state__in=UNDER_WAY).count()
    return done, total


def write_summary(url: str) -> dict[str, Any]:
    """Copy the PDFs beside ``var/demo/summary.json`` and write it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    logins: list[dict[str, str]] = []
    sheets: list[dict[str, Any]] = []
    alignments: list[dict[str, Any]] = []
    handbooks: list[dict[str, Any]] = []
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
            alignments += _alignments(centre, url)
            handbooks += _handbooks(centre, url)
    logins.append(
        {"email": PLATFORM_STAFF, "password": PASSWORD, "role": "platform staff", "centre": ""}
    )
    summary = {
        "url": url,
        "logins": logins,
        "sheets": sheets,
        "alignments": alignments,
        "handbooks": handbooks,
    }
    (FOLDER / "summary.json").write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n")
    return summary


def _sheets(centre: Centre, url: str) -> list[dict[str, Any]]:
    """Each signed sheet with its standing and route, its newest papers and all that it had."""
    rows = (
        Sheet.objects.for_centre(centre)
        .signed()
        .select_related("submission__assessment", "submission__registration")
        .order_by("signed_at")
    )
    standing = {sheet.pk: standing_of_sheet(sheet) for sheet in current_sheets(centre)}
    issued = Document.objects.for_centre(centre).filter(state=Document.State.ISSUED)
    papers: dict[Any, list[Document]] = {}
    for paper in issued.order_by("queued_at"):
        papers.setdefault(paper.sheet_id, []).append(paper)
    made = []
    for sheet in rows:
        held = papers.get(sheet.pk, [])
        newest = {paper.copy: paper for paper in held}
        if Document.Copy.FILE not in newest:
            continue
        whole = newest[Document.Copy.FILE]
        files = {paper.pk: str(_copied(paper, centre, sheet)) for paper in held}
        work = standing.get(sheet.pk)
        made.append(
            {
                "centre": centre.slug,
                "learner": sheet.submission.registration.certificate_name,
                "assessment": sheet.submission.assessment.code,
                "attempt": sheet.submission.attempt,
                "version": sheet.version,
                "outcome": sheet.outcome,
                "standing": str(work.standing) if work else "superseded",
                "route": str(work.route) if work and work.route else "",
                "explained": work.sentence if work else "A later sheet stands.",
                "pdf": files[whole.pk],
                "learner_pdf": files[newest[Document.Copy.LEARNER].pk]
                if Document.Copy.LEARNER in newest
                else "",
                "sha256": whole.sha256,
                "verify_url": url + reverse("verify:code", args=[whole.code]),
                "papers": [
                    {
                        "copy": paper.copy,
                        "standing": paper.standing,
                        "pdf": files[paper.pk],
                        "sha256": paper.sha256,
                        "current": work is not None and newest[paper.copy].pk == paper.pk,
                    }
                    for paper in held
                ],
            }
        )
    return made


def _handbooks(centre: Centre, url: str) -> list[dict[str, Any]]:
    """Each handbook that was handed in, with what is left to answer."""
    doubts = HandbookWarning.objects.for_centre(centre)
    return [
        {
            "centre": centre.slug,
            "name": row.name,
            "state": row.state,
            "doubts": doubts.filter(handbook=row).count(),
            "open": doubts.filter(handbook=row, resolution="").count(),
            "url": url + reverse("quality:handbook", args=[centre.slug, row.pk]),
        }
        for row in HandbookImport.objects.for_centre(centre).order_by("asked_at")
    ]


def _alignments(centre: Centre, url: str) -> list[dict[str, Any]]:
    """Each approved alignment with its paper."""
    rows = AlignmentPaper.objects.for_centre(centre).filter(state=PaperRow.State.ISSUED)
    return [
        {
            "centre": centre.slug,
            "programme": paper.alignment.title,
            "pathway": paper.alignment.pathway.code,
            "version": paper.alignment.version,
            "pdf": str(
                _written(
                    paper,
                    f"{centre.slug}-alignment-{paper.alignment.pathway.code}"
                    f"-version-{paper.alignment.version}.pdf",
                )
            ),
            "sha256": paper.sha256,
            "verify_url": url + reverse("verify:code", args=[paper.code]),
        }
        for paper in rows.select_related("alignment__pathway")
    ]


def _copied(paper: Document, centre: Centre, sheet: Sheet) -> Path:
    """The paper's bytes as a file with a speaking name."""
    submission = sheet.submission
    number = submission.registration.number or "no-number"  # another award waits for its own
    name = (
        f"{centre.slug}-{number}-{submission.assessment.code}"
        f"-attempt-{submission.attempt}-version-{sheet.version}-{paper.standing}-{paper.copy}.pdf"
    )
    return _written(paper, name)


def _written(paper: PaperRow, name: str) -> Path:
    with default_storage.open(paper.key) as held:
        (FOLDER / name).write_bytes(held.read())
    return FOLDER / name
