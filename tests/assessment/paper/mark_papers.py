"""Mark papers for the tests: a diary over two units, three sections, in invented words."""

from dataclasses import replace
from typing import Any

from assessment.paper.content import Comment, Count, UnitLine
from assessment.paper.marks import MarkPaper, PrintedBullet, PrintedSection
from tests.assessment.paper.papers import referral_paper

SHARED = (
    "centre_name",
    "centre_number",
    "learner_name",
    "registration_number",
    "submitted_at",
    "attempt",
    "attempts_so_far",
    "specification_label",
    "copy",
    "standing",
    "waiting",
    "digest",
    "code",
    "verify_url",
    "time_zone",
    "issued_on",
    "sealed_by",
)


def _section(position: int, title: str, maximum: int, mark: int, **said: Any) -> PrintedSection:
    bullets = tuple(
        PrintedBullet(text=text, criteria=criteria) for text, criteria in said.pop("bullets")
    )
    return PrintedSection(
        position=position,
        title=title,
        maximum=maximum,
        minimum=maximum // 2,
        mark=mark,
        bullets=bullets,
        **said,
    )


def referred_marks() -> MarkPaper:
    """The file copy of a first attempt: section 2 is one mark short; nobody has checked it yet."""
    first = referral_paper()
    learner, assessor = first.signatures
    return MarkPaper(
        **{name: getattr(first, name) for name in SHARED},
        qualification_title="Level 7 Certificate in Tending Large Orchards",
        units=(
            UnitLine(ref="O7.02", title="Tending a whole orchard", credits=4, uan="M/100/0002"),
            UnitLine(ref="O7.03", title="Looking back at the orchard’s year", credits=3),
        ),
        counts=(Count(label="Hours among the trees", value="12 h 30"),),
        outcome="referral",
        outcome_sentence="65 of 100 marks; section 2, Planning and grafting, has 14 of the 15 it "
        "needs.",
        signatures=(
            learner,
            replace(
                assessor,
                meaning="Assessor’s decision: referral.",
                sentence="I have marked all 3 sections on this evidence myself. I am satisfied "
                "that the work is the learner’s own, I know of no conflict of interest, and I "
                "decide: referral, 65 of 100 marks.",
            ),
        ),
        sections=(
            _section(
                1,
                "Own ability",
                34,
                26,
                bullets=[
                    ("Weighs up how well the trees were chosen, and why.", "O7.02 1.1"),
                    ("Weighs up own knowledge of soil, weather and stock.", "O7.02 1.2"),
                    ("Says what a grafter owes to the orchard.", "O7.02 1.3, O7.03 1.3"),
                ],
                strengths="The choice of stock is argued from the soil report, with two readings "
                "taken a month apart.\nGood use of the weather diary.",
                improvements="Say how you would choose on heavier ground.",
            ),
            _section(
                2,
                "Planning and grafting",
                30,
                14,
                bullets=[
                    ("Plans the year with whoever owns the trees.", "O7.02 2.1"),
                    ("Agrees with them what counts as a good year.", "O7.02 2.2"),
                    ("Grafts for twelve hours or more, with a record of each.", "O7.02 3.1"),
                    ("Tells which grafts took, and which did not.", "O7.02 3.2, O7.03 3.2"),
                ],
                strengths="Every graft has its line in the log.",
                improvements="The plan has no dates after May, so that the owner could not follow "
                "it. Add the second half of the year, and say who agreed to it.",
                looked_for=(
                    "O7.02-2.1: Two dates or more (1 of 2 items or more).",
                    "O7.02-3.1: Grafts in the record (not counted); Each is dated (found).",
                ),
            ),
            _section(
                3,
                "Looking back",
                36,
                25,
                bullets=[
                    ("Asks others what they saw.", "O7.03 1.1"),
                    ("Draws from it what to do next year.", "O7.03 2.1"),
                ],
                strengths="Three neighbours were asked, and each is answered.",
                improvements="",
            ),
        ),
    )


def checked_marks() -> MarkPaper:
    """The learner's copy of a pass that quality assurance has marked as well."""
    first = referred_marks()
    qa = (24, 15, 27)
    sections = tuple(
        replace(section, mark=max(section.mark, 15), qa_mark=mark, looked_for=())
        for section, mark in zip(first.sections, qa, strict=True)
    )
    second = replace(
        sections[1],
        comments=(
            Comment(
                heading="Quality assurer on section 2",
                text="The minimum, and no more: I agree.",
                audience="learner",
            ),
        ),
    )
    learner, assessor = first.signatures
    decided = replace(
        assessor,
        meaning="Assessor’s decision: pass.",
        sentence="I have marked all 3 sections on this evidence myself.",
    )
    return replace(
        first,
        signatures=(learner, decided),
        copy="learner",
        standing=replace(
            first.standing,
            label="Confirmed",
            explanation="Sampled by the centre and released after the visit of 28 November 2026.",
            is_provisional=False,
        ),
        outcome="pass",
        outcome_sentence="66 of 100 marks, and every section has its minimum.",
        sections=(sections[0], second, sections[2]),
        qa_outcome="pass",
        waiting=(),
    )
