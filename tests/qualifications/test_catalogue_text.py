"""A specification written as YAML reads back equal, whatever stands in it, and reads well."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from qualifications.actions import load_specification
from qualifications.catalogue_entries import SpecificationEntry, digest
from qualifications.catalogue_file import CatalogueFaultsError, read_specification
from qualifications.catalogue_text import WIDTH, written_yaml
from qualifications.models import Specification
from tests.qualifications.orchard import ALDER, OF_A_CENTRE, ORCHARD, PUBLISHED, as_centre

FIXTURES = sorted((Path(__file__).resolve().parents[2] / "fixtures" / "qualifications").glob("*"))


def test_there_are_five_documents_to_write() -> None:
    assert len(FIXTURES) == 5


@pytest.mark.parametrize(
    "source",
    [ORCHARD, PUBLISHED, *FIXTURES],
    ids=lambda source: source[-9:] if isinstance(source, str) else source.name,
)
def test_what_is_written_is_read_back_without_a_difference(source: str | Path) -> None:
    entry = read_specification(source)
    written = written_yaml(entry)
    again = read_specification(written)
    assert again == entry
    assert digest(again) == digest(entry)
    assert written_yaml(again) == written


def test_it_reads_like_a_file_that_a_person_wrote() -> None:
    written = written_yaml(read_specification(PUBLISHED))

    lines = written.splitlines()
    assert lines[:8] == [
        "awarding_body: {code: ORCHARD, name: Orchard Guild}",
        "qualification:",
        "  number: '9001'",
        "  title: Tending an Orchard",
        "  level: 3",
        "version: '1'",
        "published: 2024-02-29",
        "published_by: Orchard Guild",
    ]
    assert "    nos: [CM15, CM1]" in lines
    assert "    words: {from: 1500, to: 2000}" in lines
    assert "    induction_hours: 1.5" in lines
    assert "    criteria: [O-1 1.2, O-3 1.1]" in lines
    assert "          - number: '1.1'" in lines
    assert max(map(len, lines)) <= WIDTH
    top = [line.split(":")[0] for line in lines if line and line[0] not in " -"]
    assert top == [*yaml.safe_load(written)]
    assert lines[lines.index("units:") - 1] == ""


def test_what_is_absent_is_left_out_and_a_nought_is_not() -> None:
    bare = ORCHARD.replace("        minimum: 3\n", "        minimum: 0\n")
    written = written_yaml(read_specification(bare))
    assert "minimum: 0" in written
    assert "published" not in written
    assert "null" not in written
    assert "[]" not in written
    assert written.count("outline_only") == 1


# Texts as a reader lets them in: of one line, without blanks at the ends, free of control signs.
TEXTS = (
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn", "Co")), min_size=1)
    .map(str.strip)
    .filter(bool)
)
AWKWARD = st.sampled_from(
    [
        *("1.1", "yes", "null", "~", "2021-12-01", "0x1f", "1_000", "1e3", ".5", "=", "<<"),
        *("'", '"', "{a", "[a", "&a", "*a", "!a", "@a", "%a", "|", ">", "?", "-", "\\", "`a"),
        *("- a", "a: b", "# a", "a #b", "a  b", "a\u00a0b", "é" * 300, "a: 'b' # \"c\""),
    ]
)


def with_texts(entry: SpecificationEntry, texts: list[str]) -> SpecificationEntry:
    """The orchard with other texts wherever a text may say anything."""
    source, aim, depth, guidance, referral, standard, reason = texts
    unit = entry.units[0]
    outcome = unit.outcomes[0]
    criterion = replace(
        outcome.criteria[0], depth=(depth, aim), guidance=(guidance,), referral=(referral,)
    )
    outcome = replace(outcome, text=guidance, criteria=(criterion, *outcome.criteria[1:]))
    unit = replace(unit, aim=aim, indicative_content=(standard, aim), outcomes=(outcome,))
    return replace(
        entry,
        source=source,
        units=(unit, *entry.units[1:]),
        corrections=(replace(entry.corrections[0], raw=reason, reason=source),),
    )


@settings(max_examples=200, deadline=None)
@given(st.lists(TEXTS | AWKWARD, min_size=7, max_size=7))
def test_any_text_comes_back_as_it_was(texts: list[str]) -> None:
    entry = with_texts(read_specification(ORCHARD), texts)
    assert read_specification(written_yaml(entry)) == entry


@settings(max_examples=100, deadline=None)
@given(
    st.decimals(0, 999, places=2),
    st.dates(date(1900, 1, 1), date(2199, 12, 31)),
    st.integers(1, 100_000),
)
def test_any_number_and_any_day_comes_back_as_it_was(hours: Decimal, day: date, words: int) -> None:
    entry = read_specification(ORCHARD)
    entry = replace(
        entry,
        corrected_on=day,
        assessments=(replace(entry.assessments[0], words_from=words, words_to=words),),
        pathways=(replace(entry.pathways[1], induction_hours=hours),),
    )
    assert read_specification(written_yaml(entry)) == entry


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"title": ""}, "'title' is empty"),
        ({"source": "Two\nlines"}, "'source' runs over several lines"),
        ({"level": 9}, "'level' is 9"),
        ({"pathways": ()}, "'pathways' is an empty list"),
        ({"verbs": ()}, "'verbs' holds nothing"),
    ],
)
def test_what_no_file_could_say_is_written_and_refused_by_the_reader(
    changes: dict[str, object], rule: str
) -> None:
    entry = replace(read_specification(ORCHARD), **changes)  # type: ignore[arg-type]
    with pytest.raises(CatalogueFaultsError) as refused:
        read_specification(written_yaml(entry))
    assert rule in [fault.rule for fault in refused.value.faults]


def exported(number: str, version: str) -> str:
    out = StringIO()
    call_command("export_specification", number, version, stdout=out)
    return out.getvalue()


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_command_writes_a_version_that_loads_as_unchanged() -> None:
    written = exported("8588", "2.0")
    held = Specification.objects.get(qualification__number="8588", version="2.0")
    assert digest(read_specification(written)) == held.digest
    assert load_specification(written).state == "unchanged"


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_command_names_the_versions_that_there_are() -> None:
    with pytest.raises(CommandError, match=r"holds no version 9 of 8588\. It holds: 2\.0\."):
        exported("8588", "9")
    with pytest.raises(CommandError, match="It holds no qualification of that number"):
        exported("9009", "1")


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_command_writes_shared_versions_alone() -> None:
    with as_centre(ALDER):
        load_specification(OF_A_CENTRE, using="default", centre_id=ALDER)
        with pytest.raises(CommandError, match="no qualification of that number"):
            exported("9001", "1")
