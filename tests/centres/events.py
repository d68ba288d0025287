"""What the ledgers hold, for asserting an action's exact events."""

from typing import Any

from centres.models import AuditEvent, Centre, PlatformEvent, User
from centres.tenancy import centre_context

Event = tuple[str, User | None, Any]


def last_seq(centre: Centre) -> int:
    """The number of the last event."""
    with centre_context(centre.pk):
        last = AuditEvent.objects.for_centre(centre).order_by("-seq").first()
    return last.seq if last else 0


def events_after(centre: Centre, seq: int) -> list[Event]:
    """Action, actor and subject's id of each later event, in order."""
    with centre_context(centre.pk):
        rows = AuditEvent.objects.for_centre(centre).filter(seq__gt=seq).order_by("seq")
        return [(row.action, row.actor, row.subject_id) for row in rows.select_related("actor")]


def platform_events() -> list[Event]:
    """The same for the platform's chain, from its beginning."""
    rows = PlatformEvent.objects.order_by("seq").select_related("actor")
    return [(row.action, row.actor, row.subject_id) for row in rows]
