"""Gathers doubtful readings while a document is read."""

from qualifications.handbook.content import Doubt, Place, Read
from qualifications.handbook.noise import RAISED, UNSURE

_MARKS = dict.fromkeys(map(ord, UNSURE + RAISED))  # not to be seen
LONGEST = 400  # characters of a printed text that a warning repeats


class Doubts:
    """The doubts of one reading; `subject`, a unit or criterion, is named by each of its own."""

    def __init__(self, found: dict[Doubt, None] | None = None, subject: str = "") -> None:
        self.found: dict[Doubt, None] = {} if found is None else found  # in order, each once
        self.subject = subject

    def within(self, subject: str) -> "Doubts":
        """Doubts that name the subject and are gathered with these."""
        return Doubts(self.found, subject)

    def add(self, where: Place | None, raw: str, taken: object, why: str) -> None:
        shown = None if taken is None else _shortened(str(taken))
        # The number of a criterion belongs to the name: "501 1.3: …".
        colon = "" if why[:1].isdigit() else ":"
        named = f"{self.subject}{colon} {why}" if self.subject else why
        self.found.setdefault(Doubt(where, _shortened(raw.translate(_MARKS)), shown, named))

    def about(self, read: Read[str] | Read[int], taken: object, why: str) -> None:
        self.add(read.place, read.raw, taken, why)


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
