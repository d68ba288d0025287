"""Gathers doubtful readings while a document is read."""

from qualifications.handbook.content import Doubt, Place, Read
from qualifications.handbook.noise import RAISED, UNSURE

_MARKS = dict.fromkeys(map(ord, UNSURE + RAISED))  # not to be seen
LONGEST = 400  # characters of a printed text that a warning repeats


class Doubts:
    """The doubts of one reading; `subject`, a unit or criterion, is named by each of its own."""

    def __init__(self, found: list[Doubt] | None = None, subject: str = "") -> None:
        self.found: list[Doubt] = [] if found is None else found
        self.subject = subject
        self.seen: set[Doubt] = set(self.found)

    def within(self, subject: str) -> "Doubts":
        """Doubts that name the subject and are gathered with these."""
        named = Doubts([], subject)
        named.found, named.seen = self.found, self.seen
        return named

    def add(self, where: Place | None, raw: str, taken: object, why: str) -> None:
        shown = None if taken is None else _shortened(str(taken))
        # The number of a criterion belongs to the name: "501 1.3: …".
        colon = "" if why[:1].isdigit() else ":"
        named = f"{self.subject}{colon} {why}" if self.subject else why
        doubt = Doubt(where, _shortened(raw.translate(_MARKS)), shown, named)
        if doubt not in self.seen:
            self.seen.add(doubt)
            self.found.append(doubt)

    def about(self, read: Read[str] | Read[int], taken: object, why: str) -> None:
        self.add(read.place, read.raw, taken, why)


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
