"""What the learners of the demonstration hand in, and what is said of it. All invented."""

from config.demo import files
from config.demo.story import Item, Marks

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
# What the assessor counts and ticks; of the four things that records hold, one is not to be found.
COUNTS = {
    "1.1": {"planned_clients": "2", "planned_hours": "18", "whole_cycle": "found"},
    "1.2": {"needs_per_client": "2", "before_contracting": "found"},
    "1.3": {"signed_by_all": "found"},
    "2.1": {"practice_hours": "18", "clients": "2"},
    "2.2": {"four_elements": "3"},
    "2.4": {"log_per_session": "found"},
    "3.2": {"tools_justified": "2"},
    "3.3": {"supervision_hours": "1.25"},
    "3.4": {"communication_skills": "3"},
}
NOT_SIGNED = {**COUNTS, "1.3": {"signed_by_all": "not found"}}
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


OVERLOOKED = {
    **ALL_PASS,
    "1.3": ("pass", "The contract with Client 2 is clear and signed."),
}
REPORT_TASKS = {
    "1.1": "Both terms defined for this organisation, with two things alike and two that differ",
    "1.2": "Structure, culture and stakeholders, and what each does to coaching",
    "1.3": "Two benefits to people and two to the organisation, argued for senior managers",
    "1.4": "One measure for people, one for the organisation, and Kirkpatrick judged",
    "1.5": "Two barriers of each kind, with a strategy against each",
    "2.1": "Knowledge, skills and behaviours, each with an example and its source",
    "2.2": "Four skills of communication, and why each matters",
    "2.3": "Ethics, and how not to judge",
    "2.4": "One model, held against how this organisation works",
    "2.5": "Reflection, and supervision alone, with a peer and in a group",
    "3.1": "One professional body’s code, and what it asks of a contract",
    "3.2": "From the first contract to the evaluation, step by step",
}
REPORT_ITEMS = (
    Item(
        "Report to senior managers, in three parts",
        "report.pdf",
        files.pdf(
            "Coaching in our organisation",
            [
                [(number, said) for number, said in REPORT_TASKS.items() if number[0] == part]
                for part in "123"
            ],
        ),
        tuple((number, "page", int(number[0]), said) for number, said in REPORT_TASKS.items()),
    ),
)
REPORT_PASS = {
    number: ("pass", f"Read and found: {said[0].lower()}{said[1:]}.")
    for number, said in REPORT_TASKS.items()
}
REPORT_COUNTS = {
    "1.1": {"definitions": "2", "similarities": "2", "differences": "2"},
    "1.2": {"organisational_factors": "3"},
    "1.3": {"individual_benefits": "2", "organisational_benefits": "2"},
    "1.4": {"individual_measures": "1", "organisational_measures": "1", "evaluation_models": "1"},
    "1.5": {
        "individual_barriers": "2",
        "organisational_barriers": "2",
        "strategy_for_each": "found",
    },
    "2.1": {"knowledge_examples": "1", "skills_examples": "1", "behaviours_examples": "1"},
    "2.2": {"communication_skills": "4", "reason_for_each": "found"},
    "2.3": {"ethical_and_non_judgemental": "found"},
    "2.4": {"models_reviewed": "1"},
    "2.5": {"reflective_practice": "found", "supervision_forms": "3"},
    "3.1": {"codes_of_practice": "1"},
    "3.2": {"main_stages": "found"},
}
LEADERSHIP_ITEMS = (
    Item(
        "Review of my own ability",
        "own ability.pdf",
        files.pdf(
            "Review of my own ability",
            [
                [
                    ("Strengths", "I contract clearly and stay with silence."),
                    ("To develop", "I rescue senior people from hard choices too soon."),
                ]
            ],
        ),
        tuple(
            (f"D7.02-{number}", "page", 1, "Own ability, with two peers’ views")
            for number in ("1.1", "1.2", "1.3", "2.1", "2.2", "3.1", "3.2", "3.3")
        ),
    ),
    Item(
        "Diary of sessions with two directors",
        "leadership diary.pdf",
        files.pdf(
            "Diary",
            [
                [
                    (f"Session {n}", "Two hours. Goal, what was said, what followed at work."),
                    ("Supervision", "What I brought, and what I changed because of it."),
                ]
                for n in range(1, 8)
            ],
        ),
        tuple(
            (f"D7.03-{number}", "page", 2, "Seven sessions of two hours")
            for number in ("1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "3.1", "3.2", "3.3")
        ),
    ),
)
LEADERSHIP_MARKS = (
    Marks(
        24,
        "You judge your own ability against what two peers and a director said.",
        "Say how you will know that you have stopped rescuing.",
    ),
    Marks(
        20,
        "Contracts with both sponsors; the plan follows from the business, not from the model.",
        counts={"practice_hours": "14"},
    ),
    Marks(27, "Each reflection ends in something that you tried the next time."),
)
