"""What people are told: on their notices page at once, and by e-mail through the workers."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from centres import letters
from centres.access import roles_held
from centres.ledger import action
from centres.models import Centre, Notice, User

KIND = "notice"


@action
def notify(
    *, centre: Centre, recipient: User, kind: str, title: str, text: str, path: str
) -> Notice:
    """Tell a person something, within the action that it tells of; leaves no event of its own.

    ``text`` is plain sentences, with nothing that its reader may not know; ``path`` is where to
    look, within the site. The e-mail goes out after the commit. Raises ``ValueError`` for a path
    that leads elsewhere.
    """
    if not path.startswith("/") or path.startswith(("//", "/\\")):
        raise ValueError(f"a notice leads to a path within the site, not to {path!r}")
    notice = Notice.objects.create(
        centre=centre,
        recipient=recipient,
        kind=kind,
        title=" ".join(title.split())[:200],
        text=text,
        path=path,
        **letters.queued(),
    )
    letters.send_after_commit(KIND, centre.pk, [notice.pk])
    return notice


def notices_of(*, centre: Centre, person: User) -> "QuerySet[Notice]":
    """A person's own notices in a centre; nobody sees anybody else's."""
    return Notice.objects.for_centre(centre).filter(recipient=person)


@action
def read_notice(*, actor: User, centre: Centre, notice: Notice) -> Notice:
    """Mark one of the actor's own notices as read; raises ``Notice.DoesNotExist`` for another's."""
    mine = notices_of(centre=centre, person=actor)
    held = mine.select_for_update().get(pk=notice.pk)
    if held.read_at is None:
        held.read_at = timezone.now()
        held.save(update_fields=["read_at"])
    return held


@action
def read_all_notices(*, actor: User, centre: Centre) -> int:
    """Mark all of the actor's notices in a centre as read; says how many were not."""
    mine = notices_of(centre=centre, person=actor)
    return mine.filter(read_at__isnull=True).update(read_at=timezone.now())


def notice_message(notice: Notice) -> EmailMessage | None:
    """The e-mail of a notice; None for a person who has left the centre or has read it already."""
    person, centre = notice.recipient, notice.centre
    if notice.read_at is not None or not roles_held(person, centre):
        return None
    site = settings.SITE_URL.rstrip("/")
    body = render_to_string(
        "centres/notice_mail.txt",
        {
            "notice": notice,
            "link": site + notice.path,
            "all": site + reverse("centres:notices", args=[centre.slug]),
        },
    )
    return EmailMessage(subject=notice.title, body=body, to=[person.email])


letters.KINDS[KIND] = letters.Kind(model=Notice, write=notice_message, once_sent={})
