"""Rules of combination: which units lead to which award, and what a learner's results come to.

Every unit of a combination is mandatory. Two pathways of a qualification can share units and ask
for one or another in the same place, as for a shorter or an extended practice unit; such
alternatives never stand in one combination. What was passed in a shared unit counts in the other
pathway too: that is credit transfer, not recognition of prior learning.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from qualifications.rules.verdicts import Verdict, credits_in_words, listed

COMBINATIONS = "Specification, rules of combination"


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
    """How far a result is: from `DECIDED` on it is a pass, and provisional until an external
    confirmation."""

    IN_PROGRESS = "in progress"
    DECIDED = "decided"
    INTERNAL = "internally confirmed"
    EXTERNAL = "externally confirmed"

    @property
    def is_pass(self) -> bool:
        return self is not Standing.IN_PROGRESS

    @property
    def is_provisional(self) -> bool:
        return self in {Standing.DECIDED, Standing.INTERNAL}


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

    @property
    def is_provisional(self) -> bool:
        """Whether it counts and waits to be confirmed."""
        return self.counts and self.held is not None and self.held.standing.is_provisional


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
        """Of the units that count and are not provisional."""
        return sum(
            line.unit.credits for line in self.units if line.counts and not line.is_provisional
        )

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
        return tuple(line.unit for line in self.units if line.is_provisional)

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
    waiting = [line.unit.ref for line in units if line.is_provisional]
    met = not missing and achieved == combination.credits
    of_credits = f"{achieved} of {credits_in_words(combination.credits)}"
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
    until = ", provisional until it is confirmed" if held.standing.is_provisional else ""
    if here:
        return UnitStanding(unit, Counting.EARNED, held, f"Passed here{until}.")
    if held.pathway == combination.code:
        sentence = f"Passed under version {held.version} and kept{until}."
        return UnitStanding(unit, Counting.EARNED, held, sentence)
    sentence = f"Passed under {held.pathway} and kept by credit transfer{until}."
    return UnitStanding(unit, Counting.TRANSFERRED, held, sentence)
