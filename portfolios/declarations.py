"""The authenticity declaration: its wording, by version. A new wording is a new version.

Required for every submission before assessment starts (8588 handbook, authenticity).
"""

from dataclasses import dataclass

from centres.canonical import text_hash


@dataclass(frozen=True)
class Declaration:
    """One wording; what the learner signs is ``text``, word for word."""

    version: int
    opening: str
    points: tuple[str, ...]

    @property
    def text(self) -> str:
        """The whole wording, a line for each point."""
        return "\n".join([self.opening, *(f"• {point}" for point in self.points)])

    @property
    def digest(self) -> str:
        """SHA-256 of the wording, 64 hex digits."""
        return text_hash(self.text)


DECLARATIONS: dict[int, Declaration] = {
    declaration.version: declaration
    for declaration in (
        Declaration(
            version=1,
            opening="I hand in this work for assessment, and I declare:",
            points=(
                "The work is my own, and what it says happened did happen.",
                "Words, ideas and pictures of others are named as theirs, with their source.",
                "Where a tool wrote or changed text, pictures or recordings for me, "
                "the work says where.",
                "No client can be recognised in it, by name or otherwise, "
                "and my clients agreed to what is used.",
                "I have not handed in the same work for another qualification without saying so.",
                "I know that a false declaration can undo the result.",
            ),
        ),
    )
}
CURRENT = DECLARATIONS[max(DECLARATIONS)]
