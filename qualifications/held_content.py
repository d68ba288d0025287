"""Reads a specification back from the catalogue as the content it was loaded from.

The rows themselves are read, so that a digest that no longer fits them is noticed; and all of them
in one query, which gathers each part below its parent as JSON in the shape of its entry.
"""

import datetime
import types
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Func, JSONField, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce, JSONObject

from qualifications.catalogue_entries import (
    AssessmentEntry,
    BulletEntry,
    CorrectionEntry,
    CriterionEntry,
    OutcomeEntry,
    PathwayEntry,
    RequirementEntry,
    RuleEntry,
    SectionEntry,
    SpecificationEntry,
    TemplateEntry,
    UnitEntry,
    VerbEntry,
)
from qualifications.models import (
    Assessment,
    AssessmentUnit,
    Correction,
    Criterion,
    Descriptor,
    DescriptorKind,
    EvidenceTemplate,
    EvidenceTemplateCriterion,
    LearningOutcome,
    MarkSection,
    MarkSectionCriterion,
    NumericRule,
    Pathway,
    PathwayUnit,
    Specification,
    SpecificationRow,
    StaffRequirement,
    Unit,
    Verb,
)


def held_content(specification: Specification, *, using: str = "default") -> SpecificationEntry:
    """The content that the catalogue's rows make up, in the order of their positions."""
    return held_contents([specification], using=using)[specification.pk]


def held_contents(
    specifications: Iterable[Specification], *, using: str = "default"
) -> dict[UUID, SpecificationEntry]:
    """The contents of several versions by their keys, in one query."""
    rows = (
        Specification.objects.using(using)
        .filter(pk__in=[row.pk for row in specifications])
        .annotate(
            verbs=_below(Verb, "specification", "position", **_own(VerbEntry)),
            units=_units(),
            assessments=_assessments(),
            pathways=_pathways(),
            templates=_templates(),
            staff=_below(StaffRequirement, "specification", "position", **_own(RequirementEntry)),
            corrections=_below(
                Correction,
                "specification",
                "position",
                **_own(CorrectionEntry, "unit", "criterion"),
                unit=Coalesce(F("unit__ref"), Value("")),
                criterion=Coalesce(F("criterion__number"), Value("")),
            ),
        )
    )
    return {row.pk: _content(row) for row in rows.select_related("qualification__awarding_body")}


def _content(row: Any) -> SpecificationEntry:
    qualification, published = row.qualification, row.published_at
    return SpecificationEntry(
        awarding_body_code=qualification.awarding_body.code,
        awarding_body_name=qualification.awarding_body.name,
        number=qualification.number,
        title=qualification.title,
        level=qualification.level,
        version=row.version,
        published=published.date() if published else None,
        published_by=row.published_by,
        source=row.source,
        corrected_on=row.corrected_on,
        tqt_per_credit=row.tqt_per_credit,
        verbs=_made(tuple[VerbEntry, ...], row.verbs),
        units=_made(tuple[UnitEntry, ...], row.units),
        assessments=_made(tuple[AssessmentEntry, ...], row.assessments),
        pathways=_made(tuple[PathwayEntry, ...], row.pathways),
        templates=_made(tuple[TemplateEntry, ...], row.templates),
        staff_requirements=_made(tuple[RequirementEntry, ...], row.staff),
        corrections=_made(tuple[CorrectionEntry, ...], row.corrections),
    )


# What is asked for: each part as JSON whose keys are the fields of its entry


def _units() -> ArraySubquery:
    def described(kind: DescriptorKind) -> ArraySubquery:
        return ArraySubquery(_rows(Descriptor, "criterion", "position", kind=kind).values("text"))

    criteria = _below(
        Criterion,
        "outcome",
        "position",
        **_own(CriterionEntry, "verb", "referral", "passes"),
        verb=F("verb__word"),
        referral=described(DescriptorKind.REFERRAL),
        passes=described(DescriptorKind.PASS),
    )
    return _below(
        Unit,
        "specification",
        "position",
        **_own(UnitEntry, "outcomes", "rules"),
        outcomes=_below(
            LearningOutcome,
            "unit",
            "number",
            **_own(OutcomeEntry, "criteria"),
            criteria=criteria,
        ),
        rules=_below(
            NumericRule,
            "unit",
            "position",
            **_own(RuleEntry, "criterion"),
            criterion=F("criterion__number"),
        ),
    )


def _assessments() -> ArraySubquery:
    sections = _below(
        MarkSection,
        "assessment",
        "position",
        **_own(SectionEntry),
        marked=_below(
            MarkSectionCriterion,
            "section",
            *_IN_ORDER,
            position=F("position"),
            criterion=_key(),
        ),
    )
    return _below(
        Assessment,
        "specification",
        "position",
        **_own(AssessmentEntry, "units", "sections"),
        units=_refs(AssessmentUnit, "assessment"),
        sections=sections,
    )


def _pathways() -> ArraySubquery:
    return _below(
        Pathway,
        "specification",
        "position",
        **_own(PathwayEntry, "units"),
        units=_refs(PathwayUnit, "pathway"),
    )


def _templates() -> ArraySubquery:
    evidenced = _rows(EvidenceTemplateCriterion, "template", *_IN_ORDER).values(key=_key())
    return _below(
        EvidenceTemplate,
        "specification",
        "position",
        **_own(TemplateEntry, "criteria"),
        criteria=ArraySubquery(evidenced),
    )


_IN_ORDER = ("criterion__unit__position", "criterion__position")


def _rows(model: type[SpecificationRow], parent: str, *order: str, **only: Any) -> "QuerySet[Any]":
    """The rows below the row of the query around it."""
    rows: QuerySet[Any] = model._default_manager.filter(**{parent: OuterRef("pk")}, **only)
    return rows.order_by(*order)


def _below(model: type[SpecificationRow], parent: str, *order: str, **keys: Any) -> ArraySubquery:
    """The same, each as a JSON object."""
    return ArraySubquery(_rows(model, parent, *order).values(row=JSONObject(**keys)))


def _own(entry: type, *others: str) -> dict[str, Any]:
    """The columns with the names of an entry's fields, but for those that are read otherwise.

    Decimals go as text: JSON's numbers would be read back as floating ones.
    """
    hints = _hints(entry)
    names = [field.name for field in fields(entry) if field.name not in others]
    return {
        name: Cast(name, TextField()) if _is_decimal(hints[name]) else F(name) for name in names
    }


def _refs(model: type[SpecificationRow], parent: str) -> ArraySubquery:
    return ArraySubquery(_rows(model, parent, "position").values("unit__ref"))


def _key() -> Func:
    """A criterion by its unit's ref and its number."""
    return Func(
        F("criterion__unit__ref"),
        F("criterion__number"),
        function="JSONB_BUILD_ARRAY",
        output_field=JSONField(),
    )


# What came back


def _made(wanted: Any, value: Any) -> Any:
    """JSON as the type that a field has."""
    inner = get_args(wanted)
    if value is None:
        return None
    if get_origin(wanted) in (Union, types.UnionType):
        wanted = next(one for one in inner if one is not types.NoneType)
    if get_origin(wanted) is tuple:
        return tuple(_made(inner[0], each) for each in value)
    if wanted is SectionEntry:
        return _section(value)
    if wanted in (Decimal, datetime.date):
        return Decimal(value) if wanted is Decimal else datetime.date.fromisoformat(value)
    if isinstance(wanted, type) and is_dataclass(wanted):
        hints = _hints(wanted)
        return wanted(**{name: _made(hints[name], each) for name, each in value.items()})
    return value


def _section(value: dict[str, Any]) -> SectionEntry:
    """A section, with the criteria of each bullet by its place."""
    bullets = (
        BulletEntry(
            text,
            tuple(tuple(row["criterion"]) for row in value["marked"] if row["position"] == place),
        )
        for place, text in enumerate(value["bullets"], start=1)
    )
    return SectionEntry(value["title"], value["maximum"], value["minimum"], tuple(bullets))


def _is_decimal(hint: Any) -> bool:
    return hint is Decimal or Decimal in get_args(hint)


@cache
def _hints(entry: type) -> dict[str, Any]:
    return get_type_hints(entry)
