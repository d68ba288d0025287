"""What a paragraph of a Word document says in print, and notes on what of it was not taken so."""

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from qualifications.handbook.formats.ooxml import DELETED, MC, M, W, is_on, value

LONGEST_NOTED = 200  # signs of a left-out text that a note repeats
MOST_NOTED = 10  # notes on one line; a line with more is no wording
LEFT_OUT = DELETED | {f"{W}{name}" for name in ("instrText", "delText", "pPr", "rPr", "sectPr")}
_AS_TEXT = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}noBreakHyphen": "-",
    f"{W}br": "\n",
    f"{W}cr": "\n",
}
_NOTES = {
    "footnote": "A footnote stands here, whose text was not taken: “{}”. If it belongs to the"
    " wording, add it in the draft",
    "endnote": "An endnote stands here, whose text was not taken: “{}”. If it belongs to the"
    " wording, add it in the draft",
    "mark": "A raised “{}” was taken for the mark of a footnote and left out. If it belongs to the"
    " wording, add it in the draft",
    "power": "“{}” is printed raised here. Read it beside the source",
    "placeholder": "The field “{}” is not filled in and was left out. Put what it should say in"
    " the draft",
    "hidden": "Text that Word hides was left out: “{}”. If it is to be read, add it in the draft",
    "struck": "Struck-out text was left out: “{}”. If it still holds, add it in the draft",
    "sign": "A sign of the font {} stands here and was read as □. Put the printed sign in the"
    " draft",
    "equation": "An equation stands here, read as “{}”; read it beside the source",
}
_LONGEST_LINE_OF_STYLES = 12  # each based on the next
_TAIL = 8  # signs before a sign that tell what it is
_MARK = re.compile(r"\s*\d{1,2}\s*")
_MEASURE = re.compile(r"(?<![^\W\d_])(?:mm|cm|dm|km|m|ft)$")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# By the lower byte of their code.
_SYMBOL = {
    **{0x44: "Δ", 0x53: "Σ", 0x61: "α", 0x62: "β", 0x6D: "µ", 0x70: "π", 0xA2: "′", 0xA3: "≤"},
    **{0xA5: "∞", 0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°", 0xB1: "±"},
    **{0xB2: "″", 0xB3: "≥", 0xB4: "×", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈", 0xD6: "√"},
}
_WINGDINGS = {
    **{0x6F: "□", 0xA7: "▪", 0xA8: "□", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xFC: "✓"},
}


@dataclass
class Surroundings:
    """What paragraphs refer to: footnotes, endnotes and the properties of styles."""

    styles: Element | None = None
    footnotes: Element | None = None
    endnotes: Element | None = None
    _styles: dict[str, Element] = field(default_factory=dict)
    _noted: dict[tuple[str, str], Element] = field(default_factory=dict)
    _texts: dict[tuple[str, str], str] = field(default_factory=dict)
    _properties: dict[tuple[str, str], Element | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for style in self.styles.iter(f"{W}style") if self.styles is not None else ():
            self._styles[value(style, "styleId")] = style
        for kind, part in (("footnote", self.footnotes), ("endnote", self.endnotes)):
            for one in part.iter(f"{W}{kind}") if part is not None else ():
                self._noted[kind, value(one, "id")] = one

    def noted(self, kind: str, name: str) -> str:
        """The text of a footnote or endnote."""
        key = kind, name
        if key not in self._texts:
            part = self._noted.get(key)
            paragraphs = part.iter(f"{W}p") if part is not None else ()
            plain = Surroundings(self.styles)
            self._texts[key] = " ".join(Wording(plain).read(one).text for one in paragraphs)
        return self._texts[key]

    def styled(self, style: str, name: str) -> Element | None:
        """A property of the text that a style gives, itself or by what it is based on."""
        key = style, name
        if key not in self._properties:
            self._properties[key] = self._found(style, name)
        return self._properties[key]

    def _found(self, style: str, name: str) -> Element | None:
        for _ in range(_LONGEST_LINE_OF_STYLES):
            definition = self._styles.get(style)
            if definition is None:
                return None
            found = definition.find(f"{W}rPr/{W}{name}")
            if found is not None:
                return found
            style = value(definition.find(f"{W}basedOn"))
        return None


@dataclass
class _Aside:
    """Something at a place of the text, and its line, that a note tells."""

    at: int
    line: int
    kind: str
    text: str


@dataclass
class Wording:
    """The text of one paragraph, or of several whose marks are deleted."""

    around: Surroundings
    pages: int = 0
    deleted: bool = False
    boxes: list[Element] = field(default_factory=list)
    asides: list[_Aside] = field(default_factory=list)
    style: str = ""
    parts: list[str] = field(default_factory=list)
    length: int = 0
    line: int = 0
    opens: bool = True
    tail: str = ""

    @property
    def text(self) -> str:
        return "".join(self.parts)

    def read(self, paragraph: Element) -> "Wording":
        self.style = value(paragraph.find(f"{W}pPr/{W}pStyle"))
        self._walk(paragraph)
        return self

    def notes(self) -> dict[int, str]:
        """The notes by the line that they stand on."""
        told: dict[int, list[str]] = {}
        blank = not self.text.strip()
        for aside in self.asides:
            words = " ".join(aside.text.split())
            if blank and aside.kind == "placeholder":
                continue
            if not words and aside.kind not in ("footnote", "endnote", "equation"):
                continue
            if len(words) > LONGEST_NOTED:
                words = words[: LONGEST_NOTED - 1] + "…"
            told.setdefault(aside.line, []).append(_NOTES[aside.kind].format(words))
        return {line: ". ".join(notes[:MOST_NOTED]) for line, notes in told.items()}

    def _say(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)
        self.line += text.count("\n")
        _, broken, last = text.rpartition("\n")
        self.opens = (self.opens or bool(broken)) and not last.strip()
        self.tail = (self.tail + text)[-_TAIL:]

    def _walk(self, element: Element) -> None:
        for child in element:
            tag = child.tag
            if tag == f"{W}t":
                self._say(child.text or "")
            elif tag in _AS_TEXT:
                self._say(_AS_TEXT[tag])
            elif tag == f"{W}r":
                self._run(child)
            elif tag in LEFT_OUT:
                self.deleted = self.deleted or tag in DELETED
            elif tag == f"{W}lastRenderedPageBreak":
                self.pages += 1
            elif tag == f"{W}sym":
                self._sign(value(child, "font"), value(child, "char"))
            elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
                self._reference(child)
            elif tag == f"{W}txbxContent":
                self.boxes.append(child)
            elif tag == f"{M}oMath":
                self._aside("equation", _equation(child))
                self._say(self.asides[-1].text)
            elif tag == f"{W}sdt" and shows_placeholder(child):
                self._aside("placeholder", self._apart(child).text)
            else:
                self._walk(read_of(child))

    def _run(self, run: Element) -> None:
        if is_on(self._property(run, "vanish")):
            self._aside("hidden", self._apart(run).text)
        elif is_on(self._property(run, "strike")) or is_on(self._property(run, "dstrike")):
            self._struck(self._apart(run))
        elif _has_mark_of_its_own(run):
            for reference in run:
                if reference.tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
                    self._reference(reference)
        elif self._is_raised(run) and _MARK.fullmatch(printed := _only_text(run)):
            self._raised(printed.strip())
            self._say(printed[len(printed.rstrip()) :])
        else:
            self._walk(run)

    def _struck(self, words: "Wording") -> None:
        """Struck-out words still part what stands around them, and hold pages and boxes."""
        self._aside("struck", words.text)
        self.pages += words.pages
        self.boxes += words.boxes
        if words.line:
            self._say("\n")
        elif words.text[:1].isspace():
            self._say(" " if words.text[-1:].isspace() else "")

    def _property(self, run: Element, name: str) -> Element | None:
        """The property of the run itself, of its style, or of the paragraph's."""
        found = run.find(f"{W}rPr/{W}{name}")
        if found is None:
            found = self.around.styled(value(run.find(f"{W}rPr/{W}rStyle")), name)
        return found if found is not None else self.around.styled(self.style, name)

    def _is_raised(self, run: Element) -> bool:
        return value(self._property(run, "vertAlign")) == "superscript"

    def _raised(self, digits: str) -> None:
        """A raised number behind a word is the mark of a footnote, behind a number a power."""
        before = self.tail[-1:]
        if digits in ("2", "3") and _MEASURE.search(self.tail):
            self._say(digits.translate(_RAISED))
        elif before.isalpha() or (before and before in ".,;:)’”\"'"):
            self._aside("mark", digits)
        elif before.isdigit():
            self._aside("power", digits)
            self._say(digits.translate(_RAISED))
        else:
            self._say(digits)

    def _reference(self, reference: Element) -> None:
        kind = reference.tag.removeprefix(W).removesuffix("Reference")
        self._aside(kind, self.around.noted(kind, value(reference, "id")))

    def _sign(self, font: str, code: str) -> None:
        """A sign of a symbol font; at the start of a line it is a bullet, unless it is known."""
        try:
            number = int(code, 16)
        except ValueError:
            number = 0
        private = 0xF000 <= number <= 0xF0FF
        symbolic = font.startswith(("Symbol", "Wingdings", "Webdings")) and number <= 0xFF
        if font == "Symbol" and (private or symbolic) and number & 0xFF in _SYMBOL:
            self._say(_SYMBOL[number & 0xFF])
        elif self.opens:
            self._say("•")
        elif font == "Wingdings" and (private or symbolic) and number & 0xFF in _WINGDINGS:
            self._say(_WINGDINGS[number & 0xFF])
        elif 0x20 < number < 0xD800 and not symbolic:
            self._say(chr(number))
        else:
            self._aside("sign", font or "that draws signs")
            self._say("□")

    def _apart(self, element: Element) -> "Wording":
        """The words of something that is left out."""
        inner = Wording(Surroundings())
        inner._walk(element)
        return inner

    def _aside(self, kind: str, text: str) -> None:
        last = self.asides[-1] if self.asides else None
        same = last is not None and (last.kind, last.at) == (kind, self.length)
        if last is not None and same and kind in ("hidden", "struck"):
            last.text = (last.text + text)[: 2 * LONGEST_NOTED]
        else:
            self.asides.append(_Aside(self.length, self.line, kind, text))


def shows_placeholder(control: Element) -> bool:
    """Whether a content control shows only what its form asks for."""
    return bool(is_on(control.find(f"{W}sdtPr/{W}showingPlcHdr")))


def read_of(element: Element) -> Element:
    """Of two forms of one content, the one for programs of today; else the element itself."""
    if element.tag != f"{MC}AlternateContent":
        return element
    choice = element.find(f"{MC}Choice")
    return choice if choice is not None else element


def _has_mark_of_its_own(run: Element) -> bool:
    return any(one.get(f"{W}customMarkFollows") in ("1", "true", "on") for one in run)


def _only_text(run: Element) -> str:
    """The text of a run that holds nothing else."""
    if any(one.tag not in (f"{W}rPr", f"{W}t") for one in run):
        return ""
    return "".join(one.text or "" for one in run.findall(f"{W}t"))


def _equation(element: Element) -> str:
    if element.tag == f"{M}t":
        return element.text or ""
    between = {f"{M}f": "/", f"{M}sSup": "^"}.get(element.tag, "")
    return between.join(filter(None, (_equation(child) for child in element)))
