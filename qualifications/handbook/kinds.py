"""The kinds of doubt, so that a person can answer for all of one kind at once."""

import re
from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of doubt: its name in addresses, what people call it, what its sentences say."""

    code: str
    label: str
    says: re.Pattern[str]


def _kind(code: str, label: str, says: str) -> Kind:
    return Kind(code, label, re.compile(says))


# The first that fits is a doubt's kind.
KINDS = (
    _kind("corrections", "Printed mistakes that the known version corrects", r"\bcorrects\b"),
    _kind("rules", "Numbers that differ from the rules kept", r"rule kept from version|the rule “"),
    _kind(
        "otherwise",
        "Worded otherwise on another page",
        r"words it otherwise|worded otherwise|another title",
    ),
    _kind("known", "Words or figures of the known version stand in", r"\bversion (?!that)"),
    _kind(
        "left-out",
        "Printed, but left out of the reading",
        r"left out|not taken|not read|(?:was|were) taken for no",
    ),
    _kind(
        "sheets",
        "Result sheets, mark sheets and task pages",
        r"(?:mark|result) sheet|task page|section|the sheet\b|stroke|maximum",
    ),
    _kind(
        "missing",
        "Missing where others have it",
        r"no .{3,40} (?:was|were) found|not in the|none was read",
    ),
    _kind("numbers", "Numbers and headings", r"number|should come here|heading"),
    _kind("figures", "Credits, hours and levels", r"credits?\b|hours|level|figure"),
    _kind(
        "wording", "Texts that may be broken or run together", r"\btexts?\b|\bline\b|word|columns"
    ),
)
OTHER = Kind("other", "Other readings", re.compile(""))


def kind_of(why: str) -> Kind:
    """The kind of the doubt that this sentence tells."""
    return next((kind for kind in KINDS if kind.says.search(why)), OTHER)
