"""Writes specifications into the catalogue; a published one is never written again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Literal, TypeVar
from uuid import UUID

from django.db import IntegrityError, connections, transaction
from django.db.models import ProtectedError

from qualifications.catalogue_entries import (
    SpecificationEntry,
    UnitEntry,
    digest,
    first_difference,
)
from qualifications.catalogue_file import CatalogueFaultsError, read_specification, shown_name
from qualifications.held_content import held_content
from qualifications.marked_yaml import Fault
from qualifications.models import (
    Assessment,
    AssessmentUnit,
    AwardingBody,
    Correction,
    Criterion,
    Descriptor,
    DescriptorKind,
    LearningOutcome,
    MarkSection,
    MarkSectionCriterion,
    NumericRule,
    Pathway,
    PathwayUnit,
    Qualification,
    Specification,
    SpecificationRow,
    Unit,
    Verb,
)

# Referring rows come after the rows they refer to.
TREE: tuple[type[SpecificationRow], ...] = (
    Verb,
    Unit,
    LearningOutcome,
    Criterion,
    Descriptor,
    NumericRule,
    Assessment,
    AssessmentUnit,
    MarkSection,
    MarkSectionCriterion,
    Pathway,
    PathwayUnit,
    Correction,
)

Row = TypeVar("Row", bound=SpecificationRow)

State = Literal["loaded", "unchanged", "draft replaced"]


@dataclass(frozen=True)
class Loaded:
    """What became of one file."""

    file: str
    specification: Specification
    state: State
    units: int
    criteria: int

    def __str__(self) -> str:
        return (
            f"{self.file}: {self.specification.qualification.number}"
            f" version {self.specification.version}: {self.state},"
            f" {self.units} units, {self.criteria} criteria"
        )


def load_specification(
    source: Path | str, *, using: str = "owner", centre_id: UUID | None = None
) -> Loaded:
    """Load one file, or one text. Raises `CatalogueFaultsError`; see `load_specifications`."""
    return load_specifications([source], using=using, centre_id=centre_id)[0]


def load_specifications(
    sources: Sequence[Path | str], *, using: str = "owner", centre_id: UUID | None = None
) -> list[Loaded]:
    """Load files (paths) or texts, all of them or none, over the database alias `using`.

    Content that is held already is left alone, a draft that differs is replaced, and a file that
    names a publisher is published. Raises `CatalogueFaultsError` with every fault of every file,
    before anything is written; a published specification that differs is such a fault.
    """
    entries: list[tuple[str, SpecificationEntry]] = []
    faults: list[Fault] = []
    first_in: dict[tuple[str, str, str], str] = {}
    for source in sources:
        file = shown_name(source) if isinstance(source, Path) else "text"
        try:
            entry = read_specification(source)
        except CatalogueFaultsError as refused:
            faults.extend(refused.faults)
            continue
        key = (entry.awarding_body_code, entry.number, entry.version)
        if key in first_in:
            faults.append(_fault(file, entry, f"{first_in[key]} holds it too", "Keep one of them"))
        first_in[key] = file
        entries.append((file, entry))
    if faults:
        raise CatalogueFaultsError(faults)
    with transaction.atomic(using=using):
        _wait_for_other_loads(using)
        loaded = []
        for file, entry in entries:
            try:
                loaded.append(_Writer(file, entry, using, centre_id).write())
            except CatalogueFaultsError as refused:
                faults.extend(refused.faults)
        if faults:
            raise CatalogueFaultsError(faults)
    return loaded


def _wait_for_other_loads(using: str) -> None:
    """Two containers that start together load one after the other, until their transactions end."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('qualifications.load'))")


def _fault(file: str, entry: SpecificationEntry, rule: str, remedy: str) -> Fault:
    return Fault(file, 1, entry.label, rule, remedy)


class _Writer:
    """Writes one entry, within the caller's transaction."""

    def __init__(
        self, file: str, entry: SpecificationEntry, using: str, centre_id: UUID | None
    ) -> None:
        self.file = file
        self.entry = entry
        self.using = using
        self.centre_id = centre_id
        self.criteria: dict[tuple[str, str], Criterion] = {}
        self.units: dict[str, Unit] = {}

    def write(self) -> Loaded:
        entry = self.entry
        qualification = self._qualification()
        held = (
            Specification.objects.using(self.using)
            .select_for_update()
            .filter(qualification=qualification, version=entry.version, centre_id=self.centre_id)
            .first()
        )
        state: State = "loaded"
        if held:
            if held.digest == digest(entry):
                return self._loaded(held, "unchanged")
            self._remove_draft(held)
            state = "draft replaced"
        self.specification = Specification(
            qualification=qualification,
            centre_id=self.centre_id,
            version=entry.version,
            source=entry.source,
            corrected_on=entry.corrected_on,
            tqt_per_credit=entry.tqt_per_credit,
            digest=digest(entry),
        )
        self.specification.save(using=self.using, force_insert=True)
        self._write_tree()
        if entry.published:
            # Last, because from here on the tree is frozen.
            self.specification.published_at = datetime.combine(entry.published, time(), UTC)
            self.specification.published_by = entry.published_by
            self.specification.save(
                using=self.using, update_fields=["published_at", "published_by"]
            )
        return self._loaded(self.specification, state)

    def _loaded(self, specification: Specification, state: State) -> Loaded:
        units = self.entry.units
        criteria = sum(len(unit.criteria) for unit in units)
        return Loaded(self.file, specification, state, len(units), criteria)

    def _refuse(self, rule: str, remedy: str) -> CatalogueFaultsError:
        return CatalogueFaultsError([_fault(self.file, self.entry, rule, remedy)])

    def _qualification(self) -> Qualification:
        entry = self.entry
        body, _ = AwardingBody.objects.using(self.using).get_or_create(
            code=entry.awarding_body_code, defaults={"name": entry.awarding_body_name}
        )
        held, _ = Qualification.objects.using(self.using).get_or_create(
            awarding_body=body,
            number=entry.number,
            centre_id=self.centre_id,
            defaults={"title": entry.title, "level": entry.level},
        )
        offered = (
            ("the name of the awarding body", body.name, entry.awarding_body_name),
            ("the title of the qualification", held.title, entry.title),
            ("the level of the qualification", held.level, entry.level),
        )
        for what, old, new in offered:
            if old != new:
                raise self._refuse(
                    f'{what} is "{old}" in the catalogue, "{new}" in the file',
                    "It is the same for every version: write it as it is held",
                )
        return held

    def _remove_draft(self, held: Specification) -> None:
        if held.is_published:
            difference = first_difference(held_content(held, using=self.using), self.entry)
            raise self._refuse(
                "this version is published, and the file differs from it:"
                f" {difference or 'the digest that was published is another'}",
                "A published version is frozen: give the correction a new version label",
            )
        try:
            with transaction.atomic(using=self.using):
                for model in reversed(TREE):
                    rows = model._default_manager.using(self.using)
                    rows.filter(specification=held).delete()
                held.delete(using=self.using)
        except (ProtectedError, IntegrityError):
            raise self._refuse(
                "this draft is in use already and cannot be replaced",
                "Give the file a new version label",
            ) from None

    def _write_tree(self) -> None:
        entry = self.entry
        self.verbs = {
            verb.word: self._new(Verb, position=position, word=verb.word, meaning=verb.meaning)
            for position, verb in enumerate(entry.verbs, start=1)
        }
        self._insert(Verb, list(self.verbs.values()))
        self._write_units()
        self._write_assessments()
        self._write_pathways()
        self._insert(
            Correction,
            [
                self._new(
                    Correction,
                    position=position,
                    field=correction.field,
                    raw=correction.raw,
                    used=correction.used,
                    reason=correction.reason,
                )
                for position, correction in enumerate(entry.corrections, start=1)
            ],
        )

    def _new(self, model: type[Row], **values: object) -> Row:
        return model(specification=self.specification, centre_id=self.centre_id, **values)

    def _insert(self, model: type[Row], rows: list[Row]) -> None:
        model._default_manager.using(self.using).bulk_create(rows)

    def _write_units(self) -> None:
        outcomes: list[LearningOutcome] = []
        descriptors: list[Descriptor] = []
        rules: list[NumericRule] = []
        for position, unit in enumerate(self.entry.units, start=1):
            row = self._new(
                Unit,
                ref=unit.ref,
                number=unit.number,
                uan=unit.uan,
                title=unit.title,
                short_title=unit.short_title,
                level=unit.level,
                credits=unit.credits,
                glh=unit.glh,
                aim=unit.aim,
                position=position,
                outline_only=unit.outline_only,
            )
            self.units[unit.ref] = row
            outcomes.extend(self._outcomes(unit, row))
            descriptors.extend(self._descriptors(unit))
            rules.extend(self._rules(unit, row))
        self._insert(Unit, list(self.units.values()))
        self._insert(LearningOutcome, outcomes)
        self._insert(Criterion, list(self.criteria.values()))
        self._insert(Descriptor, descriptors)
        self._insert(NumericRule, rules)

    def _outcomes(self, unit: UnitEntry, row: Unit) -> list[LearningOutcome]:
        outcomes = []
        position = 0
        for outcome in unit.outcomes:
            outcome_row = self._new(
                LearningOutcome,
                unit=row,
                number=outcome.number,
                title=outcome.title,
                text=outcome.text,
            )
            outcomes.append(outcome_row)
            for criterion in outcome.criteria:
                position += 1
                self.criteria[unit.ref, criterion.number] = self._new(
                    Criterion,
                    unit=row,
                    outcome=outcome_row,
                    number=criterion.number,
                    position=position,
                    statement=criterion.statement,
                    verb=self.verbs[criterion.verb],
                    depth=list(criterion.depth),
                    guidance=list(criterion.guidance),
                    example_evidence=list(criterion.example_evidence),
                )
        return outcomes

    def _descriptors(self, unit: UnitEntry) -> list[Descriptor]:
        return [
            self._new(
                Descriptor,
                criterion=self.criteria[unit.ref, criterion.number],
                kind=kind,
                position=position,
                text=text,
            )
            for criterion in unit.criteria
            for kind, texts in (
                (DescriptorKind.REFERRAL, criterion.referral),
                (DescriptorKind.PASS, criterion.passes),
            )
            for position, text in enumerate(texts, start=1)
        ]

    def _rules(self, unit: UnitEntry, row: Unit) -> list[NumericRule]:
        return [
            self._new(
                NumericRule,
                unit=row,
                criterion=self.criteria[unit.ref, rule.criterion],
                position=position,
                code=rule.code,
                label=rule.label,
                minimum=rule.minimum,
                maximum=rule.maximum,
                exceptional_maximum=rule.exceptional_maximum,
                unit_of_measure=rule.unit_of_measure,
                is_gate=rule.is_gate,
                source=rule.source,
            )
            for position, rule in enumerate(unit.rules, start=1)
        ]

    def _write_assessments(self) -> None:
        sheets: list[Assessment] = []
        covered: list[AssessmentUnit] = []
        sections: list[MarkSection] = []
        marked: list[MarkSectionCriterion] = []
        for position, entry in enumerate(self.entry.assessments, start=1):
            sheet = self._new(
                Assessment,
                code=entry.code,
                title=entry.title,
                method=entry.method,
                sheet_kind=entry.sheet_kind,
                position=position,
            )
            sheets.append(sheet)
            for place, ref in enumerate(entry.units, start=1):
                covered.append(
                    self._new(
                        AssessmentUnit, assessment=sheet, unit=self.units[ref], position=place
                    )
                )
            for place, section_entry in enumerate(entry.sections, start=1):
                section = self._new(
                    MarkSection,
                    assessment=sheet,
                    position=place,
                    title=section_entry.title,
                    maximum=section_entry.maximum,
                    minimum=section_entry.minimum,
                    bullets=[bullet.text for bullet in section_entry.bullets],
                )
                sections.append(section)
                marked.extend(
                    self._new(
                        MarkSectionCriterion,
                        assessment=sheet,
                        section=section,
                        criterion=self.criteria[key],
                        position=bullet_position,
                    )
                    for bullet_position, bullet in enumerate(section_entry.bullets, start=1)
                    for key in bullet.criteria
                )
        self._insert(Assessment, sheets)
        self._insert(AssessmentUnit, covered)
        self._insert(MarkSection, sections)
        self._insert(MarkSectionCriterion, marked)

    def _write_pathways(self) -> None:
        pathways: list[Pathway] = []
        demanded: list[PathwayUnit] = []
        for position, entry in enumerate(self.entry.pathways, start=1):
            pathway = self._new(
                Pathway,
                code=entry.code,
                alternative_code=entry.alternative_code,
                title=entry.title,
                award=entry.award,
                accreditation_number=entry.accreditation_number,
                credits=entry.credits,
                glh=entry.glh,
                tqt=entry.tqt,
                glh_includes_support=entry.glh_includes_support,
                induction_hours=entry.induction_hours,
                tutorial_hours=entry.tutorial_hours,
                minimum_age=entry.minimum_age,
                registration_years=entry.registration_years,
                position=position,
            )
            pathways.append(pathway)
            demanded.extend(
                self._new(PathwayUnit, pathway=pathway, unit=self.units[ref], position=place)
                for place, ref in enumerate(entry.units, start=1)
            )
        self._insert(Pathway, pathways)
        self._insert(PathwayUnit, demanded)
