"""Rules of combination: which units lead to which award, and what a learner's results come to.

Every unit of a combination is mandatory. Two pathways of a qualification can share units and ask
for one or another in the same place, as for a shorter or an extended practice unit; such
alternatives never stand in one combination. What was passed in a shared unit counts in the other
pathway too: that is credit transfer, not recognition of prior learning.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from qualifications.rules.verdicts import Verdict, listed

COMBINATIONS = "Specification, rules of combination"
TRANSFER = "Specification, rules of combination; credit transfer of shared units"


class CombinedUnit(Protocol):
    """A unit as a combination sees it: `Unit`, `TreeUnit` and `UnitEntry` all are."""

    @property
    def ref(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def level(self) -> int: ...
    @property
    def credits(self) -> int: ...


@dataclass(frozen=True)
class Combination:
    """A pathway with its units in order; `version` is its specification's."""

    code: str
    title: str
    award: str
    credits: int
    units: tuple[CombinedUnit, ...]
    version: str = ""

    @property
    def refs(self) -> tuple[str, ...]:
        return tuple(unit.ref for unit in self.units)


class Standing(StrEnum):
    """How far a result is. A provisional pass counts as one, and is said to be provisional."""

    IN_PROGRESS = "in progress"
    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"

    @property
    def is_pass(self) -> bool:
        return self is not Standing.IN_PROGRESS


@dataclass(frozen=True)
class HeldResult:
    """What a learner has in a unit, and the pathway and version under which they got it."""

    standing: Standing
    pathway: str
    version: str = ""


Results = Mapping[str, HeldResult]  # by the unit's ref


# How pathways run beside one another


@dataclass(frozen=True)
class Option:
    """What some pathways, named by their codes, ask for in one column; perhaps no unit at all."""

    units: tuple[CombinedUnit, ...]
    pathways: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """One place in the picture of a qualification's pathways: every pathway takes one option.

    A shared column is one unit that all of them ask for.
    """

    shared: bool
    options: tuple[Option, ...]

    def option_of(self, pathway: str) -> Option:
        """The stop that a pathway makes here. Raises `KeyError` for one that is not drawn."""
        for option in self.options:
            if pathway in option.pathways:
                return option
        raise KeyError(pathway)


def shared_units(pathways: Sequence[Combination]) -> tuple[CombinedUnit, ...]:
    """The units that every pathway asks for, in the order of the first."""
    if not pathways:
        return ()
    everywhere = set.intersection(*(set(pathway.refs) for pathway in pathways))
    return tuple(unit for unit in pathways[0].units if unit.ref in everywhere)


def pathway_columns(pathways: Sequence[Combination]) -> tuple[Column, ...]:
    """The pathways beside one another: shared units in one column, what differs between them in
    columns of options. A unit's place is how many shared units stand before it."""
    shared = shared_units(pathways)
    refs = {unit.ref for unit in shared}
    gaps: list[dict[tuple[str, ...], Option]] = [{} for _ in range(len(shared) + 1)]
    for pathway in pathways:
        runs: list[list[CombinedUnit]] = [[] for _ in gaps]
        place = 0
        for unit in pathway.units:
            if unit.ref in refs:
                place += 1
            else:
                runs[place].append(unit)
        for gap, run in zip(gaps, runs, strict=True):
            key = tuple(unit.ref for unit in run)
            taken = gap[key].pathways if key in gap else ()
            gap[key] = Option(tuple(run), (*taken, pathway.code))
    columns = []
    everyone = tuple(pathway.code for pathway in pathways)
    for place, gap in enumerate(gaps):
        if any(option.units for option in gap.values()):
            columns.append(Column(False, tuple(gap.values())))
        if place < len(shared):
            columns.append(Column(True, (Option((shared[place],), everyone),)))
    return tuple(columns)


def alternative_units(pathways: Sequence[Combination]) -> tuple[Column, ...]:
    """The columns in which the pathways differ, each with what every one of them asks for there."""
    return tuple(column for column in pathway_columns(pathways) if not column.shared)


def judge_together(
    refs: Collection[str], pathways: Sequence[Combination], *, source: str = COMBINATIONS
) -> Verdict:
    """Whether these units may stand in one combination: some pathway has to ask for each two.

    Refuses alternatives side by side, such as both practice units, and units of no pathway.
    """
    known = {ref for pathway in pathways for ref in pathway.refs}
    strange = sorted(set(refs) - known)
    if strange:
        verb = "is a unit" if len(strange) == 1 else "are units"
        return Verdict(False, f"{listed(strange)} {verb} of no pathway here.", source)
    ordered = [ref for ref in dict.fromkeys(r for p in pathways for r in p.refs) if ref in refs]
    for position, one in enumerate(ordered):
        for other in ordered[position + 1 :]:
            if not any({one, other} <= set(pathway.refs) for pathway in pathways):
                return Verdict(
                    False,
                    f"{one} and {other} never stand in one combination: a pathway asks for one or "
                    "the other.",
                    source,
                )
    return Verdict(True, "These units may stand in one combination.", source)


# What a learner's results come to


class Counting(StrEnum):
    """How a unit of the combination stands for one learner."""

    EARNED = "earned here"
    TRANSFERRED = "credit transfer"
    OPEN = "not yet"


@dataclass(frozen=True)
class UnitStanding:
    """One unit of a combination and what the learner has in it, if anything."""

    unit: CombinedUnit
    counting: Counting
    held: HeldResult | None
    sentence: str

    @property
    def counts(self) -> bool:
        """Whether its credits are achieved, if only provisionally."""
        return self.counting is not Counting.OPEN


@dataclass(frozen=True)
class LeftOut:
    """A unit that the learner has a result in and that does not count here, and why."""

    ref: str
    held: HeldResult
    reason: str


@dataclass(frozen=True)
class CombinationVerdict(Verdict):
    """What a learner's results come to in one combination; `met` says that it is complete."""

    combination: Combination
    units: tuple[UnitStanding, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def credits_needed(self) -> int:
        return self.combination.credits

    @property
    def credits_achieved(self) -> int:
        """Of the units that count, provisional ones among them."""
        return sum(line.unit.credits for line in self.units if line.counts)

    @property
    def credits_confirmed(self) -> int:
        return sum(line.unit.credits for line in self.units if line.counts and _is_confirmed(line))

    @property
    def credits_transferred(self) -> int:
        return sum(
            line.unit.credits for line in self.units if line.counting is Counting.TRANSFERRED
        )

    @property
    def missing(self) -> tuple[CombinedUnit, ...]:
        """The units that do not count yet."""
        return tuple(line.unit for line in self.units if not line.counts)

    @property
    def provisional(self) -> tuple[CombinedUnit, ...]:
        """The units that count and wait to be confirmed."""
        return tuple(line.unit for line in self.units if line.counts and not _is_confirmed(line))

    @property
    def is_confirmed(self) -> bool:
        """Whether it is complete and nothing in it is provisional."""
        return self.met and not self.provisional


def judge_combination(
    combination: Combination,
    results: Results,
    *,
    pathways: Sequence[Combination] = (),
    source: str = COMBINATIONS,
) -> CombinationVerdict:
    """What a learner's results come to in a combination.

    A result counts for the unit of the same ref, whichever pathway it was got under: under this
    one, in whichever version, it is earned here; under another it is credit transfer. The caller
    hands in only such results of another version as still hold. `pathways` are those of the
    qualification, so that a unit that does not count can be explained. Complete means that every
    unit counts and that their credits come to what the award needs.
    """
    units = tuple(
        _unit_standing(unit, results.get(unit.ref), combination) for unit in combination.units
    )
    left_out = tuple(
        LeftOut(ref, held, reason_left_out(ref, combination, pathways))
        for ref, held in results.items()
        if ref not in combination.refs
    )
    achieved = sum(line.unit.credits for line in units if line.counts)
    missing = [line.unit.ref for line in units if not line.counts]
    waiting = [line.unit.ref for line in units if line.counts and not _is_confirmed(line)]
    met = not missing and achieved == combination.credits
    of_credits = f"{achieved} of {_credits(combination.credits)}"
    if missing:
        first = f"{of_credits}. Still to pass: {listed(missing)}."
    elif not met:
        first = (
            f"Every unit is passed, and their credits come to {achieved} where "
            f"{combination.code} needs {combination.credits}: the specification has to be put "
            "right."
        )
    else:
        first = f"Complete: {of_credits}."
    provisional = f" Provisional until confirmed: {listed(waiting)}." if waiting else ""
    return CombinationVerdict(met, f"{first}{provisional}", source, combination, units, left_out)


def reason_left_out(ref: str, combination: Combination, pathways: Sequence[Combination]) -> str:
    """Why a unit does not count in a combination that does not ask for it."""
    for column in alternative_units([*pathways]):
        here = {
            unit.ref
            for option in column.options
            for unit in option.units
            if combination.code in option.pathways
        }
        in_column = any(unit.ref == ref for option in column.options for unit in option.units)
        instead = [other for other in combination.refs if other in here and other != ref]
        if in_column and instead and ref not in here:
            verb = "is" if len(instead) == 1 else "are"
            return (
                f"{ref} does not count in {combination.code}, where {listed(instead)} {verb} asked "
                "for in its place."
            )
    return f"{ref} is not part of {combination.code}."


def _unit_standing(
    unit: CombinedUnit, held: HeldResult | None, combination: Combination
) -> UnitStanding:
    if held is None:
        return UnitStanding(unit, Counting.OPEN, None, "Nothing is decided yet.")
    if not held.standing.is_pass:
        return UnitStanding(unit, Counting.OPEN, held, "Work is in progress.")
    here = (held.pathway, held.version) == (combination.code, combination.version)
    until = "" if held.standing is Standing.CONFIRMED else ", provisional until it is confirmed"
    if here:
        return UnitStanding(unit, Counting.EARNED, held, f"Passed here{until}.")
    if held.pathway == combination.code:
        sentence = f"Passed under version {held.version} and kept{until}."
        return UnitStanding(unit, Counting.EARNED, held, sentence)
    sentence = f"Passed under {held.pathway} and kept by credit transfer{until}."
    return UnitStanding(unit, Counting.TRANSFERRED, held, sentence)


def _is_confirmed(line: UnitStanding) -> bool:
    return line.held is not None and line.held.standing is Standing.CONFIRMED


def _credits(count: int) -> str:
    return "1 credit" if count == 1 else f"{count} credits"


# Moving from one pathway to another


@dataclass(frozen=True)
class MoveVerdict(Verdict):
    """Whether a learner may move to another pathway, and what becomes of their results.

    `kept` are passes, `carried_on` is work in progress, both in units that the new pathway asks
    for too; `not_kept` does not count there; `to_do` is what the new pathway still needs.
    """

    kept: tuple[UnitStanding, ...]
    carried_on: tuple[CombinedUnit, ...]
    not_kept: tuple[LeftOut, ...]
    to_do: tuple[CombinedUnit, ...]

    @property
    def credits_kept(self) -> int:
        return sum(line.unit.credits for line in self.kept)


def may_move(
    start: Combination,
    goal: Combination,
    results: Results,
    *,
    pathways: Sequence[Combination] = (),
    unchanged: Collection[str] | None = None,
    source: str = TRANSFER,
) -> MoveVerdict:
    """Whether a learner on `start` may move to `goal`, with what is kept and what is not.

    Allowed are a larger award that shares a unit, and another version of the same pathway. Passes
    in shared units are kept; the alternative of what `goal` asks for never is. `unchanged` names
    the units of which every criterion is the same in the version of `goal`: the others' passes are
    not kept whole. Without it every shared unit counts as unchanged.
    """
    known = [*pathways] or [start, goal]
    standing = judge_combination(goal, results, pathways=known)
    changed = set() if unchanged is None else set(goal.refs) - set(unchanged)
    kept = tuple(line for line in standing.units if line.counts and line.unit.ref not in changed)
    carried_on = tuple(line.unit for line in standing.units if line.held and not line.counts)
    not_kept = standing.left_out + tuple(
        LeftOut(
            line.unit.ref,
            line.held,
            f"{line.unit.ref} asks for something else in version {goal.version}, so the pass is "
            "not kept whole.",
        )
        for line in standing.units
        if line.held and line.counts and line.unit.ref in changed
    )
    done = {line.unit.ref for line in kept}
    to_do = tuple(unit for unit in goal.units if unit.ref not in done)
    refusal = _no_way(start, goal)
    sentence = refusal or _move_in_words(start, goal, kept, not_kept, to_do)
    return MoveVerdict(not refusal, sentence, source, kept, carried_on, not_kept, to_do)


def _no_way(start: Combination, goal: Combination) -> str:
    """Why the move cannot be made; empty where it can."""
    if start.code == goal.code:
        if start.version == goal.version:
            return f"The learner is on {goal.code} already."
        return ""
    if not set(start.refs) & set(goal.refs):
        return f"{start.code} and {goal.code} share no unit, so nothing would move."
    if goal.credits <= start.credits:
        return (
            f"A move goes to a larger award: {goal.code} has {_credits(goal.credits)}, "
            f"{start.code} has {start.credits}."
        )
    return ""


def _move_in_words(
    start: Combination,
    goal: Combination,
    kept: Sequence[UnitStanding],
    not_kept: Sequence[LeftOut],
    to_do: Sequence[CombinedUnit],
) -> str:
    there, how = goal.code, "by credit transfer"
    if start.code == goal.code:
        there, how = f"{goal.code} version {goal.version}", f"from version {start.version}"
    if kept:
        achieved = sum(line.unit.credits for line in kept)
        refs = listed([line.unit.ref for line in kept])
        verb = "is" if len(kept) == 1 else "are"
        said = [f"{refs} {verb} kept {how}: {achieved} of {_credits(goal.credits)} of {there}."]
    else:
        said = [f"No pass moves to {there}, which needs {_credits(goal.credits)}."]
    said += [line.reason for line in not_kept]
    if to_do:
        said.append(f"Still to pass: {listed([unit.ref for unit in to_do])}.")
    return " ".join(said)
