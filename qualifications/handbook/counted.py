"""Holds the numbers that a criterion prints against the rules that are kept from a known version.

A rule is a fact of the known version: "three similarities" in a newer edition does not change it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from qualifications.catalogue_entries import CriterionEntry, RuleEntry
from qualifications.handbook.noise import compared
from qualifications.handbook.resemblance import ALIKE, likeness, stems
from qualifications.rules import has_number, required_in_words

Bound = Literal["least", "most", ""]

_SMALL = re.findall(
    r"\w+",
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen",
)
_TENS = re.findall(r"\w+", "twenty thirty forty fifty sixty seventy eighty ninety")
_WORDS = {word: value for value, word in enumerate(_SMALL, 1)}
_WORDS |= {word: 10 * value for value, word in enumerate(_TENS, 2)}
_NUMBER = re.compile(
    r"(?P<digits>\d[\d,]*(?:\.\d+)?)"
    rf"|(?P<tens>{'|'.join(_TENS)})[- ](?P<ones>{'|'.join(_SMALL[:9])})"
    rf"|(?P<word>{'|'.join(sorted(_WORDS, key=len, reverse=True))}|hundred)",
    re.I,
)
# Numbers that ask for nothing: of a unit, a page, a model; "all three", "360°", "one of the two".
_NAMES = re.compile(
    r"(?:\b(?:units?|outcomes?|lo|ac|criteri(?:on|a)|levels?|parts?|sections?|pages?|appendix|version"
    r"|stages?|steps?|no|group|to|the|these|those|all)\b[\s.:]*|[/.°º-])$",
    re.I,
)
_NO_COUNT = re.compile(
    r"^\s*(?:°|º|%|/\d|\.\d|-?\s?way\b|(?:st|nd|rd|th)\b|[- ]to[- ]one\b|of the\b)", re.I
)
_LEAST = re.compile(
    r"\b(?:at least|minimum(?: duration)? of|minimum|no(?:t)? (?:fewer|less) than|or more)\W*$",
    re.I,
)
_MOST = re.compile(r"\b(?:at most|maximum of|maximum|no more than|not more than|up to)\W*$", re.I)
_OR_MORE = re.compile(r"^\s*or more\b", re.I)
_LINKS = frozenset(
    re.findall(
        r"\w+",
        "and or a an of to the minimum maximum at least most between over more with for from in by",
    )
)
_NEAR = 6  # words behind a number that tell what it counts
_MEASURE_NEAR = 3
_SHOWN = 4
# What a rule's measure is called in a handbook, by the beginnings of words.
_MEASURES = {
    "clients": ("client", "individual", "people", "person", "coachee", "mentee", "candidate"),
    "hours": ("hour",),
    "months": ("month",),
}


@dataclass(frozen=True)
class Count:
    """A number of a text, whether it is a least or a most, and what it counts."""

    value: Decimal
    bound: Bound
    counted: str
    words: str  # as printed

    def is_of(self, rule: RuleEntry) -> int | None:
        """How many words behind it the number counts what the rule counts, if it does."""
        words = re.findall(r"[a-z]+", self.counted.lower())
        called = _MEASURES.get(rule.unit_of_measure)
        if called:
            words = words[:_MEASURE_NEAR]
            found = (at for at, word in enumerate(words) if word.startswith(called))
        else:
            subject = _subject(rule)
            found = (at for at, word in enumerate(words) if stems(word) & subject)
        return next(found, None)

    def fits(self, rule: RuleEntry) -> bool:
        """Whether the rule has this number, as the same bound where both tell one."""
        most = (rule.maximum, rule.exceptional_maximum)
        if self.bound == "most" and rule.maximum is not None:
            return self.value in most
        if self.bound == "least" and rule.minimum is not None:
            return self.value == rule.minimum
        return self.value in (rule.minimum, *most)


@dataclass(frozen=True)
class Contradiction:
    """Rules that are kept, and the text whose number they do not have, or no longer."""

    rules: tuple[RuleEntry, ...]
    words: str
    text: str

    @property
    def kept(self) -> str:
        """The rules with their numbers."""
        return "; ".join(f"{rule.label} ({_required(rule)})" for rule in self.rules)


def contradictions(
    rules: Iterable[RuleEntry], held: CriterionEntry | None, printed: CriterionEntry
) -> Iterator[Contradiction]:
    """Each text of a criterion that prints a number which the rules kept for it do not have, or
    from which a rule's number has gone since the version that is known."""
    counting = tuple(rule for rule in rules if has_number(rule))
    before = texts_of(held) if held else ()
    same = {compared(text) for text in before}
    for text in texts_of(printed) if counting else ():
        if compared(text) in same:
            continue
        found = counts(text)
        for count in found:
            wrong = _contradicted(count, counting, before)
            if wrong:
                yield Contradiction(wrong, count.words, text)
        yield from _gone(counting, before, text, found)


def texts_of(criterion: CriterionEntry) -> tuple[str, ...]:
    """What says how much is asked for; a referral says what is too little."""
    return (criterion.statement, *criterion.guidance, *criterion.passes)


def counts(text: str) -> tuple[Count, ...]:
    """The numbers of a text that count something."""
    matches = [match for match in _NUMBER.finditer(text) if _counts(match, text)]
    found: list[Count] = []
    ends = [*(match.start() for match in matches[1:]), len(text)]
    for match, end in zip(matches, ends, strict=False):
        behind = re.split(r"[.;:()]\s", text[match.end() : end])[0]
        words = behind.split()[:_NEAR]
        found.append(
            Count(
                _value(match), _bound(match, text, behind), " ".join(words), _shown(match[0], words)
            )
        )
    # "from 2 to 3 clients": both count clients
    for at in range(len(found) - 2, -1, -1):
        if {*compared(found[at].counted).split()} <= _LINKS:
            one, other = found[at], found[at + 1]
            found[at] = Count(one.value, one.bound, other.counted, f"{one.words} … {other.words}")
    return tuple(found)


def _shown(number: str, words: list[str]) -> str:
    """The number with the words behind it, up to one that only links."""
    shown = words[:_SHOWN]
    while shown and compared(shown[-1]) in _LINKS:
        shown.pop()
    return " ".join([number, *shown]).rstrip(",")


def _counts(match: re.Match[str], text: str) -> bool:
    before, behind = text[: match.start()], text[match.end() :]
    if before[-1:].isalnum() or behind[:1].isalpha():
        return False
    if re.search(r"\bto\s*$", before) and match["digits"]:  # "4,000 to 5,500", "2 to 3"
        return not _NO_COUNT.match(behind)
    return not _NAMES.search(before) and not _NO_COUNT.match(behind)


def _value(match: re.Match[str]) -> Decimal:
    if match["digits"]:
        return Decimal(match["digits"].replace(",", "").rstrip("."))
    if match["tens"]:
        return Decimal(_WORDS[match["tens"].lower()] + _WORDS[match["ones"].lower()])
    return Decimal(_WORDS.get(match["word"].lower(), 100))


def _bound(match: re.Match[str], text: str, behind: str) -> Bound:
    before = text[: match.start()]
    if _MOST.search(before):
        return "most"
    if _LEAST.search(before) or _OR_MORE.match(behind):
        return "least"
    return ""


def _subject(rule: RuleEntry) -> frozenset[str]:
    """What a rule's label counts, without its number."""
    label = _NUMBER.sub(" ", rule.label)
    return stems(re.sub(r"\b(?:or|more|least|all|each|every|given|evaluated)\b", " ", label))


def _required(rule: RuleEntry) -> str:
    asked = required_in_words(rule.minimum, rule.maximum, rule.unit_of_measure)
    return re.sub(r" items?\b", "", asked)


def _contradicted(
    count: Count, rules: Sequence[RuleEntry], before: Sequence[str]
) -> tuple[RuleEntry, ...]:
    """The rules that count the same and have another number. A least that counts what no rule
    counts contradicts all of them, unless the known version prints that number too."""
    far = {rule.code: at for rule in rules if (at := count.is_of(rule)) is not None}
    alike = tuple(rule for rule in rules if far.get(rule.code) == min(far.values(), default=None))
    if far:
        return () if any(count.fits(rule) for rule in alike) else alike
    known = {one.value for text in before for one in counts(text)}
    numbers = {n for rule in rules for n in (rule.minimum, rule.maximum, rule.exceptional_maximum)}
    new = count.bound == "least" and count.value not in known | numbers
    return tuple(rules) if new else ()


def _gone(
    rules: Sequence[RuleEntry], before: Sequence[str], text: str, found: Sequence[Count]
) -> Iterator[Contradiction]:
    """Rules whose number stood in the text as it was, and stands in it no longer."""
    was = max(before, key=lambda one: likeness(one, text), default="")
    if likeness(was, text) < ALIKE:
        return
    for rule in rules:
        counted = any(_is_of(one, rule) and one.fits(rule) for one in counts(was))
        if counted and not any(_is_of(one, rule) for one in found):
            yield Contradiction((rule,), "", text)


def _is_of(count: Count, rule: RuleEntry) -> bool:
    return count.is_of(rule) is not None
