"""Makes a specification of a handbook: its wording on the frame of a version that is known already.

A handbook tells what a unit asks. Rules, sheets, pathways, templates and staff rows are facts that
a known version holds, and are taken from there where units and criteria bear the same numbers.
Whatever of the handbook does not fit the frame is a `Doubt` for a person, never left out in
silence.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from qualifications.catalogue_entries import (
    AssessmentEntry,
    BulletEntry,
    CriterionEntry,
    OutcomeEntry,
    SectionEntry,
    SpecificationEntry,
    UnitEntry,
    VerbEntry,
)
from qualifications.handbook.content import (
    Criterion,
    Doubt,
    Handbook,
    MarkSheet,
    Outcome,
    Read,
    Section,
    SheetCriterion,
    Texts,
    Unit,
)
from qualifications.handbook.corrections import held_corrections, read_of
from qualifications.handbook.counted import Contradiction, contradictions
from qualifications.handbook.numbers import same_ref

RULES_KEPT = "rule kept from version"  # names the doubts that are mended among a unit's rules
_VERB = re.compile(r"(?:(?!(?:ap|com|im|multi|re|sup)p?ly\b)[a-z]+ly )?[a-z]+")
UNEXPLAINED = "The handbook gives no meaning for this verb."
# What a criterion says beside its statement; not every layout prints all of it.
BESIDE = (
    ("depth", "depth"),
    ("guidance", "assessment guidance"),
    ("example_evidence", "examples of evidence"),
    ("referral", "typical referrals"),
    ("passes", "typical passes"),
)
FIGURES = (("level", "Level"), ("credits", "Credits"), ("glh", "Guided learning hours"))


@dataclass(frozen=True)
class Drafted:
    """The content of a draft, and what a person has to look at before it is published."""

    entry: SpecificationEntry
    doubts: tuple[Doubt, ...]


def shared_refs(handbook: Handbook, refs: Iterable[str]) -> tuple[str, ...]:
    """Those of a version's units that the handbook has a page of."""
    return tuple(ref for ref in refs if _page_of(handbook, ref))


def drafted(handbook: Handbook, known: SpecificationEntry, *, version: str) -> Drafted:
    """The known version with the handbook's wording, under a version label, as nobody's yet."""
    return _Drafting(handbook, known).drafted(version)


class _Drafting:
    def __init__(self, handbook: Handbook, known: SpecificationEntry) -> None:
        self.handbook, self.known = handbook, known
        self.words = [verb.word for verb in known.verbs]
        self.new_words: list[str] = []
        self.found: list[Doubt] = []

    def drafted(self, version: str) -> Drafted:
        units = tuple(self._unit(unit) for unit in self.known.units)
        numbers = {(unit.ref, c.number) for unit in units for c in unit.criteria}
        for page in self.handbook.units:
            if not any(same_ref(page.ref.value, unit.ref) for unit in units):
                self._doubt(
                    page.ref,
                    None,
                    f"{page.ref.value}: version {self.known.version} has no such unit, so the"
                    " draft has not its words",
                )
        self._compare_rules(units)
        known = self.known
        entry = replace(
            known,
            version=version,
            published=None,
            published_by="",
            source=f"{self.handbook.name}, imported",
            corrected_on=None,
            units=units,
            assessments=tuple(self._sheet(sheet, numbers) for sheet in known.assessments),
            verbs=(*known.verbs, *(VerbEntry(word, UNEXPLAINED) for word in self.new_words)),
            templates=tuple(
                replace(one, criteria=tuple(key for key in one.criteria if key in numbers))
                for one in known.templates
            ),
        )
        held = held_corrections(known, entry, self.handbook)
        self.found += held.doubts
        return Drafted(replace(entry, corrections=held.corrections), tuple(self.found))

    def _doubt(self, read: "Read[str] | Read[int] | None", taken: str | None, why: str) -> None:
        place = read.place if read else None
        self.found.append(Doubt(place, read.raw if read else "", taken, why))

    def _compare_rules(self, units: tuple[UnitEntry, ...]) -> None:
        """The rules are the known version's: a number that is printed otherwise is told."""
        for unit, known in zip(units, self.known.units, strict=True):
            held = {criterion.number: criterion for criterion in known.criteria}
            for criterion in unit.criteria:
                rules = [rule for rule in unit.rules if rule.criterion == criterion.number]
                found = tuple(contradictions(rules, held.get(criterion.number), criterion))
                if found:
                    self._contradicted(unit, criterion, found)

    def _contradicted(
        self, unit: UnitEntry, criterion: CriterionEntry, found: tuple[Contradiction, ...]
    ) -> None:
        """One doubt a criterion, with the rules, their numbers and the words printed."""
        said = tuple(dict.fromkeys(one.words for one in found if one.words))
        words = [f"“{one}”" for one in said if not any(one != o and one in o for o in said)]
        texts = "\n".join(dict.fromkeys(one.text for one in found))
        kept = "; ".join(dict.fromkeys(one.kept for one in found))
        printed = f"prints {', '.join(words)}" if words else "no longer prints the number"
        read = read_of(found[0].text, self.handbook, unit.ref)
        self.found.append(
            Doubt(
                read.place if read else None,
                texts,
                kept,
                f"{unit.ref} {criterion.number}: the handbook {printed}, and the {RULES_KEPT}"
                f" {self.known.version} says: {kept}. Learners are held to the rule. Change the"
                " rules of the unit in the draft, or accept that the rule stays",
            )
        )

    # Units

    def _unit(self, known: UnitEntry) -> UnitEntry:
        page = _page_of(self.handbook, known.ref)
        if page is None:
            self._doubt(
                None,
                f"unit {known.ref} as in version {self.known.version}",
                f"The handbook has no page of unit {known.ref}, whose words are those of version"
                f" {self.known.version}",
            )
            return known
        self._compare_figures(known, page)
        unit = replace(
            known,
            title=page.title.value if page.title else known.title,
            aim=page.aim.value if page.aim else known.aim,
            indicative_content=_values(page.indicative_content) or known.indicative_content,
        )
        self._tell_what_is_not_printed(known, page)
        if known.outline_only:
            if page.criteria:
                self._doubt(
                    page.ref,
                    "an outline",
                    f"{known.ref}: version {self.known.version} has this unit as an outline only,"
                    " so its criteria were not taken. Add them in the draft",
                )
            return unit
        outcomes = self._outcomes(known, page)
        numbers = {criterion.number for outcome in outcomes for criterion in outcome.criteria}
        gone = [rule for rule in known.rules if rule.criterion not in numbers]
        for rule in gone:
            self._doubt(
                page.ref,
                None,
                f"{known.ref}: the rule “{rule.label}” belongs to criterion {rule.criterion},"
                " which the handbook has not. The rule was left out: add it to another criterion"
                " if it still holds",
            )
        rules = tuple(rule for rule in known.rules if rule not in gone)
        return replace(unit, outcomes=outcomes, rules=rules)

    def _tell_what_is_not_printed(self, known: UnitEntry, page: Unit) -> None:
        """Where the page has nothing of a kind, the known version's words stand in, and say so."""
        kinds = [
            ("title", page.title, known.title),
            ("aim", page.aim, known.aim),
            ("indicative content", page.indicative_content, known.indicative_content),
            *(
                (
                    label,
                    any(getattr(each, name) for each in page.criteria),
                    any(getattr(each, name) for each in known.criteria),
                )
                for name, label in BESIDE
                if page.criteria
            ),
        ]
        missing = [label for label, printed, held in kinds if held and not printed]
        if missing:
            self._doubt(
                page.ref,
                f"the words of version {self.known.version}",
                f"The page of {known.ref} has none of these: {', '.join(missing)}. The draft has"
                f" the words of version {self.known.version} there, which are not this"
                " handbook's",
            )

    def _compare_figures(self, known: UnitEntry, page: Unit) -> None:
        """Credits and hours rest on the pathways' sums, so the known ones stay."""
        for name, label in FIGURES:
            printed: Read[int] | None = getattr(page, name)
            held: int | None = getattr(known, name)
            if printed is not None and printed.value != held:
                self._doubt(
                    printed,
                    str(held),
                    f"{known.ref}: the handbook prints {printed.value} as {label}, and version"
                    f" {self.known.version} says {held}, which was kept: the pathways' sums rest on"
                    " it. Change it among the credits and hours of the draft if the handbook is"
                    " right",
                )
        if page.uan and known.uan and page.uan.value != known.uan:
            self._doubt(
                page.uan,
                known.uan,
                f"{known.ref}: the handbook prints another accreditation number than version"
                f" {self.known.version}, whose number was kept",
            )

    def _outcomes(self, known: UnitEntry, page: Unit) -> tuple[OutcomeEntry, ...]:
        if not page.criteria:
            self._doubt(
                page.ref,
                "the known wording",
                f"{known.ref}: no criteria were found on its page. Those of version"
                f" {self.known.version} are used",
            )
            return known.outcomes
        self._compare_numbers(known, page)
        held = {outcome.number: outcome for outcome in known.outcomes}
        return tuple(
            self._outcome(held.get(outcome.number.value), outcome, known, page)
            for outcome in page.outcomes
        )

    def _compare_numbers(self, known: UnitEntry, page: Unit) -> None:
        printed = {criterion.number.value for criterion in page.criteria}
        held = {criterion.number for criterion in known.criteria}
        for what, numbers in (("Here alone", printed - held), ("Missing here", held - printed)):
            if numbers:
                listed = ", ".join(sorted(numbers))
                self._doubt(
                    page.ref,
                    "the numbers of the handbook",
                    f"{known.ref}: its criteria bear other numbers than in version"
                    f" {self.known.version}. {what}: {listed}. The handbook's were taken",
                )

    def _outcome(
        self, held: OutcomeEntry | None, outcome: Outcome, known: UnitEntry, page: Unit
    ) -> OutcomeEntry:
        text = outcome.text.value if outcome.text else held.text if held else ""
        if outcome.text is None:
            self._doubt(
                outcome.number,
                text,
                f"{known.ref}: outcome {outcome.number.value} has no text in the handbook. That of"
                f" version {self.known.version} is used",
            )
        title = held.title if held else text[:100]
        criteria = {criterion.number: criterion for criterion in known.criteria}
        return OutcomeEntry(
            outcome.number.value,
            title,
            text,
            tuple(
                self._criterion(criteria.get(one.number.value), one, known, page)
                for one in outcome.criteria
            ),
        )

    def _criterion(
        self, held: CriterionEntry | None, one: Criterion, known: UnitEntry, page: Unit
    ) -> CriterionEntry:
        label = f"{known.ref} {one.number.value}"
        if one.text is None:
            self._doubt(
                one.number,
                held.statement if held else None,
                f"{label}: the handbook has no statement of it. That of version"
                f" {self.known.version} is used",
            )
        statement = one.text.value if one.text else held.statement if held else ""

        def part(name: str, entry_name: str | None = None) -> tuple[str, ...]:
            """The handbook's own texts where the unit's page has any of the kind."""
            if any(getattr(each, name) for each in page.criteria):
                return _values(getattr(one, name))
            return getattr(held, entry_name or name) if held else ()

        referral, passes = part("referral"), part("passes")
        if held and held.passes and not (referral and passes):
            self._doubt(
                one.number,
                "the known descriptors",
                f"{label}: the handbook has not both descriptors of it. What is missing was taken"
                f" from version {self.known.version}",
            )
            referral, passes = referral or held.referral, passes or held.passes
        return CriterionEntry(
            number=one.number.value,
            statement=statement,
            verb=self._verb(statement, one.text or one.number, label),
            depth=part("depth"),
            guidance=part("guidance"),
            example_evidence=part("example_evidence"),
            referral=referral,
            passes=passes,
        )

    def _verb(self, statement: str, read: Read[str], label: str) -> str:
        """The longest verb that the statement begins with, or its first word as a new verb, with
        the adverb before it: critically analyse."""
        words = sorted([*self.words, *self.new_words], key=len, reverse=True)
        small = statement.lower()
        for word in words:
            if re.match(rf"{re.escape(word)}\b", small):
                return word
        first = _VERB.match(small)
        if first is None:
            self._doubt(
                read,
                None,
                f"{label}: the statement does not begin with a verb, and none was taken. Choose the"
                " verb in the draft",
            )
            return ""
        self.new_words.append(first[0])
        self._doubt(
            read,
            first[0],
            f"{label}: the statement begins with “{first[0]}”, for which version"
            f" {self.known.version} has no meaning. It was taken as a new verb. If that is the"
            " verb, write its meaning among the verbs of the draft; else choose another",
        )
        return first[0]

    # Mark sheets

    def _sheet(self, sheet: AssessmentEntry, numbers: set[tuple[str, str]]) -> AssessmentEntry:
        if not sheet.sections:
            return sheet
        sections = tuple(_with_criteria(section, numbers) for section in sheet.sections)
        printed = self._printed(sheet)
        if printed is None:
            self._doubt(
                None,
                f"the sections of version {self.known.version}",
                f"The handbook has no mark sheet of {', '.join(sheet.units)}. The sections of"
                f" version {self.known.version} are used",
            )
            return replace(sheet, sections=sections)
        marks = [section.maximum.value if section.maximum else None for section in printed.sections]
        if marks != [section.maximum for section in sections]:
            self._doubt(
                printed.title,
                f"the sections of version {self.known.version}",
                f"The mark sheet has other sections or maxima than version {self.known.version},"
                " whose sections were kept. Change them in the draft if the handbook is right",
            )
            return replace(sheet, sections=sections)
        return replace(
            sheet,
            sections=tuple(
                self._section(held, one)
                for held, one in zip(sections, printed.sections, strict=True)
            ),
        )

    def _printed(self, sheet: AssessmentEntry) -> MarkSheet | None:
        """The handbook's mark sheet of the same units."""
        for printed in self.handbook.mark_sheets:
            refs = [ref.value for ref in printed.units]
            if len(refs) == len(sheet.units) and all(
                any(same_ref(ref, unit) for ref in refs) for unit in sheet.units
            ):
                return printed
        return None

    def _section(self, held: SectionEntry, printed: Section) -> SectionEntry:
        """The handbook's lines where each stands for the criteria that the known one has."""
        title = printed.title.value if printed.title else held.title
        lines = printed.criteria
        if len(lines) != len(held.bullets):
            self._doubt(
                lines[0].text if lines else printed.title,
                "the known lines",
                f"Section “{held.title}” of the mark sheet has {len(held.bullets)} lines in version"
                f" {self.known.version}, whose lines were kept, and {len(lines)} in the handbook",
            )
            return replace(held, title=title)
        for line, bullet in zip(lines, held.bullets, strict=True):
            if line.resembles and not _stands_for(line, bullet):
                self._doubt(
                    line.text,
                    bullet.text,
                    "This line of the mark sheet reads like other criteria than those that"
                    f" version {self.known.version} marks with it. The line was taken, the criteria"
                    " were kept",
                )
        return replace(
            held,
            title=title,
            bullets=tuple(
                BulletEntry(line.text.value, bullet.criteria)
                for line, bullet in zip(lines, held.bullets, strict=True)
            ),
        )


def _page_of(handbook: Handbook, ref: str) -> Unit | None:
    return next((unit for unit in handbook.units if same_ref(unit.ref.value, ref)), None)


def _stands_for(line: SheetCriterion, bullet: BulletEntry) -> bool:
    """Whether a line is worded like one of the criteria that the known bullet marks."""
    return not bullet.criteria or any(
        number == known and same_ref(ref, unit)
        for ref, number in line.resembles
        for unit, known in bullet.criteria
    )


def _values(reads: Texts | None) -> tuple[str, ...]:
    return tuple(read.value for read in reads or ())


def _with_criteria(section: SectionEntry, numbers: set[tuple[str, str]]) -> SectionEntry:
    """The section without the criteria that are there no longer."""
    return replace(
        section,
        bullets=tuple(
            replace(bullet, criteria=tuple(key for key in bullet.criteria if key in numbers))
            for bullet in section.bullets
        ),
    )
