"""The note of a claim: its length, counted alike in the browser, the form and the action."""

import re

NOTE_LENGTH = 500


def one_line_end(text: str) -> str:
    """The text with ``\\n`` for each line end; browsers send two characters and count one."""
    return re.sub(r"\r\n?", "\n", text)
