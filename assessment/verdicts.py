"""What the check of a paper can answer, and how each answer is said to a stranger."""

import enum
from dataclasses import dataclass

from assessment.paper.seal import MAX_BYTES, Outcome


class Verdict(enum.StrEnum):
    """The answers that a check can have."""

    VALID = "valid"
    SUPERSEDED = "superseded"
    STALE = "stale"
    WITHDRAWN = "withdrawn"
    ALTERED = "altered"
    EXTENDED = "extended"
    TRUNCATED = "truncated"
    UNSEALED = "unsealed"
    UNKNOWN_SEAL = "unknown_seal"
    UNRECORDED = "unrecorded"
    UNCONFIRMED = "unconfirmed"
    NOT_A_PDF = "not_a_pdf"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    CODE_ISSUED = "code_issued"
    CODE_SUPERSEDED = "code_superseded"
    CODE_UNKNOWN = "code_unknown"
    NOT_A_CODE = "not_a_code"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, kw_only=True)
class Saying:
    """How a verdict is said: word, sentence, what it means for the file, what to do next.

    `kind` and `icon` are the look's; `seal` says what the seal shows, where it was looked at.
    """

    word: str
    sentence: str
    remedy: str
    kind: str = "act"
    icon: str = "alert"
    matches: str = ""
    seal: str = ""
    innocent: str = ""


OURS, NOTHING = "the copy we issued", "nothing we issued"
CHANGED = "Printing to PDF, adding a comment or saving from some viewers changes the file."
AS_SENT = "Ask for the file as first sent. If that gets this answer too, tell the centre it names."
SAYINGS: dict[Verdict, Saying] = {
    Verdict.VALID: Saying(
        kind="ok",
        icon="tick",
        word="Valid",
        sentence="This is the file that {centre} issued, unchanged, and it is the latest issue.",
        remedy="Compare what it says with {compared}.",
        matches=OURS,
        seal="covers the whole file",
    ),
    Verdict.SUPERSEDED: Saying(
        kind="off",
        icon="pages",
        word="Superseded",
        sentence="Genuine when {centre} issued it, but replaced since. Don’t rely on it.",
        remedy="Ask {asked} for the latest issue.",
        matches=OURS,
        seal="covers the whole file",
    ),
    Verdict.STALE: Saying(
        icon="stale",
        word="Stale",
        sentence="Genuine when {centre} issued it, but the signature it rests on no longer covers "
        "what it says. Don’t rely on it.",
        remedy="Ask {centre} for a paper that is signed anew.",
        matches=OURS,
        seal="covers the whole file",
    ),
    Verdict.WITHDRAWN: Saying(
        icon="return",
        word="Withdrawn",
        sentence="Genuine when {centre} issued it, but the decision was returned since and is "
        "being made again. Don’t rely on it.",
        remedy="Ask {centre} for the paper of the new decision.",
        matches=OURS,
        seal="covers the whole file",
    ),
    Verdict.ALTERED: Saying(
        word="Altered or not ours",
        sentence="No document that we issued matches this file. Treat it as not genuine.",
        remedy=AS_SENT,
        matches=NOTHING,
        seal="broken: bytes differ from what was sealed",
        innocent=CHANGED,
    ),
    Verdict.EXTENDED: Saying(
        word="Added to after sealing",
        sentence="The beginning of this file was sealed by us; something was added behind it. "
        "What it shows now may differ from what was signed. Treat it as not genuine.",
        remedy=AS_SENT,
        matches=NOTHING,
        seal="covers the beginning only",
        innocent="Adding a comment or a signature in a PDF viewer adds to the file.",
    ),
    Verdict.TRUNCATED: Saying(
        word="Incomplete",
        sentence="The end of this file is missing, so its seal can’t hold.",
        remedy="Fetch or send the file again: a transfer that stopped early leaves such a file.",
        matches=NOTHING,
        seal="can’t be tried: the end is missing",
    ),
    Verdict.UNSEALED: Saying(
        word="Without a seal",
        sentence="Every paper of ours is sealed and this PDF is not: its seal was taken off, or it "
        "never came from us. Treat it as not genuine.",
        remedy=AS_SENT,
        matches=NOTHING,
        seal="none",
        innocent="Printing to PDF, or some programs that shrink files, leave the seal out.",
    ),
    Verdict.UNKNOWN_SEAL: Saying(
        word="Sealed by somebody else",
        sentence="This PDF carries a whole seal, and the seal is not ours. It is not a paper of "
        "ours, whatever it shows.",
        remedy="Ask whoever sealed it. If it claims to come from here, report it to the centre it "
        "names.",
        matches=NOTHING,
        seal="not ours",
    ),
    Verdict.UNRECORDED: Saying(
        word="Sealed, but not on record",
        sentence="The seal is ours and whole, yet no record says that this file was issued. Treat "
        "it as not genuine until that is explained.",
        remedy="Send the file to whoever runs this site and to the centre it names.",
        matches=NOTHING,
        seal="covers the whole file",
    ),
    Verdict.UNCONFIRMED: Saying(
        word="Not confirmed",
        sentence="The file is the one on record, but its seal or the ledger does not bear that "
        "out, so we don’t vouch for it.",
        remedy="Tell whoever runs this site, and ask {centre} to confirm the document.",
        matches="the copy on record",
        seal="not confirmed",
    ),
    Verdict.NOT_A_PDF: Saying(
        word="Not a PDF",
        sentence="Our papers are PDF files, and this file is something else.",
        remedy="Choose the PDF itself. A photo or a scan of a paper can be checked by its code.",
    ),
    Verdict.EMPTY: Saying(
        word="Empty",
        sentence="This file holds nothing.",
        remedy="Fetch or send the file again: a transfer that stopped early leaves such a file.",
    ),
    Verdict.TOO_LARGE: Saying(
        word="Too large",
        sentence=f"This file is larger than {MAX_BYTES // 1024 // 1024} MB. No paper of ours is, "
        "so it is not one of them.",
        remedy="Choose the PDF as it was issued, or check the code that is printed on it.",
    ),
    Verdict.CODE_ISSUED: Saying(
        kind="wait",
        icon="dashring",
        word="We issued a document with this code",
        sentence="A code alone does not prove the paper in your hand: anybody can copy one. "
        "Compare what stands here with what the paper says.",
        remedy="To be sure, ask for the PDF file and check it here.",
    ),
    Verdict.CODE_SUPERSEDED: Saying(
        kind="off",
        icon="pages",
        word="Superseded",
        sentence="We issued a document with this code, and it was replaced or withdrawn since. "
        "Don’t rely on it.",
        remedy="Ask {asked} for the latest issue.",
    ),
    Verdict.CODE_UNKNOWN: Saying(
        word="Unknown code",
        sentence="No document that we issued has this code.",
        remedy="Compare it with the paper, sign by sign. If it is right, ask for the PDF file and "
        "check that; if that fails too, report it to the centre it names.",
    ),
    Verdict.NOT_A_CODE: Saying(
        kind="off",
        icon="ring",
        word="Not a code",
        sentence="A code has ten letters and digits in three groups, such as R4WD-8HTN-3C.",
        remedy="Look for it beside the square on the first page, and at the foot of each page.",
    ),
    Verdict.UNAVAILABLE: Saying(
        kind="off",
        icon="clock",
        word="Can’t be checked now",
        sentence="The check could not be made, which says nothing about the document.",
        remedy="Come back in a few minutes. If it goes on, tell whoever runs this site.",
    ),
}

SEAL_VERDICTS: dict[Outcome, Verdict] = {
    "intact": Verdict.UNRECORDED,
    "altered": Verdict.ALTERED,
    "extended": Verdict.EXTENDED,
    "truncated": Verdict.TRUNCATED,
    "unsigned": Verdict.UNSEALED,
    "unknown_seal": Verdict.UNKNOWN_SEAL,
    "not_a_pdf": Verdict.NOT_A_PDF,
    "empty": Verdict.EMPTY,
    "too_large": Verdict.TOO_LARGE,
}
