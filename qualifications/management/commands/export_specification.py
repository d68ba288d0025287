"""Writes one version of a shared qualification as the file that it could be loaded from."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from qualifications.catalogue_text import written_yaml
from qualifications.held_content import held_content
from qualifications.models import Specification


class Command(BaseCommand):
    help = (
        "Write one version as YAML, which load_qualifications reads back without a difference. "
        "Example: export_specification 8588 2.0 > 8588.yaml"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", help="the qualification's number, such as 8588")
        parser.add_argument("version", help="the version's label, such as 2.0")

    def handle(self, *args: object, number: str, version: str, **options: object) -> None:
        versions = Specification.objects.filter(centre_id=None, qualification__number=number)
        found = versions.filter(version=version)
        if len(found) > 1:
            raise CommandError(f"More than one awarding body has a version {version} of {number}.")
        if not found:
            held = ", ".join(versions.values_list("version", flat=True))
            raise CommandError(
                f"The catalogue holds no version {version} of {number}."
                + (f" It holds: {held}." if held else " It holds no qualification of that number.")
            )
        self.stdout.write(written_yaml(held_content(found[0])), ending="")
