"""The numbers and bullets that Word works out itself and does not write into the text."""

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from qualifications.handbook.formats.ooxml import W, value, whole

_DEPTHS = 9


@dataclass
class _Level:
    kind: str
    text: str
    start: int


@dataclass
class Numbers:
    """The numbers and bullets of lists, counted as Word counts them.

    A list that is begun anew is another `num` of the same abstract list: both count on together,
    unless the `num` says where it starts.
    """

    numbering: Element | None
    styles: Element | None
    levels: dict[tuple[str, int], _Level] = field(default_factory=dict)
    abstract: dict[str, str] = field(default_factory=dict)
    own_levels: dict[tuple[str, int], _Level] = field(default_factory=dict)
    starts: dict[str, dict[int, int]] = field(default_factory=dict)
    by_style: dict[str, tuple[str, int]] = field(default_factory=dict)
    counts: dict[tuple[str, int], int] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        if self.numbering is not None:
            for num in self.numbering.iter(f"{W}num"):
                self._define(num)
            for definition in self.numbering.iter(f"{W}abstractNum"):
                for level in definition.iter(f"{W}lvl"):
                    key = value(definition, "abstractNumId"), whole(value(level, "ilvl"))
                    self.levels[key] = _level(level)
        for style in self.styles.iter(f"{W}style") if self.styles is not None else ():
            listed = style.find(f"{W}pPr/{W}numPr")
            if listed is not None:
                self.by_style[value(style, "styleId")] = _listed(listed)

    def _define(self, num: Element) -> None:
        name = value(num, "numId")
        self.abstract[name] = value(num.find(f"{W}abstractNumId"))
        for override in num.findall(f"{W}lvlOverride"):
            depth = whole(value(override, "ilvl"))
            level, start = override.find(f"{W}lvl"), override.find(f"{W}startOverride")
            if level is not None:
                self.own_levels[name, depth] = _level(level)
            if start is not None:
                self.starts.setdefault(name, {})[depth] = whole(value(start))

    def label(self, paragraph: Element) -> str:
        """What Word prints before the paragraph: "•", "1.2", or nothing."""
        properties = paragraph.find(f"{W}pPr")
        if properties is None:
            return ""
        listed = properties.find(f"{W}numPr")
        style = value(properties.find(f"{W}pStyle"))
        num, depth = _listed(listed) if listed is not None else self.by_style.get(style, ("", 0))
        level = self._level(num, depth)
        if level is None or num in ("", "0"):
            return ""
        if level.kind == "bullet":
            return "•"
        if level.kind == "none" or not level.text:
            return ""
        self._step(num, depth)
        return re.sub(r"%([1-9])", lambda match: self._count(num, int(match[1]) - 1), level.text)

    def _step(self, num: str, depth: int) -> None:
        """Counts the paragraph; a list that says where it starts does so when first met."""
        abstract = self.abstract[num]
        for begun, start in self.starts.get(num, {}).items() if num not in self.met else ():
            self.counts.pop((abstract, begun), None)
            if begun < depth:
                self.counts[abstract, begun] = start
        self.met.add(num)
        for deeper in range(depth + 1, _DEPTHS):
            self.counts.pop((abstract, deeper), None)
        before = self.counts.get((abstract, depth), self._start(num, depth) - 1)
        self.counts[abstract, depth] = before + 1

    def _level(self, num: str, depth: int) -> _Level | None:
        own = self.own_levels.get((num, depth))
        return own or self.levels.get((self.abstract.get(num, ""), depth))

    def _start(self, num: str, depth: int) -> int:
        level = self._level(num, depth)
        return self.starts.get(num, {}).get(depth, level.start if level else 1)

    def _count(self, num: str, depth: int) -> str:
        level = self._level(num, depth)
        count = self.counts.get((self.abstract[num], depth), self._start(num, depth))
        kind = level.kind if level else "decimal"
        if kind in ("lowerLetter", "upperLetter") and 0 < count <= 26:
            letter = chr(ord("a") + count - 1)
            return letter if kind == "lowerLetter" else letter.upper()
        return str(count)


def _level(level: Element) -> _Level:
    return _Level(
        value(level.find(f"{W}numFmt")),
        value(level.find(f"{W}lvlText")),
        whole(value(level.find(f"{W}start")) or "1"),
    )


def _listed(element: Element) -> tuple[str, int]:
    return value(element.find(f"{W}numId")), whole(value(element.find(f"{W}ilvl")))
