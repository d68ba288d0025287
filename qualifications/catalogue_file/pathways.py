"""The combinations of units, with their sums."""

from decimal import Decimal

from qualifications.catalogue_entries import PathwayEntry
from qualifications.catalogue_file.known import Known, place
from qualifications.marked_yaml import Reading
from qualifications.models import ACCREDITATION, CODE_LENGTH, TITLE_LENGTH, Award
from qualifications.rules import judge_total_time

_NO_HOURS = Decimal(0)


def read_pathways(
    top: Reading, known: Known, tqt_per_credit: int | None
) -> tuple[PathwayEntry, ...]:
    entries = []
    codes: set[str] = set()
    for node in top.listing("pathways"):
        pathway = Reading(node, place("pathway", node, "code"), known.faults)
        entry = _read_pathway(pathway, known)
        pathway.done()
        if entry.code and entry.code in codes:
            pathway.fault(pathway.line_of("code"), "the pathway is given twice", "Keep one of them")
        codes.add(entry.code)
        _check_total_time(pathway, entry, tqt_per_credit)
        _check_sums(pathway, entry, known)
        entries.append(entry)
    return tuple(entries)


def _read_pathway(pathway: Reading, known: Known) -> PathwayEntry:
    return PathwayEntry(
        code=pathway.text("code", longest=CODE_LENGTH, pattern=r"\S+", example="8588-21"),
        alternative_code=pathway.text("alternative_code", optional=True, longest=CODE_LENGTH),
        title=pathway.text("title", longest=TITLE_LENGTH),
        award=pathway.choice("award", Award.values),
        accreditation_number=pathway.text(
            "accreditation_number", optional=True, pattern=ACCREDITATION, example="603/3758/8"
        ),
        credits=pathway.integer("credits", most=500) or 0,
        glh=pathway.integer("glh", optional=True),
        tqt=pathway.integer("tqt", optional=True),
        glh_includes_support=pathway.truth("glh_includes_support"),
        induction_hours=pathway.decimal("induction_hours") or _NO_HOURS,
        tutorial_hours=pathway.decimal("tutorial_hours") or _NO_HOURS,
        minimum_age=pathway.integer("minimum_age", optional=True, most=99),
        registration_years=pathway.integer("registration_years", optional=True, most=20),
        units=tuple(ref for ref, _ in known.read_unit_refs(pathway)),
    )


def _check_total_time(pathway: Reading, entry: PathwayEntry, tqt_per_credit: int | None) -> None:
    """Total time follows the credits where the file says so."""
    verdict = judge_total_time(entry.credits, entry.tqt, tqt_per_credit)
    if entry.credits and not verdict.met:
        said = verdict.sentence.removesuffix(".")
        pathway.fault(
            pathway.line_of("tqt"),
            said[:1].lower() + said[1:],
            "Put the total time or the credits right",
        )


def _check_sums(pathway: Reading, entry: PathwayEntry, known: Known) -> None:
    """Credits and guided hours add up, where all the units that the pathway names are known."""
    units = [known.units[ref] for ref in entry.units]
    if not units or len(units) != len(pathway.listing("units")):
        return
    credit = sum(unit.credits for unit in units)
    if entry.credits and all(unit.credits for unit in units) and credit != entry.credits:
        pathway.fault(
            pathway.line_of("credits"),
            f"the units add up to {credit} credits, the pathway says {entry.credits}",
            "Put the credits of the pathway or of a unit right",
        )
    hours = [unit.glh for unit in units if unit.glh]
    if entry.glh and len(hours) == len(units):
        guided = sum(hours) + (
            entry.induction_hours + entry.tutorial_hours if entry.glh_includes_support else 0
        )
        if guided != entry.glh:
            pathway.fault(
                pathway.line_of("glh"),
                f"the guided hours add up to {guided:g}, the pathway says {entry.glh}",
                "Put 'glh' or 'glh_includes_support' right",
            )
