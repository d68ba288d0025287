"""What Alder's own programme teaches and collects for each criterion. All invented."""

from config.demo.story import Aligned, AlignedUnit

UNDERSTANDING = AlignedUnit(
    ref="8588-500",
    title="Report to the board: should we coach?",
    criteria={
        "1.1": (
            "Day 1: pairs sort twelve cases into coaching, mentoring, neither; then agree words.",
            "Report, part 1: both terms in the learner’s own words, with what they share and not.",
        ),
        "1.2": (
            "Day 1: a map of one’s own organisation; what in it helps a coach, what hinders.",
            "Report, part 1: the map, with three influences weighed.",
        ),
        "1.3": (
            "Day 1: a finance manager asks hard questions about cost; groups answer.",
            "Report, part 1: gains for people and for the organisation, with their sources.",
        ),
        "1.4": (
            "Day 2: two ways to evaluate training, tried on last year’s programme.",
            "Report, part 1: what would be measured, when, and by which model.",
        ),
        "1.5": (
            "Day 2: barriers collected on cards, a way round each found in threes.",
            "Report, part 1: a table of barriers, each with what is to be done.",
        ),
        "2.1": (
            "Day 3: a role profile drawn up from two recorded sessions.",
            "Report, part 2: knowledge, skills and conduct, each with an example that is read up.",
        ),
        "2.2": (
            "Day 3: listening, questions, summary and feedback practised in threes.",
            "Report, part 2: four skills and what each does for the client.",
        ),
        "2.3": (
            "Day 3: four dilemmas from practice; what a code of ethics says to each.",
            "Report, part 2: duties towards client, sponsor and oneself.",
        ),
        "2.4": (
            "Day 4: one model shown, tried and taken apart.",
            "Report, part 2: the model, held against the learner’s own organisation.",
        ),
        "2.5": (
            "Day 4: a supervision group meets, its rules are agreed.",
            "Report, part 2: why reflection and each form of supervision are needed.",
        ),
        "3.1": (
            "Day 5: three contracts compared, one of them with a sponsor.",
            "Report, part 3: what a contract is for, and a code that it follows.",
        ),
        "3.2": (
            "Day 5: the whole process on one wall, from first talk to evaluation.",
            "Report, part 3: the stages, who answers for each, what is kept on file.",
        ),
    },
)
UNDERTAKING = AlignedUnit(
    ref="8588-501",
    title="Portfolio of eighteen hours with two clients",
    criteria={
        "1.1": (
            "Tutorial 1: a plan is drafted and a tutor asks what could go wrong.",
            "Plan of the programme for two clients.",
        ),
        "1.2": (
            "Day 5: needs interviews practised with an observer.",
            "Needs and goals of each client, dated before the contract.",
        ),
        "1.3": (
            "Day 5: a three-way talk played with a sponsor who wants reports.",
            "Signed contract for each client, client and sponsor both heard.",
        ),
        "2.1": (
            "Months 2 to 8: sessions at work; hours are checked at each tutorial.",
            "Log of hours, signed off by each client at the end.",
        ),
        "2.2": (
            "Tutorial 2: one record read together and improved.",
            "A record of every session.",
        ),
        "2.3": (
            "Months 3 and 6: a supervisor sits in; clients are asked half-way and at the end.",
            "Feedback of the supervisor and of both clients.",
        ),
        "2.4": (
            "Day 4: a reflective log begun and kept from then on.",
            "Reflective log, an entry for each session.",
        ),
        "3.1": (
            "Supervision group: what the last session taught, ten minutes each.",
            "Reflective log, with the one thing learnt named in each entry.",
        ),
        "3.2": (
            "Day 6: tools swapped; each is defended by somebody who used it.",
            "Account of tools used, and why these for this client.",
        ),
        "3.3": (
            "Supervision: one hour alone, on feedback received.",
            "Supervision record, and what changed because of it.",
        ),
        "3.4": (
            "Day 6: a recorded session, marked by its own coach.",
            "Recording with notes on questions, listening and feedback.",
        ),
    },
)
REVIEWING = AlignedUnit(
    ref="8588-503",
    title="Reflective journal: the coach I have become",
    criteria={
        "1.1": (
            "Day 7: what clients and sponsors say came of it, set side by side.",
            "Journal, entry 1: benefits, with the evidence for each.",
        ),
        "1.2": (
            "Day 7: a timeline of the year, told to a partner who only asks.",
            "Journal, entry 2: how questions, listening and feedback have changed.",
        ),
        "1.3": (
            "Tutorial 4: the portfolio read again against the role profile of day 3.",
            "Journal, entry 3: an assessment of oneself that points into the portfolio.",
        ),
        "2.1": (
            "Day 8: strengths and gaps, opportunities and threats, with a peer’s view.",
            "Journal, entry 4: all four parts, each with its reasons.",
        ),
        "2.2": (
            "Day 8: aims for a year, made precise in pairs.",
            "Development plan for the next twelve months.",
        ),
        "2.3": (
            "Day 8: two graduates tell how they keep learning.",
            "Journal, entry 5: how the plan is followed up, and with whom.",
        ),
    },
)
COACHING_YEAR = Aligned(
    pathway="8588-21",
    title="The Coaching Year",
    overview="For managers who are to coach in their own organisation. Eight workshop days over "
    "ten months, four tutorials, a supervision group each month, and practice with two clients at "
    "work from the second month on.",
    people={
        "assessment_manager": "Lea Sycamore",
        "consultant": "Max Cedar",
        "qcm": "Ros Maple",
    },
    units=(UNDERSTANDING, UNDERTAKING, REVIEWING),
    learners=("finn", "cleo"),
)
