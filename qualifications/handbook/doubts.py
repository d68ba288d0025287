"""Gathers doubtful readings while a document is read."""

from qualifications.handbook.content import Doubt, Place, Read

LONGEST = 400  # characters of a printed text that a warning repeats


class Doubts:
    def __init__(self) -> None:
        self.found: list[Doubt] = []

    def add(self, where: Place | None, raw: str, taken: object, why: str) -> None:
        shown = None if taken is None else _shortened(str(taken))
        doubt = Doubt(where, _shortened(raw), shown, why)
        if doubt not in self.found:
            self.found.append(doubt)

    def about(self, read: Read[str] | Read[int], taken: object, why: str) -> None:
        self.add(read.place, read.raw, taken, why)


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
