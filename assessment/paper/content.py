"""What a sheet says, complete and without a database, so that paper can be tested alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

Copy = Literal["learner", "file"]
Audience = Literal["learner", "assessor", "file"]
Decision = Literal["pass", "referral"]
SignatureState = Literal["valid", "stale", "superseded", "withdrawn"]


class PaperFault(ValueError):
    """The content contradicts itself and must not be printed; the message names the rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine:
    """One unit that the assessment covers. `credits` is the unit's credit value."""

    ref: str
    title: str
    credits: int
    uan: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A counted total printed beside the submission, such as "Practice", "18 h 45, 2 clients"."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far the decision has been confirmed, in words; `quality` decides it and hands it in."""

    label: str
    explanation: str
    is_provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment under an outcome. `heading` says who speaks, `audience` who may read it."""

    heading: str
    text: str
    audience: Audience


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedCriterion:
    """One criterion with its assessment verb, its descriptors and the assessor's decision.

    `looked_for` says in a line what was found of its checklist; it is for the file copy only.
    """

    number: str
    verb: str
    statement: str
    referral_signs: tuple[str, ...]
    pass_signs: tuple[str, ...]
    feedback: str
    decision: Decision
    looked_for: str = ""

    @property
    def lead(self) -> str:
        """The verb as it opens the sentence; it is printed bold because it sets the breadth."""
        return split_at_verb(self.verb, self.statement)[0] or self.verb[:1].upper() + self.verb[1:]

    @property
    def rest(self) -> str:
        """The statement after its verb, with the blank or comma that follows it."""
        lead, rest = split_at_verb(self.verb, self.statement)
        return rest if lead else f" {rest}"


def split_at_verb(verb: str, statement: str) -> tuple[str, str]:
    """The verb as it opens the statement, and what follows; no verb where it opens otherwise."""
    opening, following = statement[: len(verb)], statement[len(verb) :]
    if opening.casefold() != verb.casefold() or following[:1].isalnum():
        return "", statement
    return opening, following


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedOutcome:
    """A learning outcome with its criteria; `unit_ref` is needed where a paper covers two units."""

    number: int
    title: str
    criteria: tuple[JudgedCriterion, ...]
    comments: tuple[Comment, ...] = ()
    unit_ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureLine:
    """One signature. `signed_at` is text in the centre's time zone, `digest` a short hash."""

    name: str
    role: str
    meaning: str
    sentence: str
    signed_at: str
    method: str
    digest: str
    state: SignatureState = "valid"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLine:
    """A signature that is still to come, with what it will decide and when it is due."""

    who: str
    role: str
    meaning: str
    due: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What one copy of any sheet says, whatever it decides.

    Dates and times are text in the centre's zone, which `time_zone` names. `digest` is the
    SHA-256 of the signed manifest in hex; `verify_url` is the whole address of the check page for
    `code`.
    """

    kind: ClassVar[str]
    template: ClassVar[str]

    centre_name: str
    centre_number: str
    learner_name: str
    registration_number: str
    qualification_title: str
    units: tuple[UnitLine, ...]
    attempt: int
    attempts_so_far: int
    submitted_at: str
    specification_label: str
    counts: tuple[Count, ...]
    copy: Copy
    standing: Standing
    outcome: Decision
    outcome_sentence: str
    signatures: tuple[SignatureLine, ...]
    waiting: tuple[WaitingLine, ...]
    digest: str
    code: str
    verify_url: str
    time_zone: str
    issued_on: str
    sealed_by: str = ""

    @property
    def stands(self) -> Decision:
        """The outcome that counts."""
        return self.outcome

    @property
    def refs(self) -> str:
        return " + ".join(unit.ref for unit in self.units)

    @property
    def verify_place(self) -> str:
        """The check page's address as a person would type it, without scheme and code."""
        return (
            self.verify_url.split("://", 1)[-1].removesuffix("/").removesuffix(self.code).strip("/")
        )

    @property
    def digest_groups(self) -> str:
        """The digest in groups of four, as people compare it."""
        return " ".join(self.digest[i : i + 4] for i in range(0, len(self.digest), 4))


def check_audience(copy: Copy, comments: Iterable[Comment], looked_for: Iterable[str]) -> None:
    """Refuse (PaperFault) a learner's copy with comments for others or what was looked for."""
    if copy == "learner" and any(comment.audience != "learner" for comment in comments):
        raise PaperFault("A learner's copy holds only comments for the learner.")
    if copy == "learner" and any(looked_for):
        raise PaperFault("A learner's copy does not hold what was looked for.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPaper(Paper):
    """Everything one copy of a result sheet says.

    Refuses (PaperFault) a learner's copy with comments for others or with what was looked for, an
    outcome that its criteria contradict (8588 handbook, result sheet: a unit passes only when every
    criterion does), and a referral without feedback on the criterion.
    """

    kind: ClassVar[str] = "Result sheet"
    template: ClassVar[str] = "assessment/paper/result_sheet.html"

    outcomes: tuple[JudgedOutcome, ...]

    def __post_init__(self) -> None:
        decided = [criterion for part in self.outcomes for criterion in part.criteria]
        check_audience(
            self.copy,
            (comment for part in self.outcomes for comment in part.comments),
            (criterion.looked_for for criterion in decided),
        )
        if not decided:
            raise PaperFault("A result sheet needs at least one decided criterion.")
        derived: Decision = "pass" if all(c.decision == "pass" for c in decided) else "referral"
        if derived != self.outcome:
            raise PaperFault(
                f"The criteria say {derived} and the sheet says {self.outcome}: a unit passes "
                "exactly when all its criteria do."
            )
        for criterion in decided:
            if criterion.decision == "referral" and not criterion.feedback.strip():
                raise PaperFault(f"Criterion {criterion.number} is a referral and has no feedback.")

    def learner_copy(self) -> ResultPaper:
        """The same sheet without the comments that are not for the learner, and without what was
        looked for."""
        outcomes = tuple(
            replace(
                part,
                criteria=tuple(replace(criterion, looked_for="") for criterion in part.criteria),
                comments=tuple(c for c in part.comments if c.audience == "learner"),
            )
            for part in self.outcomes
        )
        return replace(self, copy="learner", outcomes=outcomes)
