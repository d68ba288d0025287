"""Moves: where a registration goes on to, what becomes of its results, and when a reason is due.

A move goes to another pathway of the same version that shares a unit, or to the same award in a
newer version. Where a smaller award leaves out a confirmed pass, it is made with a reason only.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from qualifications.rules.combinations import (
    Combination,
    CombinedUnit,
    LeftOut,
    Results,
    Standing,
    UnitStanding,
    judge_combination,
    shared_units,
)
from qualifications.rules.verdicts import Verdict, credits_in_words, listed

TRANSFER = "Specification, rules of combination; credit transfer of shared units"
CONFIRMED = frozenset({Standing.INTERNAL, Standing.EXTERNAL})


class Award(Protocol):
    """A pathway by what it leads to: `Pathway` and `Combination` both are."""

    @property
    def code(self) -> str: ...
    @property
    def award(self) -> str: ...


class Step(StrEnum):
    """What the goal's version is to the one that a registration is on.

    Other is an older one, one that is not published, and one of another qualification.
    """

    SAME = "same"
    NEWER = "newer"
    OTHER = "other"


def is_same_award(one: Award, other: Award) -> bool:
    """Whether two pathways, of two versions of a qualification, lead to the same award."""
    return (one.code, one.award) == (other.code, other.award)


def judge_way(start: Award, goal: Award, step: Step, *, source: str = TRANSFER) -> Verdict:
    """Whether moves go from one pathway to another at all, whatever the results are."""
    if step is Step.SAME and is_same_award(start, goal):
        return Verdict(
            False, f"The registration is on {goal.code} of this version already.", source
        )
    if step is Step.SAME:
        return Verdict(True, f"{goal.code} is another pathway of the same version.", source)
    if step is Step.NEWER and is_same_award(start, goal):
        return Verdict(True, f"{goal.code} is the same award in a newer version.", source)
    return Verdict(
        False,
        "A registration moves to another pathway of its version, or to a newer published version "
        "of its own.",
        source,
    )


@dataclass(frozen=True)
class MoveVerdict(Verdict):
    """Whether a learner may move to another pathway, and what becomes of their results.

    `kept` are passes, `carried_on` is work in progress, both in units that the new pathway asks
    for too; `not_kept` does not count there; `to_do` is what the new pathway still needs, and
    `changes` says all of it. `given_up` are the confirmed passes that a smaller award leaves out:
    where there are any, a reason is asked for, and without one the verdict is not met.
    """

    kept: tuple[UnitStanding, ...]
    carried_on: tuple[CombinedUnit, ...]
    not_kept: tuple[LeftOut, ...]
    to_do: tuple[CombinedUnit, ...]
    given_up: tuple[CombinedUnit, ...]
    changes: str

    @property
    def credits_kept(self) -> int:
        return sum(line.unit.credits for line in self.kept)

    @property
    def asks_reason(self) -> bool:
        """Whether the move is made with a reason only."""
        return bool(self.given_up)

    @property
    def is_open(self) -> bool:
        """Whether the move can be made, if with a reason only."""
        return self.met or self.asks_reason


def judge_move(
    start: Combination,
    goal: Combination,
    results: Results,
    step: Step,
    *,
    reason: str = "",
    pathways: Sequence[Combination] = (),
    unchanged: Collection[str] | None = None,
    source: str = TRANSFER,
) -> MoveVerdict:
    """Whether a learner on `start` may move to `goal`, with what is kept and what is not.

    Passes in shared units are kept; the alternative of what `goal` asks for never is. `unchanged`
    names the units of which every criterion is the same in the version of `goal`: the others'
    passes are not kept whole. Without it every shared unit counts as unchanged. `pathways` are
    those of the version that the learner is on.
    """
    standing = judge_combination(goal, results, pathways=[*pathways] or [start, goal])
    changed = set() if unchanged is None else set(goal.refs) - set(unchanged)
    kept = tuple(line for line in standing.units if line.counts and line.unit.ref not in changed)
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
    refusal = _no_way(start, goal, step)
    given_up = () if refusal else _given_up(start, goal, results)
    if given_up and not reason.strip():
        refusal = _reason_due(goal, given_up)
    changes = _changes_in_words(start, goal, step, kept, not_kept, to_do)
    return MoveVerdict(
        met=not refusal,
        sentence=refusal or changes,
        source=source,
        kept=kept,
        carried_on=tuple(line.unit for line in standing.units if line.held and not line.counts),
        not_kept=not_kept,
        to_do=to_do,
        given_up=given_up,
        changes=changes,
    )


def _no_way(start: Combination, goal: Combination, step: Step) -> str:
    """Why the move cannot be made, with a reason or without; empty where it can."""
    way = judge_way(start, goal, step)
    if not way.met:
        return way.sentence
    if step is Step.SAME and not shared_units([start, goal]):
        return f"{start.code} and {goal.code} share no unit, so nothing would move."
    return ""


def _given_up(start: Combination, goal: Combination, results: Results) -> tuple[CombinedUnit, ...]:
    """The units with a confirmed pass that a smaller award does not ask for."""
    if goal.credits >= start.credits:
        return ()
    return tuple(
        unit
        for unit in start.units
        if unit.ref not in goal.refs
        and unit.ref in results
        and results[unit.ref].standing in CONFIRMED
    )


def _reason_due(goal: Combination, given_up: Sequence[CombinedUnit]) -> str:
    verb = "is" if len(given_up) == 1 else "are"
    return (
        f"{goal.code} is a smaller award and leaves out {listed([unit.ref for unit in given_up])}, "
        f"which the learner has passed and which {verb} confirmed: such a move is made with a "
        "reason only."
    )


def _changes_in_words(
    start: Combination,
    goal: Combination,
    step: Step,
    kept: Sequence[UnitStanding],
    not_kept: Sequence[LeftOut],
    to_do: Sequence[CombinedUnit],
) -> str:
    there, how = goal.code, "by credit transfer"
    if step is not Step.SAME:
        there, how = f"{goal.code} version {goal.version}", f"from version {start.version}"
    if kept:
        achieved = sum(line.unit.credits for line in kept)
        refs = listed([line.unit.ref for line in kept])
        verb = "is" if len(kept) == 1 else "are"
        needed = credits_in_words(goal.credits)
        said = [f"{refs} {verb} kept {how}: {achieved} of {needed} of {there}."]
    else:
        said = [f"No pass moves to {there}, which needs {credits_in_words(goal.credits)}."]
    said += [line.reason for line in not_kept]
    if to_do:
        said.append(f"Still to pass: {listed([unit.ref for unit in to_do])}.")
    return " ".join(said)
