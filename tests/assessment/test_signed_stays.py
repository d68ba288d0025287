"""The database itself keeps what was signed and who may judge whom, whatever the code does."""

import uuid

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from assessment.models import DraftRevision, Sheet
from centres.tenancy import centre_context
from tests.assessment import scenes
from tests.cast import Cast

CHANGES = [
    "UPDATE assessment_sheet SET outcome = 'pass' WHERE id = %(sheet)s",
    "UPDATE assessment_sheet SET signed_at = NULL, version = NULL WHERE id = %(sheet)s",
    "UPDATE assessment_sheet SET assessor_id = learner_id WHERE id = %(sheet)s",
    "DELETE FROM assessment_sheet WHERE id = %(sheet)s",
    "UPDATE assessment_judgement SET decision = 'pass' WHERE sheet_id = %(sheet)s",
    "UPDATE assessment_judgement SET feedback = feedback || '.' WHERE sheet_id = %(sheet)s",
    "DELETE FROM assessment_judgement WHERE sheet_id = %(sheet)s",
    "UPDATE assessment_comment SET text = '' WHERE sheet_id = %(sheet)s",
    "UPDATE assessment_comment SET audience = 'learner' WHERE sheet_id = %(sheet)s",
    "DELETE FROM assessment_comment WHERE sheet_id = %(sheet)s",
    "UPDATE assessment_draftrevision SET content = '{}' WHERE sheet_id = %(sheet)s",
    "DELETE FROM assessment_draftrevision WHERE sheet_id = %(sheet)s",
    "UPDATE centres_signature SET sentence = '' WHERE subject_id = %(sheet)s",
    "DELETE FROM centres_signature WHERE subject_id = %(sheet)s",
    "TRUNCATE assessment_sheet CASCADE",
]


@pytest.mark.parametrize("sql", CHANGES)
def test_the_sites_own_role_cannot_change_what_is_signed(alder: Cast, sql: str) -> None:
    sheet = scenes.signed(alder, referred=("1.3",))
    with centre_context(alder.centre.pk):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone()[0] == connection.settings_dict["USER"]
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, {"sheet": sheet.pk})
        kept = Sheet.objects.for_centre(alder.centre).get(pk=sheet.pk)
        assert (kept.outcome, kept.version) == ("referral", 1)


def test_nothing_is_added_to_a_signed_sheet(alder: Cast) -> None:
    sheet = scenes.signed(alder)
    outcome = scenes.criterion(alder, "1.1").outcome
    with (
        centre_context(alder.centre.pk),
        pytest.raises(DatabaseError, match="the sheet is signed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO assessment_comment (id, centre_id, sheet_id, outcome_id, audience, text,"
            " revision, saved_at) VALUES (%s, %s, %s, %s, 'learner', 'Late', 1, now())",
            [uuid.uuid4(), alder.centre.pk, sheet.pk, outcome.pk],
        )


def test_a_sheet_is_signed_once(alder: Cast) -> None:
    """Setting the three columns once is allowed to a draft; that is how it is signed."""
    submission = scenes.judged(alder)
    with centre_context(alder.centre.pk):
        draft = Sheet.objects.for_centre(alder.centre).filter(submission=submission)
        assert draft.update(signed_at=timezone.now(), version=1, outcome="pass") == 1
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            draft.update(signed_at=timezone.now(), version=2, outcome="pass")


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"assessor": "una", "learner": "una"}, "sheet_not_own_work"),
        # The copied learner must be the submission's, or the constraint could be dodged.
        ({"assessor": "una", "learner": "ted"}, "sheet_submission_same_centre"),
        ({"assessor": "pat", "learner": "una"}, "sheet_one_draft_per_assessor"),
    ],
)
def test_separation_of_duties_is_in_the_table(
    alder: Cast, columns: dict[str, str], constraint: str
) -> None:
    submission = scenes.judged(alder)
    people = {f"{name}_id": getattr(alder, who).pk for name, who in columns.items()}
    with (
        centre_context(alder.centre.pk),
        pytest.raises(IntegrityError, match=constraint),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO assessment_sheet (id, centre_id, submission_id, assessor_id, learner_id,"
            " opened_at, outcome, reason) VALUES (%s, %s, %s, %s, %s, now(), '', '')",
            [
                uuid.uuid4(),
                alder.centre.pk,
                submission.pk,
                people["assessor_id"],
                people["learner_id"],
            ],
        )


def test_drafts_only_grow(alder: Cast) -> None:
    scenes.judged(alder)
    with centre_context(alder.centre.pk):
        rows = DraftRevision.objects.for_centre(alder.centre)
        before = rows.count()
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(content={})
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()
        assert rows.count() == before
