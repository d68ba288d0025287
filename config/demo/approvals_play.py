"""Plays what the awarding body lets a centre of the demonstration offer."""

import datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from centres.actions import allow_past_review, record_approval
from centres.models import Centre, User
from config.demo.story import House
from qualifications.models import Qualification
from quality.actions.approvals import add_approval_paper

APPROVED_DAYS_AGO = 400


def play_approvals(house: House, centre: Centre, manager: User) -> None:
    """The manager records each approval with its papers, and allows what is past review."""
    for story in house.approvals:
        approval = record_approval(
            actor=manager,
            centre=centre,
            qualification=Qualification.objects.get(number=story.qualification, centre_id=None),
            reference=story.reference,
            starts_on=timezone.localdate() - datetime.timedelta(days=APPROVED_DAYS_AGO),
        )
        if story.past_review:
            allow_past_review(
                actor=manager, centre=centre, approval=approval, reason=story.past_review
            )
        for paper in story.papers:
            add_approval_paper(
                actor=manager,
                centre=centre,
                approval=approval,
                kind=paper.kind,
                title=paper.title,
                upload=SimpleUploadedFile(paper.name, paper.content),
            )
