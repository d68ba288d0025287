"""A whole file, read in the order in which one part refers to another."""

from qualifications.catalogue_entries import SpecificationEntry
from qualifications.catalogue_file.known import Known
from qualifications.catalogue_file.notes import read_corrections, read_staff, read_templates
from qualifications.catalogue_file.pathways import read_pathways
from qualifications.catalogue_file.sheets import read_assessments
from qualifications.catalogue_file.units import read_units, read_verbs
from qualifications.marked_yaml import Faults, Fields, Reading
from qualifications.models import CODE_LENGTH, TITLE_LENGTH


def read_whole(root: Fields, faults: Faults) -> SpecificationEntry:
    """The content that the fields make up; what is wrong with it is added to `faults`."""
    top = Reading(root, "", faults)
    known = Known(faults)
    body = top.reading("awarding_body", "awarding_body")
    qualification = top.reading("qualification", "qualification")
    number, title, level = "", "", 0
    if qualification:
        number = qualification.text("number", longest=CODE_LENGTH)
        title = qualification.text("title", longest=TITLE_LENGTH)
        level = qualification.integer("level", most=8) or 0
    tqt_per_credit = None
    if checks := top.reading("checks", "checks", optional=True):
        tqt_per_credit = checks.integer("tqt_per_credit", most=100)
        checks.done()
    known.verbs = read_verbs(top)
    known.units = read_units(top, known)
    _check_publication(top)
    entry = SpecificationEntry(
        awarding_body_code=body.text("code", longest=CODE_LENGTH) if body else "",
        awarding_body_name=body.text("name", longest=TITLE_LENGTH) if body else "",
        number=number,
        title=title,
        level=level,
        version=top.text("version", longest=CODE_LENGTH),
        published=top.day("published", optional=True),
        published_by=top.text("published_by", optional=True, longest=TITLE_LENGTH),
        source=top.text("source"),
        corrected_on=top.day("corrected_on", optional=True),
        tqt_per_credit=tqt_per_credit,
        verbs=tuple(known.verbs.values()),
        units=tuple(known.units.values()),
        assessments=read_assessments(top, known),
        pathways=read_pathways(top, known, tqt_per_credit),
        templates=read_templates(top, known),
        staff_requirements=read_staff(top, known),
        corrections=read_corrections(top, known),
    )
    for reading in (body, qualification, top):
        if reading:
            reading.done()
    return entry


def _check_publication(top: Reading) -> None:
    if top.has("published") == top.has("published_by"):
        return
    present, absent = "published", "published_by"
    if top.has(absent):
        present, absent = absent, present
    top.fault(
        top.line_of(present),
        f"'{present}' stands without '{absent}'",
        "Name both the day and who published, or neither for a draft",
    )
