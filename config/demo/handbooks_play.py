"""Plays the import of a handbook: the lead hands it in, and the worker reads it for review."""

from django.core.files.uploadedfile import SimpleUploadedFile

from centres.models import Centre, User
from config.demo.handbook import example_handbook
from config.demo.story import House
from qualifications.catalogue import newest_first, specifications_for
from qualifications.held_content import held_content
from quality.actions.handbook import import_handbook


def play_handbooks(house: House, centre: Centre, people: dict[str, User]) -> None:
    """An example of each, in the wording of the newest version that all centres share."""
    for number in house.handbooks:
        shared = specifications_for(None).filter(qualification__number=number)
        import_handbook(
            actor=people["lea"],
            centre=centre,
            upload=SimpleUploadedFile(
                f"{number} handbook, example.pdf",
                example_handbook(held_content(newest_first(shared)[0])),
            ),
        )
