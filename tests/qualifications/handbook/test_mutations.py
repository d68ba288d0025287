"""Damage of many kinds, at random but seeded: no value changes without a warning that names it."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from qualifications.handbook import Handbook, UnreadableError
from qualifications.handbook.content import Read, Texts
from tests.qualifications.handbook.papers import (
    HEADER,
    filled_alignment_paper,
    handbook_paper,
    read,
    two_column_text,
)

Key = tuple[str, ...]
CASES = 30  # of each kind of damage to each document
DOCUMENTS = {
    "handbook": handbook_paper().as_text().decode(),
    "alignment": filled_alignment_paper().as_text().decode(),
    "two columns": two_column_text(),
}
# A warning that says this of a unit is about all that the unit holds.
_WHOLE = re.compile(
    r"has no page|was not read|printed twice|heads? of its|full number is not printed"
    r"|no outcome was found|none was read"
)


# Values


def _said(read: "Read[str] | Read[int] | None") -> str | None:
    return " ".join(str(read.value).split()) if read is not None else None


def _all(reads: Texts | None) -> str | None:
    """The items as one text: where an item ends is layout, not wording."""
    return " ".join(str(_said(read)) for read in reads) if reads else None


def values(handbook: Handbook) -> dict[Key, str]:
    found: dict[Key, str | None] = {}
    for one in handbook.qualifications:
        title = str(_said(one.title))
        for name in ("number", "accreditation_number", "level", "credits", "glh", "tqt"):
            found["qualification", title, name] = _said(getattr(one, name))
        found["qualification", title, "units"] = _all(one.units)
    for unit in handbook.units:
        ref = unit.ref.value
        for name in ("uan", "title", "level", "credits", "glh", "aim"):
            found["unit", ref, name] = _said(getattr(unit, name))
        for label, fact in unit.details.items():
            found["unit", ref, label] = _said(fact)
        for outcome in unit.outcomes:
            found["outcome", ref, str(outcome.number.value)] = _said(outcome.text)
            for criterion in outcome.criteria:
                number = criterion.number.value
                found["criterion", ref, number, "text"] = _said(criterion.text)
                for name in _LISTS:
                    found["criterion", ref, number, name] = _all(getattr(criterion, name))
    for sheet in handbook.mark_sheets:
        title = sheet.title.value
        for position, section in enumerate(sheet.sections):
            for name in ("title", "maximum", "minimum"):
                found["sheet", title, str(position), name] = _said(getattr(section, name))
            lines = tuple(line.text for line in section.criteria)
            found["sheet", title, str(position), "lines"] = _all(lines)
    return {key: value for key, value in found.items() if value is not None}


_LISTS = ("depth", "guidance", "referral", "passes", "example_evidence", "strategies", "evidence")


# What a warning names


def told(key: Key, handbook: Handbook) -> bool:
    """Whether a warning names what the key belongs to."""
    return any(_names(doubt.why, key) for doubt in handbook.warnings)


def _names(why: str, key: Key) -> bool:
    kind, subject = key[:2]
    if kind == "qualification":
        return subject in why or bool(re.search(r"qualification|The document", why))
    if kind == "sheet":
        return subject in why or "sheet" in why.lower()
    last = re.escape(re.sub(r"^(?:\d{4}-|[A-Z])", "", subject))
    if not re.search(rf"(?<![\d.]){last}(?![\d.]\d)", why):
        return False
    if kind == "unit" or _WHOLE.search(why):
        return True
    number = key[2]
    outcome = number.partition(".")[0]
    if re.search(rf"\boutcome {outcome}\b", why):
        return True
    wanted = re.escape(number) if kind == "criterion" else rf"{outcome}\.\d"
    return bool(re.search(rf"(?<![\d.]){wanted}(?!\d)", why))


# Damage


Damage = Callable[[list[str], random.Random], tuple[list[str], str]]


def _pick(lines: list[str], chance: random.Random, fits: Callable[[str], object]) -> int:
    return chance.choice([at for at, line in enumerate(lines) if line.strip() and fits(line)])


def drop_line(lines: list[str], chance: random.Random) -> tuple[list[str], str]:
    at = _pick(lines, chance, lambda line: True)
    return lines[:at] + lines[at + 1 :], lines[at]


def join_lines(lines: list[str], chance: random.Random) -> tuple[list[str], str]:
    filled = [at for at, line in enumerate(lines[:-1]) if line.strip() and lines[at + 1].strip()]
    at = chance.choice(filled)
    return [*lines[:at], f"{lines[at]} {lines[at + 1].strip()}", *lines[at + 2 :]], ""


def swap_cells(lines: list[str], chance: random.Random) -> tuple[list[str], str]:
    """Neighbours of which one is a number, a label or a list; of two sentences, each in the other's
    place, a document that prints them once says just that."""

    def is_cell(at: int) -> bool:
        return lines[at].startswith("\t") and bool(lines[at].strip())

    def is_prose(at: int) -> bool:
        return bool(re.match(r"\t[A-Z]\w*(?: [\w’-]+){2,}$", lines[at]))

    pairs = [
        at
        for at in range(len(lines) - 1)
        if is_cell(at) and is_cell(at + 1) and not (is_prose(at) and is_prose(at + 1))
    ]
    if not pairs:  # a document without tables
        return lines, ""
    at = chance.choice(pairs)
    return [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]], ""


def lose_number(lines: list[str], chance: random.Random) -> tuple[list[str], str]:
    at = _pick(lines, chance, lambda line: re.match(r"\t?(?:AC )?\d", line))
    rest = re.sub(r"^(\t?)(?:AC )?\d[\d./-]*\s*", r"\1", lines[at])
    return [*lines[:at], *([rest] if rest.strip() else []), *lines[at + 1 :]], ""


def stroke_as_one(lines: list[str], chance: random.Random) -> tuple[list[str], str]:
    at = _pick(lines, chance, lambda line: re.search(r"/\d", line))
    strokes = [match.start() for match in re.finditer(r"/(?=\d)", lines[at])]
    place = chance.choice(strokes)
    line = f"{lines[at][:place]}1{lines[at][place + 1 :]}"
    return [*lines[:at], line, *lines[at + 1 :]], ""


def point_lost(lines: list[str], chance: random.Random) -> tuple[list[str], str]:
    at = _pick(lines, chance, lambda line: re.search(r"\b\d\.\d\b", line))
    line = re.sub(r"\b(\d)\.(\d)\b", r"\1\2", lines[at], count=1)
    return [*lines[:at], line, *lines[at + 1 :]], ""


def running_head(lines: list[str], chance: random.Random) -> tuple[list[str], str]:
    for _ in range(4):
        at = chance.randrange(1, len(lines))
        lines = [*lines[:at], HEADER, *lines[at:]]
    return lines, ""


def page_in_sentence(lines: list[str], chance: random.Random) -> tuple[list[str], str]:
    """A sentence goes on upon the next page, behind the number of its own."""
    at = _pick(lines, chance, lambda line: len(line.split()) > 5)
    words = lines[at].split(" ")
    cut = chance.randrange(2, len(words) - 1)
    halves = [" ".join(words[:cut]), str(chance.randrange(10, 90)), " ".join(words[cut:])]
    return [*lines[:at], *halves, *lines[at + 1 :]], ""


def bullet_as_letter(lines: list[str], chance: random.Random) -> tuple[list[str], str]:
    def has_bullet(line: str) -> object:
        return re.match(r"\t?[·e¢.o] ", line)

    at = _pick(lines, chance, has_bullet)
    letter = chance.choice("eo¢.")
    line = re.sub(r"^(\t?)[·e¢.o] ", rf"\1{letter} ", lines[at])
    return [*lines[:at], line, *lines[at + 1 :]], ""


KINDS: tuple[Damage, ...] = (
    drop_line,
    join_lines,
    swap_cells,
    lose_number,
    stroke_as_one,
    point_lost,
    running_head,
    page_in_sentence,
    bullet_as_letter,
)


# The rule


def untold(clean: Handbook, damaged: Handbook, lost: str = "") -> Iterator[Key]:
    """The keys whose values differ without a warning that names them.

    A line that is dropped whole, and printed once, can be missed by nobody who has the rest alone:
    a value that is the clean one without the line's words is what the document now says.
    """
    before, after = values(clean), values(damaged)
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) == after.get(key) or told(key, damaged):
            continue
        if lost and _without(before.get(key), lost) == after.get(key):
            continue
        yield key


def _without(value: str | None, line: str) -> str | None:
    words = re.sub(r"^\s*(?:[·e¢.o]|\d\.\d|\d|AC \d\.\d)\s+", "", line).strip()
    words = re.sub(r"^(?:Unit level|Credit value|GLH|UAN|Unit aim):\s*", "", words, flags=re.I)
    if value is None or words not in value:
        return value
    return " ".join(value.replace(words, "", 1).split()) or None


# What a document does not hold cannot be damaged: an alignment document has no strokes.
CASES_OF = [
    pytest.param(damage, name, id=f"{damage.__name__}-{name}")
    for name in DOCUMENTS
    for damage in KINDS
    if (damage, name) not in ((stroke_as_one, "alignment"), (bullet_as_letter, "alignment"))
]


@pytest.mark.parametrize(("damage", "name"), CASES_OF)
def test_a_value_that_damage_has_changed_is_named_by_a_warning(damage: Damage, name: str) -> None:
    text = DOCUMENTS[name]
    clean = read(text)
    chance = random.Random(f"{damage.__name__} of {name}")
    silent = []
    for _ in range(CASES):
        lines, lost = damage(text.split("\n"), chance)
        try:
            damaged = read("\n".join(lines))
        except UnreadableError:
            continue
        silent += [(key, lines) for key in untold(clean, damaged, lost)]
    assert not [key for key, _ in silent]


def test_a_change_without_its_warning_is_seen() -> None:
    text = DOCUMENTS["handbook"]
    damaged = read(text.replace("2.1 Choose the week", "Choose the week", 1))

    assert not list(untold(read(text), damaged))
    assert ("criterion", "7100-301", "2.1", "text") in list(
        untold(read(text), replace(damaged, warnings=()))
    )
