"""A small qualification of our own invention: a result sheet, and a mark sheet over two units."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connections, transaction

from qualifications.actions import TREE
from qualifications.models import Specification

ORCHARD = """\
awarding_body: {code: ORCHARD, name: Orchard Guild}
qualification:
  number: "9001"
  title: Tending an Orchard
  level: 3
version: "1"
source: Orchard Guild leaflet, first printing
checks:
  tqt_per_credit: 10
verbs:
  prune: Cut with a reason.
  explain: Say how and why.
units:
  - ref: O-1
    number: "1"
    uan: A/100/0001
    title: Winter pruning
    short_title: Pruning
    level: 3
    credits: 4
    glh: 10
    aim: The learner prunes so that trees bear.
    review_on: 2098-08-31
    available_from: 2021-09-01
    sector: "3.2 Horticulture"
    support_body: Guild of Growers
    submitter: Orchard Guild
    availability: Restricted to the guild
    body_requirements: The trees are pruned on the spot.
    nos: [CM15, CM1]
    indicative_content: [Where to cut, When to cut]
    outcomes:
      - number: 1
        title: Prune
        text: Prune young and old trees.
        criteria:
          - number: "1.1"
            verb: prune
            statement: Prune three trees.
            guidance: [Choose trees of different ages.]
            depth: [Say what a torn cut leads to.]
            example_evidence: [A photograph with a caption.]
            descriptors:
              referral: [A tree is left out., The cuts are torn.]
              pass: [Three trees stand well.]
          - number: "1.2"
            verb: explain
            statement: Explain each cut.
            descriptors:
              referral: [Cuts go unexplained.]
              pass: [Each cut has its reason.]
    rules:
      - criterion: "1.1"
        code: trees
        label: Trees
        minimum: 3
        maximum: 5
        exceptional_maximum: 6
        unit_of_measure: items
        source: Leaflet, unit 1, AC 1.1
    checklist:
      - criterion: "1.2"
        code: tools_cleaned
        label: The tools were cleaned
        source: Leaflet, unit 1, AC 1.2
  - ref: O-2
    number: "2"
    title: Pressing
    short_title: Pressing
    level: 3
    credits: 3
    glh: 8
    outcomes:
      - number: 1
        title: Press
        text: Press apples.
        criteria:
          - {number: "1.1", verb: explain, statement: Explain the press.}
          - {number: "1.2", verb: explain, statement: Explain the yield.}
  - ref: O-3
    number: "3"
    title: Reviewing the season
    short_title: Season
    level: 3
    credits: 2
    glh: 6
    outcomes:
      - number: 1
        title: Review
        text: Look back at the season.
        criteria:
          - {number: "1.1", verb: explain, statement: Explain the harvest.}
  - ref: O-4
    number: "4"
    title: Grafting
    short_title: Grafting
    level: 3
    credits: 5
    glh: 9
    outline_only: true
assessments:
  - code: 1-portfolio
    title: Trees in winter
    method: portfolio
    sheet_kind: result
    units: [O-1]
  - code: 2-3-diary
    title: Diary of the season
    method: diary
    sheet_kind: mark
    words: {from: 1500, to: 2000}
    units: [O-2, O-3]
    sections:
      - title: Opening
        maximum: 10
        minimum: 5
        bullets:
          - text: Says where the orchard stands.
      - title: Press and yield
        maximum: 50
        minimum: 25
        bullets:
          - text: Tells how press and harvest hang together.
            criteria: [O-2 1.1, O-3 1.1]
      - title: Reckoning
        maximum: 40
        minimum: 20
        bullets:
          - text: Reckons the yield.
            criteria: [O-2 1.2]
pathways:
  - code: 9001-A
    title: Award in Tending an Orchard
    award: award
    credits: 9
    glh: 27
    tqt: 90
    glh_includes_support: true
    induction_hours: 1
    tutorial_hours: 2
    units: [O-1, O-2, O-3]
  - code: 9001-C
    alternative_code: 9001-D
    title: Certificate in Tending an Orchard
    award: certificate
    accreditation_number: 900/0001/X
    credits: 12
    glh: 27
    tqt: 120
    glh_includes_support: false
    induction_hours: 1.5
    tutorial_hours: 2
    minimum_age: 16
    registration_years: 2
    units: [O-1, O-2, O-4]
templates:
  - code: season-diary
    title: Diary of a season
    text: A page for each week.
    criteria: [O-3 1.1, O-1 1.2]
  - code: tally
    title: Tally of the harvest
    text: What each tree has borne.
staff:
  - group: assessor_iqa
    title: Has judged harvests
    indicators: [A harvest of this year or the last, A list of harvests]
  - group: tutor
    title: Has pruned
  - group: assessor_iqa
    title: Keeps up to date
    indicators: [A course]
corrections:
  - field: Unit O-2, title
    unit: O-2
    raw: Presing
    used: Pressing
    reason: A letter is missing.
  - field: Statement
    unit: O-1
    criterion: "1.1"
    raw: Prune two trees
    used: Prune three trees.
    reason: The page before it says three.
  - field: Publisher
    raw: Guild of Orchards
    used: Orchard Guild
    reason: The title page has the name right.
"""
PUBLISHED = ORCHARD.replace(
    'version: "1"\n', 'version: "1"\npublished: 2024-02-29\npublished_by: Orchard Guild\n'
)
SECOND_VERSION = PUBLISHED.replace('version: "1"', 'version: "2"')

# Everything above it belongs to a body that the site's own role cannot add.
OF_A_CENTRE = ORCHARD.replace("{code: ORCHARD, name: Orchard Guild}", "{code: ILM, name: ILM}")

# A draft of a qualification that is there already, for tests that commit.
DRAFT_OF_8588 = (
    OF_A_CENTRE.replace('number: "9001"', 'number: "8588"')
    .replace(
        "title: Tending an Orchard\n  level: 3",
        "title: Effective Coaching and Mentoring\n  level: 5",
    )
    .replace('version: "1"', 'version: "committed"')
)

ALDER = UUID("a1de0000-0000-4000-8000-000000000001")
BIRCH = UUID("b12c0000-0000-4000-8000-000000000002")


def remove_draft(draft: Specification) -> None:
    """Take a committed draft out of the catalogue, which is not emptied between tests."""
    for model in reversed(TREE):
        model._default_manager.using("owner").filter(specification=draft.pk).delete()
    draft.delete(using="owner")


@contextmanager
def as_centre(centre_id: UUID | None, using: str = "default") -> Iterator[None]:
    """Run as the site does for one centre, or for none."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.centre', %s, true)", [str(centre_id) if centre_id else ""]
        )
        yield
        cursor.execute("SELECT set_config('app.centre', '', true)")
