"""Open a centre and invite its first manager, who invites everybody else."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from centres.actions import invite_first_manager, open_centre
from centres.invitations import LASTS_DAYS, invitation_link
from centres.models import Centre
from centres.refusals import Refusal
from centres.tenancy import centre_context


class Command(BaseCommand):
    """Sends the manager a link and prints it; run again, it sends a new one while there is none."""

    help = "Open a centre and invite its first manager by a link, which is also printed."

    def add_arguments(self, parser: CommandParser) -> None:
        """The centre, and its manager."""
        parser.add_argument("slug", help="the centre's part of the address, such as alder")
        parser.add_argument("name", help="the centre's name")
        parser.add_argument("number", help="the awarding body's centre number")
        parser.add_argument("email", help="the manager's e-mail address")
        parser.add_argument("--manager", default="", help="the manager's name")
        parser.add_argument("--time-zone", default="Europe/London")

    def handle(self, *args: Any, **options: Any) -> None:
        """Open, invite, print."""
        email = options["email"]
        try:
            validate_email(email)
            centre = Centre.objects.filter(slug=options["slug"]).first() or open_centre(
                actor=None,
                slug=options["slug"],
                name=options["name"],
                number=options["number"],
                time_zone=options["time_zone"],
            )
            with centre_context(centre.pk):
                invitation, token = invite_first_manager(
                    centre=centre,
                    email=email,
                    full_name=options["manager"] or email,
                )
        except ValidationError as fault:
            raise CommandError(f"“{email}” is not an e-mail address.") from fault
        except Refusal as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{centre.name} is open at /c/{centre.slug}/.")
        self.stdout.write(
            f"A worker sends this link to {email}; it works for {LASTS_DAYS} days: "
            f"{invitation_link(invitation, token)}"
        )
