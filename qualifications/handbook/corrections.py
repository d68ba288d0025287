"""Whether the wording of a draft has the mistakes that a known version put right.

A correction tells what is printed and what is used instead. Of official wording it may be claimed
only where the wording does not have the mistake; where it has, a person decides.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from qualifications.catalogue_entries import CorrectionEntry, SpecificationEntry, UnitEntry
from qualifications.handbook.content import Doubt, Handbook, Read, reads_in
from qualifications.handbook.noise import compared
from qualifications.handbook.numbers import same_ref

# "own ongoing (result sheet, matrix)": the words, and the page that has them.
_ON_A_PAGE = re.compile(r"\s*\(([^()]*)\)$")
_OWN_PAGE = "unit"  # the page whose words govern, and are taken
_ONE_VALUE = "statement"  # the last word of a correction's name that leaves out all other texts
_ON_A_SHEET = re.compile(r"\b(?:mark sheet|bullet|diary)\b", re.I)  # not of the unit's own page
_TEXTS = ("depth", "guidance", "example_evidence", "referral", "passes")


class Standing(NamedTuple):
    """A text that has a printed mistake, and the part of the draft, as the desk addresses it."""

    part: str
    text: str


class Printed(NamedTuple):
    """The words that a correction quotes: those put right, and those of the unit's own page."""

    wrong: tuple[str, ...]
    own: tuple[str, ...]

    def stand_in(self, text: str) -> bool:
        """Whether a text has words that were put right."""
        left = _compared(text)
        for own in self.own:
            left = left.replace(own, " | ")
        return any(wrong in left for wrong in self.wrong)


@dataclass(frozen=True)
class Held:
    """The corrections that may be claimed of a draft, and what a person has to look at."""

    corrections: tuple[CorrectionEntry, ...]
    doubts: tuple[Doubt, ...]


def held_corrections(known: SpecificationEntry, draft: SpecificationEntry, book: Handbook) -> Held:
    """Of the known version's corrections those that hold in a draft made from a handbook.

    Kept is what the draft's wording has put right: the printed words stand elsewhere in the
    handbook, or the correction describes what no wording shows, such as a missing page.
    """
    source = _compared(" ".join(text for _, text in book.source))
    kept: list[CorrectionEntry] = []
    doubts: list[Doubt] = []
    unseen: list[CorrectionEntry] = []
    for one in known.corrections:
        if one.criterion and not _has_criterion(draft, one):
            continue  # which is told already
        if standing := standing_texts(one, draft):
            doubts.append(_standing_doubt(one, standing, known, book))
        elif _is_claimed(one, draft, known, source):
            kept.append(one)
        elif not _is_own_page(one, draft):
            unseen.append(one)
    if unseen:
        doubts.append(_unseen_doubt(unseen, known))
    return Held(tuple(kept), tuple(doubts))


def standing_texts(one: CorrectionEntry, draft: SpecificationEntry) -> tuple[Standing, ...]:
    """The texts of a draft that still have the mistake of a correction."""
    printed = printed_words(one)
    return tuple(found for found in _texts_of(one, draft) if printed.stand_in(found.text))


def correction_told(why: str, known: SpecificationEntry) -> CorrectionEntry | None:
    """The correction that a doubt offers, if it offers one."""
    return next((one for one in known.corrections if _corrected(one, known) in why), None)


def with_correction(entry: SpecificationEntry, taken: CorrectionEntry) -> SpecificationEntry:
    """The content with a correction claimed, once, whatever was claimed of that value before."""
    others = tuple(one for one in entry.corrections if one.field != taken.field)
    return replace(entry, corrections=(*others, taken))


def printed_words(one: CorrectionEntry) -> Printed:
    """What a correction quotes, as it is compared; a long sentence about the document is quoted
    nowhere, and so stands nowhere."""
    wrong: list[str] = [_compared(one.raw)]
    own: list[str] = []
    for part in one.raw.split(";"):
        page = _ON_A_PAGE.search(part)
        words = _compared(_ON_A_PAGE.sub("", part))
        (own if page and page[1] == _OWN_PAGE else wrong).append(words)
    return Printed(
        tuple(dict.fromkeys(words for words in wrong if words.strip())),
        tuple(words for words in own if words.strip()),
    )


def _compared(text: str) -> str:
    """With a blank at either end, so that only whole words are found in it."""
    return f" {compared(text)} "


def _has_criterion(entry: SpecificationEntry, one: CorrectionEntry) -> bool:
    units = (unit for unit in entry.units if unit.ref == one.unit)
    return any(c.number == one.criterion for unit in units for c in unit.criteria)


def _is_claimed(
    one: CorrectionEntry, draft: SpecificationEntry, known: SpecificationEntry, source: str
) -> bool:
    if list(_texts_of(one, draft)) == list(_texts_of(one, known)):
        return True  # the known version's own words are used
    if _is_own_page(one, draft):
        return False
    if one.raw.rstrip().endswith("."):
        return True  # a sentence about the document, such as that a page is missing
    printed = printed_words(one)
    first = _compared(one.raw.split(",")[0]) if one.criterion else ""
    return any(words in source for words in (*printed.wrong, first) if words.strip())


def _is_own_page(one: CorrectionEntry, draft: SpecificationEntry) -> bool:
    """Whether the words of the unit's own page are used, which needs no correction."""
    own = printed_words(one).own
    texts = [_compared(found.text) for found in _texts_of(one, draft)]
    return any(words in text for words in own for text in texts)


def _texts_of(one: CorrectionEntry, entry: SpecificationEntry) -> Iterator[Standing]:
    """The texts that a correction may be about: of its criterion, its unit, or of all of them."""
    if not _ON_A_SHEET.search(one.field):
        for place, unit in enumerate(entry.units, 1):
            if one.unit in ("", unit.ref):
                found = _criterion_texts if one.criterion else _unit_texts
                yield from found(one, place, unit)
    for place, sheet in enumerate(entry.assessments, 1):
        if one.unit in ("", *sheet.units):
            for section in sheet.sections:
                if not one.criterion:
                    yield Standing(f"sections-{place}", section.title)
                for line in section.bullets:
                    if not one.criterion or (one.unit, one.criterion) in line.criteria:
                        yield Standing(f"sections-{place}", line.text)


def _criterion_texts(one: CorrectionEntry, place: int, unit: UnitEntry) -> Iterator[Standing]:
    for criterion in unit.criteria:
        if criterion.number == one.criterion:
            part = f"criterion-{place}-{criterion.number}"
            yield Standing(part, criterion.statement)
            if not one.field.endswith(_ONE_VALUE):
                for name in _TEXTS:
                    yield from (Standing(part, text) for text in getattr(criterion, name))


def _unit_texts(_one: CorrectionEntry, place: int, unit: UnitEntry) -> Iterator[Standing]:
    for text in (unit.title, unit.aim, *unit.indicative_content):
        yield Standing(f"unit-{place}", text)
    for outcome in unit.outcomes:
        yield Standing(f"outcome-{place}-{outcome.number}", outcome.text)


# What a person is told


def _standing_doubt(
    one: CorrectionEntry, standing: tuple[Standing, ...], known: SpecificationEntry, book: Handbook
) -> Doubt:
    texts = tuple(dict.fromkeys(found.text for found in standing))
    read, raw = read_of(texts[0], book, one.unit), "\n".join(texts)
    named = " ".join(filter(None, (one.unit, one.criterion))) or "In several units"
    reason = one.reason.rstrip().rstrip(".")
    why = (
        f"{named}: the handbook prints “{_first_standing(one, texts)}”{_corrected(one, known)}. It"
        f" uses “{one.used}”. {reason}. The draft has the printed words. Correct them in the draft,"
        " or accept them: then no correction is claimed"
    )
    return Doubt(read.place if read else None, raw, raw, why)


def _corrected(one: CorrectionEntry, known: SpecificationEntry) -> str:
    """By this a doubt is known as that of a correction."""
    return f", which version {known.version} corrects ({one.field})"


def _first_standing(one: CorrectionEntry, texts: tuple[str, ...]) -> str:
    """The quoted words that stand in the texts, without the page that has them."""
    parts = (_ON_A_PAGE.sub("", part).strip() for part in one.raw.split(";"))
    found = (part for part in parts if any(_compared(part) in _compared(text) for text in texts))
    return next(found, one.raw)


def read_of(text: str, book: Handbook, ref: str = "") -> "Read[object] | None":
    """Where a text of the draft was read, in the unit where one is given, if it is the book's."""
    units = [unit for unit in book.units if not ref or same_ref(unit.ref.value, ref)]
    reads = reads_in((units, book.mark_sheets))
    return next((read for read in reads if read.value == text), None)


def _unseen_doubt(unseen: list[CorrectionEntry], known: SpecificationEntry) -> Doubt:
    listed = "; ".join(f"{one.field} (“{one.raw}”)" for one in unseen)
    return Doubt(
        None,
        "",
        "no correction of these",
        f"Version {known.version} also corrects what is not found in this handbook: {listed}. If"
        " the handbook has such a mistake in other words, correct it in the draft and enter it"
        " among the corrections of the source; else accept",
    )
