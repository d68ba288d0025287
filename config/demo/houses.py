"""Who the people of the demonstration are, and what happens in their two centres. All invented."""

import datetime
from functools import cache

from centres.models import Role
from config.demo import files
from config.demo.programme import COACHING_YEAR
from config.demo.story import (
    Approved,
    Attempt,
    Correction,
    House,
    Item,
    Learner,
    Move,
    Paper,
    Person,
    Plan,
    Release,
    Report,
    Review,
    Visit,
)
from config.demo.work import (
    ALL_PASS,
    COMMENTS,
    COUNTS,
    HALF_WAY,
    LEADERSHIP_ITEMS,
    LEADERSHIP_MARKS,
    NOT_SIGNED,
    OVERLOOKED,
    REFERRED,
    REPORT_COUNTS,
    REPORT_ITEMS,
    REPORT_PASS,
    working_items,
)

PLAN_RULES = """1. A quarter of each assessor’s decisions, drawn at random.
2. Every decision of an assessor in their first six months on a unit.
3. Every second attempt.
4. The first referral on each version.
5. One of each kind of evidence: audio, observation, discussion."""
TESTS = dict.fromkeys(("valid", "authentic", "current", "sufficient", "reliable"), "yes")
AGREES = {"outcome": "agree", "remarks": "Read against the diary and the contracts.", **TESTS}


def _agreed(*marks: str) -> dict[str, tuple[str, str, str, str]]:
    """Criteria that the reviewer looked at and agrees with, the first with a word on it."""
    said = dict.fromkeys(marks, ("agree", "", "assessor", ""))
    said[marks[0]] = ("agree", "Both sides’ wishes are there. Well judged.", "learner", "")
    return said


def approval_papers() -> tuple[Paper, ...]:
    """What Alder shows the awarding body with its approval."""
    journey = [
        [
            (
                "Before the start",
                "A talk about needs, support and the right award; then enrolment.",
            ),
            ("Weeks 1 to 4", "Induction, the handbook, two workshops, a first coaching contract."),
            ("Weeks 5 to 20", "Practice with clients, supervision each month, tutorials."),
            ("Weeks 21 to 26", "Reflection, handing in, and what comes after the award."),
        ]
    ]
    lessons = [
        "Lesson plans, Coaching and mentoring, level 5",
        "1. What coaching and mentoring are, and are not: pairs, cases, a glossary to keep.",
        "2. Contracts and confidentiality: three contracts compared, one of your own drafted.",
        "3. Models and questions: practice in threes, with an observer's sheet.",
        "4. Supervision and reflection: a log begun, a first session reviewed.",
    ]
    return (
        Paper(
            "journey",
            "Learner journey, level 5",
            "learner journey.pdf",
            files.pdf("Learner journey, level 5", journey),
        ),
        Paper("lessons", "Lesson plans, level 5", "lesson plans.docx", files.docx(lessons)),
    )


@cache
def houses() -> tuple[House, ...]:
    """The two centres; making their files takes a moment, so it is done once and when asked."""
    return (
        House(
            slug="alder",
            name="Alder Centre",
            number="012345",
            people=(
                Person("max", "Max Cedar", Role.MANAGER),
                Person("pat", "Pat Willow", Role.ASSESSOR),
                Person("kit", "Kit Aspen", Role.ASSESSOR),
                Person("jo", "Jo Hawthorn", Role.IQA),
                Person("lea", "Lea Sycamore", Role.LEAD_IQA),
                Person("eve", "Eve Elder", Role.EQA),
                Person("una", "Una Hornbeam", Role.LEARNER),
                Person("asha", "Asha Rowan", Role.LEARNER),
                Person("finn", "Finn Juniper", Role.LEARNER),
                Person("cleo", "Cleo Linden", Role.LEARNER),
                Person("nia", "Nia Spruce", Role.LEARNER),
                Person("omar", "Omar Beech", Role.LEARNER),
                Person("rhea", "Rhea Poplar", Role.LEARNER),
                Person("ivo", "Ivo Hazel", Role.LEARNER),
            ),
            learners=(
                Learner(
                    "una",
                    "AL-0361",
                    datetime.date(1988, 4, 2),
                    attempts=(
                        Attempt(working_items(complete_contract=True), ALL_PASS, COUNTS, COMMENTS),
                    ),
                ),
                Learner(
                    "asha",
                    "AL-0362",
                    datetime.date(1992, 11, 20),
                    draft=working_items(complete_contract=True)[:6],
                ),
                Learner(
                    "finn",
                    "AL-0363",
                    datetime.date(1979, 1, 30),
                    waiting=Attempt(working_items(complete_contract=True), HALF_WAY, COUNTS),
                ),
                Learner(
                    "cleo",
                    "AL-0364",
                    datetime.date(1995, 9, 8),
                    waiting=Attempt(
                        working_items(complete_contract=False), REFERRED, NOT_SIGNED, COMMENTS
                    ),
                ),
                Learner(
                    "nia",
                    "AL-0365",
                    datetime.date(1990, 6, 14),
                    attempts=(
                        Attempt(working_items(complete_contract=True), ALL_PASS, COUNTS, COMMENTS),
                    ),
                ),
                Learner(
                    "omar",
                    "AL-0366",
                    datetime.date(1983, 3, 27),
                    attempts=(Attempt(working_items(complete_contract=False), OVERLOOKED, COUNTS),),
                ),
                Learner(
                    "rhea",
                    "AL-0367",
                    datetime.date(1976, 12, 1),
                    pathway="D7-certificate",
                    assessment="D7.02-03-diary",
                    attempts=(Attempt(LEADERSHIP_ITEMS, marks=LEADERSHIP_MARKS),),
                ),
                Learner(
                    "ivo",
                    "AL-0368",
                    datetime.date(1986, 2, 11),
                    assessment="500-assignment",
                    attempts=(Attempt(REPORT_ITEMS, REPORT_PASS, REPORT_COUNTS),),
                ),
            ),
            approvals=(
                Approved("8588", "AL-8588-2024", papers=approval_papers()),
                Approved(
                    "D7",
                    "AL-D7-2019",
                    past_review="The awarding body confirmed by letter that the last group may "
                    "start; it is not offered to anybody else.",
                ),
            ),
            alignments=(COACHING_YEAR,),
            handbooks=("8588",),
            plans=(
                Plan("8588", "Coaching and mentoring, level 5", PLAN_RULES, 25),
                Plan("D7", "Executive coaching, level 7", PLAN_RULES, 50),
            ),
            quality=(
                Review(
                    "una",
                    _agreed("1.3", "2.1", "2.3", "3.3"),
                    AGREES,
                    reason="A recording is among the evidence: rule 5 of the plan.",
                ),
                Review(
                    "omar",
                    {
                        "1.3": (
                            "query",
                            "The sponsor’s wishes are nowhere in this contract. How is 1.3 met?",
                            "assessor",
                            "",
                        )
                    },
                    {
                        "outcome": "return",
                        "reason": "Read 1.3 again: the contract with Client 2 leaves the sponsor "
                        "out, and the criterion asks for both.",
                        **TESTS,
                        "sufficient": "no",
                    },
                    reason="The contract is the criterion most often referred: rule 4.",
                ),
                Correction(
                    "omar",
                    {
                        "1.3": (
                            "referral",
                            "I overlooked that the sponsor’s wishes are missing. Add them, and "
                            "have all three sign.",
                        )
                    },
                    NOT_SIGNED,
                ),
                Review(
                    "omar",
                    {"1.1": ("agree", "", "assessor", "")},
                    {},
                    reason="Returned once: the corrected version is looked at again.",
                ),
                Visit("8588", "EQ-2026-11", {"una": "A recording, and a live observation."}),
                Release("8588"),
                Move("ivo", "8588-31", "He coaches enough people for the longer practice unit."),
                Review(
                    "rhea",
                    {
                        "s1": ("agree", "", "assessor", "23"),
                        "s2": ("agree", "Fourteen hours, counted again.", "file", "20"),
                        "s3": ("agree", "", "assessor", "26"),
                    },
                    {
                        **AGREES,
                        "outcome": "action",
                        "action_text": "Note beside each section where its marks were earned.",
                    },
                    seed="alder 2026",
                ),
                Visit("D7", "EQ-2026-12", {"rhea": "The only mark sheet so far."}, closes=False),
            ),
        ),
        House(
            slug="birch",
            name="Birch Training",
            number="067890",
            people=(
                Person("max", "Mina Poplar", Role.MANAGER),
                Person("pat", "Robin Laurel", Role.ASSESSOR),
                Person("jo", "Dev Larch", Role.IQA),
                Person("lea", "Ines Medlar", Role.LEAD_IQA),
                Person("ted", "Ted Osier", Role.LEARNER),
            ),
            learners=(
                Learner(
                    "ted",
                    "BI-0107",
                    datetime.date(1985, 7, 9),
                    attempts=(
                        Attempt(
                            working_items(complete_contract=False), REFERRED, NOT_SIGNED, COMMENTS
                        ),
                        Attempt(
                            (
                                Item(
                                    "Three-way contract, Client 2, with the sponsor",
                                    "contract with sponsor.docx",
                                    files.docx(
                                        [
                                            "Coaching contract, Client 2, second version",
                                            "What the client wants, and what the sponsor wants.",
                                            "Signed by Client 2, the sponsor and the coach.",
                                        ]
                                    ),
                                    (
                                        (
                                            "1.3",
                                            "whole",
                                            None,
                                            "The sponsor's wishes, signed by all",
                                        ),
                                    ),
                                ),
                            ),
                            ALL_PASS,
                            COUNTS,
                            COMMENTS,
                        ),
                    ),
                ),
            ),
            approvals=(Approved("8588", "BI-8588-2025"),),
            plans=(Plan("8588", "Coaching and mentoring", PLAN_RULES, 25),),
            quality=(
                Review(
                    "ted",
                    _agreed("1.3", "2.2"),
                    AGREES,
                    reason="A second attempt: rule 3 of the plan.",
                ),
                Report("8588", "BI-EQ-04", "Hal Rosewood"),
            ),
        ),
    )
