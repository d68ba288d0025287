"""The release of unsampled work: what may be released now, the plan's share, and the manifest."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from assessment.models import Sheet
from centres.canonical import canonical_json, sha256_hex, text_hash
from centres.models import Centre, Signature, User
from centres.signatures import Manifest
from qualifications.models import Qualification
from quality.models import ReleaseItem, Review, Sample, SamplingPlan
from quality.queries.samples import unsampled

SCHEMA = 1
PARTS_AT_MOST = 300


@dataclass(frozen=True)
class Releasable:
    """A pass that nobody sampled, with its signature's digest; ``own``: the lead assessed it."""

    sheet: Any
    digest: str
    own: bool

    @property
    def id(self) -> UUID:
        """The sheet's id."""
        found: UUID = self.sheet.pk
        return found

    @property
    def learner(self) -> str:
        """Whose work it is."""
        return str(self.sheet.submission.registration.certificate_name)

    @property
    def assessment(self) -> str:
        """What was assessed."""
        return str(self.sheet.submission.assessment.title)


@dataclass(frozen=True)
class ReleaseWork:
    """What a lead would release now under the plan in force."""

    centre: Centre
    qualification: Qualification
    plan: SamplingPlan | None
    plan_digest: str
    rows: tuple[Releasable, ...]
    chosen: tuple[Releasable, ...]
    reviewed: int
    released: int
    held: int

    @property
    def decided(self) -> int:
        """Reviewed, released already, and to be released now."""
        return self.reviewed + self.released + len(self.chosen)

    @property
    def percent(self) -> int:
        """The share that was reviewed, rounded down."""
        return self.reviewed * 100 // self.decided if self.decided else 0

    @property
    def below_baseline(self) -> bool:
        """Whether fewer were reviewed than the plan says, so that a reason is needed."""
        if self.plan is None:
            return True
        return self.reviewed * 100 < self.plan.baseline_percent * self.decided

    @property
    def own(self) -> tuple[Releasable, ...]:
        """Those chosen that the lead assessed at some attempt."""
        return tuple(row for row in self.chosen if row.own)

    @property
    def sentence(self) -> str:
        """What the release says, in the first person; it lists every sheet."""
        plan = str(self.plan) if self.plan else "…"
        listed = "; ".join(f"{row.learner}, {row.assessment}" for row in self.chosen)
        count = len(self.chosen)
        return (
            f"I release {count} {'pass' if count == 1 else 'passes'} on "
            f"{self.qualification.number} that {'was' if count == 1 else 'were'} not sampled, "
            f"under {plan}: {listed}. {self.reviewed} of {self.decided} were reviewed "
            f"({self.percent} %). I have had no part in assessing this work."
        )


def release_work(
    centre: Centre,
    lead: User,
    qualification: Qualification,
    *,
    chosen: frozenset[UUID] | None = None,
    left_out: frozenset[UUID] = frozenset(),
) -> ReleaseWork:
    """What may be released now, in two queries; ``chosen`` narrows it, by default to all that the
    lead has not assessed themselves and does not leave out."""
    plan: Any = _plan(centre, qualification)
    signatures = Signature.objects.for_centre(centre).filter(
        purpose=Signature.Purpose.DECISION, subject_id=OuterRef("pk")
    )
    assessed = (
        Sheet.objects.for_centre(centre)
        .signed()
        .filter(
            assessor=lead,
            submission__registration=OuterRef("submission__registration"),
            submission__assessment=OuterRef("submission__assessment"),
        )
    )
    passes = unsampled(centre, qualification).filter(outcome="pass").exclude(learner=lead)
    sheets = passes.annotate(digest=Subquery(signatures.values("digest")[:1]), own=Exists(assessed))
    rows = [Releasable(sheet, sheet.digest, sheet.own) for sheet in sheets]
    free = [row for row in rows if not row.sheet.held]
    listed = tuple(sorted(free, key=lambda row: (row.assessment, row.learner, row.id)))
    return ReleaseWork(
        centre=centre,
        qualification=qualification,
        plan=plan,
        plan_digest=plan.digest if plan else "",
        rows=listed,
        chosen=tuple(
            row
            for row in listed
            if (row.id in chosen if chosen is not None else not row.own and row.id not in left_out)
        ),
        reviewed=plan.reviewed if plan else 0,
        released=plan.released if plan else 0,
        held=len(rows) - len(free),
    )


def release_manifest(found: ReleaseWork, justification: str = "") -> Manifest:
    """What a release covers: each sheet with its assessor's signed digest, the counts, and the
    justification by hash. What is shown before has none yet: it is typed with the signature."""
    plan = found.plan
    return Manifest(
        {
            "schema": SCHEMA,
            "kind": "release of unsampled work",
            "centre": {"id": str(found.centre.pk), "number": found.centre.number},
            "qualification": {
                "id": str(found.qualification.pk),
                "number": found.qualification.number,
            },
            "plan": {
                "id": str(plan.pk) if plan else "",
                "version": plan.version if plan else 0,
                "digest": found.plan_digest,
                "baseline_percent": plan.baseline_percent if plan else 0,
            },
            "sheets": [
                {
                    "id": str(row.id),
                    "version": row.sheet.version,
                    "registration": str(row.sheet.submission.registration_id),
                    "assessment": str(row.sheet.submission.assessment_id),
                    "outcome": row.sheet.outcome,
                    "digest": row.digest,
                }
                for row in sorted(found.chosen, key=lambda row: row.id)
            ],
            "reviewed": found.reviewed,
            "decided": found.decided,
            "justification": text_hash(justification),
        }
    )


def release_parts(manifest: Mapping[str, Any]) -> dict[str, str]:
    """A short hash of each part of a release's manifest: ``e`` a sheet, ``n`` the counts, ``x``
    all the rest."""
    parts: dict[str, Any] = {f"e:{row['id']}": row for row in manifest["sheets"]}
    parts["n"] = [manifest["reviewed"], manifest["decided"]]
    rest = {"sheets", "reviewed", "decided", "justification"}
    parts["x"] = {name: value for name, value in manifest.items() if name not in rest}
    return {name: sha256_hex(canonical_json(part))[:12] for name, part in parts.items()}


def shown_release(found: ReleaseWork) -> str:
    """The parts of what is shown, as the form carries them; none for a list that is too long."""
    if len(found.chosen) > PARTS_AT_MOST:
        return "{}"
    return json.dumps(release_parts(release_manifest(found).content), separators=(",", ":"))


def release_changes(found: ReleaseWork, shown: Mapping[str, str]) -> tuple[str, ...]:
    """What differs between the parts that were shown and those that stand now, in words."""
    if not shown:
        return ()
    now = release_parts(release_manifest(found).content)
    names = {f"e:{row.id}": f"{row.learner}, {row.assessment}" for row in found.rows}
    said = {
        "n": "How many were reviewed and decided changed.",
        "x": "The plan in force changed.",
    }
    return tuple(
        said.get(name) or f"{names.get(name, 'A sheet that can no longer be released')}: changed."
        for name in {**now, **shown}
        if now.get(name) != shown.get(name)
    )


def _plan(centre: Centre, qualification: Qualification) -> Any:
    """The plan in force with its approval's digest, how many submissions have a signed review
    under it, and how many sheets were released under it."""
    approval = Signature.objects.for_centre(centre).filter(
        purpose=Signature.Purpose.PLAN, subject_id=OuterRef("pk")
    )
    reviewed = (
        Review.objects.for_centre(centre)
        .signed()
        .filter(sample__plan=OuterRef("pk"), sample__kind=Sample.Kind.SUMMATIVE)
        .order_by()
        .values("sample__plan")
        .annotate(count=Count("sample__sheet__submission", distinct=True))
    )
    released = (
        ReleaseItem.objects.for_centre(centre)
        .filter(release__plan=OuterRef("pk"))
        .order_by()
        .values("release__plan")
        .annotate(count=Count("pk"))
    )
    return (
        SamplingPlan.objects.for_centre(centre)
        .approved()
        .filter(qualification=qualification)
        .annotate(
            digest=Coalesce(Subquery(approval.values("digest")[:1]), Value("")),
            reviewed=Coalesce(Subquery(reviewed.values("count")), 0),
            released=Coalesce(Subquery(released.values("count")), 0),
        )
        .order_by("-version")
        .first()
    )
