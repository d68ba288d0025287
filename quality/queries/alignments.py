"""Alignments as pages, approval and paper read them: what is filled, covered and still missing."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from assessment.paper.content import split_at_verb
from centres.access import STAFF
from centres.canonical import text_hash
from centres.models import Approval, Centre, Role, Signature, User
from centres.queries import open_pathways
from centres.signatures import Manifest
from qualifications.catalogue import combination_sentences
from qualifications.models import Criterion, LearningOutcome, Pathway, PathwayUnit, Unit
from qualifications.rules import Combination, listed
from quality.models import (
    Alignment,
    AlignmentCriterion,
    AlignmentLearner,
    AlignmentPaper,
    AlignmentUnit,
    Coverage,
    Visit,
)

SCHEMA = 2
PEOPLE = {
    "assessment_manager": "Assessment Manager/QA",
    "consultant": "Alignment Consultant",
    "qcm": "QCM",
    "bdm": "BDM",
}
# What the cover of an approved alignment says; whom else it names is open.
NEEDED = {"overview": "has no overview", "assessment_manager": "names no Assessment Manager/QA"}
STRATEGIES, EVIDENCE = "learning strategies", "assessment evidence"
LINE, HALF_PAGE = 50, 1300  # characters of a column on paper
LOOKS = {Coverage.NONE: "missing", Coverage.PARTIAL: "started", Coverage.FULL: "covered"}


@dataclass(frozen=True)
class CriterionLine:
    """One criterion with what the alignment says of it."""

    criterion: Criterion
    strategies: str
    evidence: str

    @property
    def lead(self) -> str:
        """The verb, where the statement opens with it."""
        return split_at_verb(self.criterion.verb.word, self.criterion.statement)[0]

    @property
    def rest(self) -> str:
        """The statement after its verb."""
        return split_at_verb(self.criterion.verb.word, self.criterion.statement)[1]

    @property
    def is_short(self) -> bool:
        """Whether both texts take no more than about half a page of paper, side by side."""
        return all(
            len(text) + LINE * text.count("\n") <= HALF_PAGE
            for text in (self.strategies, self.evidence)
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """What is not filled in yet, in words."""
        said = {STRATEGIES: self.strategies, EVIDENCE: self.evidence}
        return tuple(name for name, text in said.items() if not text.strip())


def suggested_coverage(criteria: Iterable[CriterionLine]) -> Coverage:
    """Full when every criterion has both texts, none when none has any, otherwise partial."""
    gaps = [len(line.missing) for line in criteria]
    if not any(gaps) and gaps:
        return Coverage.FULL
    return Coverage.NONE if all(gap == 2 for gap in gaps) else Coverage.PARTIAL


@dataclass(frozen=True)
class OutcomeLines:
    """One learning outcome with its criteria."""

    outcome: LearningOutcome
    criteria: tuple[CriterionLine, ...]


@dataclass(frozen=True)
class UnitLine:
    """One unit: what is suggested for it, what stands, and what is said beside it."""

    unit: Unit
    row: AlignmentUnit
    outcomes: tuple[OutcomeLines, ...]

    @property
    def criteria(self) -> tuple[CriterionLine, ...]:
        return tuple(line for outcome in self.outcomes for line in outcome.criteria)

    @cached_property
    def suggested(self) -> Coverage:
        return suggested_coverage(self.criteria)

    @property
    def coverage(self) -> Coverage:
        """The coverage that stands: somebody's own, or what the criteria suggest.

        Full of somebody's own never stands over nothing.
        """
        own = Coverage(self.row.coverage) if self.row.coverage else self.suggested
        over_nothing = own == Coverage.FULL and self.suggested == Coverage.NONE
        return self.suggested if over_nothing else own

    @property
    def is_by_hand(self) -> bool:
        """Whether it is somebody's own coverage that stands."""
        return bool(self.row.coverage) and self.coverage == self.row.coverage

    @property
    def look(self) -> str:
        """The state that shows the coverage."""
        return LOOKS[self.coverage]

    @property
    def gaps(self) -> tuple[CriterionLine, ...]:
        """The criteria on which something is not filled in."""
        return tuple(line for line in self.criteria if line.missing)

    @property
    def filled(self) -> int:
        return len(self.criteria) - len(self.gaps)

    @property
    def progress(self) -> str:
        """`9 of 11 criteria filled in`."""
        return f"{self.filled} of {len(self.criteria)} criteria filled in"

    @property
    def suggestion(self) -> str:
        """How far it is and what that suggests, as its page says and each save answers."""
        return f"{self.progress} · suggested coverage: {self.suggested.label.lower()}"

    @property
    def overridden(self) -> str:
        """Over what somebody's own Full stands, naming the criteria that are not filled in."""
        if not (self.is_by_hand and self.coverage == Coverage.FULL and self.gaps):
            return ""
        open_ones = listed([line.criterion.number for line in self.gaps])
        return f"{self.progress}, not {open_ones}"

    @property
    def is_untitled(self) -> bool:
        """Whether its assessment for external verification has no title yet."""
        return not self.row.assessment_title.strip()

    @property
    def needs(self) -> tuple[str, ...]:
        """What keeps it from being approved, in sentences."""
        untitled = f"{self.unit.ref} has no title of assessment for external verification."
        sentences = (self.gap_sentence, untitled if self.is_untitled else "")
        return tuple(filter(None, sentences))

    @property
    def next_step(self) -> str:
        """The same in a few words, for a link to the unit."""
        words = [self.progress] if self.coverage != Coverage.FULL else []
        if words and self.is_by_hand:
            words = [f"put down as {self.coverage.label.lower()} by hand"]
        if self.is_untitled:
            words.append("no title of assessment")
        return f"{self.unit.ref}: {', '.join(words)}"

    @property
    def gap_sentence(self) -> str:
        """Why the unit is not covered in full, naming its criteria; empty where it is."""
        if self.coverage == Coverage.FULL:
            return ""
        if not self.criteria:
            return f"{self.unit.ref} has no criteria in this version of the specification."
        if not self.gaps:
            return f"{self.unit.ref} is put down as {self.coverage.label.lower()} by hand."
        by_words: dict[str, list[str]] = defaultdict(list)
        for line in self.gaps:
            by_words[" and no ".join(line.missing)].append(line.criterion.number)
        said = [f"no {words} on {listed(numbers)}" for words, numbers in by_words.items()]
        how = "in part" if self.coverage == Coverage.PARTIAL else "not at all"
        return f"{self.unit.ref} is covered {how}: {'; '.join(said)}."


@dataclass(frozen=True)
class AwardLine:
    """One award of the qualification and whether the programme meets its rules of combination."""

    pathway: Pathway
    units: int
    answer: str  # "Yes", "No" or "Not applicable"


@dataclass(frozen=True)
class AlignmentWork:
    """A whole alignment."""

    alignment: Alignment
    units: tuple[UnitLine, ...]
    rules: tuple[str, ...]
    awards: tuple[AwardLine, ...]

    @property
    def people(self) -> tuple[tuple[str, str], ...]:
        """Who is named on the cover, by what they are."""
        return tuple((label, getattr(self.alignment, name)) for name, label in PEOPLE.items())

    @property
    def short(self) -> tuple[UnitLine, ...]:
        """The units that are not covered in full."""
        return tuple(line for line in self.units if line.coverage != Coverage.FULL)

    @property
    def cover_gaps(self) -> tuple[str, ...]:
        """What the cover still needs, in sentences."""
        empty = [words for name, words in NEEDED.items() if not getattr(self.alignment, name)]
        return tuple(f"The cover {words}." for words in empty)

    @property
    def unready(self) -> tuple[UnitLine, ...]:
        """The units that keep it from being approved."""
        return tuple(line for line in self.units if line.needs)

    @property
    def is_ready(self) -> bool:
        """Whether it says all that an approved alignment says."""
        return not self.cover_gaps and not self.unready

    def unit(self, unit_id: UUID) -> UnitLine | None:
        return next((line for line in self.units if line.unit.pk == unit_id), None)


def alignments_to_see(
    centre: Centre, person: User, roles: frozenset[Role]
) -> "QuerySet[Alignment]":
    """All for staff; for an external quality assurer the approved ones of their open visits."""
    rows: Any = Alignment.objects.for_centre(centre).select_related(
        "pathway__specification__qualification", "drafted_by", "centre"
    )
    if roles & STAFF:
        return rows  # type: ignore[no-any-return]
    visits = Visit.objects.for_centre(centre).open_to(person)
    return rows.approved().filter(  # type: ignore[no-any-return]
        pathway__specification__qualification__in=visits.values("qualification")
    )


def alignable_pathways(centre: Centre) -> "QuerySet[Pathway]":
    """The pathways of published versions whose qualification the centre is approved to offer."""
    approved = Approval.objects.for_centre(centre).in_force()
    return open_pathways(centre).filter(
        specification__qualification__in=approved.values("qualification")
    )


@dataclass(frozen=True)
class AlignmentLine:
    """One alignment in the list."""

    alignment: Alignment
    state: str

    @classmethod
    def of(cls, row: Any) -> "AlignmentLine":
        if row.approved_at is None:
            return cls(row, "draft")
        return cls(row, "superseded" if row.is_replaced else "valid")


def alignment_lines(seen: "QuerySet[Alignment]", centre: Centre) -> tuple[AlignmentLine, ...]:
    """Every version, those of one programme together and the newest first, in one query."""
    return tuple(AlignmentLine.of(row) for row in _with_state(seen, centre))


def _with_state(seen: "QuerySet[Alignment]", centre: Centre) -> "QuerySet[Alignment]":
    later = Alignment.objects.for_centre(centre).approved().filter(replaces=OuterRef("pk"))
    return seen.annotate(is_replaced=Exists(later)).order_by(
        "pathway__specification__qualification__number", "title", "-version", "pk"
    )


@dataclass(frozen=True)
class Follower:
    """A learner who follows the programme, by the name on the certificate."""

    id: UUID
    name: str
    since: datetime.datetime

    @classmethod
    def of(cls, facts: dict[str, str]) -> "Follower":
        since = datetime.datetime.fromisoformat(facts["since"])
        return cls(UUID(facts["id"]), facts["name"], since)


@dataclass(frozen=True)
class AlignmentPage:
    """An alignment with its approval's fingerprint, its paper, the versions beside it and who
    follows it or the version before."""

    work: AlignmentWork
    state: str
    digest: str
    paper: AlignmentPaper | None
    before: UUID | None
    after: UUID | None
    after_is_draft: bool
    followers: tuple[Follower, ...]
    followers_before: int


def alignment_page(
    seen: "QuerySet[Alignment]", centre: Centre, alignment_id: UUID
) -> AlignmentPage:
    """One alignment as its page shows it, in five queries. Raises ``Alignment.DoesNotExist``."""
    signed = Signature.objects.for_centre(centre).filter(
        purpose=Signature.Purpose.ALIGNMENT, subject_id=OuterRef("pk")
    )
    following = seen.filter(replaces=OuterRef("pk")).order_by()
    learners = AlignmentLearner.objects.for_centre(centre).following()
    facts = JSONObject(id="registration", name="registration__certificate_name", since="placed_at")
    named = learners.filter(alignment=OuterRef("pk")).order_by("registration__certificate_name")
    earlier = learners.filter(alignment=OuterRef("replaces")).values("pk")
    row: Any = (
        _with_state(seen, centre)
        .annotate(
            digest=Subquery(signed.values("digest")[:1]),
            after=Subquery(following.values("pk")[:1]),
            followers=ArraySubquery(named.values(facts=facts)),
            earlier=ArraySubquery(earlier),
        )
        .get(pk=alignment_id)
    )
    papers = AlignmentPaper.objects.for_centre(centre).filter(alignment=row)
    return AlignmentPage(
        work=alignment_work(centre, row),
        state=AlignmentLine.of(row).state,
        digest=row.digest or "",
        paper=papers.first() if row.approved_at else None,
        before=row.replaces_id,
        after=row.after,
        after_is_draft=bool(row.after) and not row.is_replaced,
        followers=tuple(Follower.of(facts) for facts in row.followers),
        followers_before=len(row.earlier),
    )


def alignment_work(centre: Centre, alignment: Alignment) -> AlignmentWork:
    """All that an alignment says, in three queries; needs ``pathway__specification``."""
    pathway = alignment.pathway
    demanded = _demanded(pathway)
    units = demanded[pathway]
    held = AlignmentUnit.objects.for_centre(centre).filter(alignment=alignment)
    rows: dict[UUID, AlignmentUnit] = {row.unit_id: row for row in held}
    outcomes = _outcomes(centre, alignment, units)
    lines = tuple(
        UnitLine(
            unit,
            rows.get(unit.pk) or AlignmentUnit(centre=centre, alignment=alignment, unit=unit),
            outcomes[unit.pk],
        )
        for unit in units
    )
    return AlignmentWork(
        alignment, lines, _rules(pathway, units), _awards(demanded, pathway, lines)
    )


def _demanded(pathway: Pathway) -> dict[Pathway, list[Unit]]:
    """The units of each pathway of the specification, in order."""
    found: dict[Pathway, list[Unit]] = {pathway: []}
    rows = PathwayUnit.objects.filter(specification=pathway.specification_id)
    for row in rows.select_related("pathway", "unit").order_by("pathway__position", "position"):
        found.setdefault(row.pathway, []).append(row.unit)
    return found


def _outcomes(
    centre: Centre, alignment: Alignment, units: list[Unit]
) -> defaultdict[UUID, tuple[OutcomeLines, ...]]:
    """The outcomes of each unit, with what is said of their criteria."""
    said = AlignmentCriterion.objects.for_centre(centre).filter(
        alignment=alignment, criterion=OuterRef("pk")
    )
    criteria: Any = (
        Criterion.objects.filter(unit__in=units)
        .select_related("outcome", "verb")
        .annotate(
            strategies=Subquery(said.values("learning_strategies")),
            evidence=Subquery(said.values("assessment_evidence")),
        )
        .order_by("unit", "position")
    )
    found: defaultdict[UUID, tuple[OutcomeLines, ...]] = defaultdict(tuple)
    for outcome, rows in groupby(criteria, key=lambda row: row.outcome):
        lines = tuple(CriterionLine(row, row.strategies or "", row.evidence or "") for row in rows)
        found[outcome.unit_id] += (OutcomeLines(outcome, lines),)
    return found


def _rules(pathway: Pathway, units: list[Unit]) -> tuple[str, ...]:
    combination = Combination(
        code=pathway.code,
        title=pathway.title,
        award=pathway.get_award_display(),
        credits=pathway.credits,
        units=tuple(units),
    )
    return combination_sentences([combination], {unit.ref: unit.number for unit in units})


def _awards(
    demanded: dict[Pathway, list[Unit]], aimed: Pathway, lines: tuple[UnitLine, ...]
) -> tuple[AwardLine, ...]:
    met = all(line.coverage == Coverage.FULL for line in lines)
    answers = {True: "Yes" if met else "No", False: "Not applicable"}
    ordered = sorted(demanded.items(), key=lambda each: each[0].position)
    return tuple(AwardLine(row, len(units), answers[row == aimed]) for row, units in ordered)


def alignment_manifest(work: AlignmentWork) -> Manifest:
    """What the approval covers; every text by its hash."""
    alignment = work.alignment
    specification = alignment.pathway.specification
    return Manifest(
        {
            "schema": SCHEMA,
            "kind": "alignment",
            "alignment": str(alignment.pk),
            "centre": {"id": str(alignment.centre_id), "number": alignment.centre.number},
            "specification": {
                "id": str(specification.pk),
                "qualification": specification.qualification.number,
                "version": specification.version,
                "digest": specification.digest,
            },
            "pathway": alignment.pathway.code,
            "version": alignment.version,
            "replaces": str(alignment.replaces_id or ""),
            "title": text_hash(alignment.title),
            "overview": text_hash(alignment.overview),
            "people": {name: text_hash(getattr(alignment, name)) for name in PEOPLE},
            "units": [_unit_manifest(line) for line in work.units],
        }
    )


def _unit_manifest(line: UnitLine) -> dict[str, Any]:
    return {
        "ref": line.unit.ref,
        "suggested": str(line.suggested),
        "coverage": str(line.coverage),
        "set_by_hand": line.is_by_hand,
        "filled": line.filled,
        "not_filled": [each.criterion.number for each in line.gaps],
        "comment": text_hash(line.row.comment),
        "assessment_title": text_hash(line.row.assessment_title),
        "criteria": [
            {
                "number": each.criterion.number,
                "learning_strategies": text_hash(each.strategies),
                "assessment_evidence": text_hash(each.evidence),
            }
            for each in line.criteria
        ],
    }


def alignment_sentence(work: AlignmentWork) -> str:
    """What the approval says, in the first person; what was set by hand over gaps is named."""
    alignment = work.alignment
    sentences = [
        f"I approve version {alignment.version} of the alignment of “{alignment.title}” with "
        f"{alignment.pathway.code}: the programme covers every unit in full."
    ]
    for line in work.units:
        if line.overridden:
            sentences.append(
                f"{line.unit.ref} is set to full by hand, for the reason in its comment: "
                f"{line.overridden}."
            )
    return " ".join(sentences)
