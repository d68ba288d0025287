"""Notices: told at once on a page of one's own, and by one e-mail through a worker."""

import datetime
import re
import smtplib
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from centres import letters
from centres.actions import end_membership, invite_person
from centres.ledger import action
from centres.models import Membership, Notice, Role, User
from centres.notices import notify, read_notice
from centres.refusals import Refusal
from centres.tasks import requeue_centre_letters, send_letter
from centres.tenancy import centre_context
from config.celery import app
from tests.cast import Cast
from tests.centres.events import events_after, last_seq
from tests.centres.post import send_queued

pytestmark = pytest.mark.django_db
SignIn = Callable[[Client, User], Client]


def tell(cast: Cast, who: str = "una", title: str = "Your result is there") -> Notice:
    """Tell somebody of a cast something."""
    with centre_context(cast.centre.pk):
        return notify(
            centre=cast.centre,
            recipient=getattr(cast, who),
            kind="test",
            title=title,
            text="Pat has signed a decision on your work.",
            path=f"/c/{cast.centre.slug}/mine/",
        )


def again(cast: Cast, notice: Notice) -> Notice:
    """The row as it stands."""
    with centre_context(cast.centre.pk):
        return Notice.objects.for_centre(cast.centre).get(pk=notice.pk)


def change(cast: Cast, **fields: Any) -> None:
    with centre_context(cast.centre.pk):
        Notice.objects.for_centre(cast.centre).update(**fields)


def url(name: str, cast: Cast, *ids: object) -> str:
    return reverse(f"centres:{name}", args=[cast.centre.slug, *ids])


# The page


def test_a_person_sees_their_own_notices_the_newest_first(
    alder: Cast, birch: Cast, client: Client, sign_in: SignIn
) -> None:
    tell(alder, title="The first")
    tell(alder, title="The second")
    tell(alder, "ted", title="For Ted alone")
    tell(birch, title="For Birch alone")
    page = sign_in(client, alder.una).get(url("notices", alder)).content.decode()
    assert page.index("The second") < page.index("The first")
    assert "For Ted alone" not in page
    assert "For Birch alone" not in page
    assert page.count("Not read") == 2
    assert "Notices (2)" in page


def test_the_page_is_open_to_every_role(alder: Cast, client: Client, sign_in: SignIn) -> None:
    for person in alder.people:
        assert sign_in(client, person).get(url("notices", alder)).status_code == 200


def test_a_notice_that_is_opened_is_read_and_leads_to_its_place(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    notice = tell(alder)
    before = last_seq(alder.centre)
    sign_in(client, alder.una)
    assert client.get(url("notice", alder, notice.pk)).status_code == 405, "a GET changes nothing"
    answer = client.post(url("notice", alder, notice.pk))
    assert (answer.status_code, answer["Location"]) == (302, "/c/alder/mine/")
    first = again(alder, notice).read_at
    assert first is not None
    page = client.get(url("notices", alder)).content.decode()
    assert "Not read" not in page
    assert "Notices (" not in page
    client.post(url("notice", alder, notice.pk))
    assert again(alder, notice).read_at == first, "read once"
    assert events_after(alder.centre, before) == []


def test_a_notice_of_somebody_else_is_not_there(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    notice = tell(alder, "ted")
    assert sign_in(client, alder.una).post(url("notice", alder, notice.pk)).status_code == 404
    sign_in(client, alder.max)
    assert client.post(url("notice", alder, notice.pk)).status_code == 404
    assert again(alder, notice).read_at is None
    with centre_context(alder.centre.pk), pytest.raises(Notice.DoesNotExist):
        read_notice(actor=alder.una, centre=alder.centre, notice=notice)


def test_all_are_marked_as_read_but_nobody_elses(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    mine, other, teds = tell(alder), tell(alder), tell(alder, "ted")
    answer = sign_in(client, alder.una).post(url("notices-read", alder), follow=True)
    assert "2 notices marked as read" in answer.content.decode()
    assert again(alder, mine).read_at
    assert again(alder, other).read_at
    assert again(alder, teds).read_at is None


@pytest.mark.parametrize("more", [1, 3])
def test_the_page_takes_twelve_queries_whatever_the_rows(
    alder: Cast, client: Client, sign_in: SignIn, more: int, django_assert_num_queries: Any
) -> None:
    for _ in range(more):
        tell(alder)
    sign_in(client, alder.una)
    with django_assert_num_queries(12):
        client.get(url("notices", alder))


def test_the_list_is_cut_into_pages(alder: Cast, client: Client, sign_in: SignIn) -> None:
    for number in range(51):
        tell(alder, title=f"Number {number}")
    page = sign_in(client, alder.una).get(url("notices", alder)).content.decode()
    assert "1–50 of 51" in page
    assert "Number 0<" not in page
    assert "Number 0<" in client.get(url("notices", alder), {"page": 2}).content.decode()


def test_a_notice_leads_nowhere_outside_the_site(alder: Cast) -> None:
    for path in ("https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", ""):
        with centre_context(alder.centre.pk), pytest.raises(ValueError, match="within the site"):
            notify(
                centre=alder.centre, recipient=alder.una, kind="x", title="x", text="x", path=path
            )


# The e-mail


def test_the_e_mail_says_what_where_and_why(alder: Cast) -> None:
    notice = tell(alder, title="Your result\nBcc: all@example.org")
    assert send_queued(alder.centre) == ["sent"]
    (message,) = mail.outbox
    assert message.to == [alder.una.email]
    assert message.subject == "Your result Bcc: all@example.org"
    assert "Pat has signed a decision on your work." in message.body
    assert f"{site_settings.SITE_URL}/c/alder/mine/" in message.body
    assert "because you have a role at Alder Centre" in message.body
    assert message.extra_headers["Message-ID"].startswith(f"<notice.{notice.pk}@")
    row = again(alder, notice)
    assert (row.mail, row.mail_token, row.mail_lease_until) == ("sent", None, None)
    assert row.mail_sent_at


def test_an_e_mail_goes_once_however_often_the_job_comes(alder: Cast) -> None:
    notice = tell(alder)
    job = (str(alder.centre.pk), "notice", str(notice.pk))
    assert [send_letter(*job) for _ in range(3)] == ["sent", "not due", "not due"]
    assert len(mail.outbox) == 1
    assert send_letter(job[0], "notice", str(uuid.uuid4())) == "not due"


def test_what_is_read_already_or_of_a_person_who_has_left_is_not_sent(alder: Cast) -> None:
    tell(alder)
    change(alder, read_at=timezone.now())
    assert send_queued(alder.centre) == ["nothing to say"]
    tell(alder, "tia")
    with centre_context(alder.centre.pk):
        held = Membership.objects.get(user=alder.tia)
        end_membership(
            actor=alder.max, centre=alder.centre, membership=held, on=timezone.localdate()
        )
    assert send_queued(alder.centre) == ["nothing to say"]
    assert mail.outbox == []


def test_a_refused_action_tells_nobody_anything(alder: Cast) -> None:
    @action
    def refused() -> None:
        tell(alder)
        raise Refusal(rule="No.", remedy="None.")

    with centre_context(alder.centre.pk), pytest.raises(Refusal):
        refused()
    with centre_context(alder.centre.pk):
        assert not Notice.objects.for_centre(alder.centre).exists()


class RefusingBackend(EmailBackend):
    """A mail server that says which fault the test wants."""

    fault: Exception = ConnectionRefusedError(111, "Connection refused")

    def send_messages(self, messages: Any) -> int:
        raise self.fault


@pytest.fixture
def refusing(settings: Any) -> type[RefusingBackend]:
    settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"
    RefusingBackend.fault = ConnectionRefusedError(111, "Connection refused")
    return RefusingBackend


@pytest.mark.usefixtures("refusing")
def test_a_mail_server_that_is_down_is_tried_again_for_a_day(
    alder: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    notice = tell(alder)
    pauses = []
    for number in range(1, letters.TRIES):
        assert send_letter(str(alder.centre.pk), "notice", str(notice.pk)) == "again"
        row = again(alder, notice)
        assert (row.mail, row.mail_tries) == ("queued", number)
        assert row.mail_lease_until
        pauses.append(round((row.mail_lease_until - timezone.now()).total_seconds()))
        assert send_letter(str(alder.centre.pk), "notice", str(notice.pk)) == "not due"
        change(alder, mail_lease_until=timezone.now() - datetime.timedelta(seconds=1))
    assert pauses == sorted(pauses)
    assert 20 < sum(pauses) / 3600 < 26
    assert send_letter(str(alder.centre.pk), "notice", str(notice.pk)) == "again"
    assert again(alder, notice).mail == "failed"
    assert requeue_centre_letters(str(alder.centre.pk)) == 0
    assert alder.una.email not in caplog.text


def test_an_address_that_is_refused_for_good_is_not_tried_again(
    alder: Cast, refusing: type[RefusingBackend]
) -> None:
    refusing.fault = smtplib.SMTPRecipientsRefused({alder.una.email: (450, b"later")})
    later = tell(alder)
    assert send_queued(alder.centre) == ["again"]
    assert again(alder, later).mail == "queued"
    refusing.fault = smtplib.SMTPRecipientsRefused({alder.una.email: (550, b"no such mailbox")})
    never = tell(alder)
    assert send_letter(str(alder.centre.pk), "notice", str(never.pk)) == "again"
    assert again(alder, never).mail == "failed"


def test_the_sweep_takes_up_what_waits_too_long_and_what_a_worker_left(alder: Cast) -> None:
    fresh, old, left, resting, sent = (tell(alder) for _ in range(5))
    long_ago = timezone.now() - datetime.timedelta(minutes=5)
    soon = timezone.now() + datetime.timedelta(minutes=5)
    with centre_context(alder.centre.pk):
        rows = Notice.objects.for_centre(alder.centre)
        rows.filter(pk=old.pk).update(mail_queued_at=long_ago)
        rows.filter(pk=left.pk).update(
            mail="sending", mail_token=uuid.uuid4(), mail_lease_until=long_ago
        )
        rows.filter(pk=resting.pk).update(mail_queued_at=long_ago, mail_lease_until=soon)
        rows.filter(pk=sent.pk).update(mail="sent", mail_sent_at=long_ago, mail_queued_at=long_ago)
    assert requeue_centre_letters(str(alder.centre.pk)) == 2
    assert again(alder, left).mail == "queued"
    with centre_context(alder.centre.pk):
        row = letters.claim_letter(kind="notice", centre=alder.centre, row_id=left.pk)
        assert row is not None
        assert again(alder, fresh).mail == "queued"
        taken = letters.claim_letter(kind="notice", centre=alder.centre, row_id=left.pk)
        assert taken is None, "a row is claimed once"


def test_a_claim_that_ran_out_changes_nothing(alder: Cast) -> None:
    notice = tell(alder)
    with centre_context(alder.centre.pk):
        first = letters.claim_letter(kind="notice", centre=alder.centre, row_id=notice.pk)
        assert first is not None
        change(alder, mail_lease_until=timezone.now() - datetime.timedelta(seconds=1))
        second = letters.claim_letter(kind="notice", centre=alder.centre, row_id=notice.pk)
        assert second is not None
        assert not letters.finish_letter(kind="notice", centre=alder.centre, row=first, sent=True)
        assert again(alder, notice).mail == "sending"
        assert letters.finish_letter(kind="notice", centre=alder.centre, row=second, sent=True)


@pytest.mark.django_db(transaction=True)
def test_the_workers_are_told_after_the_commit(alder: Cast) -> None:
    with app.connection_for_write() as broker:
        queue = broker.SimpleQueue("mail")
        queue.clear()
        notice = tell(alder)
        told = queue.get(timeout=5)
        told.ack()
        queue.clear()
        queue.close()
    assert told.headers["task"] == letters.TASK
    assert told.payload[0] == [str(alder.centre.pk), "notice", str(notice.pk)]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_loses_nothing_and_costs_the_actor_little(alder: Cast) -> None:
    before = app.conf.broker_url
    app.conf.update(broker_url="redis://127.0.0.1:1/0", broker_write_url="redis://127.0.0.1:1/0")
    began = time.monotonic()
    try:
        notice = tell(alder)
    finally:
        app.conf.update(broker_url=before, broker_write_url=before)
    assert time.monotonic() - began < 5
    assert again(alder, notice).mail == "queued"
    change(alder, mail_queued_at=timezone.now() - datetime.timedelta(minutes=1))
    assert requeue_centre_letters(str(alder.centre.pk)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_reach_for_one_row_send_it_once(alder: Cast) -> None:
    notice = tell(alder)
    answers: list[str] = []

    def work() -> None:
        try:
            answers.append(send_letter(str(alder.centre.pk), "notice", str(notice.pk)))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(answers) == ["not due", "not due", "not due", "sent"]
    assert len(mail.outbox) == 1


def test_beat_sends_the_sweep_and_a_worker_reads_its_queue() -> None:
    from config.worker import QUEUES

    entry = app.conf.beat_schedule["requeue-letters"]
    assert entry["task"] in app.tasks
    for name in (entry["task"], letters.TASK):
        assert app.amqp.router.route({}, name)["queue"].name == letters.QUEUE
    assert letters.QUEUE in QUEUES


def test_an_invited_person_has_no_notice_but_the_e_mail(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        invite_person(
            actor=alder.max,
            centre=alder.centre,
            email="nia@example.org",
            full_name="Nia Sycamore",
            role=Role.TUTOR,
        )
        assert not Notice.objects.for_centre(alder.centre).exists()
    assert send_queued(alder.centre) == ["sent"]
    assert re.search(r"/c/alder/invitation/[-\w]{43}/", str(mail.outbox[0].body))
