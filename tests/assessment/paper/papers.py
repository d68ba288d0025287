"""Result papers for the tests and the bench: unit 501 after one attempt, in invented words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from assessment.paper.content import (
    Comment,
    Count,
    JudgedCriterion,
    JudgedOutcome,
    ResultPaper,
    SignatureLine,
    Standing,
    UnitLine,
    WaitingLine,
)

MANIFEST = (
    b'{"centre":"Alder Centre","decisions":{"1.1":"pass","1.3":"referral"},"schema":1,'
    b'"sheet":"8588-501"}'
)
DIGEST = "9f2c41abd07e5518c3b60e947a2df18b66402cd9b7a513fe8821d45c0a97e36f"

_UNIT_501 = Path(__file__).with_name("unit_501.yaml")


def _judged_outcomes() -> tuple[JudgedOutcome, ...]:
    return tuple(
        JudgedOutcome(
            number=number,
            title=outcome["title"],
            criteria=tuple(_judged(criterion) for criterion in outcome["criteria"]),
            comments=tuple(Comment(**comment) for comment in outcome["comments"]),
        )
        for number, outcome in enumerate(yaml.safe_load(_UNIT_501.read_text("utf-8")), start=1)
    )


def _judged(criterion: dict[str, Any]) -> JudgedCriterion:
    signs = {name: tuple(criterion[name]) for name in ("referral_signs", "pass_signs")}
    return JudgedCriterion(**{"decision": "pass", **criterion, **signs})


def referral_paper() -> ResultPaper:
    """The file copy of a first attempt: ten passes, criterion 1.3 a referral, not yet checked."""
    return ResultPaper(
        centre_name="Alder Centre",
        centre_number="012345",
        learner_name="Asha Rowan",
        registration_number="AL-0362",
        qualification_title="Level 5 Certificate in Effective Coaching and Mentoring",
        units=(
            UnitLine(
                ref="8588-501",
                title="Undertaking Effective Coaching or Mentoring "
                "within an Organisational Context",
                credits=5,
                uan="H/617/2907",
            ),
        ),
        attempt=1,
        attempts_so_far=1,
        submitted_at="17 Nov 2026, 20:14",
        specification_label="version 2.0, corrected 3 Nov 2026",
        counts=(
            Count(label="Practice", value="18 h 45, 2 clients"),
            Count(label="Supervision", value="1 h 10"),
        ),
        copy="file",
        standing=Standing(
            label="Decided by the assessor",
            explanation="The centre has not yet checked the decision, and the result can change.",
            is_provisional=True,
        ),
        outcome="referral",
        outcome_sentence="One criterion, 1.3, is a referral; ten are a pass and carry over.",
        outcomes=_judged_outcomes(),
        signatures=(
            SignatureLine(
                name="Asha Rowan",
                role="Learner",
                meaning="Declaration.",
                sentence="This is my own work, the sources are named, and no client can be "
                "recognised.",
                signed_at="17 Nov 2026, 20:14",
                method="passkey",
                digest="a2f0 77d1",
            ),
            SignatureLine(
                name="Pat Willow",
                role="Assessor",
                meaning="Assessor’s decision: referral.",
                sentence="I have judged all eleven criteria on this evidence myself, and I am "
                "satisfied that it is the learner’s own work.",
                signed_at="21 Nov 2026, 14:41",
                method="password",
                digest="9f2c 41ab",
            ),
        ),
        waiting=(
            WaitingLine(
                who="Quality assurer",
                role="IQA",
                meaning="Unit outcome: not decided yet.",
                due="Due 27 Nov 2026",
            ),
        ),
        digest=DIGEST,
        code="R4WD-8HTN-3C",
        verify_url="https://criterion.example/verify/R4WD-8HTN-3C/",
        time_zone="UK time",
        issued_on="21 Nov 2026",
        sealed_by="Alder Centre, DEMONSTRATION ONLY",
    )


def passed_paper() -> ResultPaper:
    """The file copy of the second attempt: all eleven a pass, externally confirmed."""
    first = referral_paper()
    outcomes = tuple(
        replace(
            part,
            criteria=tuple(replace(criterion, decision="pass") for criterion in part.criteria),
        )
        for part in first.outcomes
    )
    learner, assessor = first.signatures
    assessor = replace(assessor, meaning="Assessor’s decision: pass.", digest="c71d 04e8")
    checked = SignatureLine(
        name="Jo Hawthorn",
        role="IQA",
        meaning="Unit outcome: pass.",
        sentence="I checked criteria 1.3, 2.3 and 3.3 against the evidence and agree.",
        signed_at="27 Nov 2026, 16:05",
        method="passkey",
        digest="b84e 5520",
    )
    upheld = SignatureLine(
        name="Kit Elder",
        role="EQA",
        meaning="Outcome upheld.",
        sentence="I sampled this sheet at the visit of 24–28 November and uphold the outcome.",
        signed_at="28 Nov 2026, 15:10",
        method="passkey",
        digest="7f13 aa96",
    )
    return replace(
        first,
        attempt=2,
        attempts_so_far=2,
        outcome="pass",
        outcome_sentence="All eleven criteria are a pass.",
        standing=Standing(
            label="Externally confirmed",
            explanation="Checked by the centre on 27 November and upheld on 28 November 2026.",
            is_provisional=False,
        ),
        outcomes=outcomes,
        signatures=(learner, assessor, checked, upheld),
        waiting=(),
        code="K7QM-2V9T-XD",
        verify_url="https://criterion.example/verify/K7QM-2V9T-XD/",
        issued_on="28 Nov 2026",
    )
