"""Reads a small, plain part of YAML into nodes that know their line, and collects every fault.

Only mappings, lists and plain values are let in: no anchors, aliases, tags or second documents, so
that a hostile file can neither run anything nor grow in memory.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml
from yaml import events
from yaml.nodes import ScalarNode
from yaml.resolver import Resolver

LARGEST = 1_000_000  # characters; the largest handbook takes less than a tenth of it
DEEPEST = 12  # levels of nesting
LONGEST_TEXT = 4000  # characters of one value
PLAIN = yaml.SafeLoader  # its faults are the ones that are told
FAST = getattr(yaml, "CSafeLoader", None)  # absent where PyYAML was built without libyaml
READ_APART = re.compile("[\t\ufeff?|>]")  # signs in whose places libyaml lets in more
UNSHOWN = {"Cc", "Cs", "Zl", "Zp"}  # Unicode categories: control, half a pair, breaks of lines


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file: where, which rule, and what to do next."""

    file: str
    line: int
    place: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        return f"{self.file}:{self.line}: {place}{self.rule}. {self.remedy}."


@dataclass(frozen=True)
class Scalar:
    """A value; `text` as written, `kind` one of text, integer, decimal, yes-no, date or empty."""

    line: int
    text: str
    kind: str


@dataclass
class Listing:
    line: int
    items: "list[Node]" = field(default_factory=list)


@dataclass
class Fields:
    """A mapping, with the line of each key."""

    line: int
    items: "dict[str, Node]" = field(default_factory=dict)
    key_lines: dict[str, int] = field(default_factory=dict)


Node = Scalar | Listing | Fields

KINDS = {
    "tag:yaml.org,2002:str": "text",
    "tag:yaml.org,2002:int": "integer",
    "tag:yaml.org,2002:float": "decimal",
    "tag:yaml.org,2002:bool": "yes-no",
    "tag:yaml.org,2002:timestamp": "date",
    "tag:yaml.org,2002:null": "empty",
}
SHOWN = {
    "text": "text",
    "integer": "a whole number",
    "decimal": "a number",
    "yes-no": "true or false",
    "date": "a date such as 2021-12-01",
    "empty": "nothing",
    Listing: "a list",
    Fields: "fields with names",
}


class Faults:
    """The faults found so far in one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Fault] = []

    def add(self, line: int, place: str, rule: str, remedy: str) -> None:
        self.found.append(Fault(self.file, line, place, rule, remedy))


class UnreadableError(Exception):
    """The rest of the file cannot be read; the reason is among the faults already."""


def read_nodes(text: str, faults: Faults, *, fast: Any = FAST) -> Fields | None:
    """The file's fields, or nothing where it cannot be read; the reason is added to `faults`.

    `fast` is the loader that is tried before the plain one, if any; what is said is the same.
    """
    try:
        _refuse_unfit(text, faults)
        root = _root(text, faults, fast)
    except UnreadableError:
        return None
    except yaml.reader.ReaderError as fault:
        faults.add(
            text.count("\n", 0, fault.position) + 1,
            "",
            f"the character U+{ord(text[fault.position]):04X} cannot be in a text file",
            "Take it out",
        )
        return None
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        at = f", column {mark.column + 1}" if mark else ""
        faults.add(
            mark.line + 1 if mark else 1,
            "",
            f"this is not YAML: {fault.problem}{at}",
            "Indent with spaces, and put text that holds ': ' or starts with a sign in quotes",
        )
        return None
    if not isinstance(root, Fields):
        line = root.line if root else 1
        faults.add(line, "", "the file holds no fields with names", "Start with 'awarding_body:'")
        return None
    return root


def _refuse_unfit(text: str, faults: Faults) -> None:
    if text.startswith("\ufeff"):
        faults.add(1, "", "the file starts with a byte order mark", "Save it as UTF-8 without one")
    elif len(text) > LARGEST:
        faults.add(
            1,
            "",
            f"the file has {len(text):,} characters; at most {LARGEST:,} are read",
            "Give each specification a file of its own",
        )
    elif not text.strip():
        faults.add(1, "", "the file is empty", "Describe one specification in it")
    else:
        return
    raise UnreadableError


def _root(text: str, faults: Faults, fast: Any) -> Node | None:
    """Read by libyaml, 25 times as fast; what it has anything against is read again, to be told."""
    if fast is not None and not READ_APART.search(text):
        found = Faults(faults.file)
        try:
            root = _Builder(found, fast).build(text)
        except (UnreadableError, yaml.YAMLError, UnicodeEncodeError):
            pass
        else:
            if not found.found:
                return root
    return _Builder(faults, PLAIN).build(text)


class _Builder:
    """Builds nodes from the parser's events, without recursion."""

    def __init__(self, faults: Faults, loader: Any) -> None:
        self.faults = faults
        self.loader = loader
        self.resolver = Resolver()
        self.open: list[Listing | Fields] = []
        self.keys: list[Scalar | None] = []
        self.root: Node | None = None
        self.documents = 0

    def build(self, text: str) -> Node | None:
        for event in self._events(text):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, events.DocumentStartEvent):
                self.documents += 1
                if self.documents > 1:
                    self._refuse(line, "a second document starts here", "Give it its own file")
            elif isinstance(event, events.AliasEvent):
                self._refuse(line, f"the alias *{event.anchor} stands for other lines", "Write out")
            elif isinstance(event, events.NodeEvent):
                self._node(event, line)
            elif isinstance(event, events.CollectionEndEvent):
                self.open.pop()
                self.keys.pop()
        return self.root

    def _events(self, text: str) -> Iterator[events.Event]:
        yield from yaml.parse(text, Loader=self.loader)

    def _node(self, event: events.NodeEvent, line: int) -> None:
        if event.anchor:
            self._refuse(line, f"the anchor &{event.anchor} is not allowed", "Write it out")
        tag = getattr(event, "tag", None)
        if tag:
            self._refuse(line, f"the tag {tag} is not allowed", "Leave the tag out")
        node: Node
        if isinstance(event, events.ScalarEvent):
            node = Scalar(line, event.value, self._kind(event))
            if self.open and isinstance(self.open[-1], Fields) and self.keys[-1] is None:
                self.keys[-1] = node
                return
        else:
            node = Listing(line) if isinstance(event, events.SequenceStartEvent) else Fields(line)
            if self.open and isinstance(self.open[-1], Fields) and self.keys[-1] is None:
                self._refuse(line, "a list or mapping cannot be a name", "Give the field a name")
        self._place(node)
        if not isinstance(node, Scalar):
            self.open.append(node)
            self.keys.append(None)
            if len(self.open) > DEEPEST:
                self._refuse(line, f"fields are nested deeper than {DEEPEST}", "Flatten them")

    def _place(self, node: Node) -> None:
        if not self.open:
            self.root = node
            return
        holder = self.open[-1]
        if isinstance(holder, Listing):
            holder.items.append(node)
            return
        key = self.keys[-1]
        self.keys[-1] = None
        if key is None:
            raise ValueError("a value was placed before its name")
        if key.text in holder.items:
            self.faults.add(
                key.line,
                "",
                f"'{key.text}' is given twice, first on line {holder.key_lines[key.text]}",
                "Keep one of them",
            )
            return
        holder.items[key.text] = node
        holder.key_lines[key.text] = key.line

    def _kind(self, event: events.ScalarEvent) -> str:
        if event.style in {"'", '"', "|", ">"}:
            return "text"
        tag = self.resolver.resolve(  # type: ignore[no-untyped-call]
            ScalarNode, event.value, (True, False)
        )
        return KINDS.get(str(tag), "text")

    def _refuse(self, line: int, rule: str, remedy: str) -> None:
        self.faults.add(line, "", rule, remedy)
        raise UnreadableError


class Reading:
    """Takes the fields of one mapping, with their types, and says what is wrong with each.

    A value that is wrong comes back falsy (an empty text, 0, an empty list), so that a rule about
    several values can leave out what has been reported already.
    """

    def __init__(self, node: Node, place: str, faults: Faults) -> None:
        self.place = place
        self.faults = faults
        self.line = node.line
        self.taken: set[str] = set()
        if isinstance(node, Fields):
            self.fields: Fields | None = node
        else:
            self.fields = None
            self.wrong(node, "fields with names", place)

    def fault(self, line: int, rule: str, remedy: str) -> None:
        self.faults.add(line, self.place, rule, remedy)

    def wrong(self, node: Node, wanted: str, name: str) -> None:
        given = SHOWN[node.kind] if isinstance(node, Scalar) else SHOWN[type(node)]
        quotes = wanted == "text" and isinstance(node, Scalar) and node.kind != "empty"
        remedy = "Put it in quotes" if quotes else f"Give {wanted}"
        self.fault(node.line, f"'{name}' wants {wanted}, and {given} is given", remedy)

    def line_of(self, name: str) -> int:
        return self.fields.key_lines.get(name, self.line) if self.fields else self.line

    def has(self, name: str) -> bool:
        return bool(self.fields and name in self.fields.items)

    def node(self, name: str, *, optional: bool = False) -> Node | None:
        self.taken.add(name)
        if self.fields is None:
            return None
        found = self.fields.items.get(name)
        if found is None and not optional:
            self.fault(self.line, f"'{name}' is missing", f"Add '{name}'")
        return found

    def scalar(self, name: str, kinds: tuple[str, ...], *, optional: bool = False) -> Scalar | None:
        node = self.node(name, optional=optional)
        if node is None:
            return None
        if not isinstance(node, Scalar) or node.kind not in kinds:
            self.wrong(node, SHOWN[kinds[-1]], name)
            return None
        return node

    def text(
        self,
        name: str,
        *,
        optional: bool = False,
        pattern: str = "",
        example: str = "",
        longest: int = LONGEST_TEXT,
    ) -> str:
        scalar = self.scalar(name, ("text",), optional=optional)
        if scalar is None:
            return ""
        return self._checked_text(scalar, name, pattern, example, longest)

    def _checked_text(
        self, scalar: Scalar, name: str, pattern: str, example: str, longest: int
    ) -> str:
        text = scalar.text.strip()
        if not text:
            self.fault(scalar.line, f"'{name}' is empty", "Write it, or leave the field out")
        elif "\n" in text:
            self.fault(scalar.line, f"'{name}' runs over several lines", "Write it as one line")
        elif unshown := [sign for sign in text if unicodedata.category(sign) in UNSHOWN]:
            self.fault(
                scalar.line,
                f"'{name}' holds the character U+{ord(unshown[0]):04X}, which cannot be shown",
                "Take it out",
            )
        elif len(text) > longest:
            self.fault(
                scalar.line,
                f"'{name}' has {len(text)} characters; at most {longest} fit",
                "Shorten it",
            )
        elif pattern and not re.fullmatch(pattern, text):
            self.fault(
                scalar.line,
                f"'{name}' is \"{text}\", which is not of the form {example}",
                f"Write it like {example}",
            )
        else:
            return text
        return ""

    def choice(self, name: str, values: list[str]) -> str:
        scalar = self.scalar(name, ("text",))
        if scalar is None:
            return ""
        if scalar.text not in values:
            listed = ", ".join(values)
            self.fault(scalar.line, f"'{name}' is \"{scalar.text}\"", f"Use one of: {listed}")
            return ""
        return scalar.text

    def integer(
        self, name: str, *, least: int = 1, most: int = 10_000, optional: bool = False
    ) -> int | None:
        scalar = self.scalar(name, ("integer",), optional=optional)
        if scalar is None:
            return None
        if not re.fullmatch(r"-?(0|[1-9][0-9]{0,8})", scalar.text):
            self.fault(scalar.line, f"'{name}' is written {scalar.text}", "Use plain digits")
            return None
        number = int(scalar.text)
        if not least <= number <= most:
            self.fault(
                scalar.line, f"'{name}' is {number}", f"Give a number from {least} to {most}"
            )
            return None
        return number

    def decimal(self, name: str, *, optional: bool = False) -> Decimal | None:
        scalar = self.scalar(name, ("integer", "decimal"), optional=optional)
        if scalar is None:
            return None
        try:
            if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,2})?", scalar.text):
                raise InvalidOperation
            return Decimal(scalar.text)
        except InvalidOperation:
            self.fault(
                scalar.line,
                f"'{name}' is written {scalar.text}",
                "Give a number from 0 to 999 with at most two decimals",
            )
            return None

    def truth(self, name: str, *, optional: bool = False) -> bool:
        scalar = self.scalar(name, ("yes-no",), optional=optional)
        return scalar is not None and scalar.text.lower() in {"true", "yes", "on"}

    def day(self, name: str, *, optional: bool = False) -> date | None:
        scalar = self.scalar(name, ("date",), optional=optional)
        if scalar is None:
            return None
        try:
            return date.fromisoformat(scalar.text)
        except ValueError:
            self.fault(
                scalar.line, f"'{name}' is {scalar.text}", "Give a day that exists, as 2021-12-01"
            )
            return None

    def listing(self, name: str, *, optional: bool = False, least: int = 1) -> list[Node]:
        node = self.node(name, optional=optional)
        if node is None:
            return []
        if not isinstance(node, Listing):
            self.wrong(node, "a list", name)
            return []
        if len(node.items) < least:
            self.fault(node.line, f"'{name}' is an empty list", "Add to it, or leave it out")
        return node.items

    def texts(
        self, name: str, *, optional: bool = False, pattern: str = "", example: str = ""
    ) -> list[tuple[str, int]]:
        """The list's texts with their lines, without those that are wrong."""
        found = []
        for item in self.listing(name, optional=optional):
            if not isinstance(item, Scalar) or item.kind != "text":
                self.wrong(item, "text", name)
                continue
            text = self._checked_text(item, name, pattern, example, LONGEST_TEXT)
            if text:
                found.append((text, item.line))
        return found

    def reading(self, name: str, place: str, *, optional: bool = False) -> "Reading | None":
        node = self.node(name, optional=optional)
        return None if node is None else Reading(node, place, self.faults)

    def done(self) -> None:
        """Report the fields that nothing asked for."""
        if self.fields is None:
            return
        for name in self.fields.items:
            if name in self.taken:
                continue
            self.fault(
                self.fields.key_lines[name],
                f"'{name}' is not a field here",
                f"Use these: {', '.join(sorted(self.taken))}",
            )
