"""What a handbook's file may be: the kinds and sizes that are taken, in the words of its pages."""

from portfolios.file_types import KINDS, MB, Use
from qualifications.handbook.formats.pdf import MOST_PAGES

ACCEPTED = ".docx,.pdf,.txt,.md"
_TAKEN = "Word (.docx), PDF with text (.pdf), or plain text or Markdown (.txt, .md)"

HANDBOOK = Use(
    kinds=frozenset({"docx", "pdf", "txt"}),
    not_taken="is not a kind of file that a handbook is read from",
    another_kind=f"Save the handbook as one of these, then import it: {_TAKEN}.",
    empty="Open it on your device: if nothing is in it there either, download or save the handbook "
    "again, then import that file.",
    smaller="Import the handbook alone, without appendices and pictures that nothing is assessed "
    "by, or save it as another of the kinds that are read.",
    source="",
)


def _limit(code: str) -> str:
    return f"{KINDS[code].limit // MB} MB"


MAY_BE = (
    f"{_TAKEN}. At most {_limit('docx')}, text {_limit('txt')};"
    f" a PDF has at most {MOST_PAGES} pages."
)
