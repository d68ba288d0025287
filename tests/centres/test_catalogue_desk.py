"""The catalogue desk: for the platform's own staff alone, drafts alone, and each write recorded."""

import datetime
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django import forms
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from centres import catalogue_parts as parts
from centres.actions.catalogue import (
    discard_specification,
    draft_specification,
    import_specification,
    publish_specification,
    revise_specification,
)
from centres.ledger import ledger_faults
from centres.models import PlatformEvent, User
from centres.refusals import ChangedSinceShown, Refusal, TransitionError
from centres.signatures import Proof
from qualifications import catalogue_edits as edits
from qualifications.actions import make_draft
from qualifications.catalogue_entries import digest
from qualifications.catalogue_file import read_specification
from qualifications.catalogue_outline import specification_outline
from qualifications.differences import differences
from qualifications.held_content import held_content
from qualifications.models import Criterion, Qualification, Specification
from qualifications.platform import platform_context
from tests.cast import PASSWORD, Cast, sign_in_client
from tests.centres.events import platform_events
from tests.qualifications.orchard import ALDER, OF_A_CENTRE, as_centre, remove_draft

pytestmark = pytest.mark.django_db(databases=["default", "owner"])

# With a second outcome in its third unit, so that one can be taken out.
TWO_OUTCOMES = OF_A_CENTRE.replace(
    '          - {number: "1.1", verb: explain, statement: Explain the harvest.}\n',
    """          - {number: "1.1", verb: explain, statement: Explain the harvest.}
      - number: 2
        title: Plan
        text: Look ahead.
        criteria:
          - {number: "2.1", verb: explain, statement: Explain the plan.}
""",
).replace("[O-2 1.1, O-3 1.1]", "[O-2 1.1, O-3 1.1, O-3 2.1]")
METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
# With the session, the person, and the two statements of the request's own savepoint.
LIST_QUERIES = 5
OUTLINE_QUERIES = 6
COMPARED_OUTLINE_QUERIES = 7
EDIT_QUERIES = 6
DIFFERENCES_QUERIES = 8
PUBLISH_QUERIES = 8


@pytest.fixture
def root(db: None) -> User:
    """A member of the platform's own staff."""
    return User.objects.create_superuser("root@example.org", PASSWORD, full_name="Robin Root")


@pytest.fixture
def published(db: None) -> Specification:
    """The handbook's version that every centre shares."""
    return Specification.objects.get(qualification__number="8588", version="2.0", centre_id=None)


@pytest.fixture
def draft(root: User, published: Specification) -> Specification:
    """A draft made from it."""
    return draft_specification(actor=root, specification=published, version="2.1")


@pytest.fixture
def orchard(root: User) -> Specification:
    """A draft with a mark sheet, read in from a file."""
    return import_specification(actor=root, text=TWO_OUTCOMES, name="orchard.yaml")


@pytest.fixture
def desk(client: Client, root: User) -> Client:
    """A client of the platform's staff."""
    return sign_in_client(client, root)


@pytest.fixture
def committed_draft() -> Iterator[Specification]:
    """A draft that other transactions see, taken out again afterwards."""
    published = Specification.objects.get(qualification__number="8588", version="2.0")
    with platform_context():
        draft = make_draft(specification=published, version=f"at once {uuid4().hex[:8]}")
    yield draft
    remove_draft(draft)
    connections["owner"].close()


def at(name: str, *args: object) -> str:
    return reverse(f"catalogue:{name}", args=args)


def addresses(specification: Specification) -> dict[str, str]:
    """Every route of the desk for one version."""
    pk = specification.pk
    return {
        "list": at("list"),
        "import": at("import"),
        **{
            name: at(name, pk)
            for name in (
                "outline",
                "draft",
                "export",
                "differences",
                "publish",
                "discard",
                "head",
                "sizes",
                "verbs",
                "corrections",
            )
        },
        "sections": at("sections", pk, 2),
        "pathway": at("pathway", pk, 1),
        "unit": at("unit", pk, 1),
        "rules": at("rules", pk, 1),
        "outcome": at("outcome", pk, 1, 1),
        "outcome-add": at("outcome-add", pk, 1),
        "outcome-remove": at("outcome-remove", pk, 3),
        "criterion-add": at("criterion-add", pk, 1, 1),
        "criterion-remove": at("criterion-remove", pk, 1, 1),
        "criterion": at("criterion", pk, 1, "1.1"),
    }


EDITS = (
    "head",
    "sizes",
    "verbs",
    "corrections",
    "sections",
    "pathway",
    "unit",
    "rules",
    "outcome",
    "outcome-add",
    "outcome-remove",
    "criterion-add",
    "criterion-remove",
    "criterion",
)


def shown_form(page: Any) -> dict[str, str]:
    """What a browser would post if nothing were typed into the page's form."""
    return shown_in(page.context["form"])


def shown_in(form: Any) -> dict[str, str]:
    """What stands in the fields of a form."""
    fields = [*form, *(field for _, row in form.row_forms() for field in row)]
    if hasattr(form, "rows"):
        fields += list(form.rows.management_form)
    posted = {}
    for field in fields:
        value = field.value()
        if not isinstance(field.field, forms.BooleanField):
            posted[field.html_name] = "" if value is None else str(value)
        elif value:
            posted[field.html_name] = "on"
    return posted


def criterion_form(specification: Specification, **typed: str) -> dict[str, str]:
    """The form of criterion 1.1 of the first unit, with some fields typed over."""
    entry = held_content(specification)
    held = edits.criterion_of(entry.units[0], "1.1")
    return {
        "digest": parts.criterion(entry, 1, "1.1").digest,
        "verb": held.verb,
        "statement": held.statement,
        "depth": "\r\n".join(held.depth),
        "guidance": "\r\n".join(held.guidance),
        "example_evidence": "\r\n".join(held.example_evidence),
        "referral": "\r\n".join(held.referral),
        "passes": "\r\n".join(held.passes),
        **typed,
    }


def everything() -> list[tuple[Any, ...]]:
    """What a write could have changed: every version with its digest, and the whole chain."""
    rows = Specification.objects.order_by("pk").values_list("pk", "digest", "published_at")
    return [*rows, *PlatformEvent.objects.order_by("seq").values_list("digest")]


# Who may


def test_the_addresses_here_are_all_that_there_are(draft: Specification) -> None:
    from centres.catalogue_desk_urls import urlpatterns

    assert {pattern.name for pattern in urlpatterns} == set(addresses(draft))


@pytest.mark.parametrize("who", ["max", "lea", "una", "eve", "outsider", "closed", "superuser"])
def test_nobody_else_learns_that_there_is_anything(
    alder: Cast, outsider: User, orchard: Specification, client: Client, who: str
) -> None:
    people = {
        "outsider": outsider,
        "closed": User.objects.create_user("c@example.org", is_staff=False, full_name="C"),
        "superuser": User.objects.create_user("s@example.org", is_superuser=True, full_name="S"),
    }
    sign_in_client(client, people.get(who) or getattr(alder, who))
    before = everything()
    for address in addresses(orchard).values():
        for method in METHODS:
            answer = getattr(client, method)(address)
            assert answer.status_code == 404, (method, address)
    typed = criterion_form(orchard, statement="Prune four trees.")
    assert client.post(addresses(orchard)["criterion"], typed).status_code == 404
    assert client.post(at("import"), {"text": OF_A_CENTRE, "version": "7"}).status_code == 404
    assert client.post(at("discard", orchard.pk), {"digest": orchard.digest}).status_code == 404
    assert everything() == before


def test_a_stranger_is_asked_to_sign_in(orchard: Specification, client: Client) -> None:
    before = everything()
    for address in addresses(orchard).values():
        for method in METHODS:
            answer = getattr(client, method)(address)
            assert answer.status_code == 302, (method, address)
            assert answer["Location"].startswith("/accounts/login/?next=/catalogue/")
    assert everything() == before


def test_a_login_that_was_closed_is_out(desk: Client, root: User, orchard: Specification) -> None:
    assert desk.get(at("list")).status_code == 200
    User.objects.filter(pk=root.pk).update(is_active=False)
    assert desk.get(at("list")).status_code == 302
    User.objects.filter(pk=root.pk).update(is_active=True, is_staff=False)
    assert sign_in_client(desk, root).get(at("list")).status_code == 404


def test_the_actions_themselves_refuse_all_others(
    alder: Cast, proof: Proof, published: Specification, orchard: Specification
) -> None:
    before = everything()
    attempts: list[Callable[[User], object]] = [
        lambda who: draft_specification(actor=who, specification=published, version="9"),
        lambda who: revise_specification(
            actor=who, specification=orchard, change=lambda held: replace(held, source="Mine")
        ),
        lambda who: publish_specification(
            actor=who, specification=orchard, shown_digest=orchard.digest, proof=proof
        ),
        lambda who: discard_specification(
            actor=who, specification=orchard, expected_digest=orchard.digest
        ),
        lambda who: import_specification(actor=who, text=OF_A_CENTRE, name="f", version="7"),
    ]
    closed = User(full_name="C", is_staff=True, is_active=False)
    for attempt in attempts:
        for who in (alder.max, closed):
            with pytest.raises(PermissionDenied):
                attempt(who)
    assert everything() == before


def test_the_sites_role_writes_shared_rows_in_the_platforms_context_alone(
    orchard: Specification,
) -> None:
    rows = Specification.objects.filter(pk=orchard.pk)
    assert rows.update(source="Nobody's") == 0
    with as_centre(ALDER):
        assert rows.update(source="A centre's") == 0
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Qualification.objects.create(
            awarding_body=orchard.qualification.awarding_body, number="9", title="T", level=3
        )
    with platform_context():
        assert rows.update(source="The platform's") == 1
    assert rows.update(source="Nobody's again") == 0


def test_no_write_of_the_desk_leaves_the_door_open(desk: Client, orchard: Specification) -> None:
    desk.post(addresses(orchard)["criterion"], criterion_form(orchard, statement="Prune it."))
    desk.post(addresses(orchard)["criterion"], criterion_form(orchard, statement="Refused."))
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.platform', true)")
        assert cursor.fetchone()[0] in {"", None}


def test_what_a_centre_wrote_itself_is_not_on_the_desk(desk: Client, root: User) -> None:
    from qualifications.actions import load_specification

    with as_centre(ALDER):
        own = load_specification(OF_A_CENTRE, using="default", centre_id=ALDER).specification
        for name, address in addresses(own).items():
            if name not in {"list", "import"}:
                assert desk.get(address).status_code == 404, name
        assert "9001" not in desk.get(at("list")).content.decode()
        with pytest.raises(PermissionDenied):
            discard_specification(actor=root, specification=own, expected_digest=own.digest)


# The list, the outline, the differences


def test_every_page_of_a_draft_opens(desk: Client, orchard: Specification) -> None:
    for name, address in addresses(orchard).items():
        assert desk.get(address).status_code == 200, name


def test_the_home_page_leads_platform_staff_here(desk: Client, alder: Cast, client: Client) -> None:
    assert at("list") in desk.get("/").content.decode()
    assert at("list") not in sign_in_client(client, alder.max).get("/").content.decode()


def test_the_list_says_who_published_what(
    desk: Client, published: Specification, draft: Specification
) -> None:
    page = desk.get(at("list")).content.decode()
    assert f"{published.published_by}, " in page
    assert "based on 2.0" in page
    assert at("draft", published.pk) in page
    assert at("draft", draft.pk) not in page
    assert at("publish", draft.pk) in page
    assert at("publish", published.pk) not in page


def test_the_list_asks_as_much_for_one_version_as_for_three(
    desk: Client, root: User, published: Specification
) -> None:
    with CaptureQueriesContext(
        connection,
    ) as one:
        desk.get(at("list"))
    draft_specification(actor=root, specification=published, version="2.1")
    import_specification(actor=root, text=OF_A_CENTRE, name="orchard.yaml")
    with CaptureQueriesContext(connection) as three:
        page = desk.get(at("list"))
    versions = sum(len(q.versions) for q in page.context["qualifications"])
    assert versions >= 3
    assert (len(one), len(three)) == (LIST_QUERIES, LIST_QUERIES)


def test_the_outline_asks_as_much_for_a_small_version_as_for_a_large_one(
    desk: Client, draft: Specification, orchard: Specification
) -> None:
    counts = []
    for specification in (orchard, draft):
        with platform_context():
            Specification.objects.filter(pk=specification.pk).update(based_on=None)
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(at("outline", specification.pk)).status_code == 200
        counts.append(len(queries))
    assert counts == [OUTLINE_QUERIES, OUTLINE_QUERIES]


@pytest.mark.parametrize("name", EDITS)
def test_a_form_asks_as_much_for_a_small_version_as_for_a_large_one(
    desk: Client, draft: Specification, orchard: Specification, name: str
) -> None:
    places = {**addresses(orchard), "sections": at("sections", orchard.pk, 2)}
    large = addresses(draft)[name] if name != "sections" else places[name]
    counts = []
    for address in (places[name], large):
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(address).status_code == 200
        counts.append(len(queries))
    assert counts == [EDIT_QUERIES, EDIT_QUERIES]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("outline", COMPARED_OUTLINE_QUERIES),
        ("differences", DIFFERENCES_QUERIES),
        ("publish", PUBLISH_QUERIES),
    ],
)
def test_a_comparison_asks_as_much_for_one_difference_as_for_three(
    desk: Client, root: User, draft: Specification, name: str, count: int
) -> None:
    counts = []
    for words in ((), ("first",), ("first", "second", "third")):
        for place, word in enumerate(words, 1):
            _save(desk, at("unit", draft.pk, place), aim=f"The {word} aim.")
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(at(name, draft.pk)).status_code == 200
        counts.append(len(queries))
    assert counts == [count, count, count]


def test_the_outline_counts_the_differences_as_the_comparison_does(
    root: User, draft: Specification, published: Specification
) -> None:
    entry = held_content(draft)
    first = edits.criterion_of(entry.units[0], "1.1")
    entry = edits.with_criterion(entry, 1, replace(first, guidance=(*first.guidance, "And ask.")))
    entry = edits.without_last_criterion(entry, 2, 2)
    more = replace(first, referral=("Nothing.",), passes=("Something.",))
    entry = edits.with_added_criterion(entry, 1, 3, more)
    rule = entry.units[2].rules[0]
    entry = edits.with_rules(entry, 3, [replace(rule, label="Another"), *entry.units[2].rules[1:]])
    revised = revise_specification(actor=root, specification=draft, change=lambda held: entry)
    counts = specification_outline(revised).counts
    compared = differences(held_content(published), held_content(revised)).criteria_counts
    assert dict(counts) == {name: count for name, count in compared.items() if count}
    assert (counts["added"], counts["changed"], counts["removed"]) == (1, 2, 1)


def test_a_version_is_shown_beside_its_base_or_a_chosen_one(
    desk: Client, root: User, draft: Specification, published: Specification
) -> None:
    other = draft_specification(actor=root, specification=published, version="3")
    desk.post(addresses(draft)["criterion"], criterion_form(draft, guidance="Ask twice."))
    page = desk.get(at("differences", draft.pk))
    assert page.context["against"] == published
    assert "Ask twice" in page.content.decode()
    chosen = desk.get(at("differences", draft.pk), {"with": str(other.pk)})
    assert chosen.context["against"] == other
    nonsense = desk.get(at("differences", draft.pk), {"with": "nonsense"})
    assert nonsense.context["against"] is None


# Drafting


def test_a_draft_is_made_and_recorded(desk: Client, root: User, published: Specification) -> None:
    answer = desk.post(at("draft", published.pk), {"version": "2.1"})
    made = Specification.objects.get(version="2.1", qualification=published.qualification)
    assert answer["Location"] == at("outline", made.pk)
    assert (made.based_on, made.is_published, made.centre_id) == (published, False, None)
    assert held_content(made) == edits.as_draft(held_content(published), "2.1")
    assert platform_events()[1:] == [("specification.drafted", root, made.pk)]
    assert PlatformEvent.objects.latest("seq").facts == {
        "based_on": str(published.pk),
        "base_digest": published.digest,
        "digest": made.digest,
    }
    assert list(ledger_faults(None)) == []


@pytest.mark.parametrize("label", ["2.0", "", "x" * 41])
def test_a_label_that_is_none_or_taken_makes_no_draft(
    desk: Client, published: Specification, label: str
) -> None:
    before = everything()
    answer = desk.post(at("draft", published.pk), {"version": label})
    assert answer.status_code == 422
    assert label in answer.content.decode()
    assert everything() == before


def test_no_draft_is_made_of_a_draft(desk: Client, draft: Specification) -> None:
    assert desk.post(at("draft", draft.pk), {"version": "2.2"}).status_code == 409
    assert not Specification.objects.filter(version="2.2").exists()


# Editing


def test_a_criterion_is_saved_and_recorded(
    desk: Client, root: User, orchard: Specification
) -> None:
    before = orchard.digest
    typed = criterion_form(
        orchard, statement="Prune four\r\ntrees.", guidance="One.\r\n\r\nTwo. \r\n", passes="Four."
    )
    answer = desk.post(addresses(orchard)["criterion"], typed)
    assert answer["Location"] == f"{at('outline', orchard.pk)}#criterion-1-1.1"
    held = edits.criterion_of(held_content(orchard).units[0], "1.1")
    assert (held.statement, held.guidance) == ("Prune four trees.", ("One.", "Two."))
    assert held.passes == ("Four.",)
    orchard.refresh_from_db()
    assert orchard.digest == digest(held_content(orchard)) != before
    assert platform_events()[-1] == ("specification.revised", root, orchard.pk)
    facts = PlatformEvent.objects.latest("seq").facts
    assert facts == {"digest_before": before, "digest": orchard.digest}


@pytest.mark.parametrize("name", [name for name in EDITS if "-" not in name])
def test_saving_what_is_shown_changes_nothing_and_leaves_no_event(
    desk: Client, orchard: Specification, name: str
) -> None:
    before = everything()
    address = addresses(orchard)[name]
    answer = desk.post(address, shown_form(desk.get(address)))
    assert answer.status_code == 302
    assert everything() == before


def test_the_head_a_unit_and_an_outcome_are_saved(desk: Client, orchard: Specification) -> None:
    where = addresses(orchard)
    typed = {"version": "1b", "source": "A letter", "corrected_on": "2026-11-22"}
    _save(desk, where["head"], **typed)
    _save(desk, where["unit"], title="Summer pruning", nos="CM1\r\nCM15", review_on="2027-01-31")
    _save(desk, where["outcome"], title="Prune well", text="Prune in summer.")
    entry = held_content(Specification.objects.get(pk=orchard.pk))
    assert (entry.version, entry.source) == ("1b", "A letter")
    assert entry.corrected_on == datetime.date(2026, 11, 22)
    unit = entry.units[0]
    assert (unit.title, unit.nos) == ("Summer pruning", ("CM1", "CM15"))
    assert unit.review_on == datetime.date(2027, 1, 31)
    assert (unit.outcomes[0].title, unit.outcomes[0].number) == ("Prune well", 1)


def _save(desk: Client, address: str, **typed: str) -> None:
    answer = desk.post(address, shown_form(desk.get(address)) | typed)
    assert answer.status_code == 302, answer.content.decode()


def test_rules_are_changed_added_and_taken_out(desk: Client, orchard: Specification) -> None:
    _save(
        desk,
        addresses(orchard)["rules"],
        **{
            "row-0-minimum": "4",
            "row-1-DELETE": "on",
            "row-2-criterion": "1.2",
            "row-2-is_gate": "True",
            "row-2-code": "hours",
            "row-2-label": "Hours",
            "row-2-minimum": "1.5",
            "row-2-unit_of_measure": "hours",
            "row-2-source": "Leaflet, unit 1",
        },
    )
    rules = held_content(orchard).units[0].rules
    assert [(r.criterion, r.code, r.minimum, r.is_gate) for r in rules] == [
        ("1.1", "trees", Decimal(4), True),
        ("1.2", "hours", Decimal("1.5"), True),
    ]


def test_sections_are_saved_with_the_criteria_of_their_lines(
    desk: Client, orchard: Specification
) -> None:
    _save(
        desk,
        addresses(orchard)["sections"],
        **{
            "row-0-maximum": "20",
            "row-0-minimum": "10",
            "row-0-bullets": "Says where it stands. | O-2 1.2\r\nAnd why | or why not |",
            "row-2-maximum": "30",
            "row-2-minimum": "15",
            "row-2-bullets": "Reckons the yield.",
        },
    )
    sections = held_content(orchard).assessments[1].sections
    assert [(s.maximum, s.minimum) for s in sections] == [(20, 10), (50, 25), (30, 15)]
    assert [(b.text, b.criteria) for b in sections[0].bullets] == [
        ("Says where it stands.", (("O-2", "1.2"),)),
        ("And why | or why not", ()),
    ]


def test_credits_of_units_and_pathways_change_together(
    desk: Client, orchard: Specification
) -> None:
    address = addresses(orchard)["sizes"]
    alone = shown_form(desk.get(address)) | {"unit-4-credits": "6"}
    refused = desk.post(address, alone)
    assert refused.status_code == 422
    assert "The credits of its units add up to 13, not to 12." in refused.content.decode()
    _save(
        desk, address, **{"unit-4-credits": "6", "pathway-2-credits": "13", "pathway-2-tqt": "130"}
    )
    entry = held_content(orchard)
    assert (entry.units[3].credits, entry.pathways[1].credits) == (6, 13)


def test_verbs_and_corrections_are_added(desk: Client, orchard: Specification) -> None:
    where, held = addresses(orchard), held_content(orchard)
    verb = f"row-{len(held.verbs)}"
    _save(desk, where["verbs"], **{f"{verb}-word": "graft", f"{verb}-meaning": "Join two woods."})
    note = f"row-{len(held.corrections)}"
    _save(
        desk,
        where["corrections"],
        **{
            f"{note}-field": "Unit O-1, criterion 1.1",
            f"{note}-raw": "Prunne",
            f"{note}-used": "Prune",
            f"{note}-reason": "A letter too many.",
            f"{note}-unit": "O-1",
            f"{note}-criterion": "1.1",
        },
    )
    entry = held_content(orchard)
    assert [verb.word for verb in entry.verbs] == [*(v.word for v in held.verbs), "graft"]
    assert entry.corrections[:-1] == held.corrections
    assert (entry.corrections[-1].unit, entry.corrections[-1].criterion) == ("O-1", "1.1")


def test_a_criterion_is_added_at_the_end_and_marked_on_the_sheet(
    desk: Client, orchard: Specification
) -> None:
    address = at("criterion-add", orchard.pk, 2, 1)
    typed = shown_form(desk.get(address)) | {"verb": "explain", "statement": "Explain the pulp."}
    assert desk.post(address, typed).status_code == 422  # where it is marked is asked
    assert desk.post(address, typed | {"marked_at": "2-2-1"}).status_code == 302
    entry = held_content(orchard)
    assert [c.number for c in entry.units[1].criteria] == ["1.1", "1.2", "1.3"]
    assert ("O-2", "1.3") in entry.assessments[1].sections[1].bullets[0].criteria


def test_the_last_criterion_of_an_outcome_is_removed_and_one_stays(
    desk: Client, orchard: Specification
) -> None:
    address = addresses(orchard)["criterion-remove"]
    assert "Explain each cut." in desk.get(address).content.decode()
    _save(desk, address)
    assert [c.number for c in held_content(orchard).units[0].criteria] == ["1.1"]
    assert desk.get(address).status_code == 404


def test_a_fault_is_shown_with_its_remedy_and_the_typing_stays(
    desk: Client, orchard: Specification
) -> None:
    before = everything()
    typed = criterion_form(orchard, statement="Saw three trees.", passes="")
    answer = desk.post(addresses(orchard)["criterion"], typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The statement does not begin with its verb “prune”. Begin it with the verb" in page
    assert "Saw three trees." in page
    assert [line.url for line in answer.context["lines"]] == ["#id_statement", "#id_passes"]
    assert everything() == before


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("unit", (9,)),
        ("unit", (0,)),
        ("rules", (9,)),
        ("outcome", (1, 9)),
        ("criterion", (1, "9.9")),
        ("criterion-add", (1, 9)),
        ("outcome-add", (9,)),
        ("outcome-remove", (1,)),
        ("pathway", (9,)),
        ("sections", (1,)),
        ("sections", (9,)),
    ],
)
def test_a_part_that_is_not_there_is_not_found(
    desk: Client, orchard: Specification, name: str, args: tuple[Any, ...]
) -> None:
    assert desk.get(at(name, orchard.pk, *args)).status_code == 404
    assert desk.get(at(name, uuid4(), *args)).status_code == 404


def test_an_outcome_is_added_with_its_first_criterion_and_removed_again(
    desk: Client, orchard: Specification
) -> None:
    address = at("outcome-add", orchard.pk, 2)
    typed = {
        "title": "Store",
        "text": "Store the juice.",
        "verb": "explain",
        "statement": "Explain the cellar.",
    }
    assert desk.post(address, shown_form(desk.get(address)) | typed).status_code == 422
    _save(desk, address, **typed, marked_at="2-3-1")
    entry = held_content(orchard)
    outcome = entry.units[1].outcomes[1]
    assert (outcome.number, outcome.title, outcome.text) == (2, "Store", "Store the juice.")
    assert [(c.number, c.statement) for c in outcome.criteria] == [("2.1", "Explain the cellar.")]
    assert entry.assessments[1].sections[2].bullets[0].criteria[-1] == ("O-2", "2.1")
    _save(desk, at("outcome-remove", orchard.pk, 2))
    entry = held_content(orchard)
    assert [outcome.title for outcome in entry.units[1].outcomes] == ["Press"]
    assert entry.assessments[1].sections[2].bullets[0].criteria == (("O-2", "1.2"),)
    assert desk.get(at("outcome-remove", orchard.pk, 2)).status_code == 404


def test_a_unit_that_was_an_outline_gets_its_first_outcome(
    desk: Client, orchard: Specification
) -> None:
    _save(
        desk,
        at("outcome-add", orchard.pk, 4),
        title="Graft",
        text="Join two woods.",
        verb="explain",
        statement="Explain the joint.",
    )
    unit = held_content(orchard).units[3]
    assert not unit.outline_only
    assert [criterion.number for criterion in unit.criteria] == ["1.1"]


def test_the_facts_of_a_pathway_are_saved(desk: Client, orchard: Specification) -> None:
    address = at("pathway", orchard.pk, 2)
    _save(desk, address, title="Certificate in Orchards", minimum_age="18", registration_years="")
    pathway = held_content(orchard).pathways[1]
    assert (pathway.title, pathway.minimum_age) == ("Certificate in Orchards", 18)
    assert pathway.registration_years is None
    assert (pathway.code, pathway.credits) == ("9001-C", 12)
    answer = desk.post(address, shown_form(desk.get(address)) | {"accreditation_number": "900/1"})
    assert answer.context["form"].errors["accreditation_number"] == [
        "“900/1” is not written as 603/3758/8 is. Write it in that way."
    ]


def test_what_goes_with_a_criterion_is_said_before_it_goes(
    desk: Client, orchard: Specification
) -> None:
    page = desk.get(addresses(orchard)["criterion-remove"])
    assert page.context["edit"].items == (
        "The rule “The tools were cleaned” on 1.2",
        "Its place among what the form “Diary of a season” evidences; the form stays",
    )
    marked = desk.get(at("criterion-remove", orchard.pk, 2, 1))
    assert marked.context["edit"].items == (
        "Its place at the line “Reckons the yield.” in section “Reckoning”; the line stays",
    )
    assert "Reckons the yield." in marked.content.decode()


# What is refused, in the words of the form


@pytest.mark.parametrize(
    ("name", "typed", "url", "words"),
    [
        (
            "sizes",
            {"unit-4-credits": "6"},
            "#id_pathway-2-credits",
            "The credits of its units add up to 13, not to 12. Type 13 here, or change the credits"
            " of one of its units.",
        ),
        (
            "sizes",
            {"pathway-1-glh": "28"},
            "#id_pathway-1-glh",
            "The guided hours of its units add up to 27, with induction and tutorials where the"
            " box is ticked, not to 28. Change one of them, or the box.",
        ),
        (
            "sizes",
            {"pathway-2-tqt": "121"},
            "#id_pathway-2-tqt",
            "12 credits of 10 hours make 120 hours, not 121. Type 120, or change the credits.",
        ),
        (
            "sections",
            {"row-1-maximum": "52", "row-1-minimum": "26"},
            "#id_row-0-maximum",
            "The maxima of all sections add up to 102, not to 100. Change the maximum of a"
            " section, and its minimum to half of it.",
        ),
        (
            "sections",
            {"row-2-minimum": "21"},
            "#id_row-2-minimum",
            "21 is not half of the maximum 40: a section is passed with half of its marks. Change"
            " one of the two.",
        ),
        (
            "sections",
            {"row-2-bullets": "Reckons the yield."},
            "#id_row-0-bullets",
            "No line names criterion O-2 1.2. Add it after the bar of the line that asks for it,"
            " such as “… | O-2 1.2”.",
        ),
        (
            "sections",
            {"row-0-bullets": "Says where it stands. | O-2 1.9"},
            "#id_row-0-bullets",
            "“O-2 1.9” is no criterion of O-2, O-3. Correct what stands after the bar, or take it"
            " out.",
        ),
        (
            "sections",
            {"row-2-bullets": "Reckons. | O-2 1.2\nAgain. | O-2 1.2"},
            "#id_row-2-bullets",
            "Criterion O-2 1.2 is named at two lines of the sheet. Take it out of one of them.",
        ),
        (
            "sections",
            {"row-2-bullets": ""},
            "#id_row-2-bullets",
            "The section has no line. Write at least one.",
        ),
        ("outcome", {"title": " "}, "#id_title", "This field is required."),
        (
            "outcome",
            {"text": "Prune\u0007 well."},
            "#id_text",
            "It holds a sign that can’t be shown (U+0007). Type the words around it again.",
        ),
        (
            "unit",
            {"number": "2"},
            "#id_number",
            "Another unit has the number 2. Give each unit its own.",
        ),
        (
            "unit",
            {"uan": "H617"},
            "#id_uan",
            "“H617” is not written as H/617/2907 is. Write it in that way.",
        ),
        (
            "unit",
            {"review_on": "2021-08-31"},
            "#id_review_on",
            "The review date is not after the day from which the unit is available. Change one of"
            " the two.",
        ),
        (
            "rules",
            {"row-0-minimum": "", "row-0-maximum": "", "row-0-exceptional_maximum": ""},
            "#id_row-0-minimum",
            "A gate needs a minimum or a maximum. Type one, or make the rule an item of the"
            " checklist.",
        ),
        (
            "rules",
            {"row-0-minimum": "9"},
            "#id_row-0-maximum",
            "The maximum 5 is below the minimum 9. Put one of the two right.",
        ),
        (
            "rules",
            {"row-0-unit_of_measure": ""},
            "#id_row-0-unit_of_measure",
            "A number is given, but not what is counted. Choose what it is counted in.",
        ),
        (
            "rules",
            {"row-1-criterion": "1.1", "row-1-code": "trees"},
            "#id_row-1-code",
            "Criterion 1.1 has two rules with the code trees. Give one of them another code.",
        ),
        (
            "verbs",
            {"row-2-word": "prune", "row-2-meaning": "Again."},
            "#id_row-2-word",
            "“prune” stands in two rows. Take one of them out, or rename it.",
        ),
        (
            "verbs",
            {"row-2-word": "Graft", "row-2-meaning": "Join."},
            "#id_row-2-word",
            "“Graft” is not in lower case. Write it in small letters without signs.",
        ),
        (
            "corrections",
            {"row-1-unit": ""},
            "#id_row-1-unit",
            "A criterion is named, but not its unit. Choose the unit, as numbers repeat from one"
            " to another.",
        ),
        (
            "corrections",
            {"row-1-criterion": "7.7"},
            "#id_row-1-criterion",
            "The unit has no criterion 7.7. Type the number of one that it has.",
        ),
        (
            "criterion",
            {"referral": "", "passes": ""},
            "#id_referral",
            "The other criteria of the unit say what is typical of a referral and of a pass. Write"
            " at least one line of each.",
        ),
        (
            "criterion",
            {"referral": ""},
            "#id_referral",
            "Nothing is said of a referral. Write at least one line, as there is one of a pass.",
        ),
    ],
)
def test_a_refusal_stands_at_its_field_and_at_the_top_with_a_link_to_it(
    desk: Client,
    orchard: Specification,
    name: str,
    typed: dict[str, str],
    url: str,
    words: str,
) -> None:
    before = everything()
    address = addresses(orchard)[name]
    answer = desk.post(address, shown_form(desk.get(address)) | typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    lines = [line for line in answer.context["lines"] if line.url == url]
    assert [line.text.endswith(words) for line in lines] == [True]
    assert f'href="{url}"' in page
    assert f'id="{url[1:]}_error"' in page
    assert page.count(escape(words)) == 2
    assert page.count(" autofocus") == 1
    assert everything() == before


def test_a_refusal_about_another_part_leads_to_that_parts_page(
    desk: Client, orchard: Specification
) -> None:
    address = addresses(orchard)["verbs"]
    answer = desk.post(address, shown_form(desk.get(address)) | {"row-0-DELETE": "on"})
    (line,) = answer.context["lines"]
    assert line.url == addresses(orchard)["criterion"]
    assert line.text == (
        "Unit O-1, criterion 1.1: The verb “prune” is not among the verbs. Keep it under Verbs, or"
        " give the criterion another one first."
    )


# Two editors


def test_changes_to_different_parts_are_both_kept(desk: Client, orchard: Specification) -> None:
    where = addresses(orchard)
    typed = {
        "criterion": {"statement": "Prune four trees."},
        "rules": {"row-0-label": "Old trees"},
        "sections": {"row-0-title": "Beginning"},
        "head": {"source": "A letter"},
        "pathway": {"title": "Award in Orchards"},
        "sizes": {"pathway-1-tutorial_hours": "1", "pathway-1-induction_hours": "2"},
        "outcome": {"title": "Prune well"},
        "unit": {"aim": "Trees bear."},
        "criterion-add": {"verb": "explain", "statement": "Explain more.", "referral": "No."}
        | {"passes": "Yes."},
    }
    opened = {name: shown_form(desk.get(where[name])) for name in typed}
    for name, words in typed.items():
        assert desk.post(where[name], opened[name] | words).status_code == 302, name
    entry = held_content(Specification.objects.get(pk=orchard.pk))
    unit = entry.units[0]
    assert unit.outcomes[0].title == "Prune well"
    assert [c.statement for c in unit.criteria] == [
        "Prune four trees.",
        "Explain each cut.",
        "Explain more.",
    ]
    assert (unit.rules[0].label, unit.aim, entry.source) == ("Old trees", "Trees bear.", "A letter")
    assert entry.assessments[1].sections[0].title == "Beginning"
    assert entry.pathways[0].title == "Award in Orchards"
    assert entry.pathways[0].induction_hours == Decimal(2)
    assert list(ledger_faults(None)) == []


def test_of_two_who_add_at_one_place_the_second_is_told_its_new_number(
    desk: Client, orchard: Specification
) -> None:
    address = at("criterion-add", orchard.pk, 2, 1)
    typed = {"verb": "explain", "marked_at": "2-3-1"}
    mine = shown_form(desk.get(address)) | typed | {"statement": "Explain the pulp."}
    _save(desk, address, **typed, statement="Explain the skins.")
    answer = desk.post(address, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "O-2, new criterion 1.4" in page
    assert "Explain the pulp." in page
    assert desk.post(address, shown_form(answer)).status_code == 302
    statements = [c.statement for c in held_content(orchard).units[1].criteria]
    assert statements[2:] == ["Explain the skins.", "Explain the pulp."]


def test_what_two_changes_break_together_is_refused(desk: Client, orchard: Specification) -> None:
    address = addresses(orchard)["verbs"]
    row = {"row-2-word": "water", "row-2-meaning": "Give drink."}
    _save(desk, address, **row)
    dropped = shown_form(desk.get(address)) | {"row-2-DELETE": "on"}
    _save(desk, addresses(orchard)["criterion"], verb="water", statement="Water three trees.")
    answer = desk.post(address, dropped)
    assert answer.status_code == 422
    assert "The verb “water” is not among the verbs." in answer.content.decode()


def _at_once(
    draft: Specification, changes: Sequence[tuple[parts.Find, dict[str, str]]]
) -> list[str]:
    """Each change in a transaction of its own, all begun at one moment from what is held now."""
    root = User.objects.create_superuser("at-once@example.org", PASSWORD, full_name="Robin Root")
    entry, start = held_content(draft), Barrier(len(changes))

    def revise(find: parts.Find, typed: dict[str, str]) -> str:
        edit = find(entry)
        data: Any = shown_in(edit.form(None, edit.digest)) | typed
        form = edit.form(data, edit.digest)
        assert form.is_valid(), form.errors
        try:
            start.wait(timeout=30)
            revise_specification(actor=root, specification=draft, change=parts.revision(find, form))
        except ChangedSinceShown:
            return "refused"
        finally:
            connections["default"].close()
        return "kept"

    with ThreadPoolExecutor(len(changes)) as pool:
        runs = [pool.submit(revise, *change) for change in changes]
        return [run.result(timeout=60) for run in runs]


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
def test_of_four_who_save_different_parts_at_once_nobody_loses_anything(
    committed_draft: Specification,
) -> None:
    endings = _at_once(
        committed_draft,
        [
            (lambda entry: parts.outcome(entry, 1, 1), {"title": "Begin"}),
            (lambda entry: parts.criterion(entry, 2, "1.1"), {"guidance": "Ask twice."}),
            (lambda entry: parts.unit_facts(entry, 2), {"aim": "To coach."}),
            (parts.head, {"source": "A letter"}),
        ],
    )
    assert endings == ["kept"] * 4
    entry = held_content(Specification.objects.get(pk=committed_draft.pk))
    assert (entry.units[0].outcomes[0].title, entry.units[1].aim) == ("Begin", "To coach.")
    assert edits.criterion_of(entry.units[1], "1.1").guidance == ("Ask twice.",)
    assert entry.source == "A letter"
    assert [event[0] for event in platform_events()] == ["specification.revised"] * 4
    assert list(ledger_faults(None)) == []


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
def test_of_two_who_save_one_part_at_once_one_is_told(committed_draft: Specification) -> None:
    words = ("Begin", "Start")
    endings = _at_once(
        committed_draft,
        [(lambda entry: parts.outcome(entry, 1, 1), {"title": title}) for title in words],
    )
    assert sorted(endings) == ["kept", "refused"]
    entry = held_content(Specification.objects.get(pk=committed_draft.pk))
    assert entry.units[0].outcomes[0].title == words[endings.index("kept")]
    assert [event[0] for event in platform_events()] == ["specification.revised"]


def test_of_two_editors_the_second_keeps_the_typing_and_sees_both_texts(
    desk: Client, root: User, orchard: Specification
) -> None:
    address = addresses(orchard)["criterion"]
    mine = criterion_form(orchard, statement="Prune five trees.")
    desk.post(address, criterion_form(orchard, statement="Prune four trees."))
    events = len(platform_events())
    answer = desk.post(address, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert [(p.label, p.held, p.typed) for p in answer.context["pairs"]] == [
        ("Statement", "Prune four trees.", "Prune five trees.")
    ]
    assert "Prune four trees." in page
    assert "Prune five trees." in page
    assert edits.criterion_of(held_content(orchard).units[0], "1.1").statement == (
        "Prune four trees."
    )
    assert len(platform_events()) == events
    # Having seen both, the second one may put theirs in place.
    again = shown_form(answer)
    assert again["digest"] == parts.criterion(held_content(orchard), 1, "1.1").digest
    assert desk.post(address, again).status_code == 302
    assert edits.criterion_of(held_content(orchard).units[0], "1.1").statement == (
        "Prune five trees."
    )


def test_rows_are_compared_too(desk: Client, orchard: Specification) -> None:
    address = addresses(orchard)["rules"]
    mine = shown_form(desk.get(address)) | {"row-0-minimum": "4"}
    _save(desk, address, **{"row-0-minimum": "2", "row-1-DELETE": "on"})
    answer = desk.post(address, mine)
    assert answer.status_code == 409
    pairs = {pair.label: (pair.held, pair.typed) for pair in answer.context["pairs"]}
    assert pairs["Rule 1, minimum"] == ("2", "4")
    assert pairs["Rule 2, code"] == ("", "tools_cleaned")


def test_a_row_that_somebody_else_added_is_shown_before_it_goes(
    desk: Client, orchard: Specification
) -> None:
    address = addresses(orchard)["rules"]
    mine = shown_form(desk.get(address)) | {"row-0-minimum": "4"}
    added = {"criterion": "1.2", "is_gate": "False", "code": "gloves", "label": "Gloves"}
    added["source"] = "Leaflet"
    _save(desk, address, **{f"row-2-{name}": text for name, text in added.items()})
    answer = desk.post(address, mine)
    assert answer.status_code == 409
    pairs = {pair.label: (pair.held, pair.typed) for pair in answer.context["pairs"]}
    assert pairs["Rule 3, code"] == ("gloves", "")
    assert desk.post(address, shown_form(answer)).status_code == 302
    assert [rule.code for rule in held_content(orchard).units[0].rules] == [
        "trees",
        "tools_cleaned",
    ]


@pytest.mark.parametrize("count", ["", "x", "99999", "-1", "0", "1"])
def test_a_form_whose_rows_are_garbled_changes_nothing(
    desk: Client, orchard: Specification, count: str
) -> None:
    before = everything()
    address = addresses(orchard)["rules"]
    typed = shown_form(desk.get(address)) | {"row-TOTAL_FORMS": count, "row-INITIAL_FORMS": count}
    assert desk.post(address, typed).status_code == 422
    assert everything() == before


def test_typing_for_a_part_that_somebody_took_out_is_kept(
    desk: Client, orchard: Specification
) -> None:
    held = edits.criterion_of(held_content(orchard).units[0], "1.2")
    typed = {
        "digest": orchard.digest,
        "verb": held.verb,
        "statement": "Explain all cuts.",
        "referral": "x",
        "passes": "y",
    }
    _save(desk, addresses(orchard)["criterion-remove"])
    answer = desk.post(at("criterion", orchard.pk, 1, "1.2"), typed)
    assert answer.status_code == 409
    assert "Explain all cuts." in answer.content.decode()


def test_typing_for_a_draft_that_somebody_discarded_is_kept(
    desk: Client, root: User, orchard: Specification
) -> None:
    typed = criterion_form(orchard, statement="Prune five trees.")
    address = addresses(orchard)["criterion"]
    discard_specification(actor=root, specification=orchard, expected_digest=orchard.digest)
    answer = desk.post(address, typed)
    assert answer.status_code == 409
    assert "Prune five trees." in answer.content.decode()
    assert desk.get(address).status_code == 404


def test_the_action_refuses_content_that_changed_since(root: User, orchard: Specification) -> None:
    shown = orchard.digest
    revise_specification(
        actor=root, specification=orchard, change=lambda held: replace(held, source="One")
    )
    before = everything()
    with pytest.raises(ChangedSinceShown):
        discard_specification(actor=root, specification=orchard, expected_digest=shown)
    assert everything() == before


def test_a_label_that_another_version_has_is_refused(desk: Client, draft: Specification) -> None:
    before = everything()
    typed = shown_form(desk.get(at("head", draft.pk))) | {"version": "2.0"}
    answer = desk.post(at("head", draft.pk), typed)
    assert answer.status_code == 422
    assert "has a version 2.0 already" in answer.content.decode()
    assert everything() == before


# Publishing


def publishing(specification: Specification, **typed: str) -> dict[str, str]:
    return {"shown": specification.digest, **typed}


def test_a_draft_is_published_by_a_named_person_and_recorded(
    desk: Client, root: User, orchard: Specification
) -> None:
    shown = orchard.digest
    page = desk.get(at("publish", orchard.pk)).content.decode()
    assert "Robin Root" in page
    answer = desk.post(at("publish", orchard.pk), publishing(orchard))
    assert answer["Location"] == at("outline", orchard.pk)
    orchard.refresh_from_db()
    assert orchard.published_by == "Robin Root"
    assert orchard.is_published
    assert orchard.digest == digest(held_content(orchard))
    assert platform_events()[-1] == ("specification.published", root, orchard.pk)
    assert PlatformEvent.objects.latest("seq").facts == {
        "based_on": None,
        "shown_digest": shown,
        "digest": orchard.digest,
        "method": "password",
    }
    assert list(ledger_faults(None)) == []


def test_publishing_asks_again_who_it_is(
    client: Client, root: User, orchard: Specification
) -> None:
    sign_in_client(client, root)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - 400}]
    session.save()
    before = everything()
    for typed in ({}, {"password": "wrong"}):
        answer = client.post(at("publish", orchard.pk), publishing(orchard, **typed))
        assert answer.status_code == 422
        assert answer.context["form"].fields["password"]
        assert everything() == before
    right = client.post(at("publish", orchard.pk), publishing(orchard, password=PASSWORD))
    assert right.status_code == 302
    orchard.refresh_from_db()
    assert orchard.is_published


def test_the_action_refuses_an_old_proof_and_a_person_without_a_name(
    root: User, proof: Proof, orchard: Specification
) -> None:
    before = everything()
    old = replace(proof, at=proof.at - datetime.timedelta(minutes=6))
    with pytest.raises(Refusal, match="not older than five minutes"):
        publish_specification(
            actor=root, specification=orchard, shown_digest=orchard.digest, proof=old
        )
    root.full_name = " "
    with pytest.raises(Refusal, match="named person"):
        publish_specification(
            actor=root, specification=orchard, shown_digest=orchard.digest, proof=proof
        )
    assert everything() == before


def test_what_changed_since_it_was_shown_is_not_published(
    desk: Client, orchard: Specification
) -> None:
    shown = publishing(orchard)
    desk.post(addresses(orchard)["criterion"], criterion_form(orchard, statement="Prune it."))
    before = everything()
    answer = desk.post(at("publish", orchard.pk), shown)
    assert answer.status_code == 409
    assert everything() == before


def test_a_published_version_is_changed_through_no_page(
    desk: Client, root: User, proof: Proof, orchard: Specification
) -> None:
    typed = {name: shown_form(desk.get(addresses(orchard)[name])) for name in EDITS}
    publish_specification(
        actor=root, specification=orchard, shown_digest=orchard.digest, proof=proof
    )
    orchard.refresh_from_db()
    before = everything()
    for name in EDITS:
        address = addresses(orchard)[name]
        for mark in (typed[name]["digest"], orchard.digest):
            answer = desk.post(address, typed[name] | {"digest": mark, "title": "New"})
            assert answer.status_code == 409, name
        assert desk.get(address).status_code == 409, name
    assert desk.post(at("publish", orchard.pk), publishing(orchard)).status_code == 409
    for mark in (orchard.digest, "0" * 64):
        assert desk.post(at("discard", orchard.pk), {"digest": mark}).status_code == 409
    assert everything() == before
    with pytest.raises(TransitionError):
        revise_specification(
            actor=root, specification=orchard, change=lambda held: replace(held, source="New")
        )
    with pytest.raises(IntegrityError), platform_context():
        Criterion.objects.filter(specification=orchard).update(statement="Anything.")
    assert everything() == before


# Discarding


def test_a_draft_is_discarded_and_recorded(desk: Client, root: User, draft: Specification) -> None:
    answer = desk.post(at("discard", draft.pk), {"digest": draft.digest})
    assert answer["Location"] == at("list")
    assert not Specification.objects.filter(pk=draft.pk).exists()
    assert platform_events()[-1] == ("specification.discarded", root, draft.pk)
    assert PlatformEvent.objects.latest("seq").facts == {"digest": draft.digest}
    assert desk.post(at("discard", draft.pk), {"digest": draft.digest}).status_code == 404


# Export and import


def test_what_is_exported_is_what_is_held(desk: Client, published: Specification) -> None:
    answer = desk.get(at("export", published.pk))
    assert answer["Content-Disposition"] == 'attachment; filename="8588-2-0.yaml"'
    assert read_specification(answer.content.decode()) == held_content(published)


def test_an_exported_version_comes_back_as_a_draft_of_another_label(
    desk: Client, root: User, published: Specification
) -> None:
    text = desk.get(at("export", published.pk)).content
    upload = SimpleUploadedFile("8588.yaml", text)
    answer = desk.post(at("import"), {"file": upload, "version": "2.0x"})
    made = Specification.objects.get(version="2.0x")
    assert answer["Location"] == at("outline", made.pk)
    assert (made.is_published, made.based_on) == (False, published)
    assert held_content(made) == edits.as_draft(held_content(published), "2.0x")
    assert platform_events()[1:] == [("specification.imported", root, made.pk)]
    assert PlatformEvent.objects.latest("seq").facts == {
        "based_on": str(published.pk),
        "digest": made.digest,
    }


def test_a_new_qualification_is_read_in_from_pasted_text(desk: Client, root: User) -> None:
    assert desk.post(at("import"), {"text": OF_A_CENTRE}).status_code == 302
    made = Specification.objects.get(qualification__number="9001")
    assert (made.based_on, made.centre_id, made.qualification.centre_id) == (None, None, None)
    assert platform_events()[1:] == [("specification.imported", root, made.pk)]


def test_a_broken_file_lists_every_fault_and_leaves_nothing(desk: Client) -> None:
    broken = (
        OF_A_CENTRE.replace("maximum: 10", "maximum: 12")
        .replace("statement: Prune three trees.", "statement: Saw three trees.")
        .replace("    credits: 4\n", "    credits: many\n")
        .replace("verb: explain, statement: Explain the yield", "verb: water, statement: Water it")
        .replace("units: [O-1, O-2, O-4]", "units: [O-1, O-2, O-9]")
    )
    before = everything(), Qualification.objects.count()
    upload = SimpleUploadedFile("broken.yaml", broken.encode())
    answer = desk.post(at("import"), {"file": upload})
    page = answer.content.decode()
    faults = answer.context["faults"]
    assert answer.status_code == 422
    assert len(faults) >= 5
    for fault in faults:
        assert fault.file == "broken.yaml"
        assert f"<strong>Line {fault.line}</strong>" in page
    for words in ("begin with its verb", "not half of the maximum", "no unit O-9", "water"):
        assert words in page
    assert "statement: Saw three trees." in page  # to be put right in place
    assert (everything(), Qualification.objects.count()) == before


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        ({}, "Choose a file, or paste its text."),
        ({"file": b"", "text": ""}, "the file is empty"),
        ({"file": b"version: \xff"}, "Line 1 of the file is not UTF-8 text"),
        ({"file": b"x" * 1_000_001}, "at most 1,000,000 are read"),
        ({"file": b"a: 1", "text": "a: 1"}, "not both"),
        ({"text": "a: *b"}, "stands for other lines"),
        ({"text": OF_A_CENTRE.replace("code: ILM", "code: NOBODY")}, "no awarding body"),
        ({"text": OF_A_CENTRE, "version": "x" * 41}, "at most 40 characters"),
    ],
    ids=["nothing", "empty", "bytes", "too large", "both", "alias", "stranger", "long label"],
)
def test_what_cannot_be_read_is_refused_by_name(
    desk: Client, posted: dict[str, Any], words: str
) -> None:
    if "file" in posted:
        posted = {**posted, "file": SimpleUploadedFile("f.yaml", posted["file"])}
    before = everything()
    answer = desk.post(at("import"), posted)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert everything() == before


def test_a_version_that_is_there_is_not_overwritten_by_an_import(
    desk: Client, draft: Specification, orchard: Specification
) -> None:
    before = everything()
    changed = OF_A_CENTRE.replace("first printing", "second printing")
    for text in (OF_A_CENTRE, changed, desk.get(at("export", draft.pk)).content.decode()):
        answer = desk.post(at("import"), {"text": text})
        assert answer.status_code == 422
        assert "is in the catalogue already" in answer.content.decode()
    assert everything() == before


def test_another_title_of_a_qualification_is_a_fault(desk: Client, orchard: Specification) -> None:
    before = everything()
    text = OF_A_CENTRE.replace("title: Tending an Orchard\n", "title: Orchards\n")
    answer = desk.post(at("import"), {"text": text, "version": "2"})
    assert answer.status_code == 422
    assert "the title of the qualification" in answer.content.decode()
    assert everything() == before
