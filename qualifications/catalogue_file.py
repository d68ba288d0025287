"""Reads a specification file and holds it against every rule before anything else sees it."""

import re
from decimal import Decimal
from pathlib import Path

from qualifications.catalogue_entries import (
    AssessmentEntry,
    BulletEntry,
    CorrectionEntry,
    CriterionEntry,
    OutcomeEntry,
    PathwayEntry,
    RuleEntry,
    SectionEntry,
    SpecificationEntry,
    UnitEntry,
    VerbEntry,
)
from qualifications.marked_yaml import (
    LARGEST,
    Fault,
    Faults,
    Fields,
    Node,
    Reading,
    Scalar,
    read_nodes,
)
from qualifications.models import (
    ACCREDITATION,
    CODE_LENGTH,
    CRITERION_NUMBER,
    TITLE_LENGTH,
    UNIT_ACCREDITATION,
    Award,
    Method,
    SheetKind,
    UnitOfMeasure,
)

ALL_MARKS = 100  # a mark sheet's sections add up to it
_NO_HOURS = Decimal(0)


class CatalogueFaultsError(Exception):
    """Why files were not loaded: every fault that was found, in the order of the lines."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults, key=lambda fault: (fault.file, fault.line))
        super().__init__("\n".join(str(fault) for fault in self.faults))


def read_specification(source: Path | str, *, name: str = "text") -> SpecificationEntry:
    """The content of a file, or of a text called `name`.

    Raises `CatalogueFaultsError` with every fault of file, line, rule and remedy.
    """
    if isinstance(source, Path):
        name = shown_name(source)
        text = _text_of(source, name)
    else:
        text = source
    faults = Faults(name)
    root = read_nodes(text, faults)
    entry = _SpecificationReader(faults).read(root) if root else None
    if faults.found or entry is None:
        raise CatalogueFaultsError(faults.found)
    return entry


def shown_name(path: Path) -> str:
    """The path from where the command was given, so that no message names the machine's folders."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return path.name


def _text_of(path: Path, name: str) -> str:
    def refuse(rule: str, remedy: str, line: int = 1) -> CatalogueFaultsError:
        return CatalogueFaultsError([Fault(name, line, "", rule, remedy)])

    try:
        if path.is_file() and path.stat().st_size > 4 * LARGEST:
            raise refuse(
                f"the file is larger than {4 * LARGEST:,} bytes",
                "Give each specification a file of its own",
            )
        raw = path.read_bytes()
    except FileNotFoundError:
        raise refuse("there is no such file", "Check the path") from None
    except OSError as fault:
        raise refuse(f"the file cannot be read: {fault.strerror}", "Check the path") from None
    try:
        return raw.decode()
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        raise refuse("the file is not UTF-8 text", "Save it as UTF-8", line) from None


class _SpecificationReader:
    """Reads in the order in which one part refers to another: verbs, units, sheets, pathways."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.verbs: dict[str, VerbEntry] = {}
        self.units: dict[str, UnitEntry] = {}
        self.result_units: set[str] = set()
        self.criterion_lines: dict[tuple[str, str], int] = {}

    def read(self, root: Fields) -> SpecificationEntry:
        top = Reading(root, "", self.faults)
        body = top.reading("awarding_body", "awarding_body")
        body_code = body.text("code", longest=CODE_LENGTH) if body else ""
        body_name = body.text("name", longest=TITLE_LENGTH) if body else ""
        qualification = top.reading("qualification", "qualification")
        number, title, level = "", "", 0
        if qualification:
            number = qualification.text("number", longest=CODE_LENGTH)
            title = qualification.text("title", longest=TITLE_LENGTH)
            level = qualification.integer("level", most=8) or 0
        version = top.text("version", longest=CODE_LENGTH)
        published = top.day("published", optional=True)
        published_by = top.text("published_by", optional=True, longest=TITLE_LENGTH)
        if top.has("published") != top.has("published_by"):
            present, absent = ("published", "published_by")
            if top.has(absent):
                present, absent = absent, present
            top.fault(
                top.line_of(present),
                f"'{present}' stands without '{absent}'",
                "Name both the day and who published, or neither for a draft",
            )
        source = top.text("source")
        corrected_on = top.day("corrected_on", optional=True)
        tqt_per_credit = None
        if checks := top.reading("checks", "checks", optional=True):
            tqt_per_credit = checks.integer("tqt_per_credit", most=100)
            checks.done()
        self._read_verbs(top)
        units = self._read_units(top)
        assessments = self._read_assessments(top)
        pathways = self._read_pathways(top, tqt_per_credit)
        corrections = self._read_corrections(top)
        for reading in (body, qualification, top):
            if reading:
                reading.done()
        return SpecificationEntry(
            body_code,
            body_name,
            number,
            title,
            level,
            version,
            published,
            published_by,
            source,
            corrected_on,
            tqt_per_credit,
            tuple(self.verbs.values()),
            units,
            assessments,
            pathways,
            corrections,
        )

    # Verbs

    def _read_verbs(self, top: Reading) -> None:
        verbs = top.reading("verbs", "verbs")
        if verbs is None or verbs.fields is None:
            return
        if not verbs.fields.items:
            verbs.fault(verbs.line, "'verbs' holds nothing", "Give each verb its meaning")
        for word, line in verbs.fields.key_lines.items():
            meaning = verbs.text(word)
            if not all(part.isascii() and part.isalpha() for part in word.split(" ")) or (
                word != word.lower()
            ):
                verbs.fault(line, f'the verb "{word}" is not in lower case', "Write it so")
            elif meaning:
                self.verbs[word] = VerbEntry(word, meaning)

    # Units, outcomes, criteria

    def _read_units(self, top: Reading) -> tuple[UnitEntry, ...]:
        self.result_units = self._units_on_result_sheets(top)
        entries = []
        numbers: set[str] = set()
        for node in top.listing("units"):
            unit = Reading(node, _place("unit", node, "ref"), self.faults)
            entry = self._read_unit(unit)
            unit.done()
            if entry.ref in self.units:
                unit.fault(unit.line_of("ref"), "the unit is given twice", "Keep one of them")
                continue
            if entry.number and entry.number in numbers:
                unit.fault(
                    unit.line_of("number"),
                    f"the number {entry.number} belongs to another unit already",
                    "Give each unit its own number",
                )
            numbers.add(entry.number)
            if entry.ref:
                self.units[entry.ref] = entry
                entries.append(entry)
        return tuple(entries)

    def _units_on_result_sheets(self, top: Reading) -> set[str]:
        """Read ahead, because only a result sheet asks for descriptors."""
        found: set[str] = set()
        assessments = top.fields.items.get("assessments") if top.fields else None
        for node in getattr(assessments, "items", []):
            if not isinstance(node, Fields):
                continue
            kind, units = node.items.get("sheet_kind"), node.items.get("units")
            if isinstance(kind, Scalar) and kind.text == SheetKind.RESULT:
                items = getattr(units, "items", [])
                found.update(item.text for item in items if isinstance(item, Scalar))
        return found

    def _read_unit(self, unit: Reading) -> UnitEntry:
        ref = unit.text("ref", longest=CODE_LENGTH, pattern=r"\S+", example="8588-501")
        number = unit.text("number", longest=CODE_LENGTH, pattern=r"\S+", example="501")
        uan = unit.text("uan", optional=True, pattern=UNIT_ACCREDITATION, example="H/617/2907")
        title = unit.text("title", longest=TITLE_LENGTH)
        short_title = unit.text("short_title", longest=100)
        level = unit.integer("level", most=8) or 0
        credit = unit.integer("credits", most=500) or 0
        glh = unit.integer("glh", optional=True)
        aim = unit.text("aim", optional=True)
        outline_only = unit.truth("outline_only", optional=True)
        outcomes = self._read_outcomes(unit, ref)
        if outline_only and unit.has("outcomes"):
            unit.fault(
                unit.line_of("outline_only"),
                "the unit is an outline only and yet has outcomes",
                "Take out 'outline_only', or the outcomes",
            )
        elif not outline_only and not unit.has("outcomes"):
            unit.fault(
                unit.line,
                "the unit has no outcomes",
                "Give its outcomes and criteria, or say 'outline_only: true'",
            )
        numbers = [criterion.number for outcome in outcomes for criterion in outcome.criteria]
        codes: set[tuple[str, str]] = set()
        rules = (
            *self._read_rules(unit, "rules", numbers, codes, is_gate=True),
            *self._read_rules(unit, "checklist", numbers, codes, is_gate=False),
        )
        return UnitEntry(
            ref,
            number,
            uan,
            title,
            short_title,
            level,
            credit,
            glh,
            aim,
            outline_only,
            outcomes,
            rules,
        )

    def _read_outcomes(self, unit: Reading, ref: str) -> tuple[OutcomeEntry, ...]:
        outcomes = []
        for expected, node in enumerate(unit.listing("outcomes", optional=True), start=1):
            outcome = Reading(node, f"{unit.place}, outcome {expected}", self.faults)
            number = outcome.integer("number", most=99)
            if number and number != expected:
                outcome.fault(
                    outcome.line_of("number"),
                    f"the outcome's number is {number} where {expected} comes next",
                    "Number the outcomes from 1 without a gap",
                )
            title = outcome.text("title", longest=TITLE_LENGTH)
            text = outcome.text("text")
            criteria = tuple(
                self._read_criterion(item, unit, ref, f"{expected}.{position}")
                for position, item in enumerate(outcome.listing("criteria"), start=1)
            )
            outcome.done()
            outcomes.append(OutcomeEntry(expected, title, text, criteria))
        return tuple(outcomes)

    def _read_criterion(self, node: Node, unit: Reading, ref: str, expected: str) -> CriterionEntry:
        criterion = Reading(node, f"{unit.place}, criterion {expected}", self.faults)
        number = criterion.text("number", pattern=CRITERION_NUMBER, example='"1.1", in quotes')
        if number and number != expected:
            criterion.fault(
                criterion.line_of("number"),
                f"the criterion's number is {number} where {expected} comes next",
                "Number the criteria of an outcome from 1 without a gap",
            )
        self.criterion_lines[ref, expected] = criterion.line
        statement = criterion.text("statement")
        verb = criterion.text("verb", longest=CODE_LENGTH)
        if verb and verb not in self.verbs:
            known = ", ".join(self.verbs) or "none"
            criterion.fault(
                criterion.line_of("verb"),
                f'the verb "{verb}" is not among the verbs',
                f"Add it to 'verbs' with its meaning, or use one of: {known}",
            )
        elif verb and statement and not re.match(rf"{re.escape(verb)}\b", statement.lower()):
            criterion.fault(
                criterion.line_of("statement"),
                f'the statement does not begin with its verb "{verb}"',
                "Begin it with the verb",
            )
        depth = _texts(criterion, "depth")
        guidance = _texts(criterion, "guidance")
        example_evidence = _texts(criterion, "example_evidence")
        judged = ref in self.result_units
        referral: tuple[str, ...] = ()
        passes: tuple[str, ...] = ()
        place = f"{criterion.place}, descriptors"
        if descriptors := criterion.reading("descriptors", place, optional=not judged):
            referral = _texts(descriptors, "referral", optional=False)
            passes = _texts(descriptors, "pass", optional=False)
            descriptors.done()
        criterion.done()
        return CriterionEntry(
            number or expected, statement, verb, depth, guidance, example_evidence, referral, passes
        )

    def _read_rules(
        self,
        unit: Reading,
        name: str,
        numbers: list[str],
        codes: set[tuple[str, str]],
        *,
        is_gate: bool,
    ) -> list[RuleEntry]:
        entries = []
        for node in unit.listing(name, optional=True):
            rule = Reading(node, f"{unit.place}, {_place('rule', node, 'code')}", self.faults)
            criterion = rule.text("criterion", pattern=CRITERION_NUMBER, example='"2.1", in quotes')
            if criterion and criterion not in numbers:
                rule.fault(
                    rule.line_of("criterion"),
                    f"the unit has no criterion {criterion}",
                    f"Use one of: {', '.join(numbers) or 'none, as the unit has no criteria'}",
                )
            code = rule.text(
                "code", pattern=r"[a-z]+(_[a-z]+)*", example="practice_hours", longest=CODE_LENGTH
            )
            if code and (criterion, code) in codes:
                rule.fault(
                    rule.line_of("code"),
                    f"criterion {criterion} has two rules called {code}",
                    "Give each rule of a criterion its own code",
                )
            codes.add((criterion, code))
            label = rule.text("label", longest=TITLE_LENGTH)
            minimum = rule.decimal("minimum", optional=True)
            maximum = rule.decimal("maximum", optional=True)
            exceptional = rule.decimal("exceptional_maximum", optional=True)
            has_number = rule.has("minimum") or rule.has("maximum")
            measure = ""
            if has_number or rule.has("unit_of_measure"):
                measure = rule.choice("unit_of_measure", UnitOfMeasure.values)
            if is_gate and not has_number:
                rule.fault(
                    rule.line,
                    "a gate needs a minimum or a maximum",
                    "Give one, or move the rule to 'checklist'",
                )
            if minimum is not None and maximum is not None and minimum > maximum:
                rule.fault(
                    rule.line_of("maximum"),
                    f"the minimum {minimum} is above the maximum {maximum}",
                    "Put them right",
                )
            if exceptional is not None and (maximum is None or exceptional <= maximum):
                rule.fault(
                    rule.line_of("exceptional_maximum"),
                    "'exceptional_maximum' is not above the maximum",
                    "Give a higher number, or leave it out",
                )
            source = rule.text("source", longest=TITLE_LENGTH)
            rule.done()
            entries.append(
                RuleEntry(
                    criterion, code, label, minimum, maximum, exceptional, measure, is_gate, source
                )
            )
        return entries

    # Assessments

    def _read_assessments(self, top: Reading) -> tuple[AssessmentEntry, ...]:
        entries = []
        codes: set[str] = set()
        for node in top.listing("assessments", optional=True):
            sheet = Reading(node, _place("assessment", node, "code"), self.faults)
            code = sheet.text("code", longest=CODE_LENGTH, pattern=r"\S+", example="501-portfolio")
            if code and code in codes:
                sheet.fault(
                    sheet.line_of("code"), "the assessment is given twice", "Keep one of them"
                )
            codes.add(code)
            title = sheet.text("title", longest=TITLE_LENGTH)
            method = sheet.choice("method", Method.values)
            kind = sheet.choice("sheet_kind", SheetKind.values)
            units = self._read_unit_refs(sheet)
            for ref, line in units:
                if self.units[ref].outline_only:
                    sheet.fault(
                        line,
                        f"unit {ref} is an outline only, so there is nothing to judge",
                        "Give the unit its criteria first",
                    )
            sections: tuple[SectionEntry, ...] = ()
            if kind == SheetKind.MARK:
                sections = self._read_sections(sheet, [ref for ref, _ in units])
            elif kind == SheetKind.RESULT and sheet.node("sections", optional=True):
                sheet.fault(
                    sheet.line_of("sections"),
                    "a result sheet has no sections",
                    "Take them out, or say 'sheet_kind: mark'",
                )
            sheet.done()
            refs = tuple(ref for ref, _ in units)
            entries.append(AssessmentEntry(code, title, method, kind, refs, sections))
        return tuple(entries)

    def _read_unit_refs(self, holder: Reading) -> list[tuple[str, int]]:
        found: dict[str, int] = {}
        for ref, line in holder.texts("units"):
            if ref not in self.units:
                known = ", ".join(self.units) or "none"
                holder.fault(line, f"there is no unit {ref}", f"Use one of: {known}")
            elif ref in found:
                holder.fault(line, f"unit {ref} is given twice", "Keep one of them")
            else:
                found[ref] = line
        return list(found.items())

    def _read_sections(self, sheet: Reading, refs: list[str]) -> tuple[SectionEntry, ...]:
        entries = []
        covered: dict[tuple[str, str], int] = {}
        for node in sheet.listing("sections"):
            section = Reading(
                node, f"{sheet.place}, {_place('section', node, 'title')}", sheet.faults
            )
            title = section.text("title", longest=TITLE_LENGTH)
            maximum = section.integer("maximum", most=ALL_MARKS) or 0
            minimum = section.integer("minimum", most=ALL_MARKS) or 0
            if maximum and minimum and minimum * 2 != maximum:
                section.fault(
                    section.line_of("minimum"),
                    f"the minimum {minimum} is not half of the maximum {maximum}",
                    "Put them right: a section is passed with half of its marks",
                )
            bullets = tuple(
                self._read_bullet(item, section, refs, covered)
                for item in section.listing("bullets")
            )
            section.done()
            entries.append(SectionEntry(title, maximum, minimum, bullets))
        total = sum(entry.maximum for entry in entries)
        if entries and all(entry.maximum for entry in entries) and total != ALL_MARKS:
            sheet.fault(
                sheet.line_of("sections"),
                f"the maxima of the sections add up to {total}, not {ALL_MARKS}",
                "Put the maxima right",
            )
        for ref in refs:
            for criterion in self.units[ref].criteria:
                if (ref, criterion.number) not in covered:
                    sheet.fault(
                        self.criterion_lines.get((ref, criterion.number), sheet.line),
                        f"criterion {ref} {criterion.number} is in no section",
                        "Name it under one bullet",
                    )
        return tuple(entries)

    def _read_bullet(
        self,
        node: Node,
        section: Reading,
        refs: list[str],
        covered: dict[tuple[str, str], int],
    ) -> BulletEntry:
        bullet = Reading(node, section.place, section.faults)
        text = bullet.text("text")
        criteria = []
        for written, line in bullet.texts("criteria", optional=True):
            ref, _, number = written.rpartition(" ")
            known = ref in refs and any(c.number == number for c in self.units[ref].criteria)
            if not known:
                bullet.fault(
                    line,
                    f'"{written}" names no criterion of the units {", ".join(refs) or "here"}',
                    'Write the unit and the number, as "D7.02 1.1"',
                )
            elif (ref, number) in covered:
                bullet.fault(
                    line,
                    f"criterion {written} is marked already, on line {covered[ref, number]}",
                    "Mark each criterion once",
                )
            else:
                covered[ref, number] = line
                criteria.append((ref, number))
        bullet.done()
        # In the order of the units, however the file lists them: the order says nothing here.
        order = [(ref, c.number) for ref, unit in self.units.items() for c in unit.criteria]
        return BulletEntry(text, tuple(sorted(criteria, key=order.index)))

    # Pathways and corrections

    def _read_pathways(self, top: Reading, tqt_per_credit: int | None) -> tuple[PathwayEntry, ...]:
        entries = []
        codes: set[str] = set()
        for node in top.listing("pathways"):
            pathway = Reading(node, _place("pathway", node, "code"), self.faults)
            entry = self._read_pathway(pathway)
            pathway.done()
            if entry.code and entry.code in codes:
                pathway.fault(
                    pathway.line_of("code"), "the pathway is given twice", "Keep one of them"
                )
            codes.add(entry.code)
            self._check_sums(pathway, entry, tqt_per_credit)
            entries.append(entry)
        return tuple(entries)

    def _read_pathway(self, pathway: Reading) -> PathwayEntry:
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
            units=tuple(ref for ref, _ in self._read_unit_refs(pathway)),
        )

    def _check_sums(
        self, pathway: Reading, entry: PathwayEntry, tqt_per_credit: int | None
    ) -> None:
        """Credits and guided hours add up; total time follows the credits where the file says so.

        The units are compared only where all that the pathway names are known.
        """
        if tqt_per_credit and entry.tqt and entry.credits:
            due = tqt_per_credit * entry.credits
            if entry.tqt != due:
                pathway.fault(
                    pathway.line_of("tqt"),
                    f"the total time is {entry.tqt} h where {tqt_per_credit} × {entry.credits}"
                    f" credits make {due} h",
                    "Put the total time or the credits right",
                )
        units = [self.units[ref] for ref in entry.units]
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

    def _read_corrections(self, top: Reading) -> tuple[CorrectionEntry, ...]:
        entries = []
        for node in top.listing("corrections", optional=True):
            correction = Reading(node, _place("correction", node, "field"), self.faults)
            entries.append(
                CorrectionEntry(
                    correction.text("field", longest=TITLE_LENGTH),
                    correction.text("raw"),
                    correction.text("used"),
                    correction.text("reason"),
                )
            )
            correction.done()
        return tuple(entries)


def _texts(reading: Reading, name: str, *, optional: bool = True) -> tuple[str, ...]:
    return tuple(text for text, _ in reading.texts(name, optional=optional))


def _place(noun: str, node: Node, key: str) -> str:
    named = node.items.get(key) if isinstance(node, Fields) else None
    return f"{noun} {named.text}" if isinstance(named, Scalar) else noun
