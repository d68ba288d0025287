"""Who the people of the demonstration are, what they hand in and what is decided. All invented."""

import datetime
from dataclasses import dataclass, field
from functools import cache

from centres.models import Role
from config.demo import files

PASSWORD = "criterion-demo-2026"  # noqa: S105 – the demonstration prints it


@dataclass(frozen=True)
class Person:
    """Somebody with a login; the address is made of the key and the centre."""

    key: str
    name: str
    role: Role


@dataclass(frozen=True)
class Item:
    """A file handed in, and what it is claimed for: (criterion, anchor, place, note)."""

    title: str
    name: str
    content: bytes
    claims: tuple[tuple[str, str, int | None, str], ...]


@dataclass(frozen=True)
class Attempt:
    """What is added before an attempt, and what the assessor makes of it."""

    items: tuple[Item, ...]
    judgements: dict[str, tuple[str, str]]
    counts: dict[str, dict[str, str]] = field(default_factory=dict)
    comments: tuple[tuple[int, str, str], ...] = ()


@dataclass(frozen=True)
class Learner:
    """A learner's registration and what they hand in.

    ``draft`` is not handed in; ``attempts`` are handed in and signed; ``waiting`` is handed in and
    marked as far as its judgements go, but not signed.
    """

    key: str
    number: str
    born: datetime.date
    draft: tuple[Item, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    waiting: Attempt | None = None


@dataclass(frozen=True)
class House:
    """A centre and its people."""

    slug: str
    name: str
    number: str
    people: tuple[Person, ...]
    learners: tuple[Learner, ...]


PLAN_PAGES = [
    [
        (
            "Who and why",
            "Two clients, both first-line managers, met through the mentoring scheme. "
            "Client 1 wants to delegate; Client 2 has taken on a team that was split from another.",
        ),
        ("How long", "Nine hours with each: six sessions of ninety minutes, every second week."),
    ],
    [
        ("Setting", "A small room away from both teams; video only where travel is impossible."),
        ("Shape", "Contact, needs and goals, contract, four working sessions, review, ending."),
    ],
]
NEEDS_PAGES = [
    [
        (
            "Client 1",
            "From the strengths questionnaire and the manager's view: letting go of "
            "detail; saying no upwards. Goal: three tasks handed over by the end of May.",
        ),
        (
            "Client 2",
            "From the 180 degree feedback: hard conversations put off; meetings that run "
            "over. Goal: one difficult conversation held and reviewed each month.",
        ),
    ]
]
LOG_PAGES = [
    [
        (
            f"Session {n}, Client {1 + n % 2}",
            "Goal taken from last time, what was real today, the "
            "options named, the one chosen and by when. Duration one hour and thirty minutes.",
        ),
        ("Summary and outcome", "What the client said of it at the end, and what we agreed."),
    ]
    for n in range(1, 13)
]
REFLECTION_PAGES = [
    [
        (
            f"After session {n}",
            "What went well, which method I used and why that one, how I "
            "listened, which question opened something, what I shall do differently next time.",
        ),
        ("Learnt", "I wait longer after a question; I name a change of method aloud."),
    ]
    for n in range(1, 7)
]
SUPERVISION_PAGES = [
    [
        (
            "Supervision, 12 March and 9 April",
            "Seventy-five minutes in all with an experienced coach: "
            "rapport, contracting, challenge, and what I avoid.",
        ),
        ("Observation", "Forty minutes observed live, with ten comments."),
    ]
]
SUMMARY_PAGES = [
    [
        ("Questioning", "Open questions come easily; I still ask two at once when I am hurried."),
        ("Listening", "Clients correct my summaries less than they did; log 3 and log 5 show it."),
        (
            "Giving feedback",
            "I now ask before I give it, and say what I saw rather than what I think of it.",
        ),
    ]
]


def working_items(*, complete_contract: bool) -> tuple[Item, ...]:
    """The portfolio of unit 501; an incomplete contract leaves out the sponsor's wishes."""
    contract = [
        "Coaching contract, Client 2",
        "We meet six times. Either of us may end it without blame after the second session.",
        "What Client 2 wants: to hold hard conversations within a week.",
        "Confidential between us, unless somebody is at risk.",
    ]
    if complete_contract:
        contract.append(
            "What the sponsor wants: fewer grievances raised late. Signed by all three."
        )
    return (
        Item(
            "Programme plan",
            "Programme plan.pdf",
            files.pdf("Programme plan", PLAN_PAGES),
            (("1.1", "page", 1, "Clients, hours and shape"),),
        ),
        Item(
            "Needs and goals, both clients",
            "needs-and-goals.pdf",
            files.pdf("Needs and goals", NEEDS_PAGES),
            (("1.2", "page", 1, "Two needs each, before the contracts"),),
        ),
        Item(
            "Three-way contract, Client 2",
            "Contract – Client 2.docx",
            files.docx(contract),
            (("1.3", "whole", None, "What the client and the sponsor want"),),
        ),
        Item(
            "Session diary, both clients",
            "diary.pdf",
            files.pdf("Session diary", LOG_PAGES),
            (
                ("2.1", "page", 1, "Twelve sessions with dates and durations"),
                ("2.2", "page", 3, "Goals, progress, summary and outcome of each"),
            ),
        ),
        Item(
            "Feedback from clients",
            "client feedback.txt",
            files.text(
                [
                    "Client 1, after session 6: I was heard, and challenged when I dodged.",
                    "Client 2, after session 3: Useful. More structure, and earlier.",
                ]
            ),
            (("2.3", "whole", None, "Both clients, more than once"),),
        ),
        Item(
            "Supervision record",
            "supervision.pdf",
            files.pdf("Supervision", SUPERVISION_PAGES),
            (("2.3", "page", 1, "Live observation"), ("3.3", "page", 1, "Seventy-five minutes")),
        ),
        Item(
            "Reflective logs",
            "reflective logs.pdf",
            files.pdf("Reflective logs", REFLECTION_PAGES),
            (
                ("2.4", "page", 1, "One after each session"),
                ("3.1", "page", 3, "What I learnt"),
                ("3.2", "page", 2, "Why GROW, why the values exercise"),
            ),
        ),
        Item(
            "Recorded discussion",
            "discussion.wav",
            files.wav(12),
            (("3.2", "time", 4, "Why I changed method"),),
        ),
        Item(
            "Review of my communication",
            "summary.pdf",
            files.pdf("Review of my communication", SUMMARY_PAGES),
            (("3.4", "page", 1, "Questioning, listening, giving feedback"),),
        ),
        Item(
            "Flip chart of the ending session",
            "flip chart.png",
            files.png(["What changed", "1 three tasks handed over", "2 said no, twice"]),
            (("2.2", "whole", None, "Outcomes, as Client 1 wrote them"),),
        ),
    )


FEEDBACK = {
    "1.1": "Your plan covers both clients from first contact to review, and gives each nine hours.",
    "1.2": "Two needs for each client, from two sources, and goals agreed before the contracts.",
    "1.3": "Both sides' wishes are there and all three have signed.",
    "2.1": "Twelve sessions, dated and timed: eighteen hours with two clients.",
    "2.2": "Each record takes up the last one's action. Session 8 is a model of it.",
    "2.3": "Two clients, each more than once, and a live observation of forty minutes.",
    "2.4": "A log after every session, with what others said taken up.",
    "3.1": "You name a lesson each time, and I could find most of them used later.",
    "3.2": "Reasons for GROW and for the values exercise, each from what the client had said.",
    "3.3": "1 h 15 of supervision. You began to name a change of method aloud because of it.",
    "3.4": "All three are there. You are hard on your listening; the clients are kinder.",
}
COUNTS = {
    "1.1": {"planned_clients": "2"},
    "2.1": {"practice_hours": "18", "clients": "2"},
    "3.3": {"supervision_hours": "1.25"},
}
ALL_PASS = {number: ("pass", said) for number, said in FEEDBACK.items()}
REFERRED = {
    **ALL_PASS,
    "1.3": (
        "referral",
        "The contract with Client 2 says what the client wants and leaves the sponsor's wishes "
        "out. Add them, and have all three sign.",
    ),
}
HALF_WAY = {number: REFERRED[number] for number in ("1.1", "1.2", "1.3", "2.1", "2.2", "2.3")}
COMMENTS = (
    (1, "learner", "A clear programme that another coach could run from."),
    (2, "learner", "Orderly records that an outsider can follow."),
    (2, "file", "Counted from the diary, pages 1 to 12: 18 h 0 with two clients."),
    (3, "learner", "Honest and specific. Keep the habit of quoting the client."),
    (3, "assessor", "Ask at standardisation how others read the recording."),
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
                Person("una", "Una Hornbeam", Role.LEARNER),
                Person("asha", "Asha Rowan", Role.LEARNER),
                Person("finn", "Finn Juniper", Role.LEARNER),
                Person("cleo", "Cleo Linden", Role.LEARNER),
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
                        working_items(complete_contract=False), REFERRED, COUNTS, COMMENTS
                    ),
                ),
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
                Person("ted", "Ted Osier", Role.LEARNER),
            ),
            learners=(
                Learner(
                    "ted",
                    "BI-0107",
                    datetime.date(1985, 7, 9),
                    attempts=(
                        Attempt(working_items(complete_contract=False), REFERRED, COUNTS, COMMENTS),
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
        ),
    )
