"""The handbook of the demonstration: it reads as the catalogue has it, but for its slips."""

from pathlib import Path

import pytest
from django.conf import settings

from centres.tenancy import centre_context
from config.demo.handbook import example_handbook
from config.demo.handbooks_play import play_handbooks
from config.demo.story import House
from config.demo.summary import jobs_done
from qualifications.catalogue_entries import CriterionEntry
from qualifications.catalogue_file import read_specification
from qualifications.handbook import read_handbook
from qualifications.handbook.content import Criterion
from quality.models import HandbookImport
from tests.cast import Cast
from tests.quality import handbooks as making

FIXTURE = Path(settings.BASE_DIR) / "fixtures" / "qualifications" / "8588.yaml"
SLIPS = (
    "8588-502: the unit's page prints 72 credits",
    "500 1.1: it is not clear whether these are referral or pass descriptors",
    "8588-503 1.1: the result sheet words it otherwise",
)


def printed(criterion: CriterionEntry) -> tuple[object, ...]:
    lists = (criterion.depth, criterion.guidance, criterion.referral, criterion.passes)
    return (criterion.number, criterion.statement, *lists)


def taken(criterion: Criterion) -> tuple[object, ...]:
    lists = (criterion.depth, criterion.guidance, criterion.referral, criterion.passes)
    text = criterion.text.value if criterion.text else None
    return (
        criterion.number.value,
        text,
        *(tuple(one.value for one in kind or ()) for kind in lists),
    )


def test_the_example_reads_as_the_catalogue_has_it_but_for_its_slips() -> None:
    version = read_specification(FIXTURE)

    read = read_handbook(example_handbook(version), "example.pdf")

    assert [unit.credits and unit.credits.value for unit in read.units] == [6, 5, 27, 5]
    assert [unit.aim and unit.aim.value for unit in read.units] == [
        unit.aim for unit in version.units
    ]
    held = [printed(criterion) for unit in version.units for criterion in unit.criteria]
    found = [taken(criterion) for unit in read.units for criterion in unit.criteria]
    assert len(found) == 40
    assert found[0] == (*held[0][:4], (), ())
    assert found[1:] == held[1:]
    assert len(read.warnings) == len(SLIPS)
    for slip in SLIPS:
        assert any(doubt.why.startswith(slip) for doubt in read.warnings), slip


@pytest.mark.django_db
def test_the_lead_hands_it_in_and_the_demonstration_waits_for_its_reading(alder: Cast) -> None:
    house = House(
        slug=alder.centre.slug,
        name=alder.centre.name,
        number=alder.centre.number,
        people=(),
        learners=(),
        approvals=(),
        handbooks=("8588",),
    )
    with centre_context(alder.centre.pk):
        play_handbooks(house, alder.centre, {"lea": alder.lea})
        held = HandbookImport.objects.for_centre(alder.centre).get()
    assert jobs_done() == (0, 1)
    assert making.run(alder, held) == "read"
    assert jobs_done() == (1, 1)
    assert len(making.warnings_of(alder, held)) == len(SLIPS)
