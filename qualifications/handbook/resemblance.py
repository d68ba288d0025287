"""How alike two wordings are: mark sheets reword criteria, "plan …" becomes "… is planned"."""

import re
from collections.abc import Sequence

from qualifications.handbook.content import Unit
from qualifications.handbook.noise import compared

_LITTLE = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be been by for from has have in into is it its of on or own that the"
        " their them these this those to was were will with you your",
    )
)
_STEM = 4
ALIKE = 0.5  # share of common words from which a line counts as a criterion's rewording


def stems(text: str) -> frozenset[str]:
    words = re.findall(r"[a-z0-9]+", compared(text))
    return frozenset(word[:_STEM] for word in words if word not in _LITTLE)


def likeness(one: str, other: str) -> float:
    """Common words over all words of the two, from 0 to 1."""
    first, second = stems(one), stems(other)
    return len(first & second) / len(first | second) if first and second else 0.0


def resembled(text: str, units: Sequence[Unit]) -> tuple[tuple[str, str, float], ...]:
    """The criteria that a line may stand for, as (unit ref, number, likeness), likest first.

    More than one where several are worded alike, as in two units that share a criterion.
    """
    scored = [
        (unit.ref.value, criterion.number.value, likeness(text, criterion.text.value))
        for unit in units
        for criterion in unit.criteria
        if criterion.text is not None
    ]
    scored.sort(key=lambda entry: -entry[2])
    if not scored or scored[0][2] < ALIKE:
        return ()
    best = scored[0][2]
    return tuple(entry for entry in scored if entry[2] >= max(ALIKE, best - 0.1))
