"""Joins a mark sheet with its task page, which restore what the other has lost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from qualifications.handbook.content import MarkSheet, Read, Section, SheetCriterion, Unit
from qualifications.handbook.found import (
    Findings,
    FoundMarks,
    FoundSection,
    FoundSheet,
    FoundTask,
)
from qualifications.handbook.noise import compared, without_bullet
from qualifications.handbook.numbers import same_ref
from qualifications.handbook.resemblance import ALIKE, likeness, resembled

_BETTER = 0.15  # by how much likelier the task page's wording must be to replace the sheet's
_SAME_TITLE = 0.6
_SURE_TITLE = 0.8
_TITLE_WORDS = 16


def assembled_sheets(findings: Findings, units: Sequence[Unit]) -> tuple[MarkSheet, ...]:
    """The mark sheets; a task page without a sheet stands for it."""
    sheets = []
    left = list(findings.tasks)
    for sheet in findings.sheets:
        refs = [ref.value for ref in sheet.units]
        task = next((one for one in left if [ref.value for ref in one.units] == refs), None)
        if task is not None:
            left.remove(task)
        sheets.append(_Joined(sheet, task, units, findings).sheet())
    for task in left:
        why = (
            f"{task.title.value}: no mark sheet was found for this task. The marks and criteria of"
            " the task page were taken"
        )
        findings.doubts.about(task.title, task.title.value, why)
        sheets.append(_Joined(FoundSheet(task.title, task.units), task, units, findings).sheet())
    return tuple(sheets)


@dataclass
class _TaskPage:
    """A task page whose titles and criteria have been told apart."""

    titles: list[Read[str]]
    lines: list[Read[str]]  # titles and criteria, in their order


class _Joined:
    def __init__(
        self,
        found: FoundSheet,
        task: FoundTask | None,
        units: Sequence[Unit],
        findings: Findings,
    ) -> None:
        self.found, self.task = found, task
        self.doubts = findings.doubts.within(found.title.value)
        self.units = [
            unit
            for unit in units
            if any(same_ref(ref.value, unit.ref.value) for ref in found.units)
        ]
        self.page = self._page(task) if task else _TaskPage([], [])

    def sheet(self) -> MarkSheet:
        sections = self._sections()
        task_lines = self._task_lines(sections)
        for position, section in enumerate(sections):
            self._restore(section, [line for at, line in task_lines if at == position], sections)
        read = tuple(self._section(section) for section in sections)
        self._note_uncovered(read)
        return MarkSheet(self.found.title, tuple(map(self._full, self.found.units)), read)

    def _full(self, ref: Read[str]) -> Read[str]:
        unit = next((u for u in self.units if same_ref(ref.value, u.ref.value)), None)
        return replace(ref, value=unit.ref.value) if unit else ref

    def _page(self, task: FoundTask) -> _TaskPage:
        """Titles come first, behind marks or behind criteria; of all lines that reword the same
        criterion the likest is the criterion, the others tell what to write."""
        page = _TaskPage([], [])
        known = [section.title.value for section in self.found.sections if section.title]
        likest: dict[tuple[str, str], Read[str]] = {}
        awaited = True
        for item in task.items:
            if isinstance(item, FoundMarks):
                awaited = True
                continue
            for part in item:
                plain = replace(part, value=without_bullet(part.value))
                printed = any(likeness(plain.value, title) >= _SURE_TITLE for title in known)
                pairs = self._pairs(plain.value)
                if printed or (awaited and not pairs and _like_a_title(part.value)):
                    page.titles.append(plain)
                    page.lines.append(plain)
                    awaited = False
                elif pairs:
                    awaited = True
                    rival = likest.get(pairs[0])
                    if rival and self._alike(rival.value) >= self._alike(plain.value):
                        continue
                    if rival:
                        page.lines.remove(rival)
                    likest[pairs[0]] = plain
                    page.lines.append(plain)
        return page

    # Sections

    def _sections(self) -> list[FoundSection]:
        """The sheet's sections where the task page agrees on them, else the task page's."""
        task, printed = self.task, self.found.sections
        if task is None or not task.marks:
            return printed
        minima = [marks.minimum.value for marks in task.marks]
        if [section.minimum.value for section in printed if section.minimum] == minima:
            for section, marks in zip(printed, task.marks, strict=True):
                self._agree_on_maximum(section, marks.maximum)
            self._agree_on_titles(printed)
            return printed
        if printed:
            self.doubts.add(
                self.found.title.place,
                f"minima on the sheet: {_shown(s.minimum for s in printed)}",
                f"minima on the task page: {_shown(marks.minimum for marks in task.marks)}",
                "the mark sheet has not the sections that the task page has; a section or its box"
                " of marks may be lost. They were restored from the task page",
            )
        titles: list[Read[str] | None] = list(self.page.titles)
        if len(titles) != len(minima):
            titles = [None] * len(minima)
            self.doubts.about(
                task.title,
                None,
                f"{len(self.page.titles)} titles were found for {len(minima)} sections of the mark"
                " sheet, so the titles were left open: those of the version that the draft stands"
                " on are used",
            )
        sections = [
            FoundSection(title=title, minimum=m.minimum, maximum=m.maximum, lost=True)
            for title, m in zip(titles, task.marks, strict=True)
        ]
        for section in printed:
            wanted = _value(section.title)
            scores = [likeness(_value(one.title), wanted) for one in sections]
            if max(scores) >= _SAME_TITLE:
                likest = sections[scores.index(max(scores))]
                likest.lines = section.lines
                whole = (
                    section.minimum
                    and likest.minimum
                    and (section.minimum.value == likest.minimum.value)
                )
                likest.lost = not whole
        return sections

    def _agree_on_maximum(self, section: FoundSection, most: Read[int]) -> None:
        if section.maximum is None or section.maximum.value != most.value:
            held = section.maximum
            self.doubts.add(
                (held or most).place,
                held.raw if held else "",
                most.value,
                "the maximum of this section is lost or different on the mark sheet. That of the"
                " task page was taken",
            )
            section.maximum = most

    def _agree_on_titles(self, sections: list[FoundSection]) -> None:
        titles = self.page.titles
        for position, section in enumerate(sections):
            own = section.title
            if own is not None and not section.title_apart:
                continue
            offered = [title for title in titles if likeness(title.value, _value(own)) >= ALIKE]
            if not offered and len(titles) == len(sections):
                offered = [titles[position]]
            if offered and compared(offered[0].value) != compared(_value(own)):
                self.doubts.add(
                    (own or offered[0]).place,
                    own.raw if own else "",
                    offered[0].value,
                    "the title of this section came apart on the mark sheet. That of the task"
                    " page was taken",
                )
                section.title = offered[0]

    # Criteria

    def _alike(self, text: str) -> float:
        found = resembled(text, self.units)
        return found[0][2] if found else 0.0

    def _pairs(self, text: str) -> list[tuple[str, str]]:
        return [(ref, number) for ref, number, _ in resembled(text, self.units)]

    def _task_lines(self, sections: list[FoundSection]) -> list[tuple[int, Read[str]]]:
        """The task page's criteria, each with its section's position.

        A line belongs where the sheet has the same criterion; else to the last section whose title
        stands before it, and never to one before its predecessor's.
        """
        on_sheet = {
            pair: position
            for position, section in reversed(list(enumerate(sections)))
            for line in section.lines
            for pair in self._pairs(line.value)
        }
        found: list[tuple[int, Read[str]]] = []
        titled, last = 0, 0
        for line in self.page.lines:
            for position, section in enumerate(sections):
                if likeness(line.value, _value(section.title)) >= _SURE_TITLE:
                    titled = max(titled, position)
            pairs = self._pairs(line.value)
            if line in self.page.titles or not pairs:
                continue
            known = [on_sheet[pair] for pair in pairs if pair in on_sheet]
            position = max(known[0] if known else titled, last)
            last = position
            found.append((position, line))
        return found

    def _restore(
        self, section: FoundSection, offered: list[Read[str]], sections: list[FoundSection]
    ) -> None:
        """Replaces lines that recognition has damaged by the task page's, and adds lost ones."""
        has = {pair for line in section.lines for pair in self._pairs(line.value)}
        gives = {pair for line in offered for pair in self._pairs(line.value)}
        if offered and (section.lost or (section.scrambled and gives >= has)):
            before = "\n".join(line.value for line in section.lines)
            after = "\n".join(line.value for line in offered)
            if compared(before) != compared(after):
                self.doubts.add(
                    offered[0].place,
                    before,
                    after,
                    f"section “{_value(section.title)}”: its lines came apart on the mark sheet"
                    " and were taken from the task page",
                )
            section.lines = offered
            return
        unused = list(offered)
        lines: list[Read[str]] = []
        for line in section.lines:
            twin = self._twin(line, unused)
            if twin is not None:
                unused.remove(twin)
            if twin is not None and self._alike(twin.value) > self._alike(line.value) + _BETTER:
                self.doubts.about(
                    line,
                    twin.value,
                    "this line is damaged on the mark sheet: it was taken from the task page",
                )
                lines.append(twin)
            else:
                lines.append(line)
        covered = {
            pair for one in sections for line in one.lines for pair in self._pairs(line.value)
        }
        for line in unused:
            if not set(self._pairs(line.value)) & covered:
                lines.append(line)
                self.doubts.about(
                    line,
                    line.value,
                    f"section “{_value(section.title)}”: this line is lost on the mark sheet, and"
                    " was taken from the task page",
                )
        section.lines = lines

    def _twin(self, line: Read[str], offered: list[Read[str]]) -> Read[str] | None:
        pairs = set(self._pairs(line.value))
        return next((one for one in offered if set(self._pairs(one.value)) & pairs), None)

    def _section(self, section: FoundSection) -> Section:
        criteria = tuple(
            SheetCriterion(line, tuple(self._pairs(line.value))) for line in section.lines
        )
        return Section(section.title, section.maximum, section.minimum, criteria)

    def _note_uncovered(self, sections: tuple[Section, ...]) -> None:
        covered = {
            pair for section in sections for line in section.criteria for pair in line.resembles
        }
        for unit in self.units:
            for criterion in unit.criteria:
                if criterion.text and (unit.ref.value, criterion.number.value) not in covered:
                    self.doubts.about(
                        criterion.number,
                        None,
                        f"{unit.ref.value} {criterion.number.value}: no line of the sheet"
                        " resembles this criterion. The line may be lost, or worded quite"
                        " otherwise",
                    )


def _value(read: Read[str] | None) -> str:
    return read.value if read else ""


def _like_a_title(text: str) -> bool:
    plain = text[:1].isupper() and text[-1] not in ".:;,"
    return plain and len(text.split()) <= _TITLE_WORDS


def _shown(reads: Iterable[Read[int] | None]) -> str:
    return ", ".join(str(read.value) for read in reads if read)
