"""Tells a text that reads as if it had lost its beginning or end, or swallowed what is not its."""

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from qualifications.handbook.content import MarkSheet, Read, Unit
from qualifications.handbook.doubts import Doubts
from qualifications.handbook.noise import RAISED, UNSURE, compared, is_bullet
from qualifications.handbook.pieces import Piece

_OPEN_END = re.compile(
    r"(?:[,(/&–-]|\b(?:an?|and|as|at|by|for|from|in|into|of|on|or|that|the|their|to|with|which))$",
    re.I,
)
_LABEL = re.compile(
    r"(?<=\S\s)(?:Depth|Assessment (?:criteria|guidance|requirements)|Learning outcomes?"
    r"|The learner (?:will|can|must)\s*:|Pass / Referral|Indicative [Cc]ontent"
    r"|Unit (?:aim|Level)\s*:"
    r"|Credit value\s*:|Learning [Ss]trategies|Assessment [Ee]vidence)(?=\s|:|$)"
)
_NUMBER = re.compile(r"(?<=\s)(?:AC\s?)?\d{1,2}\.\d{1,2}(?=\s+[A-Z])")
_PAGE = re.compile(r"\bpage \d{1,4}(?: (?:of|/) \d{1,4})?\b", re.I)
_BULLET = re.compile(r"(?<=[a-z.;:,])\s+(?:[•·▪●○◦■□¢]|[eo](?=\s+[A-Z]))\s*(?=\S)")
_BARE = re.compile(r"\d{1,4}")
_FEW_WORDS = 12  # a line of more is no running header
_FEWEST_WORDS = 6  # a criterion of more is printed often for good reason
_REPEATED = 3
_NARROW = 16  # signs of the longest line in a column that has no room for long words
_RAISED = re.compile(rf"(\S+?){RAISED}+")
_UNSURE = re.compile(rf"(\S+) ?{UNSURE}\n?(\S+)")
_NOT = re.compile(
    r"\b(?:no|not|nor|none|never|without|lacks?|lacking|fails?|failed|fewer|less|insufficient\w*"
    r"|inadequate\w*|incorrect\w*|inappropriate\w*|incomplete\w*|limited|missing|only|partial|merely"
    r"|poor\w*|unclear|little)\b",
    re.I,
)


class _Text(NamedTuple):
    """A value, what it belongs to, and whether it is a sentence of its own."""

    subject: str
    read: Read[str]
    whole: bool


def check_wording(
    pieces: Sequence[Piece], units: Sequence[Unit], sheets: Sequence[MarkSheet], doubts: Doubts
) -> None:
    """Adds a doubt for each oddity of a text that was read."""
    lines = Counter(
        compared(piece.text) for piece in pieces if not piece.opens_cell and _short(piece.text)
    )
    repeated = {line for line, count in lines.items() if count >= _REPEATED and line}
    broken = _Broken(pieces)
    texts = (*_unit_texts(units), *_sheet_texts(sheets))
    refs = [unit.ref.value for unit in units]
    _check_columns(texts, refs, doubts)
    _check_halves(texts, refs, doubts)
    _check_raised(texts, refs, doubts)
    for text in texts:
        for why in _oddities(text, repeated):
            doubts.about(text.read, text.read.value, f"{text.subject}: {why}")
        for word in broken.words(text.read.value):
            doubts.about(
                text.read,
                text.read.value,
                f"{text.subject}: “{word}” is perhaps one word that was broken",
            )
    for unit in units:
        _check_descriptors(unit, doubts)


class _Broken:
    """Words that a narrow column has broken without a hyphen: the document has them whole too, and
    their first half nowhere else."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.counts: Counter[str] = Counter()
        self.pairs: Counter[tuple[str, str]] = Counter()
        for piece in pieces:
            words = _words(piece.text)
            self.counts.update(words)
            self.pairs.update(itertools.pairwise(words))

    def words(self, text: str) -> Iterator[str]:
        for pair in itertools.pairwise(_words(text)):
            whole = "".join(pair)
            if self.counts[whole] and whole.isalpha() and self.pairs[pair] == self.counts[pair[0]]:
                yield " ".join(pair)


def _check_columns(texts: Sequence[_Text], refs: Sequence[str], doubts: Doubts) -> None:
    """Texts that stand in columns without room for long words: one doubt a unit."""
    for named, held in _by_unit(texts, refs, _is_narrow):
        why = (
            f"{named}: the columns are printed so narrow that words may be broken. Read these"
            " texts beside the source"
        )
        doubts.about(held[0].read, held[0].read.value, why)


def _check_halves(texts: Sequence[_Text], refs: Sequence[str], doubts: Doubts) -> None:
    """Words that were put together from two lines, or left in two, by guess: one doubt a unit."""
    for named, held in _by_unit(texts, refs, lambda text: UNSURE in text.read.raw):
        found = (part for text in held for part in _UNSURE.findall(text.read.raw))
        halves = ", ".join(dict.fromkeys(f"“{' '.join(part)}”" for part in found))
        why = (
            f"{named}: {halves} stand in two lines each, and nothing tells whether that is one word"
            " or two. Read these texts beside the source"
        )
        doubts.about(held[0].read, held[0].read.value, why)


def _check_raised(texts: Sequence[_Text], refs: Sequence[str], doubts: Doubts) -> None:
    """Words behind which a small raised figure was left out: one doubt a unit."""
    for named, held in _by_unit(texts, refs, lambda text: RAISED in text.read.raw):
        words = (word for text in held for word in _RAISED.findall(text.read.raw))
        behind = ", ".join(dict.fromkeys(f"“{word}”" for word in words))
        why = (
            f"{named}: a small raised figure behind {behind} was"
            " taken for the mark of a footnote and left out. Read these texts beside the source,"
            " and the footnotes with them"
        )
        doubts.about(held[0].read, held[0].read.value, why)


def _is_narrow(text: _Text) -> bool:
    lines = text.read.raw.split("\n")
    return len(lines) > 2 and max(map(len, lines)) <= _NARROW


def _by_unit(
    texts: Sequence[_Text], refs: Sequence[str], has: Callable[[_Text], bool]
) -> Iterator[tuple[str, list[_Text]]]:
    """The texts that have something, unit by unit, with a name for those of one unit together."""
    units: dict[str, list[_Text]] = {}
    for text in filter(has, texts):
        unit = next((ref for ref in refs if text.subject.startswith(ref)), text.subject)
        units.setdefault(unit, []).append(text)
    for unit, held in units.items():
        parts = dict.fromkeys(text.subject.removeprefix(unit).strip(" ,") for text in held)
        yield f"{unit} {', '.join(filter(None, parts))}".strip(), held


def _words(text: str) -> list[str]:
    return [word.rstrip(".,;:") for word in text.lower().split()]


def _short(text: str) -> bool:
    return len(text.split()) <= _FEW_WORDS


def _unit_texts(units: Sequence[Unit]) -> Iterator[_Text]:
    for unit in units:
        ref = unit.ref.value
        for read in (unit.title, unit.aim):
            if read is not None:
                yield _Text(ref, read, whole=True)
        for outcome in unit.outcomes:
            if outcome.text is not None:
                yield _Text(f"{ref}, outcome {outcome.number.value}", outcome.text, whole=True)
        for criterion in unit.criteria:
            subject = f"{ref} {criterion.number.value}"
            if criterion.text is not None:
                yield _Text(subject, criterion.text, whole=True)
            for held in (
                criterion.depth,
                criterion.guidance,
                criterion.referral,
                criterion.passes,
                criterion.example_evidence,
                criterion.strategies,
                criterion.evidence,
            ):
                for read in held or ():
                    yield _Text(subject, read, whole=False)


def _sheet_texts(sheets: Sequence[MarkSheet]) -> Iterator[_Text]:
    for sheet in sheets:
        for section in sheet.sections:
            title = section.title.value if section.title else "without a title"
            for line in section.criteria:
                yield _Text(f"{sheet.title.value}, section {title!r}", line.text, whole=True)


def _oddities(text: _Text, repeated: set[str]) -> Iterator[str]:
    value, raw_lines = text.read.value, text.read.raw.split("\n")
    if text.whole and value[:1].islower():
        yield "the text begins in the middle of a sentence, so its beginning may be lost"
    if not text.whole and value[:1].islower() and _starts_alone(text.read):
        yield "a line begins in the middle of a sentence, so its beginning may be lost"
    if ends_open(value if text.whole else value.rstrip(",")):
        yield (
            "the text breaks off in the middle of a sentence. The rest may stand elsewhere in the"
            " source"
        )
    if value.count("(") != value.count(")"):
        yield (
            "the text has a bracket without its counterpart, so something may be lost before or"
            " behind it"
        )
    if _LABEL.search(value):
        yield (
            "the text holds words that look like a heading, so what follows them may belong"
            " elsewhere"
        )
    if _NUMBER.search(value):
        yield (
            "the text holds what looks like another criterion's number, so two criteria may have"
            " run into one"
        )
    if _PAGE.search(value):
        yield "the text holds what looks like a page number; if it is one, take it out in the draft"
    if _BULLET.search(value):
        yield "the text holds what looks like a bullet, so two items may have run into one"
    later = [line.strip() for line in raw_lines[1:]]
    if any(_BARE.fullmatch(line) for line in later) or _BARE.fullmatch(value):
        yield "a number stands alone in the text. If it is a page's, take it out in the draft"
    bulleted = is_bullet(raw_lines[0].strip())
    if not bulleted and (not text.whole or len(value.split()) <= _FEWEST_WORDS):
        later.append(value)
    if any(compared(line) in repeated for line in later if line[:1].isupper()):
        yield (
            "one line of the text comes so often in the document that it may be a header; if it"
            " is, take it out in the draft"
        )


def ends_open(text: str) -> bool:
    """Whether a text ends with a word that asks for another."""
    return bool(_OPEN_END.search(text))


def _starts_alone(read: Read[str]) -> bool:
    """Whether the line had neither a bullet nor a number before it."""
    return read.raw.strip()[:1].islower() and not is_bullet(read.raw.strip())


def _check_descriptors(unit: Unit, doubts: Doubts) -> None:
    """What refers a criterion says what is lacking; what passes it does not."""
    for criterion in unit.criteria:
        if not criterion.referral or not criterion.passes:
            continue
        referral = " ".join(read.value for read in criterion.referral)
        passes = " ".join(read.value for read in criterion.passes)
        if _NOT.search(passes) and not _NOT.search(referral):
            why = (
                f"{unit.ref.value} {criterion.number.value}: the columns of pass and referral may"
                " be changed over"
            )
            doubts.about(criterion.passes[0], passes, f"{why}, as the pass says what is lacking")
