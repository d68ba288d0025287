"""What the paper of an approved alignment says, and its HTML."""

import datetime
import json
import zoneinfo
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from assessment.paper.sheet import qr_code
from assessment.paper_confirmation import METHODS, day_words, moment_words
from assessment.paper_content import zone_words
from centres.models import Role, Signature
from qualifications.models import Pathway
from qualifications.version_names import version_name
from quality.models import Alignment, AlignmentPaper
from quality.queries.alignments import AlignmentWork, alignment_work

KIND = "Alignment"


@dataclass(frozen=True, kw_only=True)
class SignatureLine:
    """The approval as the paper prints it."""

    name: str
    role: str
    sentence: str
    signed_at: str
    method: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class PrintedAlignment:
    """A whole paper, without the database."""

    work: AlignmentWork
    centre_name: str
    centre_number: str
    signature: SignatureLine
    digest_groups: str
    code: str
    verify_url: str
    time_zone: str
    issued_on: str
    sealed_by: str

    @property
    def alignment(self) -> Alignment:
        return self.work.alignment

    @property
    def pathway(self) -> Pathway:
        pathway: Pathway = self.work.alignment.pathway
        return pathway

    @property
    def specification_name(self) -> str:
        """The version of the qualification, with whose it is."""
        return version_name(self.pathway.specification, self.centre_name)

    @property
    def verify_place(self) -> str:
        """Where the code is typed in, without scheme, as it is printed above the code."""
        return self.verify_url.split("://", 1)[-1].removesuffix(f"/{self.code}/")

    @property
    def pairs_of_people(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        """Who is named on the cover, two to a line."""
        people = self.work.people
        return tuple(people[place : place + 2] for place in range(0, len(people), 2))

    @property
    def by_hand(self) -> str:
        """Where full coverage was set by hand over gaps, in sentences; or nothing."""
        return " ".join(
            f"{line.unit.ref} is set to full by hand: {line.overridden}."
            for line in self.work.units
            if line.overridden
        )

    @property
    def title(self) -> str:
        return f"{KIND} with {self.pathway.code}, version {self.alignment.version}"


def printed_alignment(
    paper: AlignmentPaper, *, at: datetime.datetime, sealed_by: str = ""
) -> PrintedAlignment:
    """What the paper says when it is issued at ``at``; the centre's number is the signed one."""
    row = (
        AlignmentPaper.objects.for_centre(paper.centre)
        .select_related("alignment__pathway__specification__qualification__awarding_body", "centre")
        .get(pk=paper.pk)
    )
    signed: dict[str, Any] = json.loads(row.manifest)
    zone = zoneinfo.ZoneInfo(row.centre.time_zone)
    approval = Signature.objects.for_centre(row.centre).get(
        purpose=Signature.Purpose.ALIGNMENT, subject_id=row.alignment_id
    )
    groups = [row.manifest_digest[start : start + 4] for start in range(0, 64, 4)]
    return PrintedAlignment(
        work=alignment_work(row.centre, row.alignment),
        centre_name=row.centre.name,
        centre_number=signed["centre"]["number"],
        signature=SignatureLine(
            name=approval.signer_name,
            role=str(Role(approval.role).label),
            sentence=approval.sentence,
            signed_at=moment_words(approval.signed_at, zone),
            method=METHODS.get(approval.method, approval.method),
            digest=approval.short_digest,
        ),
        digest_groups=" ".join(groups),
        code=row.code,
        verify_url=settings.SITE_URL + reverse("verify:code", args=[row.code]),
        time_zone=zone_words(row.centre.time_zone),
        issued_on=day_words(at, zone),
        sealed_by=sealed_by,
    )


def alignment_html(printed: PrintedAlignment, *, language: str = "en-GB") -> str:
    """A whole HTML document for ``render_pdf``; every value is escaped."""
    running = f"{printed.title} · {printed.alignment.title}"
    return render_to_string(
        "quality/alignments/paper.html",
        {
            "paper": printed,
            "language": language,
            "running": running if len(running) <= 90 else running[:89].rstrip() + "…",
            "running_centre": f"{printed.centre_name}, {printed.centre_number}".rstrip(", ")[:60],
            "qr_code": qr_code(printed.verify_url),
        },
    )
